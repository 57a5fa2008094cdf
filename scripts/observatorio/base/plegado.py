"""Comparar textos como los compara una persona: sin tildes, sin mayúsculas, sin espacios de más."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ENTRE_GUION = re.compile(r"\s*[-\u2010-\u2015]\s*")
CODIGO_CON_CERO = re.compile(r"([0-9]+)\.0")
SIN_ANCHO = ("Mn", "Cf")
"""Tildes sueltas y signos que no se ven: marcas de orden, guiones opcionales, espacios sin
ancho.
"""


@lru_cache(maxsize=2**14)
def plegado(texto: str) -> str:
    """``"  Pérez  DÍAZ " → "perez diaz"``.

    Un salto de línea, un espacio duro o un signo sin ancho no cuentan.
    """
    if texto.isascii():
        return " ".join(texto.casefold().split())
    sin_tildes = "".join(
        c for c in unicodedata.normalize("NFD", texto) if unicodedata.category(c) not in SIN_ANCHO
    )
    return " ".join(sin_tildes.casefold().split())


@lru_cache(maxsize=2**14)
def respuesta_plegada(texto: str) -> str:
    """Como ``plegado``, y sin que cuente el guion que se use ni el espacio a sus lados, ni el cero
    que pandas pone a un código: ``"6 – 11  Meses" → "6-11 meses"``, ``"2.0" → "2"``.
    """
    limpio = ENTRE_GUION.sub("-", plegado(texto))
    codigo = CODIGO_CON_CERO.fullmatch(limpio)
    return codigo[1] if codigo else limpio


def slug(texto: str, largo: int = 60) -> str:
    """Nombre de archivo legible: ``"Red de Salud, niño" → "red-de-salud-nino"``; no corta
    palabras.
    """
    partes = re.findall(r"[a-z0-9]+", plegado(texto))
    salida = ""
    for parte in partes:
        if salida and len(salida) + 1 + len(parte) > largo:
            break
        salida = f"{salida}-{parte}" if salida else parte[:largo]
    return salida or "sin-nombre"
