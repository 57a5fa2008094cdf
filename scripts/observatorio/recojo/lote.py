"""Lo que trae un archivo recibido, antes de entrar: medidas con la celda de la que salió cada
campo.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..datos.csv_estricto import COLUMNAS
from ..errores import ErrorDeDatos
from .hojas.cuadricula import Celda, Hoja

Tipo = Literal["planilla", "tabla", "mapeo"]
CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad")


@dataclass(frozen=True, slots=True)
class Defecto:
    """Algo mal en una celda del archivo recibido (o en el archivo entero, si no hay celda)."""

    celda: Celda | None
    valor: str | None
    regla: str
    remedio: str

    def como_error(self, archivo: str) -> ErrorDeDatos:
        fila, columna = (self.celda.fila, self.celda.donde) if self.celda else (None, None)
        return ErrorDeDatos(archivo, fila, columna, self.valor, self.regla, self.remedio)


@dataclass(frozen=True, slots=True)
class Medida:
    """Una observación recibida: sus 13 campos como texto, y la celda de donde salió cada uno."""

    campos: dict[str, str]
    celdas: dict[str, Celda]

    @property
    def clave(self) -> tuple[str, ...]:
        return tuple(self.campos[c] for c in CLAVE)

    def celda(self, columna: str | None) -> Celda:
        """La celda del campo; si el campo no tiene una propia, la de la medida."""
        return self.celdas.get(columna or "") or self.celdas["medida"]

    def linea(self) -> list[str]:
        return [self.campos.get(c, "") for c in COLUMNAS]


@dataclass(frozen=True, slots=True)
class Lectura:
    """Una hoja leída: la fila de sus títulos, las columnas (desde 1) que se leen y, de ellas, las
    de cifras y códigos.
    """

    hoja: str
    fila_titulos: int
    declaradas: frozenset[int]
    cifras: frozenset[int]


@dataclass(slots=True)
class Lote:
    """Un archivo leído: medidas, lo que se declaró no medido y los defectos hallados al leer."""

    archivo: Path
    tipo: Tipo
    hojas: list[Hoja]
    medidas: list[Medida] = field(default_factory=list)
    no_medidas: list[Medida] = field(default_factory=list)
    defectos: list[Defecto] = field(default_factory=list)
    responsable: str | None = None
    periodo: str | None = None
    cargo: str | None = None
    mapeo: str | None = None
    hoja: str | None = None
    """Nombre de la hoja que se leyó; las demás solo se revisan."""
    lecturas: list[Lectura] = field(default_factory=list)
    """Qué se leyó de cada hoja de una tabla o de un reporte."""
    filas_fuera: frozenset[int] = frozenset()
    """De ``hoja``, las que no se cuentan: envíos rechazados, repetidos, de ensayo."""
    avisos: list[str] = field(default_factory=list)
    """Lo que se hizo al leer y quien decide debe saber: filas que no entraron, hojas y columnas que
    no se leen.
    """

    def errores(self) -> list[ErrorDeDatos]:
        return [d.como_error(self.archivo.name) for d in self.defectos]
