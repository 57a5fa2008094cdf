"""La memoria de lo publicado, leída sin indulgencia: entera y tal como la dejó la última
publicación, o nada se valida ni se publica.

``data/publicada/edicion.json`` es su registro: lleva la suma de cada archivo que lo acompaña y la
suya propia, y en un observatorio que nunca publicó lo dice (``SEMILLA``). Así no se confunde
«todavía nada» con un archivo que falta: de esta memoria depende que una edición no descubra por
diferencia lo que otra ocultó. Cualquier byte cambiado es un daño; nada se normaliza.

Solo usa la biblioteca estándar, como ``claves``.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..base import lecturas
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import OCULTOS
from .memoria_en_bytes import (
    ACOMPANANTES,
    AUSENTE,
    CARPETA,
    CELDAS,
    CELDAS_PREVIAS,
    CORRECCIONES,
    NUEVA,
    REGISTRO,
    SEMILLA,
    Dano,
    Memoria,
    con_sumas,
    revisar,
)

__all__ = [
    "ACOMPANANTES",
    "AUSENTE",
    "CARPETA",
    "CELDAS",
    "CELDAS_PREVIAS",
    "CORRECCIONES",
    "NUEVA",
    "REGISTRO",
    "SEMILLA",
    "Dano",
    "Memoria",
    "con_sumas",
    "defectos",
    "leer",
    "leer_publicada",
    "mirar",
    "revisar",
    "ruta_de",
]
PACIENCIA = 5.0
"""Segundos que se espera a que una publicación deje quieta la memoria."""


def leer_publicada(raiz: Path) -> Mapping[str, Any]:
    """El registro de lo publicado, ``{publicaciones, ultima, previa, archivos, suma}`` y quizá
    ``en_curso``.

    Lanza ``DatosInvalidos`` si a la memoria le falta, le sobra o le cambió algo: nadie toma una
    memoria dañada por vacía.
    """
    return leer(raiz).registro


def leer(raiz: Path) -> Memoria:
    """La memoria, sana; lanza ``DatosInvalidos`` como ``leer_publicada``."""
    memoria = mirar(raiz)
    if memoria.danos:
        raise DatosInvalidos(_errores(raiz, memoria))
    return memoria


def defectos(raiz: Path) -> list[ErrorDeDatos]:
    """Los daños de la memoria, con el camino de vuelta; ninguno si está sana."""
    memoria = mirar(raiz)
    return _errores(raiz, memoria) if memoria.danos else []


def ruta_de(raiz: Path, nombre: str) -> Path:
    """Dónde está hoy un archivo de la memoria (puede no existir)."""
    nueva = raiz / CARPETA / NUEVA / nombre
    return nueva if nueva.is_file() else raiz / CARPETA / nombre


def mirar(raiz: Path) -> Memoria:
    """La memoria con sus daños, sin lanzarlos. Si una publicación la cambia mientras se lee, se lee
    otra vez.
    """
    carpeta = raiz / CARPETA
    hasta = time.monotonic() + PACIENCIA
    while True:
        antes = _firma(carpeta)
        contenidos, danos = _leer_carpeta(carpeta)
        if _firma(carpeta) == antes or time.monotonic() > hasta:
            return revisar(contenidos, danos)


def _leer_carpeta(carpeta: Path) -> tuple[dict[str, bytes], list[Dano]]:
    if carpeta.is_symlink() or (carpeta.exists() and not carpeta.is_dir()):
        return {}, [
            Dano(
                "",
                None,
                "es un enlace" if carpeta.is_symlink() else "es un archivo y no una carpeta",
            )
        ]
    try:
        nombres = {n for n in os.listdir(carpeta) if not n.startswith(OCULTOS)}
    except FileNotFoundError:
        return {}, [Dano("", None, "falta la carpeta", AUSENTE)]
    except OSError:
        return {}, [Dano("", None, "no se puede leer la carpeta")]
    nueva = carpeta / NUEVA
    danos = (
        [Dano(NUEVA, None, "no es una carpeta")]
        if os.path.lexists(nueva) and (nueva.is_symlink() or not nueva.is_dir())
        else []
    )
    en_nueva = set() if danos else _nombres_en(nueva)
    danos += [
        Dano(n, None, "sobra: no lo escribió ninguna publicación")
        for n in sorted(nombres - {REGISTRO, *ACOMPANANTES})
    ]
    contenidos = {}
    for nombre in sorted((nombres | en_nueva) & {REGISTRO, *ACOMPANANTES}):
        leido = _bytes_de((nueva if nombre in en_nueva else carpeta) / nombre)
        if isinstance(leido, bytes):
            contenidos[nombre] = leido
        else:
            danos.append(Dano(nombre, None, leido))
    return contenidos, danos


def _nombres_en(carpeta: Path) -> set[str]:
    """Lo que hay en una carpeta que quien publica puede quitar mientras se mira."""
    try:
        return set(os.listdir(carpeta))
    except FileNotFoundError:
        return set()


def _bytes_de(ruta: Path) -> bytes | str:
    """El contenido de un archivo corriente, o por qué no lo es."""
    try:
        modo = ruta.lstat().st_mode
        if stat.S_ISREG(modo):
            return lecturas.leer(ruta)
    except OSError:
        return "no se puede leer"
    return (
        "es un enlace"
        if stat.S_ISLNK(modo)
        else "es una carpeta"
        if stat.S_ISDIR(modo)
        else "no es un archivo corriente"
    )


def _firma(carpeta: Path) -> list[tuple[str, int, int, int]]:
    hay = []
    for lugar in (carpeta, carpeta / NUEVA):
        try:
            for entrada in sorted(os.scandir(lugar), key=lambda e: e.name):
                s = entrada.stat(follow_symlinks=False)
                hay.append((entrada.path, s.st_mtime_ns, s.st_size, s.st_ino))
        except OSError:
            continue
    return hay


def _errores(raiz: Path, memoria: Memoria) -> list[ErrorDeDatos]:
    from .rescate import remedio

    camino = remedio(raiz)
    return [
        ErrorDeDatos(f"{CARPETA}/{d.archivo}".rstrip("/"), d.fila, None, d.que, d.regla, camino)
        for d in memoria.danos
    ]
