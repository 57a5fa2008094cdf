"""Arranque ligero de los procesos de construcción."""

from __future__ import annotations

import argparse
import sys

DE_FORMATOS = (
    "rfc3987_syntax",
    "rfc3986_validator",
    "isoduration",
    "fqdn",
    "uri_template",
    "webcolors",
    "rfc3339_validator",
)


def aligerar() -> None:
    """Evita que jsonschema cargue sus comprobadores de formatos: 1 s de los 2 que tarda Altair.

    Solo sirven a formatos («iri», «duration», «color»…) que ninguno de nuestros esquemas usa;
    jsonschema sigue sin ellos si no están.
    """
    for modulo in DE_FORMATOS:
        sys.modules.setdefault(modulo, None)  # type: ignore[arg-type]  # nulo: no se importa


ARGPARSE = {
    "usage: ": "uso: ",
    "positional arguments": "argumentos",
    "options": "opciones",
    "show this help message and exit": "muestra esta ayuda y sale",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "the following arguments are required: %s": "faltan estos argumentos: %s",
    "unrecognized arguments: %s": "argumentos que no existen: %s",
    "expected one argument": "lleva un valor",
    "expected at least one argument": "lleva al menos un valor",
    "expected at most one argument": "lleva un valor como mucho",
    "not allowed with argument %s": "no va junto con %s",
    "one of the arguments %s is required": "falta uno de estos argumentos: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "%(value)r no se admite; use uno de: %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": "%(value)r no tiene la forma esperada",
    "ignored explicit argument %r": "no lleva valor: sobra %r",
    "ambiguous option: %(option)s could match %(matches)s": (
        "%(option)s es ambiguo: puede ser %(matches)s"
    ),
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
}


def en_espanol() -> None:
    """Los mensajes de argparse, que solo habla inglés, en español; los que no se conocen quedan
    como están.
    """
    original = argparse._  # type: ignore[attr-defined]  # es su gettext, privado
    if not hasattr(original, "traducido"):

        def traducido(texto: str) -> str:
            return ARGPARSE.get(texto, texto)

        traducido.traducido = True  # type: ignore[attr-defined]  # marca de que ya se puso
        argparse._ = traducido  # type: ignore[attr-defined]  # es su gettext, privado
