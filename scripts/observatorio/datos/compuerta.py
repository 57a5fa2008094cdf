"""La compuerta: nada entra sin pasar por aquí, y lo que no pasa se dice entero, de todos los archivos a la vez."""

from __future__ import annotations

from dataclasses import replace

from ..catalogo import Catalogo, leer
from ..catalogo.adjuntos import revisar_adjuntos
from ..cualitativo import leer as leer_relatos
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from .lectura import COLUMNAS, leer_bloques
from .observaciones import Validacion, validar
from .procedencia import revisar_recibos


def pasar(proyecto: Proyecto) -> tuple[Catalogo, Validacion]:
    """El catálogo y las observaciones validadas; lanza ``DatosInvalidos`` con los defectos de catálogo y de datos."""
    errores: list[ErrorDeDatos] = []
    catalogo = leer(proyecto, errores)
    if catalogo is None:
        _revisar_forma(proyecto, errores)
        raise DatosInvalidos(errores)
    errores.extend(revisar_adjuntos(proyecto, catalogo))
    errores.extend(revisar_recibos(proyecto))
    relatos = leer_relatos(proyecto, catalogo, errores)
    try:
        validacion = validar(proyecto, catalogo)
    except DatosInvalidos as e:
        raise DatosInvalidos([*errores, *e.errores]) from None
    if errores:
        raise DatosInvalidos(errores)
    return catalogo, replace(validacion, relatos=relatos)


def _revisar_forma(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> None:
    """Sin catálogo no hay reglas que aplicar, pero la forma de los CSV sí se puede decir."""
    for ruta in proyecto.archivos_de_observaciones():
        for _ in leer_bloques(proyecto, ruta, COLUMNAS, errores):
            pass
