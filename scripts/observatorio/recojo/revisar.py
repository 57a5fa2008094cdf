"""Revisar el archivo recibido de punta a punta, también lo que no se lee de él: otras hojas, celdas
libres, comentarios.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from ..catalogo import Catalogo
from ..catalogo.mapeo import leer_mapeos
from ..datos.nombres import parece_nombre
from ..datos.reglas import NUMERICAS
from ..rutas import Proyecto
from .fuera_de_celdas import senas_fuera_de_celdas
from .hojas.cuadricula import Celda, Hoja, como_texto
from .lote import Defecto, Lote
from .personas import REMEDIO, en_hoja_suelta, en_tabla, en_textos
from .planillas.forma import AYUDA, CARGO, ENTRE, HOJA, OCULTA

PREFIJO_OCULTO = "t "


def revisar_personas(
    lote: Lote, catalogo: Catalogo, unidades: pl.DataFrame, proyecto: Proyecto
) -> Iterator[Defecto]:
    """Las señas de personas del archivo entero: todas sus hojas, y lo que un libro lleva fuera de
    las celdas.
    """
    codigos = {*unidades["codigo"], *catalogo.lugares}
    yield from senas_fuera_de_celdas(lote.archivo)
    mapeo = leer_mapeos(proyecto)[lote.mapeo] if lote.mapeo else None
    leidas = {x.hoja: x for x in lote.lecturas}
    for hoja in lote.hojas:
        if lote.tipo == "planilla" and hoja.nombre in (lote.hoja, HOJA, OCULTA, AYUDA):
            yield from _en_planilla(lote, hoja, codigos, catalogo.territorio.sitio.correo)
        elif (leida := leidas.get(hoja.nombre)) is not None:
            yield from en_tabla(
                hoja,
                leida.fila_titulos,
                leida.cifras,
                codigos,
                leida.declaradas,
                mapeo is not None and mapeo.cuenta_filas(),
            )
        else:
            yield from en_hoja_suelta(hoja, codigos, mapeo is None or mapeo.cuenta_filas())


def _en_planilla(
    lote: Lote, hoja: Hoja, codigos: Collection[str], correo: str
) -> Iterator[Defecto]:
    """Todas las celdas, salvo los números de las respuestas, que la compuerta revisa; donde va un
    cargo no va un nombre.

    ``correo``: el del sitio, que la planilla lleva impreso.
    """
    respuestas = {
        (c.hoja, c.fila, c.columna)
        for m in (*lote.medidas, *lote.no_medidas)
        for campo, c in m.celdas.items()
        if campo in NUMERICAS
    }
    textos = []
    for i, fila in enumerate(hoja.filas, 1):
        for j, valor in enumerate(fila, 1):
            texto = como_texto(valor).removeprefix(PREFIJO_OCULTO)
            if (hoja.nombre, i, j) not in respuestas or not texto.replace(".", "", 1).replace(
                ",", "", 1
            ).isdigit():
                textos += [
                    (Celda(hoja.nombre, i, j), parte)
                    for parte in texto.replace(correo, "").split(ENTRE)
                ]
    yield from en_textos(textos, codigos)
    for nombre, celda, dicho in ((lote.hoja, CARGO, lote.cargo), (OCULTA, "B2", lote.responsable)):
        if dicho and hoja.nombre == nombre and parece_nombre(dicho):
            yield Defecto(
                Celda(hoja.nombre, int(celda[1:]), 2, "cargo"), None, "nombre-de-persona", REMEDIO
            )
