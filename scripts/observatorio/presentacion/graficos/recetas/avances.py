"""Dónde está cada indicador en su camino a la meta, y dónde debería estar ya."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from ....base.palabras import contados
from ..graficos import eje_de_porcentaje, estados
from .comun import PIEDRA, TINTA, con_marca, en_el_ultimo_renglon, escrito_como_porcentaje

ANCHO = 345
PASO, PASO_CON_DOS_RENGLONES, RENGLON, ENCIMA = 36, 42, 13, -7
CABEN = 41
"""Cuántas letras caben, con el código, entre el borde y la cifra; un nombre más largo se parte."""
EN_DOS_RENGLONES = r"^(.{12,34}) (.+)$"
SE_DIBUJA_DESDE, SE_DIBUJA_HASTA = -0.5, 1.2
"""Avances entre los que se dibuja el símbolo; su cifra se escribe entera."""


def tabla_de_avances(kpis: pl.DataFrame) -> pl.DataFrame:
    """Los indicadores con avance, de ``m.kpis``, en su orden.

    Columnas: ``kpi, nivel, estado, naturaleza, esperado`` (proporción 0–1), ``se_esperaba``
    (texto), ``indicador`` (código y nombre corto), ``rotulo`` (lo mismo, en los renglones en que
    cabe), ``recorrido`` (el avance acotado a lo que se dibuja) y ``escrito`` (el avance, con su
    marca).
    """
    con_avance = kpis.filter(pl.col("avance").is_not_null() & pl.col("esperado").is_not_null())
    indicador = pl.col("kpi") + " " + pl.col("nombre_corto")
    return con_avance.select(
        "kpi",
        "nivel",
        "estado",
        "naturaleza",
        "esperado",
        escrito_como_porcentaje("esperado").alias("se_esperaba"),
        indicador.alias("indicador"),
        en_renglones(indicador).alias("rotulo"),
        pl.col("avance").clip(SE_DIBUJA_DESDE, SE_DIBUJA_HASTA).alias("recorrido"),
        con_marca(escrito_como_porcentaje("avance"), pl.col("naturaleza") == "demostracion").alias(
            "escrito"
        ),
    )


def en_renglones(indicador: pl.Expr) -> pl.Expr:
    """El nombre entero, en dos renglones si en uno tocaría la cifra."""
    partido = indicador.str.replace(EN_DOS_RENGLONES, "$1\n$2")
    return pl.when(indicador.str.len_chars() > CABEN).then(partido).otherwise(indicador)


def avances(tabla: pl.DataFrame, niveles: Sequence[int] | None = None) -> alt.LayerChart:
    """Un renglón por fila de ``tabla_de_avances``: símbolo, lo alcanzado; raya negra, lo que ya se
    esperaba.

    Se filtra por nivel con la lista y por estado con la leyenda. ``tabla`` tiene al menos una fila;
    ``niveles``: los que ofrece la lista (por defecto, los de ``tabla``).
    """
    nivel = _nivel(niveles or sorted(tabla["nivel"].unique()))
    estado = alt.selection_point(name="por_estado", fields=["estado"], bind="legend")
    partidos = tabla["rotulo"].str.contains("\n").any()
    if partidos:
        tabla = tabla.with_columns(en_el_ultimo_renglon(pl.col("rotulo")).alias("rotulo"))
    renglon = alt.Chart(tabla).encode(
        y=alt.Y("indicador:N", sort=None, axis=None), opacity=_opacidad(estado)
    )
    eje = alt.X(
        "recorrido:Q",
        title="Camino de la línea de base (0 %) a la meta (100 %)",
        scale=alt.Scale(nice=False),
        axis=eje_de_porcentaje(),
    )
    tramo = renglon.mark_rule(color=PIEDRA, strokeWidth=2).encode(x=eje, x2=alt.X2("esperado:Q"))
    raya = renglon.mark_tick(thickness=3, size=14, color=TINTA).encode(x=alt.X("esperado:Q"))
    punto = renglon.mark_point(filled=True, size=110).encode(
        x=eje,
        **estados(tabla["estado"]),
        tooltip=[
            alt.Tooltip("indicador:N", title="KPI"),
            alt.Tooltip("escrito:N", title="Avance"),
            alt.Tooltip("se_esperaba:N", title="Se esperaba"),
            alt.Tooltip("estado:N", title="Estado"),
        ],
    )
    return alt.LayerChart(
        layer=[
            tramo,
            raya,
            punto.add_params(estado, nivel),
            *_rotulos(renglon, 2 if partidos else 1),
        ],
        width=ANCHO,
        height=alt.Step(PASO_CON_DOS_RENGLONES if partidos else PASO),
        description=(
            "Lo alcanzado (símbolo) y lo que ya se esperaba (raya negra) en"
            f" {contados(tabla.height, 'indicadores')} de la misión. Si el símbolo queda a la"
            " izquierda de la raya, se va atrasado."
        ),
    )


def _nivel(niveles: Sequence[int]) -> alt.Parameter:
    """La lista con que se destaca un nivel de contribución."""
    lista = alt.binding_select(
        options=[None, *niveles], labels=["todos", *map(str, niveles)], name="Nivel "
    )
    return alt.param(name="nivel", value=None, bind=lista)


def _opacidad(estado: alt.Parameter) -> Any:
    """Entero, lo del nivel y el estado elegidos; lo demás, tenue."""
    return (
        alt.when("nivel !== null && datum.nivel !== nivel")
        .then(alt.value(0.12))
        .when(estado)
        .then(alt.value(1))
        .otherwise(alt.value(0.12))
    )


def _rotulos(renglon: alt.Chart, renglones: int) -> tuple[alt.Chart, alt.Chart]:
    """Encima de cada renglón, el nombre del indicador, en tantos ``renglones``, y su avance."""
    nombre = renglon.mark_text(
        align="left",
        baseline="bottom",
        dy=ENCIMA - RENGLON * (renglones - 1),
        lineBreak="\n",
        lineHeight=RENGLON,
    ).encode(x=alt.XValue(0), text=alt.Text("rotulo:N"))
    cifra = renglon.mark_text(
        align="right", baseline="bottom", dy=ENCIMA, fontWeight="bold"
    ).encode(x=alt.XValue(ANCHO), text=alt.Text("escrito:N"))
    return nombre, cifra
