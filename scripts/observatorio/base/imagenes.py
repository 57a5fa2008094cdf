"""Los tipos de imagen que se publican, y si unos bytes son una de ellos y están enteros."""

from __future__ import annotations

import re
from xml.etree import ElementTree

TIPOS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}
"""Tipos de imagen que se publican y el final de su archivo."""
TIPO_DE = {f".{final}": final for final in TIPOS.values()} | {".jpeg": "jpg"}
"""Final de un archivo, como lo escribe quien lo guarda → como se publica."""
JPG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
FIN_DE_JPG, FIN_DE_PNG = b"\xff\xd9", b"IEND\xaeB`\x82"
FIRMAS = {"png": PNG, "jpg": JPG, "gif": b"GIF8", "webp": b"RIFF"}
FINALES = {"png": FIN_DE_PNG, "jpg": FIN_DE_JPG, "gif": b";"}
COLA = 4096
"""Cuántos bytes del final se miran: hay teléfonos que añaden lo suyo tras el fin de una foto."""
MAXIMO = 3_000_000
"""Bytes de una imagen: más no se abre con la señal de un anexo."""
ACTIVO = re.compile(
    r"<script|<foreignObject|\son\w+\s*=|<!ENTITY|(?:href|src)\s*=\s*[\"'](?!#|data:image/)|url\(\s*[\"']?(?!#)"
    r"|@import",
    re.IGNORECASE,
)
"""Lo que en un SVG actúa o pide algo de fuera."""
SIN_TANTAS_FORMAS = (
    "; si dibuja muchos puntos, resúmalos (hexbin) o, en matplotlib, píntelos con rasterized=True"
)
ESPACIO_DE_SVG = "http://www.w3.org/2000/svg"


def entera(tipo: str, contenido: bytes) -> bool:
    """¿Está el final de una imagen que ya se sabe de ese tipo?"""
    if tipo == "webp":
        return len(contenido) >= int.from_bytes(contenido[4:8], "little") + 8
    return FINALES[tipo] in contenido[-COLA:]


def defecto(tipo: str, contenido: bytes) -> str:
    """Por qué no se puede publicar, con su remedio; vacío si se puede. ``tipo``: uno de los finales
    de ``TIPOS``.
    """
    if not contenido:
        return "la imagen está vacía: guárdela otra vez"
    if len(contenido) > MAXIMO:
        return (
            f"una imagen de {len(contenido) / 1e6:.1f} MB no se abre donde la señal es mala:"
            f" redúzcala a menos de {MAXIMO / 1e6:.0f} MB"
            + (SIN_TANTAS_FORMAS if tipo == "svg" else "")
        )
    if tipo == "svg":
        return _defecto_de_svg(contenido)
    if not contenido.startswith(FIRMAS[tipo]) or (tipo == "webp" and contenido[8:12] != b"WEBP"):
        return "la imagen no es del tipo que dice: guárdela otra vez como PNG"
    if not entera(tipo, contenido):
        return "la imagen está cortada, le falta el final: cópiela otra vez, entera"
    return ""


def _defecto_de_svg(contenido: bytes) -> str:
    try:
        texto = contenido.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "el SVG no está en UTF-8: guárdelo otra vez con esa codificación"
    if (activo := ACTIVO.search(texto)) is not None:
        return f"el SVG lleva «{activo[0].strip()}», que actúa o pide algo de fuera: quítelo"
    try:
        raiz = ElementTree.fromstring(texto)
    except ElementTree.ParseError:
        return "no es un SVG que se pueda leer: guárdelo otra vez desde el programa que lo dibujó"
    if raiz.tag != f"{{{ESPACIO_DE_SVG}}}svg":
        return f'no es un SVG que un navegador dibuje: empiece con <svg xmlns="{ESPACIO_DE_SVG}">'
    return ""
