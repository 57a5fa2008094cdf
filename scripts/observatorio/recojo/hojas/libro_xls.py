"""Leer un .xls (Excel 97-2003). Guarda siempre un resultado por fórmula: de una que nadie calculó
no se puede saber, y vale lo que trae.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .libro_xlsx import LibroRoto, _llano, _o_nada
from .limites import Contador, revisar_hojas
from .naturaleza import ERROR, ILEGIBLE, Ilegible, Rango, con_trozo, vista_de
from .tipos_de_hoja import HojaLeida, Valor

POSICIONES = {1: "superscript", 2: "subscript"}
"""Cómo dice un .xls que una letra va por encima o por debajo del renglón."""


def leer_xls(ruta: Path) -> list[HojaLeida]:
    """Las hojas del libro, en su orden. Lanza ``LibroRoto`` o ``Desmedido``."""
    import xlrd

    try:
        with (
            open(os.devnull, "w") as nada,
            xlrd.open_workbook(
                str(ruta), logfile=nada, formatting_info=True, ragged_rows=True
            ) as libro,
        ):
            revisar_hojas(libro.sheet_names())
            contador = Contador()
            return [_hoja(libro, hoja, contador) for hoja in libro.sheets()]
    # xlrd lanza de todo ante un libro roto: AssertionError, struct.error, IndexError…
    except Exception as e:
        if type(e).__module__.startswith("observatorio"):
            raise
        raise LibroRoto("password" if "password" in str(e).lower() else "") from e


def _hoja(libro, hoja, contador: Contador) -> HojaLeida:
    salida = HojaLeida(hoja.name, oculta=hoja.visibility != 0)
    salida.combinadas = [Rango(a + 1, c + 1, b, d) for a, b, c, d in hoja.merged_cells]
    salida.columnas_ocultas = {c + 1 for c, x in hoja.colinfo_map.items() if x.hidden}
    for i in range(hoja.nrows):
        escritas: dict[int, Valor] = {}
        for j, celda in enumerate(hoja.row(i)):
            valor = _valor(salida, libro, celda, i + 1, j + 1)
            if isinstance(valor, str) and (i, j) in hoja.rich_text_runlist_map:
                valor = _con_formato(libro, celda.value, hoja.rich_text_runlist_map[i, j])
            if valor is not None or (i + 1, j + 1) in salida.ilegibles:
                escritas[j + 1] = valor
        if escritas:
            contador.fila(hoja.name, i + 1, max(escritas))
            salida.poner(i + 1, escritas)
            if (de_la_fila := hoja.rowinfo_map.get(i)) and de_la_fila.hidden:
                salida.filas_ocultas.add(i + 1)
    return salida


def _con_formato(libro, texto: str, trozos: Sequence[tuple[int, int]]) -> str:
    """El texto de una celda con varios formatos: cada trozo empieza donde se dice, con su
    letra.
    """
    cortes = [desde for desde, _ in trozos] + [len(texto)]
    salida = texto[: cortes[0]]
    for (desde, letra), hasta in zip(trozos, cortes[1:], strict=True):
        posicion = POSICIONES.get(libro.font_list[letra].escapement)
        salida = con_trozo(salida, texto[desde:hasta], posicion)
    return salida


def _valor(hoja: HojaLeida, libro, celda, fila: int, columna: int) -> Valor:
    import xlrd

    formato = (
        libro.format_map[libro.xf_list[celda.xf_index].format_key].format_str
        if celda.xf_index is not None
        else "General"
    )
    if celda.ctype == xlrd.XL_CELL_TEXT:
        return _o_nada(celda.value)
    if celda.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(celda.value)
    if celda.ctype == xlrd.XL_CELL_ERROR:
        hoja.romper(
            fila, columna, Ilegible(ERROR, xlrd.error_text_from_code.get(celda.value, "error"))
        )
    elif celda.ctype == xlrd.XL_CELL_DATE:
        try:
            return _llano(xlrd.xldate_as_datetime(celda.value, libro.datemode))
        except (ValueError, OverflowError):
            hoja.romper(fila, columna, Ilegible(ILEGIBLE, str(celda.value)))
    elif celda.ctype == xlrd.XL_CELL_NUMBER:
        valor = float(celda.value)
        return hoja.numero(fila, columna, valor, vista_de(formato, valor))
    return None
