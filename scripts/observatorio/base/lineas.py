"""De un YAML, en qué línea está cada campo y de qué indicador u objetivo es cada línea."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import yaml

Paso = tuple[yaml.Node, yaml.Node]
"""La clave, o el propio elemento de una lista, y su valor."""


def linea_de(nodo: yaml.Node | None, camino: Iterable[str | int]) -> int | None:
    """Línea (desde 1) del nodo YAML más profundo que exista en ``camino``."""
    pasos = _pasos(nodo, camino)
    linea = None if nodo is None else nodo.start_mark.line + 1
    for hijo in pasos:
        if hijo is None:
            break
        linea = hijo[0].start_mark.line + 1
    return linea


def escrito_en(nodo: yaml.Node | None, camino: Sequence[str | int]) -> tuple[str, str] | None:
    """``(camino con puntos, valor)`` tal como están escritos: ``00012345`` y ``no``, que YAML toma
    por 5349 y ``False``. Nulo si el camino no lleva a un valor suelto.
    """
    nombres = []
    for paso, hijo in zip(camino, _pasos(nodo, camino), strict=True):
        if hijo is None:
            return None
        clave, nodo = hijo
        nombres.append(clave.value if clave is not nodo else str(paso))
    return (".".join(nombres), nodo.value) if isinstance(nodo, yaml.ScalarNode) else None


def _pasos(nodo: yaml.Node | None, camino: Iterable[str | int]) -> Iterator[Paso | None]:
    """Cada paso del camino; nulo desde el primero que no está."""
    for paso in camino:
        hijo: Paso | None = None
        if isinstance(nodo, yaml.MappingNode):
            hijo = next(((c, v) for c, v in nodo.value if c.value == str(paso)), None) or next(
                ((c, v) for c, v in nodo.value if _leida(c) == str(paso)), None
            )
        elif (
            isinstance(nodo, yaml.SequenceNode) and isinstance(paso, int) and paso < len(nodo.value)
        ):
            hijo = nodo.value[paso], nodo.value[paso]
        nodo = hijo[1] if hijo else None
        yield hijo


def _leida(clave: yaml.Node) -> str | None:
    """La clave como YAML la entiende, si no es un texto."""
    if not isinstance(clave, yaml.ScalarNode) or clave.tag == "tag:yaml.org,2002:str":
        return None
    try:
        return str(yaml.safe_load(clave.value))
    except (yaml.YAMLError, ValueError):
        return None


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
