"""Órdenes del método: ``explicar``."""

from __future__ import annotations

import argparse
import json

from ..errores import ErrorDeUso
from ..rutas import Proyecto
from .salida import BIEN


def registrar(ordenes: argparse._SubParsersAction) -> None:
    e = ordenes.add_parser(
        "explicar", help="dice de dónde sale el estado de un KPI: cada insumo y cada paso"
    )
    e.add_argument("kpi", help="código del KPI, como M4-K01")
    e.add_argument("--json", action="store_true", help="resultado para programas")
    e.set_defaults(hacer=_explicar)


def _explicar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..calculo import calcular
    from ..presentacion.kpi.pasos import Paso
    from ..presentacion.kpi.pasos_escritos import calculo_texto
    from ..presentacion.kpi.por_que import por_que
    from ..productos.datos_abiertos.series_publicas import calculos

    codigo = opciones.kpi.upper()
    r = calcular(proyecto)
    if codigo not in r.catalogo.kpis:
        raise ErrorDeUso(
            f"no hay ningún KPI «{opciones.kpi}»; los códigos están en misiones/*/hoja-de-ruta.yml,"
            f" como {next(iter(r.catalogo.kpis))}"
        )
    pasos = calculos(r)[codigo]
    if opciones.json:
        print(json.dumps(pasos, ensure_ascii=False, indent=1))
        return BIEN
    evaluado, analisis = r.evaluados[codigo], r.analizados[codigo]
    kpi = r.catalogo.kpis[codigo]
    demo = (
        "\nContiene cifras de demostración: no describen la realidad."
        if analisis.naturaleza_analisis == "demostracion"
        else ""
    )
    print(
        f"{codigo} · {kpi.nombre}\nEstado: {evaluado.estado} —"
        f" {por_que(kpi, evaluado, r.catalogo.territorio.metodo)}.{demo}"
    )
    print(f"\nPaso a paso:\n{calculo_texto([Paso(**p) for p in pasos])}")
    return BIEN
