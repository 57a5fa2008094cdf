"""Las dos escrituras de un número que aquí no valen y que se pueden decir: con coma decimal y con
separador de miles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

CON_COMA = r"^-?[0-9]+,[0-9]+$"
BLANCOS_Y_APOSTROFOS = " '’\u00a0\u2007\u2009\u202f"
"""Lo que separa los miles en lugar de la coma: el espacio, ancho, fino o de una cifra, y el
apóstrofo.
"""
CON_MILES = rf"^-?[1-9][0-9]{{0,2}}([,{BLANCOS_Y_APOSTROFOS}][0-9]{{3}})+(\.[0-9]+)?$"
MILES_CON_PUNTO = re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
SI_ERA_DECIMAL = "; si la coma era decimal, {}"
SI_EL_PUNTO_ERA_DECIMAL = "; si el punto era decimal, {}0"
EN_PORCENTAJE = re.compile(r"(-?[0-9]+(?:[.,][0-9]+)?)\s*%")
EN_EXPONENTE = re.compile(r"-?[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
"""Como escriben los números largos R y las hojas de cálculo: ``1e+05``."""
SEPARADOR_DE_MILES, COMA_DECIMAL = "separador-de-miles", "coma-decimal"
DE_CIFRAS = frozenset({"valor", "numerador", "denominador", "antes", "despues", "cifra"})
"""Las columnas de los CSV del proyecto donde va un número."""
ENTERO, DECIMALES = re.compile(r"-?[0-9]+"), re.compile(r"[0-9]+")
VACIO_O_CIFRA = re.compile(r"(-?[0-9]+(\.[0-9]+)?)?")


def defecto_de_cifra(texto: str) -> tuple[str, str] | None:
    """``(regla, remedio)`` de un número con coma decimal o con separador de miles; nada si no es
    ninguno de los dos.
    """
    con_coma = re.fullmatch(CON_COMA, texto)
    if re.fullmatch(CON_MILES, texto):
        quiza = SI_ERA_DECIMAL.format(texto.replace(",", ".")) if con_coma else ""
        return (
            SEPARADOR_DE_MILES,
            f"escriba {re.sub(f'[,{BLANCOS_Y_APOSTROFOS}]', '', texto)}{quiza}",
        )
    if texto.count(".") > 1 or ("." in texto and "," in texto):
        duda = miles_o_decimal(texto)
        return (SEPARADOR_DE_MILES, duda) if duda else None
    if (porcentaje := EN_PORCENTAJE.fullmatch(texto)) is not None:
        return (
            "porcentaje-escrito",
            f"escriba solo el número, sin %: {porcentaje[1].replace(',', '.')}",
        )
    return (COMA_DECIMAL, f"escriba {texto.replace(',', '.')}") if con_coma else None


def miles_o_decimal(texto: str) -> str | None:
    """Qué escribir si el punto de una cifra puede ser de miles, como en ``1.036``; nada si no puede
    serlo.
    """
    if not MILES_CON_PUNTO.fullmatch(texto):
        return None
    entero, _, decimales = texto.partition(",")
    junto = entero.replace(".", "") + (f".{decimales}" if decimales else "")
    return f"escriba {junto}" + (
        SI_EL_PUNTO_ERA_DECIMAL.format(texto) if texto.count(".") == 1 and not decimales else ""
    )


CON_PALABRAS = r"^[^0-9<>≥≤~±]*?(-?[0-9]+(?:[.,][0-9]+)?)[^0-9<>≥≤~±]*$"
EN_DUDA = r"[OolISBZОоІΟο][0-9]|[0-9][OolISBZОоІΟο](?:[^a-záéíóúñ]|$)|[−–—(]\s*[0-9]"
"""La letra pegada puede ser una cifra («4O») y el signo o el paréntesis, un menos («(46)»): sin
ellos sería otro número.
"""
DUDOSA = r"^-?[1-9][0-9]{0,2}[.,][0-9]{3}$"


def solo_el_numero(texto: str) -> str | None:
    """El único número de un texto, con punto decimal: ``"12 niños" → "12"``. Nada si hay varios, si
    no se sabe si su coma o su punto es de miles, o si lo que sobra puede ser parte de él.
    """
    m = re.fullmatch(CON_PALABRAS, texto)
    if m is None or m[1] == texto or re.fullmatch(DUDOSA, m[1]) or re.search(EN_DUDA, texto):
        return None
    return m[1].replace(",", ".")


def sin_exponente(texto: str) -> str | None:
    """El número de ``1e+05``, escrito entero; nada si no está escrito así."""
    return f"{Decimal(texto.replace(',', '.')):f}" if EN_EXPONENTE.fullmatch(texto) else None


def sin_abreviar(numero: str) -> str:
    """Qué escribir en lugar de ``1e+05``, que es ``numero``."""
    return f"escriba todas sus cifras, sin E: {numero}, si al abreviarlo no perdió ninguna"


def con_punto(texto: str) -> str:
    """La misma cifra escrita como vale; lo que no es una cifra con coma, como está."""
    return texto.replace(",", ".") if re.fullmatch(CON_COMA, texto) else texto


def partidas(campos: Sequence[str], columnas: Sequence[str]) -> list[list[str]]:
    """Cada modo de juntar los campos de una fila a la que sobran porque la coma de sus cifras la
    partió; ninguno si no es por eso.

    Solo se juntan dos números vecinos en una columna de cifras, y solo si con ello la fila encaja
    entera.
    """
    if len(campos) <= len(columnas) or len(campos) > len(columnas) + sum(
        c in DE_CIFRAS for c in columnas
    ):
        return []
    return list(_encajes(list(campos), list(columnas)))


def _encajes(campos: list[str], columnas: list[str]) -> Iterator[list[str]]:
    if not columnas:
        if not campos:
            yield []
        return
    if not campos:
        return
    es_cifra = columnas[0] in DE_CIFRAS
    if (
        es_cifra
        and len(campos) > 1
        and ENTERO.fullmatch(campos[0])
        and DECIMALES.fullmatch(campos[1])
    ):
        yield from (
            [f"{campos[0]},{campos[1]}", *resto] for resto in _encajes(campos[2:], columnas[1:])
        )
    if not es_cifra or VACIO_O_CIFRA.fullmatch(campos[0]):
        yield from ([campos[0], *resto] for resto in _encajes(campos[1:], columnas[1:]))
