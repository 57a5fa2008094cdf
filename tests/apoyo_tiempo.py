"""Quien guarda todas las ediciones y sabe qué caso se movió entre una y otra.

Como en ``apoyo_atomos``, cada fila es una suma de casos sueltos; una incógnita es un caso mientras
vale lo mismo, y otra desde que cambia.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import linprog

from apoyo_ataque import CLAVE, DISTRITO, ERROR, Caso, Celda, K, fin, periodos
from apoyo_atomos import caso_de_atomos

KPI = {"M1-K01"}
Par = tuple[int, int]
Atomo = tuple[object, ...]


@dataclass(frozen=True)
class Mundo:
    """Los casos sueltos de un KPI y las filas que los suman."""

    clase: str
    meses: int
    atomos: Mapping[Atomo, Par]
    filas: Mapping[Celda, frozenset[Atomo]]

    def caso(self) -> Caso:
        sumas = {
            f: (sum(self.atomos[x][0] for x in xs), sum(self.atomos[x][1] for x in xs))
            for f, xs in self.filas.items()
        }
        return Caso(self.clase, self.meses, {f: s for f, s in sumas.items() if sum(s) > 0}, {})

    def con(self, atomo: Atomo, par: Par) -> Mundo:
        """El mismo, con un caso corregido."""
        return Mundo(self.clase, self.meses, {**self.atomos, atomo: par}, self.filas)

    def sin(self, filas: Iterable[Celda]) -> Mundo:
        """El mismo, sin informar esas filas."""
        fuera = set(filas)
        quedan = {f: x for f, x in self.filas.items() if f not in fuera}
        return Mundo(self.clase, self.meses, self.atomos, quedan)

    def que_suma(self, celda: Celda) -> frozenset[Atomo]:
        """Los casos de una fila; los de una agrupada, de sus periodos."""
        if not celda[4]:
            return self.filas[celda]
        cierre = fin(celda[0].split("/")[-1])
        return frozenset().union(
            *(
                x
                for f, x in self.filas.items()
                if f[1:4] == celda[1:4] and cierre - celda[4] < fin(f[0]) <= cierre
            )
        )


Edicion = tuple[Mundo, pl.DataFrame]


def averiguar(ediciones: list[Edicion], k: int = K) -> list[str]:
    """Lo que de una celda oculta se sabe de más con todas las ediciones a la vez.

    Lo que ya se deducía de las anteriores cuando se ocultó no cuenta: es público.
    """
    cuentas = (0,) if all(m.clase == "recuento" for m, _ in ediciones) else (0, 1)
    return [f for q in cuentas for f in _de_una_cuenta(ediciones, q, k)]


def _de_una_cuenta(ediciones: list[Edicion], q: int, k: int) -> list[str]:
    numero: dict[tuple[Atomo, Par], int] = {}
    for mundo, _ in ediciones:
        for atomo, par in mundo.atomos.items():
            numero.setdefault((atomo, par), len(numero))
    verdad = np.array([float(par[q]) for _, par in numero])
    vistas: list[np.ndarray] = []
    ocultas: list[tuple[np.ndarray, np.ndarray, str]] = []
    for e, (mundo, tabla) in enumerate(ediciones):
        sabidas = np.array(vistas).reshape(-1, len(numero))
        for *clave, oculta in tabla.select(*CLAVE, "protegido").iter_rows():
            celda: Celda = tuple(clave)  # type: ignore[assignment]
            fila = np.zeros(len(numero))
            for atomo in mundo.que_suma(celda):
                fila[numero[atomo, mundo.atomos[atomo]]] = 1
            if oculta:
                ocultas.append((fila, sabidas, f"edición {e}, {celda}"))
            else:
                vistas.append(fila)
    a = np.array(vistas) if vistas else None
    fallos = []
    for fila, sabidas, nombre in ocultas:
        if _es_suma_de(fila, sabidas):
            continue
        valor = float(fila @ verdad)
        bajo, alto = (
            s
            * linprog(
                s * fila,
                A_eq=a,
                b_eq=None if a is None else a @ verdad,
                bounds=(0, 1e5),
                method="highs",
            ).fun
            for s in (1, -1)
        )
        if (bajo > ERROR or alto < k - 1 - ERROR) if valor < k else alto - bajo < k - ERROR:
            fallos.append(f"cuenta {q}, {nombre}: vale {valor:g}, en [{bajo:g}, {alto:g}]")
    return fallos


def _es_suma_de(fila: np.ndarray, vistas: np.ndarray) -> bool:
    if not len(vistas):
        return False
    pesos = np.linalg.lstsq(vistas.T, fila, rcond=None)[0]
    return bool(np.abs(vistas.T @ pesos - fila).max() < ERROR)


def mundo_al_azar(azar: np.random.Generator) -> Mundo:
    """Un periodo con cruces, o varios con anexos y quizá sexos en el territorio."""
    return _de_un_periodo(azar) if azar.random() < 0.4 else _de_varios(azar)


def _de_un_periodo(azar: np.random.Generator) -> Mundo:
    while True:
        caso, filas = caso_de_atomos(azar, 0.0)
        atomos = {x for xs in filas.values() for x in xs}
        if len(filas) > 2:
            break
    # El reparto entre átomos no se publica: se rehace con las mismas medias.
    tasa, media = azar.uniform(0.1, 0.9), float(azar.choice([3, 8, 20]))
    pares: dict[Atomo, Par] = {}
    for x in sorted(atomos):
        a, b = int(azar.poisson(media * tasa)), int(azar.poisson(media * (1 - tasa)))
        pares[x] = (a, a) if caso.clase == "recuento" else (a, b)
    return Mundo(caso.clase, 12, pares, {f: frozenset(x) for f, x in filas.items()})


def _de_varios(azar: np.random.Generator) -> Mundo:
    clase = str(azar.choice(["porcentaje", "porcentaje", "razon", "recuento"]))
    meses = int(azar.choice([3, 6, 12]))
    tiempos = periodos(meses, range(2022, 2022 + int(azar.integers(1, 4))))
    anexos = [f"99999900{i:02d}" for i in range(int(azar.integers(2, 6)))]
    con_sexos, con_unidades = azar.random() < 0.4, azar.random() < 0.2
    media, tasa = azar.gamma(1.4, 10, len(anexos)) + 1, azar.uniform(0.05, 0.95)
    atomos: dict[Atomo, Par] = {}
    filas: dict[Celda, set[Atomo]] = {}
    for t in tiempos:
        for v, m in zip(anexos, media, strict=True):
            for s in range(2):
                a, b = int(azar.poisson(m * tasa / 2)), int(azar.poisson(m * (1 - tasa) / 2))
                x = (t, v, s)
                atomos[x] = (a, a) if clase == "recuento" else (a, b)
                de = [(t, DISTRITO, "total", "", 0)]
                de.append((t, v, "total", f"U{v}" if con_unidades else "", 0))
                if con_sexos:
                    de.append((t, DISTRITO, f"sexo:{s}", "", 0))
                for f in de:
                    filas.setdefault(f, set()).add(x)
    return Mundo(clase, meses, atomos, {f: frozenset(x) for f, x in filas.items()})
