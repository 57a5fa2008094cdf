"""Distribución exacta de la S de Mann–Kendall, con empates y por estaciones.

En una serie sin tendencia todos los órdenes de sus valores son igual de probables. El número de
inversiones de las permutaciones de un multiconjunto con empates ``t_1, t_2…`` tiene por función
generatriz el multinomio de Gauss ``[n]!_q / Π [t_i]!_q``; con ``N`` pares sin empate,
``S = N − 2·inversiones``. Las estaciones son independientes y su distribución es la convolución
(Hirsch y Slack, 1984). Desde ``EXACTO + 1`` puntos por estación se usa la normal con corrección de
continuidad y de empates.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from math import comb, factorial, prod
from statistics import NormalDist

import numpy as np

EXACTO = 40
Empates = tuple[tuple[int, ...], ...]
"""Por estación, los tamaños de sus grupos de valores iguales: sin empates, ``(1, 1, 1, 1, 1)``."""


@cache
def valores_p(empates: Empates) -> np.ndarray:
    """``p[s]``: probabilidad, a dos colas, de una S de valor absoluto ``s`` o mayor; índice de 0 al
    máximo.
    """
    pares = sum(_pares(grupos) for grupos in empates)
    if max(sum(grupos) for grupos in empates) > EXACTO:
        return _normal(pares, sum(_varianza(grupos) for grupos in empates))
    inversiones = np.ones(1)
    for grupos in empates:
        inversiones = np.convolve(inversiones, _inversiones(tuple(sorted(grupos))))
    colas = np.cumsum(inversiones / inversiones.sum())
    # P(S ≥ s) = P(inversiones ≤ (N − s) / 2); con s = 0 las dos colas se solapan.
    p: np.ndarray = np.minimum(1.0, 2 * colas[(pares - np.arange(pares + 1)) // 2])
    return p


def varianza(empates: Empates) -> float:
    """Varianza de S bajo la hipótesis de que no hay tendencia."""
    return sum(_varianza(grupos) for grupos in empates)


def puede_probarse(estaciones: Sequence[int], nivel: float) -> bool:
    """¿Bastan los puntos de cada estación para que una serie perfectamente monótona baje de
    ``nivel``?

    Con cuatro puntos la p menor posible es 2/24 = 0.083: nunca llegan al 5 %. Con cinco es 2/120.
    """
    return 2 / prod(factorial(n) for n in estaciones) <= nivel


def _pares(grupos: Sequence[int]) -> int:
    return comb(sum(grupos), 2) - sum(comb(g, 2) for g in grupos)


def _varianza(grupos: Sequence[int]) -> float:
    n = sum(grupos)
    return (n * (n - 1) * (2 * n + 5) - sum(g * (g - 1) * (2 * g + 5) for g in grupos)) / 18


def _normal(pares: int, varianza: float) -> np.ndarray:
    normal, desvio = NormalDist(), max(varianza, 1e-300) ** 0.5
    return np.array([1.0] + [2 * normal.cdf(-(s - 1) / desvio) for s in range(1, pares + 1)])


@cache
def _inversiones(grupos: tuple[int, ...]) -> np.ndarray:
    """Proporción de órdenes con 0, 1, 2… inversiones: producto de binomios de Gauss, en enteros
    exactos.
    """
    salida, puestos = [1], grupos[0]
    for g in grupos[1:]:
        salida = _multiplicar(salida, _binomio(puestos + g, g))
        puestos += g
    total = sum(salida)
    return np.array([c / total for c in salida])


@cache
def _binomio(n: int, r: int) -> list[int]:
    """Coeficientes del binomio de Gauss ``[n sobre r]_q``."""
    if r == 1:
        return [1] * n
    polinomio = [1]
    for i in range(1, r + 1):
        polinomio = _multiplicar(polinomio, [1] + [0] * (n - r + i - 1) + [-1])
        for j in range(i, len(polinomio)):
            polinomio[j] += polinomio[j - i]
        del polinomio[-i:]
    return polinomio


def _multiplicar(a: Sequence[int], b: Sequence[int]) -> list[int]:
    salida = [0] * (len(a) + len(b) - 1)
    for j, y in enumerate(b):
        if y:
            for i, x in enumerate(a):
                salida[i + j] += x * y
    return salida


def grupos_iguales(ordenados: Sequence[bool]) -> tuple[int, ...]:
    """Tamaños de los grupos a partir de «¿es igual al anterior?» en la lista ordenada (sin el
    primero).
    """
    cortes = [0, *(i for i, igual in enumerate(ordenados, 1) if not igual), len(ordenados) + 1]
    return tuple(b - a for a, b in pairwise(cortes))
