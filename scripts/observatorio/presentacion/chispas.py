"""Minigráficos de línea («sparklines») como SVG pequeño y propio: unos 400 bytes, sin
identificadores.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..base.escapes import xml

ANCHO, ALTO, MARGEN = 96, 24, 3
Punto = tuple[float, float | None, int]
TINTA, SENDA, PUNTO = "#334155", "#94a3b8", "#b45309"


def chispa(
    puntos: Sequence[Punto],
    base: tuple[float, float] | None = None,
    meta: tuple[float, float] | None = None,
    texto: str = "",
    cambios: Sequence[float] = (),
) -> str:
    """SVG de la serie ``(t, valor, tramo)``; un valor nulo o un tramo nuevo cortan la línea.

    ``texto``, lo que dice a quien no lo ve, se escapa aquí. La senda de base a meta va en gris
    punteado; cada cambio de método (``cambios``, en ``t``), como una raya vertical.
    """
    medidos = [(t, v) for t, v, _ in puntos if v is not None]
    if not medidos:
        return ""
    extremos = [*medidos, *(p for p in (base, meta) if p)]
    x0, x1 = min([*cambios, *(t for t, _ in extremos)]), max(t for t, _ in extremos)
    y0, y1 = min(v for _, v in extremos), max(v for _, v in extremos)

    def xy(p: tuple[float, float]) -> str:
        x = MARGEN + (p[0] - x0) / ((x1 - x0) or 1) * (ANCHO - 2 * MARGEN)
        y = ALTO / 2 if y1 == y0 else ALTO - MARGEN - (p[1] - y0) / (y1 - y0) * (ALTO - 2 * MARGEN)
        return f"{x:.1f},{y:.1f}".replace(".0", "")

    partes = []
    if base and meta:
        partes.append(
            f'<polyline points="{xy(base)} {xy(meta)}" fill="none" stroke="{SENDA}"'
            ' stroke-dasharray="2 2"/>'
        )
    for t in cambios:
        x = xy((t, y0)).split(",")[0]
        partes.append(f'<path d="M{x} 0V{ALTO}" stroke="{TINTA}" stroke-dasharray="1 1.5"/>')
    for tramo in _tramos(puntos):
        partes.append(_linea([xy(p) for p in tramo]))
    cx, cy = xy(medidos[-1]).split(",")
    partes.append(f'<circle cx="{cx}" cy="{cy}" r="2.5" fill="{PUNTO}"/>')
    titulo = f' role="img" aria-label="{xml(texto)}"' if texto else ' aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chispa" width="{ANCHO}" height="{ALTO}" '
        f'viewBox="0 0 {ANCHO} {ALTO}"{titulo}>{"".join(partes)}</svg>'
    )


def _linea(puntos: Sequence[str]) -> str:
    """La línea de un tramo; uno de una sola medida es un punto."""
    if len(puntos) == 1:
        x, y = puntos[0].split(",")
        return f'<circle cx="{x}" cy="{y}" r="1.2" fill="{TINTA}"/>'
    return (
        f'<polyline points="{" ".join(puntos)}" fill="none" stroke="{TINTA}" stroke-width="1.5"/>'
    )


def _tramos(puntos: Sequence[Punto]) -> list[list[tuple[float, float]]]:
    tramos: list[list[tuple[float, float]]] = [[]]
    anterior = puntos[0][2] if puntos else 0
    for t, v, tramo in puntos:
        if v is None or tramo != anterior:
            tramos.append([])
        if v is not None:
            tramos[-1].append((t, v))
        anterior = tramo
    return [tramo for tramo in tramos if tramo]
