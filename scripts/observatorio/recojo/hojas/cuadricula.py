"""Las celdas de cualquier hoja de cálculo o CSV, con su coordenada, vengan del programa que vengan.

Se leen los valores y no las fórmulas (una fórmula en una celda vale lo que muestra), y de cada
celda su naturaleza: la que no se pudo leer no es una celda vacía. Qué lector toca lo dice el
contenido y no el nombre del archivo. Un CSV se acepta con el separador, la codificación o la marca
BOM que le ponga Excel: eso es forma y no contenido.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...base.escritura import es_direccion
from ...base.texto_plano import REMEDIO_UN_NULO, ConNulos, TextoIlegible, leer_texto
from ...datos.reparar import COMA_DECIMAL
from ...errores import DatosInvalidos, ErrorDeDatos
from ...rutas import OCULTOS
from .csv_ajeno import forma_ajena
from .formato_real import FALLOS_DE_ZIP, NoSeLee, con_otro_nombre, danado, formato_de
from .limites import LARGO_DE_CAMPO, MEGAS_MAXIMOS, Contador, Desmedido, revisar_zip
from .naturaleza import Ilegible, Rango
from .paquete import PaqueteIlegible, contenido
from .tipos_de_hoja import HojaLeida, Valor

LIBROS = (".xlsx", ".xlsm", ".xls", ".ods")
OTROS_LIBROS = (".xlsb", ".xltx", ".xltm", ".xlt")
"""No se ofrecen, pero lo de dentro puede ser un libro corriente; si no, se dice qué es."""
TEXTOS = (".csv", ".tsv", ".txt")
PAQUETES = (".zip",)
ABIERTO = re.compile(r"~\$(.+)|\.~lock\.(.+)#")
"""Cómo se llama la marca de un libro abierto, en Excel y en LibreOffice."""
TEXTO_TRAS_IGUAL = re.compile(r'="([^"=+@-][^"]*)"')
PUNTO_DECIMAL = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Celda:
    """Una coordenada que la persona puede encontrar: hoja, fila y columna desde 1, y el título de
    su columna.
    """

    hoja: str
    fila: int
    columna: int
    titulo: str = ""

    @property
    def donde(self) -> str:
        return f"{letra(self.columna)} · {self.titulo}" if self.titulo else letra(self.columna)


@dataclass(frozen=True, slots=True)
class Hoja:
    """Las filas de una hoja; la celda A1 es ``filas[0][0]``."""

    nombre: str
    filas: Sequence[Sequence[Valor]]
    coma_decimal: bool = False
    """Un CSV separado por punto y coma o tabulador cuyas cifras llevan coma: así lo guarda Excel en
    español.
    """
    oculta: bool = False
    separador: str = ""
    """El de un CSV; vacío en un libro."""
    ilegibles: Mapping[tuple[int, int], Ilegible] = field(default_factory=dict)
    """Por fila y columna desde 1, lo que no se pudo leer: en ``filas`` está vacío."""
    porcentajes: Set[tuple[int, int]] = frozenset()
    """Celdas que muestran su número por cien y con «%»."""
    divididas: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Celdas que muestran su número dividido, y entre cuánto."""
    combinadas: Sequence[Rango] = ()
    filas_ocultas: Set[int] = frozenset()
    """Las escritas que un filtro o una persona ocultó, desde 1."""
    columnas_ocultas: Set[int] = frozenset()
    titulos: dict[tuple[int, str], Any] = field(default_factory=dict, compare=False, repr=False)
    """Los títulos que ya se leyeron de ella: cada mapeo vuelve a mirar las mismas filas."""

    def texto(self, fila: int, columna: int) -> str:
        """Texto de una celda (desde 1); vacía si no existe."""
        if not (0 < fila <= len(self.filas)) or not (0 < columna <= len(self.filas[fila - 1])):
            return ""
        return como_texto(self.filas[fila - 1][columna - 1])

    def cifra(self, fila: int, columna: int) -> str:
        """El texto de una celda numérica, con punto decimal."""
        texto = self.texto(fila, columna)
        return (
            texto.replace(",", ".")
            if self.coma_decimal and COMA_DECIMAL.fullmatch(texto)
            else texto
        )


