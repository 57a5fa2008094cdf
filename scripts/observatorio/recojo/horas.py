"""El día en que algo pasó, en el territorio: las encuestas sellan sus horas en otra zona, y a las
22:10 en Lima ya es mañana en UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CON_ZONA = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)",
    re.IGNORECASE,
)
SIN_ZONA = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?")
EN_UTC = frozenset({"_submission_time", "_submission__submission_time"})
"""Columnas que KoboToolbox escribe en UTC sin decirlo."""


CON_MEDIO_DIA = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]\d{1,2}:\d{2}(?::\d{2})?\s*[ap]\.?\s?m\.?", re.IGNORECASE
)
"""Una hora de doce: sin zona, vale su día."""


class SinZona(ValueError):
    """La hora dice su zona y el territorio no ha declarado la suya."""


def dia_local(texto: str, zona: str | None, titulo: str = "") -> str:
    """``("2025-01-01T03:10:00.000Z", "America/Lima") → "2024-12-31"``. Una hora sin zona es la del
    territorio, y vale su día; lo que no es una hora, igual.

    Lanza ``SinZona`` si haría falta la zona del territorio y no está.
    """
    m = CON_ZONA.fullmatch(texto)
    en_utc = m is None and titulo in EN_UTC
    m = m or (SIN_ZONA.fullmatch(texto) if en_utc else None)
    if m is None:
        local = SIN_ZONA.fullmatch(texto) or CON_MEDIO_DIA.fullmatch(texto)
        return local[1] if local else texto
    if zona is None:
        raise SinZona(texto)
    desfase = "+00:00" if en_utc or m[3].upper() in ("Z", "UTC", "GMT") else m[3]
    desfase = f"{desfase[:3]}:{desfase[3:].lstrip(':') or '00'}"
    try:
        instante = datetime.fromisoformat(f"{m[1]}T{m[2]}{desfase}")
    except ValueError:
        return texto
    return instante.astimezone(UTC).astimezone(ZoneInfo(zona)).date().isoformat()
