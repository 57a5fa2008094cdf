"""Órdenes de validación: ``validar`` y ``esquemas``."""

from __future__ import annotations

import argparse
import json
import sys

from ..base.escritura import escribir_atomico
from ..rutas import Proyecto
from .salida import BIEN, confirmar

FILAS_MOSTRADAS = 10


def registrar(ordenes: argparse._SubParsersAction) -> None:
    v = ordenes.add_parser(
        "validar", help="revisa todo data/ y el catálogo, y dice todos los defectos"
    )
    v.add_argument("--json", action="store_true", help="resultado para programas")
    v.add_argument(
        "--reparar",
        action="store_true",
        help=(
            "antes, reescribe los CSV guardados por Excel: BOM, punto y coma, coma decimal, blancos"
        ),
    )
    v.add_argument("--si", action="store_true", help="no preguntar antes de reparar")
    v.add_argument(
        "--alojado",
        choices=("privado", "publico"),
        help=(
            "quién puede leer este repositorio, según quien lo aloja: se compara con lo declarado"
            " en data/territorio.yml"
        ),
    )
    v.set_defaults(hacer=_validar)

    e = ordenes.add_parser("esquemas", help="escribe los JSON Schema que usan los editores de YAML")
    e.set_defaults(hacer=_esquemas)


def _validar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..validar import pasar
    from . import informe

    if opciones.reparar:
        _reparar(proyecto, opciones.si)
    catalogo, v = pasar(proyecto, opciones.alojado)
    print(
        json.dumps(informe.json_valido(catalogo, v), ensure_ascii=False, indent=1)
        if opciones.json
        else informe.texto_valido(catalogo, v)
    )
    return BIEN


def _reparar(proyecto: Proyecto, si: bool) -> None:
    """Muestra qué cambiaría y, con permiso, reescribe."""
    from ..base.palabras import contados
    from ..datos import reparar

    hallados = list(reparar.reparables(proyecto))
    for ruta, antes, despues in hallados:
        cambian = reparar.filas_que_cambian(antes, despues)
        print(f"{proyecto.relativa(ruta)}, filas que cambian: {len(cambian):,}", file=sys.stderr)
        for fila in cambian[:FILAS_MOSTRADAS]:
            queda = "(se quita)" if fila.despues is None else fila.despues
            print(f"{fila.numero:>9,} - {fila.antes}\n{'':>9} + {queda}", file=sys.stderr)
        if len(cambian) > FILAS_MOSTRADAS:
            print(f"  … y {len(cambian) - FILAS_MOSTRADAS:,} filas más", file=sys.stderr)
    if not hallados:
        print("Nada que reparar.", file=sys.stderr)
    elif si or confirmar(f"¿Reescribir {contados(len(hallados), 'archivos')}?"):
        for ruta, _, despues in hallados:
            escribir_atomico(ruta, despues.encode("utf-8"))
            print(f"reparado: {proyecto.relativa(ruta)}", file=sys.stderr)


def _esquemas(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..recojo.esquemas import escribir

    for ruta in escribir(proyecto):
        print(proyecto.relativa(ruta))
    return BIEN
