"""Lo que los dos motores dicen a las plantillas y a Typst por igual."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from ..rutas import Proyecto

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
