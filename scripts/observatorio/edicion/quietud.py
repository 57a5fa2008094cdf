"""Lo que se construye sale de unas entradas y no de dos: si alguien guarda mientras tanto, se
descarta y se repite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import NoneType
from typing import TypeVar

from ..base.avisos import Avisar
from ..base.lecturas import recordando
from ..errores import DatosInvalidos, EntradasCambiadas, ErrorDeEjecucion
from ..rutas import Proyecto
from . import claves

INTENTOS = 5
CACHES = ("cuadernos", "render", "svg", "celdas", "indicadores")
Hecho = TypeVar("Hecho")


@contextmanager
def entradas_quietas(proyecto: Proyecto) -> Iterator[dict[str, str]]:
    """Da las claves de las entradas; lanza ``EntradasCambiadas`` si alguien las tocó antes de
    terminar el bloque, aunque las devolviera.

    Lo que el bloque dejó en las cachés lleva la clave de antes y quizá el contenido de después: se
    olvida, también si el bloque falló por otro motivo. Dentro del bloque cada entrada se lee una
    sola vez.
    """
    antes, fallo = _guardados(proyecto), None
    familias = claves.archivos_por_familia(proyecto.raiz)
    tocados = _tocados(familias)
    with recordando():
        try:
            # Lo que alguien añada desde que se buscaron se verá al final.
            yield claves.entradas(proyecto.raiz, familias)
        except BaseException as e:
            fallo = e
        despues = _tocados(claves.archivos_por_familia(proyecto.raiz))
    cambiadas = [nombre for nombre in despues if despues[nombre] != tocados.get(nombre)]
    if cambiadas:
        for ruta in _guardados(proyecto) - antes:
            ruta.unlink(missing_ok=True)
        (proyecto.trabajo / claves.SELLO).unlink(missing_ok=True)
    if cambiadas and isinstance(fallo, (DatosInvalidos, ErrorDeEjecucion, NoneType)):
        raise EntradasCambiadas(
            "alguien guardó archivos del proyecto mientras se construía (cambió"
            f" {', '.join(cambiadas)})"
        ) from fallo
    if fallo:
        raise fallo


def con_lo_ultimo(hacer: Callable[[], Hecho], avisar: Avisar) -> Hecho:
    """Lo que devuelva ``hacer``, repetido mientras alguien siga guardando; tras ``INTENTOS``, lanza
    ``EntradasCambiadas``.
    """
    for _ in range(INTENTOS - 1):
        try:
            return hacer()
        except EntradasCambiadas as e:
            avisar(f"{e}: se empieza de nuevo con lo último")
    try:
        return hacer()
    except EntradasCambiadas as e:
        raise EntradasCambiadas(
            f"{e}, {INTENTOS} veces seguidas\n    remedio: repita la orden cuando nadie esté"
            " guardando"
        ) from e


def _tocados(familias: Mapping[str, list[Path]]) -> dict[str, dict[Path, tuple[int, ...]]]:
    """Cuándo se escribió por última vez cada archivo de cada familia: también cambia si su
    contenido vuelve a ser el de antes.
    """
    return {nombre: {r: cuando(r) for r in rutas} for nombre, rutas in familias.items()}


def cuando(ruta: Path) -> tuple[int, ...]:
    """Lo que distingue dos escrituras de un archivo, sin leerlo; vacío si no está."""
    try:
        estado = ruta.lstat()
    except FileNotFoundError:
        return ()
    return estado.st_mtime_ns, estado.st_ctime_ns, estado.st_ino


def _guardados(proyecto: Proyecto) -> set[Path]:
    return {p for n in CACHES for p in (proyecto.trabajo / n).glob("*") if p.is_file()}
