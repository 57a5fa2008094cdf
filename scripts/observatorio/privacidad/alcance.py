"""Qué celdas pueden acabar ocultas: las que enlazan con alguna de riesgo. Las demás se publican sin mirarlas más.

Ninguna resta cruza dos KPI. Dentro de uno, dos periodos solo se enlazan si se agrupan o si ya se publicó antes; si no, un
periodo sin celdas de riesgo se publica entero. Es de *riesgo* la celda ``primaria``, la que no trae cuentas y el periodo
con un total al que le falta poco de lo que todavía no se informó (``restos``).
"""

from __future__ import annotations

import polars as pl

from ..base.texto import con_textos
from .agrupacion import MITAD
from .historial import CLAVE, ultima_publicacion
from .parametros import Reglas
from .primaria import con_familia
from .restos import restos_chicos

MIRADAS = ("orden", "kpi", "fin", "lugar", "grupo", "unidad", "sobre_personas", "primaria")
RIESGO = pl.col("primaria") | pl.col("sin_cuentas")


def enlazadas(
    celdas: pl.DataFrame,
    agrupables: list[str],
    publicados: pl.DataFrame,
    anterior: pl.DataFrame,
    r: Reglas,
) -> tuple[pl.DataFrame, list[str]]:
    """``(orden, familia, cruzado)`` de las celdas sobre las que hay que decidir, y los KPI que pueden agruparse.

    Entra el KPI entero si sus periodos se enlazan; si no, los periodos con alguna celda de riesgo.
    """
    c = pl.col
    restos = restos_chicos(celdas, r)
    posibles = con_familia(_con_riesgo(celdas, anterior, restos), r.lugar_total)
    aptos = _por_agrupar(posibles, agrupables, publicados)
    enteros = sorted({*aptos, *_kpis(anterior)})
    periodos = (
        pl.concat([posibles.filter(RIESGO).select("kpi", "fin"), restos])
        .unique()
        .with_columns(pl.lit(True).alias("dudoso"))
    )
    elegidas = posibles.join(periodos, on=["kpi", "fin"], how="left", maintain_order="left").filter(
        c("kpi").is_in(enteros) | c("dudoso").fill_null(False)
    )
    return elegidas.select("orden", "familia", "cruzado"), aptos


def _con_riesgo(celdas: pl.DataFrame, anterior: pl.DataFrame, restos: pl.DataFrame) -> pl.DataFrame:
    """Las celdas sobre personas de los KPI con algo de riesgo, y de los que antes ocultaron, agruparon o dejaron de mostrar algo."""
    c = pl.col
    miradas = celdas.select(*MIRADAS, c("a").is_null().alias("sin_cuentas"))
    callados = _kpis(
        anterior.filter((c("vista") < ultima_publicacion(anterior)) | (c("agrupado") > 0))
    )
    kpis = sorted(
        {
            *_kpis(miradas.filter("sobre_personas", RIESGO)),
            *_kpis(restos),
            *callados,
            *_idos(celdas, anterior),
        }
    )
    return miradas.filter("sobre_personas", c("kpi").is_in(kpis))


def _idos(celdas: pl.DataFrame, anterior: pl.DataFrame) -> list[str]:
    """Los KPI con una celda que una edición mostró y que ninguna fila trae ya."""
    vistas = anterior.filter(pl.col("vista") > 0)
    if vistas.is_empty():
        return []
    presentes = con_textos(celdas.filter(pl.col("kpi").is_in(_kpis(vistas))).select(CLAVE))
    return _kpis(vistas.join(presentes, on=CLAVE, how="anti"))


def _por_agrupar(
    posibles: pl.DataFrame, agrupables: list[str], publicados: pl.DataFrame
) -> list[str]:
    """Los KPI que pueden publicarse por periodos agrupados: alguna de sus familias casi no se vería, o ya se agrupó."""
    c = pl.col
    visible = (
        posibles.filter(c("kpi").is_in(agrupables), ~c("sin_cuentas"))
        .group_by("kpi", "familia")
        .agg((~c("primaria")).mean().alias("visible"))
    )
    return sorted(
        {*_kpis(visible.filter(c("visible") < MITAD)), *_kpis(publicados.filter(c("nivel") > 0))}
    )


def _kpis(tabla: pl.DataFrame) -> list[str]:
    return tabla["kpi"].unique().cast(pl.String).to_list()
