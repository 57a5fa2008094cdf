"""Preguntar en la terminal antes de escribir."""

from __future__ import annotations

import sys


def pregunta(texto: str) -> bool:
    """Verdadero solo si la persona responde que sí; sin nadie que responda, no."""
    try:
        return input(texto).strip().lower() in ("s", "si", "sí")
    except EOFError:
        print("\nNadie respondió: use --si para no preguntar.", file=sys.stderr)
        return False
