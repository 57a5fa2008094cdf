"""Las filas de un CSV con más campos que títulos: el separador está también dentro de uno, como la
coma de «12,5», y lo que sigue cae en otra columna.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...base.texto_plano import NOMBRES
from ..hojas.cuadricula import Hoja, como_texto
from ..hojas.encabezados import Encabezado, titulos_en
from ..lote import Defecto

_ANTES, _DESPUES = re.compile(r"[+-]?\d+"), re.compile(r"[+-]?\d+(\.\d+)?")
"""Las dos partes de «12,5» o «1,200.50» en un CSV separado por comas."""


def filas_partidas(
    encabezado: Encabezado, sumadas: Iterable[str], filas: Iterable[int]
) -> Iterator[Defecto]:
    """Un defecto por fila partida. ``sumadas``: los títulos que se suman."""
    hoja, titulos = encabezado.hoja, _hasta_donde_hay_titulos(encabezado)
    if not hoja.separador or titulos <= 1:
        return
    como = NOMBRES.get(hoja.separador, hoja.separador)
    con_cifra = encabezado.columnas_de(sumadas) | {titulos}
    for f in filas:
        de_mas = range(titulos + 1, len(hoja.filas[f - 1]) + 1)
        sobra = next((c for c in de_mas if hoja.texto(f, c)), None)
        if sobra and any(_se_partio(hoja, f, c) for c in con_cifra):
            yield Defecto(
                encabezado.celda(f, sobra),
                hoja.texto(f, sobra),
                "campos-de-mas",
                f"la fila tiene más campos que los {titulos} títulos, y lo que sigue cae en"
                f" otra columna: ponga entre comillas el que lleva dentro {como}; si es una"
                " cifra con coma decimal, escríbala con punto; si es otra columna, póngale"
                " título",
            )


def _hasta_donde_hay_titulos(encabezado: Encabezado) -> int:
    """La última columna con título: si su fila deja huecos bajo los de encima, también vale el que
    está solo arriba, como el de una celda combinada.
    """
    suyos = encabezado.hoja.filas[encabezado.fila - 1]
    con_los_de_encima = titulos_en(encabezado.hoja, encabezado.fila, "combinados").textos
    if not any(t and not como_texto(s) for t, s in zip(con_los_de_encima, suyos, strict=False)):
        return len(suyos)
    return max(len(suyos), *(c for c, t in enumerate(con_los_de_encima, 1) if t))


def _se_partio(hoja: Hoja, fila: int, columna: int) -> bool:
    """Si detrás de una cifra de esa columna va otra suelta."""
    return bool(
        _ANTES.fullmatch(hoja.texto(fila, columna))
        and _DESPUES.fullmatch(hoja.texto(fila, columna + 1))
    )
