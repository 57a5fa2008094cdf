"""La cadena entera sobre los datos reales del repositorio, y el interruptor de la demostración."""

from __future__ import annotations

import json

import polars as pl
import pytest

from observatorio.metodo.estados import ESTADOS
from observatorio.productos.datos_abiertos.procedencia_reunida import reunidas
from observatorio.productos.datos_abiertos.publicos import lista_kpis, lista_misiones
from observatorio.resultados.resultados import Resultados

CAMPOS = {
    "codigo",
    "nombre",
    "mision",
    "okr",
    "nivel",
    "unidad",
    "sentido",
    "frecuencia",
    "fuente",
    "responsable",
    "linea_base",
    "meta",
    "ultimo",
    "avance",
    "esperado",
    "ritmo",
    "estado",
    "naturaleza",
    "validacion",
    "aprobacion",
}


@pytest.fixture(scope="module")
def r(resultados_reales: Resultados) -> Resultados:
    return resultados_reales


def test_ocurren_todos_los_estados(r: Resultados) -> None:
    assert set(r.evaluacion["estado"]) == {e.nombre for e in ESTADOS}


def test_cada_kpi_publica_los_campos_del_contrato(r: Resultados) -> None:
    kpis = lista_kpis(r)
    assert len(kpis) == 130 and all(set(k) >= CAMPOS for k in kpis)
    assert [k["codigo"] for k in kpis] == sorted(k["codigo"] for k in kpis)
    json.dumps(kpis, allow_nan=False)


def test_cada_cifra_medida_declara_que_es_demostracion(r: Resultados) -> None:
    con_dato = [k for k in lista_kpis(r) if k["ultimo"]]
    assert con_dato and {k["naturaleza"] for k in con_dato} == {"demostracion"}


def test_el_quiebre_de_metodo_impide_comparar_la_anemia(r: Resultados) -> None:
    anemia = r.evaluacion.row(by_predicate=pl.col("kpi") == "M4-K01", named=True)
    assert anemia["estado"] == "sin línea de base" and anemia["avance"] is None
    assert "cambió de método" in anemia["motivo"]


def test_lo_restringido_no_lleva_ninguna_cifra(r: Resultados) -> None:
    restringidos = [k for k in lista_kpis(r) if k["acceso"] != "ciudadano"]
    assert restringidos
    for k in restringidos:
        assert k["estado"] == "dato protegido" and k["ultimo"] is None and k["avance"] is None
        assert k["linea_base"] is None or k["linea_base"]["valor"] is None
    assert not set(r.publica["kpi"]) & {k["codigo"] for k in restringidos}


def test_cada_agregado_dice_cuantos_kpi_se_evaluaron(r: Resultados) -> None:
    for m in lista_misiones(r, reunidas(r, {})[1]):
        assert 0 <= m["evaluados"] <= m["kpis"] == sum(m["estados"].values())
        assert m["minimo"] <= m["avance"] <= m["maximo"]
