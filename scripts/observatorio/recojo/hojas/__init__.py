"""Leer y dar forma a hojas de cálculo y a YAML que edita una persona, sin saber qué dicen."""
