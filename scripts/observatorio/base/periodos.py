"""Periodos de las observaciones y su fin en el tiempo.

Un periodo se escribe ``2024``, ``2024-S1``, ``2024-T3`` o ``2024-05``. Su fin se mide en meses
desde el año 0 (entero exacto) y ``t`` en años: 2024 → 2025.0, 2024-S1 → 2024.5. Un trienio agrupado
se escribe ``2022/2024``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import polars as pl

MESES_DEL_ANIO = 12
NOMBRES_DE_MES = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
MESES = {"mensual": 1, "trimestral": 3, "semestral": 6, "anual": 12, "bienal": 24}
FECHA = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
FORMA = {
    "mensual": r"^[0-9]{4}-(0[1-9]|1[0-2])$",
    "trimestral": r"^[0-9]{4}-T[1-4]$",
    "semestral": r"^[0-9]{4}-S[12]$",
    "anual": r"^[0-9]{4}$",
    "bienal": r"^[0-9]{4}$",
}
EJEMPLO = {
    "mensual": "2025-03",
    "trimestral": "2025-T1",
    "semestral": "2025-S1",
    "anual": "2025",
    "bienal": "2025",
}
_MESES_DE_SUFIJO = {"S": 6, "T": 3}
_PERIODO = re.compile(r"^([0-9]{4})(?:-(?:(S)([12])|(T)([1-4])|(0[1-9]|1[0-2])))?$")


def meses_fin(periodo: str) -> int:
    """Mes absoluto en que termina ``periodo`` (año × 12 + meses). Lanza ``ValueError`` si no tiene
    forma.
    """
    m = _PERIODO.match(periodo.split("/")[-1])
    if not m:
        raise ValueError(f"periodo sin forma conocida: {periodo!r}")
    anio = int(m[1]) * 12
    if m[6]:
        return anio + int(m[6])
    letra, numero = m[2] or m[4], m[3] or m[5]
    return anio + _MESES_DE_SUFIJO[letra] * int(numero) if letra else anio + 12


def es_periodo(texto: str) -> bool:
    """¿Tiene la forma de un periodo de alguna frecuencia?"""
    return any(re.match(forma, texto) for forma in FORMA.values())


def duracion(periodo: str) -> int:
    """Meses que abarca ``periodo`` según su forma."""
    return next(MESES[f] for f, forma in FORMA.items() if re.match(forma, periodo))


def t(periodo: str) -> float:
    """Fin del periodo en años: ``t("2024") == 2025.0``."""
    return meses_fin(periodo) / 12


def expr_meses_fin(texto: pl.Expr) -> pl.Expr:
    """Como ``meses_fin``, para una columna de textos; nulo donde el texto no es un periodo."""
    texto = texto.str.split("/").list.last()
    anio = texto.str.slice(0, 4).cast(pl.Int32, strict=False) * 12
    numero = texto.str.slice(6, 1).cast(pl.Int32, strict=False)
    letra = texto.str.slice(5, 1)
    return (
        pl.when(~texto.str.contains(_PERIODO.pattern))
        .then(None)
        .when(texto.str.len_chars() == 4)
        .then(anio + 12)
        .when(letra == "S")
        .then(anio + 6 * numero)
        .when(letra == "T")
        .then(anio + 3 * numero)
        .otherwise(anio + texto.str.slice(5, 2).cast(pl.Int32, strict=False))
    )


def mes_de(fecha: date) -> int:
    """Mes absoluto en curso de una fecha: los periodos con ``meses_fin`` mayor no han terminado."""
    return fecha.year * 12 + fecha.month - 1


def mes_exacto(fecha: date) -> float:
    """Instante de una fecha en meses absolutos: el 1 de abril de 2024 es 24291; el 16, unas décimas
    más.
    """
    return mes_de(fecha) + (fecha.day - 1) / monthrange(fecha.year, fecha.month)[1]


def es_fin_de_mes(fecha: date) -> bool:
    return fecha.day == monthrange(fecha.year, fecha.month)[1]


def ultimo_mes_terminado(fecha: date) -> int:
    """Mayor ``meses_fin`` de un periodo ya terminado en ``fecha``."""
    return mes_de(fecha) + (1 if es_fin_de_mes(fecha) else 0)


def legible(periodo: str) -> str:
    """Forma que lee una persona: ``2024-S1`` → «1.er semestre de 2024»."""
    if "/" in periodo:
        return " a ".join(periodo.split("/"))
    m = _PERIODO.match(periodo)
    if not m:
        return periodo
    if m[2]:
        return f"{'1.er' if m[3] == '1' else '2.º'} semestre de {m[1]}"
    if m[4]:
        return f"{['1.er', '2.º', '3.er', '4.º'][int(m[5]) - 1]} trimestre de {m[1]}"
    if m[6]:
        return f"{NOMBRES_DE_MES[int(m[6]) - 1]} de {m[1]}"
    return m[1]


def o_asumido(periodo: str, se_asume: bool) -> str:
    """El periodo; el que se asume no se dice como si constara."""
    return f"año no declarado; se asume {periodo}" if se_asume else periodo


def con_articulo(periodo: str) -> str:
    """Como sigue a una preposición: «2025», «el 1.er semestre de 2026»."""
    return f"{'el ' if _lleva_articulo(periodo) else ''}{legible(periodo)}"


def en_periodo(periodo: str) -> str:
    """«en 2025», «en el 1.er semestre de 2026», «de 2022 a 2024»."""
    return f"{'de' if '/' in periodo else 'en'} {con_articulo(periodo)}"


def de_periodo(periodo: str) -> str:
    """«de 2025», «del 1.er semestre de 2026», «de 2022 a 2024»."""
    return f"{'del' if _lleva_articulo(periodo) else 'de'} {legible(periodo)}"


def _lleva_articulo(periodo: str) -> bool:
    return "/" not in periodo and ("-S" in periodo or "-T" in periodo)


def mes_legible(instante: float) -> str:
    """El mes en que cae un instante en meses absolutos: ``24291.2`` → «abril de 2024»."""
    anio, mes = divmod(int(instante), 12)
    return f"{NOMBRES_DE_MES[mes]} de {anio}"


def fecha_larga(iso: str) -> str:
    """``2026-10-31`` → «31 de octubre de 2026»."""
    anio, mes, dia = iso.split("-")
    return f"{int(dia)} de {legible(f'{anio}-{mes}')}"
