"""Orden de los analistas: ``cuadernos``."""

from __future__ import annotations

import argparse
import sys

from ..rutas import Proyecto


def registrar(ordenes: argparse._SubParsersAction) -> None:
    j = ordenes.add_parser("cuadernos", help="abre JupyterLab en notebooks/")
    j.set_defaults(hacer=_cuadernos)


def _cuadernos(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    import subprocess

    return subprocess.call(
        [sys.executable, "-m", "jupyter", "lab", f"--notebook-dir={proyecto.cuadernos}"],
        cwd=proyecto.cuadernos,
    )
