"""El pandoc del paquete ``pypandoc_binary``: dónde está, sin importar nada de él."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..errores import ErrorDeEjecucion


@cache
def pandoc() -> str:
    """El pandoc del paquete, nunca otro que haya en el sistema."""
    paquete = find_spec("pypandoc")
    if paquete is None or paquete.origin is None:
        raise ErrorDeEjecucion("falta el paquete pypandoc_binary; ejecute: make entorno")
    nombre = "pandoc.exe" if os.name == "nt" else "pandoc"
    return str(Path(paquete.origin).parent / "files" / nombre)


def a_typst(
    markdown: str, *opciones: str, entrada: str = "markdown"
) -> subprocess.CompletedProcess[bytes]:
    """Un texto en la lengua de Typst; quien lo pide decide si un aviso (``stderr``) lo detiene.

    ``opciones``: otras de pandoc. ``entrada``: de qué formato viene.
    """
    return subprocess.run(
        [
            pandoc(),
            "--from",
            entrada,
            "--to",
            "typst",
            "--wrap=none",
            "--syntax-highlighting=none",
            *opciones,
        ],
        input=markdown.encode("utf-8"),
        capture_output=True,
        check=False,
    )
