"""Vega, que vl-convert trae y arma sin red: la misma donde se dibuja y en el navegador."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from ...base.archivos import hecho_una_vez

MODULO = "https://cdn.jsdelivr.net/npm/{}@{}/+esm.js"
"""Cómo nombra vl-convert los módulos que lleva dentro: no se descarga nada."""
ENTRADA = """
import * as nucleo from "{vega}";
import * as gramatica from "{vegalite}";
vegaEmbed.vega = nucleo;
vegaEmbed.vegaLite = gramatica;
window.vegaEmbed = vegaEmbed;
"""
EN_ESPANOL = Path(__file__).with_name("vega_en_espanol.js")
DE_UN_GUION = '(function(){{"use strict";{}}})();'
"""El paquete es un módulo, y un módulo no carga de un archivo suelto (``file://``)."""


def paquete(cache_: Path) -> Path:
    """El guion con ``vegaEmbed``, hecho una vez por versión; con él van ``vegaEmbed.vega``,
    ``vegaEmbed.vegaLite`` y ``vegaEmbed.enEspanol``, que dice en español lo ya compilado.
    """

    def hacer() -> bytes:
        import vl_convert

        vegalite = version_vegalite()
        entrada = ENTRADA.format(
            vega=MODULO.format("vega", vl_convert.get_vega_version()),
            vegalite=MODULO.format("vega-lite", vegalite),
        )
        entrada += EN_ESPANOL.read_text(encoding="utf-8")
        modulo = vl_convert.javascript_bundle(entrada, vl_version=vegalite.rsplit(".", 1)[0])
        return DE_UN_GUION.format(modulo).encode()

    versiones = (version("vl-convert-python"), version_vegalite())
    return hecho_una_vez(cache_, "vega.js", versiones, [Path(__file__), EN_ESPANOL], hacer)


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
    hallada = re.search(r'SCHEMA_VERSION = "v(\d+\.\d+\.\d+)"', esquema.read_text(encoding="utf-8"))
    if hallada is None:
        raise ModuleNotFoundError(
            "esta versión de altair no dice su Vega-Lite: instale la de requirements.txt"
        )
    return hallada[1]
