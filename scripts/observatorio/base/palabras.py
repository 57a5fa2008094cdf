"""Números y listas dichos con palabras, como se escriben en una frase."""

from __future__ import annotations

import re
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

PREPOSICIONES = ("a", "al", "con", "de", "del", "en", "para", "por", "sin")
AL_SINGULAR = (
    ("iones$", "ión"),
    ("ones$", "ón"),
    ("ces$", "z"),
    ("(?<!ll)(?<=[ldrn])es$", ""),
    ("(?<=[aeiouáéíóú])s$", ""),
)
"""La primera que casa: una palabra en ``-tes`` solo pierde la s («agentes», «trámites»)."""
AL_FEMENINO = {"el": "la", "él": "ella", "un": "una", "ningún": "ninguna", "ese": "esa"}
"""Las que no cambian solo su última vocal."""
SUENA_A_I = re.compile(r"«?h?[ií](?![aeoáéó])", re.IGNORECASE)
"""Delante de estas palabras la «y» se dice «e»: «islas», «hijas», pero «hierro»."""
IRREGULARES = {"meses": "mes", "miles": "millar", "jóvenes": "joven", "sedes": "sede"}


def en_palabras(n: int, genero: Genero = "masculino") -> str:
    """«siete» (recuento de 0 a 20, delante de un sustantivo); desde 21, en cifras."""
    if n == 1:
        return "un" if genero == "masculino" else "una"
    return HASTA_VEINTE[n] if 0 <= n < len(HASTA_VEINTE) else f"{n:,}"


def al_empezar(frase: str) -> str:
    """La frase con mayúscula inicial, sin tocar lo demás."""
    return frase[:1].upper() + frase[1:]


def y_en_lista(elementos: Iterable[str]) -> str:
    """«a, b y c»; «a e islas»."""
    *primeros, ultimo = elementos
    return f"{', '.join(primeros)} {con_y(ultimo)}" if primeros else ultimo


def con_y(ultimo: str) -> str:
    """Lo último de una lista, con su conjunción: «y anexos», «e islas»."""
    return f"{'e' if SUENA_A_I.match(ultimo) else 'y'} {ultimo}"


def o_en_lista(elementos: Iterable[str]) -> str:
    """«a, b o c»; «a u observado»."""
    *primeros, ultimo = elementos
    conjuncion = "u" if ultimo.lstrip("«").startswith("o") else "o"
    return f"{', '.join(primeros)} {conjuncion} {ultimo}" if primeros else ultimo


def en_femenino(masculino: str) -> str:
    """«pequeñas» de «pequeños», «la» de «el», «ninguna» de «ningún»."""
    suelta = AL_FEMENINO.get(masculino)
    return suelta or re.sub("o(?=s?$)", "a", masculino)


def contraida(preposicion: str, frase: str) -> str:
    """«del distrito», «al distrito»; «de la provincia»."""
    if frase.startswith("el ") and preposicion in ("a", "de"):
        return f"{preposicion}l {frase.removeprefix('el ')}"
    return f"{preposicion} {frase}"


def singular(plural: str) -> str:
    """«anexo» de «anexos»; de varias palabras, las que van antes de la preposición: «hora al día»
    de «horas al día». Lo que no es un plural (``%``, ``ha``, «sí/no») queda como está.
    """
    palabras = plural.split(" ")
    fin = next((i for i, p in enumerate(palabras) if p in PREPOSICIONES), len(palabras))
    return " ".join([*map(_una_en_singular, palabras[:fin]), *palabras[fin:]])


def contados(n: int, plural: str) -> str:
    """«1 indicador», «130 indicadores»."""
    return f"{n:,} {singular(plural) if n == 1 else plural}"


def _una_en_singular(palabra: str) -> str:
    if palabra in IRREGULARES:
        return IRREGULARES[palabra]
    for final, otro in AL_SINGULAR:
        if re.search(final, palabra):
            return re.sub(final, otro, palabra)
    return palabra
