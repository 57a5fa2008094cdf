"""Motor Quarto: el binario instalado, en un solo proceso y hacia una carpeta nueva.

Quarto da a Typst el proyecto entero como raíz y no deja elegir otra: aquí nada impide que un
``#read`` escrito en un cuaderno lea ``data/``. Lo impide que ningún texto de datos o del catálogo
llegue a Typst como marcado (``escapes``), que un cuaderno no publique Markdown con bloques crudos
(``cuadernos.normalizar``) y que la plantilla del boletín no lea archivos.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..rutas import Proyecto
from .comun import PUBLICA, fecha_de_los_datos

MINIMA = (1, 7)


def ruta() -> str | None:
    """Dónde está Quarto, o nada."""
    return shutil.which("quarto")


def version() -> str:
    """Versión del Quarto instalado; lanza ``ErrorDeUso`` si no hay o es anterior a la mínima."""
    quarto = ruta()
    if quarto is None:
        raise ErrorDeUso(
            "Quarto no está instalado; use --motor embebido, que da el mismo sitio, o instálelo"
            " como dice requirements-quarto.txt"
        )
    texto = subprocess.run(
        [quarto, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if tuple(int(p) for p in texto.split(".")[:2]) < MINIMA:
        raise ErrorDeUso(
            f"Quarto {texto} es anterior a {'.'.join(map(str, MINIMA))}; actualícelo o use --motor"
            " embebido"
        )
    return texto


def motor() -> str:
    return f"quarto-{version()}"


def renderizar(proyecto: Proyecto, destino: Path) -> str:
    """Renderiza el proyecto entero en ``destino``; devuelve lo que dijo Quarto.

    Lanza ``ErrorDeEjecucion`` si Quarto falla.
    """
    entorno = {
        **os.environ,
        "TYPST_FONT_PATHS": str(proyecto.trabajo / "fuentes"),
        "QUARTO_PYTHON": _python(),
        "SOURCE_DATE_EPOCH": str(fecha_de_los_datos(proyecto)),
        PUBLICA: "1",
    }
    r = subprocess.run(
        [str(ruta()), "render", str(proyecto.raiz), "--output-dir", str(destino)],
        cwd=proyecto.raiz,
        env=entorno,
        capture_output=True,
        text=True,
        check=False,
    )
    dicho = f"{r.stdout}{r.stderr}".strip()
    if r.returncode:
        raise ErrorDeEjecucion(f"Quarto no terminó:\n{dicho}")
    return dicho


def _python() -> str:
    import sys

    return sys.executable
