"""Un esquema del territorio con un círculo por lugar."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Literal

import altair as alt
import polars as pl

from ....base.palabras import al_empezar
from ....catalogo.nombre_de_lugar import ANEXO, NombreDeLugar
from .comun import PATINA, PIEDRA

RENGLON, ANCHO_DE_NOMBRE = 0.03, 0.18
"""Parte del ancho del territorio que ocupan el alto de un renglón y el largo de un nombre: lo que
un vecino estorba."""
ANCHO, ALTO, LETRA, POR_LETRA, POR_RENGLON = 330, 520, 12, 6.2, 26
"""El dibujo en píxeles, la letra de los nombres, lo que ocupa cada una y cuántas van por renglón:
un nombre largo se escribe en varios."""
SOBRA = 60
"""Píxeles que un nombre puede pasar del borde: el dibujo lleva ese margen."""
ROTULOS: tuple[tuple[str, Literal["left", "right", "center"], int, int], ...] = (
    ("derecha", "left", 10, 0),
    ("izquierda", "right", -10, 0),
    ("debajo", "center", 0, 16),
)


def croquis(
    puntos: pl.DataFrame,
    limite: Sequence[tuple[float, float]],
    cuentan: str,
    lugar: NombreDeLugar = ANEXO,
) -> alt.LayerChart:
    """Los lugares sobre el contorno; el tamaño de cada círculo es su valor en ``cifras``.

    ``puntos``: ``anexo, lat, lon, cifras``. ``limite``: (longitud, latitud) del contorno, abierto.
    ``cuentan``: qué son las ``cifras``, para quien señala un círculo. ``lugar``: cómo se llaman los
    anexos.
    """
    trazo = {"type": "LineString", "coordinates": [*limite, *limite[:1]]}
    contorno = alt.Data(values={"type": "Feature", "geometry": trazo})
    fondo = alt.Chart(contorno).mark_geoshape(filled=False, stroke=PIEDRA, strokeDash=[4, 3])
    mayor = max(puntos["cifras"].to_list(), default=0)
    base = alt.Chart(_con_lado(puntos, limite)).encode(longitude="lon:Q", latitude="lat:Q")
    circulos = base.mark_circle(color=PATINA, opacity=0.8).encode(
        size=alt.Size(
            "cifras:Q",
            title=None,
            scale=alt.Scale(domain=[0, max(mayor, 1)], range=[20, 300]),
            legend=alt.Legend(values=_muestras(mayor), format=",d") if mayor else None,
        ),
        tooltip=[
            alt.Tooltip("anexo:N", title=al_empezar(lugar.singular)),
            alt.Tooltip("cifras:Q", title=cuentan),
        ],
    )
    nombres = [
        base.transform_filter(alt.datum.lado == lado)
        .mark_text(align=alinea, dx=dx, dy=dy, fontSize=LETRA, lineBreak="\n")
        .encode(text=alt.Text("rotulo:N"))
        for lado, alinea, dx, dy in ROTULOS
    ]
    return alt.LayerChart(
        layer=[*([fondo] if limite else []), circulos, *nombres],
        projection=alt.Projection(type="mercator"),
        width=ANCHO,
        height=ALTO,
        description=f"Croquis con un círculo por lugar; su tamaño: {cuentan.lower()}.",
    )


def _muestras(mayor: int) -> list[int]:
    """Los tamaños que la leyenda enseña: hasta tres números redondos que los datos alcanzan."""
    return sorted({_redondo(mayor * parte) for parte in (0.25, 0.5, 1)})


def _redondo(valor: float) -> int:
    """Con una sola cifra distinta de cero, y por debajo del valor si se puede."""
    if valor < 1:
        return 1
    orden = 10 ** math.floor(math.log10(valor))
    return int(valor // orden) * orden


def _con_lado(puntos: pl.DataFrame, limite: Sequence[tuple[float, float]]) -> pl.DataFrame:
    """Añade ``rotulo``, el nombre en uno o más renglones, y ``lado``: va a la derecha de su
    círculo; si ahí hay otro lugar o se sale del dibujo, a la izquierda; si a los dos, debajo."""
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
    rotulos = ["\n".join(textwrap.wrap(n, POR_RENGLON)) for n in puntos["anexo"]]
    largos = [POR_LETRA * max(map(len, r.split("\n"))) + 10 for r in rotulos]
    latitudes = [y for _, y in limite] or puntos["lat"].to_list() or [0.0]
    escala = min(ANCHO / (ancho or 1), ALTO / ((max(latitudes) - min(latitudes)) or 1))
    desde_el_oeste = (pl.col("lon") - min(longitudes)) * escala
    margen = pl.lit(pl.Series("margen", largos, pl.Float64))
    sin_este = pl.col("este").fill_null(False) | (desde_el_oeste + margen > ancho * escala + SOBRA)
    sin_oeste = pl.col("oeste").fill_null(False) | (desde_el_oeste < margen - SOBRA)
    return puntos.join(lados, on="anexo", how="left", maintain_order="left").with_columns(
        pl.Series("rotulo", rotulos, pl.String),
        pl.when(sin_este, sin_oeste)
        .then(pl.lit("debajo"))
        .when(sin_este)
        .then(pl.lit("izquierda"))
        .otherwise(pl.lit("derecha"))
        .alias("lado"),
    )
