"""Corregir una celda oculta mueve su total: lo que el total creció o menguó dice al menos cuánto valía, o vale, ella.

Nadie guarda lo que decía una celda oculta, así que se supone que pudo moverse cualquiera de las que una edición
ocultó. Lo que explican las partes a la vista y las nuevas se descuenta.
"""

from __future__ import annotations

import polars as pl

from .ecuaciones import PARTE, TOTAL_EC
from .secundaria import CUENTAS, MINIMO

LLEGO_DESPUES = pl.col("desde").is_null() | (pl.col("desde") > pl.col("vista_total"))
"""La parte no estaba cuando el total se vio por última vez."""
SE_CORRIGIO = pl.col("cambiada") & (pl.col("vista") >= pl.col("vista_total"))
"""La parte se vio con el total, y hoy dice otra cosa."""


def crecidos(sumas: pl.DataFrame, k: int) -> set[int]:
    """Totales a la vista que cambiaron en menos de ``k``, sin que lo expliquen las demás, con una parte que sigue oculta.

    ``sumas``: una fila por ecuación y celda, con ``papel``, ``ajena``, ``a``, ``b``, lo que se vio de ellas (``p_a``,
    ``p_b``) y sus marcas. También caen los totales de los que alguna parte se vio más tarde: entonces no se sabe qué explica.
    """
    c = pl.col
    totales = sumas.filter(c("papel") == TOTAL_EC, "cambiada", ~c("oculta"), c("p_a").is_not_null()).select(
        "ecuacion", c("celda").alias("total"), c("vista").alias("vista_total"), (~c("ajena") | (c("familia") == "total")).alias("cuadra"),
        *(c(q).alias(f"total_{q}") for q in CUENTAS), *((c(q) - c(f"p_{q}")).alias(f"crece_{q}") for q in CUENTAS),
    )
    partes = sumas.filter(c("papel") == PARTE, c("a").is_not_null()).join(totales, on="ecuacion")
    dudosas = partes.with_columns(
        *((c(f"crece_{q}") - _explicado(q)).alias(f"crece_{q}") for q in CUENTAS),
        *((c(f"total_{q}") - c(q).sum().over("ecuacion")).alias(f"resto_{q}") for q in CUENTAS),
        (~LLEGO_DESPUES & (c("vista") > c("vista_total"))).any().over("ecuacion").alias("incierta"),
    ).filter("antes_oculta", "oculta", ~c("ida"))
    return set(dudosas.filter(c("incierta") | pl.any_horizontal(_poco(q, k) for q in CUENTAS))["total"].to_list())


def _explicado(q: str) -> pl.Expr:
    de_cada_parte = pl.when(LLEGO_DESPUES).then(q).when(SE_CORRIGIO).then(pl.col(q) - pl.col(f"p_{q}")).otherwise(0)
    return pl.when("cuadra").then(de_cada_parte).otherwise(0).sum().over("ecuacion")


def _poco(q: str, k: int) -> pl.Expr:
    """Menguó, o creció sin que pueda ser lo que nadie informó."""
    crece, resto = pl.col(f"crece_{q}"), pl.col(f"resto_{q}")
    return (crece.abs() > MINIMO) & (crece.abs() < k) & ((crece < 0) | (resto <= MINIMO))
