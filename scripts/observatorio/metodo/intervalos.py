"""Intervalos al 95 % de una cifra contada: Wilson para una proporción, Byar o exacto para una tasa.

Wilson (*Probable Inference*, JASA 22, 1927), con ``n`` casos y proporción ``p``, y ``z = 1.96``::

    centro = (p + z²/2n) / (1 + z²/n)        mitad = z/(1 + z²/n) · √(p(1 − p)/n + z²/4n²)

Una tasa de ``x`` sucesos lleva la aproximación de Byar (Breslow y Day, *Statistical Methods in
Cancer Research* II, IARC 1987, p. 69) y, con menos de ``POCOS``, los límites exactos de Garwood
(*Fiducial Limits for the Poisson Distribution*, Biometrika 28, 1936), que son cuantiles de una
gamma. Solo valen para casos contados: mil soles no son mil casos. Los de una muestra se dividen
antes entre su efecto de diseño; un recuento completo no tiene error de muestreo, ni intervalo.
"""

from __future__ import annotations

from functools import cache
from math import exp, lgamma, log, sqrt
from statistics import NormalDist

import polars as pl

NIVEL = 0.05
Z = NormalDist().inv_cdf(1 - NIVEL / 2)
POCOS = 10
"""Bajo estos sucesos la aproximación de Byar se aparta de la exacta."""
COMPLETO = "completo"


def wilson(numerador: pl.Expr, denominador: pl.Expr, factor: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Límites del intervalo en la unidad del KPI; nulos si falta uno de los dos o no es una
    proporción.
    """
    n, z2 = denominador, Z**2
    p = pl.when((n > 0) & numerador.is_between(0, n)).then(numerador / n)
    centro = (p + z2 / (2 * n)) / (1 + z2 / n)
    mitad = Z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n**2)).sqrt()
    return (centro - mitad).clip(0, 1) * factor, (centro + mitad).clip(0, 1) * factor


def byar(numerador: pl.Expr, denominador: pl.Expr, factor: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Límites de la tasa en la unidad del KPI, exactos con menos de ``POCOS`` sucesos; nulos si
    falta uno de los dos.
    """
    x, e = numerador, denominador
    pocos = x.is_between(0, POCOS, closed="left")
    abajo = x * (1 - 1 / (9 * x) - Z / (3 * x.sqrt())) ** 3
    arriba = (x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * (x + 1).sqrt())) ** 3

    def limite(i: int, aproximado: pl.Expr) -> pl.Expr:
        exacto = x.map_elements(lambda v: garwood(v)[i], return_dtype=pl.Float64)
        sucesos = pl.when(pocos).then(exacto).otherwise(aproximado)
        return pl.when((e > 0) & (x >= 0)).then(sucesos / e * factor)

    return limite(0, abajo), limite(1, arriba)


@cache
def garwood(x: float) -> tuple[float, float]:
    """Límites exactos del número esperado de sucesos, habiendo visto ``x``."""
    return (
        0.0 if x == 0 else _cuantil_gamma(x, NIVEL / 2),
        _cuantil_gamma(x + 1, 1 - NIVEL / 2),
    )


def _cuantil_gamma(forma: float, p: float) -> float:
    """El cuantil ``p`` de una Gamma(forma, 1), por bisección."""
    desde, hasta = 0.0, forma + 10 * sqrt(forma) + 10
    for _ in range(100):
        medio = (desde + hasta) / 2
        desde, hasta = (medio, hasta) if _acumulada_gamma(forma, medio) < p else (desde, medio)
    return (desde + hasta) / 2


def _acumulada_gamma(forma: float, v: float) -> float:
    """P(Gamma(forma, 1) < v), por su serie (Abramowitz y Stegun, 6.5.29)."""
    if v <= 0:
        return 0.0
    termino = suma = 1.0
    k = 0
    while termino > 1e-17 * suma:
        k += 1
        termino *= v / (forma + k)
        suma += termino
    return suma * exp(forma * log(v) - v - lgamma(forma + 1))


def efectivos(columna: str, efecto: str = "efecto_de_diseno") -> pl.Expr:
    """Los casos de una columna entre su efecto de diseño (Kish, *Survey Sampling*, 1965)."""
    return pl.col(columna) / pl.col(efecto)


def con_intervalos(tabla: pl.DataFrame) -> pl.DataFrame:
    """Añade ``minimo_95, maximo_95, base_minimo_95, base_maximo_95``, en la unidad del KPI.

    Espera ``casos, tasa, factor, numerador, denominador, conteo, efecto_de_diseno`` y lo mismo de
    la línea de base: ``base_numerador, base_denominador, base_conteo, base_efecto``.
    """
    return tabla.with_columns(
        *_limites(("minimo_95", "maximo_95"), "", "conteo", "efecto_de_diseno"),
        *_limites(("base_minimo_95", "base_maximo_95"), "base_", "base_conteo", "base_efecto"),
    )


def con_intervalo(tabla: pl.DataFrame) -> pl.DataFrame:
    """Añade ``minimo_95, maximo_95`` a cada medida, en la unidad del KPI: como ``con_intervalos``,
    sin línea de base.
    """
    return tabla.with_columns(
        *_limites(("minimo_95", "maximo_95"), "", "conteo", "efecto_de_diseno")
    )


def _limites(nombres: tuple[str, str], prefijo: str, conteo: str, efecto: str) -> list[pl.Expr]:
    x, n = efectivos(f"{prefijo}numerador", efecto), efectivos(f"{prefijo}denominador", efecto)
    con_error = pl.col(conteo).fill_null("") != COMPLETO
    factor = pl.col("factor")
    return [
        pl.when(con_error & pl.col("casos"))
        .then(de_proporcion)
        .when(con_error & pl.col("tasa"))
        .then(de_tasa)
        .alias(nombre)
        for nombre, de_proporcion, de_tasa in zip(
            nombres, wilson(x, n, factor), byar(x, n, factor), strict=True
        )
    ]
