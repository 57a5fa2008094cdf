"""Cuánto avanzó cada objetivo, y entre qué cotas por lo que falta medir."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from ....base.palabras import contados
from ..graficos import eje_de_porcentaje
from .comun import PATINA, TINTA, con_marca, en_el_ultimo_renglon, escrito_como_porcentaje

ANCHO = 325
EN_DOS_RENGLONES = r"^(.{24,40}) (.{8,})$"
"""Dónde se parte el nombre de un objetivo que no cabe en un renglón."""


def tabla_de_objetivos(okrs: pl.DataFrame, nombres: Mapping[str, str]) -> pl.DataFrame:
    """Los objetivos con avance, de ``m.okrs``; ``nombres``: código → nombre.

    Añade ``objetivo`` (código y nombre, en uno o dos renglones), ``naturaleza``, ``escrito`` (el
    avance, con su marca) y lo mismo a la altura del primer renglón: ``rotulo`` y ``cifra``.
    """
    objetivo = pl.col("okr") + " " + pl.col("okr").replace_strict(nombres)
    demostracion = pl.col("demostracion")
    return (
        okrs.filter(pl.col("avance").is_not_null())
        .with_columns(
            objetivo.str.replace(EN_DOS_RENGLONES, "$1\n$2").alias("objetivo"),
            pl.when(demostracion)
            .then(pl.lit("demostracion"))
            .otherwise(pl.lit("documentado"))
            .alias("naturaleza"),
            con_marca(escrito_como_porcentaje("avance"), demostracion).alias("escrito"),
        )
        .with_columns(
            en_el_ultimo_renglon(pl.col("objetivo")).alias("rotulo"),
            (pl.lit("\n") + pl.col("escrito")).alias("cifra"),
        )
    )


def objetivos(tabla: pl.DataFrame, de: int) -> alt.LayerChart:
    """Una barra por fila de ``tabla_de_objetivos``, con sus cotas; ``de``: cuántos objetivos hay en
    total."""
    fila = alt.Y("objetivo:N", sort=None, axis=None, scale=alt.Scale(type="band"))
    rotulo = alt.Chart(tabla).encode(y=fila.bandPosition(0))
    barra = alt.Chart(tabla).encode(y=fila.bandPosition(0.77))
    eje = alt.X("avance:Q", scale=alt.Scale(domain=[0, 1]), title=None, axis=eje_de_porcentaje())
    avance = barra.mark_rule(color=PATINA, strokeWidth=10).encode(
        x=eje,
        x2=alt.X2Datum(0),
        tooltip=[
            alt.Tooltip("objetivo:N", title="OKR"),
            alt.Tooltip("escrito:N", title="Avance"),
            alt.Tooltip("evaluados:Q", title="KPI evaluados"),
            alt.Tooltip("kpis:Q", title="KPI en total"),
        ],
    )
    cotas = barra.mark_rule(color=TINTA, strokeWidth=2).encode(
        x=alt.X("minimo:Q"), x2=alt.X2("maximo:Q")
    )
    nombre = rotulo.mark_text(align="left", baseline="top", dy=2, lineBreak="\n").encode(
        x=alt.XValue(0), text=alt.Text("rotulo:N")
    )
    cifra = rotulo.mark_text(
        align="right", baseline="top", dy=2, lineBreak="\n", fontWeight="bold"
    ).encode(x=alt.XValue(ANCHO), text=alt.Text("cifra:N"))
    return alt.LayerChart(
        layer=[avance, cotas, nombre, cifra],
        width=ANCHO,
        height=alt.Step(56),
        description=(
            f"Avance de {contados(tabla.height, 'objetivos')} con datos suficientes, de {de}. La"
            " línea negra va de lo que daría si lo no medido valiera 0 a lo que daría si valiera"
            " 100 %."
        ),
    )
