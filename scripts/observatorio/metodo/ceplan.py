"""Segunda opinión: el semáforo de CEPLAN, tal como lo citan varias bases de código públicas
(0056-2024-CEPLAN/PCD).

Por verificar con CERPLAN. Con valor obtenido VO, logro esperado LE y línea de base LB::

    tipo I  = VO / LE        (LE / VO si el indicador es descendente), con tope en 100
    tipo II = (VO − LB) / (LE − LB), que es nuestro ritmo

Verde desde 95, ámbar desde 75, rojo por debajo. El tipo I favorece a quien parte de lejos de cero:
de 80 a 90, con 80 todavía cuando tocaba 84, da 95.2 y verde, con ritmo 0.
"""

from __future__ import annotations

import polars as pl

from .avance import EPSILON

TOPE = 100.0
VERDE, AMBAR = 95.0, 75.0
ADVERTENCIA = "por verificar con CERPLAN"


def con_semaforo(tabla: pl.DataFrame) -> pl.DataFrame:
    """Añade ``ceplan_i, ceplan_ii`` (de 0 a 100) y ``ceplan_i_luz, ceplan_ii_luz``; nulos donde no
    hay avance.
    """
    c = pl.col
    vo, le = c("valor"), c("valor_esperado")
    tipo_i = (
        pl.when(c("avance").is_null() | (vo < 0) | (le < 0))
        .then(None)
        .when((c("sentido") == "ascendente") & (le > 0))
        .then(vo / le)
        .when((c("sentido") == "descendente") & (vo > 0))
        .then(le / vo)
        .when(c("sentido") == "descendente")
        .then(1.0)
    )
    return tabla.with_columns(
        (tipo_i * TOPE).clip(0, TOPE).alias("ceplan_i"),
        (c("ritmo") * TOPE).clip(upper_bound=TOPE).alias("ceplan_ii"),
    ).with_columns(_luz("ceplan_i"), _luz("ceplan_ii"))


def _luz(columna: str) -> pl.Expr:
    valor = pl.col(columna)
    return (
        pl.when(valor.is_null())
        .then(None)
        .when(valor >= VERDE - EPSILON * TOPE)
        .then(pl.lit("verde"))
        .when(valor >= AMBAR - EPSILON * TOPE)
        .then(pl.lit("ámbar"))
        .otherwise(pl.lit("rojo"))
        .alias(f"{columna}_luz")
    )
