"""Las imágenes de las celdas de texto de un cuaderno, leídas de donde están: pegadas en él o en un
archivo de al lado. Las lee igual quien valida y quien publica.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...base import imagenes
from ...errores import ErrorDeUso
from .texto import ADJUNTO, ImagenCitada, junto_al_cuaderno

OTRO_TIPO = (
    f"ese tipo de imagen no se publica ({', '.join(sorted(imagenes.TIPO_DE))}): guárdela como PNG"
)


@dataclass(frozen=True, slots=True)
class ImagenLeida:
    """``tipo``: uno de los finales de ``imagenes.TIPOS``."""

    tipo: str
    contenido: bytes


def leida(imagen: ImagenCitada, celda: Mapping[str, Any], carpeta: Path) -> ImagenLeida:
    """La imagen que la celda cita; si no se puede publicar, lanza ``ErrorDeUso`` con su remedio.

    ``carpeta``: la del cuaderno.
    """
    if not imagen.alt:
        raise ErrorDeUso("diga qué se ve, para quien no la ve: ![qué se ve](archivo)")
    if imagen.remota:
        raise ErrorDeUso(
            "está en otro sitio, y una página no pide nada afuera: descárguela junto al cuaderno"
        )
    tipo, contenido = (
        _pegada(celda.get("attachments", {}).get(imagen.destino.removeprefix(ADJUNTO)))
        if imagen.adjunta
        else _de_al_lado(imagen.destino, carpeta)
    )
    if tipo is None:
        raise ErrorDeUso(OTRO_TIPO)
    if defecto := imagenes.defecto(tipo, contenido):
        raise ErrorDeUso(defecto)
    return ImagenLeida(tipo, contenido)


def _de_al_lado(destino: str, carpeta: Path) -> tuple[str | None, bytes]:
    try:
        if not junto_al_cuaderno(carpeta, destino):
            raise ErrorDeUso("está fuera de la carpeta del cuaderno: cópiela junto a él")
        contenido = (carpeta / destino).read_bytes()
    except (OSError, ValueError):
        raise ErrorDeUso(
            "ese archivo no está: póngalo junto al cuaderno, o corrija su nombre"
        ) from None
    return imagenes.TIPO_DE.get(Path(destino).suffix.lower()), contenido


def _pegada(formas: Any) -> tuple[str | None, bytes]:
    """Una imagen adjunta, como el cuaderno la guarda: ``{tipo: base64}``."""
    if formas is None:
        raise ErrorDeUso("la imagen pegada ya no está en el cuaderno: péguela otra vez")
    try:
        ((tipo, datos),) = formas.items()
        contenido = base64.b64decode("".join(datos))
    except (AttributeError, TypeError, ValueError):
        raise ErrorDeUso("la imagen pegada no se puede leer: péguela otra vez") from None
    return imagenes.TIPOS.get(tipo), contenido
