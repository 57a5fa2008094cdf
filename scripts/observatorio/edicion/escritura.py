"""Escribir sin sorpresas: cada archivo queda entero o como estaba, y un disco que no deja escribir se dice en palabras.

Solo usa la biblioteca estándar, como ``claves``.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errores import ErrorDeEjecucion

SIN_ESCRITURA = {errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EDQUOT}


@contextmanager
def escritura_explicada() -> Iterator[None]:
    """Un disco lleno o de solo lectura se dice en palabras; la edición viva no se tocó."""
    try:
        yield
    except OSError as e:
        if e.errno not in SIN_ESCRITURA:
            raise
        raise ErrorDeEjecucion(
            f"no se pudo escribir{f' «{e.filename}»' if e.filename else ''}: {e.strerror}\n    la edición viva sigue igual\n"
            "    remedio: libere espacio o revise el permiso de escritura de la carpeta del proyecto, y repita la orden"
        ) from e


def escribir_atomico(ruta: Path, contenido: bytes) -> None:
    """``ruta`` queda entera o como estaba, sin restos al lado. Lanza ``OSError`` si no se puede escribir."""
    ruta.parent.mkdir(parents=True, exist_ok=True)
    temporal = ruta.with_name(f".{ruta.name}.{os.getpid()}")
    try:
        temporal.write_bytes(contenido)
        os.replace(temporal, ruta)
    except BaseException:
        temporal.unlink(missing_ok=True)
        raise


def sincronizar(ruta: Path) -> None:
    """fsync de un archivo o de una carpeta; en Windows no hace falta ni se puede."""
    if os.name == "nt":
        return
    descriptor = os.open(ruta, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
