"""Qué es de verdad un libro que no se deja leer: con clave, con otro nombre, o una página web que
se llama .xls.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
GUARDELO = "ábralo en su hoja de cálculo y guárdelo de nuevo como .xlsx"
CON_CLAVE = "EncryptedPackage".encode("utf-16-le")
BYTES_DE_MUESTRA = 2048


def por_que_no_se_lee(ruta: Path, dicho: str) -> str:
    """El remedio, en palabras de quien lo guardó; ``dicho`` es lo que dijo el lector, en su
    idioma.
    """
    crudo = ruta.read_bytes()
    inicio = crudo[:BYTES_DE_MUESTRA].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if CON_CLAVE in crudo or "password" in dicho.lower():
        return (
            "tiene contraseña: ábralo con ella, quítela (Archivo, Información, Proteger libro) y"
            " guárdelo de nuevo como .xlsx"
        )
    if (
        inicio.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head"))
        or b"<html" in inicio
    ):
        return f"es una página web con nombre de {ruta.suffix}: {GUARDELO}"
    if inicio.startswith(b"<?xml"):
        return f"es XML con nombre de {ruta.suffix}: {GUARDELO}"
    if crudo.startswith(ZIP):
        return _del_zip(ruta)
    if crudo.startswith(OLE) and ruta.suffix.lower() != ".xls":
        return (
            f"es un libro antiguo con nombre de {ruta.suffix}: cámbiele el nombre a"
            f" {ruta.stem}.xls, o {GUARDELO}"
        )
    if crudo.startswith(OLE):
        return f"está dañado o no es una hoja de cálculo: {GUARDELO}"
    if b"\x00" not in crudo[:BYTES_DE_MUESTRA]:
        return f"es texto con nombre de {ruta.suffix}: cámbiele el nombre a .csv, o {GUARDELO}"
    return f"está dañado o no es una hoja de cálculo: {GUARDELO}"


def _sufijo_del_zip(ruta: Path) -> str | None:
    try:
        with zipfile.ZipFile(ruta) as z:
            nombres = set(z.namelist())
    except zipfile.BadZipFile:
        return None
    return ".xlsx" if "xl/workbook.xml" in nombres else ".ods" if "content.xml" in nombres else None


def _del_zip(ruta: Path) -> str:
    real = _sufijo_del_zip(ruta)
    if real and real != ruta.suffix.lower():
        return f"es un {real} con nombre de {ruta.suffix}: cámbiele el nombre a {ruta.stem}{real}"
    return f"está dañado: {GUARDELO}"
