"""La senda esperada de un KPI, ``e(t)``: por qué puntos pasa y cuánto vale entre dos de ellos.

Va de la línea de base a la meta por los logros esperados, que valen al cierre de su año; entre dos
puntos es una recta, y desde ``T`` es la meta (``method.md``, «Progress of a KPI»).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import polars as pl

from ..base.periodos import meses_fin
from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi
from .columnas import TRAYECTORIAS

Magnitud = TypeVar("Magnitud", float, pl.Expr)


class Punto(NamedTuple):
    """Un punto de la senda: ``fin``, mes absoluto en que cierra ``periodo``, y ``valor`` en la
    unidad del KPI.
    """

    fin: int
    valor: float
    periodo: str


def puntos(kpi: Kpi) -> list[Punto]:
    """Los puntos de la senda, en orden; ninguno si falta la línea de base o la meta."""
    if not (kpi.linea_base and kpi.meta):
        return []
    declarados = [
        (kpi.linea_base.periodo_efectivo, kpi.linea_base.valor),
        *((str(a), v) for a, v in sorted(kpi.logros_esperados.items())),
        (kpi.meta.periodo, kpi.meta.valor),
    ]
    return [Punto(meses_fin(p), v, p) for p, v in declarados]


def interpolado(t: Magnitud, t1: Magnitud, v1: Magnitud, t2: Magnitud, v2: Magnitud) -> Magnitud:
    """La recta de ``(t1, v1)`` a ``(t2, v2)``, en ``t``: cifras o columnas de polars."""
    return v1 + (v2 - v1) * ((t - t1) / (t2 - t1))


def tramo(camino: Sequence[Punto], t: float) -> tuple[Punto, Punto]:
    """Los dos puntos entre los que cae el mes ``t``, anterior a la meta; antes de la línea de base,
    los dos primeros.
    """
    return next((p, q) for p, q in pairwise(camino) if t < q.fin)


def esperado(camino: Sequence[Punto], t: float) -> float:
    """``e(t)`` en el mes absoluto ``t``; la meta desde T."""
    if t >= camino[-1].fin:
        return camino[-1].valor
    p, q = tramo(camino, t)
    return interpolado(t, p.fin, p.valor, q.fin, q.valor)


def trayectorias(catalogo: Catalogo) -> pl.DataFrame:
    """Los puntos ``(kpi, fin, valor)`` de todas las sendas, por KPI y fin."""
    return pl.DataFrame(
        [(k.codigo, p.fin, p.valor) for _, _, k in catalogo.recorrer() for p in puntos(k)],
        schema=TRAYECTORIAS.esquema,
        orient="row",
    ).sort("kpi", "fin")


def con_esperado(tabla: pl.DataFrame, trayectorias: pl.DataFrame) -> pl.DataFrame:
    """``tabla`` (``kpi, fin, fin_meta, m``) con ``valor_esperado``: ``e(fin)``, nulo sin senda o
    sin ``fin``.
    """
    puntos = trayectorias.sort("fin")
    orden = tabla.with_row_index("orden").sort("fin", nulls_last=True)
    antes = puntos.rename({"fin": "fin_antes", "valor": "e_antes"})
    despues = puntos.rename({"fin": "fin_despues", "valor": "e_despues"})
    unida = (
        orden.filter(pl.col("fin").is_not_null())
        .join_asof(
            antes,
            left_on="fin",
            right_on="fin_antes",
            by="kpi",
            strategy="backward",
            check_sortedness=False,
        )
        .join_asof(
            despues,
            left_on="fin",
            right_on="fin_despues",
            by="kpi",
            strategy="forward",
            check_sortedness=False,
        )
    )
    unida = unida.with_columns(
        pl.when(pl.col("fin") >= pl.col("fin_meta"))
        .then("m")
        .when(pl.col("fin_despues") == pl.col("fin_antes"))
        .then("e_antes")
        .otherwise(
            interpolado(*map(pl.col, ("fin", "fin_antes", "e_antes", "fin_despues", "e_despues")))
        )
        .alias("valor_esperado")
    ).drop("fin_antes", "e_antes", "fin_despues", "e_despues")
    return (
        pl.concat([unida, orden.filter(pl.col("fin").is_null())], how="diagonal")
        .sort("orden")
        .drop("orden")
    )
