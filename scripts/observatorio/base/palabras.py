"""Números y listas dichos con palabras, como se escriben en una frase."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Genero = Literal["masculino", "femenino"]
HASTA_VEINTE = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
]


def en_palabras(n: int, genero: Genero = "masculino") -> str:
    """«siete» (recuento de 0 a 20, delante de un sustantivo); desde 21, en cifras."""
    if n == 1:
        return "un" if genero == "masculino" else "una"
    return HASTA_VEINTE[n] if 0 <= n < len(HASTA_VEINTE) else f"{n:,}"


def al_empezar(frase: str) -> str:
    """La frase con mayúscula inicial, sin tocar lo demás."""
    return frase[:1].upper() + frase[1:]


def y_en_lista(elementos: Iterable[str]) -> str:
    """«a, b y c»."""
    *primeros, ultimo = elementos
    return f"{', '.join(primeros)} y {ultimo}" if primeros else ultimo
