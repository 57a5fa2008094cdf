"""Hasta dónde se lee un archivo recibido: lo desmedido se dice antes de gastar memoria en ello.

Un libro es un zip: unos pocos KB pueden declarar, o esconder, gigas. Se mira lo que declara, y se
lee en corriente contando filas y celdas; lo que pase de aquí no es un reporte de un distrito.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MEGAS_MAXIMOS = 40
MEGAS_ABIERTOS = 300
"""Lo que las partes de un libro suman una vez descomprimidas."""
PARTES_MAXIMAS = 5_000
HOJAS_MAXIMAS = 200
FILAS_MAXIMAS = 200_000
CELDAS_MAXIMAS = 3_000_000
"""Celdas de todas las hojas, contando las vacías que quedan a la izquierda de una escrita."""
COLUMNAS_MAXIMAS = 4_000
LETRAS_MAXIMAS = 50_000_000
"""Letras de todas las celdas: unos pocos KB de libro pueden guardar cientos de millones."""
LARGO_DE_CAMPO = 131_072
COMBINADAS_MAXIMAS = 100_000


@dataclass
class Desmedido(Exception):
    """Algo del archivo pasa de un límite: qué es, y qué hacer."""

    que: str
    remedio: str


def revisar_zip(ruta: Path) -> None:
    """Lanza ``Desmedido`` si el libro declara más de lo que se lee. ``zipfile`` no entrega más
    bytes que los declarados.
    """
    with zipfile.ZipFile(ruta) as libro:
        partes = libro.infolist()
        if len(partes) > PARTES_MAXIMAS:
            raise Desmedido(
                f"{len(partes)} partes",
                f"el máximo es {PARTES_MAXIMAS}: copie los datos a un libro nuevo y guárdelo",
            )
        megas = sum(p.file_size for p in partes) / 2**20
        if megas > MEGAS_ABIERTOS:
            raise Desmedido(
                f"{megas:.0f} MB una vez abierto",
                f"el máximo es {MEGAS_ABIERTOS} MB: parta el archivo, o copie solo los datos a un"
                " libro nuevo",
            )


class Contador:
    """Lleva la cuenta de filas y celdas de un archivo mientras se lee; lanza ``Desmedido`` al pasar
    un límite.
    """

    def __init__(self) -> None:
        self.celdas = self.letras = 0

    def fila(self, hoja: str, fila: int, ancho: int, letras: int = 0) -> None:
        """``fila`` (desde 1) tiene algo escrito: su última celda escrita es la ``ancho``, y sus
        textos suman ``letras``.
        """
        if fila > FILAS_MAXIMAS:
            raise Desmedido(
                f"hoja «{hoja}», fila {fila}",
                f"se leen hasta {FILAS_MAXIMAS} filas: si ahí no hay datos, borre esa celda"
                " perdida; si los hay, parta el archivo",
            )
        if ancho > COLUMNAS_MAXIMAS:
            raise Desmedido(
                f"hoja «{hoja}», fila {fila}, columna {ancho}",
                f"se leen hasta {COLUMNAS_MAXIMAS} columnas: si ahí no hay datos, borre esa celda"
                " perdida; si los hay, deje solo las columnas de los datos",
            )
        self.letras += letras
        if self.letras > LETRAS_MAXIMAS:
            raise Desmedido(
                f"hoja «{hoja}», fila {fila}",
                f"el archivo pasa de {LETRAS_MAXIMAS // 10**6} millones de letras: parta el"
                " archivo, o quite las columnas de textos largos",
            )
        self.celdas += ancho
        if self.celdas > CELDAS_MAXIMAS:
            raise Desmedido(
                f"hoja «{hoja}», fila {fila}",
                f"el archivo pasa de {CELDAS_MAXIMAS} celdas: deje solo las hojas y columnas de los"
                " datos",
            )


def revisar_hojas(nombres: Iterable[str]) -> None:
    """Lanza ``Desmedido`` si el libro tiene demasiadas hojas."""
    cuantas = len(list(nombres))
    if cuantas > HOJAS_MAXIMAS:
        raise Desmedido(
            f"{cuantas} hojas",
            f"el máximo es {HOJAS_MAXIMAS}: deje en el libro solo las de los datos",
        )
