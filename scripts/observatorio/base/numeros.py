"""Una cifra, una sola forma: la misma en tabla, gráfico, prosa, PDF y CSV. Perú escribe 1,234.5."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import overload

from .palabras import singular

SIGNIFICATIVAS = 12
SIN_UNIDADES = 1e15
"""Desde aquí las últimas cifras de un número con coma flotante no dicen nada."""
SIN_TOPE = Context(prec=800)
"""Para escribir también lo que tiene cientos de cifras."""
FINO = "\u202f"
MENOS = "\u2212"


@overload
def canonico(valor: None) -> None: ...
@overload
def canonico(valor: float) -> float: ...
def canonico(valor: float | None) -> float | None:
    """Doce cifras significativas, y entero cuando lo es: la forma de los datos públicos."""
    if valor is None:
        return None
    redondo = float(f"{valor:.{SIGNIFICATIVAS}g}")
    return int(redondo) if redondo.is_integer() and abs(redondo) < 1e15 else redondo


def numero(valor: float | None, decimales: int = 1, ausente: str = "—") -> str:
    """``numero(1234.5) == "1,234.5"``; el cero negativo se escribe 0 y el signo menos es «−».

    Los empates suben (31.25 → 31.3), como en el navegador: Python los llevaría al par y tabla y
    gráfico discreparían. Se redondea lo que dicen los datos públicos: 153 ÷ 240 es 63.75, no
    63.74999….
    """
    if valor is None:
        return ausente
    texto = f"{_redondo(valor, decimales):,f}"
    if float(texto.replace(",", "")) == 0:
        texto = texto.removeprefix("-")
    return texto.replace("-", MENOS)


def cifra_escrita(texto: str) -> str:
    """``cifra_escrita("440664.5") == "440,664.5"``; lo que no es número, tal cual."""
    try:
        return numero(float(texto), len(texto.partition(".")[2]))
    except ValueError:
        return texto


def redondeado(valor: float, decimales: int) -> float:
    """El número que ``numero`` escribe."""
    return float(_redondo(valor, decimales))


def _redondo(valor: float, decimales: int) -> Decimal:
    limpio = valor if isinstance(valor, int) else canonico(valor)
    exacto = Decimal(str(limpio)) if abs(limpio) >= SIN_UNIDADES else Decimal(limpio)
    return exacto.quantize(Decimal(1).scaleb(-decimales), ROUND_HALF_UP, SIN_TOPE)


def con_unidad(valor: float | None, unidad: str, decimales: int = 1, ausente: str = "—") -> str:
    """``56.4 %``, ``300 ha``, ``1 anexo``, ``S/ 1,180``: el espacio que las une no se parte."""
    if valor is None:
        return ausente
    cifra = numero(valor, decimales)
    if unidad == "S/":
        return f"S/{FINO}{cifra}"
    return f"{cifra}{FINO}{singular(unidad) if cifra == '1' else unidad}"


def porcentaje(proporcion: float | None, decimales: int = 0, ausente: str = "—") -> str:
    """Proporción 0–1 como porcentaje: ``0.421`` → ``42 %``."""
    return con_unidad(None if proporcion is None else proporcion * 100, "%", decimales, ausente)
