"""Ningún texto de un YAML empieza como una fórmula ni lleva signos que no se ven: la regla es la de
las observaciones.

Se mira lo escrito y no los modelos campo por campo: un campo nuevo queda cubierto por sí solo.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..base.texto import FORMULA, SIGNO, reglas_de_forma
from .defectos import Camino, DefectoDeFicha


def defectos_de_textos(
    crudo: object, de_fuera: frozenset[str] = frozenset()
) -> Iterator[DefectoDeFicha]:
    """Un defecto por texto, clave o valor, que incumple una regla.

    ``de_fuera``: campos que citan lo que otro escribió (la columna de un reporte); pueden empezar
    con cualquier signo.
    """
    for camino, texto in _textos(crudo, (), set()):
        for regla, remedio in reglas_de_forma(texto.strip(" \t\r\n")):
            if regla == SIGNO or (regla == FORMULA and de_fuera.isdisjoint(camino)):
                yield DefectoDeFicha(camino, texto, regla, remedio)


def _textos(nodo: object, camino: Camino, vistos: set[int]) -> Iterator[tuple[Camino, str]]:
    """``(camino, texto)`` de cada texto; lo que una marca (``&``) repite se mira una vez."""
    if isinstance(nodo, str):
        yield camino, nodo
    if not isinstance(nodo, dict | list) or id(nodo) in vistos:
        return
    vistos.add(id(nodo))
    for paso, hijo in nodo.items() if isinstance(nodo, dict) else enumerate(nodo):
        if isinstance(nodo, dict) and isinstance(paso, str):
            yield (*camino, paso), paso
        yield from _textos(hijo, (*camino, paso if isinstance(paso, int) else str(paso)), vistos)
