"""Compone con Typst las imágenes que se comparten: muchas páginas de una vez, cada una un PNG.

Sin nada más del observatorio, como ``dibujo``: quien solo compone arranca antes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.escritura import escribir_atomico

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELES_POR_PUNTO = 2
COLORES = 48
UNO_DE_CADA = 4
COMPRESION = 5
"""Con 7 pesan un 2 % menos y cuestan casi el doble."""


def componer(paginas: Sequence[str], fuentes: Path) -> list[bytes]:
    """El PNG de cada página de Typst, en orden; ``fuentes``: la carpeta de la única tipografía.

    Typst da un PDF y PDFium lo dibuja: el PNG de Typst habría que volver a leerlo para reunir sus
    colores, y las dos cosas cuestan tres veces más que todo lo de aquí.

    Lanza ``ValueError`` si alguna no ocupa exactamente una página.
    """
    import typst
    from pypdfium2 import PdfDocument

    pdf: bytes = typst.compile(  # type: ignore[misc]  # sus tipos no conocen bytes
        "\n".join(paginas).encode("utf-8"), font_paths=[str(fuentes)], ignore_system_fonts=True
    )
    documento = PdfDocument(pdf)
    if len(documento) != len(paginas):
        raise ValueError(f"{len(paginas)} láminas ocupan {len(documento)} páginas")
    return [
        _con_paleta(pagina.render(scale=PIXELES_POR_PUNTO, rev_byteorder=True).to_pil())
        for pagina in documento
    ]


def a_la_cache(tanda: Sequence[tuple[Path, str]], fuentes: Path) -> None:
    """Compone las páginas y guarda cada imagen entera en su ruta, o no la guarda."""
    imagenes = componer([pagina for _, pagina in tanda], fuentes)
    for (ruta, _), imagen in zip(tanda, imagenes, strict=True):
        escribir_atomico(ruta, imagen)


def _con_paleta(imagen: Image) -> bytes:
    """El PNG de la imagen con sus colores reunidos en una paleta: pesa menos de la mitad.

    Los colores se buscan en uno de cada ``UNO_DE_CADA`` puntos en las dos direcciones, y son los
    más distintos, no los más vistos: así la marca pequeña de la meta conserva el suyo.
    """
    from PIL.Image import Dither, Quantize, Resampling

    muestra = imagen.resize(
        (-(-imagen.width // UNO_DE_CADA), -(-imagen.height // UNO_DE_CADA)), Resampling.NEAREST
    )
    paleta = muestra.quantize(COLORES, method=Quantize.MAXCOVERAGE, dither=Dither.NONE)
    salida = io.BytesIO()
    imagen.quantize(palette=paleta, dither=Dither.NONE).save(
        salida, "PNG", compress_level=COMPRESION
    )
    return salida.getvalue()
