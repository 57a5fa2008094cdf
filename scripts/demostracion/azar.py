"""Azar reproducible: una secuencia propia por KPI, igual en cualquier máquina y en cualquier fecha.

Solo se usa ``Generator.random``: las demás distribuciones de numpy pueden cambiar de algoritmo
entre versiones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

SEMILLA = 20261031
T = TypeVar("T")


class Azar:
    """Secuencia de azar sembrada con ``SEMILLA`` y un texto (el código del KPI y el propósito)."""

    def __init__(self, clave: str) -> None:
        self._generador = np.random.Generator(np.random.PCG64([SEMILLA, *clave.encode("utf-8")]))

    def uniforme(self, minimo: float = 0.0, maximo: float = 1.0) -> float:
        return minimo + (maximo - minimo) * float(self._generador.random())

    def entero(self, minimo: int, maximo: int) -> int:
        """Entero entre ``minimo`` y ``maximo``, ambos incluidos."""
        return minimo + int(self._generador.random() * (maximo - minimo + 1))

    def ruido(self) -> float:
        """Ruido centrado en cero, con desviación cercana a 0.5 y acotado a ±1.5."""
        return sum(self.uniforme(-0.5, 0.5) for _ in range(3))

    def acierta(self, probabilidad: float) -> bool:
        return self.uniforme() < probabilidad

    def barajado(self, elementos: Sequence[T]) -> list[T]:
        """Copia en orden aleatorio (Fisher y Yates)."""
        copia = list(elementos)
        for i in range(len(copia) - 1, 0, -1):
            j = self.entero(0, i)
            copia[i], copia[j] = copia[j], copia[i]
        return copia
