"""La unidad de publicación de un cuaderno: un fragmento con su forma para la página y su forma para
el boletín.

En JupyterLab una pieza se ve como HTML (o como SVG, si es un gráfico). En el cuaderno publicado se
convierte en un solo ``text/markdown`` con dos bloques crudos, ``{=html}`` y ``{=typst}``; cada
formato descarta el del otro.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..base.escapes import MARCA_DE_CLAVE, MARCA_DE_CUADERNO, enlace
from ..base.escapes import html as esc
from ..base.escapes import typst as tesc
from ..base.escapes import typst_cadena as tcadena

MIME = "application/vnd.observatorio.pieza+json"
SILABA = re.compile(r"(?<=[^\W\d_]{6})(?=(?:mient|cion|sion|dad|dor|rio|ria)[^\W\d_]{0,3}\b|tes\b)")
"""Dónde se puede partir con guion una palabra larga, como la unidad de una cifra."""


@dataclass(frozen=True, slots=True)
class Pieza:
    """Fragmento con su HTML y su Typst; cualquiera puede ir vacío (solo página, o solo boletín)."""

    nombre: str
    html: str = ""
    typst: str = ""

    def __repr__(self) -> str:
        return f"<pieza {self.nombre}>"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, object]:
        contenido = {"tipo": "pieza", "nombre": self.nombre, "html": self.html, "typst": self.typst}
        return {MIME: contenido, "text/html": self.html, "text/plain": repr(self)}


def oculto(texto: str) -> str:
    """Lo que solo oye quien usa un lector de pantalla: de qué es un enlace que se repite."""
    return f'<span class="oculto">{esc(texto)}</span>'


def a_los_datos(archivo: str, carpeta: str = "../../datos") -> tuple[str, str]:
    """El texto y el destino del enlace a un archivo que se descarga: en una página hay varios, y
    cada uno dice cuál.
    """
    return f"datos de {PurePosixPath(archivo).stem}", f"{carpeta}/{archivo}"


def bloques(html: str, typst: str) -> str:
    """Markdown con los dos bloques crudos; la cerca es más larga que cualquiera del contenido."""
    partes = []
    for formato, cuerpo in (("html", html), ("typst", typst)):
        if cuerpo.strip():
            partes.append(cercado(cuerpo.strip(), f"{{={formato}}}"))
    return "\n\n".join(partes)


def cercado(texto: str, clase: str = "") -> str:
    """Bloque de Markdown que pandoc no interpreta; la cerca es más larga que cualquiera de
    dentro.
    """
    cerca = "`" * max(3, max(map(len, re.findall("`+", texto)), default=0) + 1)
    return f"{cerca}{clase}\n{texto}\n{cerca}"


__all__ = [
    "MARCA_DE_CLAVE",
    "MARCA_DE_CUADERNO",
    "MIME",
    "SILABA",
    "Pieza",
    "a_los_datos",
    "bloques",
    "cercado",
    "enlace",
    "esc",
    "oculto",
    "tcadena",
    "tesc",
]
