"""Las hojas y los títulos de la matriz de CEPLAN, reconocidos por lo que dicen: nada de lo que
alguien escribió se deja en silencio.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...errores import ErrorDeDatos
from ..hojas.cuadricula import Hoja
from ..hojas.encabezados import clave, encabezado
from .matriz import (
    AVANCE,
    AVISO,
    COLUMNAS_MISION,
    COLUMNAS_OKR,
    CUMPLIMIENTO,
    ESTADO,
    FICHA,
    FINALES,
    IDENTIDAD,
    MATRIZ,
    MISIONES,
    NATURALEZA,
    OKR,
    OPTATIVAS_DE_MISION,
)

SIN_LEER = (AVANCE, CUMPLIMIENTO, ESTADO, NATURALEZA)
"""Lo que la matriz lleva calculado, y no se lee."""
OBTENIDO = "VO "
DE_UN_ANIO = re.compile(r"(LE|VO)[ .:_-]*((?:19|20)\d{2})", re.IGNORECASE)
MINIMO_DE_LA_MATRIZ = 4
DE_OTRA_MANERA = "escríbalo como lo escribe «observatorio exportar ceplan»"


@dataclass(frozen=True, slots=True)
class Leida:
    """Una hoja reconocida: la fila de sus títulos, el título de cada columna como lo escribe el
    observatorio, y las que no conoce.
    """

    hoja: Hoja
    fila: int
    columnas: Mapping[str, int]
    ajenas: Mapping[str, int] = field(default_factory=dict)
    repetidas: Mapping[str, int] = field(default_factory=dict)

    def que_se_leen(self) -> frozenset[int]:
        """Los números de sus columnas que llegan al catálogo."""
        return frozenset(
            c
            for titulo, c in self.columnas.items()
            if titulo not in SIN_LEER and not titulo.startswith(OBTENIDO)
        )

    def filas(self) -> Iterator[tuple[int, dict[str, str]]]:
        """``(número de fila, {título: texto})`` de cada fila bajo los títulos."""
        for f in range(self.fila + 1, len(self.hoja.filas) + 1):
            yield f, {t: self.hoja.texto(f, c) for t, c in self.columnas.items()}


def reconocer(hojas: Sequence[Hoja]) -> tuple[dict[str, Leida], list[str]]:
    """Las hojas del libro por su nombre de la matriz, y las que nadie lee."""
    de_nombre = {clave(n): n for n in (MATRIZ, FICHA, OKR, MISIONES)}
    leidas: dict[str, Leida] = {}
    otras: list[Hoja] = []
    for h in hojas:
        nombre = de_nombre.get(clave(h.nombre))
        if nombre and nombre not in leidas:
            leidas[nombre] = leer(h, nombre)
        elif clave(h.nombre) != clave(AVISO):
            otras.append(h)
    if MATRIZ not in leidas:
        parecidas = [
            x
            for h in otras
            if len((x := leer(h, MATRIZ)).columnas) >= MINIMO_DE_LA_MATRIZ
            and "Código" in x.columnas
        ]
        if len(parecidas) == 1:
            leidas[MATRIZ] = parecidas[0]
            otras.remove(parecidas[0].hoja)
    con_algo = [
        h.nombre
        for h in otras
        if not h.oculta and any(v not in (None, "") for f in h.filas for v in f)
    ]
    return leidas, con_algo


def leer(hoja: Hoja, nombre: str) -> Leida:
    """La hoja con sus títulos llevados a los del observatorio, estén en la fila que estén."""
    conocidos = _conocidos(nombre)
    hallado = encabezado(hoja, conocidos, 1)
    if hallado is None:
        return Leida(hoja, 1, {})
    columnas: dict[str, int] = {}
    ajenas: dict[str, int] = {}
    repetidas: dict[str, int] = {}
    por_clave = {clave(t): t for t in conocidos}
    for c, texto in enumerate(hallado.titulos.textos, 1):
        titulo = (
            por_clave.get(clave(texto))
            or _de_un_anio(texto, nombre)
            or (clave(texto).replace(" ", "") if nombre == FICHA else None)
        )
        if not texto:
            if any(hoja.texto(f, c) for f in range(hallado.fila + 1, len(hoja.filas) + 1)):
                ajenas[f"columna {c}"] = c
        elif titulo is None:
            if any(hoja.texto(f, c) for f in range(hallado.fila + 1, len(hoja.filas) + 1)):
                ajenas[texto] = c
        elif titulo in columnas:
            repetidas[titulo] = c
        else:
            columnas[titulo] = c
    return Leida(hoja, hallado.fila, columnas, ajenas, repetidas)


def _conocidos(nombre: str) -> tuple[str, ...]:
    return {
        MATRIZ: (*IDENTIDAD, *FINALES, *SIN_LEER),
        FICHA: ("codigo", "okr"),
        OKR: COLUMNAS_OKR,
        MISIONES: (*COLUMNAS_MISION, *OPTATIVAS_DE_MISION),
    }[nombre]


def _de_un_anio(texto: str, nombre: str) -> str | None:
    """``"LE\\n2030"`` → ``"LE 2030"``, en la matriz."""
    m = DE_UN_ANIO.fullmatch(" ".join(texto.split())) if nombre == MATRIZ else None
    return f"{m[1].upper()} {m[2]}" if m else None


def defectos(archivo: str, leidas: Mapping[str, Leida]) -> Iterator[ErrorDeDatos]:
    """Columnas sin las que una hoja no se puede leer, las que están dos veces y las que nadie
    conoce.
    """
    for nombre, columnas in (
        (MATRIZ, ("Código",)),
        (FICHA, ("codigo",)),
        (OKR, COLUMNAS_OKR),
        (MISIONES, COLUMNAS_MISION),
    ):
        if nombre not in leidas:
            continue
        leida = leidas[nombre]
        donde = archivo if nombre == MATRIZ else f"{archivo}, hoja «{leida.hoja.nombre}»"
        for columna in columnas:
            if columna not in leida.columnas:
                yield ErrorDeDatos(
                    archivo,
                    leida.fila,
                    columna,
                    None,
                    "columna-ausente",
                    f"la hoja «{leida.hoja.nombre}» lleva esa columna con ese título:"
                    f" {DE_OTRA_MANERA}",
                )
        for titulo in leida.repetidas:
            yield ErrorDeDatos(
                donde, leida.fila, titulo, None, "columna-repetida", "deje una sola vez la columna"
            )
        for titulo in leida.ajenas:
            yield ErrorDeDatos(
                donde,
                leida.fila,
                titulo,
                None,
                "columna-sobrante",
                f"la hoja «{leida.hoja.nombre}» no lleva esa columna, y lo que dice se perdería:"
                f" bórrela o, si es una de las suyas, {DE_OTRA_MANERA}",
            )
