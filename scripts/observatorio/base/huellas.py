"""La huella de un contenido: mismo contenido, misma huella; ninguna fecha, ninguna ruta."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

LARGO = 16
A_LA_VISTA = 8


def huella(*partes: bytes | str) -> str:
    """Huella de una secuencia de partes; cada una va precedida de su largo, para que no se
    confundan.
    """
    h = hashlib.sha256()
    for parte in partes:
        crudo = parte.encode("utf-8", "surrogateescape") if isinstance(parte, str) else parte
        h.update(len(crudo).to_bytes(8, "big"))
        h.update(crudo)
    return h.hexdigest()[:LARGO]


def sumas(archivos: Mapping[str, bytes]) -> bytes:
    """La suma de cada archivo, por línea y en orden, como las comprueba ``sha256sum -c``."""
    lineas = (f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, c in sorted(archivos.items()))
    return "".join(lineas).encode()


def de_sumas(texto: str) -> dict[str, str]:
    """Archivo → suma, de lo que escribió ``sumas``."""
    partidas = (linea.partition("  ") for linea in texto.splitlines())
    return {archivo: suma for suma, _, archivo in partidas}


def a_la_vista(entera: str) -> str:
    """El comienzo de una huella, que basta para reconocerla en una frase o en una tabla."""
    return entera[:A_LA_VISTA]
