"""Cuánto coinciden los dos codificadores: kappa de Cohen, calculada por pycm.

Cada par (narración, tema) es una decisión de cada codificador: está o no está. Las decisiones de
varios temas se juntan en una sola tabla de 2 × 2. Cohen, J. (1960). A coefficient of agreement for
nominal scales.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

Decision = tuple[str, str]


def kappa(
    primero: Collection[Decision],
    segundo: Collection[Decision],
    narraciones: Sequence[str],
    codigos: Sequence[str],
) -> float | None:
    """Kappa de las decisiones (narración, código), entre −1 y 1; nada si ninguno de los dos
    distingue.
    """
    propios = set(codigos)
    a, b = ({d for d in x if d[1] in propios} for x in (primero, segundo))
    ambos, total = len(a & b), len(narraciones) * len(codigos)
    ninguno = total - len(a | b)
    if not a | b or ambos == total:
        return None
    from pycm import ConfusionMatrix  # 40 ms que solo paga quien tiene narraciones

    tabla = {"si": {"si": ambos, "no": len(a - b)}, "no": {"si": len(b - a), "no": ninguno}}
    return round(float(ConfusionMatrix(matrix=tabla).Kappa), 4)
