"""Tendencia de una serie: pendiente de Theil–Sen y prueba de Mann–Kendall, para muchas series a la
vez.

Desde cinco puntos, con p exacta, por estaciones en las series de menos de un año y nunca a través
de un quiebre: solo cuentan los periodos que empezaron después del último que la serie alcanzó. El
intervalo de la pendiente es el de Sen (1968).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import polars as pl

from ..base.periodos import MESES_DEL_ANIO
from ..base.tablas import esquema
from .avance import EPSILON
from .columnas import RECTA
from .kendall import Empates, grupos_iguales, puede_probarse, valores_p, varianza
from .naturaleza import menos_firme
from .quiebres import ultimo_antes

NIVEL = 0.05
MINIMO = 5
INSUFICIENTE = "insuficiente para hablar de tendencia"
SIN_CAMBIO = "sin cambio demostrable"
LOTE = 20_000
NUMEROS = esquema(RECTA)


def tendencias(series: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    """Una fila por ``kpi, lugar`` de ``series``:
    ``puntos, desde, hasta, pendiente, pendiente_min, pendiente_max`` (por año), ``p``, ``pivote_t``
    (años), ``pivote_valor``, ``tendencia`` y ``naturaleza_tendencia``, la menos firme de sus
    puntos.

    Con menos puntos de los necesarios las cifras son nulas y ``tendencia`` lo dice.
    """
    listas = _puntos(series, fichas)
    partes = [_del_patron(grupo) for _, grupo in listas.group_by("patron", maintain_order=True)]
    numeros = (
        pl.concat(partes)
        if partes
        else pl.DataFrame(schema={"kpi": pl.String, "lugar": pl.String, **NUMEROS})
    )
    return (
        series.select("kpi", "lugar")
        .unique()
        .sort("kpi", "lugar")
        .join(
            listas.select("kpi", "lugar", "puntos", "desde", "hasta", "naturaleza_tendencia"),
            on=["kpi", "lugar"],
            how="left",
            maintain_order="left",
        )
        .join(numeros, on=["kpi", "lugar"], how="left", maintain_order="left")
        .join(fichas.select("kpi", "sentido", "m"), on="kpi", how="left", maintain_order="left")
        .with_columns(
            pl.col("puntos").fill_null(0),
            _palabra(),
            pl.when(pl.col("p").is_not_null())
            .then("naturaleza_tendencia")
            .alias("naturaleza_tendencia"),
        )
        .drop("sentido", "m")
    )


def _puntos(series: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    """Las medidas comparables entre sí de cada serie, como listas, con su patrón de estaciones."""
    c = pl.col
    estacional = c("meses_medida") < MESES_DEL_ANIO
    medidas = series.filter(c("valor").is_not_null()).join(
        fichas.select("kpi", "meses_medida", "quiebres"), on="kpi"
    )
    return (
        medidas.with_columns(
            ultimo_antes(medidas, c("fin").max().over("kpi", "lugar")).alias("ultimo_quiebre")
        )
        .filter(
            c("ultimo_quiebre").is_null() | (c("fin") - c("meses_medida") >= c("ultimo_quiebre"))
        )
        .sort("kpi", "lugar", "fin")
        .group_by("kpi", "lugar", maintain_order=True)
        .agg(
            pl.len().alias("puntos"),
            c("periodo").first().alias("desde"),
            c("periodo").last().alias("hasta"),
            menos_firme("naturaleza").alias("naturaleza_tendencia"),
            c("fin", "valor"),
            pl.when(estacional).then(c("fin") % MESES_DEL_ANIO).otherwise(0).alias("estacion"),
        )
        .with_columns(c("estacion").cast(pl.List(pl.String)).list.join("-").alias("patron"))
    )


def _del_patron(grupo: pl.DataFrame) -> pl.DataFrame:
    """Las series con el mismo número de puntos en las mismas estaciones se calculan juntas."""
    estacion = grupo["estacion"][0].to_numpy()
    cuantos = np.unique(estacion, return_counts=True)[1]
    numeros = np.full((grupo.height, 6), np.nan)
    if len(estacion) >= MINIMO and puede_probarse(cuantos.tolist(), NIVEL):
        for inicio in range(0, grupo.height, LOTE):
            lote = grupo.slice(inicio, LOTE)
            t = lote["fin"].list.to_array(len(estacion)).to_numpy() / MESES_DEL_ANIO
            valores = lote["valor"].list.to_array(len(estacion)).to_numpy()
            numeros[inicio : inicio + LOTE] = theil_sen(t, valores, estacion)
    return grupo.select("kpi", "lugar").hstack(pl.DataFrame(numeros, schema=NUMEROS).fill_nan(None))


def theil_sen(t: np.ndarray, valores: np.ndarray, estacion: np.ndarray) -> np.ndarray:
    """``(series, 6)``: pendiente, sus límites al 95 %, p, y el punto mediano ``(t, valor)`` de cada
    serie.

    ``t`` y ``valores`` son ``(series, puntos)``, con ``t`` creciente; ``estacion`` dice de cada
    punto a qué estación del año pertenece: solo se comparan pares de la misma.
    """
    i, j = np.triu_indices(len(estacion), 1)
    mismos = estacion[i] == estacion[j]
    i, j = i[mismos], j[mismos]
    cambio = valores[:, j] - valores[:, i]
    cambio[np.abs(cambio) <= EPSILON * np.abs(valores).max(axis=1, keepdims=True)] = 0.0
    s = np.sign(cambio).sum(axis=1).astype(int)
    pendientes = np.sort(cambio / (t[:, j] - t[:, i]), axis=1)
    p, desvio = _prueba(valores, estacion, s)
    pares, z = pendientes.shape[1], NormalDist().inv_cdf(1 - NIVEL / 2)
    alto = np.minimum(np.round((pares + z * desvio) / 2).astype(int), pares - 1)
    bajo = np.maximum(np.round((pares - z * desvio) / 2).astype(int) - 1, 0)
    filas = np.arange(len(valores))
    return np.column_stack(
        [
            np.median(pendientes, axis=1),
            pendientes[filas, bajo],
            pendientes[filas, alto],
            p,
            np.median(t, axis=1),
            np.median(valores, axis=1),
        ]
    )


def _prueba(
    valores: np.ndarray, estacion: np.ndarray, s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """``(p, desvío típico de S)`` de cada serie; las que comparten empates comparten
    distribución.
    """
    escala = EPSILON * np.abs(valores).max(axis=1, keepdims=True)
    iguales, tamanos = [], []
    for e in np.unique(estacion):
        ordenados = np.sort(valores[:, estacion == e], axis=1)
        iguales.append(np.diff(ordenados, axis=1) <= escala)
        tamanos.append(iguales[-1].shape[1])
    firmas, cual = np.unique(np.hstack(iguales), axis=0, return_inverse=True)
    cual = cual.ravel()
    p, desvio = np.empty(len(s)), np.empty(len(s))
    for k, firma in enumerate(firmas):
        empates: Empates = tuple(
            grupos_iguales(parte.tolist()) for parte in np.split(firma, np.cumsum(tamanos)[:-1])
        )
        suyas = cual == k
        p[suyas] = valores_p(empates)[np.abs(s[suyas])]
        desvio[suyas] = varianza(empates) ** 0.5
    return p, desvio


def _palabra() -> pl.Expr:
    """Con sentido no definido, mejora lo que se acerca a la meta, centro de sus límites."""
    c = pl.col
    hacia_la_meta = (c("m") - c("pivote_valor")).sign() * c("pendiente").sign()
    signo = (
        pl.when(c("sentido") == "ascendente")
        .then(c("pendiente").sign())
        .when(c("sentido") == "descendente")
        .then(-c("pendiente").sign())
        .otherwise(hacia_la_meta)
    )
    return (
        pl.when(c("p").is_null())
        .then(pl.lit(INSUFICIENTE))
        .when((c("p") > NIVEL) | (signo == 0) | signo.is_null())
        .then(pl.lit(SIN_CAMBIO))
        .when(signo > 0)
        .then(pl.lit("mejora"))
        .otherwise(pl.lit("empeora"))
        .alias("tendencia")
    )
