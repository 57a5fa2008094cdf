"""La tipografía de páginas, gráficos y boletines: Source Sans Pro, del paquete
``font-source-sans-pro``.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from .archivos import escribir_bytes
from .huellas import huella

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
RASGOS = ["lnum", "tnum"]
"""Lo que el navegador usa de la tipografía: los pares ajustados pesan una quinta parte y casi no se
ven en pantalla, y los demás rasgos son letras que nadie pide.
"""
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
    """WOFF2 de ``archivo`` con las letras del español y las cifras de ancho igual: unos 9 KB;
    siempre los mismos bytes.
    """
    return _recorte(archivo, flavor="woff2", layout_features=RASGOS)


def para_dibujar(cache_: Path) -> Path:
    """Carpeta con la tipografía recortada a las letras del español, para medir textos; se hace una
    vez por versión.

    El dibujante abre el archivo otra vez por cada letra que mide: con el recorte tarda un tercio
    menos, y mide lo mismo.
    """
    carpeta = cache_ / f"letras-{huella(*VERSIONES, LETRAS, *ARCHIVOS)}"
    for archivo in ARCHIVOS:
        if not (carpeta / archivo).is_file():
            recorte = _recorte(archivo, layout_features=["kern", "mark"], name_IDs=["*"])
            escribir_bytes(carpeta / archivo, recorte)
    return carpeta


def _recorte(archivo: str, **opciones_de_recorte: object) -> bytes:
    """``archivo`` con las letras del español y esas opciones de fontTools."""
    from fontTools import subset

    opciones = subset.Options(hinting=False, **opciones_de_recorte)
    fuente = subset.load_font(str(carpeta_de_fuentes() / archivo), opciones)
    recorte = subset.Subsetter(opciones)
    recorte.populate(unicodes=subset.parse_unicodes(LETRAS))
    recorte.subset(fuente)
    salida = io.BytesIO()
    subset.save_font(fuente, salida, opciones)
    return salida.getvalue()
