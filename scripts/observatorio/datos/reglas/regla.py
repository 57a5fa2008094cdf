"""Una regla sobre las observaciones, y las columnas y palabras que todas nombran."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad")
NUMERICAS = ("valor", "numerador", "denominador")
NUMERO = r"^-?[0-9]+(\.[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Regla:
    """Una regla: en qué columna se ve, cuándo falla y cómo se remedia; a qué control sirve lo dice
    ``control_de_regla``.
    """

    id: str
    columna: str
    falla: pl.Expr
    remedio: pl.Expr


def regla(id: str, columna: str, falla: pl.Expr, remedio: str | pl.Expr) -> Regla:
    """La regla de ese nombre; el remedio, un texto o lo que se calcula en cada fila."""
    return Regla(id, columna, falla, pl.lit(remedio) if isinstance(remedio, str) else remedio)
