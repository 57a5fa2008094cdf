"""El dibujo de los gráficos con vl-convert, sin nada más del observatorio: cada proceso que solo
dibuja arranca en la tercera parte.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..base.escritura import escribir_atomico
from .impresion import ajustar, para_papel, va_al_boletin

PAPEL = "-papel"
NUMEROS = {
    "decimal": ".",
    "thousands": ",",
    "grouping": [3],
    "currency": ["S/ ", ""],
    "minus": "\u2212",
}
MINIMO = {
    "mark": "point",
    "data": {"values": [{"a": 1}]},
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


def dibujar(especificaciones: Sequence[dict]) -> list[str]:
    """SVG de cada especificación, en orden. La tipografía sale del paquete, no del sistema."""
    import vl_convert

    _con_letras()
    return [
        vl_convert.vegalite_to_svg(
            json.dumps(e), vl_version=version_vegalite(), format_locale=NUMEROS
        )
        for e in especificaciones
    ]


_registradas: list[Path] = []


def _con_letras(recortadas: Path | None = None) -> None:
    """Las letras, una vez por proceso: primero las recortadas, que se miden antes; lo que no tienen
    está en las enteras.
    """
    import vl_convert

    from ..base.tipografia import carpeta_de_fuentes

    if not _registradas:
        _registradas.extend(c for c in (recortadas, carpeta_de_fuentes()) if c)
        for carpeta in _registradas:
            vl_convert.register_font_directory(str(carpeta))


@cache
def version_vegalite() -> str:
    """Versión de Vega-Lite de Altair, leída de su esquema: importar Altair costaría 0.6 s a quien
    solo dibuja.
    """
    hallado = find_spec("altair")
    if hallado is None or not hallado.submodule_search_locations:
        raise ModuleNotFoundError("falta el paquete altair: instale requirements.txt")
    esquema = next(
        Path(hallado.submodule_search_locations[0]).glob("vegalite/v*/schema/__init__.py")
    )
    version = re.search(r'SCHEMA_VERSION = "v(\d+\.\d+)', esquema.read_text(encoding="utf-8"))
    if version is None:
        raise ModuleNotFoundError(
            "esta versión de altair no dice su Vega-Lite: instale la de requirements.txt"
        )
    return version[1]


def dibujar_con_papel(especificaciones: Sequence[dict]) -> list[str]:
    """SVG de cada especificación y, detrás, el de su versión para papel (ver ``impresion``), vacío
    si no se imprime.
    """
    impresas = [e for e in especificaciones if va_al_boletin(e)]
    papel = iter(ajustar([para_papel(e) for e in impresas], dibujar))
    return dibujar(especificaciones) + [
        next(papel) if va_al_boletin(e) else "" for e in especificaciones
    ]


def calentar(letras: Path | None = None) -> None:
    """La primera llamada de un proceso que solo dibuja, antes de que haya qué dibujar."""
    _en_greenwich()
    _con_letras(letras)
    dibujar([MINIMO])


def _en_greenwich() -> None:
    """Un huso sin cambios de hora: con el de cada máquina, las marcas de un eje de tiempo caerían
    en otro sitio. Hay que decirlo antes del primer dibujo.
    """
    os.environ["TZ"] = "UTC"


def a_la_cache(tanda: list[tuple[tuple[Path, Path], dict]], letras: Path | None = None) -> None:
    """Dibuja y guarda cada gráfico entero o no lo guarda. ``letras``: las recortadas para medir."""
    _en_greenwich()
    _con_letras(letras)
    svg = dibujar_con_papel([e for _, e in tanda])
    rutas = [pagina for (pagina, _), _ in tanda] + [papel for (_, papel), _ in tanda]
    for ruta, dibujo in zip(rutas, svg, strict=True):
        escribir_atomico(ruta, dibujo.encode("utf-8"))
