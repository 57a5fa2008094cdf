"""Reglas de forma de cualquier texto de un CSV: espacios, fórmulas, caracteres que no se ven y
largo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from ..errores import ErrorDeDatos

LARGO_MAXIMO = 2000
FORMULA, SIGNO = "formula-en-celda", "caracter-de-control"
SIN_FIGURA = (
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffd\U000e0000-\U000e01ef"
)
"""Lo que no se ve o cambia cómo se lee: de control, de ancho nulo, de dirección, rellenos,
variantes de forma y etiquetas.
"""
FORMA_DE_TEXTO: dict[str, tuple[str, str]] = {
    "espacios": (
        "^[\\s\u00a0]|[\\s\u00a0]$|\u00a0",
        "quite los espacios al inicio, al final y los espacios duros",
    ),
    FORMULA: (
        "^[=+@＝＋－＠]|^-([^0-9]|$|[0-9]+([^0-9.,]|[.,]([^0-9]|$|[0-9]+[^0-9])))",
        (
            "pegue el valor, no la fórmula (Pegado especial → Valores); un texto no empieza con = +"
            " - ni @"
        ),
    ),
    SIGNO: (f"[{SIN_FIGURA}]", "borre el carácter invisible o dañado y escriba de nuevo el texto"),
}
FORMULA_EN_CIFRA = r"^[=@]|^[+\-].*[+*/|()!:=&^\-]"
_COMPILADAS = [
    (regla, re.compile(malo), remedio) for regla, (malo, remedio) in FORMA_DE_TEXTO.items()
]


def con_textos(tabla: pl.DataFrame) -> pl.DataFrame:
    """La misma tabla con sus columnas ``pl.Categorical`` como textos."""
    return tabla.with_columns(
        pl.col(c).cast(pl.String) for c, t in tabla.schema.items() if t == pl.Categorical
    )


def reglas_de_forma(texto: str) -> list[tuple[str, str]]:
    """``(regla, remedio)`` de cada regla de forma que incumple un texto suelto."""
    salida = [(regla, remedio) for regla, malo, remedio in _COMPILADAS if malo.search(texto)]
    return (
        salida
        if len(texto.encode()) <= LARGO_MAXIMO
        else [*salida, ("campo-desmedido", f"acorte el texto a {LARGO_MAXIMO} bytes")]
    )


def defectos_de_texto(
    tabla: pl.DataFrame, columnas: Sequence[str], archivo: str, largo: int = LARGO_MAXIMO
) -> Iterator[ErrorDeDatos]:
    """Un error por celda de ``columnas`` que incumple una regla de forma; ``tabla`` lleva
    ``fila``.
    """
    malas = [
        (columna, regla, mala, remedio)
        for columna in columnas
        for regla, mala, remedio in (
            *(
                (regla, pl.col(columna).str.contains(malo), remedio)
                for regla, (malo, remedio) in FORMA_DE_TEXTO.items()
            ),
            (
                "campo-desmedido",
                pl.col(columna).str.len_bytes() > largo,
                f"acorte el texto a {largo} bytes",
            ),
        )
    ]
    alguna = (
        tabla.select(mala.any().alias(str(i)) for i, (_, _, mala, _) in enumerate(malas)).row(0)
        if malas
        else ()
    )
    for hay, (columna, regla, mala, remedio) in zip(alguna, malas, strict=True):
        for fila, valor in tabla.filter(mala).select("fila", columna).iter_rows() if hay else ():
            yield ErrorDeDatos(archivo, fila, columna, valor, regla, remedio)
