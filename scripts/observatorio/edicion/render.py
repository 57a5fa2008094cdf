"""Qué es una página: los patrones de ``render:`` en ``_quarto.yml``, leídos en un solo sitio.

Solo usa la biblioteca estándar, como ``claves``: la clave de las páginas la calcula también el paso
previo de Quarto, que corre con cualquier Python. De YAML entiende lo que una lista de textos
necesita: guiones o corchetes, con comillas o sin ellas, y comentarios.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..base.archivos import texto_si_hay

ARCHIVO = "_quarto.yml"
RENDER = re.compile(r"^\s*render:(.*?)(?=^\s*[\w-]+:|\Z)", re.MULTILINE | re.DOTALL)
COMENTARIO = re.compile(r"(?:^|(?<=\s))#.*")
ELEMENTO = re.compile(r"""["']([^"'\n]+)["']|([^\s"',\[\]]+)""")


def patrones_de_render(raiz: Path) -> list[str]:
    """Los patrones, relativos a ``raiz`` y en su orden; ninguno si no se declaran."""
    bloque = RENDER.search(texto_si_hay(raiz / ARCHIVO))
    if not bloque:
        return []
    lineas = "\n".join(COMENTARIO.sub("", linea) for linea in bloque[1].splitlines())
    hallados = (a or b for a, b in ELEMENTO.findall(lineas))
    return [p.lstrip("/") for p in hallados if p != "-"]
