"""La última medida de cada anexo, indicador por indicador."""

from __future__ import annotations

import altair as alt
import polars as pl

from ...base.plegado import plegado
from .comun import PATINA, PROTEGIDO, TENUE


def por_anexo(medidas: pl.DataFrame) -> alt.VConcatChart:
    """Un gráfico por indicador, con los anexos en orden alfabético; lo protegido se dice, sin
    punto.

    ``medidas``: ``kpi, indicador, anexo, periodo, valor, protegido``; al menos una fila.
    """
    capas = _capas(sorted(medidas["anexo"].unique(), key=plegado))
    vistas = [_vista(capas, tabla) for _, tabla in medidas.group_by("kpi", maintain_order=True)]
    return alt.VConcatChart(
        vconcat=vistas,
        description=(
            "Última medida de cada anexo en hasta tres indicadores. Los anexos que no aparecen "
            "no tienen medida; "
            "las medidas pueden ser de periodos distintos."
        ),
    )


def _capas(orden: list[str]) -> list[alt.Chart]:
    """El punto, su cifra y el aviso de lo protegido, sin datos: sirven a todas las vistas.

    ``orden``: los anexos de arriba abajo. Se dice, porque sin él Vega pone los de la capa de lo
    protegido detrás de los demás.
    """
    lugar = alt.Chart().encode(
        y=alt.Y("anexo:N", title=None, sort=orden, axis=alt.Axis(labelLimit=150, grid=True))
    )
    medida = lugar.encode(
        x=alt.X(
            "valor:Q",
            title=None,
            scale=alt.Scale(zero=False, padding=26),
            axis=alt.Axis(tickCount=4),
        ),
        tooltip=[
            alt.Tooltip("anexo:N", title="Anexo"),
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


def _vista(capas: list[alt.Chart], tabla: pl.DataFrame) -> alt.LayerChart:
    en_orden = pl.col("anexo").map_elements(plegado, return_dtype=pl.String)
    ordenada = tabla.drop("kpi", "indicador").sort(en_orden)
    titulo = alt.Title(tabla["indicador"][0], fontSize=12)
    return alt.LayerChart(data=ordenada, layer=capas, width=205, height=alt.Step(18), title=titulo)
