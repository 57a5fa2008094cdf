"""Los periodos con un total al que le falta poco: lo que un anexo o una unidad no informó todavía puede salir de restar.

Se prefiere de más a de menos: un periodo señalado aquí solo se mira con cuidado (``secundaria``), no se protege por eso.
"""

from __future__ import annotations

import polars as pl

from .parametros import Reglas
from .primaria import TOTAL
from .secundaria import CUENTAS, MINIMO

PERIODO = ["kpi", "fin"]


def restos_chicos(celdas: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """``kpi, fin`` de los periodos en que un total menos sus anexos o sus unidades da entre 0 y ``k`` en alguna cuenta.

    Donde el total no está, vale por él lo que suma otra familia. Un lugar abierto sin su propio total se señala siempre que
    el periodo tenga alguno; un periodo solo de partes no tiene de qué restar.
    """
    c = pl.col
    del_total, sin_unidad = c("lugar") == r.lugar_total, c("unidad") == ""
    con_cuentas = celdas.select(
        *PERIODO, "lugar", "grupo", "unidad", "sobre_personas", *CUENTAS
    ).filter("sobre_personas", c("a").is_not_null())
    con_total = (
        con_cuentas.filter(sin_unidad, del_total | (c("grupo") == TOTAL)).select(PERIODO).unique()
    )
    con_cuentas = (
        con_cuentas.join(con_total, on=PERIODO, how="semi")
        if con_total.height
        else con_cuentas.clear()
    )
    anexos, unidades, enteras = (
        con_cuentas.filter(~del_total, sin_unidad),
        con_cuentas.filter(~sin_unidad),
        con_cuentas.filter(sin_unidad),
    )
    if anexos.is_empty() and unidades.is_empty():
        return celdas.clear().select(PERIODO)
    familias = [
        _sumas(anexos.filter(c("grupo") == TOTAL), PERIODO),
        _sumas(unidades.filter(c("grupo") == TOTAL), PERIODO),
    ]
    generales = [
        enteras.filter(del_total, c("grupo") == TOTAL),
        *familias,
        _por_dimension(enteras.filter(del_total)),
    ]
    de_lugar, de_grupo = [*PERIODO, "lugar", "grupo"], [*PERIODO, "grupo"]
    hallados = [
        _faltan(familia, total, PERIODO, r.k) for familia in familias for total in generales
    ]
    if not unidades.is_empty():
        por_lugar = _sumas(unidades, de_lugar)
        hallados += [
            _faltan(por_lugar, enteras, de_lugar, r.k),
            _faltan(_sumas(unidades, de_grupo), enteras.filter(del_total), de_grupo, r.k),
            por_lugar.filter(~del_total).join(enteras, on=de_lugar, how="anti").select(PERIODO),
        ]
    abiertos = anexos.filter(c("grupo") != TOTAL)
    sin_total = abiertos.join(
        anexos.filter(c("grupo") == TOTAL), on=[*PERIODO, "lugar"], how="anti"
    ).select(PERIODO)
    return pl.concat([*hallados, sin_total]).unique()


def _sumas(partes: pl.DataFrame, clave: list[str]) -> pl.DataFrame:
    return partes.group_by(clave).agg(pl.col(CUENTAS).sum())


def _por_dimension(totales: pl.DataFrame) -> pl.DataFrame:
    """Lo que suma cada dimensión (sexo, edad…) del territorio: dice su total aunque ninguna fila lo dé."""
    grupos = totales.filter(pl.col("grupo") != TOTAL)
    dimension = pl.col("grupo").cast(pl.String).str.split(":").list.first().alias("dimension")
    return _sumas(grupos.with_columns(dimension), [*PERIODO, "dimension"])


def _faltan(partes: pl.DataFrame, totales: pl.DataFrame, clave: list[str], k: int) -> pl.DataFrame:
    unidas = partes.join(
        totales.select(*clave, *(pl.col(q).alias(f"total_{q}") for q in CUENTAS)), on=clave
    )
    restos = [pl.col(f"total_{q}") - pl.col(q) for q in CUENTAS]
    return unidas.filter(pl.any_horizontal((x > MINIMO) & (x < k) for x in restos)).select(PERIODO)
