"""YAML que se puede volver a escribir sin perder comentarios, comillas ni orden (los escriben
personas).
"""

from __future__ import annotations

import io

from ruamel.yaml import YAML

ANCHO = 100_000


def editor() -> YAML:
    """Lector y escritor que deja igual, byte por byte, lo que no se toca."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = ANCHO
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda r, _: r.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def escrito(documento: object) -> str:
    """Un documento, leído con ``editor`` o nuevo, como YAML."""
    salida = io.StringIO()
    editor().dump(documento, salida)
    return salida.getvalue()
