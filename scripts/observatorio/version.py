"""La versión del programa, dicha en un solo lugar: ``pyproject.toml``."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

PAQUETE = "observatorio-misiones"
SIN_VERSION = "desconocida"


def version() -> str:
    """La de ``pyproject.toml``, si el programa corre desde su carpeta; si no, la instalada.

    La carpeta manda: al actualizarla, lo que quedó anotado al instalar puede ser de antes.
    """
    ficha = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if ficha.is_file():
        proyecto = tomllib.loads(ficha.read_text(encoding="utf-8")).get("project", {})
        if proyecto.get("name") == PAQUETE:
            return str(proyecto["version"])
    try:
        return metadata.version(PAQUETE)
    except metadata.PackageNotFoundError:
        return SIN_VERSION
