"""Lo pasajero de una orden vive en la carpeta del proyecto: si la orden muere de golpe, no deja
nada en la carpeta temporal del sistema, y la siguiente borra lo que quedó.

Vale para ``tempfile``, para ``multiprocessing`` y para los programas que se lancen, que leen
``TMPDIR``.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .candado import tomar

CANDADO = "candado"
PREFIJO = "t-"
LARGO = 70
"""Cuánto puede medir la ruta: en ella se abre un zócalo, y macOS no admite su nombre con más de 104
bytes.
"""
_tomados: list[int] = []


def mudar(trabajo: Path) -> None:
    """Desde ahora y hasta que este proceso termine, lo pasajero va a una carpeta propia.

    Está en ``trabajo`` o, si su ruta es demasiado larga o no se puede escribir, en la temporal del
    sistema con un nombre por el que la orden siguiente la reconoce. En Windows no se muda nada:
    allí no hay zócalos que queden, y lo abierto no se puede borrar.
    """
    if os.name == "nt":
        return
    seguro = hashlib.sha256(os.fsencode(trabajo)).hexdigest()[:12]
    lugares = [(trabajo, PREFIJO), (Path(tempfile.gettempdir()), f"observatorio-{seguro}-")]
    for lugar, prefijo in lugares:
        for muerta in _muertas(lugar, prefijo):
            shutil.rmtree(muerta, ignore_errors=True)
    for lugar, prefijo in lugares:
        if len(os.fsencode(lugar)) + len(prefijo) + 9 > LARGO and lugar == trabajo:
            continue
        with suppress(OSError):
            lugar.mkdir(parents=True, exist_ok=True)
            propia = tempfile.mkdtemp(prefix=prefijo, dir=lugar)
            _tomar(Path(propia))
            os.environ["TMPDIR"] = tempfile.tempdir = propia
            # Antes que multiprocessing, para que corra después: él borra lo suyo, que está dentro.
            atexit.register(shutil.rmtree, propia, ignore_errors=True)
            return


def _tomar(propia: Path) -> None:
    """Un candado que el sistema suelta cuando este proceso muera: mientras, nadie la borra."""
    descriptor = os.open(propia / f".{CANDADO}", os.O_RDWR | os.O_CREAT, 0o600)
    tomar(descriptor)
    os.rename(propia / f".{CANDADO}", propia / CANDADO)
    _tomados.append(descriptor)


def _muertas(lugar: Path, prefijo: str) -> Iterator[Path]:
    """Las carpetas propias de procesos que ya no están."""
    for carpeta in lugar.glob(f"{prefijo}*"):
        with suppress(OSError):
            if carpeta.is_symlink() or carpeta.stat().st_uid != os.getuid():
                continue
            descriptor = os.open(carpeta / CANDADO, os.O_RDWR)
            try:
                if tomar(descriptor):
                    yield carpeta
            finally:
                os.close(descriptor)
