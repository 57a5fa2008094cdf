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
DE_DURACION = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
SIN_LETRAS_DE_FECHA = re.compile(r'".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')
"""Lo entrecomillado, y los colores, idiomas y monedas entre corchetes."""
DE_FECHA = re.compile(r"(?<![_\\])[dmhys]", re.IGNORECASE)
"""Como las reconoce ``openpyxl``, que es el árbitro en las pruebas: cargarlo era la décima parte de
recibir una encuesta.
"""


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
    if "%" in TEXTO_EN_FORMATO.sub("", formato):
        return "porcentaje"
    # La primera sección es la de los positivos, y una fecha no es negativa.
    primera = formato.partition(";")[0]
    if DE_DURACION.search(primera):
        return "duracion"
    return "fecha" if DE_FECHA.search(SIN_LETRAS_DE_FECHA.sub("", primera)) else "general"


def clase_de_numero(id_formato: int, propios: dict[int, str]) -> Formato:
    """La clase de un formato por su número; ``propios``: los que el libro define."""
    propio = propios.get(id_formato)
    return clase_de_formato(propio) if propio else DE_EXCEL.get(id_formato, "general")


VOLADAS = {
    "superscript": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscript": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}


def con_trozo(texto: str, trozo: str, posicion: str | None) -> str:
    """El texto con un trozo más de su celda; ``posicion``: si va por encima o por debajo del
    renglón, como la llamada a una nota.

    Tras una cifra, esa llamada no es otra cifra: «46» y un «2» volado son «46²» y no «462».
    """
    volada = VOLADAS.get(posicion or "")
    return texto + (trozo.translate(volada) if volada and texto[-1:].isdigit() else trozo)


DE_EXCEL: dict[int, Formato] = {
    **dict.fromkeys((9, 10), "porcentaje"),
    **dict.fromkeys((*range(14, 23), 45, 47), "fecha"),
    46: "duracion",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "fecha"),
}
"""Los números que Excel no escribe en el libro (ECMA-376, 18.8.30), y los que cada idioma define a
su modo, que son todos de fecha; los demás no cambian lo que el número dice.
"""
