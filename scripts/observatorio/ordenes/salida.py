"""Códigos de salida de todas las órdenes y cómo se cuentan los defectos de los datos."""

from __future__ import annotations

import json
import sys

from ..errores import DatosInvalidos

BIEN, DATOS, USO = 0, 1, 2


def informar(e: DatosInvalidos, en_json: bool) -> int:
    """Escribe todos los defectos, para personas o para programas; devuelve el código de salida."""
    from . import informe

    if en_json:
        print(json.dumps(informe.json_invalido(e.errores), ensure_ascii=False, indent=1))
        return DATOS
    print(informe.texto_invalido(e.errores), file=sys.stderr)
    print(
        f"\n{informe.cuantos(e.errores)}. No se escribió nada; el sitio publicado sigue igual.",
        file=sys.stderr,
    )
    return DATOS


def confirmar(pregunta: str) -> bool:
    """Pregunta de sí o no; sin nadie delante (una tubería), es no, y dice cómo evitar la
    pregunta.
    """
    if not sys.stdin.isatty():
        print(f"{pregunta} No se hizo nada: repita con --si para no preguntar.", file=sys.stderr)
        return False
    return input(f"{pregunta} [s/N] ").strip().lower() in ("s", "sí", "si")
