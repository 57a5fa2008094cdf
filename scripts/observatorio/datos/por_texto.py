"""Lo que depende solo de un texto que se repite se calcula una vez por texto y se reparte por su
código, sin cruzar tablas.
"""

from __future__ import annotations

from typing import cast

import polars as pl


def por_texto(columna: pl.Series, valor: pl.Expr) -> pl.Series:
    """``valor``, una expresión sobre ``columna`` (``pl.Categorical``) sin otras filas a la vista
    que sus textos distintos; una por fila.
    """
    distintos = pl.DataFrame({columna.name: columna.unique()}).filter(
        pl.col(columna.name).is_not_null()
    )
    valores = distintos.select(valor).to_series()
    codigos = distintos[columna.name].to_physical()
    tabla = pl.Series(valores.name, [None], dtype=valores.dtype).new_from_index(
        0, cast(int, codigos.max() or 0) + 1
    )
    return tabla.scatter(codigos, valores).gather(columna.to_physical())
