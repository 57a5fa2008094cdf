"""Qué guarda un sitio de lo publicado antes, para crecer poco sin romper lo que alguien citó.

La última edición anterior sigue entera. De las demás de las últimas cinco quedan las tablas y los
boletines; de las aprobadas por un comité, para siempre, todos los datos y los boletines. Sus
páginas caducan. Los activos (estilos, letras, programas) duran treinta días más que la última
edición que los usó: quien dejó una página abierta los encuentra.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...edicion import ediciones

DIAS_DE_ACTIVOS = 30
FICHAS = 30
"""Cuántas fichas de ediciones (``ediciones/<id>.json``) quedan, las de las versiones más nuevas."""
RECIENTES = ediciones.CONSERVADAS - 1
"""De cuántas ediciones anteriores queda algo aunque nadie las apruebe."""
ACTIVOS = "activos/"
PERDURABLE = re.compile(r"datos/.*|.*\.pdf")
RECIENTE = re.compile(r"datos/[^/]+|.*\.pdf")
"""Sin los archivos de cada KPI, que son dos tercios de los datos y repiten las tablas."""


@dataclass(frozen=True, slots=True)
class Conservada:
    """Una edición anterior que sigue en el sitio; si no ``entera``, solo lo que perdura."""

    identificador: str
    entera: bool
    aprobada: bool

    def lleva(self, relativa: str) -> bool:
        """Si guarda ese archivo suyo; el manifiesto y su firma, siempre."""
        return (
            self.entera
            or relativa in (ediciones.MANIFIESTO, ediciones.FIRMA)
            or (PERDURABLE if self.aprobada else RECIENTE).fullmatch(relativa) is not None
        )


def conservadas(
    anteriores: Sequence[str], aprobadas: Collection[str] | None
) -> tuple[Conservada, ...]:
    """Las que siguen, de ``anteriores``: de la publicada más tarde a la primera, sin la nueva.

    ``aprobadas``: ``None`` si no se pudo saber cuáles son, y entonces ninguna caduca.
    """
    todas = [
        Conservada(identificador, n == 0, aprobadas is None or identificador in aprobadas)
        for n, identificador in enumerate(anteriores)
    ]
    return (*todas[:RECIENTES], *(c for c in todas[RECIENTES:] if c.aprobada))


def fichas_que_quedan(fichas: Mapping[str, bytes], siempre: Iterable[str]) -> set[str]:
    """De las ``fichas`` (identificador → contenido), las que siguen en el sitio: las ``siempre``, y
    las de las versiones más nuevas. Las dañadas también: quien las hereda lo dirá.
    """
    por_version = sorted(fichas, key=lambda i: (_version(fichas[i]), i), reverse=True)
    return (set(siempre) & fichas.keys()) | set(por_version[:FICHAS])


def _version(ficha: bytes) -> tuple[int, ...]:
    try:
        return tuple(int(n) for n in json.loads(ficha)["version"].split("."))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()
