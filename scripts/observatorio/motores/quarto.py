"""Motor Quarto: el binario instalado, en un solo proceso y hacia una carpeta nueva.

Quarto da a Typst el proyecto entero como raíz y no deja elegir otra: aquí nada impide que un
``#read`` escrito en un cuaderno lea ``data/``. Lo impide que ningún texto de datos o del catálogo
llegue a Typst como marcado (``escapes``), que un cuaderno no publique Markdown con bloques crudos
(``cuadernos.normalizar``) y que la plantilla del boletín no lea archivos.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..rutas import Proyecto
from .comun import PUBLICA, fecha_de_los_datos

MINIMA = (1, 7)
HERRAMIENTAS = ("pandoc", "typst")
SIN_VERAPDF = "verapdf is not installed"
"""Quarto avisa, boletín por boletín, de que no repasa con veraPDF lo que Typst ya le hizo cumplir:
con ``pdf-standard``, Typst no escribe un PDF que no lo cumpla.
"""


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
    """Su nombre con las versiones de lo que usa: el pandoc y el Typst que trae, o los que su
    entorno le ponga en lugar de ellos.
    """
    quarto = f"quarto-{version()}"
    return " ".join([quarto, *_herramientas(str(ruta()))])


@cache
def _herramientas(quarto: str) -> tuple[str, ...]:
    """``("pandoc-3.8.3", "typst-0.14.2")``; se preguntan a la vez, que arrancar Quarto tarda."""
    preguntas = {
        nombre: subprocess.Popen(
            [quarto, nombre, "--version"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        for nombre in HERRAMIENTAS
    }
    dichas = []
    for nombre, pregunta in preguntas.items():
        dicho = pregunta.communicate()[0]
        hallada = re.search(rf"(?m)^{nombre}\S* (\d[\w.]*)", dicho)
        if pregunta.returncode or hallada is None:
            raise ErrorDeUso(
                f"a este Quarto le falta su {nombre}: {dicho.strip()}\n    remedio: vuelva a"
                " instalarlo, o use --motor embebido"
            )
        dichas.append(f"{nombre}-{hallada[1]}")
    return tuple(dichas)


def renderizar(proyecto: Proyecto, destino: Path) -> str:
    """Renderiza el proyecto entero en ``destino``; devuelve lo que dijo Quarto.

    Lanza ``ErrorDeEjecucion`` si Quarto falla.
    """
    entorno = {
        **os.environ,
        "TYPST_FONT_PATHS": str(proyecto.trabajo / "fuentes"),
        "QUARTO_PYTHON": _python(),
        "SOURCE_DATE_EPOCH": str(fecha_de_los_datos(proyecto)),
        "NO_COLOR": "1",
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
        raise ErrorDeEjecucion(f"Quarto no terminó:\n{_motivo(dicho)}")
    return dicho


def avisos(dicho: str) -> Iterator[str]:
    """De lo que Quarto dijo, lo que avisa, una vez cada cosa."""
    lineas = (linea.strip() for linea in dicho.splitlines() if "WARN" in linea)
    yield from dict.fromkeys(linea for linea in lineas if SIN_VERAPDF not in linea)


def _motivo(dicho: str) -> str:
    """Lo que dijeron los filtros del proyecto; si no fueron ellos, desde el error de Quarto; si
    nada de eso hay, todo: lo de antes son las opciones de cada página.
    """
    propias = [linea for linea in dicho.splitlines() if linea.startswith("[observatorio]")]
    return "\n".join(propias) or dicho[max(dicho.find("ERROR"), 0) :]


def _python() -> str:
    import sys

    return sys.executable
