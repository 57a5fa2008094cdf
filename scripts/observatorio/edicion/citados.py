"""Archivos del proyecto que un texto nombra: también son entradas de lo que sale de ese texto."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from ..base import lecturas
from ..base.huellas import huella
from ..rutas import CARPETAS_GENERADAS, PAGINAS_GENERADAS

FINAL = re.compile(r"\.[A-Za-z]\w{1,7}(?=\.*(?![\w./-]))")
TEXTOS = {".qmd", ".md", ".ipynb"}
IMAGENES = {".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp", ".avif"}
CON_EXTENSION = re.compile(r".+\.[A-Za-z]\w{1,7}", re.DOTALL)
ENLACE = re.compile(
    r"""\]\(\s*<?([^)<>"\n]+?)>?(?:\s+"[^"\n]*")?\s*\)|^\s*\[[^\]\n]+\]:\s*<?([^\s>]+)|\bsrc=\\?["']([^"'\n\\]+)""",
    re.MULTILINE,
)
SUBIDA = re.compile(r"^(?:\.{0,2}/)+")
TEXTOS_DE_UNA_CONSTRUCCION = 1024
GENERADAS = (
    *(f"{carpeta}/" for carpeta in CARPETAS_GENERADAS),
    "ediciones/",
    "_site",
    "_borrador/",
    ".",
    *PAGINAS_GENERADAS,
)


def citados(texto: str, carpeta: Path, raiz: Path) -> dict[str, Path]:
    """``ruta relativa → archivo`` de cada nombre de archivo del texto que existe en el proyecto y
    no es generado.

    Se prefiere de más a de menos: una coincidencia casual solo hace rehacer un producto sin
    necesidad. Un cuaderno se publica en otra carpeta que la suya, así que un nombre que sube
    (``../../fotos/mapa.png``) se busca también en la raíz.
    """
    return _existentes(_nombrados(texto), carpeta, raiz)


@lru_cache(maxsize=TEXTOS_DE_UNA_CONSTRUCCION)
def _nombrados(texto: str) -> frozenset[str]:
    """Lo que en el texto puede ser un nombre de archivo: cada construcción lo pregunta varias veces
    de los mismos textos.
    """
    return frozenset(
        n for n in {*_con_final(texto), *_enlazados(texto)} if CON_EXTENSION.fullmatch(n)
    )


def _con_final(texto: str) -> Iterator[str]:
    """Las palabras que acaban como un archivo (``fotos/mapa.png``), buscadas por su final: en una
    página casi todo son cifras de SVG.
    """
    for final in FINAL.finditer(texto):
        inicio = final.start()
        while inicio and (texto[inicio - 1].isalnum() or texto[inicio - 1] in "_./-"):
            inicio -= 1
        yield texto[inicio : final.end()]


def citados_en(textos: Iterable[Path], raiz: Path) -> dict[str, Path]:
    """Lo que citan los textos (``.qmd``, ``.md`` e ``.ipynb``) de una lista de archivos; lo
    generado no cuenta.
    """
    hallados: dict[str, Path] = {}
    for ruta in textos:
        if ruta.suffix in TEXTOS and ruta.is_file():
            hallados |= citados(lecturas.texto(ruta, "replace"), ruta.parent, raiz)
    return dict(sorted(hallados.items()))


def imagenes(texto: str, carpeta: Path, raiz: Path) -> dict[str, Path]:
    """``ruta relativa → archivo`` de las imágenes que el texto muestra o enlaza: viajan con la
    página.
    """
    return _existentes(
        {e for e in _enlazados(texto) if Path(e).suffix.lower() in IMAGENES}, carpeta, raiz
    )


@lru_cache(maxsize=TEXTOS_DE_UNA_CONSTRUCCION)
def _enlazados(texto: str) -> tuple[str, ...]:
    if not any(marca in texto for marca in ("](", "]:", "src=")):
        return ()
    return tuple(
        unquote("".join(grupos)).partition("#")[0].strip() for grupos in ENLACE.findall(texto)
    )


def _existentes(nombres: Iterable[str], carpeta: Path, raiz: Path) -> dict[str, Path]:
    raiz, hallados = raiz.resolve(), {}
    # Casi todo lo que cita una página generada lo es también: se sabe sin mirar el disco.
    generadas = tuple(os.path.join(raiz, g[:-1], "") for g in GENERADAS if g.endswith("/"))
    for nombre in nombres:
        for base, relativo in (
            (carpeta, nombre.lstrip("/")),
            (raiz, SUBIDA.sub("", nombre, count=1)),
        ):
            posible = os.path.normpath(os.path.join(base, relativo))
            if posible.startswith(generadas) or not os.path.isfile(posible):
                continue
            ruta = Path(posible).resolve()
            if ruta.is_relative_to(raiz):
                relativa = ruta.relative_to(raiz).as_posix()
                if not relativa.startswith(GENERADAS) and not re.fullmatch(
                    r"misiones/[^/]+/(index|indicadores)\.ipynb", relativa
                ):
                    hallados[relativa] = ruta
    return dict(sorted(hallados.items()))


def clave_de_citados(texto: str, carpeta: Path, raiz: Path) -> str:
    """Clave del conjunto: nombres y contenidos."""
    return huella(
        *(
            x
            for relativa, ruta in citados(texto, carpeta, raiz).items()
            for x in (relativa, lecturas.leer(ruta))
        )
    )
