"""Remedios sin pérdida para lo que Excel y las hojas de cálculo hacen al guardar un CSV.

Pasa a UTF-8 la codificación de Excel o de un Mac, si se reconoce; quita el BOM, la línea ``sep=``,
los saltos de Windows y de los Mac antiguos, las filas en blanco y los blancos al borde de cada
campo; pasa de punto y coma (con coma decimal) tabulador o barra a coma (con punto). Ninguna cifra
cambia de valor: solo su escritura.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base.acceso import defecto_de_acceso
from ..base.texto_plano import DE_EXCEL, TextoIlegible, texto_de
from ..rutas import Proyecto
from .reglas import NUMERICAS

COMA_DECIMAL = re.compile(r"-?[0-9]+,[0-9]+")
SEPARADORES = (";", "\t", "|")
BLANCOS = " \t\u00a0"
DICE_ALGO = re.compile(r"[^\s\ufeff;,|\"]")


@dataclass(frozen=True, slots=True)
class FilaCambiada:
    """Un renglón del archivo, contado desde 1, y cómo queda; nada si se quita."""

    numero: int
    antes: str
    despues: str | None


def reparables(proyecto: Proyecto) -> Iterator[tuple[Path, str, str]]:
    """``(ruta, antes, después)`` de cada CSV de ``data/`` que se puede reescribir; no toca enlaces
    ni lo que está en una codificación que no se reconoce.

    Tampoco lo que se guarda como llegó o como salió: los recibos, que son prueba y tienen su
    huella, y la memoria de lo publicado.
    """
    intocables = (proyecto.recibos, proyecto.publicada.parent)
    for ruta in sorted(proyecto.data.rglob("*.csv")):
        if any(ruta.is_relative_to(c) for c in intocables) or defecto_de_acceso(proyecto, ruta):
            continue
        crudo = ruta.read_bytes()
        try:
            leido = en_utf8(crudo)
            despues = reparado(leido)
        except (TextoIlegible, csv.Error):
            continue
        antes = crudo.decode("utf-8", "backslashreplace")
        if despues is not None or antes != leido:
            yield ruta, antes, leido if despues is None else despues


def en_utf8(crudo: bytes) -> str:
    """El texto, esté en UTF-8 o en otra codificación que se reconozca por las letras del español.
    Lanza ``TextoIlegible``.
    """
    try:
        texto = crudo.decode("utf-8")
    except UnicodeDecodeError:
        return texto_de(crudo)
    return texto_de(crudo) if "\x00" in texto else texto


def reparado(texto: str) -> str | None:
    """El mismo contenido con la escritura que la compuerta admite; nada si ya la tiene.

    Lanza ``csv.Error`` si las comillas no cierran o si no se sabe qué punto es decimal.
    """
    limpio = texto.removeprefix("\ufeff")
    primera, salto, resto = limpio.partition("\n")
    if salto and DE_EXCEL.fullmatch(primera.strip("\r")):
        limpio = resto
    cabecera = next(iter(limpio.lstrip().splitlines()), "")
    separador = next((s for s in SEPARADORES if s in cabecera and "," not in cabecera), ",")
    crudas = list(csv.reader(io.StringIO(limpio, newline=""), delimiter=separador, strict=True))
    filas = [[c.strip(BLANCOS) for c in f] for f in crudas if any(c.strip(BLANCOS) for c in f)]
    if separador != "," and filas:
        _punto_decimal(filas)
    if not filas or (
        limpio == texto and "\r" not in texto and separador == "," and filas == crudas
    ):
        return None
    salida = io.StringIO()
    csv.writer(salida, lineterminator="\n").writerows(filas)
    return salida.getvalue()


def _punto_decimal(filas: list[list[str]]) -> None:
    """Escribe con punto las cifras con coma; con las dos escrituras a la vez, «1.234» podría ser
    mil y no se adivina.
    """
    columnas = [i for i, c in enumerate(filas[0]) if c in NUMERICAS]
    cifras = [(f, i) for f in filas[1:] for i in columnas if i < len(f)]
    con_coma = [(f, i) for f, i in cifras if COMA_DECIMAL.fullmatch(f[i])]
    if con_coma and any("." in f[i] for f, i in cifras):
        raise csv.Error("cifras con coma y con punto en el mismo archivo")
    for fila, i in con_coma:
        fila[i] = fila[i].replace(",", ".")


def filas_que_cambian(antes: str, despues: str) -> list[FilaCambiada]:
    """Los renglones que no quedan como están, con lo invisible a la vista (``\\ufeff``, ``\\r``,
    espacios duros).
    """
    quedan = despues.splitlines(keepends=True)
    salida, j = [], 0
    for numero, fila in enumerate(antes.splitlines(keepends=True), 1):
        queda = quedan[j] if j < len(quedan) else None
        # Los demás siguen en su orden, uno por uno.
        if queda is None or (_se_quita(fila) and not _se_quita(queda)):
            salida.append(FilaCambiada(numero, _visible(fila), None))
            continue
        j += 1
        if _visible(fila) != _visible(queda):
            salida.append(FilaCambiada(numero, _visible(fila), _visible(queda)))
    return salida


def _se_quita(fila: str) -> bool:
    """Si no dice nada, o es la línea con que Excel sabe qué separa."""
    return not DICE_ALGO.search(fila) or DE_EXCEL.fullmatch(fila.strip("\ufeff\r\n")) is not None


def _visible(linea: str) -> str:
    return (
        linea.removesuffix("\n")
        .replace("\ufeff", "\\ufeff")
        .replace("\r", "\\r")
        .replace("\u00a0", "\\u00a0")
    )
