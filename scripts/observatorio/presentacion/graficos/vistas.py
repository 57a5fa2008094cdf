"""Cómo se recorre un gráfico: las vistas que reúne y los canales de cada una."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

REUNEN = ("layer", "concat", "hconcat", "vconcat", "spec")
"""Las claves con que una vista de Vega-Lite reúne otras."""


def hijas(vista: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Las vistas que otra reúne, en su orden."""
    for clave in REUNEN:
        reunidas = vista.get(clave, ())
        yield from [reunidas] if isinstance(reunidas, dict) else reunidas


def vistas(vista: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Una vista y todas las que reúne, a cualquier hondura."""
    yield vista
    for hija in hijas(vista):
        yield from vistas(hija)


def canales(vista: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``(nombre, definición)`` de los canales de la propia vista. De los que se dan en una lista,
    como ``tooltip`` o ``detail``, cada uno.
    """
    for nombre, canal in vista.get("encoding", {}).items():
        for uno in canal if isinstance(canal, list) else [canal]:
            if isinstance(uno, dict):
                yield nombre, uno
