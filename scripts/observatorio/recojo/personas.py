"""Ningún dato que señale a una persona entra, ni siquiera de paso: se rechaza el archivo entero.

Además de las señas que la compuerta busca en cada texto (``datos/personas.py``), aquí se miran los
títulos de las columnas y lo que cada columna lleva de punta a punta. En un reporte de una fila por
persona u hogar basta que una columna que el mapeo no declara lleve fechas, documentos o nombres. El
valor hallado nunca se repite en el mensaje.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache

from ..datos.csv_estricto import COLUMNAS
from ..datos.nombres import parece_nombre
from ..datos.personas import primera_sena
from .hojas.cuadricula import Celda, Hoja, como_texto
from .hojas.encabezados import titulo_combinado
from .lote import Defecto
from .titulos import DE_INSTITUCION, es_de_sistema, sena_del_titulo

REMEDIO = (
    "borre en su computadora las columnas de personas y vuelva a exportar: aquí solo entran"
    " recuentos, nunca listas de personas"
)
REMEDIO_DE_PLANILLA = (
    "borre en su computadora ese texto, guarde la planilla y envíela de nuevo: aquí solo entran"
    " recuentos, nunca datos de personas"
)
ANIOS_DE_NACIMIENTO = 6
PARTE_DE_LA_COLUMNA = 0.5
LARGO_MINIMO = 6
FILAS_DE_TITULOS = 20
LARGO_DE_UN_TITULO = 60
TITULOS_DE_SISTEMA = 2
"""Con tantos, una fila es de títulos; con tantos llenos, de respuestas."""
DE_SISTEMA = re.compile(r"\S*\d\S*|\d+[-/]\d+[-/]\d+\s.*")
"""Lo que KoboToolbox y ODK escriben bajo sus títulos: un número, un identificador, una fecha con su
hora. «Parte 2» o «1. Hogar» son otros títulos.
"""
_FECHA_ISO, _FECHA_LATINA = (
    re.compile(r"^(\d{4})-\d{2}-\d{2}"),
    re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-](\d{4})$"),
)
_DOCUMENTO_SIN_CERO = re.compile(r"^\d{7,8}$")


def en_textos(
    celdas: Iterable[tuple[Celda, str]], codigos: Collection[str] = ()
) -> Iterator[Defecto]:
    """Señas dentro de los textos; ``codigos`` son los de unidades y lugares, que no son documentos
    de nadie.
    """
    hay = [(c, t) for c, t in celdas if len(t) >= LARGO_MINIMO and t not in codigos]
    for (celda, _), regla in zip(hay, primera_sena([t for _, t in hay]), strict=True):
        if regla:
            yield Defecto(celda, None, regla, REMEDIO)


def en_tabla(
    hoja: Hoja,
    fila_titulos: int,
    cifras: Collection[int] = (),
    codigos: Collection[str] = (),
    declaradas: Collection[int] = (),
    de_personas: bool = False,
) -> Iterator[Defecto]:
    """Señas en una tabla: títulos, columnas y textos.

    ``cifras``: columnas (desde 1) de recuentos y códigos, donde un número no es documento de nadie.
    ``declaradas``: las que el mapeo lee. ``de_personas``: cada fila es una persona o un hogar.
    """
    sobre = [
        (Celda(hoja.nombre, i, c), como_texto(v))
        for i, f in enumerate(hoja.filas[:fila_titulos], 1)
        for c, v in enumerate(f, 1)
        if isinstance(v, str)
    ]
    arriba = list(en_textos(sobre, codigos))
    callados = {d.celda.columna for d in arriba if d.celda and d.celda.fila == fila_titulos}
    textos: list[tuple[Celda, str]] = []
    for columna in range(1, max((len(f) for f in hoja.filas), default=0) + 1):
        titulo = "" if columna in callados else _titulo_de(hoja, fila_titulos, columna)
        cabeza = Celda(hoja.nombre, fila_titulos, columna, titulo)
        valores = [
            (i, f[columna - 1])
            for i, f in enumerate(hoja.filas[fila_titulos:], fila_titulos + 1)
            if len(f) >= columna and f[columna - 1] is not None
        ]
        ajena = de_personas and columna not in declaradas and not es_de_sistema(titulo)
        regla = sena_del_titulo(titulo, de_personas) or (
            ""
            if es_de_sistema(titulo)
            else _sena_de_la_columna([v for _, v in valores], titulo, ajena)
        )
        if regla:
            yield Defecto(cabeza, None, regla, REMEDIO)
        elif not es_de_sistema(titulo):
            textos += [
                (Celda(hoja.nombre, i, columna, titulo), t)
                for i, t in _legibles(valores)
                if len(t) >= LARGO_MINIMO and (columna not in cifras or not t.isdigit())
            ]
    yield from _por_columna([*arriba, *en_textos(textos, codigos)])


def _titulo_de(hoja: Hoja, fila: int, columna: int) -> str:
    """El título de una columna en su fila o, si está vacía, en las de arriba. Lo único que dice una
    de arriba es el título de la hoja («Niños con DNI»), salvo que se combinara con la de abajo.
    """
    suyo = titulo_combinado(hoja, fila, columna)
    if not suyo or hoja.texto(fila, columna):
        return suyo
    de_arriba = next(f for f in range(fila - 1, 0, -1) if hoja.texto(f, columna))
    solo = sum(bool(como_texto(v)) for v in hoja.filas[de_arriba - 1]) == 1
    combinado = any(
        (r.fila, r.columna) == (de_arriba, columna) and r.hasta_fila >= fila
        for r in hoja.combinadas
    )
    return "" if solo and not combinado else suyo


def en_hoja_suelta(
    hoja: Hoja, codigos: Collection[str] = (), de_personas: bool = True
) -> Iterator[Defecto]:
    """Señas en una hoja que nadie va a leer (oculta o no): sus títulos pueden estar en cualquiera
    de las primeras filas.
    """
    titulos = list(en_titulos(hoja))
    yield from titulos or en_tabla(hoja, 1, (), codigos, _de_una_tabla(hoja), de_personas)


def _de_una_tabla(hoja: Hoja) -> set[int]:
    """Las columnas propias de una tabla del observatorio, que lleva una medida por fila: su fecha
    es la del dato.
    """
    titulos = {c: hoja.texto(1, c) for c in range(1, max(map(len, hoja.filas[:1]), default=0) + 1)}
    if not {"kpi", "periodo"} <= set(titulos.values()):
        return set()
    return {c for c, t in titulos.items() if t in COLUMNAS}


def en_titulos(hoja: Hoja) -> Iterator[Defecto]:
    """Celdas que anuncian una columna de personas, en las primeras filas."""
    for fila, columna in _quiza_titulos(hoja):
        texto = hoja.texto(fila, columna)
        regla = sena_del_titulo(texto) if len(texto) <= LARGO_DE_UN_TITULO else None
        if regla:
            yield Defecto(Celda(hoja.nombre, fila, columna), None, regla, REMEDIO)


def _quiza_titulos(hoja: Hoja) -> Iterator[tuple[int, int]]:
    """``(fila, columna)`` de las primeras filas, salvo lo respondido. En lo que exportan
    KoboToolbox y ODK, responden las filas que llenan las columnas de sistema: en ellas, bajo un
    título, «Teléfono celular» es lo que alguien dijo.
    """
    de_sistema: list[int] = []
    con_titulo: set[int] = set()
    for fila in range(1, min(len(hoja.filas), FILAS_DE_TITULOS) + 1):
        textos = {c: hoja.texto(fila, c) for c in range(1, len(hoja.filas[fila - 1]) + 1)}
        suyas = [c for c, t in textos.items() if es_de_sistema(t)]
        if len(suyas) >= TITULOS_DE_SISTEMA or not any(textos.values()):
            de_sistema, con_titulo = suyas, {c for c, t in textos.items() if t}
            yield from ((fila, c) for c in textos)
            continue
        llenas = [c for c in de_sistema if DE_SISTEMA.fullmatch(textos.get(c, ""))]
        responde = len(llenas) >= TITULOS_DE_SISTEMA
        yield from ((fila, c) for c in textos if not responde or c not in con_titulo)


def _legibles(valores: Iterable[tuple[int, object]]) -> Iterator[tuple[int, str]]:
    for i, valor in valores:
        if not isinstance(valor, date | bool):
            yield i, como_texto(valor)


def _por_columna(defectos: Iterable[Defecto]) -> Iterator[Defecto]:
    """Una columna entera de documentos se dice una vez, con su primera celda y cuántas son."""
    grupos: dict[tuple[str, int, str], list[Defecto]] = {}
    for d in defectos:
        if d.celda:
            grupos.setdefault((d.celda.hoja, d.celda.columna, d.regla), []).append(d)
    for suyos in grupos.values():
        yield Defecto(
            suyos[0].celda,
            f"en {len(suyos)} celdas" if len(suyos) > 1 else None,
            suyos[0].regla,
            REMEDIO,
        )


def _sena_de_la_columna(valores: Sequence[object], titulo: str, ajena: bool) -> str | None:
    """Qué delata una columna entera, diga lo que diga su título. ``ajena``: no declarada, en una
    tabla de personas.
    """
    llenos = [v for v in valores if v not in (None, "")]
    anios = [a for v in llenos if (a := _anio(v)) is not None]
    parte = PARTE_DE_LA_COLUMNA * len(llenos)
    if len(anios) > max(2, parte) and max(anios) - min(anios) >= ANIOS_DE_NACIMIENTO:
        return "fecha-de-nacimiento"
    if not ajena or not llenos:
        return None
    if len(anios) > parte:
        return "fecha-de-nacimiento"
    textos = [como_texto(v) for v in llenos]
    if sum(
        bool(_DOCUMENTO_SIN_CERO.match(t)) for t in textos
    ) > parte and not DE_INSTITUCION.search(titulo):
        return "numero-de-documento"
    nombres = {t for t in textos if parece_nombre(t)}
    return (
        "nombre-de-persona"
        if len(nombres) >= 2 and sum(t in nombres for t in textos) > parte
        else None
    )


@lru_cache(maxsize=2**16, typed=True)
def _anio(valor: object) -> int | None:
    if isinstance(valor, date | datetime):
        return valor.year
    texto = como_texto(valor)
    hallada = _FECHA_ISO.match(texto) or _FECHA_LATINA.match(texto)
    return int(hallada[1]) if hallada else None
