"""Arranque ligero de los procesos de construcción."""

from __future__ import annotations

import sys

DE_FORMATOS = ("rfc3987_syntax", "rfc3986_validator", "isoduration", "fqdn", "uri_template", "webcolors", "rfc3339_validator")


def aligerar() -> None:
    """Evita que jsonschema cargue sus comprobadores de formatos: 1 s de los 2 que tarda Altair.

    Solo sirven a formatos («iri», «duration», «color»…) que ninguno de nuestros esquemas usa; jsonschema sigue
    sin ellos si no están.
    """
    for modulo in DE_FORMATOS:
        sys.modules.setdefault(modulo, None)  # type: ignore[arg-type]
