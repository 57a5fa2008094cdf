"""Lo que sumaba un total cuando se publicó: en una tabla cruzada, otra ecuación más que quien ataca conserva."""

from __future__ import annotations

import numpy as np
import polars as pl

from .secundaria import CUENTAS


def previas(grupo: pl.DataFrame, signos: np.ndarray, cuentas: dict[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """``(coeficientes, valores)`` de los totales ya vistos con otra cifra: ecuaciones × celdas, y lo que valían.

    Suman las partes que ya estaban; de las que también cambiaron se pone la cifra que se vio, y una parte virtual se
    cambia por las suyas. Lo que llegó después queda fuera: es lo que la resta descubriría.
    """
    coeficientes, valores = [], {q: [] for q in CUENTAS}
    de_antes = grupo.select("desde", "vista", "cambiada", "virtual", *(f"p_{q}" for q in CUENTAS)).to_dict(as_series=False)
    tamano = sum(cuentas.values())
    vistos = [i for i, cambio in enumerate(de_antes["cambiada"]) if cambio and de_antes["p_a"][i] is not None]
    for total in vistos:
        for fila in np.flatnonzero(signos[:, total] == -1):
            suma, fijo = np.zeros(signos.shape[1]), dict.fromkeys(CUENTAS, 0.0)
            for parte in _reales(np.flatnonzero(signos[fila] == 1), signos, de_antes["virtual"], tamano):
                desde = de_antes["desde"][parte]
                if desde is None or desde > de_antes["vista"][total]:
                    continue
                if de_antes["cambiada"][parte]:
                    fijo = {q: fijo[q] + de_antes[f"p_{q}"][parte] for q in CUENTAS}
                else:
                    suma[parte] += 1
            coeficientes.append(suma)
            for q in CUENTAS:
                valores[q].append(de_antes[f"p_{q}"][total] - fijo[q])
    return np.array(coeficientes).reshape(-1, signos.shape[1]), {q: np.array(v) for q, v in valores.items()}


def _reales(partes: np.ndarray, signos: np.ndarray, virtual: list[bool], tamano: np.ndarray) -> list[int]:
    """Las celdas que de verdad se informan entre ``partes``, con cada virtual cambiada por su familia que más suma."""
    salida: list[int] = []
    for parte in partes:
        if not virtual[parte]:
            salida.append(int(parte))
            continue
        familias = [np.flatnonzero(signos[f] == 1) for f in np.flatnonzero(signos[:, parte] == -1)]
        if familias:
            salida += _reales(max(familias, key=lambda f: tamano[f].sum()), signos, virtual, tamano)
    return salida
