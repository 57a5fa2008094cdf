"""La última medida de cada anexo, indicador por indicador."""

from __future__ import annotations

import json
from textwrap import wrap

import altair as alt
import polars as pl

from ....base.palabras import al_empezar
from ....base.plegado import plegado
from ....catalogo.nombre_de_lugar import ANEXO, NombreDeLugar
from .comun import PATINA, PROTEGIDO, TENUE

CABEN, PASO, RENGLON = 23, 18, 15
"""Cuántas letras de un nombre caben en un renglón de su margen; y en píxeles, lo que va de un anexo
al siguiente y de un renglón de un nombre largo a otro.
"""


def por_anexo(medidas: pl.DataFrame, lugar: NombreDeLugar = ANEXO) -> alt.VConcatChart:
    """Un gráfico por indicador, con los anexos en orden alfabético; lo protegido se dice, sin
    punto.

    ``medidas``: ``kpi, indicador, anexo, periodo, valor, protegido``; al menos una fila. ``lugar``:
    cómo se llaman los anexos.
    """
    orden = sorted(medidas["anexo"].unique(), key=plegado)
    partidos = {a: renglones for a in orden if len(renglones := wrap(a, CABEN)) > 1}
    paso = max(PASO, RENGLON * max(map(len, partidos.values()), default=0) + 4)
    capas = _capas(orden, partidos, lugar)
    vistas = [
        _vista(capas if tabla["protegido"].any() else capas[:-1], tabla, paso)
        for _, tabla in medidas.group_by("kpi", maintain_order=True)
    ]
    return alt.VConcatChart(
        vconcat=vistas,
        description=(
            f"Última medida de {lugar.cada} en hasta tres indicadores. "
            f"{al_empezar(lugar.los)} que no aparecen no tienen medida; "
            "las medidas pueden ser de periodos distintos."
        ),
    )


def _capas(
    orden: list[str], partidos: dict[str, list[str]], nombre: NombreDeLugar
) -> list[alt.Chart]:
    """El punto, su cifra y el aviso de lo protegido, sin datos: sirven a todas las vistas.

    ``orden``: los anexos de arriba abajo. Se dice, porque sin él Vega pone los de la capa de lo
    protegido detrás de los demás. ``partidos``: los renglones de cada nombre largo, que se lee
    entero.
    """
    lugar = alt.Chart().encode(y=alt.Y("anexo:N", title=None, sort=orden, axis=_nombres(partidos)))
    medida = lugar.encode(
        x=alt.X(
            "valor:Q",
            title=None,
            scale=alt.Scale(zero=False, padding=26),
            axis=alt.Axis(tickCount=4),
        ),
        tooltip=[
            alt.Tooltip("anexo:N", title=al_empezar(nombre.singular)),
            alt.Tooltip("valor:Q", title="Valor", format=",.1f"),
            alt.Tooltip("periodo:N", title="Periodo"),
        ],
    )
    punto = medida.mark_circle(size=90, color=PATINA, opacity=1)
    cifra = medida.mark_text(align="left", dx=8).encode(text=alt.Text("valor:Q", format=",.1f"))
    oculta = (
        lugar.transform_filter("datum.protegido")
        .mark_text(align="left", fontStyle="italic", color=TENUE, text=PROTEGIDO)
        .encode(x=alt.XValue(4))
    )
    return [punto, cifra, oculta]


def _nombres(partidos: dict[str, list[str]]) -> alt.Axis:
    """El margen de los nombres; sin ninguno largo, no lleva con qué partirlos."""
    if not partidos:
        return alt.Axis(labelLimit=150, grid=True)
    dichos = json.dumps(partidos, ensure_ascii=False)
    return alt.Axis(labelLimit=150, grid=True, labelExpr=f"{dichos}[datum.label] || datum.label")


def _vista(capas: list[alt.Chart], tabla: pl.DataFrame, paso: int) -> alt.LayerChart:
    en_orden = pl.col("anexo").map_elements(plegado, return_dtype=pl.String)
    ordenada = tabla.drop("kpi", "indicador").sort(en_orden)
    titulo = alt.Title(tabla["indicador"][0], fontSize=12)
    return alt.LayerChart(
        data=ordenada, layer=capas, width=205, height=alt.Step(paso), title=titulo
    )
