"""La especificación de un gráfico de Altair, comprobada con el esquema de Vega-Lite que trae.

La comprueba ``jsonschema_rs``; Altair, con el mismo esquema, tarda cincuenta veces más, y solo se
le pide cuando hay algo que decir: sus errores nombran el canal y lo que se admite.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    import altair as alt
    from jsonschema_rs import Draft7Validator

ESQUEMA = "vega-lite-schema.json"
CONTEXTO = {"pre_transform": False}
"""El que Altair usa al mostrar un gráfico."""


def especificacion(grafico: alt.TopLevelMixin) -> dict:
    """La del gráfico entero, con su tema y sus datos. Lanza ``SchemaValidationError`` si Vega-Lite
    no la admite.
    """
    try:
        sin_comprobar = grafico.to_dict(validate=False, context=CONTEXTO)
        vale = esquema().is_valid(_sin_el_tema(grafico, sin_comprobar))
    except Exception:  # lo que aquí no se sabe escribir o comprobar, lo admite o lo dice Altair
        vale = False
    return sin_comprobar if vale else grafico.to_dict(context=CONTEXTO)


def _sin_el_tema(grafico: alt.TopLevelMixin, especificacion: dict) -> dict:
    """Lo que puso quien hizo el gráfico: lo que pone el tema, Altair tampoco lo comprueba."""
    from altair.utils.schemapi import SchemaBase, Undefined

    propia = getattr(grafico, "config", Undefined)
    if isinstance(propia, SchemaBase):
        propia = propia.to_dict(validate=False)
    return {**especificacion, "config": {} if propia is Undefined else propia}


def estrenar() -> None:
    """Hace un gráfico cualquiera: el primero de un proceso compila el esquema y las expresiones con
    que Altair lee los canales.
    """
    import altair as alt

    elegida = alt.selection_point(fields=["a"], bind="legend")
    uno = alt.Chart({"values": [{"a": 1}]}).encode(x=alt.X("a:Q", axis=alt.Axis(ticks=False)))
    especificacion(uno.mark_point(size=1).add_params(elegida) + uno.mark_text(text="a"))


@cache
def esquema() -> Draft7Validator:
    """El de Vega-Lite, compilado: 20 ms, una vez por proceso."""
    from jsonschema_rs import Draft7Validator

    texto = files("altair.vegalite.v6.schema").joinpath(ESQUEMA).read_text(encoding="utf-8")
    return Draft7Validator(_con_referencias_legales(json.loads(texto)))


def _con_referencias_legales(nodo: Any) -> Any:
    """Los nombres de Vega-Lite («Dict<string>») se escriben en una referencia con sus signos
    codificados (RFC 3986): solo Altair los acepta crudos.
    """
    if isinstance(nodo, list):
        return [_con_referencias_legales(x) for x in nodo]
    if not isinstance(nodo, dict):
        return nodo
    return {
        clave: quote(valor, safe="#/")
        if clave == "$ref" and isinstance(valor, str)
        else _con_referencias_legales(valor)
        for clave, valor in nodo.items()
    }
