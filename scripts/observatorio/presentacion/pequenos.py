"""Un gráfico pequeño por indicador: un anexo, con su intervalo, frente al territorio.

SVG propio, como el de las series: son cientos, y cada uno pesa un kilobyte. La letra no baja de
12 px a lo ancho de un teléfono; quien no lo ve tiene la misma serie en una tabla al lado.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..base.escapes import xml
from ..resultados.anexos import KpiEnAnexo, Medida

ANCHO, ALTO = 320, 128
IZQUIERDA, ABAJO, MARGEN = 46, 20, 8
PUNTOS = 10
"""Cuántos periodos caben sin que los intervalos se toquen."""


def pequeno(k: KpiEnAnexo, escribir: Callable[[float], str], texto: str) -> str:
    """SVG de los últimos periodos; ``escribir``: un valor en el eje, ``texto``: lo que dice a quien
    no lo ve. Vacío donde nada se mueve ni hay con qué comparar: basta la cifra.
    """
    suyos = k.del_anexo[-PUNTOS:]
    desde, hasta = suyos[0].fin, suyos[-1].fin
    otros = [
        m
        for m in k.del_territorio
        if desde <= m.fin <= hasta and m.valor is not None and not k.se_suma
    ]
    valores = [v for m in [*suyos, *otros] for v in (m.valor, m.minimo, m.maximo) if v is not None]
    if not valores:
        return ""
    bajo, alto = min(valores), max(valores)
    if bajo == alto and not otros:
        return ""

    def x(fin: int) -> float:
        util = ANCHO - IZQUIERDA - 2 * MARGEN
        return (
            IZQUIERDA
            + MARGEN
            + (util / 2 if hasta == desde else (fin - desde) / (hasta - desde) * util)
        )

    def y(v: float) -> float:
        util = ALTO - ABAJO - 2 * MARGEN
        return MARGEN + (util / 2 if alto == bajo else (alto - v) / (alto - bajo) * util)

    ejes = _ejes(suyos, bajo, alto, x, y, escribir)
    return (
        f'<svg class="pequeno" viewBox="0 0 {ANCHO} {ALTO}" role="img" aria-label="{xml(texto)}">'
        f"{ejes}{_linea(otros, x, y)}{''.join(_punto(m, x, y) for m in suyos)}</svg>"
    )


_Escala = Callable[[int], float]
_Altura = Callable[[float], float]


def _ejes(
    suyos: Sequence[Medida],
    bajo: float,
    alto: float,
    x: _Escala,
    y: _Altura,
    escribir: Callable[[float], str],
) -> str:
    valores = (bajo,) if alto == bajo else (bajo, alto)
    rayas = "".join(
        f'<path class="eje" d="M{IZQUIERDA} {y(v):.0f}H{ANCHO}"/>'
        f'<text x="{IZQUIERDA - 5}" y="{y(v) + 4:.0f}" text-anchor="end">{xml(escribir(v))}</text>'
        for v in valores
    )
    extremos = (suyos[0],) if len(suyos) == 1 else (suyos[0], suyos[-1])
    anclas = ("middle",) if len(suyos) == 1 else ("start", "end")
    return rayas + "".join(
        f'<text x="{x(m.fin):.0f}" y="{ALTO - 4}" text-anchor="{a}">{xml(m.periodo)}</text>'
        for m, a in zip(extremos, anclas, strict=True)
    )


def _linea(otros: Sequence[Medida], x: _Escala, y: _Altura) -> str:
    """El territorio: una línea por tramo, que un cambio de método corta."""
    partes = []
    for tramo in dict.fromkeys(m.tramo for m in otros):
        puntos = [(x(m.fin), y(m.valor)) for m in otros if m.tramo == tramo and m.valor is not None]
        if len(puntos) == 1:
            (cx, cy) = puntos[0]
            partes.append(f'<path class="todo" d="M{cx - 12:.0f} {cy:.0f}h24"/>')
        else:
            camino = "L".join(f"{px:.0f} {py:.0f}" for px, py in puntos)
            partes.append(f'<path class="todo" d="M{camino}"/>')
    return "".join(partes)


def _punto(m: Medida, x: _Escala, y: _Altura) -> str:
    """Una medida con su intervalo; la protegida, un rombo hueco abajo, sin altura que leer."""
    cx = x(m.fin)
    if m.valor is None:
        return f'<path class="oculta" d="M{cx:.0f} {ALTO - ABAJO - 8}l4 4-4 4-4-4z"/>'
    intervalo = (
        f'<path class="rango" d="M{cx:.0f} {y(m.minimo):.0f}V{y(m.maximo):.0f}"/>'
        if m.minimo is not None and m.maximo is not None
        else ""
    )
    return f'{intervalo}<circle cx="{cx:.0f}" cy="{y(m.valor):.0f}" r="4"/>'
