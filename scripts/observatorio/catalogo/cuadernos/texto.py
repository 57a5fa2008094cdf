"""El Markdown de un cuaderno, visto como texto: sus imágenes, y lo que abre y no cierra.

Una cerca de código o una división sin cerrar se llevaría lo que sigue en la página, que ya no es
suyo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

CERCA = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
DIVISION = re.compile(r" {0,3}:{3,}\s*(\S?)")
ENCABEZADO = re.compile(
    r"(?m)(?:\A|(?<=\n\n))---[ \t]*\n(?=[^\n]*\S)(?:.*\n)*?(?:---|\.\.\.)[ \t]*$"
)
"""Un bloque de metadatos, que cambiaría el título de la página."""
IMAGEN = re.compile(
    r"!\[(?P<alt>(?:[^\]\\]|\\.)*)\]\(\s*(?P<destino><[^>\n]+>|[^()\n]+?(?:\([^()\n]*\)[^()\n]*?)?)(?P<resto>\s+\"[^\"\n]*\")?\s*\)"
)
POR_REFERENCIA = re.compile(r"!\[((?:[^\]\\]|\\.)*)\](?:\[([^\]]*)\]|(?![(\[]))")
ADJUNTO = "attachment:"
MEDIO_SIGNO = re.compile("[\ud800-\udfff]")
"""La mitad de un signo partido en dos, que no se puede escribir en ningún archivo."""
BORRE_EL_MEDIO = (
    "lleva la mitad de un signo, que no se puede publicar: bórrela y escríbalo otra vez"
)


@dataclass(frozen=True, slots=True)
class ImagenCitada:
    """Una imagen que un texto muestra: su texto alternativo, su destino ya legible y su línea."""

    alt: str
    destino: str
    linea: int

    @property
    def remota(self) -> bool:
        return re.match(r"[a-zA-Z][\w+.-]*:", self.destino) is not None and not self.adjunta

    @property
    def adjunta(self) -> bool:
        return self.destino.startswith(ADJUNTO)


def imagenes_en(texto: str) -> Iterator[ImagenCitada]:
    """Las imágenes que el texto muestra; lo que va como código no cuenta."""
    for numero, linea in _sin_codigo(texto):
        for hallada in IMAGEN.finditer(linea):
            yield ImagenCitada(hallada["alt"].strip(), destino_de(hallada), numero)


def _sin_codigo(texto: str) -> Iterator[tuple[int, str]]:
    """Las líneas, numeradas, con espacios donde había código."""
    for numero, linea in enumerate(sin_cercas(texto).split("\n"), 1):
        yield numero, re.sub(r"`[^`]*`", lambda m: " " * len(m[0]), linea)


def imagenes_por_referencia(texto: str) -> Iterator[tuple[int, str]]:
    """``(línea, qué)`` de las que no llevan su archivo al lado, sino en otra línea: ``![x][y]``."""
    for numero, linea in _sin_codigo(texto):
        for hallada in POR_REFERENCIA.finditer(linea):
            nombre = re.escape(hallada[2] or hallada[1])
            if hallada[2] is not None or re.search(rf"(?m)^ {{0,3}}\[{nombre}\]:", texto):
                yield numero, hallada[0]


def destino_de(hallada: re.Match[str]) -> str:
    """Lo que nombra una ``IMAGEN``, sin sus signos."""
    return unquote(hallada["destino"].strip().strip("<>"))


def junto_al_cuaderno(carpeta: Path, destino: str) -> bool:
    """Si un archivo que un cuaderno nombra está en la carpeta de este, o dentro de ella: lo demás
    podría no ser del proyecto, o no ser público.
    """
    return (carpeta / destino).resolve().is_relative_to(carpeta.resolve())


def sin_cerrar(texto: str) -> str:
    """La cerca de código o la división que queda abierta al final; vacío si ninguna."""
    cerca, divisiones = "", 0
    for linea in texto.splitlines():
        if cerca:
            if (cierre := CERCA.fullmatch(linea)) and _cierra(cierre, cerca):
                cerca = ""
        elif (abre := CERCA.fullmatch(linea)) and not (abre[1][0] == "`" and "`" in abre[2]):
            cerca = abre[1]
        elif division := DIVISION.match(linea):
            divisiones += 1 if division[1] else -1
    return cerca or (":::" if divisiones > 0 else "")


def _cierra(cierre: re.Match[str], cerca: str) -> bool:
    return cierre[1][0] == cerca[0] and len(cierre[1]) >= len(cerca) and not cierre[2].strip()


def sin_cercas(texto: str) -> str:
    """El texto con sus bloques de código en blanco, con las mismas líneas."""
    cerca, fuera = "", []
    for linea in texto.split("\n"):
        hallada = CERCA.fullmatch(linea)
        if cerca:
            fuera.append("")
            if hallada and _cierra(hallada, cerca):
                cerca = ""
        elif hallada and not (hallada[1][0] == "`" and "`" in hallada[2]):
            cerca = hallada[1]
            fuera.append(hallada[2])
        else:
            fuera.append(linea)
    return "\n".join(fuera)
