"""El texto de un boletín, como lo copia quien lo lee."""

from __future__ import annotations

from pathlib import Path

import pypdfium2


def paginas(ruta: Path) -> list[str]:
    """El texto de cada página, con un salto por renglón."""
    with pypdfium2.PdfDocument(ruta) as pdf:
        return [
            hoja.get_textpage().get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "-")
            for hoja in pdf
        ]
