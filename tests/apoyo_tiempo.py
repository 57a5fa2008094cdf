"""Quien guarda todas las ediciones y sabe qué caso se movió entre una y otra.

Como en ``apoyo_atomos``, cada fila es una suma de casos sueltos. De cada caso hay dos incógnitas,
sus dos cuentas; uno que se corrige es otro desde entonces. Las ediciones pueden contar cosas
distintas de los mismos casos (``lee``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from scipy.optimize import linprog

from apoyo_ataque import CLAVE, DISTRITO, ERROR, REGLAS, Caso, Celda, K, fin, periodos
from apoyo_atomos import caso_de_atomos
from observatorio.privacidad import Reglas, proteger

KPI = {"M1-K01"}
Par = tuple[int, int]
Atomo = tuple[object, ...]
NUMERADOR, COMPLEMENTO, TODOS = (1, 0), (0, 1), (1, 1)
"""Qué se cuenta de cada caso: cuántas veces cada una de sus dos cuentas."""


@dataclass(frozen=True)
class Mundo:
    """Los casos sueltos de un KPI y las filas que los suman."""

    clase: str
    meses: int
    atomos: Mapping[Atomo, Par]
    filas: Mapping[Celda, frozenset[Atomo]]
    lee: Par = NUMERADOR
    """Lo que cuenta un recuento."""

    @property
    def lecturas(self) -> tuple[Par, ...]:
        return (self.lee,) if self.clase == "recuento" else (NUMERADOR, COMPLEMENTO)

    def cuenta(self, fila: Iterable[Atomo]) -> Par:
        a, b = (sum(self.atomos[x][q] for x in fila) for q in (0, 1))
        n = self.lee[0] * a + self.lee[1] * b
        return (n, n) if self.clase == "recuento" else (a, b)

    def caso(self) -> Caso:
        sumas = {f: self.cuenta(x) for f, x in self.filas.items()}
        return Caso(self.clase, self.meses, {f: s for f, s in sumas.items() if sum(s) > 0}, {})

    def publicar(
        self, anterior: pl.DataFrame | None = None, reglas: Reglas = REGLAS
    ) -> pl.DataFrame:
        caso = self.caso()
        return proteger(caso.observaciones(), caso.fichas, reglas, anterior).tabla

    def con(self, atomo: Atomo, par: Par) -> Mundo:
        """El mismo, con un caso corregido."""
        return replace(self, atomos={**self.atomos, atomo: par})

    def sin(self, fuera: frozenset[Atomo]) -> Mundo:
        """El mismo, antes de que llegaran esos casos."""
        filas = {f: x - fuera for f, x in self.filas.items() if x - fuera}
        return replace(self, filas=filas)

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


@dataclass(frozen=True)
class Edicion:
    mundo: Mundo
    tabla: pl.DataFrame
    k: int = K


@dataclass
class _Sistema:
    """Lo que se ve y lo que se oculta, como filas de un programa lineal."""

    numero: dict[tuple[Atomo, Par], int]
    vistas: list[np.ndarray] = field(default_factory=list)
    ocultas: list[tuple[np.ndarray, int, int, str]] = field(default_factory=list)

    def fila(self, mundo: Mundo, atomos: Iterable[Atomo], lee: Par) -> np.ndarray:
        salida = np.zeros(2 * len(self.numero))
        for x in atomos:
            i = 2 * self.numero[x, mundo.atomos[x]]
            salida[i : i + 2] = lee
        return salida


def averiguar(ediciones: list[Edicion]) -> list[str]:
    """Lo que de una celda oculta se sabe de más con todas las ediciones a la vez.

    No cuenta lo que ya se deducía de las anteriores cuando se ocultó, ni lo que después se publicó
    con un umbral menor: eso es público a sabiendas.
    """
    numero: dict[tuple[Atomo, Par], int] = {}
    for e in ediciones:
        for par in e.mundo.atomos.items():
            numero.setdefault(par, len(numero))
    s = _Sistema(numero)
    verdad = np.array([float(x) for _, par in numero for x in par])
    for i, e in enumerate(ediciones):
        ya = len(s.vistas)
        for *clave, oculta in e.tabla.select(*CLAVE, "protegido").iter_rows():
            celda: Celda = tuple(clave)  # type: ignore[assignment]
            for lee in e.mundo.lecturas:
                fila = s.fila(e.mundo, e.mundo.que_suma(celda), lee)
                if oculta:
                    s.ocultas.append((fila, ya, e.k, f"edición {i}, {celda} {lee}"))
                else:
                    s.vistas.append(fila)
    menor = min(e.k for e in ediciones)
    return [f for x in s.ocultas if (f := _se_sabe(s, verdad, *x, menor))]


def _se_sabe(
    s: _Sistema, verdad: np.ndarray, fila: np.ndarray, ya: int, k: int, nombre: str, menor: int
) -> str:
    a = np.array(s.vistas) if s.vistas else None
    if _es_suma_de(fila, s.vistas[:ya]) or (
        k > menor and fila @ verdad >= menor and any((v == fila).all() for v in s.vistas)
    ):
        return ""
    k, valor = (menor if k > menor else k), float(fila @ verdad)
    bajo, alto = (
        signo
        * linprog(
            signo * fila,
            A_eq=a,
            b_eq=None if a is None else a @ verdad,
            bounds=(0, 1e5),
            method="highs",
        ).fun
        for signo in (1, -1)
    )
    if (bajo > ERROR or alto < k - 1 - ERROR) if valor < k else alto - bajo < k - ERROR:
        return f"{nombre}: vale {valor:g}, en [{bajo:g}, {alto:g}]"
    return ""


def _es_suma_de(fila: np.ndarray, vistas: list[np.ndarray]) -> bool:
    if not vistas:
        return False
    matriz = np.array(vistas).T
    pesos = np.linalg.lstsq(matriz, fila, rcond=None)[0]
    return bool(np.abs(matriz @ pesos - fila).max() < ERROR)


def mundo_al_azar(azar: np.random.Generator) -> Mundo:
    """Un periodo con cruces, o varios con anexos y quizá sexos en el territorio."""
    return _de_un_periodo(azar) if azar.random() < 0.4 else de_varios(azar)


def _de_un_periodo(azar: np.random.Generator) -> Mundo:
    caso, filas = caso_de_atomos(azar, 0.0)
    while len(filas) < 3:
        caso, filas = caso_de_atomos(azar, 0.0)
    tasa, media = azar.uniform(0.1, 0.9), float(azar.choice([3, 8, 20]))
    atomos: dict[Atomo, Par] = {}
    for x in sorted({x for xs in filas.values() for x in xs}):
        atomos[x] = _par(azar, caso.clase, media * tasa, media * (1 - tasa))
    return Mundo(caso.clase, 12, atomos, {f: frozenset(x) for f, x in filas.items()})


def _par(azar: np.random.Generator, clase: str, a: float, b: float) -> Par:
    par = int(azar.poisson(a)), int(azar.poisson(b))
    return (par[0], par[0]) if clase == "recuento" else par


def de_varios(azar: np.random.Generator) -> Mundo:
    """Casos ``(periodo, anexo, sexo)``."""
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
                x = (t, v, s)
                atomos[x] = _par(azar, clase, m * tasa / 2, m * (1 - tasa) / 2)
                de = [(t, DISTRITO, "total"), (t, v, "total")]
                de += [(t, DISTRITO, f"sexo:{s}")] if con_sexos else []
                for f in de:
                    unidad = f"U{v}" if con_unidades and f[1] == v else ""
                    filas.setdefault((*f, unidad, 0), set()).add(x)
    return Mundo(clase, meses, atomos, {f: frozenset(x) for f, x in filas.items()})


def ocultas(tabla: pl.DataFrame) -> list[Celda]:
    """Las celdas ocultas de una edición."""
    return [tuple(c) for *c, oculta in tabla.select(*CLAVE, "protegido").iter_rows() if oculta]
