"""De un YAML, en qué línea está cada campo y de qué indicador u objetivo es cada línea."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import yaml


def linea_de(nodo: yaml.Node | None, camino: Iterable[str | int]) -> int | None:
    """Línea (desde 1) del nodo YAML más profundo que exista en ``camino``."""
    linea = None if nodo is None else nodo.start_mark.line + 1
    for paso in camino:
        hijo = None
        if isinstance(nodo, yaml.MappingNode):
            hijo = next(((c, v) for c, v in nodo.value if c.value == str(paso)), None)
            if hijo:
                linea, nodo = hijo[0].start_mark.line + 1, hijo[1]
        elif (
            isinstance(nodo, yaml.SequenceNode) and isinstance(paso, int) and paso < len(nodo.value)
        ):
            hijo = nodo.value[paso]
            linea, nodo = hijo.start_mark.line + 1, hijo
        if hijo is None:
            break
    return linea


def linea_del_codigo(raiz: yaml.Node | None, codigo: str, campo: str) -> int | None:
    """La línea de ``campo`` (con puntos) del primer bloque que lleva ese ``codigo``; nula si
    ninguno lo lleva.
    """
    nodo = next((n for c, n in _con_codigo(raiz) if c == codigo), None)
    return None if nodo is None else linea_de(nodo, campo.split("."))


def codigo_en(raiz: yaml.Node | None, linea: int) -> str | None:
    """El código del bloque más interior al que pertenece una línea (desde 1)."""
    suyos = [
        (n.end_mark.line - n.start_mark.line, c)
        for c, n in _con_codigo(raiz)
        if n.start_mark.line < linea <= n.end_mark.line + 1
    ]
    return min(suyos)[1] if suyos else None


def _con_codigo(nodo: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """``(código, bloque)`` de cada bloque con la clave ``codigo``, de fuera adentro."""
    if isinstance(nodo, yaml.MappingNode):
        yield from (
            (v.value, nodo)
            for c, v in nodo.value
            if c.value == "codigo" and isinstance(v, yaml.ScalarNode)
        )
        for _, valor in nodo.value:
            yield from _con_codigo(valor)
    elif isinstance(nodo, yaml.SequenceNode):
        for hijo in nodo.value:
            yield from _con_codigo(hijo)
