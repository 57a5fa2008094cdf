"""Comparar textos como los compara una persona: sin tildes, sin mayúsculas, sin espacios de más."""

from __future__ import annotations

import re
import unicodedata


def plegado(texto: str) -> str:
    """``"  Pérez  DÍAZ " → "perez diaz"``."""
    sin_tildes = "".join(
        c for c in unicodedata.normalize("NFD", texto) if unicodedata.category(c) != "Mn"
    )
    return " ".join(sin_tildes.casefold().split())


def slug(texto: str, largo: int = 60) -> str:
    """Nombre de archivo legible: ``"Red de Salud, niño" → "red-de-salud-nino"``; no corta palabras."""
    partes = re.findall(r"[a-z0-9]+", plegado(texto))
    salida = ""
    for parte in partes:
        if salida and len(salida) + 1 + len(parte) > largo:
            break
        salida = f"{salida}-{parte}" if salida else parte[:largo]
    return salida or "sin-nombre"
