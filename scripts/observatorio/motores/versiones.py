"""Nombre y versiones del motor embebido, sin importar nada de él: forman parte de toda clave."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from ..errores import ErrorDeEjecucion


def motor_embebido() -> str:
    return f"embebido pandoc-{version_de_pandoc()} typst-{version('typst')}"


@cache
def pandoc() -> str:
    """El pandoc del paquete, nunca otro que haya en el sistema."""
    paquete = find_spec("pypandoc")
    if paquete is None or paquete.origin is None:
        raise ErrorDeEjecucion("falta el paquete pypandoc_binary; ejecute: make entorno")
    nombre = "pandoc.exe" if os.name == "nt" else "pandoc"
    return str(Path(paquete.origin).parent / "files" / nombre)


@cache
def version_de_pandoc() -> str:
    """La del programa: el paquete que lo trae tiene la suya, que no dice nada."""
    dicho = subprocess.run(
        [pandoc(), "--version"], capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout
    return dicho.splitlines()[0].split()[-1]
