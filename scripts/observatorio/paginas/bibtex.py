"""Un archivo de obras, revisado antes de construir: pandoc lo lee entero o no lee ninguna, y si le
falta una llave lo dice donde acaba el archivo.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from ..base import lecturas
from ..errores import ErrorDeDatos

ROTA = "obra-mal-escrita"
SIN_COMA = "tras cada campo va una coma; su valor, entre llaves: title = {…},"
SIN_CERRAR = "cierre sus llaves y comillas: no se sabe dónde acaba esta obra"
SIN_EMPEZAR = "una obra empieza como @article{clave, y fuera de ellas no va ninguna @"
EMPIEZA = re.compile(r"(?m)^[ \t]*@(?=[A-Za-z])")
"""Una obra que empieza línea: hasta ahí llega la anterior, si no se cerró."""
FUERA = re.compile(r"(?:[^@%]|%.*)*")
"""Lo que va entre obras, que no se lee."""
BLANCO = r"(?:\s|%.*(?:\n|\Z))*"
APARTE = re.compile(rf"(?i)@(?:comment|preamble){BLANCO}")
ABRE = re.compile(rf"@(?P<tipo>[^\W\d_]+){BLANCO}\{{{BLANCO}")
CLAVE = re.compile(rf"[\w.:;?!`'()$/*@+=\[\]&-]+{BLANCO},{BLANCO}")
CAMPO = re.compile(rf"[\w:+-]+{BLANCO}={BLANCO}")
ENTRE_LLAVES = re.compile(r"[^{}\\]+|\\[{}]?")
ENTRE_COMILLAS = re.compile(r'[^{}"\\%]+|\\.|%[^\n]*|\}', re.DOTALL)
PALABRA = re.compile(r"[\w:+-]+")
UNION, COMA = (re.compile(rf"{BLANCO}{signo}{BLANCO}") for signo in "#,")
VACIO, CIERRE = re.compile(BLANCO), re.compile(rf"{BLANCO}\}}")


class _Rota(Exception):
    """``donde``: hasta qué letra se entiende. ``remedio``: qué se esperaba ahí."""

    def __init__(self, donde: int, remedio: str) -> None:
        super().__init__(remedio)
        self.donde, self.remedio = donde, remedio


def defectos_de_obras(archivo: str, ruta: Path) -> Iterator[ErrorDeDatos]:
    """Un error por obra que no se entendería, con su línea."""
    contenido = lecturas.leer(ruta)
    try:
        texto = lecturas.en_texto(contenido)
    except UnicodeDecodeError as e:
        linea = contenido[: e.start].count(b"\n") + 1
        remedio = "guarde el archivo con codificación UTF-8"
        yield ErrorDeDatos(
            archivo, linea, None, f"byte 0x{contenido[e.start]:02x}", "no-es-utf8", remedio
        )
        return
    inicios = [m.end() - 1 for m in EMPIEZA.finditer(texto)]
    desde = _tras(FUERA, texto, 0)
    while desde < len(texto):
        try:
            hasta = _obra(texto, desde)
        except _Rota as rota:
            siguiente = bisect_right(inicios, desde)
            hasta = inicios[siguiente] if siguiente < len(inicios) else len(texto)
            # Si lo que no se cerró se tragó otra obra, o el final, el defecto es de esta.
            sin_cerrar = rota.donde >= hasta
            donde = desde if sin_cerrar else rota.donde
            linea = texto.count("\n", 0, donde) + 1
            dicho = texto[desde:].partition("\n")[0].strip()
            remedio = SIN_CERRAR if sin_cerrar else rota.remedio
            yield ErrorDeDatos(archivo, linea, None, dicho, ROTA, remedio)
        desde = _tras(FUERA, texto, hasta)


def _obra(texto: str, desde: int) -> int:
    """Dónde acaba lo que empieza en esa arroba; lanza ``_Rota``."""
    if aparte := APARTE.match(texto, desde):
        llave = texto.startswith("{", aparte.end())
        return _entre_llaves(texto, aparte.end()) if llave else aparte.end()
    abre = ABRE.match(texto, desde)
    if abre is None:
        raise _Rota(desde, SIN_EMPEZAR)
    i = abre.end()
    if abre["tipo"].lower() != "string":
        clave = CLAVE.match(texto, i)
        if clave is None:
            que = f"@{abre['tipo']}{{"
            raise _Rota(desde, f"dele una clave sin espacios y una coma: {que}perez2020,")
        i = clave.end()
    while campo := CAMPO.match(texto, i):
        i = _valor(texto, campo.end())
        if (coma := COMA.match(texto, i)) is None:
            break
        i = coma.end()
    cierre = CIERRE.match(texto, i)
    if cierre is None:
        raise _Rota(_tras(VACIO, texto, i), SIN_COMA)
    return cierre.end()


def _valor(texto: str, i: int) -> int:
    """Dónde acaba el valor de un campo: trozos entre llaves o comillas, o palabras, con ``#``."""
    hasta = _trozo(texto, i)
    while hasta > i and (union := UNION.match(texto, hasta)):
        i, otro = hasta, _trozo(texto, union.end())
        hasta = otro if otro > union.end() else i
    return hasta


def _trozo(texto: str, i: int) -> int:
    if texto.startswith("{", i):
        return _entre_llaves(texto, i)
    return _entre_comillas(texto, i) if texto.startswith('"', i) else _tras(PALABRA, texto, i)


def _entre_llaves(texto: str, i: int) -> int:
    hondura = 0
    while i < len(texto):
        letra = texto[i]
        if letra in "{}":
            hondura += 1 if letra == "{" else -1
            i += 1
            if not hondura:
                return i
        else:
            i = _tras(ENTRE_LLAVES, texto, i)
    raise _Rota(i, "")


def _entre_comillas(texto: str, i: int) -> int:
    i += 1
    while i < len(texto) and texto[i] != '"':
        i = _entre_llaves(texto, i) if texto[i] == "{" else _tras(ENTRE_COMILLAS, texto, i)
    if i == len(texto):
        raise _Rota(i, "")
    return i + 1


def _tras(patron: re.Pattern[str], texto: str, i: int) -> int:
    hallado = patron.match(texto, i)
    return hallado.end() if hallado else i
