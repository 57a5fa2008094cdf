"""Los títulos de una hoja: en qué fila están y qué columna es cada una, por lo que dicen y no por
la letra.

Una tilde compuesta de otro modo, dos espacios, un salto de línea o un espacio duro no hacen otro
título. En una encuesta tampoco el signo que separa el grupo de la pregunta (``fies/categoria``,
``fies-categoria``), ni que el grupo falte, mientras no haya dos preguntas que se llamen igual.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from typing import Literal

from ...base.plegado import plegado
from .cuadricula import Celda, Hoja

FILAS_DE_TITULOS = 50
FILAS_COMBINADAS = 3
"""Cuántas filas hacia arriba puede estar el título de una columna cuya celda se combinó con las de
abajo.
"""
Pisos = Literal["uno", "combinados", "dos"]
"""Dónde está el título de una columna: en su fila; en ella o, si se combinó con las de abajo, más
arriba; o en dos filas, la de arriba sobre varias columnas.
"""
PISOS: tuple[Pisos, ...] = ("uno", "combinados", "dos")
LETRA = re.compile(r"[^\W\d_]|[%°]")
"""Lo que lleva un título y no una cifra: «Total», «%», «6-11 meses»."""
_SEPARADOR_DE_GRUPO = re.compile(r"\s*[/.:|>–-]+\s*")
_DE_R = re.compile(r"^x_")
_IDIOMA = re.compile(r"\s*::\s*(?:[^:/]*\([a-z]{2,3}\)|espanol|spanish|castellano|english|ingles)$")
_ADORNOS = " *\"'“”‘’«»"
_GUIONES_BAJOS = re.compile(r"_{2,}")
Indice = dict[str, list[int]]


@lru_cache(maxsize=20_000)
def clave(titulo: str) -> str:
    """``"AÑO\\n  escolar" → "ano escolar"``."""
    return plegado(titulo)


@lru_cache(maxsize=20_000)
def con_grupo(titulo: str) -> str:
    """``"fies - categoria" → "fies/categoria"``; sin comillas, el asterisco de lo obligatorio ni el
    idioma de una etiqueta (``::Español (es)``), y con el guion bajo al que R antepone una equis
    (``X_uuid``).
    """
    limpio = _DE_R.sub("_", _IDIOMA.sub("", clave(titulo).strip(_ADORNOS)))
    return _SEPARADOR_DE_GRUPO.sub("/", limpio).strip("/ ")


def _formas(titulo: str) -> tuple[str, ...]:
    """El título como está, por su clave, con su grupo, con el grupo unido por guiones bajos (el
    entero, que hay preguntas que los llevan) y por su última parte.
    """
    agrupado = con_grupo(titulo)
    unido = _GUIONES_BAJOS.sub("_", agrupado.replace("/", "_"))
    return titulo, clave(titulo), agrupado, unido, agrupado.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Titulos:
    """Los títulos de una fila, con cada columna por cada una de las formas de su texto
    (``_formas``).
    """

    fila: int
    textos: tuple[str, ...]
    por_forma: tuple[Indice, ...] = field(compare=False)

    def columnas(self, buscado: str) -> list[int]:
        """Las columnas (desde 1) que llevan ese título, con la forma más parecida que haya; más de
        una si se repite.
        """
        formas = _formas(buscado)
        for i, (forma, indice) in enumerate(zip(formas, self.por_forma, strict=True)):
            halladas = indice.get(forma, [])
            if halladas and (i < len(formas) - 1 or len(halladas) == 1):
                return halladas
        return []

    def opciones(self, buscado: str) -> dict[str, int]:
        """Las columnas ``pregunta/opción`` de una pregunta de varias respuestas:
        ``{opción: columna}``.
        """
        prefijo = con_grupo(buscado) + "/"
        sin_grupo = con_grupo(buscado).rpartition("/")[2] + "/"
        suyas = {t: c for c, t in enumerate(map(con_grupo, self.textos), 1)}
        halladas = {t.removeprefix(prefijo): c for t, c in suyas.items() if t.startswith(prefijo)}
        return halladas or {
            t.removeprefix(sin_grupo): c for t, c in suyas.items() if t.startswith(sin_grupo)
        }


def titulos_en(hoja: Hoja, fila: int, pisos: Pisos = "uno") -> Titulos:
    """Los títulos de una fila (desde 1)."""
    recordados = hoja.titulos
    if (fila, pisos) not in recordados:
        recordados[fila, pisos] = _titulos_en(hoja, fila, pisos)
    return recordados[fila, pisos]


def _titulos_en(hoja: Hoja, fila: int, pisos: Pisos) -> Titulos:
    altura = 1 if pisos == "uno" else FILAS_COMBINADAS
    ancho = max((len(f) for f in hoja.filas[max(0, fila - altura) : fila]), default=0)
    de_dos = _de_dos_pisos(hoja, fila) if pisos == "dos" else {}
    textos = tuple(
        de_dos.get(c) or titulo_combinado(hoja, fila, c, altura) for c in range(1, ancho + 1)
    )
    indices: tuple[Indice, ...] = ({}, {}, {}, {}, {})
    for columna, texto in enumerate(textos, 1):
        if texto:
            for indice, forma in zip(
                indices,
                _formas(texto),
                strict=True,
            ):
                indice.setdefault(forma, []).append(columna)
    return Titulos(fila, textos, indices)


def titulo_combinado(hoja: Hoja, fila: int, columna: int, altura: int = FILAS_COMBINADAS) -> str:
    """El título de una columna en su fila o, si está vacía, en las de arriba."""
    return next(
        (t for f in range(fila, max(0, fila - altura), -1) if (t := hoja.texto(f, columna))), ""
    )


def _de_dos_pisos(hoja: Hoja, fila: int) -> dict[int, str]:
    """``{3: "EVALUADOS/Total"}``: lo que dice la fila en las columnas sobre las que hay un título,
    tras él.
    """
    arriba = range(1, len(hoja.filas[fila - 2]) + 1) if fila > 1 else ()
    return {
        columna: f"{titulo}/{hoja.texto(fila, columna)}"
        for primera in arriba
        if (titulo := hoja.texto(fila - 1, primera))
        for columna in columnas_bajo(hoja, fila - 1, primera)
    }


def columnas_bajo(hoja: Hoja, fila: int, columna: int) -> tuple[int, ...]:
    """Las columnas sobre las que está un título, si son varias y cada una tiene el suyo debajo."""
    if fila >= len(hoja.filas):
        return ()
    derecha = range(columna + 1, len(hoja.filas[fila]) + 1)
    suyas = columnas_combinadas(hoja, fila, columna) or (
        columna,
        *takewhile(lambda c: not hoja.texto(fila, c), derecha),
    )
    con_titulo = tuple(takewhile(lambda c: LETRA.search(hoja.texto(fila + 1, c)), suyas))
    return con_titulo if len(con_titulo) > 1 else ()


def columnas_combinadas(hoja: Hoja, fila: int, columna: int) -> tuple[int, ...]:
    """Las de un título combinado con las celdas de su derecha; ninguna si no lo está."""
    for r in hoja.combinadas:
        if r.fila == fila and r.columna == columna < r.hasta_columna:
            return tuple(range(r.columna, r.hasta_columna + 1))
    return ()


@dataclass(frozen=True, slots=True)
class Encabezado:
    """Dónde está en una hoja cada título buscado. Un título puede tener varias columnas: una por
    versión del formulario.
    """

    hoja: Hoja
    titulos: Titulos
    columnas: Mapping[str, tuple[int, ...]]
    opciones: Mapping[str, Mapping[str, int]]
    repetidas: Mapping[str, tuple[int, ...]]
    """Títulos buscados que la hoja lleva más de una vez."""

    @property
    def fila(self) -> int:
        return self.titulos.fila

    @property
    def halladas(self) -> set[str]:
        return {*self.columnas, *self.opciones}

    def leidas(self) -> frozenset[int]:
        """Todas las columnas que se leen."""
        return frozenset(c for cs in self.columnas.values() for c in cs) | {
            c for o in self.opciones.values() for c in o.values()
        }

    def columnas_de(self, titulos: Iterable[str]) -> frozenset[int]:
        """Las columnas que llevan alguno de esos títulos buscados."""
        return frozenset(c for t in titulos for c in self.columnas.get(t, ()))

    def celda(self, fila: int, columna: int) -> Celda:
        """Una celda de la hoja, con el título de su columna."""
        textos = self.titulos.textos
        titulo = textos[columna - 1] if columna <= len(textos) else ""
        return Celda(self.hoja.nombre, fila, columna, titulo)


def encabezado(
    hoja: Hoja,
    buscados: Iterable[str],
    fila: int = 1,
    otros: Mapping[str, Sequence[str]] | None = None,
    multiples: Mapping[str, Set[str]] | None = None,
) -> Encabezado | None:
    """Los títulos buscados en la fila que más de ellos lleve; en un empate la declarada (``fila``),
    o la primera. Nulo si ninguna lleva uno.

    ``otros``: otros títulos de una misma columna. ``multiples``: preguntas que pueden venir en una
    columna por respuesta, y las respuestas sin las que no se pueden leer.
    """
    buscados = list(buscados)
    ultima = min(len(hoja.filas), FILAS_DE_TITULOS)
    orden = [f for f in (fila, *range(1, ultima + 1)) if f <= ultima]
    mejor: Encabezado | None = None
    for pisos in PISOS:
        for f in dict.fromkeys(orden):
            hallado = _en_fila(
                hoja, titulos_en(hoja, f, pisos), buscados, otros or {}, multiples or {}
            )
            if hallado.halladas and (mejor is None or len(hallado.halladas) > len(mejor.halladas)):
                mejor = hallado
        if mejor and len(mejor.halladas) == len(buscados):
            break
    return mejor


def _sueltas(titulos: Titulos, nombres: Sequence[str]) -> dict[str, int]:
    return next((o for n in nombres if (o := titulos.opciones(n))), {})


def _en_fila(
    hoja: Hoja,
    titulos: Titulos,
    buscados: Sequence[str],
    otros: Mapping[str, Sequence[str]],
    multiples: Mapping[str, Set[str]],
) -> Encabezado:
    columnas: dict[str, tuple[int, ...]] = {}
    opciones: dict[str, dict[str, int]] = {}
    repetidas: dict[str, tuple[int, ...]] = {}
    for buscado in buscados:
        suyas: list[int] = []
        for titulo in (buscado, *otros.get(buscado, ())):
            halladas = titulos.columnas(titulo)
            if len(halladas) > 1:
                repetidas[buscado] = tuple(halladas)
            suyas += [c for c in halladas if c not in suyas]
        if suyas:
            columnas[buscado] = tuple(suyas)
        if (
            buscado in multiples
            and (sueltas := _sueltas(titulos, (buscado, *otros.get(buscado, ()))))
            and (suyas or {con_grupo(o) for o in multiples[buscado]} <= sueltas.keys())
        ):
            opciones[buscado] = sueltas
    return Encabezado(hoja, titulos, columnas, opciones, repetidas)
