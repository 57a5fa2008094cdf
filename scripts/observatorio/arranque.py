"""Arranque ligero de los procesos de construcción."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

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


def recoger_menos() -> None:
    """Busca basura cíclica cada 300 000 objetos y no cada 700: una orden vive segundos, casi no la
    hace, y buscarla era la décima parte de recibir una encuesta de 5000 filas. Al salir no la
    busca: el proceso se va con ella, y recorrer lo leído era otra décima.
    """
    gc.set_threshold(300_000, 20, 20)
    atexit.register(gc.freeze)


def hijos_sin_la_orden() -> None:
    """Que los procesos que nazcan de este no carguen la orden entera, que no usan: uno que sabe en
    qué archivo está el programa principal lo corre otra vez antes de nada.
    """
    vars(sys.modules["__main__"]).pop("__file__", None)


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
    "invalid %(type)s value: %(value)r": "%(value)r no es un número entero",
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


class _SinLector:
    """Una salida cuyo lector puede haberse ido (``… | head -1``): lo que ya nadie lee se calla, y
    la orden termina lo suyo con su propio código.
    """

    def __init__(self, salida: TextIO) -> None:
        self._salida = salida

    def write(self, texto: str) -> int:
        try:
            return self._salida.write(texto)
        except UnicodeEncodeError:  # una terminal sin tildes: se escriben como se pueda
            letras = self._salida.encoding or "ascii"
            return self._salida.write(texto.encode(letras, "backslashreplace").decode(letras))
        except BrokenPipeError:
            self._callar()
            return len(texto)

    def flush(self) -> None:
        try:
            self._salida.flush()
        except BrokenPipeError:
            self._callar()

    def writelines(self, lineas: list[str]) -> None:
        for linea in lineas:
            self.write(linea)

    def _callar(self) -> None:
        nada = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nada, self._salida.fileno())
        os.close(nada)

    def __getattr__(self, nombre: str) -> Any:
        return getattr(self._salida, nombre)


@contextmanager
def sin_lector() -> Iterator[None]:
    """Dentro del bloque, una tubería que se cierra antes de tiempo no es un error; lo pendiente se
    escribe al salir, mientras todavía se puede callar.
    """
    propias = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (s if s is None else _SinLector(s) for s in propias)
    try:
        yield
    finally:
        for salida in (sys.stdout, sys.stderr):
            if salida is not None:
                salida.flush()
        sys.stdout, sys.stderr = propias
