"""Cortes que nunca se podrían publicar: lo que cuesta pedir un dato por anexo, sexo o edad si siempre queda oculto.

Se mira solo la supresión primaria y la compañera que pide (una celda oculta sola se despeja restando); si ni así
queda ninguna, la secundaria no la devuelve.
"""

from __future__ import annotations

import polars as pl

from .agrupacion import SERIE, TRIENIO, fin_de_bloque
from .parametros import Reglas
from .primaria import TOTAL, con_cuentas, con_familia, con_ficha, con_primaria, fichas_de_privacidad

PAREJA = 2


def siempre_ocultos(
    observaciones: pl.DataFrame, fichas: pl.DataFrame, reglas: Reglas
) -> pl.DataFrame:
    """``kpi, familia, celdas``: los cortes sin una sola cifra publicable, ni suelta ni en trienios, y su costo.

    ``observaciones``: las validadas (``columnas.OBSERVACIONES``); ``fichas``: las del método. ``familia`` es «anexos»,
    «unidades» o la dimensión del grupo.
    """
    c = pl.col
    celdas = con_familia(
        con_primaria(
            con_cuentas(con_ficha(observaciones, fichas)),
            reglas.k,
            reglas.lugar_total,
            reglas.poblacion,
        ),
        reglas.lugar_total,
    ).filter("sobre_personas", c("familia") != TOTAL)
    donde = pl.when(c("familia").is_in(["anexos", "unidades"])).then(pl.lit("")).otherwise("lugar")
    quedan = (
        celdas.with_columns(donde.alias("donde"))
        .group_by("kpi", "familia", "fin", "donde")
        .agg(pl.len().alias("celdas"), c("primaria").sum().alias("ocultas"))
        .with_columns(
            pl.when(c("ocultas") > 0)
            .then(c("celdas").cast(pl.Int64) - pl.max_horizontal("ocultas", pl.lit(PAREJA)))
            .otherwise("celdas")
            .clip(0)
            .alias("quedan")
        )
        .group_by("kpi", "familia", maintain_order=True)
        .agg(c("celdas").sum(), c("quedan").sum())
        .filter(c("quedan") == 0)
    )
    return (
        quedan.join(_reunibles(celdas, fichas, reglas), on=["kpi", "familia"], how="anti")
        .select(c("kpi").cast(pl.String), "familia", "celdas")
        .sort("kpi", "familia")
    )


def _reunibles(celdas: pl.DataFrame, fichas: pl.DataFrame, reglas: Reglas) -> pl.DataFrame:
    """``kpi, familia`` que en trienios tienen alguna cifra con ``k`` casos o más."""
    c = pl.col
    agrupables = fichas_de_privacidad(fichas).filter("agrupable")["kpi"].cast(celdas.schema["kpi"])
    return (
        celdas.filter(c("kpi").is_in(agrupables.implode()), c("a").is_not_null())
        .with_columns(fin_de_bloque(TRIENIO, reglas.horizonte).alias("bloque"))
        .group_by(*SERIE, "bloque")
        .agg(c("a").sum(), c("b").sum())
        .filter(c("a") >= reglas.k, c("b") >= reglas.k)
        .select("kpi", "familia")
        .unique()
    )
