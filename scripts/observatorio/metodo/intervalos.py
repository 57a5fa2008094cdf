"""Intervalo de Wilson de una proporción, y si el cambio se distingue del azar.

Con ``n`` casos y proporción ``p``, y ``z = 1.96``::

    centro = (p + z²/2n) / (1 + z²/n)        mitad = z/(1 + z²/n) · √(p(1 − p)/n + z²/4n²)

(Wilson, 1927). Solo vale para proporciones de casos contados, de las que se conocen numerador y
denominador: mil soles no son mil casos. De la línea de base a menudo no se conoce su ``n``:
entonces se dice, y no se da por probado ningún cambio. Donde la meta es mantener, lo que se
pregunta es si el intervalo entero salió de lo tolerado.
"""

from __future__ import annotations

from statistics import NormalDist

import polars as pl

Z = NormalDist().inv_cdf(0.975)
NO_DISTINGUIBLE = "cambio no distinguible"
DISTINGUIBLE = "cambio distinguible"
SIN_N_DE_BASE = "no se puede saber: no se conoce cuántos casos midió la línea de base"


def wilson(
    numerador: pl.Expr, denominador: pl.Expr, factor: pl.Expr, z: pl.Expr | float = Z
) -> tuple[pl.Expr, pl.Expr]:
    """Límites del intervalo, al 95 % salvo que se diga otra ``z``, en la unidad del KPI; nulos si
    falta uno de los dos o no es una proporción.
    """
    n, z2 = denominador, z**2
    p = pl.when((n > 0) & numerador.is_between(0, n)).then(numerador / n)
    centro = (p + z2 / (2 * n)) / (1 + z2 / n)
    mitad = z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n**2)).sqrt()
    return (centro - mitad).clip(0, 1) * factor, (centro + mitad).clip(0, 1) * factor


def con_intervalos(tabla: pl.DataFrame) -> pl.DataFrame:
    """Añade ``minimo_95, maximo_95, base_minimo_95, base_maximo_95`` y ``cambio``.

    Espera
    ``casos, factor, b, m, sentido, tolerancia, mantener, quebrada, avance, numerador, denominador``
    del último dato y ``base_numerador``, ``base_denominador``. Si la línea de base cae dentro del
    intervalo del último dato, el cambio no se distingue ni aun tomándola como exacta. Al mantener
    no hay avance: se distingue lo que ``fuera_de_lo_tolerado``.
    """
    c = pl.col
    bajo, alto = wilson(c("numerador"), c("denominador"), c("factor"))
    base_bajo, base_alto = wilson(c("base_numerador"), c("base_denominador"), c("factor"))
    tabla = tabla.with_columns(
        pl.when("casos").then(x).alias(nombre)
        for nombre, x in (
            ("minimo_95", bajo),
            ("maximo_95", alto),
            ("base_minimo_95", base_bajo),
            ("base_maximo_95", base_alto),
        )
    )
    izquierda, derecha = pl.coalesce("base_minimo_95", "b"), pl.coalesce("base_maximo_95", "b")
    solapan = (izquierda <= c("maximo_95")) & (derecha >= c("minimo_95"))
    mantiene = c("mantener") & c("b").is_not_null() & c("m").is_not_null() & ~c("quebrada")
    cambio = (
        pl.when(c("minimo_95").is_null())
        .then(None)
        .when(mantiene & fuera_de_lo_tolerado())
        .then(pl.lit(DISTINGUIBLE))
        .when(mantiene)
        .then(pl.lit(NO_DISTINGUIBLE))
        .when(c("avance").is_null())
        .then(None)
        .when(solapan)
        .then(pl.lit(NO_DISTINGUIBLE))
        .when(c("base_minimo_95").is_null())
        .then(pl.lit(SIN_N_DE_BASE))
        .otherwise(pl.lit(DISTINGUIBLE))
    )
    return tabla.with_columns(cambio.alias("cambio"))


def fuera_de_lo_tolerado() -> pl.Expr:
    """¿Queda todo el intervalo del último dato fuera de ``m ± tolerancia``, por el lado malo (los
    dos, si el sentido es no definido)?
    """
    c = pl.col
    debajo, encima = (
        c("maximo_95") < c("m") - c("tolerancia"),
        c("minimo_95") > c("m") + c("tolerancia"),
    )
    return (
        pl.when(c("sentido") == "ascendente")
        .then(debajo)
        .when(c("sentido") == "descendente")
        .then(encima)
        .otherwise(debajo | encima)
    )
