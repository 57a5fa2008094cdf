"""Lo que espera a un comité: lo enviado que falta opinar o decidir y lo corregido que falta
ratificar. De aquí salen lo que se pide en una sesión y lo pendiente de *Gobernanza*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...actas.modelos import Paso
from ...actas.productos import nombre_de
from ...actas.tramites import Espera, que_espera, quien_da
from ...resultados.resultados import Resultados

SE_PIDE: dict[Paso, str] = {
    "opinión": "opinar",
    "aprobado": "aprobar u observar",
    "ratificado": "ratificar",
}
"""Lo que hace el comité, como se le pide."""
SE_ESPERA: dict[Paso, str] = {
    "opinión": "que se opine",
    "aprobado": "que se apruebe o se observe",
    "ratificado": "que se ratifique una corrección",
}
"""Lo mismo, dicho del producto."""


@dataclass(frozen=True, slots=True)
class PorDecidir:
    """Un producto que espera a un comité. ``movidos``: con *ratificado*, los KPI cuyo estado cambió
    una corrección.
    """

    producto: str
    nombre: str
    version: str
    simulacro: bool
    espera: Espera
    movidos: tuple[str, ...] = ()


def por_decidir(r: Resultados) -> Iterator[PorDecidir]:
    """Todo lo que hoy espera a algún comité, también en simulacro: primero lo que está en curso."""
    g = r.catalogo.gobernanza
    if g is None:
        return
    for (producto, simulacro), camino in sorted(r.libro.caminos.items()):
        if espera := que_espera(g, producto, camino):
            nombre = nombre_de(r.catalogo, producto)
            yield PorDecidir(producto, nombre, str(camino.version), simulacro, espera)
    for producto in r.aprobaciones.tramitados:
        a = r.aprobaciones.de(producto)
        if a.falta_ratificar:
            yield PorDecidir(
                producto,
                nombre_de(r.catalogo, producto),
                str(a.version),
                False,
                Espera("ratificado", quien_da(g, producto, "ratificado") or ""),
                a.por_ratificar,
            )
