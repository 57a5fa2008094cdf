"""Comparar dos cifras contadas: ¿se distinguen del azar, y cuánto las separa?

Que dos intervalos se toquen no es una prueba: a igual ``n``, exigir que no se toquen equivale a un
nivel de 0.6 % y no de 5 %. Aquí:

- dos proporciones: la z con varianza conjunta, y el intervalo híbrido de Newcombe (*Interval
  Estimation for the Difference between Independent Proportions*, Statistics in Medicine 17, 1998,
  método 10), que sale de los dos de Wilson;
- dos tasas: la prueba exacta condicional (Przyborowski y Wilenski, Biometrika 31, 1940) o, con
  muchos sucesos, su z; y el intervalo híbrido con los límites de Byar (Zou y Donner, *Construction
  of Confidence Limits about Effect Measures*, Statistics in Medicine 27, 2008);
- varias a la vez: las p de Holm (*A Simple Sequentially Rejective Multiple Test Procedure*,
  Scandinavian Journal of Statistics 6, 1979) o, en una lista que cruza misiones, las de Benjamini y
  Hochberg (*Controlling the False Discovery Rate*, JRSS B 57, 1995).

Los casos de una muestra llegan ya divididos entre su efecto de diseño.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, sqrt
from statistics import NormalDist

from .intervalos import POCOS, Z, garwood

EXACTA = 1000
"""Hasta cuántos sucesos, entre las dos tasas, se suma la binomial término a término."""
Contado = tuple[float, float]
"""``(casos, denominador)``."""


def p_de_proporciones(una: Contado, otra: Contado) -> float:
    """p a dos colas de que las dos proporciones sean iguales (z con varianza conjunta)."""
    (x, n), (y, m) = una, otra
    comun = (x + y) / (n + m)
    varianza = comun * (1 - comun) * (1 / n + 1 / m)
    return 1.0 if varianza <= 0 else _dos_colas((x / n - y / m) / sqrt(varianza))


def p_de_tasas(una: Contado, otra: Contado) -> float:
    """p a dos colas de que las dos tasas sean iguales: dados los sucesos de ambas, los de una son
    binomiales con la parte que le toca de la exposición.
    """
    (x, e), (y, f) = una, otra
    total, parte = x + y, e / (e + f)
    if total == 0:
        return 1.0
    if total > EXACTA or x % 1 or y % 1:
        return _dos_colas((x - total * parte) / sqrt(total * parte * (1 - parte)))
    hecho = _log_binomial(int(x), int(total), parte)
    iguales_o_menos = (_log_binomial(i, int(total), parte) for i in range(int(total) + 1))
    return min(1.0, sum(exp(v) for v in iguales_o_menos if v <= hecho + 1e-7))


def _log_binomial(i: int, n: int, p: float) -> float:
    return lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log(1 - p)


def _dos_colas(z: float) -> float:
    return 2 * NormalDist().cdf(-abs(z))


def newcombe(antes: Contado, despues: Contado) -> tuple[float, float]:
    """Límites al 95 % de ``después − antes``, como diferencia de proporciones."""
    return _hibrido(
        (antes[0] / antes[1], *_wilson(antes)), (despues[0] / despues[1], *_wilson(despues))
    )


def diferencia_de_tasas(antes: Contado, despues: Contado) -> tuple[float, float]:
    """Límites al 95 % de ``después − antes``, como diferencia de tasas."""
    return _hibrido(
        (antes[0] / antes[1], *_de_tasa(antes)), (despues[0] / despues[1], *_de_tasa(despues))
    )


def _hibrido(
    antes: tuple[float, float, float], despues: tuple[float, float, float]
) -> tuple[float, float]:
    (a, a_bajo, a_alto), (d, d_bajo, d_alto) = antes, despues
    return (
        d - a - sqrt((d - d_bajo) ** 2 + (a_alto - a) ** 2),
        d - a + sqrt((d_alto - d) ** 2 + (a - a_bajo) ** 2),
    )


def _wilson(contado: Contado) -> tuple[float, float]:
    x, n = contado
    p, z2 = x / n, Z**2
    centro = (p + z2 / (2 * n)) / (1 + z2 / n)
    mitad = Z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n**2))
    return max(centro - mitad, 0.0), min(centro + mitad, 1.0)


def _de_tasa(contado: Contado) -> tuple[float, float]:
    x, e = contado
    if x < POCOS:
        bajo, alto = garwood(x)
    else:
        bajo = x * (1 - 1 / (9 * x) - Z / (3 * sqrt(x))) ** 3
        alto = (x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * sqrt(x + 1))) ** 3
    return bajo / e, alto / e


def holm(ps: Sequence[float]) -> list[float]:
    """Las p ajustadas de toda la familia, en su orden."""
    ajustadas, mayor = [0.0] * len(ps), 0.0
    for puesto, i in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        mayor = max(mayor, min(1.0, (len(ps) - puesto) * ps[i]))
        ajustadas[i] = mayor
    return ajustadas


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Las p ajustadas por la tasa de falsos hallazgos, en su orden."""
    ajustadas, menor = [0.0] * len(ps), 1.0
    orden = sorted(range(len(ps)), key=ps.__getitem__)
    for puesto, i in reversed(list(enumerate(orden, 1))):
        menor = min(menor, ps[i] * len(ps) / puesto)
        ajustadas[i] = menor
    return ajustadas
