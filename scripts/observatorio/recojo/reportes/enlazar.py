"""Las hojas de una encuesta que se enlazan: el grupo repetido está en otra hoja, y cada fila suya
dice de qué envío es.

KoboToolbox escribe ``_parent_table_name``, ``_parent_index`` y ``_submission__uuid``; ODK,
``PARENT_KEY``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..hojas.cuadricula import Hoja
from ..hojas.encabezados import Titulos, clave, con_grupo, titulos_en

ENLACES = (
    ("parent_key", "key"),
    ("_parent_index", "_index"),
    ("_submission__uuid", "_uuid"),
    ("_submission__id", "_id"),
)
"""Columna de la hoja hija y la de su hoja madre."""
DEL_INDICE = "_parent_index"
NOMBRE_DE_LA_MADRE = "_parent_table_name"
FILAS_DE_TITULOS = 20


@dataclass(frozen=True)
class Enlace:
    """Cómo se llega de una fila de la hoja hija a la de su madre."""

    hija: Hoja
    madre: Hoja
    titulos_hija: Titulos
    titulos_madre: Titulos
    columna_hija: int
    columna_madre: int

    @cached_property
    def filas(self) -> dict[str, int]:
        """``{identificador: fila de la madre}``; de uno repetido, la primera."""
        salida: dict[str, int] = {}
        for f in range(self.titulos_madre.fila + 1, len(self.madre.filas) + 1):
            texto = self.madre.texto(f, self.columna_madre)
            if texto:
                salida.setdefault(texto, f)
        return salida

    def fila_madre(self, fila: int) -> int | None:
        return self.filas.get(self.hija.texto(fila, self.columna_hija))


def columnas_de_sistema(
    hoja: Hoja, nombres: Iterable[str]
) -> tuple[Titulos, dict[str, int]] | None:
    """La fila de títulos de una encuesta y sus columnas de sistema, entre ``nombres``; nada si no
    lleva ninguna.
    """
    nombres = set(nombres)
    for fila in range(1, min(len(hoja.filas), FILAS_DE_TITULOS) + 1):
        titulos = titulos_en(hoja, fila)
        suyas: dict[str, int] = {}
        for columna, texto in enumerate(titulos.textos, 1):
            for forma in (clave(texto), con_grupo(texto)):
                if forma in nombres:
                    suyas.setdefault(forma, columna)
        if suyas:
            return titulos, suyas
    return None


def enlace_de(hija: Hoja, hojas: Sequence[Hoja]) -> Enlace | None:
    """La hoja madre de ``hija``: la que se llama como ella dice o, si no, la que tiene más de sus
    identificadores.
    """
    dicho = columnas_de_sistema(hija, [NOMBRE_DE_LA_MADRE, *(e for e, _ in ENLACES)])
    if dicho is None:
        return None
    titulos, suyas = dicho
    primera = titulos.fila + 1
    nombre = hija.texto(primera, suyas[NOMBRE_DE_LA_MADRE]) if NOMBRE_DE_LA_MADRE in suyas else ""
    mejores: list[tuple[tuple[bool, bool, int, bool, int], Enlace]] = []
    for orden, (de_hija, de_madre) in enumerate(ENLACES):
        if de_hija not in suyas:
            continue
        buscados = {
            t for f in range(primera, len(hija.filas) + 1) if (t := hija.texto(f, suyas[de_hija]))
        }
        for madre in hojas:
            de_sistema = columnas_de_sistema(madre, [de_madre]) if madre is not hija else None
            if de_sistema and buscados:
                enlace = Enlace(
                    hija, madre, titulos, de_sistema[0], suyas[de_hija], de_sistema[1][de_madre]
                )
                llamada = bool(nombre) and clave(madre.nombre)[:31] == clave(nombre)[:31]
                comunes = len(buscados & set(enlace.filas))
                # Sin el nombre de la madre, su número de fila lo tienen también las hojas hermanas:
                # vale antes el identificador del envío.
                por_indice = de_hija == DEL_INDICE
                raiz = columnas_de_sistema(madre, [e for e, _ in ENLACES]) is None
                mejores += (
                    [((llamada, por_indice == llamada, comunes, raiz, -orden), enlace)]
                    if comunes
                    else []
                )
    return max(mejores, key=lambda m: m[0])[1] if mejores else None
