"""Orden ``nuevo``: el esqueleto de otro distrito."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..rutas import Proyecto
from .salida import BIEN


def registrar(ordenes: argparse._SubParsersAction) -> None:
    n = ordenes.add_parser(
        "nuevo",
        help="escribe el esqueleto del observatorio de otro distrito, con el programa de este",
    )
    n.add_argument("carpeta", type=Path, metavar="CARPETA", help="carpeta nueva o vacía")
    n.set_defaults(hacer=_nuevo)


def _nuevo(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..base.escritura import exigir_de_esta_maquina
    from ..esqueleto.escribir import escribir
    from ..esqueleto.por_completar import por_completar

    exigir_de_esta_maquina(opciones.carpeta)
    nuevo = escribir(proyecto, opciones.carpeta.absolute())
    faltan = len(list(por_completar(nuevo)))
    print(
        f"Escrito en {opciones.carpeta}. Faltan {faltan} cosas por completar.\n"
        f"Siga con: observatorio --raiz {opciones.carpeta} validar   (dice cuáles, línea por línea)"
    )
    return BIEN
