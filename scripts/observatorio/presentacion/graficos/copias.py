"""Las copias que Altair hace de sus propios objetos, que eran la quinta parte de un cuaderno.

Un gráfico de capas se copia entero una docena de veces antes de mostrarse, y cada eje, escala o
marca lleva cien propiedades de las que se dicen tres: Altair llama a su copia por cada una.
"""

from __future__ import annotations

from typing import Any

from altair.utils import schemapi
from altair.utils.schemapi import SchemaBase, Undefined
from altair.vegalite.v6.api import TopLevelMixin

_de_altair = schemapi._deep_copy


def aligerar() -> None:
    """Que en este proceso Altair copie igual y no se detenga en lo que un objeto no dice."""
    schemapi._deep_copy = copia  # type: ignore[assignment]  # no hay otra entrada


def copia(objeto: Any, by_ref: set[str]) -> Any:
    """Lo mismo que ``altair.utils.schemapi._deep_copy``: hasta el fondo listas, diccionarios y
    objetos del esquema, salvo las claves de ``by_ref``; lo demás, el mismo. Altair da los dos por
    su nombre.
    """
    if isinstance(objeto, list):
        return [copia(x, by_ref) for x in objeto]
    if isinstance(objeto, dict):
        return _valores(objeto, by_ref)
    if not isinstance(objeto, SchemaBase):
        return objeto
    # Un gráfico hace más que guardar lo que le dan, y otros dicen ellos mismos cómo se copian.
    if isinstance(objeto, TopLevelMixin) or hasattr(type(objeto), "__deepcopy__"):
        return _de_altair(objeto, by_ref)
    nuevo = object.__new__(type(objeto))
    object.__setattr__(nuevo, "_args", tuple(copia(x, by_ref) for x in objeto._args))
    object.__setattr__(nuevo, "_kwds", _valores(objeto._kwds, by_ref))
    return nuevo


def _valores(claves: dict[str, Any], by_ref: set[str]) -> dict[str, Any]:
    return {k: v if v is Undefined or k in by_ref else copia(v, by_ref) for k, v in claves.items()}
