"""Varios lugares, medida por medida, de la mejor a la peor situación."""

from __future__ import annotations

import altair as alt
import polars as pl

from .comun import OCRE, PATINA


def puestos(tabla: pl.DataFrame, lugar: str) -> alt.FacetChart:
    """Una barra por lugar en cada medida; el propio, en naranja.

    ``tabla``: ``medida, valor, escrito`` (el valor, como se lee), ``puesto`` (1, la mejor
    situación), ``propio`` (¿es el nuestro?) y la columna ``lugar``, que nombra a cada uno y da el
    título a su casilla.
    """
    fila = alt.Chart(tabla).encode(
        y=alt.Y(f"{lugar}:N", title=None, sort=alt.EncodingSortField("puesto", order="ascending")),
        color=alt.condition("datum.propio", alt.value(OCRE), alt.value(PATINA)),
    )
    barra = fila.mark_bar(height=11).encode(
        x=alt.X("valor:Q", title=None, axis=alt.Axis(tickCount=4)),
        tooltip=[
            alt.Tooltip(f"{lugar}:N", title=lugar.capitalize()),
            alt.Tooltip("escrito:N", title="Valor"),
            alt.Tooltip("puesto:Q", title="Puesto"),
        ],
    )
    cifra = fila.mark_text(align="left", dx=4).encode(
        x=alt.X("valor:Q"), text=alt.Text("escrito:N")
    )
    propias = tabla.filter("propio").sort("medida")["medida"]
    medida = alt.Row(
        "medida:N",
        title=None,
        header=alt.Header(
            labelAngle=0, labelAnchor="start", labelOrient="top", labelFontWeight="bold"
        ),
    )
    casilla = alt.LayerChart(layer=[barra, cifra], width=140, height=alt.Step(17))
    return casilla.facet(
        row=medida,
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(x="independent", y="independent")),
        description=(
            f"Cada {lugar} en {', '.join(propias)}, de la mejor a la peor situación; el "
            "propio va en naranja."
        ),
    )
