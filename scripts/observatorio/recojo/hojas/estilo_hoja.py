"""Apariencia común de los libros que entrega el observatorio, y su escritura con bytes estables."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from ...base.archivos import escribir_bytes
from ...base.escritura import exigir_archivo

TINTA, SUAVE, MARCA, VELO, ENTRADA, MALO, ALERTA = (
    "1F2937",
    "4B5563",
    "1D4E5F",
    "EEF3F5",
    "FFF8DC",
    "FBDADA",
    "B42318",
)
FECHA_ZIP = (1980, 1, 1, 0, 0, 0)
LINEA = Side(style="thin", color="B8C2CC")
BORDE = Border(left=LINEA, right=LINEA, top=LINEA, bottom=LINEA)
LIBRE = Protection(locked=False)


def fuente(
    tamano: int = 11, negrita: bool = False, color: str = TINTA, cursiva: bool = False
) -> Font:
    return Font(name="Calibri", size=tamano, bold=negrita, italic=cursiva, color=color)


def fondo(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=color)


def ajustado(horizontal: str = "left", vertical: str = "center") -> Alignment:
    return Alignment(horizontal=horizontal, vertical=vertical, wrap_text=True)


def guardar(libro: Workbook, ruta: Path, fecha: date) -> None:
    """Escribe el .xlsx de una vez; mismo contenido, mismos bytes (la fecha es la de corte y no la
    del reloj).

    Lanza ``ErrorDeUso`` si en ``ruta`` no se puede escribir.
    """
    exigir_archivo(ruta, "archivo.xlsx")
    libro.properties.creator = "Observatorio"
    libro.properties.created = libro.properties.modified = datetime(
        fecha.year, fecha.month, fecha.day
    )
    memoria, salida = io.BytesIO(), io.BytesIO()
    libro.save(memoria)
    cuando = f"{fecha.isoformat()}T00:00:00Z".encode()
    with (
        zipfile.ZipFile(memoria) as origen,
        zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as destino,
    ):
        for nombre in origen.namelist():
            contenido = origen.read(nombre)
            if nombre == "docProps/core.xml":
                contenido = _sin_reloj(contenido, cuando)
            destino.writestr(zipfile.ZipInfo(nombre, FECHA_ZIP), contenido, zipfile.ZIP_DEFLATED)
    escribir_bytes(ruta, salida.getvalue())


def _sin_reloj(xml: bytes, cuando: bytes) -> bytes:
    """openpyxl pone la hora al guardar: se repone la fecha estable."""
    inicio = xml.index(b"<dcterms:modified")
    abre = xml.index(b">", inicio) + 1
    return xml[:abre] + cuando + xml[xml.index(b"</dcterms:modified>") :]
