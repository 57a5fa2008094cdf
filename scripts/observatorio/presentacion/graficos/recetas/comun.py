"""Lo que varias recetas comparten: los colores y cómo se escribe una cifra junto a su marca."""

from __future__ import annotations

import polars as pl

from ....base.numeros import porcentaje
from ....catalogo.naturalezas import ROTULOS

PATINA, OCRE, ACERO, TINTA = "#2b6777", "#b45309", "#5b6b73", "#1f2937"
PIEDRA, TENUE = "#8a7f73", "#5b5149"
PROTEGIDO = "dato protegido"


def escrito_como_porcentaje(proporcion: str) -> pl.Expr:
    """La columna ``proporcion`` (0–1) como texto, ``42 %``; nula donde lo es."""
    return pl.col(proporcion).map_elements(porcentaje, return_dtype=pl.String)


def con_marca(texto: pl.Expr, es_demostracion: pl.Expr) -> pl.Expr:
    """El texto con la etiqueta detrás donde la cifra es de demostración: « demo»."""
    etiqueta = pl.lit(f" {ROTULOS['demostracion'].etiqueta}")
    return texto + pl.when(es_demostracion).then(etiqueta).otherwise(pl.lit(""))


def en_el_ultimo_renglon(rotulo: pl.Expr) -> pl.Expr:
    """El que cabe en un renglón, en el segundo de los dos que ocupan otros: Vega cuenta la altura
    de un texto desde el primero.
    """
    return pl.when(rotulo.str.contains("\n")).then(rotulo).otherwise(pl.lit("\n") + rotulo)
