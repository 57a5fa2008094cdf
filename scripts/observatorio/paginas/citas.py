"""Lo que las páginas citan y no existe, dicho antes de calcular: piezas e indicadores."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from ..base import lecturas
from ..catalogo.catalogo import Catalogo
from ..catalogo.piezas_de_pagina import PIEZAS
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .encabezados import fuentes_del_autor
from .fuentes import DE_KPI, incluidos_del_proyecto, piezas_citadas


def citas_rotas(proyecto: Proyecto, catalogo: Catalogo) -> Iterator[ErrorDeDatos]:
    """Un error por cita de las páginas ``.qmd`` que ninguna construcción podría resolver.

    Los indicadores solo se miran con el catálogo entero legible.
    """
    for pagina in _con_lo_incluido(proyecto):
        archivo = proyecto.relativa(pagina)
        for lugar, nombre in piezas_citadas(pagina):
            fila = int(lugar.rsplit(" ", 1)[1])
            if nombre.startswith(DE_KPI):
                yield from _de_kpi(catalogo, archivo, fila, nombre.removeprefix(DE_KPI))
            elif nombre not in PIEZAS:
                yield ErrorDeDatos(
                    archivo, fila, None, nombre, "pieza-desconocida", _parecida(nombre)
                )


def _con_lo_incluido(proyecto: Proyecto) -> Iterator[Path]:
    """Las páginas que se pueden leer y lo que incluyen del proyecto, cada archivo una vez."""
    paginas, raiz = [p for p in fuentes_del_autor(proyecto) if _legible(p)], proyecto.raiz.resolve()
    yield from paginas
    en_el_proyecto = (
        i.resolve()
        for p in paginas
        for i in incluidos_del_proyecto(proyecto, lecturas.texto(p), p.parent)
        if _legible(i)
    )
    yield from (proyecto.raiz / i.relative_to(raiz) for i in dict.fromkeys(en_el_proyecto))


def _legible(pagina: Path) -> bool:
    """Si se puede leer como texto; si no, ya lo dicen sus encabezados."""
    try:
        lecturas.texto(pagina)
    except (OSError, UnicodeDecodeError):
        return False
    return True


def _de_kpi(catalogo: Catalogo, archivo: str, fila: int, codigo: str) -> Iterator[ErrorDeDatos]:
    if codigo not in catalogo.kpis and not catalogo.ilegible:
        yield ErrorDeDatos(
            archivo,
            fila,
            None,
            codigo,
            "kpi-desconocido",
            "cite el código de un KPI del catálogo (misiones/*/hoja-de-ruta.yml)",
        )


def _parecida(nombre: str) -> str:
    cerca = get_close_matches(nombre, PIEZAS, 1)
    return f"¿quiso decir «{cerca[0]}»?" if cerca else f"use una de: {', '.join(sorted(PIEZAS))}"
