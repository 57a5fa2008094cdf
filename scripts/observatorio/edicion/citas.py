"""Lo que las páginas citan y no existe, dicho antes de calcular: piezas, indicadores y misiones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from ..base import lecturas
from ..catalogo.catalogo import Catalogo
from ..catalogo.piezas_de_pagina import PIEZAS
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .paginas import DE_KPI, piezas_citadas

ENLACE = re.compile(
    r"\]\((?:\.\./)*" r"(misiones/(?P<mision>[^/)\s]+)/|datos/kpi/(?P<kpi>[^)\s]+)\.json)"
)


def citas_rotas(proyecto: Proyecto, catalogo: Catalogo) -> Iterator[ErrorDeDatos]:
    """Un error por cita de las páginas ``.qmd`` que ninguna construcción podría resolver.

    Los indicadores y los enlaces a las misiones solo se miran con el catálogo entero legible.
    """
    for pagina in sorted(proyecto.raiz.glob("*.qmd")):
        if not _legible(pagina):
            continue
        archivo = proyecto.relativa(pagina)
        for lugar, nombre in piezas_citadas(pagina):
            fila = int(lugar.rsplit(" ", 1)[1])
            if nombre.startswith(DE_KPI):
                yield from _de_kpi(catalogo, archivo, fila, nombre.removeprefix(DE_KPI))
            elif nombre not in PIEZAS:
                yield ErrorDeDatos(
                    archivo, fila, None, nombre, "pieza-desconocida", _parecida(nombre)
                )
        if not catalogo.ilegible:
            yield from _enlaces(catalogo, archivo, pagina)


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


def _enlaces(catalogo: Catalogo, archivo: str, pagina: Path) -> Iterator[ErrorDeDatos]:
    misiones = {m.slug for m in catalogo.misiones}
    for fila, linea in enumerate(lecturas.texto(pagina).splitlines(), 1):
        for enlace in ENLACE.finditer(linea):
            mision, kpi = enlace["mision"], enlace["kpi"]
            if (mision and mision not in misiones) or (kpi and kpi not in catalogo.kpis):
                yield ErrorDeDatos(
                    archivo,
                    fila,
                    None,
                    enlace[1],
                    "enlace-a-lo-que-no-existe",
                    (
                        f"enlace a una de las misiones que hay: {', '.join(sorted(misiones))}"
                        if mision
                        else "enlace al código de un KPI del catálogo"
                    ),
                )
