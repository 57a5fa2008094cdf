"""Lo que un lector de hojas va llenando: filas sin lo vacío del final, y la naturaleza de las
celdas que la tienen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from .naturaleza import Ilegible, Rango, Vista

Valor = str | int | float | bool | date | time | timedelta | None


@dataclass(slots=True)
class HojaLeida:
    """Una hoja a medio leer; la celda A1 es ``filas[0][0]``."""

    nombre: str
    filas: list[list[Valor]] = field(default_factory=list)
    oculta: bool = False
    ilegibles: dict[tuple[int, int], Ilegible] = field(default_factory=dict)
    porcentajes: set[tuple[int, int]] = field(default_factory=set)
    divididas: dict[tuple[int, int], int] = field(default_factory=dict)
    """Las que muestran su número dividido, y entre cuánto."""
    combinadas: list[Rango] = field(default_factory=list)
    filas_ocultas: set[int] = field(default_factory=set)
    """Las escritas que un filtro o una persona ocultó, desde 1."""
    columnas_ocultas: set[int] = field(default_factory=set)

    def poner(self, numero: int, escritas: dict[int, Valor]) -> None:
        """Pone la fila ``numero`` con sus celdas escritas, por columna (todo desde 1); lo que falte
        antes queda vacío.
        """
        self.filas.extend([] for _ in range(numero - len(self.filas)))
        fila: list[Valor] = [None] * max(escritas)
        for columna, valor in escritas.items():
            fila[columna - 1] = valor
        self.filas[numero - 1] = fila

    def numero(self, fila: int, columna: int, valor: float, vista: Vista) -> float | str:
        """El número de una celda, del que anota lo que su formato hace ver; un código, con los
        ceros con que se ve.
        """
        if vista.porcentaje:
            self.porcentajes.add((fila, columna))
        if vista.entre > 1 and valor:
            self.divididas[fila, columna] = vista.entre
        if vista.cifras and valor.is_integer() and valor >= 0:
            return f"{int(valor):0{vista.cifras}d}"
        return valor

    def romper(self, fila: int, columna: int, que: Ilegible) -> None:
        """Anota una celda que no se pudo leer."""
        self.ilegibles[fila, columna] = que
