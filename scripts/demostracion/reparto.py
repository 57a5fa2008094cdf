"""Reparto exacto de un total entre partes, por el método de los restos mayores."""

from __future__ import annotations

from collections.abc import Sequence


def repartir(total: int, pesos: Sequence[float], topes: Sequence[int] | None = None) -> list[int]:
    """Enteros que suman ``total``, proporcionales a ``pesos`` y sin pasar de ``topes``.

    Si los topes no alcanzan para el total se lanza ``ValueError``.
    """
    if topes is not None and sum(topes) < total:
        raise ValueError(f"los topes suman {sum(topes)} y hay que repartir {total}")
    partes = [0] * len(pesos)
    resto = total
    while resto > 0:
        abiertos = [i for i in range(len(pesos)) if topes is None or partes[i] < topes[i]]
        for i, cantidad in zip(
            abiertos, _una_vuelta(resto, [pesos[i] for i in abiertos]), strict=True
        ):
            partes[i] += cantidad if topes is None else min(cantidad, topes[i] - partes[i])
        resto = total - sum(partes)
    return partes


def _una_vuelta(total: int, pesos: list[float]) -> list[int]:
    suma = sum(pesos)
    exactos = [total * p / suma if suma > 0 else total / len(pesos) for p in pesos]
    partes = [int(x) for x in exactos]
    orden = sorted(range(len(pesos)), key=lambda i: (partes[i] - exactos[i], i))
    for i in orden[: total - sum(partes)]:
        partes[i] += 1
    return partes
