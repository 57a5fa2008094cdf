"""Golpes al azar a los archivos que llegan: bytes cambiados, cortados o repetidos, y en un libro
sus partes y sus atributos.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

RAROS = (
    "",
    "-1",
    "0",
    "999999999",
    "1e400",
    "x",
    "\u0000",
    "ñ" * 50,
    "[",
    "../../a",
    "=1+1",
    "nan",
)
ATRIBUTO = re.compile(rb'="([^"]*)"')
COSAS = (
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"\r",
    b"\n\n",
    b"<!DOCTYPE x>",
    b"&x;",
    b"[" * 3000,
    b"{" * 300,
    b"\t",
    b": ",
    b"- ",
    b"&a *a",
    "\u202e".encode(),
    b"---\n",
    b"\xed\xa0\x80",
    b"9" * 5000,
)
Golpe = Callable[[bytes, random.Random], bytes]


def cortar(crudo: bytes, azar: random.Random) -> bytes:
    return crudo[: azar.randrange(len(crudo) + 1)]


def borrar(crudo: bytes, azar: random.Random) -> bytes:
    i = azar.randrange(len(crudo) + 1)
    return crudo[:i] + crudo[i + azar.randrange(1, 40) :]


def repetir(crudo: bytes, azar: random.Random) -> bytes:
    i = azar.randrange(len(crudo) + 1)
    trozo = crudo[i : i + azar.randrange(1, 200)]
    return crudo[:i] + trozo * azar.randrange(2, 6) + crudo[i:]


def cambiar(crudo: bytes, azar: random.Random) -> bytes:
    bytes_ = bytearray(crudo)
    for _ in range(azar.randrange(1, 8)):
        if bytes_:
            bytes_[azar.randrange(len(bytes_))] = azar.randrange(256)
    return bytes(bytes_)


def meter(crudo: bytes, azar: random.Random) -> bytes:
    i = azar.randrange(len(crudo) + 1)
    cosa = azar.choice(COSAS)
    return crudo[:i] + cosa + crudo[i:]


def atributo(crudo: bytes, azar: random.Random) -> bytes:
    hallados = list(ATRIBUTO.finditer(crudo))
    if not hallados:
        return cambiar(crudo, azar)
    m = azar.choice(hallados)
    return crudo[: m.start(1)] + azar.choice(RAROS).encode() + crudo[m.end(1) :]


def anidar(crudo: bytes, azar: random.Random) -> bytes:
    i = crudo.find(b"<", azar.randrange(len(crudo) + 1))
    hondo = azar.choice((10, 2000))
    return crudo if i < 0 else crudo[:i] + b"<z>" * hondo + b"</z>" * hondo + crudo[i:]


DE_BYTES: tuple[Golpe, ...] = (cortar, borrar, repetir, cambiar, meter)


def golpeado(crudo: bytes, azar: random.Random) -> bytes:
    """El archivo con uno o dos golpes; un .zip, también por dentro."""
    for _ in range(azar.randrange(1, 3)):
        if crudo.startswith(b"PK") and azar.random() < 0.75:
            crudo = _por_dentro(crudo, azar)
        else:
            crudo = azar.choice(DE_BYTES)(crudo, azar)
    return crudo


def _por_dentro(crudo: bytes, azar: random.Random) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(crudo)) as z:
            partes = [(n, z.read(n)) for n in z.namelist()]
    except Exception:
        return crudo
    if not partes:
        return crudo
    i = azar.randrange(len(partes))
    nombre, contenido = partes[i]
    que = azar.random()
    if que < 0.12:
        partes.pop(i)
    elif que < 0.2:
        partes[i] = (azar.choice(RAROS[3:]) + nombre, contenido)
    else:
        golpe = azar.choice((atributo, atributo, atributo, anidar, *DE_BYTES))
        partes[i] = (nombre, golpe(contenido, azar))
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as z:
        for nombre, contenido in partes:
            z.writestr(nombre.replace("\u0000", "_"), contenido)
    return memoria.getvalue()
