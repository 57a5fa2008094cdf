"""Lo que suman las filas de un reporte que otra reúne: las de Hombres y Mujeres, de «Ambos sexos».

Qué filas reúne no lo dice el archivo. Pueden ser las que dicen lo mismo en las demás columnas, las
que tiene encima, las que tiene debajo o todas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from math import isclose
from operator import add

from ...base.plegado import plegado
from ...datos.reglas import NUMERO
from ..hojas.encabezados import Encabezado

SUMANDOS = 2
"""Con menos filas, que una diga lo mismo que otra no la hace su suma."""
Clave = tuple[str, ...]
Cifras = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Suma:
    """De unas filas, cuántas son y lo que suman en cada columna."""

    filas: int
    cifras: Cifras

    def mas(self, cifras: Cifras) -> Suma:
        return Suma(self.filas + 1, tuple(map(add, self.cifras, cifras)))

    def es(self, suyas: Cifras) -> bool:
        """Si una fila pone en alguna columna lo que esta suma. Un cero no prueba nada, salvo que
        todo lo sea.
        """
        con_algo = [(a, b) for a, b in zip(suyas, self.cifras, strict=True) if a or b]
        return not con_algo or any(isclose(a, b) for a, b in con_algo)


class Reunidas:
    """Las filas que puede reunir cada una. ``columnas``: las que se suman; ``reune``: si
    una fila dice ser un total, o de todos.
    """

    def __init__(
        self,
        encabezado: Encabezado,
        columnas: frozenset[int],
        filas: range,
        reune: Callable[[int], bool],
    ) -> None:
        self.hoja, self.columnas, self.filas = encabezado.hoja, sorted(columnas), filas
        self.reune = reune
        self.con_texto = [
            c for c, t in enumerate(encabezado.titulos.textos, 1) if t and c not in columnas
        ]
        self.ninguna = Suma(0, (0.0,) * len(columnas))
        self.de_clave: dict[tuple[int, str], dict[Clave, Suma]] = {}

    def numeros(self, fila: int) -> list[float | None]:
        """Los de una fila, por columna; nulo donde no lo hay."""
        textos = [self.hoja.cifra(fila, c) for c in self.columnas]
        return [float(t) if re.match(NUMERO, t) else None for t in textos]

    def cifras(self, fila: int) -> Cifras | None:
        """Las de una fila, lo que no es un número como cero; nada si ninguna lo es."""
        numeros = self.numeros(fila)
        return None if all(n is None for n in numeros) else tuple(n or 0.0 for n in numeros)

    def de(self, fila: int, columna: int) -> list[Suma]:
        """Las de una fila que reúne a las demás por lo que dice en una columna: primero, las de
        menos filas.
        """
        dicho = self._dicho(fila, columna)
        encima = range(fila - 1, self.filas.start - 1, -1)
        debajo = range(fila + 1, self.filas.stop)
        halladas = (
            self._como_ella(fila, columna, dicho),
            self._seguidas(encima, columna, dicho),
            self._seguidas(debajo, columna, dicho),
            self.todas,
        )
        return sorted((s for s in halladas if s.filas), key=lambda s: (s.filas < SUMANDOS, s.filas))

    def dichos(self, columna: int) -> list[str]:
        """Lo que dicen en una columna las filas con cifras que no reúnen a otras, sin repetir."""
        return list(
            dict.fromkeys(
                t
                for f in self.filas
                if (t := self.hoja.texto(f, columna)) and self.cifras(f) and not self.reune(f)
            )
        )

    @cached_property
    def todas(self) -> Suma:
        return self._sumadas(f for f in self.filas if not self.reune(f))

    def _como_ella(self, fila: int, columna: int, dicho: str) -> Suma:
        """Las que dicen lo mismo en las demás columnas."""
        if (columna, dicho) not in self.de_clave:
            por_clave: dict[Clave, Suma] = {}
            for f in self.filas:
                if self._dicho(f, columna) != dicho and (suyas := self.cifras(f)):
                    clave = self._clave(f, columna)
                    por_clave[clave] = por_clave.get(clave, self.ninguna).mas(suyas)
            self.de_clave[columna, dicho] = por_clave
        return self.de_clave[columna, dicho].get(self._clave(fila, columna), self.ninguna)

    def _seguidas(self, filas: range, columna: int, dicho: str) -> Suma:
        """Las que siguen, hasta otra que diga lo mismo: cierra su grupo o abre el siguiente."""
        return self._sumadas(takewhile(lambda f: self._dicho(f, columna) != dicho, filas))

    def _sumadas(self, filas: Iterable[int]) -> Suma:
        suma = self.ninguna
        for f in filas:
            if suyas := self.cifras(f):
                suma = suma.mas(suyas)
        return suma

    def _clave(self, fila: int, columna: int) -> Clave:
        return tuple(self._dicho(fila, c) for c in self.con_texto if c != columna)

    def _dicho(self, fila: int, columna: int) -> str:
        return plegado(self.hoja.texto(fila, columna))
