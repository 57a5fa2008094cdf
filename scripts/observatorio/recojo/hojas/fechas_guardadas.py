"""Las fechas como las guarda una hoja de cálculo: días desde un origen (Excel), o ISO 8601.

``openpyxl`` es el árbitro en las pruebas.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

ORIGEN_1900 = datetime(1899, 12, 30)
ORIGEN_1904 = datetime(1904, 1, 1)
DIAS_SIN_EL_29 = 60
"""Excel cuenta un 29 de febrero de 1900 que no hubo: antes de él, cada día va uno atrás."""
MILISEGUNDOS_AL_DIA = 86_400_000
DURACION = re.compile(
    r"PT(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?"
)


def de_dias(dias: float, origen: datetime) -> datetime | time:
    """El momento que Excel guarda como ``dias`` desde ``origen``; menos de un día es una hora.

    Lanza ``OverflowError`` o ``ValueError`` si no hay tal día.
    """
    enteros, parte = divmod(dias, 1)
    resto = timedelta(milliseconds=round(parte * MILISEGUNDOS_AL_DIA))
    if enteros == 0 and not resto.days:
        return (datetime.min + resto).time()
    if 0 < dias < DIAS_SIN_EL_29 and origen == ORIGEN_1900:
        enteros += 1
    return origen + timedelta(days=enteros) + resto


def duracion(dias: float) -> timedelta:
    """Lo que dura, al milisegundo."""
    return timedelta(milliseconds=round(dias * MILISEGUNDOS_AL_DIA))


def duracion_iso(texto: str) -> timedelta | None:
    """``PT1H30M`` → hora y media; nulo si no es una duración."""
    m = DURACION.fullmatch(texto)
    if not m or not any(m.groups()):
        return None
    return timedelta(**{k: float(v.replace(",", ".")) for k, v in m.groupdict("0").items()})


def de_iso(texto: str) -> date | datetime | time | timedelta:
    """Un día, un momento, una hora o una duración; lo que diga de su zona no cuenta.

    Lanza ``ValueError`` si no es ninguno.
    """
    if (larga := duracion_iso(texto)) is not None:
        return larga
    if texto[:1] == "T" or texto[2:3] == ":":
        return time.fromisoformat(texto).replace(tzinfo=None)
    if "T" not in texto:
        return date.fromisoformat(texto)
    return datetime.fromisoformat(texto).replace(tzinfo=None)
