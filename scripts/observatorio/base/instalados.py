"""Los paquetes instalados y su versión, leídos de los nombres de sus carpetas.

Toda orden los pregunta, y ``importlib.metadata`` tarda en cargarse la décima parte de lo que tarda
una que no tiene nada que hacer. Solo usa la biblioteca estándar.
"""

from __future__ import annotations

import os
import re
import sys


def instalados() -> dict[str, str]:
    """``nombre normalizado → versión`` de cada paquete que se puede importar."""
    hay: dict[str, str] = {}
    for carpeta in reversed(sys.path):
        if not os.path.isdir(carpeta):
            continue
        for nombre in os.listdir(carpeta):
            if nombre.endswith(".dist-info"):
                paquete, _, version = nombre.removesuffix(".dist-info").rpartition("-")
                hay[normal(paquete)] = version
    return hay


def normal(nombre: str) -> str:
    """El nombre de un paquete como lo compara pip: ``vl_convert.python`` es
    ``vl-convert-python``.
    """
    return re.sub(r"[-_.]+", "-", nombre.strip()).lower()
