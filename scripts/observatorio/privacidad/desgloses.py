"""Cortes que nunca se podrían publicar: lo que cuesta pedir un dato por anexo, sexo o edad si
siempre queda oculto.

Se mira la supresión primaria y la compañera que pide, porque una celda oculta sola se despeja
restando; si ni así queda ninguna, la secundaria no la devuelve. Una parte sin su cuenta se oculta,
como en ``primaria``.
"""

from __future__ import annotations

import polars as pl

from .agrupacion import SERIE, TRIENIO, fin_de_bloque
from .parametros import Reglas
from .primaria import TOTAL, con_cuentas, con_ficha, fichas_de_privacidad

PAREJA = 2


def siempre_ocultos(
    observaciones: pl.DataFrame, fichas: pl.DataFrame, reglas: Reglas
) -> pl.DataFrame:
    """``kpi, familia, celdas``: los cortes sin una sola cifra publicable, ni suelta ni en trienios,
    y su costo.

    ``observaciones``: las validadas (``columnas.OBSERVACIONES``); ``fichas``: las del método.
    ``familia`` es «anexos», «unidades» o la dimensión del grupo.
    """
    c = pl.col
    cortada = (c("unidad") != "") | (c("grupo") != TOTAL) | (c("lugar") != reglas.lugar_total)
    celdas = con_cuentas(con_ficha(observaciones.filter(cortada), fichas)).filter("sobre_personas")
    por_unidad, por_grupo = c("unidad") != "", c("grupo") != TOTAL
    oculta = c("a").is_null() | (c("a") < reglas.k) | (c("b") < reglas.k)
    # Primero se cuenta sin tocar textos: así millones de celdas quedan en pocas filas.
    cuentas = celdas.group_by(
        "kpi",
        "fin",
        "grupo",
        por_unidad.alias("por_unidad"),
        pl.when(~por_unidad & por_grupo).then("lugar").alias("donde"),
        maintain_order=True,
    ).agg(pl.len().alias("celdas").cast(pl.Int64), oculta.sum().alias("ocultas").cast(pl.Int64))
    quedan = (
        cuentas.with_columns(_familia(c("por_unidad")))
        .group_by("kpi", "familia", "fin", "donde", maintain_order=True)
        .agg(c("celdas", "ocultas").sum())
        .with_columns(
            pl.when(c("ocultas") > 0)
            .then((c("celdas") - pl.max_horizontal("ocultas", PAREJA)).clip(0))
            .otherwise("celdas")
            .alias("quedan")
        )
        .group_by("kpi", "familia", maintain_order=True)
        .agg(c("celdas", "quedan").sum())
        .filter(c("quedan") == 0)
    )
    sin_cifra = celdas.filter(c("kpi").is_in(quedan["kpi"].implode())).with_columns(
        _familia(por_unidad)
    )
    return (
        quedan.join(_reunibles(sin_cifra, fichas, reglas), on=["kpi", "familia"], how="anti")
        .select(c("kpi").cast(pl.String), "familia", "celdas")
        .sort("kpi", "familia")
    )


def _familia(por_unidad: pl.Expr) -> pl.Expr:
    """Unidades, anexos o la dimensión del grupo."""
    dimension = pl.col("grupo").cast(pl.String).str.split(":").list.first()
    return (
        pl.when(por_unidad)
        .then(pl.lit("unidades"))
        .when(pl.col("grupo") == TOTAL)
        .then(pl.lit("anexos"))
        .otherwise(dimension)
        .alias("familia")
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
