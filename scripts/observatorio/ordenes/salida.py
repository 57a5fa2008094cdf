"""Códigos de salida de todas las órdenes y cómo se cuentan los defectos de los datos."""

from __future__ import annotations

import json
import sys

from ..errores import DatosInvalidos

BIEN, DATOS, USO = 0, 1, 2


def informar(e: DatosInvalidos, en_json: bool, de_fuera: bool = False) -> int:
    """Escribe todos los defectos, para personas o para programas; devuelve el código de salida.

    ``de_fuera``: son de un archivo que se quiso traer, y que «validar» no ve.
    """
    from . import informe

    if en_json:
        print(json.dumps(informe.json_invalido(e.errores), ensure_ascii=False, indent=1))
        return DATOS
    las_demas = informe.AL_REPETIR if de_fuera else informe.CON_VALIDAR
    print(informe.texto_invalido(e.errores, las_demas), file=sys.stderr)
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
