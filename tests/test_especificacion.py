"""La especificación de un gráfico se comprueba deprisa; lo que no vale, como lo dice Altair."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import polars as pl
import pytest
from altair.utils.schemapi import SchemaValidationError

from observatorio.presentacion.graficos import graficos
from observatorio.presentacion.graficos.especificacion import CONTEXTO, especificacion, esquema

DATOS = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})


@pytest.fixture(autouse=True)
def con_el_tema() -> None:
    graficos.activar()


def linea() -> alt.Chart:
    return alt.Chart(DATOS, description="Una línea").mark_line().encode(x="a:Q", y="b:N")


VALIDOS = {
    "uno": linea,
    "capas": lambda: linea() + linea().mark_point(),
    "columnas": lambda: linea() | linea(),
    "facetas": lambda: linea().facet("b:N"),
    "con su configuración": lambda: (
        linea().configure_axis(labelAngle=45).configure_view(stroke="red")
    ),
    "con una selección": lambda: linea().add_params(alt.selection_point(fields=["b"])),
}


@pytest.mark.parametrize("nombre", VALIDOS)
def test_lo_valido_es_lo_que_daria_altair_y_no_se_le_pregunta(
    nombre: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grafico = VALIDOS[nombre]()
    esperada = grafico.to_dict(context=CONTEXTO)
    original = alt.TopLevelMixin.to_dict

    def sin_comprobar(este: alt.TopLevelMixin, validate: bool = True, **resto: object) -> dict:
        assert not validate, "lo comprobó Altair"
        return original(este, validate=validate, **resto)

    monkeypatch.setattr(alt.TopLevelMixin, "to_dict", sin_comprobar)
    assert especificacion(grafico) == esperada


COMO_LOS_DA_NUMPY = {
    "texto": lambda: linea().properties(title=np.str_("Una")),
    "colores": lambda: linea().encode(
        color=alt.Color("b:N", scale=alt.Scale(range=np.array(["red", "blue"])))
    ),
    "clave que es un número": lambda: linea().properties(usermeta={2026: "año"}),
}


@pytest.mark.parametrize("nombre", COMO_LOS_DA_NUMPY)
def test_lo_que_solo_altair_sabe_leer_tambien_se_admite(nombre: str) -> None:
    grafico = COMO_LOS_DA_NUMPY[nombre]()
    assert especificacion(grafico) == grafico.to_dict(context=CONTEXTO)


INVALIDOS = {
    "propiedad que no existe": ("ancho", 3),
    "marca que no existe": ("mark", "garabato"),
    "ancho en palabras": ("width", "tres"),
    "configuración": ("config", {"axis": {"labelAngle": "mucho"}}),
    "configuración que no lo es": ("config", "oscura"),
    "configuración vacía": ("config", None),
    "la misma que pone el tema": ("config", {"background": None}),
    "datos que no lo son": ("data", pl.LazyFrame({"a": [1], "b": ["x"]})),
    "conjuntos que no lo son": ("datasets", 3),
}


@pytest.mark.filterwarnings("ignore:data of type")
@pytest.mark.parametrize("nombre", INVALIDOS)
def test_lo_que_no_vale_se_dice_con_las_palabras_de_altair(nombre: str) -> None:
    grafico = linea()
    propiedad, valor = INVALIDOS[nombre]
    grafico[propiedad] = valor
    with pytest.raises(SchemaValidationError) as de_altair:
        grafico.to_dict(context=CONTEXTO)
    with pytest.raises(SchemaValidationError) as propio:
        especificacion(grafico)
    assert str(propio.value) == str(de_altair.value)


def test_el_esquema_es_el_de_vega_lite() -> None:
    datos = {"data": {"values": []}}
    assert esquema().is_valid({"mark": "point", **datos})
    assert not esquema().is_valid({"mark": "garabato", **datos})
