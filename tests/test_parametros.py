"""Cada parámetro que un comité puede cambiar llega igual al cuaderno, que lo lee en JSON."""

from __future__ import annotations

import pytest
import yaml

from observatorio.catalogo.territorio import Bandas, Metodo, Territorio
from observatorio.metodo.agregado import pesos
from observatorio.metodo.estados import ESTADOS
from observatorio.productos.parametros import PARAMETROS
from observatorio.rutas import Proyecto

CAMBIOS: dict[str, object] = {
    "fecha_corte": "2027-03-31",
    "horizonte": 2035,
    "incluir_demostracion": False,
    "repositorio_de_datos": "privado",
    "ubigeo": "130801",
    "nombre": "Otro",
    "tipo": "provincia",
    "anexos_se_llaman": {"singular": "isla", "plural": "islas", "genero": "femenino"},
    "provincia": "Otra",
    "region": "Otra",
    "pais": "Otro",
    "area_km2": 1.5,
    "altitud_m": 3,
    "zona_horaria": "America/La_Paz",
    "sensibles": {"retraso_meses": 6},
    "periodo_electoral": {
        "desde": "2026-04-01",
        "hasta": "2026-06-30",
        "opinion_legal": {
            "documento": "Informe 12-2026",
            "fecha": "2026-03-15",
            "resumen": "Se suspenden los cargos y las láminas",
        },
    },
    "limite": [[-77.5, -7.6], [-77.4, -7.7]],
    "nivel": "decisor",
    "metodo.bandas.en_ruta": 0.8,
    "metodo.bandas.requiere_acelerar": 0.3,
    "metodo.niveles": [{"nombre": n, "mide": "Lo que sea"} for n in ("cerca", "medio", "lejos")],
    "metodo.pesos_nivel": {1: 5, 2: 3, 3: 1},
    "metodo.cobertura_minima": 0.8,
    "metodo.k": 25,
    "metodo.k_anterior": 20,
}
LISTAS = {
    "codigos_anteriores",
    "categorias",
    "plan",
    "sitio",
    "poblacion",
    "misiones",
    "dimensiones",
    "objetivos_plan",
    "anexos",
    "feriados",
}


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
    assert (
        ahora != antes and Territorio.model_validate_json(ahora.model_dump_json(indent=1)) == ahora
    )


def test_ningun_parametro_queda_sin_probar() -> None:
    probados = {p.split(".")[-1] for p in CAMBIOS}
    assert set(Territorio.model_fields) - LISTAS - {"metodo"} <= probados
    assert set(Metodo.model_fields) - {"bandas"} | set(Bandas.model_fields) <= probados


def test_los_pesos_del_comite_pesan_lo_mismo_al_volver_del_json() -> None:
    metodo = Metodo(pesos_nivel={1: 5, 2: 3, 3: 1})
    assert pesos(Metodo.model_validate_json(metodo.model_dump_json())) == {1: 5, 2: 3, 3: 1}


def test_la_prosa_dice_los_parametros_que_rigen() -> None:
    m = Metodo(
        bandas=Bandas(en_ruta=0.8, requiere_acelerar=0.3),
        pesos_nivel={1: 5, 2: 3, 3: 1},
        cobertura_minima=0.75,
        k=25,
    )
    dicho = {n: hacer(m) for n, hacer in PARAMETROS.items()}
    assert [
        dicho[n] for n in ("en-ruta", "requiere-acelerar", "cobertura-minima", "k", "k-menos-1")
    ] == ["0.80", "0.30", "75\u202f%", "25", "24"]
    assert "5 : 3 : 1" in dicho["origen-de-los-pesos"] and "comité" in dicho["origen-de-los-pesos"]
    # (5·0.4 + 3·0.7 + 1·1) / 9, y sin el tercero, 4.1 / 8, entre 4.1 / 9 y 5.1 / 9.
    assert (
        dicho["ejemplo-de-promedio"]
        == "(5 × 0.4 + 3 × 0.7 + 1 × 1) / (5 + 3 + 1) = 5.10 / 9 = 0.57"
    )
    assert (
        dicho["ejemplo-de-cotas"].startswith("El avance es (2.00 + 2.10) / 8 = 0.51.")
        and "4.10 / 9 = 0.46" in dicho["ejemplo-de-cotas"]
    )
    frases = " ".join(e.dicho(m.bandas) for e in ESTADOS)
    assert (
        "80\u202f%" in frases
        and "30\u202f%" in frases
        and "95" not in frases
        and "60" not in frases
    )


def test_ninguna_pagina_lleva_escrito_un_parametro(proyecto_real: Proyecto) -> None:
    texto = "".join(p.read_text(encoding="utf-8") for p in proyecto_real.raiz.glob("*.qmd"))
    for fijo in (
        "desde 0.95",
        "desde 0.60",
        "menor que 10",
        "entre 0 y 9",
        "menos de la mitad de los KPI",
        "umbral de diez",
    ):
        assert fijo not in texto, fijo
