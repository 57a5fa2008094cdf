"""Lo medido de cada indicador y lo que se espera de él, año a año, hasta la meta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import altair as alt
import polars as pl

from ....base.numeros import FINO
from ....base.palabras import y_en_lista
from .comun import ACERO, OCRE, TINTA

LADOS: tuple[tuple[str, str, Literal["left", "right"], int, int], ...] = (
    ("medido", "sube", "left", -6, 16),
    ("medido", "baja", "left", -6, -11),
    ("medido", "al ras", "left", 9, 0),
    ("esperado", "sube", "right", 8, -12),
    ("esperado", "baja", "right", 8, 17),
    ("esperado", "al ras", "left", 9, 0),
)
"""Serie, cómo termina, a qué lado va su última cifra y a qué distancia: lejos de su propia línea y,
la que termina al ras del eje, sin pisar sus números.
"""
AL_RAS = 0.2
"""Parte del alto bajo la cual una cifra escrita al pie de su punto pisaría el eje."""
SERIES = ["medido", "esperado"]
LEYENDA = alt.Legend(symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
"""Cada serie, con un trozo de su línea: un punto de borde discontinuo parece un borrón."""


def caminos(trayectorias: pl.DataFrame, cambios: pl.DataFrame) -> alt.VConcatChart:
    """Un gráfico por indicador, uno bajo otro, con el mismo eje de tiempo.

    ``trayectorias``: ``kpi, indicador, t`` (años), ``periodo, valor, serie`` («medido» o
    «esperado»), ``tramo, mixta, escrito``; al menos una fila. ``cambios``: ``kpi, t, fecha,
    rotulo``, cuándo cambió el método de cada uno.
    """
    eje = _eje(trayectorias)
    capas = _Capas.de(eje)
    vistas = [
        _vista(
            _cortes(eje, cambios.filter(pl.col("kpi") == kpi).drop("kpi")),
            capas,
            _con_ultimas(tabla),
            tabla["indicador"][0],
        )
        for (kpi,), tabla in trayectorias.group_by("kpi", maintain_order=True)
    ]
    return alt.VConcatChart(
        vconcat=vistas,
        resolve=alt.Resolve(scale=alt.ScaleResolveMap(x="shared")),
        description=_descripcion(trayectorias, cambios),
    )


def _eje(trayectorias: pl.DataFrame) -> alt.X:
    """El tiempo, con una marca cada dos cierres de año, desde el último."""
    anio = pl.col("t").cast(pl.Int64)
    ultimo, primero = trayectorias.select(anio.max().alias("u"), anio.min().alias("p")).row(0)
    cierres = list(range(ultimo, primero, -2)) or [ultimo]
    return alt.X(
        "t:Q",
        title=None,
        scale=alt.Scale(zero=False, nice=False, padding=18),
        axis=alt.Axis(
            values=cierres, labelExpr="datum.value - 1", labelAlign="right", ticks=False, grid=False
        ),
    )


@dataclass(frozen=True)
class _Capas:
    """Las líneas, los puntos y las cifras, sin datos: las mismas sirven a todas las vistas.

    Altair copia enteras las capas de cada vista, varias veces: a cada una van solo las suyas.
    """

    lineas: alt.Chart
    puntos: alt.Chart
    huecos: alt.Chart
    cifras: dict[tuple[str, str], alt.Chart]

    @classmethod
    def de(cls, eje: alt.X) -> _Capas:
        linea = alt.Chart().encode(
            x=eje,
            detail="tramo:N",
            y=alt.Y("valor:Q", title=None, axis=alt.Axis(tickCount=4)),
            color=alt.Color(
                "serie:N",
                title=None,
                scale=alt.Scale(domain=SERIES, range=[OCRE, ACERO]),
                legend=LEYENDA,
            ),
            strokeDash=alt.StrokeDash(
                "serie:N",
                title=None,
                scale=alt.Scale(domain=SERIES, range=[[1, 0], [4, 3]]),
                legend=LEYENDA,
            ),
        )
        medida = linea.encode(
            strokeDash=alt.StrokeDashValue([1, 0]),
            tooltip=[
                alt.Tooltip("periodo:N", title="Periodo"),
                alt.Tooltip("escrito:N", title="Valor"),
                alt.Tooltip("serie:N", title="Serie"),
            ],
        )
        return cls(
            linea.mark_line(strokeWidth=2),
            medida.mark_point(filled=True, size=36, opacity=1).transform_filter("!datum.mixta"),
            medida.mark_point(filled=False, size=36, opacity=1, strokeWidth=1.5).transform_filter(
                "datum.mixta"
            ),
            _cifras(eje),
        )

    def para(self, tabla: pl.DataFrame) -> list[alt.Chart]:
        """Las que dibujan algo de ``tabla``."""
        acaban = set(tabla.filter("ultimo").select("serie", "acaba").iter_rows())
        huecos = [self.huecos] if tabla["mixta"].any() else []
        cifras = [cifra for caso, cifra in self.cifras.items() if caso in acaban]
        return [self.lineas, self.puntos, *huecos, *cifras]


def _vista(
    cortes: list[alt.Chart], capas: _Capas, tabla: pl.DataFrame, indicador: str
) -> alt.LayerChart:
    titulo = alt.Title(indicador, fontSize=12)
    return alt.LayerChart(
        data=tabla, layer=[*cortes, *capas.para(tabla)], width=312, height=150, title=titulo
    )


def _con_ultimas(tabla: pl.DataFrame) -> pl.DataFrame:
    """Añade ``ultimo`` (de su serie), ``acaba`` («sube», «baja» o «al ras» del eje) y ``cifra``,
    sin la unidad larga."""
    baja = pl.col("valor").last() < pl.col("valor").first()
    al_pie = (pl.col("serie") == "esperado") == baja
    return tabla.drop("kpi", "indicador").with_columns(
        (pl.int_range(pl.len()).over("serie") == pl.len().over("serie") - 1).alias("ultimo"),
        pl.when(al_pie & pl.col("valor").is_between(0, AL_RAS * pl.col("valor").max()))
        .then(pl.lit("al ras"))
        .when(baja)
        .then(pl.lit("baja"))
        .otherwise(pl.lit("sube"))
        .alias("acaba"),
        pl.col("escrito").str.replace(rf"(\d){FINO}[^%].*$", "$1").alias("cifra"),
    )


def _cifras(eje: alt.X) -> dict[tuple[str, str], alt.Chart]:
    """La última cifra de cada serie, escrita: serie y cómo acaba → su capa."""
    return {
        (serie, acaba): alt.Chart()
        .transform_filter(f"datum.ultimo && datum.serie === '{serie}' && datum.acaba === '{acaba}'")
        .mark_text(align=lado, dx=aparte, dy=altura, fontWeight="bold")
        .encode(x=eje, y=alt.Y("valor:Q"), text=alt.Text("cifra:N"), color=alt.Color("serie:N"))
        for serie, acaba, lado, aparte, altura in LADOS
    }


def _cortes(eje: alt.X, cambios: pl.DataFrame) -> list[alt.Chart]:
    """Una raya vertical, con su rótulo, donde la fuente cambió el método."""
    if not cambios.height:
        return []
    corte = alt.Chart(cambios)
    return [
        corte.mark_rule(strokeDash=[2, 2], color=TINTA).encode(x=eje),
        corte.mark_text(align="left", baseline="bottom", dx=-4, dy=-3).encode(
            x=eje, y=alt.YValue(0), text=alt.Text("rotulo:N")
        ),
    ]


def _descripcion(trayectorias: pl.DataFrame, cambios: pl.DataFrame) -> str:
    frases = [
        "Lo medido (línea llena) y los logros esperados de cada año hasta la meta (línea de "
        "puntos), en los indicadores "
        "de la meta. Cada punto está al cierre de su periodo."
    ]
    por_kpi = trayectorias.partition_by("kpi", as_dict=True)
    for (kpi,), propios in cambios.group_by("kpi", maintain_order=True):
        mezcla = ", y el punto hueco mezcla los dos" if por_kpi[(kpi,)]["mixta"].any() else ""
        frases.append(
            f"{kpi}: la línea se corta en {y_en_lista(propios['fecha'])}, cuando la fuente "
            "cambió el método; "
            f"lo de un lado no se compara con lo del otro{mezcla}."
        )
    frases += [
        f"De {kpi} no se dibuja lo esperado: no tiene una línea de base que se pueda comparar."
        for (kpi,), tabla in por_kpi.items()
        if "esperado" not in tabla["serie"]
    ]
    return " ".join(frases)
