"""Qué celdas pueden acabar ocultas: las que enlazan con alguna de riesgo. Las demás se publican sin mirarlas más.

Ninguna resta cruza dos KPI. Dentro de uno, dos periodos solo se enlazan si se agrupan o si ya se publicó antes; si no, un
periodo sin celdas de riesgo se publica entero. Es de *riesgo* la celda ``primaria`` y la que no trae cuentas.
"""

from __future__ import annotations

import polars as pl

from .agrupacion import MITAD


def con_riesgo(celdas: pl.DataFrame, anterior: pl.DataFrame) -> pl.DataFrame:
    """Las celdas sobre personas de los KPI con alguna de riesgo, y de los que antes ocultaron o agruparon algo."""
    c = pl.col
    riesgo = _kpis(celdas.filter(c("sobre_personas"), _riesgo()))
    callados = _kpis(anterior.filter((c("vista") == 0) | (c("agrupado") > 0)))
    return celdas.filter(c("sobre_personas"), c("kpi").is_in(sorted({*riesgo, *callados})))


def por_agrupar(personas: pl.DataFrame, publicados: pl.DataFrame) -> pl.DataFrame:
    """Las celdas de los KPI que pueden publicarse por periodos agrupados: alguna familia casi no se vería, o ya se agrupó."""
    c = pl.col
    visible = (
        personas.filter("agrupable", c("a").is_not_null()).group_by("kpi", "familia").agg((~c("primaria")).mean().alias("visible"))
    )
    escasos, agrupados = _kpis(visible.filter(c("visible") < MITAD)), _kpis(publicados.filter(c("nivel") > 0))
    return personas.filter(c("kpi").is_in(sorted({*escasos, *agrupados})))


def enlazadas(personas: pl.DataFrame, aptas: pl.DataFrame, anterior: pl.DataFrame) -> pl.DataFrame:
    """Las celdas sobre las que hay que decidir: el KPI entero si sus periodos se enlazan; si no, los periodos con riesgo."""
    c = pl.col
    enteros = sorted({*_kpis(aptas), *_kpis(anterior)})
    periodos = personas.filter(_riesgo()).select("kpi", "fin").unique().with_columns(pl.lit(True).alias("dudoso"))
    return personas.join(periodos, on=["kpi", "fin"], how="left", maintain_order="left").filter(
        c("kpi").is_in(enteros) | c("dudoso").fill_null(False)
    ).drop("dudoso")


def _riesgo() -> pl.Expr:
    return pl.col("primaria") | pl.col("a").is_null()


def _kpis(tabla: pl.DataFrame) -> list[str]:
    return tabla["kpi"].unique().cast(pl.String).to_list()
