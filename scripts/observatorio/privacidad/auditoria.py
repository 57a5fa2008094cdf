"""Auditoría: el problema del atacante sobre una tabla cruzada, como programas lineales.

El sistema es ``A x + residuo = b`` con ``x ≥ 0``: cada fila de ``A`` tiene 1 en las partes y −1 en
el total (``b`` es 0), o 1 en las partes que sumaba un total ya publicado (``b`` es lo que valía).
De cada celda oculta se busca el menor y el mayor valor que las sumas permiten, su intervalo
factible (Fischetti y Salazar, 2001). scipy solo se carga al usarlo.
"""

from __future__ import annotations

import numpy as np

HOLGURA = 1e-6
MINIMO = 1e-6
CARO = 1000.0


def imputar(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """``x`` (n celdas, en casos) con sus nulos (NaN) resueltos; ``a``, sumas × celdas.

    Son los valores que menos dejan sin cuadrar, que es lo que supone quien ataca.
    """
    from scipy.optimize import linprog

    faltan = np.isnan(x)
    if not faltan.any():
        return x
    filas, n = a.shape[0], int(faltan.sum())
    coste = np.concatenate([np.zeros(n), np.ones(filas), np.full(filas, CARO)])
    iguales = np.hstack([a[:, faltan], np.eye(filas), -np.eye(filas)])
    salida = x.copy()
    salida[faltan] = (
        linprog(
            coste,
            A_eq=iguales,
            b_eq=-(a[:, ~faltan] @ x[~faltan]),
            bounds=(0, None),
            method="highs",
        ).x[:n]
        if filas
        else 0.0
    )
    return salida


def intervalos_factibles(
    a: np.ndarray, b: np.ndarray, x: np.ndarray, incognita: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """``(bajo, alto)``, en casos, de cada incógnita según el ataque, en el orden de ``incognita``.

    ``a``: sumas × celdas; ``b``: término de cada suma; ``x``: los valores verdaderos;
    ``incognita``: qué celdas no sabe quien ataca. No se busca más allá de lo que hace falta para
    decidir. Una suma cuyas partes exceden al total se toma como si no quedara residuo. Cada
    solución sirve de testigo para todas las incógnitas, de modo que bastan pocos programas.
    """
    from scipy.optimize import linprog

    residuo = b - a @ x
    libres, n = a[:, incognita], int(incognita.sum())
    verdad = x[incognita]
    termino = np.where(residuo < -MINIMO, libres @ verdad, b - a[:, ~incognita] @ x[~incognita])
    con_residuo = residuo > MINIMO
    tope = 4 * k + float(np.abs(x).sum()) * 2
    bajo, alto = verdad.copy(), verdad.copy()

    def probar(objetivo: np.ndarray) -> None:
        r = linprog(
            objetivo,
            A_ub=libres[con_residuo] if con_residuo.any() else None,
            b_ub=termino[con_residuo] if con_residuo.any() else None,
            A_eq=libres[~con_residuo] if (~con_residuo).any() else None,
            b_eq=termino[~con_residuo] if (~con_residuo).any() else None,
            bounds=(0, tope),
            method="highs",
        )
        np.minimum(bajo, r.x, out=bajo)
        np.maximum(alto, r.x, out=alto)

    for i in range(n):
        sensible = verdad[i] < k
        if bajo[i] > HOLGURA and (sensible or alto[i] - bajo[i] < k):
            probar(np.eye(n)[i])
        if (alto[i] < k - 1) if sensible else (alto[i] - bajo[i] < k):
            probar(-np.eye(n)[i])
    return bajo, alto
