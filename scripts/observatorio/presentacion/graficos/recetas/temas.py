"""En cuántas narraciones sale cada tema."""

from __future__ import annotations

import altair as alt
import polars as pl

from .comun import PATINA, PROTEGIDO, TENUE, con_marca

ANCHO = 320
EJE_MINIMO = 10
"""Hasta dónde llega el eje aunque los recuentos sean menores: con uno más corto, dos narraciones
parecerían muchas."""


def temas(tabla: pl.DataFrame) -> alt.LayerChart:
    """Una barra por fila de ``m.temas`` (``tema, narraciones, protegido, naturaleza``); lo
    protegido se dice, sin barra."""
    tabla = tabla.with_columns(_escrito())
    fila = alt.Y("tema:N", sort=None, axis=None, scale=alt.Scale(type="band"))
    barra = alt.Chart(tabla).encode(y=fila.bandPosition(0.75))
    rotulo = alt.Chart(tabla).encode(y=fila.bandPosition(0))
    maximo = tabla.select(pl.max_horizontal(pl.max("narraciones"), EJE_MINIMO)).item()
    cuantas = alt.X(
        "narraciones:Q",
        title="Narraciones en que coincidieron los dos lectores",
        scale=alt.Scale(domain=[0, maximo]),
        axis=alt.Axis(tickMinStep=1, tickCount=5),
    )
    recuento = barra.mark_rule(color=PATINA, strokeWidth=10).encode(
        x=cuantas,
        x2=alt.X2Datum(0),
        tooltip=[
            alt.Tooltip("tema:N", title="Tema"),
            alt.Tooltip("escrito:N", title="Narraciones"),
        ],
    )
    dichos = "; ".join(f"{t}: {e}" for t, e in tabla.select("tema", "escrito").iter_rows())
    return alt.LayerChart(
        layer=[recuento, *_rotulos(rotulo)],
        width=ANCHO,
        height=alt.Step(42),
        description=f"En cuántas narraciones coincidieron los dos lectores, por tema. {dichos}.",
    )


def _escrito() -> pl.Expr:
    """El recuento como se lee, con su marca; o que está protegido."""
    recuento = pl.col("narraciones").cast(pl.String)
    return (
        pl.when("protegido")
        .then(pl.lit(PROTEGIDO))
        .otherwise(con_marca(recuento, pl.col("naturaleza") == "demostracion"))
        .alias("escrito")
    )


def _rotulos(rotulo: alt.Chart) -> tuple[alt.Chart, ...]:
    """Encima de cada barra, el nombre del tema y su recuento."""
    nombre = rotulo.mark_text(align="left", baseline="top", dy=4).encode(
        x=alt.XValue(0), text=alt.Text("tema:N")
    )
    a_la_derecha = {"x": alt.XValue(ANCHO), "text": alt.Text("escrito:N")}
    cifra = (
        rotulo.transform_filter("!datum.protegido")
        .mark_text(align="right", baseline="top", dy=4, fontWeight="bold")
        .encode(**a_la_derecha)
    )
    oculta = (
        rotulo.transform_filter("datum.protegido")
        .mark_text(align="right", baseline="top", dy=4, fontStyle="italic", color=TENUE)
        .encode(**a_la_derecha)
    )
    return nombre, cifra, oculta
