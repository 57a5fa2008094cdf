"""Escribir sin sorpresas: cada archivo queda entero o como estaba, y un disco que no deja escribir
se dice en palabras.

Solo usa la biblioteca estándar, como ``claves``.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errores import ErrorDeEjecucion, ErrorDeUso

PERMISO = "libere espacio o revise el permiso de escritura de la carpeta"
OTRA_RUTA = "diga una ruta que pase solo por carpetas y termine en un archivo"
EN_PALABRAS = {
    errno.ENOSPC: ("no queda espacio en el disco", PERMISO),
    errno.EDQUOT: ("no queda espacio en su cuota del disco", PERMISO),
    errno.EFBIG: ("el disco no admite un archivo tan grande", PERMISO),
    errno.EROFS: ("el disco es de solo lectura", PERMISO),
    errno.EACCES: ("no hay permiso", PERMISO),
    errno.EPERM: ("no hay permiso", PERMISO),
    errno.EISDIR: ("es una carpeta", OTRA_RUTA),
    errno.ENOTDIR: ("la ruta pasa por un archivo como si fuera una carpeta", OTRA_RUTA),
    errno.EEXIST: ("es un archivo y no una carpeta", OTRA_RUTA),
    errno.ENAMETOOLONG: ("el nombre es demasiado largo", "use un nombre más corto"),
}


@contextmanager
def escritura_explicada() -> Iterator[None]:
    """Un disco lleno o de solo lectura, o una ruta imposible, se dicen en palabras; la edición viva
    no se tocó.
    """
    try:
        yield
    except OSError as e:
        if e.errno not in EN_PALABRAS or (
            e.errno == errno.EEXIST and not os.path.isfile(e.filename or "")
        ):
            raise
        raise ErrorDeEjecucion(
            f"no se pudo escribir{f' «{e.filename}»' if e.filename else ''}: {motivo_de(e)}\n    la"
            f" edición viva sigue igual\n    remedio: {EN_PALABRAS[e.errno][1]}, y repita la orden"
        ) from e


def motivo_de(e: OSError) -> str:
    """Por qué el sistema no dejó leer o escribir, en palabras."""
    if e.errno == errno.ENOENT:  # fuera de la tabla: al escribir, no es cosa de quien da la orden
        return "no existe, o no existe su carpeta"
    return EN_PALABRAS[e.errno][0] if e.errno in EN_PALABRAS else e.strerror or str(e)


DIRECCION = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:[\\/]|[^/\\\s]+@[^/\\\s]+:")
"""Un esquema y una barra (``file:/``, ``s3://``; ``ftp:\\`` es como lo escribe una ruta de
Windows), o lo que ``scp`` entiende. Una letra sola es la unidad de un disco.
"""


def es_direccion(ruta: Path | str) -> bool:
    """Si lo dado es una dirección de la red y no una ruta de esta máquina."""
    return DIRECCION.match(str(ruta)) is not None


def exigir_de_esta_maquina(ruta: Path | str) -> None:
    """Lanza ``ErrorDeUso`` si es una dirección: se crearía aquí una carpeta llamada «ftp:»."""
    if es_direccion(ruta):
        raise ErrorDeUso(
            f"«{ruta}» es una dirección, y aquí solo se escribe en esta máquina\n    remedio: diga"
            f" una ruta, como {Path.home() / 'observatorio'}, y llévelo después con el programa que"
            " ya usa"
        )


def exigir_archivo(ruta: Path, ejemplo: str) -> None:
    """Lanza ``ErrorDeUso`` si en ``ruta`` no se puede escribir un archivo: antes de calcular nada,
    y no al final.
    """
    if os.path.isdir(ruta):
        raise ErrorDeUso(
            f"«{ruta}» es una carpeta: diga el archivo que se escribe, como {ruta / ejemplo}"
        )
    exigir_camino(ruta)


def exigir_camino(ruta: Path) -> None:
    """Lanza ``ErrorDeUso`` si no se puede crear nada en ``ruta``: por encima hay un archivo, o una
    carpeta sin permiso.
    """
    exigir_de_esta_maquina(ruta)
    absoluta = ruta.absolute()
    if absoluta == absoluta.parent:
        raise ErrorDeUso(
            f"«{ruta}» es la raíz del disco\n    remedio: diga una carpeta suya, como"
            f" {Path.home() / 'observatorio'}"
        )
    hay = next(p for p in absoluta.parents if os.path.lexists(p))
    if not os.path.isdir(hay):
        raise ErrorDeUso(
            f"no se puede escribir «{ruta}»: «{hay}» es un archivo y no una carpeta\n    remedio:"
            " diga otra ruta, que pase solo por carpetas"
        )
    if not os.access(hay, os.W_OK | os.X_OK):
        raise ErrorDeUso(
            f"no se puede escribir «{ruta}»: no hay permiso de escritura en «{hay}»\n    remedio:"
            " diga otra carpeta, o pida el permiso"
        )


def exigir_fuera(raiz: Path, carpeta: Path, que: str) -> None:
    """Lanza ``ErrorDeUso`` si ``carpeta`` está dentro del proyecto: allí git podría llevarse
    ``que``.
    """
    dentro, lugar = raiz.resolve(), carpeta.resolve()
    if lugar == dentro or dentro in lugar.parents:
        raise ErrorDeUso(
            f"«{carpeta}» está dentro del proyecto, y git podría llevarse {que}: ábralas fuera, y"
            " bórrelas al terminar"
        )


@contextmanager
def de_una_vez(ruta: Path) -> Iterator[Path]:
    """Dónde escribir lo que será ``ruta``: al salir del bloque la reemplaza; si algo falla queda
    como estaba, sin restos al lado.
    """
    ruta.parent.mkdir(parents=True, exist_ok=True)
    temporal = ruta.with_name(f".{ruta.name}.{os.getpid()}")
    try:
        yield temporal
        os.replace(temporal, ruta)
    except FileNotFoundError as e:  # la carpeta está, y no admite archivos nuevos (/proc)
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(ruta)) from e
    except BaseException:
        temporal.unlink(missing_ok=True)
        raise


def escribir_atomico(ruta: Path, contenido: bytes) -> None:
    """``ruta`` queda entera o como estaba. Lanza ``OSError`` si no se puede escribir."""
    with de_una_vez(ruta) as temporal:
        temporal.write_bytes(contenido)


def sincronizar(ruta: Path) -> None:
    """fsync de un archivo o de una carpeta; en Windows no hace falta ni se puede."""
    if os.name == "nt":
        return
    descriptor = os.open(ruta, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def escribir_json_atomico(ruta: Path, objeto: object) -> None:
    """Memoria de la construcción: el archivo queda entero o como estaba."""
    escribir_atomico(
        ruta, f"{json.dumps(objeto, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode()
    )
