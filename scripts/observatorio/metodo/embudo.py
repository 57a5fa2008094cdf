"""Límites de embudo: cuánto puede apartarse un anexo del distrito solo porque cuenta a pocos.

Alrededor de la cifra del distrito, ``θ ± z · √(θ(1 − θ)/n)`` en una proporción y ``θ ± z · √(θ/n)``
en una tasa, con z = 1.96 (95 %) y 3.09 (99.8 %) (Spiegelhalter, *Funnel Plots for Comparing
Institutional Performance*, Statistics in Medicine 24, 2005). Entre los límites, la diferencia es de
las que aparecen solas.

Solo de celdas públicas, en orden alfabético y sin encoger ninguna hacia la media: de la cruda, la
encogida y la previa se despejaría ``n``. Un recuento completo no tiene error de muestreo, ni
embudo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Any

import polars as pl

from ..base.plegado import plegado
from .intervalos import COMPLETO
from .registros import AnexoEnEmbudo, Embudo

Z_95, Z_998 = (NormalDist().inv_cdf(1 - cola / 2) for cola in (0.05, 0.002))
ESPERADOS = 5
"""Casos esperados, de lo que se cuenta y de lo demás, bajo los que la normal no vale."""
USADAS = (
    *("periodo", "fin", "lugar", "grupo", "unidad", "agrupado"),
    *("valor", "numerador", "denominador"),
)
DENTRO, AVISO, FUERA, POCOS = (
    "dentro de lo que el azar explica",
    "algo apartado: conviene mirar",
    "más apartado de lo que el azar explica",
    "muy pocos casos para decirlo",
)


def embudo(
    publica: pl.DataFrame,
    ficha: Mapping[str, object],
    lugar_total: str,
    nombres: Mapping[str, str],
) -> Embudo | None:
    """El del último periodo con la cifra del distrito y las de dos anexos o más, con sus casos.

    ``publica``: las filas públicas del KPI. ``ficha``: ``factor, casos, tasa, conteo,
    efecto_de_diseno``. ``nombres``: código de cada anexo → nombre. Nulo si no cabe.
    """
    if ficha["conteo"] == COMPLETO or not (ficha["casos"] or ficha["tasa"]):
        return None
    por_fin: dict[int, list[Mapping[str, Any]]] = {}
    for fila in publica.select(USADAS).iter_rows(named=True):
        de_lugar = fila["grupo"] == "total" and not (fila["unidad"] or fila["agrupado"])
        if de_lugar and fila["numerador"] is not None and (fila["denominador"] or 0) > 0:
            por_fin.setdefault(fila["fin"], []).append(fila)
    for fin in sorted(por_fin, reverse=True):
        total = [f for f in por_fin[fin] if f["lugar"] == lugar_total]
        anexos = [f for f in por_fin[fin] if f["lugar"] in nombres]
        if len(total) == 1 and len(anexos) > 1:
            return _embudo(total[0], anexos, ficha, nombres)
    return None


def _embudo(
    total: Mapping[str, Any],
    anexos: Sequence[Mapping[str, Any]],
    ficha: Mapping[str, Any],
    nombres: Mapping[str, str],
) -> Embudo | None:
    theta = float(total["numerador"]) / float(total["denominador"])
    factor, efecto = float(ficha["factor"]), float(ficha["efecto_de_diseno"])
    tasa = bool(ficha["tasa"])
    hechos = [
        _anexo(a["lugar"], a["valor"], a["denominador"] / efecto, theta, factor, tasa)
        for a in anexos
    ]
    if all(a.lectura == POCOS for a in hechos):
        return None
    return Embudo(
        str(total["periodo"]),
        theta * factor,
        tuple(sorted(hechos, key=lambda a: plegado(nombres[a.lugar]))),
    )


def _anexo(
    lugar: str, valor: float, n: float, theta: float, factor: float, tasa: bool
) -> AnexoEnEmbudo:
    desvio = sqrt(theta / n if tasa else theta * (1 - theta) / n)
    techo = float("inf") if tasa else 1.0
    bajo, alto, muy_bajo, muy_alto = (
        min(max(theta + z * desvio, 0.0), techo) * factor for z in (-Z_95, Z_95, -Z_998, Z_998)
    )
    esperados = n * theta if tasa else n * min(theta, 1 - theta)
    if esperados < ESPERADOS:
        lectura = POCOS
    elif bajo <= valor <= alto:
        lectura = DENTRO
    elif muy_bajo <= valor <= muy_alto:
        lectura = AVISO
    else:
        lectura = FUERA
    return AnexoEnEmbudo(lugar, valor, bajo, alto, muy_bajo, muy_alto, lectura)
