"""Una corrección que se publicó no desaparece: quitar su línea devolvería la cifra errada sin que nadie lo diga.

``publicar`` guarda en ``data/publicada/correcciones.csv`` las que regían en cada edición. Dejan de exigirse cuando su
celda ya no está entre las observaciones.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .correcciones import COLUMNAS_CORRECCION, linea_de_correccion
from .lectura import leer_csv
from .reglas import CLAVE

CAMBIO = (*CLAVE, "columna", "antes", "despues")
"""Lo que hace de una corrección la misma, aunque su archivo cambie de nombre o su motivo se escriba mejor."""


def retiradas(proyecto: Proyecto, declaradas: pl.DataFrame, observaciones: pl.DataFrame) -> Iterator[ErrorDeDatos]:
    """Un error por corrección publicada que ``declaradas`` ya no tiene y cuya celda sigue en ``observaciones``."""
    ruta = proyecto.correcciones_publicadas
    if not ruta.is_file():
        return
    errores: list[ErrorDeDatos] = []
    publicadas = leer_csv(proyecto, ruta, COLUMNAS_CORRECCION, errores, origen="procedencia")
    yield from errores
    if publicadas is None:
        return
    faltan = publicadas.join(declaradas.select(CAMBIO), on=list(CAMBIO), how="anti", maintain_order="left")
    celdas = observaciones.filter(pl.col("kpi").cast(pl.String).is_in(faltan["kpi"].to_list())).select(pl.col(c).cast(pl.String) for c in CLAVE)
    for c in faltan.join(celdas.unique(), on=list(CLAVE), how="semi", maintain_order="left").select(COLUMNAS_CORRECCION).iter_rows(named=True):
        yield ErrorDeDatos(
            proyecto.relativa(proyecto.correcciones), None, c["columna"], "/".join(c[k] for k in CLAVE), "correccion-publicada-retirada",
            f"ya se publicó: devuelva la línea, y si estaba mal añada otra debajo que la corrija: {linea_de_correccion(c.values())}",
        )