def letra(columna: int) -> str:
    """``1 → "A"``, ``28 → "AB"``."""
    salida = ""
    while columna:
        columna, resto = divmod(columna - 1, 26)
        salida = chr(65 + resto) + salida
    return salida


@lru_cache(maxsize=2**17, typed=True)
def como_texto(valor: object) -> str:
    """El valor como se escribiría en el CSV del observatorio: enteros sin ``.0``, fechas ISO, sin
    espacios alrededor.
    """
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "Sí" if valor else "No"
    if isinstance(valor, float):
        if valor.is_integer():
            return str(int(valor))
        # Sin abreviar: 0.00001 no es «1e-05», que ninguna puerta admite.
        return f"{Decimal(repr(float(f'{valor:.12g}'))):f}"
    if isinstance(valor, datetime):
        return (
            valor.date().isoformat()
            if valor.time() == time()
            else valor.isoformat(timespec="seconds")
        )
    if isinstance(valor, date | time):
        return valor.isoformat()
    if isinstance(valor, timedelta):
        return str(valor)
    return unicodedata.normalize("NFC", str(valor).replace("\u00a0", " ").strip())


def leer_hojas(ruta: Path) -> list[Hoja]:
    """Todas las hojas del archivo. Lanza ``DatosInvalidos`` si no es un archivo que se pueda
    leer.
    """
    sufijo = ruta.suffix.lower()
    if abierto := ABIERTO.fullmatch(ruta.name):
        raise _invalido(
            ruta,
            "libro-abierto",
            "es la marca que la hoja de cálculo deja al lado de un libro abierto: ciérrelo y envíe"
            f" «{abierto[1] or abierto[2]}»",
        )
    if ruta.is_dir():
        raise _invalido(ruta, "es-una-carpeta", _de_la_carpeta(ruta))
    if not ruta.is_file() and es_direccion(ruta):
        raise _invalido(
            ruta,
            "es-una-direccion",
            "descargue primero el archivo, y diga la ruta en que quedó en esta máquina",
            str(ruta),
        )
    if not ruta.is_file():
        raise _invalido(ruta, "archivo-ausente", "escriba bien la ruta del archivo")
    if ruta.stat().st_size > MEGAS_MAXIMOS * 2**20:
        raise _invalido(
            ruta, "archivo-desmedido", f"parta el archivo: el máximo es {MEGAS_MAXIMOS} MB"
        )
    if sufijo in (*LIBROS, *OTROS_LIBROS):
        return _libro(ruta)
    if sufijo in (*TEXTOS, *PAQUETES) and (defecto := con_otro_nombre(ruta)):
        raise _invalido(ruta, "libro-ilegible", defecto.remedio, defecto.que)
    if sufijo in TEXTOS:
        return [_csv(ruta, ruta.stem, ruta.read_bytes())]
    if sufijo in PAQUETES:
        return _paquete(ruta)
    raise _invalido(
        ruta, "formato-desconocido", f"guárdelo como {', '.join((*LIBROS, *TEXTOS[:1]))}", sufijo
    )


def _de_la_carpeta(ruta: Path) -> str:
    dentro = sorted(
        p.name
        for p in ruta.iterdir()
        if p.is_file() and p.suffix.lower() in (*LIBROS, *TEXTOS) and not p.name.startswith(OCULTOS)
    )
    if not dentro:
        return (
            "diga un archivo y no una carpeta; en esta no hay ninguno que se pueda leer"
            f" ({', '.join((*LIBROS, *TEXTOS[:1]))})"
        )
    return (
        f"diga un archivo de dentro, uno cada vez, como «{ruta / dentro[0]}» ({len(dentro)} se"
        f" {'puede' if len(dentro) == 1 else 'pueden'} leer)"
    )


