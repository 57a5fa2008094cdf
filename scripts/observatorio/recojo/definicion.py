"""La definición de un formulario (XLSForm) en lugar de sus respuestas: se confunden, porque las dos
son un libro que sale de KoboToolbox u ODK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .hojas.cuadricula import Hoja
from .hojas.encabezados import FILAS_DE_TITULOS, clave
from .titulos import es_de_sistema

TIPO, NOMBRE = "type", "name"
TIPOS = re.compile(
    r"select[ _](?:one|multiple)\b|(?:begin|end)[ _](?:group|repeat)|start|end|today|deviceid"
    r"|note|text|integer|decimal|date|calculate|geopoint"
)
DE_RESPUESTAS = 2
"""Con tantas columnas de sistema, una fila es la de los títulos de lo respondido."""
REMEDIO = (
    "es la definición de un formulario (XLSForm), con sus preguntas y no con lo respondido. En"
    " KoboToolbox lo respondido se descarga en «Datos», «Descargas»; en ODK Central, en"
    " «Submissions», «Download»"
)


def es_definicion(hojas: Sequence[Hoja]) -> bool:
    """Si una hoja lleva las preguntas de un formulario y ninguna lo que se respondió."""
    las_demas = [h for h in hojas if not _con_preguntas(h)]
    return len(las_demas) < len(hojas) and not any(map(_con_respuestas, las_demas))


def _con_preguntas(hoja: Hoja) -> bool:
    for fila, textos in _de_titulos(hoja):
        if {TIPO, NOMBRE} <= set(textos):
            tipo = textos.index(TIPO) + 1
            abajo = (clave(hoja.texto(f, tipo)) for f in range(fila + 1, len(hoja.filas) + 1))
            return any(TIPOS.match(t) for t in abajo)
    return False


def _con_respuestas(hoja: Hoja) -> bool:
    return any(sum(map(es_de_sistema, textos)) >= DE_RESPUESTAS for _, textos in _de_titulos(hoja))


def _de_titulos(hoja: Hoja) -> Iterator[tuple[int, list[str]]]:
    for fila in range(1, min(len(hoja.filas), FILAS_DE_TITULOS) + 1):
        yield fila, [clave(hoja.texto(fila, c)) for c in range(1, len(hoja.filas[fila - 1]) + 1)]
