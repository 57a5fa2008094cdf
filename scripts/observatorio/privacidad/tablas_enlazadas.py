"""Tablas enlazadas: cruces y jerarquías cuyas sumas comparten celdas, donde una sola suma no basta.

Son las de un KPI que se abre por anexo y sexo, o por unidades dentro de anexos. Aquí se ataca la
tabla como lo haría un tercero, con programas lineales (``auditoria``), y se suprime hasta que el
ataque no aprende nada; al final se vuelve a mostrar lo que resultó de más. Es una heurística por
pasos con programas lineales, como las de Kelly, Golden y Assad (1992), «Cell suppression:
disclosure protection for sensitive tabular data», *Networks* 22.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from .auditoria import HOLGURA, MINIMO, imputar, intervalos_factibles
from .columnas import CUENTAS, PARTE
from .sumas_anteriores import SumasAnteriores, sumas_anteriores


@dataclass
class TablaEnlazada:
    """Una tabla cruzada de un KPI y un periodo, de n celdas.

    ``celdas``: sus números. ``signos``: sumas × n (−1 total, 1 parte). ``cuentas``: n casos por
    cuenta. ``oculta``, ``conocida`` y ``supuesta`` (no hay que protegerla por sí misma): n marcas.
    ``antes``: las mismas sumas en una edición anterior.
    """

    celdas: np.ndarray
    signos: np.ndarray
    cuentas: dict[str, np.ndarray]
    oculta: np.ndarray
    conocida: np.ndarray
    supuesta: np.ndarray
    antes: SumasAnteriores

    @property
    def incognita(self) -> np.ndarray:
        """Las celdas que quien ataca no sabe."""
        return np.asarray(self.oculta & ~self.conocida)

    @property
    def tamano(self) -> np.ndarray:
        """Casos de cada celda, en sus dos cuentas."""
        return np.asarray(self.cuentas["a"] + self.cuentas["b"])


def armar_tablas(ecuaciones: pl.DataFrame, celdas: pl.DataFrame) -> list[TablaEnlazada]:
    """Una ``TablaEnlazada`` por KPI cruzado y periodo con alguna celda oculta.

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
        cuentas = {q: imputar(signos, grupo[q].fill_null(np.nan).to_numpy()) for q in CUENTAS}
        nadie = grupo["virtual"].to_numpy() & (cuentas["a"] <= MINIMO) & (cuentas["b"] <= MINIMO)
        salida.append(
            TablaEnlazada(
                grupo["celda"].to_numpy(),
                signos,
                cuentas,
                grupo["oculta"].to_numpy().copy(),
                grupo["conocida"].to_numpy() | nadie,
                grupo["supuesta"].to_numpy(),
                sumas_anteriores(grupo, signos, cuentas),
            )
        )
    return salida


def suprimir(tabla: TablaEnlazada, k: int) -> set[int]:
    """Números de las celdas que ocultar además de las ya ocultas, que anota en ``tabla``."""
    antes = tabla.oculta.copy()
    while True:
        expuestas = _expuestas(tabla, k)
        if not expuestas.any():
            break
        elegida = _complementaria(tabla, expuestas)
        if elegida is None:
            break
        tabla.oculta[elegida] = True
    _quitar_excesos(tabla, antes, k)
    return {int(c) for c in tabla.celdas[tabla.oculta & ~antes]}


def _complementaria(tabla: TablaEnlazada, expuestas: np.ndarray) -> int | None:
    """La celda a la vista que comparte suma con más celdas expuestas; entre esas, la menor."""
    con_expuesta = (tabla.signos[:, expuestas] != 0).any(axis=1)
    libres = ~tabla.oculta & ~tabla.conocida
    sirve = (tabla.signos[con_expuesta] != 0).sum(axis=0) * libres
    if not sirve.any():
        con_oculta = (tabla.signos[:, tabla.incognita] != 0).any(axis=1)
        sirve = (tabla.signos[con_oculta] != 0).sum(axis=0) * libres
    if not sirve.any():
        return None
    es_parte = (tabla.signos[con_expuesta] == 1).any(axis=0)
    return int(np.lexsort((tabla.tamano, -sirve, ~es_parte, sirve == 0))[0])


def _quitar_excesos(tabla: TablaEnlazada, antes: np.ndarray, k: int) -> None:
    """Vuelve a mostrar, de mayor a menor, cada complementaria que no hacía falta."""
    complementarias = np.flatnonzero(tabla.oculta & ~antes)
    for i in complementarias[np.argsort(-tabla.tamano[complementarias], kind="stable")][:-1]:
        tabla.oculta[i] = False
        if _expuestas(tabla, k).any():
            tabla.oculta[i] = True


def _expuestas(tabla: TablaEnlazada, k: int) -> np.ndarray:
    """Celdas ocultas de las que el ataque aprende más de lo permitido en alguna cuenta."""
    expuestas = np.zeros(len(tabla.celdas), dtype=bool)
    incognitas = np.flatnonzero(tabla.incognita)
    a = np.vstack([tabla.signos, tabla.antes.coeficientes])
    for q in CUENTAS:
        x = tabla.cuentas[q]
        bajo, alto = intervalos_factibles(
            a, np.append(np.zeros(len(tabla.signos)), tabla.antes.valores[q]), x, tabla.incognita, k
        )
        sensible = x[incognitas] < k
        aprende = np.where(
            sensible, (bajo > HOLGURA) | (alto < k - 1 - HOLGURA), alto - bajo < k - HOLGURA
        )
        expuestas[incognitas[aprende & ~tabla.supuesta[incognitas]]] = True
    return expuestas