def _libro(ruta: Path) -> list[Hoja]:
    try:
        leidas = _leer_libro(ruta)
    except Desmedido as e:
        raise _invalido(ruta, "archivo-desmedido", e.remedio, e.que) from e
    except NoSeLee as e:
        raise _invalido(ruta, "libro-ilegible", e.remedio, e.que) from e
    return [
        Hoja(
            h.nombre,
            h.filas,
            oculta=h.oculta,
            ilegibles=h.ilegibles,
            porcentajes=h.porcentajes,
            divididas=h.divididas,
            combinadas=h.combinadas,
            filas_ocultas=h.filas_ocultas,
            columnas_ocultas=h.columnas_ocultas,
        )
        for h in leidas
    ]


def _leer_libro(ruta: Path) -> list[HojaLeida]:
    """Con el lector que su contenido pide. Lanza ``NoSeLee`` o ``Desmedido``."""
    from .libro_ods import leer_ods
    from .libro_xls import leer_xls
    from .libro_xlsx import LibroRoto, leer_xlsx

    formato = formato_de(ruta)
    try:
        if formato != "xls":
            revisar_zip(ruta)
        return {"xlsx": leer_xlsx, "ods": leer_ods, "xls": leer_xls}[formato](ruta)
    except LibroRoto as e:
        raise danado(str(e)) from e
    except FALLOS_DE_ZIP as e:
        raise danado("") from e


def _paquete(ruta: Path) -> list[Hoja]:
    try:
        return [_csv(ruta, nombre, crudo) for nombre, crudo in contenido(ruta)]
    except PaqueteIlegible as e:
        raise _invalido(ruta, *e.args) from e
    except Desmedido as e:
        raise _invalido(ruta, "archivo-desmedido", e.remedio, e.que) from e


def _csv(ruta: Path, nombre: str, crudo: bytes) -> Hoja:
    try:
        plano = leer_texto(crudo)
    except ConNulos as e:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    ruta.name, f, Celda(nombre, f, c, t).donde, v, "byte-nulo", REMEDIO_UN_NULO
                )
                for f, c, v, t in e.celdas
            ]
        ) from e
    except TextoIlegible as e:
        raise _invalido(ruta, *e.args) from e
    texto, separador = plano.texto, plano.separador
    if not texto.strip():
        raise _invalido(
            ruta, "archivo-vacio", "el archivo no trae nada: expórtelo o guárdelo de nuevo"
        )
    if ajena := forma_ajena(texto, separador):
        raise _invalido(ruta, *ajena)
    filas = _filas(ruta, texto, separador)
    cifras = [c for fila in filas for c in fila]
    coma = (
        separador != ","
        and any(COMA_DECIMAL.fullmatch(c) for c in cifras)
        and not any(PUNTO_DECIMAL.fullmatch(c) for c in cifras)
    )
    limpias = [[_sin_igual(c) or None for c in fila] for fila in filas]
    return Hoja(nombre, limpias, coma, separador=separador)


def _sin_igual(campo: str) -> str:
    """``="00090001"`` es como se guarda un código en un CSV para que Excel no le quite los
    ceros.
    """
    m = TEXTO_TRAS_IGUAL.fullmatch(campo)
    return m[1] if m else campo


def _filas(ruta: Path, texto: str, separador: str) -> list[list[str]]:
    lector = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    filas: list[list[str]] = []
    contador = Contador()
    try:
        for fila in lector:
            if any(len(campo) > LARGO_DE_CAMPO for campo in fila):
                raise DatosInvalidos(
                    [
                        ErrorDeDatos(
                            ruta.name,
                            lector.line_num,
                            None,
                            None,
                            "campo-desmedido",
                            "acorte el texto de esa fila",
                        )
                    ]
                )
            contador.fila(ruta.stem, len(filas) + 1, len(fila))
            filas.append(fila)
    except Desmedido as e:
        raise _invalido(ruta, "archivo-desmedido", e.remedio, e.que) from e
    except csv.Error as e:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    ruta.name,
                    lector.line_num,
                    None,
                    None,
                    "comillas-rotas",
                    "cierre las comillas del texto",
                )
            ]
        ) from e
    return filas


def _invalido(
    ruta: Path, regla: str, remedio: str, valor: str | None = None, fila: int | None = None
) -> DatosInvalidos:
    return DatosInvalidos([ErrorDeDatos(ruta.name or str(ruta), fila, None, valor, regla, remedio)])
