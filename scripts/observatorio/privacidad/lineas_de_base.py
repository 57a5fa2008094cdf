"""Las líneas de base también se protegen: una base es una celda más, la de su periodo.

Se protege la que por sí sola señala a menos de ``k`` personas, y la que diría lo que la tabla calla
de su periodo: una celda oculta, o un total con otra cifra, o con otros casos, del que restar. Una
base de 0 que nadie midió (el programa aún no existía) no cuenta a nadie: es un punto de partida que
declara el catálogo, y se publica. De una base que es una razón y no declara sus casos se supone el
denominador del periodo informado más cercano: quien ataca lo conoce, o lo estima igual.
"""

from __future__ import annotations

import polars as pl

from ..base.texto import con_textos
from ..catalogo import Catalogo
from ..catalogo.modelos import CIUDADANO
from ..datos.columnas import OBSERVACIONES
from .columnas import FICHAS_CON_BASE, PUBLICA
from .parametros import Reglas
from .primaria import TOTAL, con_cuentas, con_primaria, es_el_total, fichas_de_privacidad


def bases_protegidas(
    catalogo: Catalogo,
    fichas: pl.DataFrame,
    observaciones: pl.DataFrame,
    publica: pl.DataFrame,
    reglas: Reglas,
) -> set[str]:
    """Códigos de los KPI ciudadanos sobre personas cuya línea de base no se publica.

    ``fichas``: ``columnas.FICHAS_CON_BASE``, y puede traer más; ``observaciones``, la tabla antes
    de protegerla (``columnas.OBSERVACIONES``); ``publica``, después (``columnas.PUBLICA``). Lanza
    ``TablaDistinta`` si alguna no lo es.
    """
    c = pl.col
    FICHAS_CON_BASE.revisar(fichas, abierta=True)
    OBSERVACIONES.revisar(observaciones)
    PUBLICA.revisar(publica)
    bases = _como_celdas(fichas, observaciones, reglas)
    decimales = pl.DataFrame(
        [(k.codigo, k.decimales) for k in catalogo.kpis.values()],
        schema={"kpi": pl.String, "decimales": pl.Int32},
        orient="row",
    )
    es_total = es_el_total(reglas.lugar_total)
    del_periodo = (
        bases.select("kpi", c("fin").alias("fin_base"), "ancho", "agregacion")
        .join(
            con_textos(publica.filter(c("agrupado") == 0, c("kpi").is_in(bases["kpi"].to_list()))),
            on="kpi",
        )
        .filter(c("fin") > c("fin_base") - c("ancho"), c("fin") <= c("fin_base"))
        .group_by("kpi")
        .agg(
            c("protegido").any().alias("con_oculta"),
            pl.when(c("agregacion").first() == "suma")
            .then(c("valor").filter(es_total).sum())
            .otherwise(c("valor").filter(es_total).last())
            .alias("total"),
            c("numerador", "denominador").filter(es_total).last().name.prefix("total_"),
        )
    )
    redondeo = 0.5 / pl.lit(10.0).pow(c("decimales")) + 1e-9
    mismos_casos = c("den_base").is_null() | (
        (c("num_base") == c("total_numerador")) & (c("den_base") == c("total_denominador"))
    ).fill_null(False)
    igual = ((c("total") - c("valor")).abs() <= redondeo).fill_null(False) & mismos_casos
    sin_medir = (c("valor") == 0) & c("den_base").is_null() & c("con_oculta").is_null()
    protegidas = (
        bases.join(del_periodo, on="kpi", how="left")
        .join(decimales, on="kpi")
        .filter((c("primaria") & ~sin_medir) | (c("con_oculta").fill_null(False) & ~igual))
    )
    return set(protegidas["kpi"].to_list())


def _como_celdas(fichas: pl.DataFrame, observaciones: pl.DataFrame, reglas: Reglas) -> pl.DataFrame:
    c = pl.col
    de_base = (
        fichas.filter("sobre_personas", c("acceso") == CIUDADANO, c("b").is_not_null())
        .select(
            "kpi",
            c("fin_base").alias("fin"),
            c("b").alias("valor"),
            c("meses_medida").alias("ancho"),
            "num_base",
            "den_base",
            pl.lit(reglas.lugar_total).alias("lugar"),
            pl.lit(TOTAL).alias("grupo"),
            pl.lit("").alias("unidad"),
        )
        .join(fichas_de_privacidad(fichas), on="kpi")
    )
    con_base = de_base.join(
        _denominadores(de_base, observaciones, reglas.lugar_total), on="kpi", how="left"
    ).with_columns(
        pl.coalesce("num_base", (c("valor") / c("factor") * c("denominador")).round(0)).alias(
            "numerador"
        ),
        pl.coalesce("den_base", "denominador").alias("denominador"),
    )
    return con_primaria(con_cuentas(con_base), reglas.k, reglas.lugar_total, reglas.poblacion)


def _denominadores(
    bases: pl.DataFrame, observaciones: pl.DataFrame, lugar_total: str
) -> pl.DataFrame:
    """``kpi, denominador``: el del territorio en el periodo informado más cercano al de la base."""
    c = pl.col
    del_total = con_textos(
        observaciones.filter(es_el_total(lugar_total), c("denominador").is_not_null()).select(
            "kpi", "fin", "denominador"
        )
    )
    lejos = (c("fin") - c("fin_base")).abs()
    return (
        del_total.join(bases.select("kpi", c("fin").alias("fin_base")), on="kpi")
        .sort("kpi", lejos, "fin")
        .group_by("kpi", maintain_order=True)
        .agg(c("denominador").first())
    )
