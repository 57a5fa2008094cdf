"""La unidad de publicación de un cuaderno: un fragmento con su forma para la página y su forma para el boletín.

En JupyterLab una pieza se ve como HTML (o como SVG, si es un gráfico). En el cuaderno publicado se convierte en
un solo ``text/markdown`` con dos bloques crudos, ``{=html}`` y ``{=typst}``; cada formato descarta el del otro.
"""

from __future__ import annotations

import html as _html
import re
from dataclasses import dataclass

MARCA_DE_CLAVE, MARCA_DE_CUADERNO = "@clave@", "@cuaderno@"
"""La clave del producto y su cuaderno ejecutado: se ponen al publicar, porque dependen de lo que la pieza dice."""
MIME = "application/vnd.observatorio.pieza+json"


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


def bloques(html: str, typst: str) -> str:
    """Markdown con los dos bloques crudos; la cerca es más larga que cualquiera del contenido."""
    partes = []
    for formato, cuerpo in (("html", html), ("typst", typst)):
        if cuerpo.strip():
            cerca = "`" * max(3, _cerca_mas_larga(cuerpo) + 1)
            partes.append(f"{cerca}{{={formato}}}\n{cuerpo.strip()}\n{cerca}")
    return "\n\n".join(partes)


def _cerca_mas_larga(texto: str) -> int:
    return max(map(len, re.findall("`+", texto)), default=0)


def esc(texto: object) -> str:
    """Texto seguro dentro de HTML, también en atributos."""
    return _html.escape(str(texto), quote=True)


_TYPST = str.maketrans({c: "\\" + c for c in "\\#$*_`<>@=-+/~[]\"'"})


def tesc(texto: object) -> str:
    """Texto seguro dentro del marcado de Typst."""
    return str(texto).translate(_TYPST)


def tcadena(texto: object) -> str:
    """Literal de cadena de Typst, con sus comillas."""
    return '"' + str(texto).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
