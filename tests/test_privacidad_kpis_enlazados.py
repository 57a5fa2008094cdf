"""Dos KPI de un mismo registro: lo que uno oculta no se lee ni se acota en el otro."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from apoyo_ataque import CLAVE, DISTRITO, ERROR, REGLAS, Caso, K, aciertan
from observatorio.catalogo.modelos import Enlace
from observatorio.privacidad import proteger

HISTORIAS = 50 if os.environ.get("OBSERVATORIO_LARGO") else 4
UNO, OTRO = "M1-K01", "M1-K02"
Par = tuple[int, int]


def _enlace(tipo: str, parte: str, de: str) -> Enlace:
    return Enlace.model_validate(
        {"parte": parte, "tipo": tipo, "con": [{"kpi": de[0:6], "parte": de[7:]}]}
    )


def _juntas(uno: dict[str, Par], otro: dict[str, Par], enlace: Enlace | None) -> pl.DataFrame:
    """Lo publicado de los dos KPI, cada uno con sus anexos y su total exacto."""
    partes, fichas = [], []
    for codigo, base in ((UNO, uno), (OTRO, otro)):
        cuentas = {("2024", v, "total", "", 0): p for v, p in base.items() if sum(p)}
        cuentas["2024", DISTRITO, "total", "", 0] = tuple(
            sum(p[q] for p in base.values()) for q in (0, 1)
        )
        caso = Caso("porcentaje", 12, cuentas, {})
        partes.append(caso.observaciones().with_columns(pl.lit(codigo).alias("kpi")))
        fichas.append(caso.fichas.with_columns(pl.lit(codigo).alias("kpi")))
    reglas = replace(REGLAS, enlaces=() if enlace is None else ((UNO, enlace),))
    return proteger(pl.concat(partes), pl.concat(fichas), reglas).tabla


def _al_azar(semilla: int, tipo: str) -> tuple[dict[str, Par], dict[str, Par]]:
    """El denominador de uno es el numerador del otro, o una parte de él."""
    azar = np.random.default_rng(semilla)
    uno, otro = {}, {}
    for i in range(int(azar.integers(3, 7))):
        v, m = f"99999900{i:02d}", azar.gamma(2, 18) + 2
        numerador = int(azar.poisson(m))
        otro[v] = (numerador, 1 + int(azar.poisson(m * azar.uniform(0.1, 2))))
        den = numerador if tipo == "igual" else int(azar.binomial(numerador, 0.97))
        a = int(azar.binomial(den, 0.5))
        uno[v] = (a, den - a)
    return uno, otro


def _averigua(
    uno: dict[str, Par], otro: dict[str, Par], tipo: str, tabla: pl.DataFrame
) -> list[str]:
    """Incógnitas: las dos cuentas de cada anexo en cada KPI; lo visto y el enlace, ecuaciones."""
    anexos = list(uno)
    n = len(anexos)
    base = {UNO: uno, OTRO: otro}
    verdad = np.array([float(base[k][v][q]) for k in (UNO, OTRO) for q in (0, 1) for v in anexos])

    def fila(kpi: str, q: int, lugar: str) -> np.ndarray:
        salida = np.zeros(4 * n)
        for i, v in enumerate(anexos):
            if lugar in (v, DISTRITO):
                salida[(2 * (kpi == OTRO) + q) * n + i] = 1
        return salida

    iguales, menores = [], []
    for v in anexos:
        cruce = fila(UNO, 0, v) + fila(UNO, 1, v) - fila(OTRO, 0, v)
        (iguales if tipo == "igual" else menores).append(cruce)
    ocultas = []
    for kpi, *celda, oculta in tabla.select("kpi", *CLAVE, "protegido").iter_rows():
        for q in (0, 1):
            (ocultas if oculta else iguales).append(
                (kpi, q, celda[1]) if oculta else fila(kpi, q, celda[1])
            )
    a, b = np.array(iguales), np.array(menores) if menores else None
    fallos = []
    for kpi, q, lugar in ocultas:
        objetivo = fila(kpi, q, lugar)
        valor = float(objetivo @ verdad)
        if kpi == UNO and valor >= K:
            continue  # su denominador puede saberse: lo que se protege es la cuenta pequeña
        bajo, alto = (
            s
            * linprog(
                s * objetivo,
                A_eq=a,
                b_eq=a @ verdad,
                A_ub=b,
                b_ub=None if b is None else np.zeros(len(b)),
                bounds=(0, 1e5),
                method="highs",
            ).fun
            for s in (1, -1)
        )
        if (bajo > ERROR or alto < K - 1 - ERROR) if valor < K else alto - bajo < K - ERROR:
            fallos.append(f"{kpi} cuenta {q} {lugar}: vale {valor:g}, en [{bajo:g}, {alto:g}]")
    return fallos


@pytest.mark.parametrize("tipo", ["igual", "parte"])
def test_con_el_enlace_el_otro_kpi_no_descubre_nada(tipo: str) -> None:
    enlace = _enlace(tipo, "denominador", f"{OTRO}.numerador")
    for semilla in range(HISTORIAS):
        uno, otro = _al_azar(semilla, tipo)
        hallado = _averigua(uno, otro, tipo, _juntas(uno, otro, enlace))
        assert not hallado, (semilla, hallado)


@pytest.mark.parametrize("tipo", ["igual", "parte"])
def test_sin_declararlo_ese_ataque_acierta(tipo: str) -> None:
    casos = (_al_azar(s, tipo) for s in range(40))
    assert aciertan((_averigua(*c, tipo, _juntas(*c, None)) for c in casos), 2)


def test_lo_que_se_oculta_en_uno_se_oculta_en_el_otro_y_nada_mas() -> None:
    otro = {"9999990000": (30, 4), "9999990001": (40, 50), "9999990002": (60, 70)}
    uno = {v: (a // 2, a - a // 2) for v, (a, _) in otro.items()}
    tabla = _juntas(uno, otro, _enlace("igual", "denominador", f"{OTRO}.numerador"))
    for kpi in (UNO, OTRO):
        ocultas = tabla.filter(pl.col("kpi") == kpi, "protegido")["lugar"].to_list()
        assert ocultas == ["9999990000", "9999990001"], kpi
