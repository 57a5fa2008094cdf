"""Cómo está escrito cada texto: sin fórmulas, blancos ni señas de personas, y nada vacío si
es obligatorio.
"""

from __future__ import annotations

import polars as pl

from ...base.texto import FORMA_DE_TEXTO, FORMULA_EN_CIFRA, LARGO_MAXIMO
from ..csv_estricto import COLUMNAS
from ..personas import SENAS, expr_sena
from .regla import NUMERICAS, Regla, regla


def de_texto() -> list[Regla]:
    """Las de cada columna, por su escritura."""
    c = pl.col
    salida = []
    for columna in COLUMNAS:
        propias = FORMA_DE_TEXTO | (
            {
                "formula-en-celda": (
                    FORMULA_EN_CIFRA,
                    "pegue el valor, no la fórmula (Pegado especial → Valores)",
                )
            }
            if columna in NUMERICAS
            else {}
        )
        salida += [
            regla(nombre, columna, c(columna).str.contains(malo), remedio)
            for nombre, (malo, remedio) in propias.items()
        ]
        salida.append(
            regla(
                "campo-desmedido",
                columna,
                c(columna).str.len_bytes() > LARGO_MAXIMO,
                f"acorte el texto a {LARGO_MAXIMO} bytes",
            )
        )
    for columna in (
        "kpi",
        "periodo",
        "lugar",
        "grupo",
        "fuente",
        "fecha_dato",
        "estado",
        "naturaleza",
    ):
        salida.append(
            regla(
                "campo-vacio",
                columna,
                c(columna) == "",
                "complete el campo: es obligatorio",
            )
        )
    salida += [
        regla(s, columna, expr_sena(columna, s), remedio)
        for s, (_, remedio) in SENAS.items()
        for columna in ("grupo", "nota")
    ]
    return salida
