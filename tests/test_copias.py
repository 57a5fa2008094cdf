"""Los objetos de Altair se copian sin detenerse en lo que no dicen, y salen iguales."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import polars as pl
import pytest
from altair.utils import schemapi

from observatorio.presentacion.graficos import copias

TABLA = pl.DataFrame({"a": [1, 2, 3], "b": [3.5, 1.0, 2.0], "c": ["x", "y", "x"]})


def base() -> alt.Chart:
    return alt.Chart(TABLA).encode(
        x=alt.X("a:Q", axis=alt.Axis(values=[1, 2], labelExpr="datum.value")),
        y=alt.Y("b:Q", scale=alt.Scale(domain=[0, 4])),
        color=alt.condition(alt.datum.b > 2, alt.value("red"), "c:N"),
        tooltip=[alt.Tooltip("a:Q", title="A"), "b:Q"],
    )


def de_capas() -> alt.LayerChart:
    elegida = alt.selection_point(name="elegida", fields=["c"], bind="legend")
    tope = alt.param(name="tope", value=2, bind=alt.binding_range(min=0, max=4))
    puntos = base().mark_point(filled=True).add_params(elegida, tope)
    return puntos + base().mark_rule(strokeDash=[2, 2]).transform_filter(elegida)


GRAFICOS: list[Callable[[], alt.TopLevelMixin]] = [
    lambda: base().mark_line(point=True).interactive(),
    de_capas,
    lambda: de_capas() | base().mark_bar(),
    lambda: (de_capas() & base().mark_bar()).resolve_scale(x="shared").properties(title="T"),
    lambda: de_capas().facet(row=alt.Row("c:N", header=alt.Header(labelAngle=0)), data=TABLA),
    lambda: base().mark_bar().encode(x=alt.X(alt.repeat("column"))).repeat(column=["a", "b"]),
    lambda: alt.Chart(alt.Data(values=[{"a": [1, {"b": 2}]}])).mark_text().encode(text="a:N"),
]


@pytest.fixture
def con_las_de_aqui(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemapi, "_deep_copy", schemapi._deep_copy)
    copias.aligerar()


@pytest.fixture(params=range(len(GRAFICOS)))
def hacer(request: pytest.FixtureRequest) -> Callable[[], alt.TopLevelMixin]:
    return GRAFICOS[request.param]


@pytest.fixture
def de_altair(hacer: Callable[[], alt.TopLevelMixin]) -> dict:
    return hacer().to_dict()


def test_un_grafico_sale_igual(
    hacer: Callable[[], alt.TopLevelMixin], de_altair: dict, con_las_de_aqui: None
) -> None:
    assert schemapi._deep_copy is copias.copia
    assert hacer().to_dict() == de_altair
    assert hacer().copy().to_dict() == de_altair


def test_cambiar_la_copia_no_cambia_el_original(con_las_de_aqui: None) -> None:
    original = base().mark_point()
    otra = original.copy()
    otra.encoding["x"]["axis"]["values"].append(3)
    otra.encoding["y"]["scale"] = alt.Scale(zero=False)
    otra.encoding["tooltip"].pop()
    otra.mark = alt.MarkDef("point", filled=True)
    assert original.to_dict() == base().mark_point().to_dict()
    assert otra.to_dict() != original.to_dict()


def test_lo_que_va_por_referencia_no_se_copia(con_las_de_aqui: None) -> None:
    original = alt.Chart(alt.Data(values=[{"a": 1}])).mark_point()
    assert original.copy(ignore=["data"]).data is original.data
    assert original.copy().data is not original.data
