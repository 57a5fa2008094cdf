"""Cada cifra: cómo está escrita y si puede ser, sola y con las otras de su fila."""

from __future__ import annotations

import polars as pl

from ...base.cifras import (
    BLANCOS_Y_APOSTROFOS,
    COMA_DECIMAL,
    CON_COMA,
    CON_MILES,
    CON_PALABRAS,
    DUDOSA,
    EN_DUDA,
    SEPARADOR_DE_MILES,
    SI_ERA_DECIMAL,
)
from ...base.texto import FORMA_DE_TEXTO, FORMULA_EN_CIFRA
from .regla import NUMERICAS, Regla, regla

MAGNITUD_MAXIMA = 1e15
TOLERANCIA_RAZON = 1e-3


def de_numero() -> list[Regla]:
    """Las de valor, numerador y denominador."""
    c = pl.col
    razon = c("n_numerador") / c("n_denominador") * c("f_factor")
    completa = c("n_numerador").is_not_null() & c("n_denominador").is_not_null()
    salida = []
    for columna in NUMERICAS:
        salida += _de_una_cifra(columna)
    for columna in ("numerador", "denominador"):
        salida.append(
            regla(
                "recuento-negativo",
                columna,
                c(f"n_{columna}") < 0,
                "un recuento no es negativo: escriba el número sin el signo menos",
            )
        )
        con_decimales = c("f_partes_enteras") & (c(f"n_{columna}") != c(f"n_{columna}").round(0))
        salida.append(
            regla(
                "recuento-con-decimales",
                columna,
                con_decimales,
                "se cuentan personas o cosas enteras: escriba el número sin decimales (ni punto de"
                " miles)",
            )
        )
    return [
        *salida,
        regla(
            "recuento-negativo",
            "valor",
            (c("n_valor") < 0) & ~c("f_negativos") & ~c("f_porcentaje"),
            "la medida no puede ser negativa: corrija el signo, o ponga admite_negativos: true en"
            " la ficha del KPI",
        ),
        regla(
            "recuento-con-decimales",
            "valor",
            c("f_entero") & (c("n_valor") != c("n_valor").round(0)),
            "se cuentan cosas enteras: escriba el número sin decimales",
        ),
        regla(
            "valor-ausente",
            "valor",
            (c("valor") == "") & ~((c("numerador") != "") & (c("denominador") != "")),
            "escriba el valor, o numerador y denominador; si no se midió, no escriba la fila",
        ),
        regla(
            "razon-incompleta",
            "denominador",
            (c("numerador") != "") != (c("denominador") != ""),
            "numerador y denominador van juntos: escriba el que falta, o solo el valor",
        ),
        regla(
            "razon-sin-formula",
            "denominador",
            ~c("f_razon") & (c("denominador") != ""),
            "la ficha del KPI no tiene denominador: escriba la cifra en la columna valor",
        ),
        regla(
            "denominador-cero",
            "denominador",
            c("n_denominador") == 0,
            "sin casos en el denominador no hay medida: quite la fila",
        ),
        regla(
            "numerador-mayor",
            "numerador",
            c("f_porcentaje") & (c("n_numerador") > c("n_denominador")),
            "en un porcentaje el numerador no supera al denominador: revise las dos cifras",
        ),
        regla(
            "porcentaje-fuera-de-rango",
            "valor",
            c("f_porcentaje") & ~c("n_valor").is_between(0, 100),
            "un porcentaje va de 0 a 100: escriba el que es",
        ),
        regla(
            "valor-distinto-de-la-razon",
            "valor",
            completa
            & (c("n_denominador") > 0)
            & ((c("n_valor") - razon).abs() > TOLERANCIA_RAZON * razon.abs().clip(lower_bound=1)),
            pl.format(
                "numerador / denominador × factor da {}: corrija uno de los tres o borre el valor",
                razon.round(4),
            ),
        ),
    ]


def _de_una_cifra(columna: str) -> list[Regla]:
    texto = pl.col(columna)
    escrito, malo = texto != "", pl.col(f"n_{columna}").is_null()
    numero = texto.str.extract(CON_PALABRAS)
    coma, miles = texto.str.contains(CON_COMA), texto.str.contains(CON_MILES)
    ya_dicho = texto.str.contains(FORMULA_EN_CIFRA) | texto.str.contains(
        FORMA_DE_TEXTO["espacios"][0]
    )
    return [
        regla(
            COMA_DECIMAL,
            columna,
            coma & ~miles,
            pl.format("escriba {}", texto.str.replace(",", ".")),
        ),
        regla(
            SEPARADOR_DE_MILES,
            columna,
            miles,
            pl.concat_str(
                pl.format("escriba {}", texto.str.replace_all(f"[,{BLANCOS_Y_APOSTROFOS}]", "")),
                pl.when(coma)
                .then(pl.format(SI_ERA_DECIMAL, texto.str.replace(",", ".")))
                .otherwise(pl.lit("")),
            ),
        ),
        regla(
            "no-es-numero",
            columna,
            escrito & malo & ~coma & ~miles & ~ya_dicho,
            pl.when(
                texto.str.contains(CON_PALABRAS)
                & ~numero.str.contains(DUDOSA)
                & ~texto.str.contains(EN_DUDA)
            )
            .then(pl.format("escriba solo el número: {}", numero.str.replace(",", ".")))
            .otherwise(
                pl.lit("escriba un número con punto decimal; si no se midió, borre la fila")
            ),
        ),
        regla(
            "numero-desmedido",
            columna,
            pl.col(f"n_{columna}").abs() > MAGNITUD_MAXIMA,
            "revise la cifra: es mayor que cualquier medida posible",
        ),
    ]
