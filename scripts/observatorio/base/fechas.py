"""Una fecha escrita de otro modo que año-mes-día: cuál es, si no puede ser otra."""

from __future__ import annotations

import re
from datetime import date, timedelta

from .periodos import NOMBRES_DE_MES

OTROS_NOMBRES = {"setiembre": 9, "set": 9}
CON_HORA = re.compile(
    r"(\S+?),?[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?\s?m\.?)?", re.IGNORECASE
)
"""Una hora sin zona: vale su día."""
AL_DERECHO = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
LATINA = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
SEGUIDA = re.compile(r"(\d{4})(\d{2})(\d{2})")
CORTA = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})")
CORTA_EN_LETRAS = re.compile(r"(\d{1,2})[ ./-]([a-z]+)\.?[ ./-](\d{2}|\d{4})")
EN_LETRAS = re.compile(r"(\d{1,2})(?: de)? ([a-z]+)\.?(?: del?)? (\d{4})")
DE_EXCEL = re.compile(r"[34]\d{4}")
CERO_DE_EXCEL = date(1899, 12, 30)


def dia_escrito(texto: str) -> str | None:
    """El día, como ``2026-10-31``, de una fecha con su año entero, sea cual sea su orden; nulo si
    no lo es. ``14/10/2026`` es día y mes, como se escribe aquí.
    """
    limpio = " ".join(sin_hora(texto).lower().split())
    if m := AL_DERECHO.fullmatch(limpio):
        return _dia(int(m[1]), int(m[2]), int(m[3]))
    if m := LATINA.fullmatch(limpio):
        return _dia(int(m[3]), int(m[2]), int(m[1]))
    if m := EN_LETRAS.fullmatch(limpio):
        return _dia(int(m[3]), mes_de_nombre(m[2]), int(m[1]))
    return None


def sin_hora(texto: str) -> str:
    """Una fecha sin la hora que la sigue: ``"15/01/2026 12:00:00 a.m." → "15/01/2026"``."""
    m = CON_HORA.fullmatch(texto.strip())
    return m[1] if m else texto.strip()


def mes_de_nombre(palabra: str) -> int:
    """El mes de su nombre, entero o con sus tres primeras letras: ``"set" → 9``; 0 si no lo es."""
    return OTROS_NOMBRES.get(palabra) or next(
        (i for i, n in enumerate(NOMBRES_DE_MES, 1) if palabra in (n, n[:3])), 0
    )


def dia_probable(texto: str) -> str | None:
    """El día que quizá es, para proponerlo y no para tomarlo: con el año de dos cifras, sin rayas,
    con el mes y el día al revés si no puede ser de otro modo, o el número con que Excel guarda las
    fechas.
    """
    if escrito := dia_escrito(texto):
        return escrito
    limpio = sin_hora(texto)
    if m := CORTA.fullmatch(limpio):
        return _dia(2000 + int(m[3]), int(m[2]), int(m[1]))
    if m := SEGUIDA.fullmatch(limpio):
        return _dia(int(m[1]), int(m[2]), int(m[3]))
    if m := LATINA.fullmatch(limpio):
        return _dia(int(m[3]), int(m[1]), int(m[2]))
    if m := AL_DERECHO.fullmatch(limpio):
        return _dia(int(m[1]), int(m[3]), int(m[2]))
    if m := CORTA_EN_LETRAS.fullmatch(limpio.lower()):
        anio = int(m[3]) if len(m[3]) > 2 else 2000 + int(m[3])
        return _dia(anio, mes_de_nombre(m[2]), int(m[1]))
    if DE_EXCEL.fullmatch(limpio):
        return (CERO_DE_EXCEL + timedelta(days=int(limpio))).isoformat()
    return None


def propuesta_de_dia(texto: str) -> str | None:
    """Qué se pide a quien escribió así una fecha; nada si no se sabe cuál quiso decir."""
    dia = dia_probable(texto)
    return f"escriba {dia}, si es esa la fecha" if dia else None


def _dia(anio: int, mes: int, dia: int) -> str | None:
    try:
        return date(anio, mes, dia).isoformat()
    except ValueError:
        return None
