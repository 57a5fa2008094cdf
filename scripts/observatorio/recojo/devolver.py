"""Devolver el archivo con las celdas malas marcadas y comentadas, para que quien lo llenó sepa qué
arreglar.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from ..base.archivos import escribir_bytes
from ..base.escapes import xlsx, xml_legal
from .hojas.cuadricula import Hoja, como_texto, letra
from .hojas.estilo_hoja import MALO, fondo
from .lote import Defecto, Lote
from .palabras import SIN_COPIAR

SUFIJO = "-por-corregir.xlsx"
TAL_CUAL = (".xlsx", ".xlsm")
"""Los formatos que se devuelven con su propia cara; de los demás, una copia en .xlsx."""
ANCHO, ALTO = 320, 110
COLUMNA_ANGOSTA, COLUMNA_ANCHA = 10, 60
SIN_NOMBRE_DE_HOJA = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]")
LARGO_DE_HOJA, LARGO_DE_CELDA = 31, 32_767


def marcar(lote: Lote, defectos: Sequence[Defecto], destino: Path | None = None) -> Path | None:
    """Escribe ``<nombre>-por-corregir.xlsx`` junto al archivo (o en ``destino``) y devuelve su
    ruta. Lanza ``OSError`` si ahí no se puede escribir.

    Un .xlsx se devuelve tal cual, con sus celdas marcadas; de un CSV, un .ods o un .xls, o de un
    .xlsx que quien marca no sabe abrir, se devuelve una copia en .xlsx con sus valores. De un
    archivo con datos de personas no se hace ninguna copia, ni hay nada que marcar si el defecto no
    está en una celda.
    """
    if not any(d.celda for d in defectos) or any(d.remedio in SIN_COPIAR for d in defectos):
        return None
    ruta = (destino or lote.archivo.parent) / (
        lote.archivo.stem.removesuffix(SUFIJO.removesuffix(".xlsx")) + SUFIJO
    )
    escribir_bytes(ruta, _en_su_cara(lote, defectos) or _marcado(*_copia(lote), defectos))
    return ruta


def _en_su_cara(lote: Lote, defectos: Sequence[Defecto]) -> bytes | None:
    """El mismo libro, marcado; nada si es de otro formato o si openpyxl, más estricto que quien lo
    leyó, no lo abre o no lo vuelve a guardar.
    """
    if lote.archivo.suffix.lower() not in TAL_CUAL:
        return None
    try:
        with warnings.catch_warnings():
            # openpyxl avisa en inglés de lo que pierde (una lista, un gráfico): los datos quedan.
            warnings.simplefilter("ignore")
            libro = load_workbook(lote.archivo)
            return _marcado(libro, {n: n for n in libro.sheetnames}, defectos)
    except OSError:
        raise
    except Exception:  # lanza de todo ante lo que no conoce: TypeError, KeyError, ValueError…
        return None


def _marcado(libro: Workbook, nombres: Mapping[str, str], defectos: Sequence[Defecto]) -> bytes:
    """``nombres``: el de cada hoja del archivo → el que lleva en ``libro``."""
    por_celda: dict[tuple[str, int, int], list[Defecto]] = {}
    for d in defectos:
        if d.celda and d.celda.hoja in nombres:
            por_celda.setdefault((d.celda.hoja, d.celda.fila, d.celda.columna), []).append(d)
    for (hoja, fila, columna), suyos in por_celda.items():
        if isinstance(libro[nombres[hoja]], Worksheet):
            _marca(libro[nombres[hoja]], fila, columna, suyos)
    memoria = io.BytesIO()
    libro.save(memoria)
    return memoria.getvalue()


def _marca(hoja: Worksheet, fila: int, columna: int, defectos: Sequence[Defecto]) -> None:
    celda = hoja.cell(fila, columna)
    for rango in hoja.merged_cells.ranges:
        if celda.coordinate in rango:
            celda = hoja.cell(rango.min_row, rango.min_col)
    celda.fill = fondo(MALO)
    dicho = xml_legal("\n".join(f"{d.regla}: {d.remedio}" for d in defectos))
    comentario = Comment(str(dicho), "Observatorio")
    comentario.width, comentario.height = ANCHO, ALTO
    celda.comment = comentario


def _copia(lote: Lote) -> tuple[Workbook, dict[str, str]]:
    """Los valores del archivo en un libro nuevo, y el nombre de cada hoja en él: Excel no admite
    más de 31 letras ni algunos signos.
    """
    libro, nombres = Workbook(), {}
    libro.remove(libro.active)
    for hoja in lote.hojas:
        nombre = SIN_NOMBRE_DE_HOJA.sub("-", hoja.nombre)[:LARGO_DE_HOJA].strip("' ")
        copia = libro.create_sheet(nombre or "Hoja")
        nombres[hoja.nombre] = copia.title
        copia.sheet_state = "hidden" if hoja.oculta else "visible"
        for i, fila in enumerate(hoja.filas, 1):
            for j, valor in enumerate(fila, 1):
                xlsx(copia.cell(i, j), valor[:LARGO_DE_CELDA] if isinstance(valor, str) else valor)
        for j, largo in enumerate(_largos(hoja), 1):
            copia.column_dimensions[letra(j)].width = min(
                max(largo + 2, COLUMNA_ANGOSTA), COLUMNA_ANCHA
            )
    if not any(h.sheet_state == "visible" for h in libro):
        libro.worksheets[0].sheet_state = "visible"
    return libro, nombres


def _largos(hoja: Hoja) -> list[int]:
    """El texto más largo de cada columna, en letras."""
    ancho = max((len(f) for f in hoja.filas), default=0)
    return [max(len(como_texto(f[j])) for f in hoja.filas if j < len(f)) for j in range(ancho)]
