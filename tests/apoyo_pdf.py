"""El texto de un boletín, como lo copia quien lo lee."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium


def paginas(ruta: Path) -> list[str]:
    """El texto de cada página, con un salto por renglón."""
    with pypdfium2.PdfDocument(ruta) as pdf:
        return [
            hoja.get_textpage().get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "-")
            for hoja in pdf
        ]


def cuerpos(ruta: Path) -> set[float]:
    """Los tamaños de letra de un PDF, en puntos, como se ven: con la escala de cada texto."""
    vistos = set()
    with pypdfium2.PdfDocument(ruta) as pdf:
        for hoja in pdf:
            texto, matriz = hoja.get_textpage(), pdfium.FS_MATRIX()
            for i in range(texto.count_chars()):
                if chr(pdfium.FPDFText_GetUnicode(texto.raw, i)).strip():
                    pdfium.FPDFText_GetMatrix(texto.raw, i, matriz)
                    vistos.add(round(pdfium.FPDFText_GetFontSize(texto.raw, i) * abs(matriz.d), 1))
    return vistos
