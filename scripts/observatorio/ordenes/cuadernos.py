"""Orden de los analistas: ``cuadernos``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ..rutas import Proyecto

AJUSTES = Path(__file__).resolve().parent.parent / "jupyter"
"""Los de fábrica de JupyterLab aquí: en español y sin preguntar por noticias. Cada quien los cambia
en su menú.
"""


def registrar(ordenes: argparse._SubParsersAction) -> None:
    j = ordenes.add_parser("cuadernos", help="abre JupyterLab en notebooks/")
    j.set_defaults(hacer=_cuadernos)


def con_ajustes(entorno: Mapping[str, str]) -> dict[str, str]:
    """El entorno con que arranca JupyterLab: los ajustes propios ceden ante los que ya haya."""
    antes = entorno.get("JUPYTER_CONFIG_PATH", "")
    return {
        **entorno,
        "JUPYTER_CONFIG_PATH": os.pathsep.join([*([antes] if antes else []), str(AJUSTES)]),
    }


def _cuadernos(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    import subprocess

    return subprocess.call(
        [sys.executable, "-m", "jupyter", "lab", f"--notebook-dir={proyecto.cuadernos}"],
        cwd=proyecto.cuadernos,
        env=con_ajustes(os.environ),
    )
