"""Los códigos de los grupos de edad, ``6-11m`` o ``60a+``, y los meses que abarcan."""

from __future__ import annotations

import re
from math import inf

EDAD = re.compile(r"(\d+)(?:-(\d+))?([ma])(\+?)")
MESES = {"m": 1, "a": 12}


def tramo(codigo: str) -> tuple[float, float] | None:
    """``[desde, hasta)`` en meses cumplidos; nulo si no es un grupo de edad."""
    hallado = EDAD.fullmatch(codigo)
    if not hallado:
        return None
    desde, hasta, letra, abierta = hallado.groups()
    meses = MESES[letra]
    return int(desde) * meses, inf if abierta else (int(hasta or desde) + 1) * meses


def se_pisan(uno: str, otro: str) -> bool:
    """¿Puede alguien estar en los dos grupos de edad?"""
    a, b = tramo(uno), tramo(otro)
    return a is not None and b is not None and a[0] < b[1] and b[0] < a[1]
