"""Lo que un libro lleva fuera de sus celdas: comentarios, encabezados de impresión, cuadros de
texto y propiedades.

Se lee del zip, porque el lector de celdas no lo ve. Excel y LibreOffice ponen solos el nombre de
quien tiene la computadora como autor del libro y de sus comentarios: ese nombre se admite (no se
guarda en ningún lugar), pero un documento o una historia, no.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from ..datos.nombres import parece_nombre
from ..datos.personas import primera_sena
from .hojas.cuadricula import Celda
from .hojas.formato_real import FALLOS_DE_ZIP
from .lote import Defecto
from .personas import REMEDIO

ENTEROS = re.compile(
    r"^(?:xl/(?:comments|threadedComments|drawings|charts)|docProps/|meta\.xml$|styles\.xml$)"
)
"""Partes en que todo el texto cuenta; en las hojas y en ``content.xml`` de un .ods, solo los trozos
de ``TROZOS``.
"""
TROZOS = re.compile(
    r"<headerFooter.*?</headerFooter>|<dataValidation"
    r" [^>]*>|<office:annotation.*?</office:annotation>",
    re.S,
)
HOJAS = re.compile(r"^(?:xl/worksheets/[^/]+\.xml|content\.xml)$")
AUTOR = re.compile(
    r"<(dc:creator|cp:lastModifiedBy|meta:initial-creator|author|Manager|Company)\b[^>]*>(.*?)</\1>",
    re.S,
)
MARCA, AVISO = (
    re.compile(r"<[^>]*>"),
    re.compile(r'(?:prompt|promptTitle|error|errorTitle)="([^"]*)"'),
)
ORDEN = re.compile(r'&(?:[LCRDTPNFAZBIUESX]|"[^"]*"|K\w{6}|\d{1,2})')
"""Las órdenes de un encabezado de impresión (&C, &P…), que se pegan a la palabra siguiente."""
FUERA = "fuera de las celdas"
SIN_REVISAR = (
    "esa parte del libro está dañada, y no se puede revisar: copie los datos a un"
    " libro nuevo y guárdelo"
)
DE_QUIEN_ESCRIBE = ("nombre-de-persona", "correo-personal")


def senas_fuera_de_celdas(ruta: Path) -> Iterator[Defecto]:
    """Un defecto por clase de seña y parte del libro; nada si no es un libro en zip."""
    if not zipfile.is_zipfile(ruta):
        return
    with zipfile.ZipFile(ruta) as libro:
        for parte in libro.infolist():
            if not (ENTEROS.match(parte.filename) or HOJAS.match(parte.filename)):
                continue
            try:
                xml = libro.read(parte).decode("utf-8", errors="replace")
            except FALLOS_DE_ZIP:
                yield Defecto(None, parte.filename, "libro-ilegible", SIN_REVISAR)
                continue
            yield from _de_la_parte(parte.filename, xml)


def _de_la_parte(nombre: str, xml: str) -> Iterator[Defecto]:
    autores = [unescape(MARCA.sub("", m[2])) for m in AUTOR.finditer(xml)]
    if HOJAS.match(nombre):
        xml = " ".join(
            t if not t.startswith("<dataValidation") else " </x> ".join(AVISO.findall(t))
            for t in TROZOS.findall(xml)
        )
    xml = AUTOR.sub(" ", xml)
    textos = [" ".join(ORDEN.sub(" ", unescape(MARCA.sub("", t))).split()) for t in _bloques(xml)]
    reglas = {r for r in primera_sena(textos) if r}
    reglas |= {r for r in primera_sena(autores) if r and r not in DE_QUIEN_ESCRIBE}
    if "comment" in nombre.lower() and any(parece_nombre(t) for t in textos):
        reglas.add("nombre-de-persona")
    for regla in sorted(reglas):
        yield Defecto(Celda(FUERA, 1, 1, f"{FUERA}: {nombre}"), None, regla, REMEDIO)


def _bloques(xml: str) -> list[str]:
    """El texto cortado por comentario o párrafo, sin cortar las palabras que un programa partió en
    trozos con formato.
    """
    return [t for t in re.split(r"</(?!t>|r>|rPr>|text:span>|a:t>|a:r>)[\w:-]+>", xml) if t.strip()]
