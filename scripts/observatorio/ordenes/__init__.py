"""Las órdenes de ``observatorio``, agrupadas por asunto.

Cada módulo tiene ``registrar(ordenes)``, que añade las suyas al analizador. Ninguno importa polars,
pandas ni nada pesado al cargarse: una orden solo paga lo que usa. Para añadir un grupo, basta su
módulo y su lugar en ``GRUPOS``.
"""

from __future__ import annotations

from . import (
    acta,
    comentarios,
    comites,
    cuadernos,
    edicion,
    envio,
    matriz,
    metodo,
    nuevo,
    publicacion,
    recojo,
    referencia,
    validacion,
    voces,
)

GRUPOS = (
    nuevo,
    validacion,
    recojo,
    matriz,
    metodo,
    comites,
    acta,
    comentarios,
    edicion,
    publicacion,
    envio,
    voces,
    cuadernos,
    referencia,
)

__all__ = ["GRUPOS"]
