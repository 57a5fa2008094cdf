"""Los cambios de método de una fuente, dentro de las expresiones de polars: ni avance ni tendencia
ni línea dibujada los cruzan.

La columna ``quiebres`` es una lista de instantes en meses absolutos, con su fracción. Un quiebre en
el instante en que empieza un periodo no lo toca: ese periodo ya se midió entero con el método
nuevo.
"""

from __future__ import annotations

from typing import cast

import polars as pl


def _uno_a_uno(tabla: pl.DataFrame) -> list[pl.Expr]:
    cuantos = cast(int, tabla["quiebres"].list.len().max() or 0)
    return [pl.col("quiebres").list.get(i, null_on_oob=True) for i in range(cuantos)]


def cruza(tabla: pl.DataFrame, desde: pl.Expr, hasta: pl.Expr) -> pl.Expr:
    """¿Cae algún quiebre después de ``desde`` y antes de ``hasta``? Falso donde falte un
    extremo.
    """
    return pl.any_horizontal(
        pl.lit(False), *(((q > desde) & (q < hasta)).fill_null(False) for q in _uno_a_uno(tabla))
    )


def ultimo_antes(tabla: pl.DataFrame, hasta: pl.Expr) -> pl.Expr:
    """El último quiebre anterior a ``hasta``; nulo si no hay: los posteriores no separan nada de lo
    ya medido.
    """
    return pl.max_horizontal(
        pl.lit(None, dtype=pl.Float64), *(pl.when(q < hasta).then(q) for q in _uno_a_uno(tabla))
    )


def con_tramos(series: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    """``series``, en orden, con ``tramo`` (0, 1…), que cambia entre dos medidas que un quiebre
    separa, y ``mixta``, la que lo lleva dentro: la tabla ``MEDIDAS``.

    ``fichas``: ``kpi, meses_medida, quiebres``. Una medida mixta no continúa lo de antes ni empieza
    lo de después.
    """
    c, serie = pl.col, ("kpi", "lugar")
    medidas = (
        series.join(fichas.select("kpi", "meses_medida", "quiebres"), on="kpi")
        .sort(*serie, "fin")
        .with_columns((c("fin") - c("meses_medida")).alias("inicio"))
    )
    corte = cruza(medidas, c("inicio").shift(1).over(serie), c("fin"))
    return medidas.with_columns(
        corte.cast(pl.Int32).cum_sum().over(serie).alias("tramo"),
        cruza(medidas, c("inicio"), c("fin")).alias("mixta"),
    ).drop("meses_medida", "quiebres", "inicio")
