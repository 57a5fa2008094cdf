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


CON_RELOJ = re.compile(
    r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"(?:\s*([ap])\.?\s?m\.?)?\s*(?:GMT|UTC)(?:([+-])(\d{1,2})(?::?(\d{2}))?)?",
    re.IGNORECASE,
)
"""El sello de un formulario de Google: ``2025/12/31 10:10:05 p. m. GMT-5``."""
MEDIO_DIA = 12


class SinZona(ValueError):
    """La hora dice su zona y el territorio no ha declarado la suya."""


def dia_local(texto: str, zona: str | None, titulo: str = "") -> str:
    """``("2025-01-01T03:10:00.000Z", "America/Lima") → "2024-12-31"``. Una hora sin zona es la del
    territorio, y vale su día; lo que no es una hora, igual.

    Lanza ``SinZona`` si haría falta la zona del territorio y no está.
    """
    m = CON_ZONA.fullmatch(texto) or CON_ZONA.fullmatch(_al_derecho(texto))
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


def _al_derecho(texto: str) -> str:
    """Un sello con su reloj de doce horas y su «GMT-5», en ISO 8601; otro texto, como está."""
    m = CON_RELOJ.fullmatch(texto)
    if m is None:
        return texto
    anio, mes, dia, hora, minuto = (int(x) for x in m.groups()[:5])
    if m[7]:
        if not 1 <= hora <= MEDIO_DIA:
            return texto
        hora = hora % MEDIO_DIA + (MEDIO_DIA if m[7].lower() == "p" else 0)
    zona = f"{m[8]}{int(m[9]):02d}:{m[10] or '00'}" if m[8] else "Z"
    return f"{anio}-{mes:02d}-{dia:02d}T{hora:02d}:{minuto:02d}:{m[6] or '00'}{zona}"
