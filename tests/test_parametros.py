"""Cada parámetro que un comité puede cambiar llega igual al cuaderno, que lo lee en JSON."""

from __future__ import annotations

import pytest
import yaml

from observatorio.catalogo.territorio import Bandas, Metodo, Territorio
from observatorio.metodo.agregado import pesos
from observatorio.rutas import Proyecto

CAMBIOS: dict[str, object] = {
    "fecha_corte": "2027-03-31", "horizonte": 2035, "incluir_demostracion": False, "ubigeo": "130801", "nombre": "Otro", "tipo": "provincia",
    "provincia": "Otra", "region": "Otra", "pais": "Otro", "area_km2": 1.5, "altitud_m": 3, "limite": [[-77.5, -7.6], [-77.4, -7.7]],
    "metodo.bandas.en_ruta": 0.8, "metodo.bandas.requiere_acelerar": 0.3, "metodo.pesos_nivel": {1: 5, 2: 3, 3: 1},
    "metodo.cobertura_minima": 0.8, "metodo.k": 25,
}
LISTAS = {"plan", "sitio", "poblacion", "misiones", "dimensiones", "objetivos_plan", "anexos"}


@pytest.fixture(scope="module")
def crudo(proyecto_real: Proyecto) -> dict:
    return yaml.safe_load(proyecto_real.territorio.read_text(encoding="utf-8"))


@pytest.mark.parametrize("parametro", CAMBIOS)
def test_un_parametro_cambiado_sobrevive_al_json(crudo: dict, parametro: str) -> None:
    nuevo = {**crudo, "metodo": {**crudo["metodo"], "bandas": dict(crudo["metodo"]["bandas"])}}
    *camino, ultimo = parametro.split(".")
    destino = nuevo
    for paso in camino:
        destino = destino[paso]
    destino[ultimo] = CAMBIOS[parametro]
    antes, ahora = Territorio.model_validate(crudo), Territorio.model_validate(nuevo)
    assert ahora != antes and Territorio.model_validate_json(ahora.model_dump_json(indent=1)) == ahora


def test_ningun_parametro_queda_sin_probar() -> None:
    probados = {p.split(".")[-1] for p in CAMBIOS}
    assert set(Territorio.model_fields) - LISTAS - {"metodo"} <= probados
    assert set(Metodo.model_fields) - {"bandas"} | set(Bandas.model_fields) <= probados


def test_los_pesos_del_comite_pesan_lo_mismo_al_volver_del_json() -> None:
    metodo = Metodo(pesos_nivel={1: 5, 2: 3, 3: 1})
    assert pesos(Metodo.model_validate_json(metodo.model_dump_json())) == {1: 5, 2: 3, 3: 1}
