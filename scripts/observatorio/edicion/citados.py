"""Archivos del proyecto que un texto nombra: también son entradas de lo que sale de ese texto."""

from __future__ import annotations

import re
from pathlib import Path

from .claves import huella

PALABRA = re.compile(r"[\w./-]+")
EXTENSION = re.compile(r"[A-Za-z]\w{1,7}")
GENERADAS = ("datos/", "activos/", "analisis/", "ediciones/", "_site", "_borrador/", ".")


def citados(texto: str, carpeta: Path, raiz: Path) -> dict[str, Path]:
    """``ruta relativa → archivo`` de cada nombre de archivo del texto que existe en el proyecto y no es generado.

    Se prefiere de más a de menos: una coincidencia casual solo hace rehacer un producto sin necesidad.
    """
    hallados = {}
    for nombre in {p.rstrip(".") for p in PALABRA.findall(texto)}:
        antes, _, extension = nombre.rpartition(".")
        if not antes or not EXTENSION.fullmatch(extension):
            continue
        for base in (carpeta, raiz):
            ruta = (base / nombre.lstrip("/")).resolve()
            if ruta.is_relative_to(raiz) and ruta.is_file():
                relativa = ruta.relative_to(raiz).as_posix()
                if not relativa.startswith(GENERADAS) and not re.fullmatch(r"misiones/[^/]+/(index|indicadores)\.ipynb", relativa):
                    hallados[relativa] = ruta
    return dict(sorted(hallados.items()))


def clave_de_citados(texto: str, carpeta: Path, raiz: Path) -> str:
    """Clave del conjunto: nombres y contenidos."""
    return huella(*(x for relativa, ruta in citados(texto, carpeta, raiz).items() for x in (relativa, ruta.read_bytes())))
