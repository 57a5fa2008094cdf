"""Compara dos páginas, o dos boletines, por lo que un lector recibe: títulos, enlaces, tablas,
figuras, textos y números.

Solo se dejan pasar las diferencias que no cambian nada de eso: clases que envuelven, mayúsculas de
los atributos de SVG, espacios entre elementos y la forma de MathML de cada versión de pandoc (se
compara su fórmula).
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from observatorio.rutas import Proyecto

con_quarto = pytest.mark.skipif(
    shutil.which("quarto") is None,
    reason="Quarto no está en el PATH: la paridad se prueba donde está instalado",
)

CLASES_QUE_ENVUELVEN = {
    "caption-top",
    "table",
    "header",
    "odd",
    "even",
    "level1",
    "level2",
    "level3",
    "anchored",
}
ATRIBUTOS_SIN_EFECTO = {"xmlns:xlink", "xlink", "data-quarto-id", "data-anchor-id"}
VACIAS = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}
EN_LINEA = {
    "a",
    "abbr",
    "b",
    "cite",
    "code",
    "em",
    "i",
    "kbd",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "text",
    "tspan",
    "u",
}
NUMERO = re.compile(r"\d[\d.,\u202f]*")


def quarto_a_mano(proyecto: Proyecto, *orden: str) -> subprocess.CompletedProcess[str]:
    entorno = {"QUARTO_PYTHON": sys.executable, "TYPST_FONT_PATHS": ".trabajo/fuentes"}
    return subprocess.run(
        ["quarto", "render", *orden],
        cwd=proyecto.raiz,
        env={**os.environ, **entorno},
        capture_output=True,
        text=True,
        check=False,
    )


class _Lector(HTMLParser):
    """Aplana el ``<body>`` en una lista de renglones comparables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.renglones: list[str] = []
        self._texto: list[str] = []
        self._dentro = self._formula = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._dentro = True
        elif tag == "math":
            self._formula = True
        if self._formula or not self._dentro:
            return
        self._cortar()
        self.renglones.append(f"<{tag}{_atributos(attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VACIAS:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "math":
            self._formula = False
        if self._formula or not self._dentro or tag in VACIAS:
            return
        self._cortar()
        self.renglones.append(f"</{tag}>")
        if tag == "body":
            self._dentro = False

    def handle_data(self, data: str) -> None:
        if self._dentro and (not self._formula or "\\" in data):
            self._texto.append(data)

    def _cortar(self) -> None:
        texto = " ".join("".join(self._texto).split(" \n\t\r")).strip()
        self._texto.clear()
        texto = re.sub(r"[ \n\t\r]+", " ", texto)
        if texto:
            self.renglones.append(texto)


def _atributos(attrs: list[tuple[str, str | None]]) -> str:
    escritos = []
    for nombre, valor in sorted(attrs, key=lambda a: a[0]):
        if nombre in ATRIBUTOS_SIN_EFECTO:
            continue
        texto = valor or ""
        if nombre == "class":
            texto = " ".join(sorted(set(texto.split()) - CLASES_QUE_ENVUELVEN))
            if not texto:
                continue
        if nombre == "style":
            texto = texto.replace(" ", "").rstrip(";")
        escritos.append(f' {nombre}="{texto}"')
    return "".join(escritos)


def renglones(html: str) -> list[str]:
    """El cuerpo de una página, un elemento o un texto por renglón."""
    lector = _Lector()
    lector.feed(html)
    return lector.renglones


class _Cabeza(HTMLParser):
    """Los elementos del ``<head>``, cada uno con lo que dice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.renglones: list[str] = []
        self._dentro = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "head":
            self._dentro = True
        elif self._dentro:
            self.renglones.append(f"<{tag}{_atributos(attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self._dentro = False

    def handle_data(self, data: str) -> None:
        if self._dentro and data.strip():
            self.renglones.append(" ".join(data.split()))


def cabeza(html: str) -> list[str]:
    """Lo que una página dice al navegador, a los buscadores y a las redes, en orden."""
    lector = _Cabeza()
    lector.feed(html)
    return lector.renglones


def diferencias(una: str, otra: str) -> list[str]:
    """Lo que no es igual en el cuerpo de dos páginas; vacío si un lector recibe lo mismo."""
    return [
        d
        for d in difflib.unified_diff(renglones(una), renglones(otra), lineterm="", n=0)
        if not d.startswith(("---", "+++", "@@"))
    ]


def partes(html: str) -> dict[str, list[str]]:
    """Títulos, enlaces, celdas, figuras y números de una página, en orden."""
    lineas = renglones(html)
    texto = [x for x in lineas if not x.startswith("<")]
    return {
        "títulos": _contenido(lineas, re.compile(r"<(h[1-6])[ >]")),
        "enlaces": [x for x in lineas if x.startswith("<a ")],
        "celdas": _contenido(lineas, re.compile(r"<(t[dh])[ >]")),
        "figuras": [x for x in lineas if x.startswith(("<figure", "<img", "<svg"))],
        "números": NUMERO.findall(" ".join(texto)),
    }


def _contenido(lineas: list[str], apertura: re.Pattern[str]) -> list[str]:
    hallados = []
    for i, linea in enumerate(lineas):
        m = apertura.match(linea)
        if m:
            fin = lineas.index(f"</{m[1]}>", i)
            hallados.append(
                f"{linea} " + " ".join(x for x in lineas[i + 1 : fin] if not x.startswith("<"))
            )
    return hallados


def palabras(pdf: Path) -> Counter[str]:
    """Cuántas veces sale cada palabra en un PDF; con pypdf, que también lee los SVG que Typst 0.13
    anida.
    """
    texto = "\n".join(p.extract_text() for p in PdfReader(pdf).pages)
    return Counter(re.findall(r"[^\W\d_]{2,}|\d[\d.,]*", texto))
