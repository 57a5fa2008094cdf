"""Un esquema del territorio con un círculo por lugar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import polars as pl

from .comun import PATINA, PIEDRA

RENGLON, ANCHO_DE_NOMBRE = 0.03, 0.18
"""Parte del ancho del territorio que ocupan el alto de un renglón y el largo de un nombre: lo que
un vecino estorba."""
ROTULOS: tuple[tuple[str, Literal["left", "right", "center"], int, int], ...] = (
    ("derecha", "left", 10, 0),
    ("izquierda", "right", -10, 0),
    ("debajo", "center", 0, 16),
)


def croquis(
    puntos: pl.DataFrame,
    limite: Sequence[tuple[float, float]],
    cuentan: str,
) -> alt.LayerChart:
    """Los lugares sobre el contorno; el tamaño de cada círculo es su valor en ``cifras``.

    ``puntos``: ``anexo, lat, lon, cifras``. ``limite``: (longitud, latitud) del contorno, abierto.
    ``cuentan``: qué son las ``cifras``, para quien señala un círculo.
    """
    trazo = {"type": "LineString", "coordinates": [*limite, *limite[:1]]}
    contorno = alt.Data(values={"type": "Feature", "geometry": trazo})
    fondo = alt.Chart(contorno).mark_geoshape(filled=False, stroke=PIEDRA, strokeDash=[4, 3])
    lugar = alt.Chart(_con_lado(puntos, limite)).encode(longitude="lon:Q", latitude="lat:Q")
    circulos = lugar.mark_circle(color=PATINA, opacity=0.8).encode(
        size=alt.Size(
            "cifras:Q",
            title=None,
            scale=alt.Scale(range=[20, 300]),
            legend=alt.Legend(values=[50, 100, 200]),
        ),
        tooltip=[
            alt.Tooltip("anexo:N", title="Anexo"),
            alt.Tooltip("cifras:Q", title=cuentan),
        ],
    )
    nombres = [
        lugar.transform_filter(alt.datum.lado == lado)
        .mark_text(align=alinea, dx=dx, dy=dy, fontSize=12)
        .encode(text=alt.Text("anexo:N"))
        for lado, alinea, dx, dy in ROTULOS
    ]
    return alt.LayerChart(
        layer=[*([fondo] if limite else []), circulos, *nombres],
        projection=alt.Projection(type="mercator"),
        width=330,
        height=520,
        description=f"Croquis con un círculo por lugar; su tamaño: {cuentan.lower()}.",
    )


def _con_lado(puntos: pl.DataFrame, limite: Sequence[tuple[float, float]]) -> pl.DataFrame:
    """Añade ``lado``: el nombre va a la derecha de su círculo; si ahí hay otro lugar, a la
    izquierda; si a los dos, debajo."""
    longitudes = [x for x, _ in limite] or puntos["lon"].to_list() or [0.0]
    ancho = max(longitudes) - min(longitudes)
    paso = (pl.col("lon_otra") - pl.col("lon")).alias("paso")
    vecinos = puntos.join(puntos, how="cross", suffix="_otra").filter(
        (pl.col("lat") - pl.col("lat_otra")).abs() < RENGLON * ancho,
        paso != 0,
        paso.abs() < ANCHO_DE_NOMBRE * ancho,
    )
    lados = vecinos.group_by("anexo").agg(
        (paso > 0).any().alias("este"), (paso < 0).any().alias("oeste")
    )
    return puntos.join(lados, on="anexo", how="left", maintain_order="left").with_columns(
        pl.when("este", "oeste")
        .then(pl.lit("debajo"))
        .when("este")
        .then(pl.lit("izquierda"))
        .otherwise(pl.lit("derecha"))
        .alias("lado")
    )
