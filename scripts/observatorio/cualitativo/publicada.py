"""Lo que se publica de las narraciones de verdad, leído y comparado con lo ya publicado."""

from __future__ import annotations

from ..catalogo import Catalogo
from ..edicion import memoria
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .modelos import Voces
from .relatos import leer_libro
from .tanda import leer_tanda, retrocede, voces_de


def leer_voces_de_tanda(
    proyecto: Proyecto, catalogo: Catalogo, errores: list[ErrorDeDatos]
) -> Voces | None:
    """Las voces de la última tanda; nada si todavía no hay, o si está dañada.

    Los defectos van a ``errores``: también el de una tanda anterior a la que ya se publicó.
    """
    antes = len(errores)
    tanda = leer_tanda(proyecto, errores)
    registro = memoria.mirar(proyecto.raiz).registro
    publicada = int(((registro or {}).get("ultima") or {}).get("tanda", 0))
    if len(errores) == antes:
        errores += retrocede(proyecto, tanda, publicada)
    if tanda is None or len(errores) > antes:
        return None
    libro = leer_libro(proyecto, catalogo, [])
    return voces_de(tanda, libro) if libro else None
