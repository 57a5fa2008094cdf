"""El resultado de polars es el de un recálculo independiente en Python puro, en los 130 KPI y sus agregados."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from observatorio.calculo import Resultados
from observatorio.productos.publicos import tabla_agrupadas, tabla_observaciones
from observatorio.rutas import Proyecto
from recalculo import Recalculo, leer


@pytest.fixture(scope="module")
def r(resultados_reales: Resultados) -> Resultados:
    return resultados_reales


@pytest.fixture(scope="module")
def otro(r: Resultados, proyecto_real: Proyecto, tmp_path_factory: pytest.TempPathFactory) -> Recalculo:
    ruta = tmp_path_factory.mktemp("publico") / "observaciones.csv"
    tabla_observaciones(r).write_csv(ruta)
    tabla_agrupadas(r).write_csv(ruta.with_name("agrupadas.csv"))
    return Recalculo(proyecto_real.raiz, leer(ruta), leer(ruta.with_name("agrupadas.csv")))


def test_los_130_kpi(r: Resultados, otro: Recalculo) -> None:
    assert set(otro.estados) == set(r.evaluacion["kpi"]) and len(otro.estados) == 130
    distintos = []
    for e in r.evaluacion.iter_rows(named=True):
        estado, *numeros = otro.estados[e["kpi"]]
        iguales = all((x is None) == (y is None) and (x is None or float(x) == pytest.approx(y, rel=1e-9, abs=1e-9)) for x, y in zip(numeros, (e["avance"], e["esperado"], e["ritmo"]), strict=True))
        if estado != e["estado"] or not iguales:
            distintos.append((e["kpi"], estado, e["estado"], numeros))
    assert not distintos


@pytest.mark.parametrize("cuales", ["okrs", "misiones"])
def test_los_agregados(r: Resultados, otro: Recalculo, cuales: str) -> None:
    nuestros, clave = getattr(r, cuales), cuales.rstrip("s") if cuales == "okrs" else "mision"
    assert nuestros.height == len(getattr(otro, cuales))
    for f in nuestros.iter_rows(named=True):
        media, evaluados, kpis, minimo, maximo = getattr(otro, cuales)[f[clave]]
        assert (f["evaluados"], f["kpis"]) == (evaluados, kpis)
        assert (f["avance"] is None) == (media is None) and (media is None or f["avance"] == pytest.approx(float(media)))
        assert (f["minimo"], f["maximo"]) == (pytest.approx(float(minimo)), pytest.approx(float(maximo)))


def test_el_recalculo_no_comparte_codigo_y_sabe_fallar(otro: Recalculo, r: Resultados, proyecto_real: Proyecto) -> None:
    assert not re.search(r"^\s*(import|from) observatorio", (Path(__file__).parent / "recalculo.py").read_text(encoding="utf-8"), re.M)
    medidos = r.evaluacion.filter(pl.col("estado") == "en ruta")["kpi"].to_list()
    malas = [o | {"valor": o["valor"] * 3 if o["valor"] is not None and o["kpi"] in medidos else o["valor"]} for o in tabla_observaciones(r).iter_rows(named=True)]
    alterado = Recalculo(proyecto_real.raiz, malas, tabla_agrupadas(r).iter_rows(named=True))
    assert sum(alterado.estados[c] != otro.estados[c] for c in medidos) > len(medidos) / 2
