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


def suma_de(contenido: bytes) -> str:
    """Su sha256, en hexadecimal."""
    return hashlib.sha256(contenido).hexdigest()


def sumas(archivos: Mapping[str, bytes]) -> bytes:
    """La suma de cada archivo, como las escribe ``en_lineas``."""
    return en_lineas({n: suma_de(c) for n, c in archivos.items()})


def en_lineas(de_cada_uno: Mapping[str, str]) -> bytes:
    """Archivo → suma, uno por línea y en orden, como los comprueba ``sha256sum -c``."""
    return "".join(f"{s}  {n}\n" for n, s in sorted(de_cada_uno.items())).encode()


def de_sumas(texto: str) -> dict[str, str]:
    """Archivo → suma, de lo que escribió ``en_lineas``."""
    partidas = (linea.partition("  ") for linea in texto.splitlines())
    return {archivo: suma for suma, _, archivo in partidas}


def a_la_vista(entera: str) -> str:
    """El comienzo de una huella, que basta para reconocerla en una frase o en una tabla."""
    return entera[:A_LA_VISTA]
