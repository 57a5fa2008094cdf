"""Devolver el archivo con las celdas malas marcadas y comentadas, para que quien lo llenó sepa qué
arreglar.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from ..base.archivos import escribir_bytes
from ..base.escapes import xlsx
from .hojas.cuadricula import Hoja, como_texto, letra
from .hojas.estilo_hoja import MALO, fondo
from .lote import Defecto, Lote
from .personas import REMEDIO

SUFIJO = "-por-corregir.xlsx"
TAL_CUAL = (".xlsx", ".xlsm")
"""Los formatos que se devuelven con su propia cara; de los demás, una copia en .xlsx."""
ANCHO, ALTO = 320, 110
COLUMNA_ANGOSTA, COLUMNA_ANCHA = 10, 60


def marcar(lote: Lote, defectos: Sequence[Defecto], destino: Path | None = None) -> Path | None:
    """Escribe ``<nombre>-por-corregir.xlsx`` junto al archivo (o en ``destino``) y devuelve su
    ruta. Lanza ``OSError`` si ahí no se puede escribir.

    Un .xlsx se devuelve tal cual, con sus celdas marcadas; de un CSV, un .ods o un .xls se devuelve
    una copia en .xlsx. De un archivo con datos de personas no se hace ninguna copia, ni hay nada
    que marcar si el defecto no está en una celda.
    """
    if not any(d.celda for d in defectos) or any(d.remedio == REMEDIO for d in defectos):
        return None
    ruta = (destino or lote.archivo.parent) / (
        lote.archivo.stem.removesuffix(SUFIJO.removesuffix(".xlsx")) + SUFIJO
    )
    libro = load_workbook(lote.archivo) if lote.archivo.suffix.lower() in TAL_CUAL else _copia(lote)
    por_celda: dict[tuple[str, int, int], list[Defecto]] = {}
    for d in defectos:
        if d.celda and d.celda.hoja in libro.sheetnames:
            por_celda.setdefault((d.celda.hoja, d.celda.fila, d.celda.columna), []).append(d)
    for (hoja, fila, columna), suyos in por_celda.items():
        _marca(libro[hoja], fila, columna, suyos)
    memoria = io.BytesIO()
    libro.save(memoria)
    escribir_bytes(ruta, memoria.getvalue())
    return ruta


def _marca(hoja: Worksheet, fila: int, columna: int, defectos: Sequence[Defecto]) -> None:
    celda = hoja.cell(fila, columna)
    for rango in hoja.merged_cells.ranges:
        if celda.coordinate in rango:
            celda = hoja.cell(rango.min_row, rango.min_col)
    celda.fill = fondo(MALO)
    comentario = Comment("\n".join(f"{d.regla}: {d.remedio}" for d in defectos), "Observatorio")
    comentario.width, comentario.height = ANCHO, ALTO
    celda.comment = comentario


def _copia(lote: Lote) -> Workbook:
    libro = Workbook()
    libro.remove(libro.active)
    for hoja in lote.hojas:
        copia = libro.create_sheet(hoja.nombre[:31])
        copia.sheet_state = "hidden" if hoja.oculta else "visible"
        for i, fila in enumerate(hoja.filas, 1):
            for j, valor in enumerate(fila, 1):
                xlsx(copia.cell(i, j), valor)
        for j, largo in enumerate(_largos(hoja), 1):
            copia.column_dimensions[letra(j)].width = min(
                max(largo + 2, COLUMNA_ANGOSTA), COLUMNA_ANCHA
            )
    return libro


def _largos(hoja: Hoja) -> list[int]:
    """El texto más largo de cada columna, en letras."""
    ancho = max((len(f) for f in hoja.filas), default=0)
    return [max(len(como_texto(f[j])) for f in hoja.filas if j < len(f)) for j in range(ancho)]
