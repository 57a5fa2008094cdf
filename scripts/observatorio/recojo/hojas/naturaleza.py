"""Qué es cada celda además de su valor: lo que no se pudo leer, lo que muestra en porcentaje y lo
que tapa una combinada.

«No se pudo leer» no es «vacío»: una celda con #N/A, o con una fórmula que nadie calculó, no vale
cero ni falta.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

Formato = Literal["general", "porcentaje", "fecha", "duracion"]
ERROR, SIN_RESULTADO, COMBINADA, ILEGIBLE = (
    "celda-con-error",
    "formula-sin-resultado",
    "celda-combinada",
    "celda-ilegible",
)
DE_ERROR = re.compile(
    r"#(?:N/A|N/D|N/DISP|[¡¿]?(?:REF|DIV/0|VALUE|VALOR|NUM|NULL|NULO|SPILL|DESBORDAMIENTO|CALC|CÁLC|FIELD|CAMPO|BLOCKED|BLOQUEADO|CONNECT|CONECTAR|BUSY|OCUPADO|UNKNOWN|DESCONOCIDO)!"
    r"|[¡¿]?(?:NAME|NOMBRE)\?|GETTING_DATA|OBTENIENDO_DATOS)|Err:\d{3}"
)
"""Los errores como los escriben Excel, en inglés o en español, y LibreOffice: así quedan también en
un CSV.
"""
TEXTO_EN_FORMATO = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class Ilegible:
    """Una celda cuyo valor no se puede saber: la regla que lo dice y lo que se ve de ella."""

    regla: str
    dicho: str

    @property
    def remedio(self) -> str:
        return {
            ERROR: (
                "la celda muestra un error y no un dato: corrija su fórmula, o escriba el valor; si"
                " no se midió, bórrela"
            ),
            SIN_RESULTADO: (
                "la celda lleva una fórmula sin su resultado: abra el archivo en su hoja de"
                " cálculo, guárdelo y envíelo de nuevo, o escriba el valor"
            ),
        }.get(self.regla, "la celda no se puede leer: escriba el valor de nuevo")


@dataclass(frozen=True, slots=True)
class Rango:
    """Un rango de celdas combinadas, con sus esquinas desde 1: solo la primera guarda un valor."""

    fila: int
    columna: int
    hasta_fila: int
    hasta_columna: int


@lru_cache(maxsize=4096)
def clase_de_formato(formato: str) -> Formato:
    """Qué hace un formato de número con lo guardado: ``0.0 %`` lo muestra por cien; ``0"%"``,
    no.
    """
    desnudo = TEXTO_EN_FORMATO.sub("", formato)
    if "%" in desnudo:
        return "porcentaje"
    if is_timedelta_format(formato):
        return "duracion"
    return "fecha" if is_date_format(formato) else "general"


def clase_de_numero(id_formato: int, propios: dict[int, str]) -> Formato:
    """La clase de un formato por su número; ``propios``: los que el libro define."""
    return clase_de_formato(
        propios.get(id_formato)
        or BUILTIN_FORMATS.get(id_formato)
        or _DEL_IDIOMA.get(id_formato, "General")
    )


_DEL_IDIOMA = dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd")
"""Los números que cada idioma de Excel define a su modo son todos de fecha."""
