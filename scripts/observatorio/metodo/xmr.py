"""Series XmR de lo mensual y lo trimestral: ¿la última medida es distinta de las de siempre?

La variante es la de la hoja de cálculo de NHS England, *Making Data Count* (2019–2023): la media y
los límites se fijan con las doce primeras medidas, sin quitar ninguna por extrema::

    límites = media ± 2.66 · media de los recorridos móviles de a dos

(2.66 = 3/d₂, con d₂ = 1.128; Wheeler, *Understanding Variation*, 1993). Señalan una medida: estar
fuera de los límites, ser de una racha de siete al mismo lado de la media, ser de siete que suben o
bajan seguidas, y que dos de tres queden en el tercio exterior de un mismo lado.

No llevan control las series estacionales ni las que acumulan varios periodos, que se mueven juntas
aunque nada cambie: en ruido simulado, el último punto de un acumulado de doce meses se señala siete
de cada diez veces. Tampoco cruza un cambio de método.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .registros import Control, PuntoDeControl

FIJAN = 12
RACHA = 7
FACTOR = 2.66
FUERA, LADO, SEGUIDAS, DOS_DE_TRES = (
    "fuera de los límites",
    "siete al mismo lado de la media",
    "siete que suben o bajan seguidas",
    "dos de tres cerca de un límite",
)
REGLAS = (FUERA, LADO, SEGUIDAS, DOS_DE_TRES)
COMUN, MEJORA, PREOCUPA, CAMBIO = (
    "variación de siempre",
    "mejora especial",
    "empeora de modo especial",
    "cambio especial",
)
CUMPLE, NO_CUMPLE, A_VECES = (
    "llegaría siempre",
    "no llegaría nunca",
    "llegaría unas veces sí y otras no",
)


def control(
    medidas: Sequence[tuple[str, float]],
    sentido: str,
    logro: float | None,
) -> Control | None:
    """El control de ``medidas`` (``periodo, valor``, en orden y de un solo tramo); nulo si no
    llegan a ``FIJAN`` o esas son todas iguales, que no dejan ver cuánto varía. ``logro``: el
    esperado al cierre del año del último dato.
    """
    if len(medidas) < FIJAN:
        return None
    valores = [v for _, v in medidas]
    media, paso = _fijados(valores[:FIJAN])
    if paso == 0:
        return None
    inferior, superior = media - FACTOR * paso, media + FACTOR * paso
    senaladas = _senaladas(valores, media, inferior, superior)
    puntos = tuple(
        PuntoDeControl(periodo, valor, tuple(r for r in REGLAS if i in senaladas[r]))
        for i, (periodo, valor) in enumerate(medidas)
    )
    return Control(
        puntos,
        media,
        inferior,
        superior,
        _variacion(puntos[-1], valores, media, sentido),
        logro,
        _seguridad(inferior, superior, logro, sentido),
    )


def _fijados(valores: Sequence[float]) -> tuple[float, float]:
    """La media y el recorrido móvil medio."""
    recorridos = [abs(b - a) for a, b in pairwise(valores)]
    return sum(valores) / len(valores), sum(recorridos) / len(recorridos)


def _senaladas(
    valores: Sequence[float], media: float, inferior: float, superior: float
) -> dict[str, set[int]]:
    """``regla → posiciones`` de las medidas que señala."""
    n = len(valores)
    tercio_alto = media + (superior - media) * 2 / 3
    tercio_bajo = media - (media - inferior) * 2 / 3
    hallado: dict[str, set[int]] = {r: set() for r in REGLAS}
    hallado[FUERA] = {i for i, v in enumerate(valores) if v > superior or v < inferior}
    for i in range(n - RACHA + 1):
        tramo = valores[i : i + RACHA]
        posiciones = set(range(i, i + RACHA))
        if all(v > media for v in tramo) or all(v < media for v in tramo):
            hallado[LADO] |= posiciones
        pares = list(pairwise(tramo))
        if all(b > a for a, b in pares) or all(b < a for a, b in pares):
            hallado[SEGUIDAS] |= posiciones
    for i in range(n - 2):
        for cerca in (
            [j for j in range(i, i + 3) if valores[j] > tercio_alto],
            [j for j in range(i, i + 3) if valores[j] < tercio_bajo],
        ):
            if len(cerca) >= 2:
                hallado[DOS_DE_TRES] |= set(cerca)
    return hallado


def _variacion(ultimo: PuntoDeControl, valores: Sequence[float], media: float, sentido: str) -> str:
    if not ultimo.reglas:
        return COMUN
    if sentido == "no definido":
        return CAMBIO
    sube = valores[-1] > valores[-2] if ultimo.reglas == (SEGUIDAS,) else ultimo.valor > media
    return MEJORA if sube == (sentido == "ascendente") else PREOCUPA


def _seguridad(inferior: float, superior: float, logro: float | None, sentido: str) -> str | None:
    """¿Alcanza el logro del año con la variación de siempre?"""
    if logro is None or sentido == "no definido":
        return None
    if inferior < logro < superior:
        return A_VECES
    return CUMPLE if (inferior >= logro) == (sentido == "ascendente") else NO_CUMPLE
