"""La tipografía de páginas, gráficos y boletines: Source Sans Pro, del paquete
``font-source-sans-pro``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .archivos import hecho_una_vez

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
MODULO = Path(__file__)
"""Con qué se recorta y se mide, además de los paquetes."""
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


def para_medir(cache_: Path) -> Path:
    """JSON con lo que hace falta para medir un texto sin abrir la tipografía; hecho una vez por
    versión.

    Una lista de caras, de la más fina a la más gruesa: ``cursiva``, ``peso`` (400 es el normal),
    ``em``, ``anchos`` (letra → lo que avanza) y ``pares`` (dos letras del español → lo que se
    acercan o se alejan). Las tres medidas, en unidades de la fuente: ``em`` de ellas son el cuerpo.
    """

    def hacer() -> bytes:
        caras = sorted((_cara(a) for a in ARCHIVOS), key=lambda c: (c["peso"], c["cursiva"]))
        return json.dumps(caras, ensure_ascii=False, separators=(",", ":")).encode()

    return hecho_una_vez(cache_, "letras.json", VERSIONES, [MODULO], hacer)


def _cara(archivo: str) -> dict[str, Any]:
    """Un elemento de ``para_medir``."""
    from fontTools import subset, ttLib

    fuente = ttLib.TTFont(carpeta_de_fuentes() / archivo)
    glifos = fuente.getBestCmap()
    espanol = {chr(c): glifos[c] for c in subset.parse_unicodes(LETRAS) if c in glifos}
    acercados = _pares(fuente["GPOS"].table, set(espanol.values()))
    return {
        "cursiva": bool(fuente["OS/2"].fsSelection & 1),
        "peso": fuente["OS/2"].usWeightClass,
        "em": fuente["head"].unitsPerEm,
        "anchos": {chr(c): fuente["hmtx"][glifo][0] for c, glifo in glifos.items()},
        "pares": {
            a + b: cuanto
            for a, de_a in espanol.items()
            for b, de_b in espanol.items()
            if (cuanto := acercados.get((de_a, de_b), 0))
        },
    }


def _pares(gpos: Any, glifos: set[str]) -> dict[tuple[str, str], int]:
    """Lo que el rasgo ``kern`` ajusta entre dos de esos glifos: de cada uno vale la primera tabla
    que lo nombra (OpenType, *Pair Adjustment Positioning*).
    """
    usadas = {
        n
        for rasgo in gpos.FeatureList.FeatureRecord
        if rasgo.FeatureTag == "kern"
        for n in rasgo.Feature.LookupListIndex
    }
    pares: dict[tuple[str, str], int] = {}
    for n in sorted(usadas):
        for tabla in gpos.LookupList.Lookup[n].SubTable:
            for par, cuanto in _de_la_tabla(getattr(tabla, "ExtSubTable", tabla), glifos):
                pares.setdefault(par, cuanto)
    return pares


def _de_la_tabla(tabla: Any, glifos: set[str]) -> Iterator[tuple[tuple[str, str], int]]:
    """Pares sueltos (formato 1) o por clases de letras parecidas (formato 2), que también dicen los
    que no se tocan.
    """
    for i, primero in enumerate(tabla.Coverage.glyphs):
        if primero not in glifos:
            continue
        if tabla.Format == 1:
            for par in tabla.PairSet[i].PairValueRecord:
                yield (primero, par.SecondGlyph), _avance(par.Value1)
        else:
            clase = tabla.Class1Record[tabla.ClassDef1.classDefs.get(primero, 0)].Class2Record
            for segundo in glifos:
                valor = clase[tabla.ClassDef2.classDefs.get(segundo, 0)].Value1
                yield (primero, segundo), _avance(valor)


def _avance(valor: Any) -> int:
    return getattr(valor, "XAdvance", 0)


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
