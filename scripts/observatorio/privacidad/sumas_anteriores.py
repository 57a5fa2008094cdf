"""Lo que sumaba un total ya publicado, en una tabla cruzada: quien ataca también lo conserva."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from .columnas import CUENTAS


@dataclass(frozen=True, slots=True)
class SumasAnteriores:
    """Sumas de una edición anterior: ``coeficientes``, sumas × celdas, y lo que daban."""

    coeficientes: np.ndarray
    valores: dict[str, np.ndarray]


def sumas_anteriores(
    grupo: pl.DataFrame, signos: np.ndarray, cuentas: dict[str, np.ndarray]
) -> SumasAnteriores:
    """Las sumas de los totales ya vistos con otra cifra.

    ``grupo``: las n celdas de un KPI y un periodo; ``signos``: sumas × n (−1 total, 1 parte);
    ``cuentas``: n valores por cuenta. Suman las partes que ya estaban; de las que también
    cambiaron se pone la cifra que se vio, y una parte virtual se cambia por las suyas. Lo que
    llegó después queda fuera: es lo que la resta descubriría.
    """
    coeficientes: list[np.ndarray] = []
    valores: dict[str, list[float]] = {q: [] for q in CUENTAS}
    de_antes = grupo.select(
        "desde", "vista", "cambiada", "virtual", *(f"p_{q}" for q in CUENTAS)
    ).to_dict(as_series=False)
    tamano = cuentas["a"] + cuentas["b"]
    vistos = [
        i
        for i, cambio in enumerate(de_antes["cambiada"])
        if cambio and de_antes["p_a"][i] is not None
    ]
    for total in vistos:
        for fila in np.flatnonzero(signos[:, total] == -1):
            suma, fijo = np.zeros(signos.shape[1]), dict.fromkeys(CUENTAS, 0.0)
            # Los demás totales de la suma (los anexos de una captación) restan de sus partes.
            juntos = [(x, 1) for x in np.flatnonzero(signos[fila] == 1)]
            juntos += [(x, -1) for x in np.flatnonzero(signos[fila] == -1) if x != total]
            for de_la_suma, signo in juntos:
                for parte in _reales([int(de_la_suma)], signos, de_antes["virtual"], tamano):
                    desde = de_antes["desde"][parte]
                    if desde is None or desde > de_antes["vista"][total]:
                        continue
                    if de_antes["cambiada"][parte]:
                        fijo = {q: fijo[q] + signo * de_antes[f"p_{q}"][parte] for q in CUENTAS}
                    else:
                        suma[parte] += signo
            coeficientes.append(suma)
            for q in CUENTAS:
                valores[q].append(de_antes[f"p_{q}"][total] - fijo[q])
    return SumasAnteriores(
        np.array(coeficientes).reshape(-1, signos.shape[1]),
        {q: np.array(v) for q, v in valores.items()},
    )


def _reales(
    partes: Sequence[int],
    signos: np.ndarray,
    virtual: list[bool],
    tamano: np.ndarray,
    pasadas: frozenset[int] = frozenset(),
) -> list[int]:
    """Las celdas que se informan entre ``partes``; cada virtual, por su familia que más suma.

    ``pasadas``: las virtuales que ya se abrieron, que no se abren otra vez.
    """
    salida: list[int] = []
    for parte in partes:
        if not virtual[parte]:
            salida.append(int(parte))
            continue
        familias = [np.flatnonzero(signos[f] == 1) for f in np.flatnonzero(signos[:, parte] == -1)]
        if familias and parte not in pasadas:
            mayor = max(familias, key=lambda f: tamano[f].sum())
            salida += _reales(mayor.tolist(), signos, virtual, tamano, pasadas | {parte})
    return salida
