"""Tablas cruzadas (anexo por sexo, unidades dentro de anexos): sus sumas se enlazan y la regla simple no basta.

Aquí se ataca la tabla como lo haría un tercero, con un programa lineal, y se tapa hasta que el ataque no aprende
nada; al final se destapa lo que resultó de más.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from .auditoria import HOLGURA, MINIMO, completar, intervalos
from .ecuaciones import PARTE
from .previas import previas
from .secundaria import CUENTAS


@dataclass
class Tabla:
    """Una tabla cruzada de un KPI y un periodo: ``signos`` es ecuaciones × celdas (−1 total, 1 parte).

    ``previas`` y ``valian``: las mismas sumas en una edición anterior, y lo que daban. ``supuesta``: celdas que no hay
    que proteger por sí mismas.
    """

    celdas: np.ndarray
    signos: np.ndarray
    cuentas: dict[str, np.ndarray]
    oculta: np.ndarray
    conocida: np.ndarray
    supuesta: np.ndarray
    previas: np.ndarray
    valian: dict[str, np.ndarray]

    @property
    def incognita(self) -> np.ndarray:
        return self.oculta & ~self.conocida


def tablas(ecuaciones: pl.DataFrame, celdas: pl.DataFrame) -> list[Tabla]:
    """Una ``Tabla`` por KPI cruzado y periodo con alguna celda oculta.

    De la celda que falta donde las sumas cuadran sin ella, quien ataca supone que es 0.
    """
    cruzadas = celdas.filter("cruzado", pl.col("agrupado") == 0)
    con_oculta = (pl.col("oculta") & ~pl.col("supuesta")).any().over("kpi", "fin")
    cruzadas = cruzadas.filter(con_oculta)
    papeles = ecuaciones.join(
        cruzadas.select("celda", "kpi", "fin"), on="celda", maintain_order="left"
    ).partition_by("kpi", "fin", as_dict=True)
    salida = []
    for clave, grupo in cruzadas.group_by(["kpi", "fin"], maintain_order=True):
        lugar = {c: i for i, c in enumerate(grupo["celda"])}
        propias = papeles.get(clave, ecuaciones.clear())
        signos = np.zeros((propias["ecuacion"].n_unique(), len(lugar)))
        filas = {e: i for i, e in enumerate(propias["ecuacion"].unique(maintain_order=True))}
        for ecuacion, celda, papel in propias.select("ecuacion", "celda", "papel").iter_rows():
            signos[filas[ecuacion], lugar[celda]] = 1 if papel == PARTE else -1
        cuentas = {q: completar(signos, grupo[q].fill_null(np.nan).to_numpy()) for q in CUENTAS}
        nadie = grupo["virtual"].to_numpy() & (cuentas["a"] <= MINIMO) & (cuentas["b"] <= MINIMO)
        salida.append(
            Tabla(
                grupo["celda"].to_numpy(),
                signos,
                cuentas,
                grupo["oculta"].to_numpy().copy(),
                grupo["conocida"].to_numpy() | nadie,
                grupo["supuesta"].to_numpy(),
                *previas(grupo, signos, cuentas),
            )
        )
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
    a = np.vstack([tabla.signos, tabla.previas])
    for q in CUENTAS:
        x = tabla.cuentas[q]
        bajo, alto = intervalos(
            a, np.append(np.zeros(len(tabla.signos)), tabla.valian[q]), x, tabla.incognita, k
        )
        sensible = x[incognitas] < k
        aprende = np.where(
            sensible, (bajo > HOLGURA) | (alto < k - 1 - HOLGURA), alto - bajo < k - HOLGURA
        )
        malas[incognitas[aprende & ~tabla.supuesta[incognitas]]] = True
    return malas
