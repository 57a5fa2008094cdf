"""La primera entrega real de un indicador no tiene serie con que compararse: se compara con lo que
la ficha declara y con los lugares vecinos, nunca con la demostración.
"""

from __future__ import annotations

import polars as pl

from .advertencias import Contexto, cifra

VECES, VECINOS, CASOS = 10.0, 3, 30
"""Cuántas veces puede pasar de lo declarado, cuántos vecinos hacen falta para comparar y con
cuántos casos en el denominador dice algo la cifra de un lugar.
"""


def primeras(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """La primera medida real de cada serie que cambia de orden de magnitud: más de ``VECES`` veces
    lo mayor, o menos de una de ``VECES`` partes de lo menor, de su línea de base, sus logros y su
    meta o, si la ficha no declara ninguno, de la mediana de los vecinos en ese periodo.

    Un cero no se juzga. De lo que se cuenta solo se mira el total del territorio; de las razones,
    también cada lugar con casos bastantes. ``tabla``: ordenada por serie y fin.
    """
    reales = tabla.filter(
        pl.col("naturaleza") != "demostracion", pl.col("grupo") == "total", pl.col("valor") != 0
    )
    if reales.is_empty():
        return reales
    rangos = contexto.fichas.select("kpi", "f_desde", "f_hasta")
    del_territorio = (pl.col("lugar") == contexto.ubigeo) & (pl.col("unidad") == "")
    con_casos = pl.col("f_razon") & (pl.col("denominador").fill_null(CASOS) >= CASOS)
    vecinos = (
        reales.filter("f_razon", ~del_territorio)
        .group_by("kpi", "periodo")
        .agg(pl.col("valor").abs().median().alias("mediana"), pl.len().alias("vecinos"))
        .filter(pl.col("vecinos") >= VECINOS)
    )
    comparadas = (
        reales.unique("serie", keep="first", maintain_order=True)
        .filter(del_territorio | con_casos)
        .join(rangos, on="kpi", how="left")
        .join(vecinos, on=["kpi", "periodo"], how="left")
        .with_columns(
            pl.coalesce("f_desde", "mediana").alias("desde"),
            pl.coalesce("f_hasta", "mediana").alias("hasta"),
            pl.when(pl.col("f_desde").is_null())
            .then(pl.lit("los lugares vecinos"))
            .otherwise(pl.lit("su línea de base, sus logros y su meta"))
            .alias("de"),
        )
    )
    tamano = pl.col("valor").abs()
    return comparadas.filter(
        (tamano > VECES * pl.col("hasta")) | (tamano < pl.col("desde") / VECES)
    ).with_columns(
        cifra().alias("cifra"),
        pl.format("{} van de {} a {}", "de", cifra("desde"), cifra("hasta")).alias("detalle"),
        pl.lit("primera-entrega").alias("regla"),
    )
