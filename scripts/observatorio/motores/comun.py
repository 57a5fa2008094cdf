"""Lo que los dos motores dicen a las plantillas y a Typst por igual."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from ..rutas import Proyecto

T = TypeVar("T")

PUBLICA = "OBSERVATORIO_PUBLICA"
"""Con esta variable la página lleva su política de seguridad; sin ella la hace alguien a mano, con
``quarto preview``, que recarga con un guion en línea.
"""


def fecha_de_los_datos(proyecto: Proyecto) -> int:
    """La fecha de corte como segundos: la fecha que el PDF declara no depende del reloj."""
    sello = json.loads((proyecto.trabajo / "piezas" / "sello.json").read_text(encoding="utf-8"))[
        "sello"
    ]
    return int(datetime.fromisoformat(sello["fecha_iso"]).replace(tzinfo=UTC).timestamp())


def repartir(encargos: Sequence[T], trabajo: Callable[[T], int], partes: int) -> list[list[T]]:
    """En tantos lotes de parecido trabajo como ``partes``, sin lotes vacíos."""
    lotes: list[list[T]] = [[] for _ in range(partes)]
    pesos = [0] * partes
    for encargo in sorted(encargos, key=lambda e: -trabajo(e)):
        menor = pesos.index(min(pesos))
        lotes[menor].append(encargo)
        pesos[menor] += trabajo(encargo)
    return [lote for lote in lotes if lote]
