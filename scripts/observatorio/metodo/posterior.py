"""Probabilidades posteriores de Jeffreys de una proporción o de una tasa, por cuadratura.

Con ``x`` casos de ``n`` y la previa de Jeffreys la proporción se distribuye Beta(x + ½, n − x + ½);
con ``x`` sucesos en una exposición ``n``, la tasa se distribuye Gamma(x + ½, n) (Brown, Cai y
DasGupta, *Interval Estimation for a Binomial Proportion*, Statistical Science 16, 2001; para la
tasa, Jeffreys, *Theory of Probability*, 1961). En la coordenada que estabiliza la varianza,
φ = arcsen √p o s = √λ, esa previa es uniforme y la densidad, lisa hasta en los bordes::

    f(φ) ∝ sen(φ)^2x · cos(φ)^2(n − x)            f(s) ∝ s^2x · exp(−n·s²)

de modo que basta el punto medio de celdas iguales: sin sorteos y sin bibliotecas. Los casos pueden
no ser enteros, porque una muestra se divide entre su efecto de diseño.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

CELDAS = 500
DESVIOS = 7.0
"""Hasta cuántas desviaciones se integra: lo que queda fuera no llega a 1e-11."""
LOTE = 500
"""Filas por lote: 500 × 500 celdas son 2 MB por densidad, que caben en la memoria cercana."""


@dataclass(frozen=True, slots=True)
class Casos:
    """``x`` casos de ``n`` (o en una exposición ``n``), fila a fila; ``n`` mayor que cero."""

    x: np.ndarray
    n: np.ndarray

    def parte(self, desde: int, hasta: int) -> Casos:
        return Casos(self.x[desde:hasta], self.n[desde:hasta])


def menor_que(casos: Casos, otros: Casos, *, tasa: bool) -> np.ndarray:
    """P(θ < θ′) fila a fila, con θ la de ``casos`` y θ′ la de ``otros``, independientes."""
    return _por_lotes(
        len(casos.x),
        lambda i, j: _menor_que(casos.parte(i, j), otros.parte(i, j), tasa),
    )


def bajo(casos: Casos, limite: np.ndarray, *, tasa: bool) -> np.ndarray:
    """P(θ < límite) fila a fila; ``limite`` en la escala de la proporción o de la tasa."""
    return _por_lotes(len(casos.x), lambda i, j: _bajo(casos.parte(i, j), limite[i:j], tasa))


def _por_lotes(filas: int, hacer: Callable[[int, int], np.ndarray]) -> np.ndarray:
    lotes = [hacer(i, min(i + LOTE, filas)) for i in range(0, filas, LOTE)]
    return np.concatenate(lotes) if lotes else np.empty(0)


def _menor_que(casos: Casos, otros: Casos, tasa: bool) -> np.ndarray:
    desde, hasta = _extremos(casos, tasa)
    desde_otros, hasta_otros = _extremos(otros, tasa)
    desde, hasta = np.minimum(desde, desde_otros), np.maximum(hasta, hasta_otros)
    propia, ajena = (_pesos(c, desde, hasta, tasa) for c in (casos, otros))
    hasta_la_celda = np.cumsum(propia, axis=1) - propia / 2
    hecho: np.ndarray = np.clip((ajena * hasta_la_celda).sum(axis=1), 0.0, 1.0)
    return hecho


def _bajo(casos: Casos, limite: np.ndarray, tasa: bool) -> np.ndarray:
    desde, hasta = _extremos(casos, tasa)
    donde = (_coordenada(limite, tasa) - desde) / (hasta - desde) * CELDAS
    donde = np.clip(donde, 0, CELDAS)
    suma = np.cumsum(_pesos(casos, desde, hasta, tasa), axis=1)
    suma = np.concatenate([np.zeros((len(donde), 1)), suma], axis=1)
    filas = np.arange(len(donde))
    izquierda = np.minimum(donde.astype(int), CELDAS - 1)
    paso = donde - izquierda
    acumulada = suma[filas, izquierda] * (1 - paso) + suma[filas, izquierda + 1] * paso
    hecho: np.ndarray = np.clip(acumulada, 0.0, 1.0)
    return hecho


def _coordenada(theta: np.ndarray, tasa: bool) -> np.ndarray:
    hecho: np.ndarray = (
        np.sqrt(np.maximum(theta, 0)) if tasa else np.arcsin(np.sqrt(np.clip(theta, 0, 1)))
    )
    return hecho


def _extremos(casos: Casos, tasa: bool) -> tuple[np.ndarray, np.ndarray]:
    """Entre qué coordenadas está toda la masa: en ellas la desviación es 1/(2√n)."""
    holgura = DESVIOS / (2 * np.sqrt(casos.n))
    centro = _coordenada(casos.x / casos.n, tasa)
    techo = np.inf if tasa else np.pi / 2
    return np.maximum(centro - holgura, 0.0), np.minimum(centro + holgura, techo)


def _pesos(casos: Casos, desde: np.ndarray, hasta: np.ndarray, tasa: bool) -> np.ndarray:
    """La masa de cada una de las ``CELDAS``, una fila por caso; suman 1."""
    paso = (hasta - desde) / CELDAS
    medio = desde[:, None] + (np.arange(CELDAS) + 0.5) * paso[:, None]
    x, n = casos.x[:, None], casos.n[:, None]
    if tasa:
        logaritmo = 2 * x * np.log(medio) - n * medio**2
    else:
        logaritmo = 2 * x * np.log(np.sin(medio)) + 2 * (n - x) * np.log(np.cos(medio))
    masa = np.exp(logaritmo - logaritmo.max(axis=1, keepdims=True))
    hecho: np.ndarray = masa / masa.sum(axis=1, keepdims=True)
    return hecho
