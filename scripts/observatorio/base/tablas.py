"""Las tablas que pasan de una sala a otra, declaradas una vez: columnas, tipos, unidades, sentido.

Una tabla declarada se revisa por su esquema, nunca por sus filas: cuesta décimas de milisegundo y
cabe en el camino de cualquier cálculo. Los defectos de los datos los ve antes ``validar``; lo que
aquí falla es el programa.

Es código propio y no ``dataframely`` porque de ella solo se usaría el esquema: importarla trae 147
módulos y 28 MB, y alarga cada orden entre 0,7 y 1 s (polars 2.1, dataframely 3.1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

Tipo = pl.DataType | type[pl.DataType]


class TablaDistinta(TypeError):
    """Una tabla no tiene las columnas que declara: es defecto del programa, no de los datos."""


@dataclass(frozen=True, slots=True)
class Columna:
    """Una columna: ``unidad`` vacía si es texto o marca; ``admite``, otros tipos igual de buenos.

    ``Columna("fin", pl.Int32, "mes absoluto", "último mes que cuenta la cifra")``.
    """

    nombre: str
    tipo: Tipo
    unidad: str
    significado: str
    admite: tuple[Tipo, ...] = ()

    def acepta(self, tipo: pl.DataType) -> bool:
        """Si una columna de ese tipo es la declarada."""
        return tipo == self.tipo or any(tipo == otro for otro in self.admite)


def texto(nombre: str, significado: str) -> Columna:
    """Una columna de textos, sueltos o como ``pl.Categorical``."""
    return Columna(nombre, pl.String, "", significado, admite=(pl.Categorical,))


def marca(nombre: str, significado: str) -> Columna:
    """Una columna de sí o no."""
    return Columna(nombre, pl.Boolean, "", significado)


def nombres(columnas: Iterable[Columna]) -> tuple[str, ...]:
    """Los nombres de esas columnas, en su orden."""
    return tuple(c.nombre for c in columnas)


def esquema(columnas: Iterable[Columna]) -> pl.Schema:
    """El esquema de polars de esas columnas, con el primer tipo de cada una."""
    return pl.Schema({c.nombre: c.tipo for c in columnas})


@dataclass(frozen=True)
class Tabla:
    """Una tabla por sus columnas; dos con el mismo nombre lanzan ``ValueError``."""

    nombre: str
    columnas: tuple[Columna, ...] = field(repr=False)

    def __post_init__(self) -> None:
        repetidas = [n for n, veces in Counter(self.nombres).items() if veces > 1]
        if repetidas:
            raise ValueError(f"la tabla «{self.nombre}» declara dos veces {', '.join(repetidas)}")

    @property
    def nombres(self) -> tuple[str, ...]:
        """Los nombres de sus columnas."""
        return nombres(self.columnas)

    @cached_property
    def esquema(self) -> pl.Schema:
        """El esquema de polars, con el primer tipo de cada columna."""
        return esquema(self.columnas)

    def vacia(self) -> pl.DataFrame:
        """La tabla sin filas."""
        return pl.DataFrame(schema=self.esquema)

    def revisar(self, df: pl.DataFrame, *, abierta: bool = False) -> pl.DataFrame:
        """Devuelve ``df`` tal cual si sus columnas son las declaradas, en cualquier orden.

        ``abierta``: puede traer además otras. Si no son, lanza ``TablaDistinta`` con todo lo que
        falta, lo que sobra y lo que es de otro tipo.
        """
        tiene = df.schema
        defectos = []
        for c in self.columnas:
            tipo = tiene.get(c.nombre)
            if tipo is None:
                defectos.append(f"falta «{c.nombre}» ({c.tipo}): {c.significado}")
            elif not c.acepta(tipo):
                defectos.append(f"«{c.nombre}» es {tipo} y se declara {c.tipo}: {c.significado}")
        if not abierta:
            declaradas = set(self.nombres)
            defectos += [f"sobra «{n}» ({t})" for n, t in tiene.items() if n not in declaradas]
        if defectos:
            raise TablaDistinta("\n".join([f"tabla «{self.nombre}»:", *defectos]))
        return df
