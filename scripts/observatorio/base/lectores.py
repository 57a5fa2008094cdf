"""Quién lee lo que una orden escribe: su terminal u otros, que no han de ver valores
(``redaccion``).
"""

from __future__ import annotations

import os

VARIABLE, APARTE = "OBSERVATORIO_REDACTAR", "OBSERVATORIO_ORDEN_APARTE"


def son_otros() -> bool:
    """Si lo que se escriba en este proceso lo leerán otros."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def hay_reserva() -> bool:
    """Si esta orden es la que corre detrás de la reserva."""
    return APARTE in os.environ
