"""Signos que la tipografía de los boletines no tiene, en los textos que llegan a ellos: detendrían
la construcción al componer el PDF.

Lo que toda tipografía latina lleva se da por bueno; de lo demás responde Typst mismo, que compone
una línea con cada signo y las fuentes del boletín. Se miran todos los textos, también una unidad o
una fórmula. No se imprimen los mapeos, el plan de recojo ni las notas de las observaciones: una
prueba construye con un signo así en cada uno.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..base import lecturas
from ..base.escapes import typst_cadena
from ..base.tipografia import LETRAS, carpeta_de_fuentes
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .textos_libres import Texto, textos_de_las_fichas, textos_de_las_tablas

REGLA = "signo-sin-letra"
REMEDIO = (
    "la tipografía de los boletines no tiene «{}» ({}): bórrelo, o dígalo con palabras; detendría"
    " la construcción"
)
NO_SE_IMPRIMEN = (
    "data/mapeos/",
    "data/plan-de-recojo.yml",
    "data/observaciones/",
    "data/publicada/",
)


def signos_sin_letra(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por texto y signo, con su archivo, su fila y su columna."""
    yield from _en(_textos(proyecto))


def signos_sin_letra_en(renglones: Iterable[tuple[str, int, str]]) -> Iterator[ErrorDeDatos]:
    """Lo mismo, de unos renglones que se imprimen: ``(archivo, línea, texto)``."""
    yield from _en((archivo, linea, None, texto) for archivo, linea, texto in renglones)


def _en(textos: Iterable[tuple[str, int | None, str | None, str]]) -> Iterator[ErrorDeDatos]:
    dudosos = [t for t in textos if not t[3].isascii()]
    malos = sin_letra("".join(t for *_, t in dudosos))
    for archivo, fila, columna, texto in dudosos if malos else ():
        for signo in dict.fromkeys(c for c in texto if c in malos):
            yield ErrorDeDatos(
                archivo, fila, columna, signo, REGLA, REMEDIO.format(signo, _en_codigo(signo))
            )


def _en_codigo(signo: str) -> str:
    return f"U+{ord(signo):04X}"


def _textos(proyecto: Proyecto) -> Iterator[Texto]:
    yield from (
        t
        for t in (
            *textos_de_las_fichas(proyecto, frozenset()),
            *textos_de_las_tablas(proyecto, frozenset()),
        )
        if not t[0].startswith(NO_SE_IMPRIMEN)
    )
    yield from _de_las_plantillas(proyecto)


def _de_las_plantillas(proyecto: Proyecto) -> Iterator[Texto]:
    """El texto que un cuaderno lleva escrito, en su Markdown o entre las comillas de su código (el
    título de un gráfico): celda, línea y texto.
    """
    for ruta in sorted(proyecto.cuadernos.glob("*.ipynb")):
        archivo = proyecto.relativa(ruta)
        try:
            celdas = json.loads(lecturas.texto(ruta))["cells"]
            escritas = [
                (i, linea, dicho)
                for i, c in enumerate(celdas, 1)
                for linea, dicho in _de_la_celda(c["cell_type"], "".join(c["source"]))
            ]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
        for celda, linea, dicho in escritas:
            yield archivo, linea, f"celda {celda}", dicho


def _de_la_celda(tipo: str, texto: str) -> Iterator[tuple[int, str]]:
    """``(línea, texto)`` de lo escrito en una celda. El código que no se entiende lo dice otra
    regla.
    """
    if tipo == "markdown":
        yield from enumerate(texto.splitlines(), 1)
    if tipo != "code" or texto.isascii():
        return
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        for nodo in ast.walk(ast.parse(texto)):
            if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str):
                yield nodo.lineno, nodo.value


def sin_letra(texto: str) -> frozenset[str]:
    """Los signos de ``texto`` que no se pueden imprimir."""
    dudosos = {
        c for c in set(texto) if ord(c) > 0x7F and not _de_siempre().fullmatch(c) and _visible(c)
    }
    return _sin_figura(tuple(sorted(dudosos))) if dudosos else frozenset()


def _visible(signo: str) -> bool:
    """Lo que no se ve ya lo rechaza otra regla."""
    return unicodedata.category(signo) not in ("Cc", "Cf", "Zs", "Zl", "Zp")


@lru_cache(maxsize=1)
def _de_siempre() -> re.Pattern[str]:
    rangos = (r.removeprefix("U+").split("-") for r in LETRAS.split(","))
    return re.compile(
        "["
        + "".join(
            f"{chr(int(r[0], 16))}-{chr(int(r[-1], 16))}".replace("\\", "\\\\").replace("]", "\\]")
            for r in rangos
        )
        + "]"
    )


@lru_cache(maxsize=64)
def _sin_figura(signos: tuple[str, ...]) -> frozenset[str]:
    """Los que Typst no puede componer: todos de una vez, y uno a uno solo si alguno falta."""
    if _se_compone(signos):
        return frozenset()
    return frozenset(c for c in signos if not _se_compone((c,)))


def _se_compone(signos: Iterable[str]) -> bool:
    import typst

    lineas = "\n\n".join(f"#text({typst_cadena(f'a{c}a')})" for c in signos)
    fuente = (
        f'#set document(title: "a")\n#set text(font: "Source Sans Pro", lang: "es")\n{lineas}\n'
    )
    try:
        typst.compile(  # type: ignore[misc]  # su tipo genérico no se infiere de bytes
            fuente.encode(),
            font_paths=[str(carpeta_de_fuentes())],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError:
        return False
    return True
