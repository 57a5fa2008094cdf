"""Tablas cruzadas (anexo por sexo, unidades dentro de anexos): sus sumas se enlazan y la regla simple no basta.

Aquí se ataca la tabla como lo haría un tercero, con un programa lineal, y se tapa hasta que el ataque no aprende
nada; al final se destapa lo que resultó de más. scipy solo se carga si hay una tabla así.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from .ecuaciones import PARTE
from .secundaria import CUENTAS, MINIMO

HOLGURA = 1e-6


@dataclass
class Tabla:
    """Una tabla cruzada de un KPI y un periodo: ``signos`` es ecuaciones × celdas (−1 total, 1 parte)."""

    celdas: np.ndarray
    signos: np.ndarray
    cuentas: dict[str, np.ndarray]
    oculta: np.ndarray
    primaria: np.ndarray
    conocida: np.ndarray

    @property
    def incognita(self) -> np.ndarray:
        return self.oculta & ~self.conocida


def tablas(ecuaciones: pl.DataFrame, celdas: pl.DataFrame) -> list[Tabla]:
    """Una ``Tabla`` por KPI cruzado y periodo con alguna celda oculta."""
    cruzadas = celdas.filter("cruzado", pl.col("a").is_not_null())
    salida = []
    for _, grupo in cruzadas.group_by(["kpi", "fin"], maintain_order=True):
        if not grupo["oculta"].any():
            continue
        lugar = {c: i for i, c in enumerate(grupo["celda"])}
        propias = ecuaciones.filter(pl.col("celda").is_in(list(lugar)))
        signos = np.zeros((propias["ecuacion"].n_unique(), len(lugar)))
        filas = {e: i for i, e in enumerate(propias["ecuacion"].unique(maintain_order=True))}
        for ecuacion, celda, papel in propias.iter_rows():
            signos[filas[ecuacion], lugar[celda]] = 1 if papel == PARTE else -1
        signos = signos[(signos == -1).any(axis=1)]
        salida.append(Tabla(
            grupo["celda"].to_numpy(), signos, {q: grupo[q].to_numpy() for q in CUENTAS},
            *(grupo[n].to_numpy().copy() for n in ("oculta", "primaria", "conocida")),
        ))
    return salida


def tapar(tabla: Tabla, k: int) -> set[int]:
    """Celdas que ocultar además de las ya ocultas; devuelve sus números."""
    antes = tabla.oculta.copy()
    while True:
        malas = _descubiertas(tabla, k)
        if not malas.any():
            break
        elegida = _tapa(tabla, malas)
        if elegida is None:
            break
        tabla.oculta[elegida] = True
    _destapar(tabla, antes, k)
    return {int(c) for c in tabla.celdas[tabla.oculta & ~antes]}


def _tapa(tabla: Tabla, malas: np.ndarray) -> int | None:
    """La celda a la vista que comparte ecuación con más celdas descubiertas; entre esas, la menor."""
    con_mala = (tabla.signos[:, malas] != 0).any(axis=1)
    libres = ~tabla.oculta & ~tabla.conocida
    sirve = (tabla.signos[con_mala] != 0).sum(axis=0) * libres
    if not sirve.any():
        con_oculta = (tabla.signos[:, tabla.incognita] != 0).any(axis=1)
        sirve = (tabla.signos[con_oculta] != 0).sum(axis=0) * libres
    if not sirve.any():
        return None
    es_parte = (tabla.signos[con_mala] == 1).any(axis=0)
    tamano = sum(tabla.cuentas.values())
    return int(np.lexsort((tamano, -sirve, ~es_parte, sirve == 0))[0])


def _destapar(tabla: Tabla, antes: np.ndarray, k: int) -> None:
    """Vuelve a mostrar, de mayor a menor, cada tapa sin la cual el ataque tampoco aprende."""
    tapas = np.flatnonzero(tabla.oculta & ~antes)
    for i in tapas[np.argsort(-sum(tabla.cuentas.values())[tapas], kind="stable")][:-1]:
        tabla.oculta[i] = False
        if _descubiertas(tabla, k).any():
            tabla.oculta[i] = True


def _descubiertas(tabla: Tabla, k: int) -> np.ndarray:
    """Celdas ocultas de las que el programa lineal aprende más de lo permitido en alguna cuenta."""
    malas = np.zeros(len(tabla.celdas), dtype=bool)
    incognitas = np.flatnonzero(tabla.incognita)
    for q in CUENTAS:
        x = tabla.cuentas[q]
        bajo, alto = intervalos(tabla.signos, x, tabla.incognita, k)
        sensible = x[incognitas] < k
        aprende = np.where(sensible, (bajo > HOLGURA) | (alto < k - 1 - HOLGURA), alto - bajo < k - HOLGURA)
        malas[incognitas[aprende]] = True
    return malas


def intervalos(signos: np.ndarray, x: np.ndarray, incognita: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """``(bajo, alto)`` de cada incógnita según el ataque, sin buscar más allá de lo que haría falta para decidir.

    Cada solución sirve de testigo para todas las incógnitas, de modo que bastan pocos programas.
    """
    from scipy.optimize import linprog

    resto = -(signos @ x)
    signos, resto = signos[resto >= -MINIMO], resto[resto >= -MINIMO]
    a, n = signos[:, incognita], int(incognita.sum())
    termino = -(signos[:, ~incognita] @ x[~incognita])
    exactas = resto <= MINIMO
    tope = 4 * k + float(np.abs(x).sum()) * 2
    verdad = x[incognita]
    bajo, alto = verdad.copy(), verdad.copy()

    def probar(objetivo: np.ndarray) -> None:
        r = linprog(objetivo, A_ub=a[~exactas] if (~exactas).any() else None, b_ub=termino[~exactas] if (~exactas).any() else None,
                    A_eq=a[exactas] if exactas.any() else None, b_eq=termino[exactas] if exactas.any() else None,
                    bounds=(0, tope), method="highs")
        np.minimum(bajo, r.x, out=bajo)
        np.maximum(alto, r.x, out=alto)

    for i in range(n):
        sensible = verdad[i] < k
        if bajo[i] > HOLGURA and (sensible or alto[i] - bajo[i] < k):
            probar(np.eye(n)[i])
        if (alto[i] < k - 1) if sensible else (alto[i] - bajo[i] < k):
            probar(-np.eye(n)[i])
    return bajo, alto
