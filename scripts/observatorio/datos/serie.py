"""Orden por serie y fin, y filas repetidas: una sola clave entera por fila, para que millones se
ordenen en un paso.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import polars as pl

from ..errores import ErrorDeDatos
from .por_texto import por_texto
from .repetida import repetida

SERIE = ("kpi", "lugar", "grupo", "unidad")
MESES_POSIBLES = 12 * 2200
SI_CAMBIO = (
    " por kpi, periodo, lugar, grupo y unidad; si la cifra cambió, use data/correcciones.csv"
)


def ordenar(tabla: pl.DataFrame) -> pl.DataFrame:
    """La tabla ordenada por kpi, lugar, grupo, unidad y fin, con ``serie`` (entero por serie) e
    ``indice``.

    El orden es el alfabético de los textos; dentro de la misma clave, el de lectura.
    """
    serie = _rangos(tabla, SERIE)
    clave = serie * MESES_POSIBLES + _acotados(tabla["fin"], MESES_POSIBLES)
    ordenada = _por_clave(tabla.with_columns(serie.alias("serie")), clave)
    return ordenada.with_columns(pl.col("serie").set_sorted()).with_row_index("indice")


def en_orden(
    tabla: pl.DataFrame, textos: Sequence[str], numeros: Mapping[str, int]
) -> pl.DataFrame:
    """La tabla por el orden alfabético de ``textos`` y luego por ``numeros``, columna → cota que
    sus valores (≥ 0) no alcanzan.
    """
    clave = _rangos(tabla, textos)
    for columna, cota in numeros.items():
        clave = clave * cota + _acotados(tabla[columna], cota)
    return _por_clave(tabla, clave)


def _rangos(tabla: pl.DataFrame, columnas: Sequence[str]) -> pl.Series:
    """Un entero por combinación de textos, en el orden de todos ellos."""
    clave, peso = pl.repeat(0, tabla.height, dtype=pl.UInt64, eager=True), 1
    for columna in reversed(columnas):
        rango = por_texto(
            tabla[columna].cast(pl.Categorical),
            pl.col(columna).cast(pl.String).rank("dense").cast(pl.UInt64) - 1,
        )
        clave += rango * peso
        peso *= cast(int, rango.max() or 0) + 1
    return clave


def _acotados(numeros: pl.Series, cota: int) -> pl.Series:
    return numeros.clip(0, cota - 1).fill_null(0).cast(pl.UInt64)


def _por_clave(tabla: pl.DataFrame, clave: pl.Series) -> pl.DataFrame:
    if clave.is_sorted():
        return tabla
    return tabla[
        pl.DataFrame({"clave": clave})
        .with_row_index("fila")
        .sort("clave", maintain_order=True)["fila"]
    ]


def demostracion_superada(tabla: pl.DataFrame) -> pl.DataFrame:
    """Las filas de demostración cuya misma clave ya tiene una medida real: la real las reemplaza
    sin borrarlas del archivo. ``tabla`` viene de ``ordenar``.
    """
    clave = ["serie", "fin"]
    vecina = pl.all_horizontal(pl.col(c) == pl.col(c).shift(1) for c in clave)
    if not tabla.select(vecina.any()).item():
        return tabla.clear()
    inventada = pl.col("naturaleza") == "demostracion"
    reales = tabla.filter(~inventada).select(clave).unique()
    return tabla.filter(inventada).join(reales, on=clave, how="semi", maintain_order="left")


def sin_filas(tabla: pl.DataFrame, filas: pl.DataFrame) -> pl.DataFrame:
    """La tabla sin esas filas suyas, con su ``indice`` y su orden."""
    if filas.is_empty():
        return tabla
    return tabla.join(filas.select("indice"), on="indice", how="anti", maintain_order="left")


def repetidas(tabla: pl.DataFrame) -> list[ErrorDeDatos]:
    """Un error por fila que repite la clave de otra anterior; ``tabla`` viene de ``ordenar``."""
    clave = ("serie", "fin")
    seguida = pl.all_horizontal(
        pl.col("kpi") != "", *(pl.col(c) == pl.col(c).shift(1) for c in clave)
    )
    suyas = tabla.filter(seguida).select(clave).unique()
    if suyas.is_empty():
        return []
    # De cada clave repetida, todas sus filas seguidas: la primera es la que las demás repiten.
    filas = (
        tabla.join(suyas, on=clave, how="semi", maintain_order="left")
        .select(*clave, *(pl.col(c).cast(pl.String) for c in ("archivo", "kpi")), "fila")
        .with_columns(
            pl.col(c).first().over(clave).alias(f"{c}_primera") for c in ("archivo", "fila")
        )
        .filter(pl.int_range(pl.len()).over(clave) > 0)
        .select("archivo", "fila", "kpi", "archivo_primera", "fila_primera")
    )
    return [repetida(a, f, "kpi", k, (de, cual), SI_CAMBIO) for a, f, k, de, cual in filas.rows()]
