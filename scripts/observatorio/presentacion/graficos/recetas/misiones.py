"""Cuánto avanzó cada misión, en un gráfico bajo que cabe en un teléfono."""

from __future__ import annotations

import altair as alt
import polars as pl

from ....base.palabras import contados
from ..graficos import eje_de_porcentaje
from .comun import PATINA, TINTA

ANCHO, RENGLON, LETRA = 190, 30, 14
"""El del trazo y el alto de cada barra; la letra, mayor que en una página: se imprime reducido."""
LIMITE = 205
"""Cabe entero el nombre corto más largo que se admite, con su código."""


def misiones(tabla: pl.DataFrame) -> alt.LayerChart:
    """Una barra por misión, con sus cotas y su cifra al final.

    ``tabla``: ``mision`` (código y nombre corto), ``avance``, ``minimo``, ``maximo`` (proporciones)
    y ``escrito`` (el avance, con su marca), en el orden en que se dibujan.
    """
    nombre = alt.Axis(title=None, labelFontSize=LETRA, labelLimit=LIMITE, ticks=False, domain=False)
    base = alt.Chart(tabla).encode(y=alt.Y("mision:N", sort=None, axis=nombre))
    eje = eje_de_porcentaje()
    eje["labelFontSize"] = LETRA
    barra = base.mark_bar(color=PATINA, size=12).encode(
        x=alt.X("avance:Q", scale=alt.Scale(domain=[0, 1]), title=None, axis=eje)
    )
    cotas = base.mark_rule(color=TINTA, strokeWidth=2).encode(x="minimo:Q", x2="maximo:Q")
    cifra = base.mark_text(align="right", fontWeight="bold", fontSize=LETRA).encode(
        x=alt.XValue(ANCHO), text="escrito:N"
    )
    return alt.LayerChart(
        layer=[barra, cotas, cifra],
        width=ANCHO,
        height=alt.Step(RENGLON),
        description=(
            f"Avance de {contados(tabla.height, 'misiones')}. La línea negra va de lo que"
            " daría si lo no medido valiera 0 a lo que daría si valiera 100 %."
        ),
    )
