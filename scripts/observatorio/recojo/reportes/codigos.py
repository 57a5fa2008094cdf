"""Los ceros que una hoja de cálculo quita de delante de un código cuando lo toma por un número."""

from __future__ import annotations

from collections.abc import Iterable


def con_sus_ceros(texto: str, codigos: Iterable[str]) -> str | None:
    """El único código que es ``texto`` con ceros delante: ``("90001", {"00090001"}) → "00090001"``;
    nada si no hay uno solo.
    """
    if not (texto.isascii() and texto.isdigit()) or texto in (todos := set(codigos)):
        return None
    enteros = {
        c
        for c in todos
        if c != texto
        and c.startswith("0")
        and c.lstrip("0") == texto.lstrip("0")
        and len(c) > len(texto)
    }
    return enteros.pop() if len(enteros) == 1 else None
