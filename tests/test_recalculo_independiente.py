"""El resultado de polars es el de un recálculo independiente en pandas, en los 130 KPI y sus
agregados.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from observatorio.productos.datos_abiertos.publicos import tabla_agrupadas, tabla_observaciones
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from recalculo import CELDA, Recalculo, crudas, leer

NUMEROS = ["avance", "esperado", "ritmo"]
RECUENTOS, MEDIAS = ["evaluados", "kpis"], ["avance", "minimo", "maximo"]


@pytest.fixture(scope="module")
def r(resultados_reales: Resultados) -> Resultados:
    return resultados_reales


@pytest.fixture(scope="module")
def publicas(
    r: Resultados, tmp_path_factory: pytest.TempPathFactory
) -> tuple[pd.DataFrame, pd.DataFrame]:
    carpeta = tmp_path_factory.mktemp("publico")
    tabla_observaciones(r).write_csv(carpeta / "observaciones.csv")
    tabla_agrupadas(r).write_csv(carpeta / "agrupadas.csv")
    return leer(carpeta / "observaciones.csv"), leer(carpeta / "agrupadas.csv")


@pytest.fixture(scope="module")
def otro(proyecto_real: Proyecto, publicas: tuple[pd.DataFrame, pd.DataFrame]) -> Recalculo:
    return Recalculo(proyecto_real.raiz, *publicas)


def nuestros(r: Resultados, tabla: str, clave: str) -> pd.DataFrame:
    return getattr(r, tabla).to_pandas().set_index(clave)


def test_los_130_kpi(r: Resultados, otro: Recalculo) -> None:
    evaluacion = nuestros(r, "evaluacion", "kpi")
    assert set(otro.kpis.index) == set(evaluacion.index) and len(otro.kpis) == 130
    suyos = otro.kpis.loc[evaluacion.index]
    distintos = evaluacion[["estado"]].compare(suyos[["estado"]], result_names=("polars", "pandas"))
    assert distintos.empty, distintos.to_string()
    pd.testing.assert_frame_equal(evaluacion[NUMEROS], suyos[NUMEROS], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("cuales", "clave"), [("okrs", "okr"), ("misiones", "mision")])
def test_los_agregados(r: Resultados, otro: Recalculo, cuales: str, clave: str) -> None:
    ellos, suyos = nuestros(r, cuales, clave), getattr(otro, cuales)
    assert len(ellos) == len(suyos) == {"okrs": 49, "misiones": 7}[cuales]
    suyos = suyos.loc[ellos.index]
    pd.testing.assert_frame_equal(ellos[RECUENTOS], suyos[RECUENTOS], check_dtype=False)
    pd.testing.assert_frame_equal(ellos[MEDIAS], suyos[MEDIAS], rtol=1e-9, atol=1e-9)


def test_lo_publicado_es_lo_medido(
    proyecto_real: Proyecto, publicas: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    publicadas = publicas[0].dropna(subset="valor")
    juntas = publicadas.merge(
        crudas(proyecto_real.raiz),
        on=CELDA,
        how="left",
        suffixes=("", "_medido"),
        validate="one_to_one",
    )
    assert len(juntas) > 3000
    pd.testing.assert_series_equal(
        juntas["valor"], juntas["valor_medido"], rtol=1e-9, atol=1e-9, check_names=False
    )


def test_el_recalculo_no_comparte_codigo_y_sabe_fallar(
    otro: Recalculo, publicas: tuple[pd.DataFrame, pd.DataFrame], proyecto_real: Proyecto
) -> None:
    assert not re.search(
        r"^\s*(import|from) (observatorio|polars)",
        (Path(__file__).parent / "recalculo.py").read_text(encoding="utf-8"),
        re.M,
    )
    medidos = otro.kpis.index[otro.kpis["estado"] == "en ruta"]
    sueltas, agrupadas = publicas
    malas = sueltas.assign(
        valor=sueltas["valor"].where(~sueltas["kpi"].isin(medidos), sueltas["valor"] * 3)
    )
    alterado = Recalculo(proyecto_real.raiz, malas, agrupadas).kpis.loc[
        medidos, ["estado", *NUMEROS]
    ]
    assert (alterado != otro.kpis.loc[medidos, ["estado", *NUMEROS]]).any(axis=1).mean() > 0.5
