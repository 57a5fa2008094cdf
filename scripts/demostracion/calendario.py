"""Periodos: cuáles tocan a cada frecuencia, cuándo terminan y cuándo llega su dato."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

PRIMER_ANIO = 2019
POR_ANIO = {"mensual": 12, "trimestral": 4, "semestral": 2, "anual": 1, "bienal": 1}
DEMORA_EN_DIAS = {
    "mensual": (8, 20),
    "trimestral": (10, 25),
    "semestral": (30, 70),
    "anual": (60, 150),
    "bienal": (90, 180),
}


@dataclass(frozen=True, slots=True, order=True)
class Tramo:
    """Un periodo: ``inicio`` y ``fin`` en años con decimales (2024-S1 va de 2024.0 a 2024.5)."""

    inicio: float
    fin: float
    texto: str

    @property
    def anio(self) -> int:
        return int(self.texto[:4])

    def cruza(self, otro: Tramo) -> bool:
        """Si los dos periodos comparten algún mes."""
        return self.inicio < otro.fin - 1e-9 and otro.inicio < self.fin - 1e-9


def tramo(periodo: str) -> Tramo:
    """Lee ``2024``, ``2024-S1``, ``2024-T3`` o ``2024-05``."""
    anio = int(periodo[:4])
    if len(periodo) == 4:
        return Tramo(float(anio), float(anio + 1), periodo)
    parte = periodo[5:]
    partes = {"S": 2, "T": 4}.get(parte[0], 12)
    numero = int(parte.lstrip("ST"))
    return Tramo(anio + (numero - 1) / partes, anio + numero / partes, periodo)


def ultimo_dia(periodo: Tramo) -> date:
    meses = round((periodo.fin - int(periodo.texto[:4])) * 12)
    return date(periodo.anio, meses, calendar.monthrange(periodo.anio, meses)[1])


def periodos(frecuencia: str, corte: date, base: str | None) -> list[Tramo]:
    """Periodos terminados antes del corte desde ``PRIMER_ANIO``; los bienales siguen la paridad de
    la base.
    """
    paso = 2 if frecuencia == "bienal" else 1
    desfase = (int(base[:4]) - PRIMER_ANIO) % paso if base else 0
    anios = range(PRIMER_ANIO + desfase, corte.year + 1, paso)
    todos = [tramo(texto) for anio in anios for texto in _textos(anio, POR_ANIO[frecuencia])]
    return [p for p in todos if ultimo_dia(p) < corte]


def _textos(anio: int, partes: int) -> list[str]:
    formas = {1: "{0}", 2: "{0}-S{1}", 4: "{0}-T{1}", 12: "{0}-{1:02d}"}
    return [formas[partes].format(anio, i) for i in range(1, partes + 1)]


def fecha_del_dato(periodo: Tramo, frecuencia: str, corte: date, fraccion: float) -> date:
    """Día en que llegó el dato: tras el fin del periodo y nunca después del corte."""
    minimo, maximo = DEMORA_EN_DIAS[frecuencia]
    demora = minimo + int(fraccion * (maximo - minimo + 1))
    return min(ultimo_dia(periodo) + timedelta(days=demora), corte)
