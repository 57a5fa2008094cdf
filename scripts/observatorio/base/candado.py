"""Candados entre procesos: el sistema los suelta solo cuando el proceso muere, aunque sea de
golpe.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ..errores import ErrorDeUso
from .avisos import Avisar, callar

PASO = 0.05


@contextlib.contextmanager
def candado(ruta: Path, ocupado: str, espera: float = 0, avisar: Avisar = callar) -> Iterator[None]:
    """Toma el candado ``ruta`` o, tras ``espera`` segundos, lanza ``ErrorDeUso`` con el texto
    ``ocupado``.
    """
    ruta.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(ruta, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        limite, avisado = time.monotonic() + espera, False
        while not tomar(descriptor):
            if time.monotonic() >= limite:
                raise ErrorDeUso(ocupado)
            if not avisado:
                avisar("otro proceso está construyendo; se espera a que termine")
                avisado = True
            time.sleep(PASO)
        yield
    finally:
        os.close(descriptor)


def tomar(descriptor: int) -> bool:
    """Toma sin esperar el candado de un archivo abierto; falso si lo tiene otro."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
