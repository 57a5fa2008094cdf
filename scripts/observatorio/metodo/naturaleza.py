"""La naturaleza de un resultado: la menos firme de sus insumos."""

from __future__ import annotations

import polars as pl

from ..catalogo.naturalezas import GRADO


def menos_firme(columna: str) -> pl.Expr:
    """Dentro de una agregación: la naturaleza menos firme de las filas."""
    return (
        pl.col(columna).sort_by(pl.col(columna).replace_strict(GRADO, return_dtype=pl.Int8)).first()
    )


def menos_firme_de(*columnas: str) -> pl.Expr:
    """Fila a fila: la menos firme de varias columnas; las nulas no cuentan."""
    grados = [pl.col(x).replace_strict(GRADO, return_dtype=pl.Int8) for x in columnas]
    return pl.min_horizontal(*grados).replace_strict(
        {v: k for k, v in GRADO.items()}, return_dtype=pl.String
    )
