"""Reglas sobre las observaciones, declaradas una a una; cada una se evalúa sobre las combinaciones
distintas que mira.

``falla`` es verdadera en las filas que la incumplen. Un módulo por lo que se mira: ``texto``,
``vocabulario``, ``tiempo`` y ``numero``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ...catalogo.modelos import DimensionDeGrupo
from .aplicar import aplicar
from .numero import de_numero
from .regla import CLAVE, NUMERICAS, NUMERO, Regla
from .texto import de_texto
from .tiempo import de_tiempo
from .vocabulario import de_grupo, de_lugar, de_vocabulario

__all__ = [
    "CLAVE",
    "NUMERICAS",
    "NUMERO",
    "Regla",
    "aplicar",
    "reglas",
    "reglas_sin_catalogo",
]


def reglas(
    fuentes: Sequence[str],
    lugares: Sequence[str],
    unidades: Mapping[str, str | None] | Sequence[str],
    corte: date,
    categorias: Mapping[DimensionDeGrupo, Sequence[str]],
    de_donde: str,
) -> list[Regla]:
    """Las reglas de una observación, ya unida a su ficha (columnas ``f_…``).

    ``lugares``: códigos admitidos, el territorio entero primero. ``unidades``: código → lugar de
    cada unidad informante, nulo si está mal escrito; solo los códigos, si no se conoce el lugar.
    ``categorias``: las admitidas de cada dimensión de grupo. ``de_donde``: de qué son los lugares,
    como «del distrito o de un anexo».
    """
    grupos = [
        f"{dimension}:{categoria}" for dimension, suyas in categorias.items() for categoria in suyas
    ]
    return [
        *de_texto(),
        *de_vocabulario(list(fuentes), list(lugares), de_donde),
        *de_grupo(grupos),
        *de_lugar(unidades, list(lugares)),
        *de_tiempo(corte),
        *de_numero(),
    ]


def reglas_sin_catalogo() -> list[Regla]:
    """Las que valen en cualquier territorio: cómo está escrito cada texto y cada cifra. Las
    columnas ``f_…`` pueden ser nulas.
    """
    return [*de_texto(), *de_numero()]
