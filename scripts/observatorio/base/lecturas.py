"""Los archivos de entrada se leen una vez: el mismo contenido da su huella, sus defectos y sus
datos.

Dentro de ``recordando`` quien vuelve a pedir un archivo recibe lo que ya se leyó. Solo lo abre
quien sabe que nadie los toca mientras tanto, o que lo sabrá al final (``edicion.quietud``); fuera,
cada lectura va al disco.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

RECORDADOS = frozenset({".csv", ".ipynb", ".json", ".md", ".qmd", ".yml"})
CABEN = 8 * 2**20
"""Bytes del mayor archivo que se recuerda: uno de millones de medidas se lee por partes."""
_memoria: ContextVar[dict[str, bytes] | None] = ContextVar("lecturas", default=None)


@contextmanager
def recordando() -> Iterator[None]:
    """Dentro del bloque, cada archivo de texto que cabe se abre una sola vez."""
    antes = _memoria.set({})
    try:
        yield
    finally:
        _memoria.reset(antes)


def leer(ruta: Path) -> bytes:
    """El contenido de ``ruta``; lanza ``OSError`` como ``Path.read_bytes``."""
    memoria = _memoria.get()
    if memoria is None or ruta.suffix not in RECORDADOS:
        return ruta.read_bytes()
    clave = str(ruta)
    if clave not in memoria:
        contenido = ruta.read_bytes()
        if len(contenido) > CABEN:
            return contenido
        memoria[clave] = contenido
    return memoria[clave]


def texto(ruta: Path, errors: str = "strict") -> str:
    """Lo mismo como texto UTF-8, con ``\\n`` por salto de línea, como ``Path.read_text``."""
    return en_texto(leer(ruta), errors)


def en_texto(contenido: bytes, errors: str = "strict") -> str:
    """Lo que dicen unos bytes ya leídos, como lo da ``texto``."""
    dicho = contenido.decode("utf-8", errors)
    return dicho.replace("\r\n", "\n").replace("\r", "\n") if "\r" in dicho else dicho


def abrir(ruta: Path) -> BinaryIO:
    """El archivo abierto para leer sus bytes; el que ya se leyó, o cabe, desde la memoria."""
    memoria = _memoria.get()
    cabe = ruta.suffix in RECORDADOS and ruta.stat().st_size <= CABEN
    return io.BytesIO(leer(ruta)) if memoria is not None and cabe else ruta.open("rb")
