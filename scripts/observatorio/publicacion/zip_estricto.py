"""Leer un respaldo sin fiarse de él: ni un bit de más, ni un nombre que escriba fuera, ni un tipo
inesperado.

``SUMAS.sha256`` nombra qué archivo cambió; el comentario del zip lleva la suma de todo lo demás, y
nota lo que no es de ninguno.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import posixpath
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..base.escritura import motivo_de
from ..edicion.ediciones import IDENTIFICADOR
from ..errores import ErrorDeUso

SUMAS, VIVA = "SUMAS.sha256", "EDICION-VIVA.json"
ILEGIBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
"""Lo que ``zipfile`` lanza ante algo dañado, cifrado o comprimido de un modo que no conoce
(``NotImplementedError`` es un ``RuntimeError``).
"""
SIN_SELLO = b"sha256:" + b"0" * 64
LARGO_DE_NOMBRE, LARGO_DE_RUTA = 255, 1024
Contenidos = dict[str, tuple[bytes, bool]]
"""Ruta → contenido y si es un enlace (su contenido es entonces adónde apunta)."""


def leer(ruta: Path) -> tuple[Contenidos, list[str]]:
    """Los archivos del respaldo y qué está mal en él; con la lista vacía, restaurarlo es seguro.

    Lanza ``ErrorDeUso`` si no existe.
    """
    try:
        crudo = ruta.read_bytes()
    except FileNotFoundError as e:
        raise ErrorDeUso(f"no existe «{ruta}»") from e
    except OSError as e:
        raise ErrorDeUso(f"no se puede leer «{ruta}»: {motivo_de(e)}") from e
    try:
        with zipfile.ZipFile(io.BytesIO(crudo)) as archivo:
            contenidos, danos = _contenidos(archivo)
            danos = danos or [*_sumas(contenidos), *_nombres(contenidos), *_viva(contenidos)]
            return contenidos, danos or list(_sellado(crudo))
    except (*ILEGIBLE, ValueError) as e:
        return {}, [f"índice del zip: no se puede leer ({e})"]


def _contenidos(archivo: zipfile.ZipFile) -> tuple[Contenidos, list[str]]:
    hay: Contenidos = {}
    danos = []
    for ficha in archivo.infolist():
        if ficha.filename in hay:
            danos.append(f"{ficha.filename}: está dos veces")
        try:
            hay[ficha.filename] = archivo.read(ficha), stat.S_ISLNK(ficha.external_attr >> 16)
        except ILEGIBLE as e:
            danos.append(f"{ficha.filename}: dañado ({e})")
    if SUMAS not in hay and not danos:
        danos.append(f"{SUMAS}: falta; esto no es un respaldo del observatorio")
    return hay, danos


def _sumas(contenidos: Contenidos) -> Iterator[str]:
    lineas = contenidos[SUMAS][0].decode("utf-8").splitlines()
    dichas = {ruta: suma for suma, _, ruta in (linea.partition("  ") for linea in lineas)}
    hay = contenidos.keys() - {SUMAS}
    yield from (f"{r}: falta" for r in sorted(dichas.keys() - hay))
    yield from (f"{r}: sobra" for r in sorted(hay - dichas.keys()))
    yield from (
        f"{r}: su contenido cambió"
        for r in sorted(dichas.keys() & hay)
        if hashlib.sha256(contenidos[r][0]).hexdigest() != dichas[r]
    )


def _nombres(contenidos: Contenidos) -> Iterator[str]:
    """Ningún nombre escribe fuera de su carpeta, ni es a la vez archivo y carpeta, ni apunta fuera
    si es un enlace.
    """
    for ruta, (contenido, enlace) in sorted(contenidos.items()):
        partes = ruta.split("/")
        if {"", ".", ".."} & set(partes) or "\\" in ruta or PureWindowsPath(ruta).drive:
            yield f"{ruta!r}: nombra un archivo fuera de su carpeta o sin nombre"
        elif (
            len(ruta.encode()) > LARGO_DE_RUTA
            or max(len(p.encode()) for p in partes) > LARGO_DE_NOMBRE
        ):
            yield f"{ruta[:60]}…: su nombre es demasiado largo"
        elif choque := next(
            (str(p) for p in PurePosixPath(ruta).parents if str(p) in contenidos), None
        ):
            yield f"{ruta}: «{choque}» es a la vez un archivo y una carpeta"
        elif enlace and fuera(ruta, contenido.decode()):
            yield f"{ruta}: es un enlace que apunta fuera del proyecto"


def fuera(ruta: str, destino: str) -> bool:
    """Si un enlace en ``ruta`` hacia ``destino`` sale de la carpeta."""
    return (
        destino.startswith("/")
        or posixpath.normpath(posixpath.join(posixpath.dirname(ruta), destino)).split("/")[0]
        == ".."
    )


def _viva(contenidos: Contenidos) -> Iterator[str]:
    objeto: object = None
    with contextlib.suppress(KeyError, ValueError):
        objeto = json.loads(contenidos[VIVA][0])
    viva = objeto.get("viva", 0) if isinstance(objeto, dict) else 0
    if viva is not None and not (isinstance(viva, str) and IDENTIFICADOR.fullmatch(viva)):
        yield f"{VIVA}: falta o no dice qué edición estaba viva"
    elif viva and f"ediciones/{viva}/MANIFEST.sha256" not in contenidos:
        yield f"{VIVA}: la edición viva, {viva}, no está en el respaldo"


def sellar(ruta: Path) -> None:
    """Escribe en el comentario del zip, ya cerrado y con sitio para él, la suma de todo lo que va
    delante.
    """
    crudo = ruta.read_bytes()[: -len(SIN_SELLO)]
    ruta.write_bytes(crudo + _sello(crudo))


def _sello(crudo: bytes) -> bytes:
    return b"sha256:" + hashlib.sha256(crudo).hexdigest().encode()


def _sellado(crudo: bytes) -> Iterator[str]:
    cuerpo = crudo[: -len(SIN_SELLO)]
    if crudo != cuerpo + _sello(cuerpo):
        yield (
            "sello del zip: algo cambió fuera de los archivos (fechas, permisos, índice o el propio"
            " sello)"
        )
