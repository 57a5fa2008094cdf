"""La tipografía de páginas, gráficos y boletines: Source Sans Pro, del paquete
``font-source-sans-pro``.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ARCHIVOS = (
    "SourceSansPro-Regular.otf",
    "SourceSansPro-It.otf",
    "SourceSansPro-Semibold.otf",
    "SourceSansPro-Bold.otf",
)
DEL_NAVEGADOR = {"letra": "SourceSansPro-Regular.ttf", "letra-negrita": "SourceSansPro-Bold.ttf"}
LETRAS = (
    "U+20-7E,U+A0-FF,U+2010-2015,U+2018-201E,U+2022,U+2026,U+202F,U+2032,U+203A"
    ",U+2212,U+2260,U+2264,U+2265"
)
VERSIONES = tuple(version(p) for p in ("font-source-sans-pro", "fonttools", "brotli"))


@cache
def carpeta_de_fuentes() -> Path:
    """Carpeta del paquete con los archivos de la tipografía; se localiza sin importarlo (usa
    pkg_resources).
    """
    hallado = find_spec("font_source_sans_pro")
    if hallado is None or not hallado.submodule_search_locations:
        raise ModuleNotFoundError("falta el paquete font-source-sans-pro: instale requirements.txt")
    return Path(hallado.submodule_search_locations[0]) / "files"


def recortada(archivo: str) -> bytes:
    """WOFF2 de ``archivo`` con las letras del español y las cifras de ancho igual: unos 15 KB;
    siempre los mismos bytes.
    """
    from fontTools import subset

    opciones = subset.Options(
        flavor="woff2", hinting=False, layout_features=["kern", "mark", "lnum", "tnum", "sups"]
    )
    fuente = subset.load_font(str(carpeta_de_fuentes() / archivo), opciones)
    recorte = subset.Subsetter(opciones)
    recorte.populate(unicodes=subset.parse_unicodes(LETRAS))
    recorte.subset(fuente)
    salida = io.BytesIO()
    subset.save_font(fuente, salida, opciones)
    return salida.getvalue()
