"""Los dos lugares más distantes de cada indicador, con lo que cada uno puede valer de verdad.

Van en orden alfabético: ningún lugar encabeza una lista por ser el peor.
"""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from ....base.numeros import con_unidad, numero
from .comun import ACERO, OCRE, TINTA

SE_DISTINGUE, NO_SE_DISTINGUE = "sí se distingue", "no se distingue"
LADOS = ("menor", "mayor")
NOMBRES, PLANO = 138, 130
"""En píxeles: el margen donde van los nombres y el ancho de lo dibujado. La cifra va a su derecha,
donde ningún nombre largo la corta.
"""
TITULO_DE_RECUADRO = alt.Header(
    labelAngle=0,
    labelAnchor="start",
    labelOrient="top",
    labelFontWeight="bold",
    labelPadding=2,
)


def tabla_de_extremos(brechas: pl.DataFrame, lugares: Mapping[str, str]) -> pl.DataFrame:
    """Dos filas por brecha, el lugar más bajo y el más alto, en porcentajes.

    ``brechas``: ``indicador, veredicto, naturaleza, periodo`` y, de cada lado (``menor`` y
    ``mayor``), su lugar, su ``_valor`` y el intervalo entre ``_minimo`` y ``_maximo``. ``lugares``:
    código → nombre. Columnas que da: ``indicador, veredicto, naturaleza, periodo, lado, anexo,
    valor, desde, hasta, escrito, intervalo``.
    """
    como_se_lee = {
        c: pl.col(c).map_elements(lambda v: con_unidad(v, "%"), return_dtype=pl.String)
        for c in ("valor", "hasta")
    }
    desde = pl.col("desde").map_elements(numero, return_dtype=pl.String)
    return pl.concat(
        [
            brechas.select(
                "indicador",
                "veredicto",
                "naturaleza",
                "periodo",
                pl.lit(lado).alias("lado"),
                pl.col(lado).replace_strict(lugares).alias("anexo"),
                pl.col(f"{lado}_valor").alias("valor"),
                pl.col(f"{lado}_minimo").alias("desde"),
                pl.col(f"{lado}_maximo").alias("hasta"),
            )
            for lado in LADOS
        ]
    ).with_columns(
        como_se_lee["valor"].alias("escrito"),
        pl.format("de {} a {}", desde, como_se_lee["hasta"]).alias("intervalo"),
    )


def extremos(tabla: pl.DataFrame) -> alt.FacetChart:
    """Un recuadro por indicador de ``tabla_de_extremos``: punto, lo medido; barra, entre qué
    valores puede estar."""
    fila = alt.Chart(tabla).encode(
        y=alt.Y(
            "anexo:N",
            title=None,
            sort="ascending",
            axis=alt.Axis(minExtent=NOMBRES, labelPadding=8, ticks=False, domain=False),
        ),
        color=alt.Color(
            "veredicto:N",
            title=None,
            scale=alt.Scale(domain=[SE_DISTINGUE, NO_SE_DISTINGUE], range=[OCRE, ACERO]),
            legend=alt.Legend(title="Del azar:", columns=2),
        ),
        tooltip=[
            alt.Tooltip("indicador:N", title="KPI"),
            alt.Tooltip("anexo:N", title="Lugar"),
            alt.Tooltip("escrito:N", title="Medido"),
            alt.Tooltip("intervalo:N", title="Puede estar"),
            alt.Tooltip("veredicto:N", title="Del azar"),
        ],
    )
    barra = fila.mark_bar(height=7, opacity=0.35).encode(
        x=alt.X("desde:Q", title="%", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=4)),
        x2="hasta:Q",
    )
    punto = fila.mark_point(filled=True, size=60, opacity=1).encode(x=alt.X("valor:Q"))
    medido = fila.mark_text(align="left").encode(
        x=alt.value(PLANO + 8), text=alt.Text("escrito:N"), color=alt.value(TINTA)
    )
    indicadores = tabla["indicador"].unique(maintain_order=True).to_list()
    recuadro = alt.Row("indicador:N", title=None, sort=indicadores, header=TITULO_DE_RECUADRO)
    casilla = alt.LayerChart(layer=[barra, punto, medido], width=PLANO, height=alt.Step(17))
    return casilla.facet(
        row=recuadro,
        spacing=8,
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(y="independent")),
        description=(
            f"Los dos lugares más distantes en {len(indicadores)} indicadores, con el "
            "intervalo de cada uno."
        ),
    )
