"""Las categorías de edad de un KPI no se solapan: 18-24a, 25-29a y 18-29a a la vez se restan.

La protección toma los grupos de una dimensión como partes de un total. Si una es la suma de otras,
la que se oculta sale de restarlas. Se mira en cada periodo, con lo que ya se publicó de él: una
categoría nueva sobre un periodo publicado con otras también se resta.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import combinations

import polars as pl

from ..errores import ErrorDeDatos

TRAMO = re.compile(r"(\d+)(?:-(\d+))?([ma])(\+?)")
MESES = {"m": 1, "a": 12}


def tramo_de_edad(categoria: str) -> tuple[float, float] | None:
    """Los meses que abarca, ``[desde, hasta)``; nada si no se escribe como una edad."""
    partes = TRAMO.fullmatch(categoria)
    if partes is None:
        return None
    desde, hasta, unidad, abierta = partes.groups()
    ultimo = math.inf if abierta else int(hasta or desde) + 1
    return int(desde) * MESES[unidad], ultimo * MESES[unidad]


def solapadas(
    observaciones: pl.DataFrame, publicadas: pl.DataFrame | None = None
) -> Iterator[ErrorDeDatos]:
    """Un error por par de categorías de edad que se solapan en un periodo de un KPI.

    ``observaciones``: con ``archivo`` y ``fila``; ``publicadas``: ``kpi, periodo, grupo`` de lo ya
    publicado, si lo hay.
    """
    propias = _edades(observaciones)
    todas = [propias] if publicadas is None else [propias, _edades(publicadas)]
    juntas = (
        pl.concat(todas)
        .unique()
        .sort("kpi", "periodo", "edad")
        .group_by("kpi", "periodo", maintain_order=True)
        .agg("edad")
    )
    de_hoy = set(propias.iter_rows())
    dichos: set[tuple[str, str, str]] = set()
    for kpi, periodo, edades in juntas.iter_rows():
        for par in combinations(edades, 2):
            uno, otro = (tramo_de_edad(e) for e in par)
            if uno is None or otro is None or uno[0] >= otro[1] or otro[0] >= uno[1]:
                continue
            edad = next((e for e in reversed(par) if (kpi, periodo, e) in de_hoy), None)
            if edad is None or (kpi, *par) in dichos:
                continue
            dichos.add((kpi, *par))
            otra = par[0] if edad == par[1] else par[1]
            archivo, fila = _primera_fila(observaciones, kpi, periodo, edad)
            yield ErrorDeDatos(
                archivo,
                fila,
                "grupo",
                f"edad:{edad}",
                "categorias-solapadas",
                f"{kpi} trae también «edad:{otra}» en {periodo}, que cuenta a la misma gente:"
                " restándolas se sabría lo que se oculta; deje las que no se solapan",
            )


def _edades(tabla: pl.DataFrame) -> pl.DataFrame:
    """``kpi, periodo, edad``, sin repetir."""
    de_edad = [g for g in tabla["grupo"].unique().cast(pl.String) if g.startswith("edad:")]
    return (
        tabla.filter(pl.col("grupo").is_in(de_edad))
        .select("kpi", "periodo", "grupo")
        .unique()
        .select(
            pl.col("kpi", "periodo").cast(pl.String),
            pl.col("grupo").cast(pl.String).str.slice(5).alias("edad"),
        )
    )


def _primera_fila(tabla: pl.DataFrame, kpi: str, periodo: str, edad: str) -> tuple[str, int]:
    suyas = tabla.filter(
        pl.col("kpi") == kpi, pl.col("periodo") == periodo, pl.col("grupo") == f"edad:{edad}"
    )
    archivo, fila = suyas.select(pl.col("archivo").cast(pl.String), "fila").row(0)
    return archivo, fila
