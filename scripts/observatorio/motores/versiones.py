"""Nombre y versiones del motor embebido y dónde está Quarto, sin importar nada de ellos: lo primero
forma parte de toda clave.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

from ..base.instalados import instalados
from ..base.pandoc import pandoc


def motor_embebido() -> str:
    return f"embebido pandoc-{version_de_pandoc()} typst-{instalados()['typst']}"


@cache
def version_de_pandoc() -> str:
    """La del programa: el paquete que lo trae tiene la suya, que no dice nada."""
    dicho = subprocess.run(
        [pandoc(), "--version"], capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout
    return dicho.splitlines()[0].split()[-1]


def ruta_de_quarto() -> str | None:
    """Dónde está Quarto, o nada."""
    return shutil.which("quarto")
