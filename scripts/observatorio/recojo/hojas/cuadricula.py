"""Las celdas de cualquier hoja de cálculo o CSV, con su coordenada, vengan del programa que vengan.

Se leen los valores y no las fórmulas (una fórmula en una celda vale lo que muestra). Un CSV se acepta con el
separador, la codificación o la marca BOM que le ponga Excel: eso es forma y no contenido.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from ...datos.reparar import COMA_DECIMAL
from ...errores import DatosInvalidos, ErrorDeDatos
from ...rutas import OCULTOS

LIBROS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTOS = (".csv", ".tsv", ".txt")
MEGAS_MAXIMOS = 40
LINEAS_DE_MUESTRA = 20
LARGO_DE_CAMPO = 131_072
PUNTO_DECIMAL = re.compile(r"-?\d+\.\d+")
Valor = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Celda:
    """Una coordenada que la persona puede encontrar: hoja, fila y columna desde 1, y el título de su columna."""

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
    """Un CSV separado por punto y coma o tabulador cuyas cifras llevan coma: así lo guarda Excel en español."""
    oculta: bool = False

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


def como_texto(valor: object) -> str:
    """El valor como se escribiría en el CSV del observatorio: enteros sin ``.0``, fechas ISO, sin espacios alrededor."""
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "Sí" if valor else "No"
    if isinstance(valor, float):
        return (
            str(int(valor))
            if valor.is_integer() and abs(valor) < 1e15
            else repr(float(f"{valor:.12g}"))
        )
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
    return str(valor).replace("\u00a0", " ").strip()


def leer_hojas(ruta: Path) -> list[Hoja]:
    """Todas las hojas del archivo. Lanza ``DatosInvalidos`` si no es un archivo que se pueda leer."""
    sufijo = ruta.suffix.lower()
    if ruta.is_dir():
        raise _invalido(ruta, "es-una-carpeta", _de_la_carpeta(ruta))
    if not ruta.is_file():
        raise _invalido(ruta, "archivo-ausente", "escriba bien la ruta del archivo")
    if ruta.stat().st_size > MEGAS_MAXIMOS * 2**20:
        raise _invalido(
            ruta, "archivo-desmedido", f"parta el archivo: el máximo es {MEGAS_MAXIMOS} MB"
        )
    if sufijo in LIBROS:
        return _libro(ruta)
    if sufijo in TEXTOS:
        return [_csv(ruta)]
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
        return f"diga un archivo y no una carpeta; en esta no hay ninguno que se pueda leer ({', '.join((*LIBROS, *TEXTOS[:1]))})"
    return f"diga un archivo de dentro, uno cada vez, como «{ruta / dentro[0]}» ({len(dentro)} se {'puede' if len(dentro) == 1 else 'pueden'} leer)"


def _libro(ruta: Path) -> list[Hoja]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        libro = CalamineWorkbook.from_path(ruta)
        ocultas = {m.name for m in libro.sheets_metadata if m.visible != SheetVisibleEnum.Visible}
        return [
            Hoja(
                n, libro.get_sheet_by_name(n).to_python(skip_empty_area=False), oculta=n in ocultas
            )
            for n in libro.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as e:
        raise _invalido(
            ruta,
            "libro-ilegible",
            "ábralo en su hoja de cálculo y guárdelo de nuevo como .xlsx",
            str(e),
        ) from e


def _csv(ruta: Path) -> Hoja:
    crudo = ruta.read_bytes()
    if b"\x00" in crudo:
        raise _invalido(
            ruta, "byte-nulo", "el archivo no es texto: expórtelo de nuevo como CSV UTF-8"
        )
    try:
        texto = crudo.decode("utf-8-sig")
    except UnicodeDecodeError:
        texto = crudo.decode("cp1252", errors="replace")
    if not texto.strip():
        raise _invalido(
            ruta, "archivo-vacio", "el archivo no trae nada: expórtelo o guárdelo de nuevo"
        )
    lineas = texto.lstrip().splitlines()[:LINEAS_DE_MUESTRA]
    separador = next(
        (max(",;\t|", key=x.count) for x in lineas if any(s in x for s in ",;\t|")), ","
    )
    filas = _filas(ruta, texto, separador)
    cifras = [c for fila in filas for c in fila]
    coma = (
        separador != ","
        and any(COMA_DECIMAL.fullmatch(c) for c in cifras)
        and not any(PUNTO_DECIMAL.fullmatch(c) for c in cifras)
    )
    return Hoja(ruta.stem, [[c or None for c in fila] for fila in filas], coma)


def _filas(ruta: Path, texto: str, separador: str) -> list[list[str]]:
    lector = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    filas: list[list[str]] = []
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
            filas.append(fila)
    except csv.Error as e:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    ruta.name,
                    lector.line_num,
                    None,
                    str(e),
                    "comillas-rotas",
                    "cierre las comillas del texto",
                )
            ]
        ) from e
    return filas


def _invalido(ruta: Path, regla: str, remedio: str, valor: str | None = None) -> DatosInvalidos:
    return DatosInvalidos([ErrorDeDatos(ruta.name, None, None, valor, regla, remedio)])
