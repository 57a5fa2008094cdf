"""En qué edición publicada se lee cada versión aprobada: esa edición no caduca nunca.

Cada edición publicada anota, de cada producto, la versión que llevaba y el acta que la aprobó, si
ya la había.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .tramites import Caminos

Llevada = dict[str, str | None]
"""``version`` (huella) y ``acta`` (la sesión que la había aprobado; nula, si ninguna todavía)."""


def donde_se_lee(
    caminos: Caminos, publicadas: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], str]:
    """``(producto, versión aprobada) → edición``: la primera que la llevó ya aprobada; mientras no
    la haya, la última que la llevó sin aprobar. La que ninguna llevó, no está.

    ``publicadas``: de la más nueva a la más vieja, con lo que cada una anotó en ``versiones``.
    """
    aprobadas = {
        (producto, firme.version)
        for (producto, simulacro), camino in caminos.items()
        if not simulacro
        for firme in camino.aprobadas
    }
    ya_aprobada: dict[tuple[str, str], str] = {}
    todavia_no: dict[tuple[str, str], str] = {}
    for publicada in publicadas:
        for producto, llevada in publicada.get("versiones", {}).items():
            clave = (producto, llevada["version"])
            if clave not in aprobadas:
                continue
            if llevada["acta"]:
                ya_aprobada[clave] = publicada["edicion"]
            else:
                todavia_no.setdefault(clave, publicada["edicion"])
    return todavia_no | ya_aprobada
