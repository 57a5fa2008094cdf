"""Qué es cada celda además de su valor: lo que no se pudo leer, lo que muestra en porcentaje y lo
que tapa una combinada.

«No se pudo leer» no es «vacío»: una celda con #N/A, o con una fórmula que nadie calculó, no vale
cero ni falta.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ...base.voladas import CIFRAS_ABAJO, CIFRAS_ARRIBA

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
SECCIONES_DE_NUMERO = 3
SEPARADOR_DE_SECCIONES = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|;')
CONDICION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)\]")
COMPARA: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
COMAS_QUE_DIVIDEN = re.compile(r"[0#?](,+)(?![0#?,])")
"""Tras la última cifra, cada coma divide entre mil; entre cifras, solo las separa."""
DE_CODIGO, CODIGO_CON_CEROS = re.compile("0{5,}"), re.compile("0[0-9]{4,}")
"""Un año lleva cuatro cifras, y un mes dos: con más ceros es un código."""
ENTRE_CORCHETES = re.compile(r"\[[^\]]*\]")
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


@dataclass(frozen=True, slots=True)
class Vista:
    """Lo que un formato hace ver de un número, además de redondearlo."""

    porcentaje: bool = False
    entre: int = 1
    """Entre cuánto lo divide: ``#,##0,`` muestra los miles."""
    cifras: int = 0
    """Con cuántas lo completa con ceros, si es un código y no una cantidad: ``00000000``."""


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


def clase_de_numero(id_formato: int, propios: Mapping[int, str]) -> Formato:
    """La clase de un formato por su número; ``propios``: los que el libro define."""
    propio = propios.get(id_formato)
    return clase_de_formato(propio) if propio else DE_EXCEL.get(id_formato, "general")


def que_se_ve_distinto(id_formato: int, propios: Mapping[int, str]) -> str:
    """El formato de ese número, si hace ver otro que el guardado; si no, nada."""
    formato = propios.get(id_formato) or ("0%" if id_formato in EN_PORCENTAJE else "")
    return formato if cambia_lo_que_se_ve(formato) else ""


def vista_de(formato: str, valor: float) -> Vista:
    """Lo que hace ver de ``valor``: un formato puede llevar una sección para cada signo."""
    return _vista(_seccion(_secciones(formato), valor))


def es_de_codigo(visto: str) -> bool:
    """Si lo que muestra una celda con un número es un código con sus ceros."""
    return CODIGO_CON_CEROS.fullmatch(visto) is not None


def cambia_lo_que_se_ve(formato: str) -> bool:
    """Si alguna de sus secciones hace ver otro número."""
    return any(_vista(x) != Vista() for x in _secciones(formato))


@lru_cache(maxsize=4096)
def _secciones(formato: str) -> tuple[str, ...]:
    """Positivos; negativos; ceros; textos. Las de los textos no son de un número."""
    cortes = [m.start() for m in SEPARADOR_DE_SECCIONES.finditer(formato) if m[0] == ";"]
    bordes = zip([0, *(c + 1 for c in cortes)], [*cortes, len(formato)], strict=True)
    return tuple(formato[a:b] for a, b in bordes)[:SECCIONES_DE_NUMERO]


def _seccion(secciones: tuple[str, ...], valor: float) -> str:
    """La que muestra ``valor``: la primera cuya condición cumple (``[<1]``) o, sin condiciones, la
    de su signo.
    """
    condiciones = [CONDICION.search(x) for x in secciones]
    if any(condiciones):
        for seccion, c in zip(secciones, condiciones, strict=True):
            if c is None or COMPARA[c[1]](valor, float(c[2])):
                return seccion
        return secciones[-1]
    cual = 1 if valor < 0 else 2 if valor == 0 else 0
    return secciones[cual] if cual < len(secciones) else secciones[0]


@lru_cache(maxsize=4096)
def _vista(seccion: str) -> Vista:
    llano = TEXTO_EN_FORMATO.sub("", seccion)
    comas = COMAS_QUE_DIVIDEN.search(llano)
    return Vista(
        "%" in llano,
        1000 ** len(comas[1]) if comas else 1,
        len(llano) if DE_CODIGO.fullmatch(ENTRE_CORCHETES.sub("", seccion)) else 0,
    )


VOLADAS = {"superscript": CIFRAS_ARRIBA, "subscript": CIFRAS_ABAJO}


def con_trozo(texto: str, trozo: str, posicion: str | None) -> str:
    """El texto con un trozo más de su celda; ``posicion``: si va por encima o por debajo del
    renglón, como la llamada a una nota.

    Tras una cifra, esa llamada no es otra cifra: «46» y un «2» volado son «46²» y no «462».
    """
    volada = VOLADAS.get(posicion or "")
    return texto + (trozo.translate(volada) if volada and texto[-1:].isdigit() else trozo)


EN_PORCENTAJE = (9, 10)
DE_EXCEL: dict[int, Formato] = {
    **dict.fromkeys(EN_PORCENTAJE, "porcentaje"),
    **dict.fromkeys((*range(14, 23), 45, 47), "fecha"),
    46: "duracion",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "fecha"),
}
"""Los números que Excel no escribe en el libro (ECMA-376, 18.8.30), y los que cada idioma define a
su modo, que son todos de fecha; los demás no cambian lo que el número dice.
"""
