"""La lista de lo que una página no admite, que está en
``_extensions/observatorio/no_admitido.json`` y leen también los filtros: a Quarto se lo puede
llamar a mano, y los textos de un cuaderno solo pasan por ellos.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..base import lecturas
from ..rutas import Proyecto

REGLA = "no-se-admite-en-una-pagina"
Hallado = tuple[int, str, str]
"""``(línea, lo escrito, qué hacer)``."""


@dataclass(frozen=True, slots=True)
class Prohibido:
    """Un nombre, o el comienzo de varios si acaba en ``*``, y qué hacer en su lugar."""

    nombre: str
    remedio: str
    salvo: tuple[str, ...] = ()

    def es(self, nombre: str) -> bool:
        if nombre in self.salvo:
            return False
        if self.nombre.endswith("*"):
            return nombre.startswith(self.nombre[:-1])
        return nombre == self.nombre


@dataclass(frozen=True, slots=True)
class NoAdmitido:
    """La lista entera. ``encabezado`` y ``proyecto``: las claves que sí se admiten."""

    clases: tuple[Prohibido, ...]
    anclas: tuple[Prohibido, ...]
    atributos: tuple[Prohibido, ...]
    etiquetas: frozenset[str]
    encabezado: tuple[str, ...]
    proyecto: tuple[str, ...]


def lista(proyecto: Proyecto) -> NoAdmitido:
    """La lista de la extensión."""
    return _lista(lecturas.texto(proyecto.extension / "no_admitido.json"))


@lru_cache(maxsize=4)
def _lista(texto: str) -> NoAdmitido:
    crudo = json.loads(texto)

    def de(grupo: str, nombre: str) -> tuple[Prohibido, ...]:
        return tuple(
            Prohibido(p[nombre], p["remedio"], tuple(p.get("salvo", ()))) for p in crudo[grupo]
        )

    return NoAdmitido(
        de("clases", "clase"),
        de("anclas", "ancla"),
        de("atributos", "atributo"),
        frozenset(crudo["etiquetas"]),
        tuple(crudo["encabezado"]),
        tuple(crudo["proyecto"]),
    )


def prohibidos(
    linea: int, valor: str, nombre: str, prohibidos: Iterable[Prohibido]
) -> Iterator[Hallado]:
    for prohibido in prohibidos:
        if prohibido.es(nombre):
            yield linea, valor, prohibido.remedio
            return
