"""Qué es de verdad un libro, por su contenido y no por su nombre; y, si no se lee, qué es y qué
hacer: con clave, otro documento, o una página web que se llama .xls.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path
from typing import Literal

OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
GUARDELO = "ábralo en su hoja de cálculo y guárdelo de nuevo como .xlsx"
SIN_CLAVE = (
    "ábralo con ella, quítela (Archivo, Información, Proteger libro) y guárdelo de nuevo como .xlsx"
)
CON_CLAVE = "está protegido con contraseña"
CIFRADO = "EncryptedPackage".encode("utf-16-le")
BYTES_DE_MUESTRA = 2048
FALLOS_DE_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    OSError,
    ValueError,
)
"""Lo que ``zipfile`` lanza ante un .zip dañado, cifrado o comprimido de otro modo."""
OTROS_ZIP = {
    "xl/workbook.bin": ("es un .xlsb", GUARDELO),
    "word/document.xml": (
        "es un documento de Word",
        "copie su tabla a una hoja de cálculo y guárdela como .xlsx",
    ),
    "ppt/presentation.xml": (
        "es una presentación",
        "copie su tabla a una hoja de cálculo y guárdela como .xlsx",
    ),
    "index/document.iwa": ("es un documento de Numbers o Pages", "expórtelo como Excel (.xlsx)"),
}
CARPETAS = tuple({f"{nombre.partition('/')[0]}/" for nombre in OTROS_ZIP})
Formato = Literal["xlsx", "xls", "ods"]


@dataclass
class NoSeLee(Exception):
    """El archivo no es un libro que se pueda leer: qué es, y qué hacer."""

    que: str
    remedio: str

    def __str__(self) -> str:
        return self.que


def formato_de(ruta: Path) -> Formato:
    """El lector que su contenido pide: un .xlsx con nombre de .xls se lee igual. Lanza
    ``NoSeLee``.
    """
    with ruta.open("rb") as f:
        cabeza = f.read(BYTES_DE_MUESTRA)
    if cabeza.startswith(ZIP):
        return _del_zip(ruta)
    if cabeza.startswith(OLE):
        if CIFRADO in ruta.read_bytes():
            raise NoSeLee(CON_CLAVE, SIN_CLAVE)
        return "xls"
    raise _de_otro(cabeza, ruta.suffix.lower())


def con_otro_nombre(ruta: Path) -> NoSeLee | None:
    """Qué decir de un libro que se llama como un texto o como un .zip; nada si no es un libro."""
    with ruta.open("rb") as f:
        cabeza = f.read(len(OLE))
    sufijo = ruta.suffix.lower()
    try:
        formato = formato_de(ruta) if cabeza.startswith((OLE, ZIP)) else None
    except NoSeLee as e:
        return e if sufijo != ".zip" else None
    if formato is None:
        return None
    return NoSeLee(
        f"es un libro de hoja de cálculo con nombre de {sufijo}",
        f"cámbiele el nombre, para que termine en .{formato}",
    )


def _es_de_libro(partes: Iterable[str]) -> bool:
    """Si los nombres de las partes de un .zip son los de un documento y no los de una carpeta."""
    return any(
        n in ("[content_types].xml", "content.xml") or n.startswith(CARPETAS) for n in partes
    )


def danado(dicho: str) -> NoSeLee:
    """Tiene la forma de un libro y no se deja leer; ``dicho`` es lo que halló el lector."""
    if any(p in dicho.lower() for p in ("password", "encrypted")):
        return NoSeLee(CON_CLAVE, SIN_CLAVE)
    return NoSeLee(f"está dañado: {dicho}" if dicho else "está dañado", GUARDELO)


def _del_zip(ruta: Path) -> Formato:
    try:
        with zipfile.ZipFile(ruta) as z:
            partes = {n.replace("\\", "/").lstrip("/").lower(): n for n in z.namelist()}
            manifiesto = partes.get("meta-inf/manifest.xml")
            cifrado = manifiesto is not None and b"encryption-data" in z.read(manifiesto)
    except FALLOS_DE_ZIP as e:
        raise NoSeLee("está dañado o incompleto", GUARDELO) from e
    if "content.xml" in partes:
        if cifrado:
            raise NoSeLee(CON_CLAVE, SIN_CLAVE)
        return "ods"
    if not _es_de_libro(partes):
        raise NoSeLee(
            f"es un .zip con nombre de {ruta.suffix.lower()}",
            "descomprímalo y envíe el archivo de dentro",
        )
    otro = next((v for k, v in OTROS_ZIP.items() if k in partes), None)
    if otro is not None:
        raise NoSeLee(*otro)
    return "xlsx"


def _de_otro(cabeza: bytes, sufijo: str) -> NoSeLee:
    inicio = cabeza.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if b"<html" in inicio or inicio.startswith((b"<!doctype html", b"<table", b"<meta", b"<head")):
        return NoSeLee(f"es una página web con nombre de {sufijo}", GUARDELO)
    if inicio.startswith(b"<?xml"):
        return NoSeLee(f"es XML con nombre de {sufijo}", GUARDELO)
    if inicio.startswith(b"%pdf"):
        return NoSeLee(
            f"es un PDF con nombre de {sufijo}", "pida la hoja de cálculo de donde salió"
        )
    if not cabeza:
        return NoSeLee("está vacío", "el archivo no trae nada: expórtelo o guárdelo de nuevo")
    if b"\x00" not in cabeza:
        return NoSeLee(
            f"es texto con nombre de {sufijo}", f"cámbiele el nombre a .csv, o {GUARDELO}"
        )
    return NoSeLee("está dañado o no es una hoja de cálculo", GUARDELO)
