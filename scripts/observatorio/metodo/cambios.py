"""Qué cambió en un trimestre: el último dato de cada KPI frente al último de antes de él.

Un KPI entra en el trimestre en que cierra su periodo, sea cual sea su frecuencia; el anterior es su
último dato comparable que ya había cerrado cuando el trimestre empezó o, si sube y baja con la
época del año, el de doce meses antes. A través de un cambio de método no se compara.

La señal es la de ``certeza``, con el dato anterior en lugar de la línea de base, y no la hay sin
casos públicos, con ventanas que se pisan ni donde cuentan dos veces las mismas personas. Como la
lista cruza misiones y algún cambio de muchos saldría por azar, su *señal clara* pide además que la
p pase el corte de Benjamini y Hochberg (*Controlling the False Discovery Rate*, JRSS B 57, 1995)
entre todas las comparaciones del trimestre; la palabra de cada KPI no cambia por ello.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

import numpy as np
import polars as pl

from ..base.periodos import MESES_DEL_ANIO
from ..catalogo.naturalezas import GRADO
from .certeza import CLARA, DESDE_CLARA, DESDE_PROBABLE, NO_SE_DISTINGUE, PROBABLE
from .dos_muestras import (
    Contado,
    benjamini_hochberg,
    diferencia_de_tasas,
    newcombe,
    p_de_proporciones,
    p_de_tasas,
)
from .intervalos import COMPLETO, NIVEL
from .posterior import Casos, menor_que
from .quiebres import con_tramos

TRIMESTRE = 3
EPSILON = 1e-9
Sentido = Literal["mejora", "empeora", "igual", "sin comparar"]
PRIMERO, OTRO_METODO, SIN_RUMBO = (
    "es su primer dato",
    "cambió el método entre los dos",
    "no se definió qué es mejorar",
)
SIN_CASOS, SE_PISAN, LAS_MISMAS = (
    "no hay casos publicados con que probarlo",
    "los dos periodos comparten meses: no se prueba",
    "puede contar dos veces a las mismas personas: no se prueba",
)
DE_EVALUACION = (
    "kpi",
    "sentido",
    "b",
    "m",
    "tolerancia",
    "factor",
    "casos",
    "tasa",
    "conteo",
    "efecto_de_diseno",
    "meses_medida",
    "ventana",
    "agrupable",
    "sobre_personas",
)


@dataclass(frozen=True, slots=True)
class Cambio:
    """Lo que pasó con un KPI en un trimestre (``trimestre``: el mes absoluto en que cierra).

    ``motivo``: por qué no se compara o por qué no lleva señal; vacío si no hace falta. ``firme``:
    si su *señal clara* lo sigue siendo entre todas las de su lista.
    """

    kpi: str
    trimestre: int
    periodo: str
    valor: float
    antes_periodo: str | None
    antes: float | None
    sentido: Sentido
    senal: str | None
    firme: bool
    motivo: str
    naturaleza: str


def trimestre_de(fin: int) -> int:
    """El mes absoluto en que cierra el trimestre de un periodo que termina en ``fin``."""
    return -(-fin // TRIMESTRE) * TRIMESTRE


def cambios(
    series: pl.DataFrame,
    evaluacion: pl.DataFrame,
    lugar: str,
    estacionales: Collection[str],
) -> dict[int, list[Cambio]]:
    """``trimestre → sus cambios``, del más nuevo al más viejo y en el orden de ``evaluacion``.

    ``series``: las públicas y comparables (``SERIES``). ``estacionales``: los KPI que se comparan
    con el mismo periodo del año anterior.
    """
    medidas = con_tramos(series.filter(pl.col("lugar") == lugar), evaluacion).filter(
        pl.col("valor").is_not_null()
    )
    fichas = {f["kpi"]: f for f in evaluacion.select(DE_EVALUACION).iter_rows(named=True)}
    por_kpi: dict[str, list[dict[str, Any]]] = {}
    for medida in medidas.sort("fin", maintain_order=True).iter_rows(named=True):
        por_kpi.setdefault(medida["kpi"], []).append(medida)
    pares = [
        (fichas[kpi], ahora, antes)
        for kpi in fichas
        if kpi in por_kpi
        for ahora, antes in _pares(por_kpi[kpi], kpi in estacionales)
    ]
    por_trimestre: dict[int, list[tuple[Cambio, float | None]]] = {}
    for cambio, p in _juzgados(pares):
        por_trimestre.setdefault(cambio.trimestre, []).append((cambio, p))
    return {t: _con_firmeza(por_trimestre[t]) for t in sorted(por_trimestre, reverse=True)}


def cambio_entre(
    ficha: Mapping[str, Any], antes: Mapping[str, Any], ahora: Mapping[str, Any]
) -> Cambio:
    """El cambio entre dos medidas (``MEDIDAS``) de un KPI, solo: sin el corte de una lista.

    ``ficha``: su fila de la evaluación, con ``DE_EVALUACION``.
    """
    ((hecho, _),) = _juzgados([(ficha, ahora, antes)])
    return hecho


_Medida = Mapping[str, Any]
_Par = tuple[Mapping[str, Any], _Medida, _Medida | None]


def _pares(medidas: Sequence[_Medida], estacional: bool) -> list[tuple[_Medida, _Medida | None]]:
    """``(último dato de cada trimestre, el anterior con que se compara)``."""
    ultimos = {t: list(g)[-1] for t, g in groupby(medidas, lambda x: trimestre_de(x["fin"]))}
    pares = []
    for trimestre, ahora in ultimos.items():
        previos = [
            x
            for x in medidas
            if (
                x["fin"] == ahora["fin"] - MESES_DEL_ANIO
                if estacional
                else x["fin"] <= trimestre - TRIMESTRE
            )
        ]
        pares.append((ahora, previos[-1] if previos else None))
    return pares


def _juzgados(pares: Sequence[_Par]) -> list[tuple[Cambio, float | None]]:
    """Cada cambio con la p de que no lo haya, si se puede probar; las probabilidades, de una
    vez.
    """
    hechos = [(par, *_comparado(par)) for par in pares]
    probables = [
        (par, sentido)
        for par, sentido, motivo in hechos
        if sentido in ("mejora", "empeora") and not motivo and not _completo(par[0])
    ]
    senales = iter(_senales(probables))
    salida = []
    for par, sentido, motivo in hechos:
        senal, p = None, None
        if sentido in ("mejora", "empeora") and not motivo:
            senal, p = (CLARA, None) if _completo(par[0]) else next(senales)
        salida.append((_cambio(par, sentido, senal, motivo), p))
    return salida


def _cambio(par: _Par, sentido: Sentido, senal: str | None, motivo: str) -> Cambio:
    ficha, ahora, antes = par
    naturalezas = [x["naturaleza"] for x in (ahora, antes) if x is not None]
    return Cambio(
        ficha["kpi"],
        trimestre_de(ahora["fin"]),
        ahora["periodo"],
        ahora["valor"],
        antes["periodo"] if antes else None,
        antes["valor"] if antes else None,
        sentido,
        senal,
        senal == CLARA,
        motivo,
        min(naturalezas, key=GRADO.__getitem__),
    )


def _comparado(par: _Par) -> tuple[Sentido, str]:
    """Hacia dónde cambió y por qué no se compara o no se prueba."""
    ficha, ahora, antes = par
    if antes is None:
        return "sin comparar", PRIMERO
    if ahora["mixta"] or antes["mixta"] or ahora["tramo"] != antes["tramo"]:
        return "sin comparar", OTRO_METODO
    mejora = _mejora(ficha, antes["valor"], ahora["valor"])
    if mejora is None:
        return "sin comparar", SIN_RUMBO
    if abs(mejora) <= EPSILON * max(abs(antes["valor"]), 1.0):
        return "igual", ""
    return ("mejora" if mejora > 0 else "empeora"), _sin_prueba(ficha, ahora, antes)


def _mejora(ficha: Mapping[str, Any], antes: float, ahora: float) -> float | None:
    """Cuánto mejoró, positivo o negativo; nulo si no se sabe qué es mejorar.

    A quien no tiene sentido, pero sí una meta con sus límites, se le mide cuánto se sale de ellos.
    """
    if ficha["sentido"] == "ascendente":
        return ahora - antes
    if ficha["sentido"] == "descendente":
        return antes - ahora
    if ficha["m"] is None:
        return None
    fuera_antes, fuera_ahora = (
        max(abs(v - ficha["m"]) - ficha["tolerancia"], 0.0) for v in (antes, ahora)
    )
    return float(fuera_antes - fuera_ahora)


def _sin_prueba(ficha: Mapping[str, Any], ahora: _Medida, antes: _Medida) -> str:
    if _completo(ficha):
        return ""
    ventana = max(ficha["meses_medida"], ficha["ventana"] or 0)
    if ahora["fin"] - ventana < antes["fin"]:
        return SE_PISAN
    if ficha["sobre_personas"] and ficha["conteo"] == "atendidos" and not ficha["agrupable"]:
        return LAS_MISMAS
    if not (ficha["casos"] or ficha["tasa"]) or ficha["sentido"] == "no definido":
        return SIN_CASOS
    return "" if all(_se_cuenta(ficha, x) for x in (ahora, antes)) else SIN_CASOS


def _se_cuenta(ficha: Mapping[str, Any], medida: _Medida) -> bool:
    x, n = medida["numerador"], medida["denominador"]
    if x is None or n is None or n <= 0 or x < 0:
        return False
    return bool(ficha["tasa"] or x <= n)


def _completo(ficha: Mapping[str, Any]) -> bool:
    """Sin error de muestreo: el cambio es el que se contó."""
    return bool(ficha["conteo"] == COMPLETO)


def _senales(pares: Sequence[tuple[_Par, Sentido]]) -> list[tuple[str, float]]:
    """``(señal, p)`` de cada par con casos de los dos lados."""
    por_clase: dict[bool, list[int]] = {False: [], True: []}
    for i, ((ficha, _, _), _) in enumerate(pares):
        por_clase[bool(ficha["tasa"])].append(i)
    probabilidad = np.zeros(len(pares))
    contados = [_contados(par) for par, _ in pares]
    for tasa, suyos in por_clase.items():
        despues, antes = ([contados[i][lado] for i in suyos] for lado in (0, 1))
        probabilidad[suyos] = menor_que(_casos(despues), _casos(antes), tasa=tasa)
    salida = []
    for (par, sentido), baja, (despues_c, antes_c) in zip(
        pares, probabilidad, contados, strict=True
    ):
        ficha = par[0]
        subio = (ficha["sentido"] == "ascendente") == (sentido == "mejora")
        diferencia, p = (
            (diferencia_de_tasas, p_de_tasas) if ficha["tasa"] else (newcombe, p_de_proporciones)
        )
        desde, hasta = diferencia(antes_c, despues_c)
        concuerda = desde > 0 if subio else hasta < 0
        de_que_si = 1 - baja if subio else baja
        senal = (
            CLARA
            if de_que_si >= DESDE_CLARA and concuerda
            else PROBABLE
            if de_que_si >= DESDE_PROBABLE
            else NO_SE_DISTINGUE
        )
        salida.append((senal, p(antes_c, despues_c)))
    return salida


def _contados(par: _Par) -> tuple[Contado, Contado]:
    """``(después, antes)``, entre su efecto de diseño."""
    ficha, ahora, antes = par
    if antes is None:
        raise ValueError("solo se prueba lo que tiene con qué compararse")
    despues_c, antes_c = (_efectivo(x, float(ficha["efecto_de_diseno"])) for x in (ahora, antes))
    return despues_c, antes_c


def _efectivo(medida: _Medida, efecto: float) -> Contado:
    return float(medida["numerador"]) / efecto, float(medida["denominador"]) / efecto


def _casos(contados: Sequence[Contado]) -> Casos:
    x, n = (np.array([c[i] for c in contados], dtype=float) for i in (0, 1))
    return Casos(x, n)


def _con_firmeza(lista: Sequence[tuple[Cambio, float | None]]) -> list[Cambio]:
    """Los cambios de un trimestre; deja de ser firme la señal clara que no pasa el corte entre
    todas.
    """
    probados = [i for i, (_, p) in enumerate(lista) if p is not None]
    ajustadas = benjamini_hochberg([p for _, p in lista if p is not None])
    no_pasan = {i for i, p in zip(probados, ajustadas, strict=True) if p > NIVEL}
    return [replace(c, firme=False) if i in no_pasan else c for i, (c, _) in enumerate(lista)]
