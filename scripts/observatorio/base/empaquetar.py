"""Archivos en un zip, sin rastro de cuándo ni en qué sistema se hizo: mismos bytes con lo mismo."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

FECHA = (1980, 1, 1, 0, 0, 0)
YA_COMPRIMIDOS = (".png", ".woff2", ".zip")


def agregar(archivo: zipfile.ZipFile, nombre: str, contenido: bytes, modo: int = 0o644) -> None:
    """Añade un archivo; lo que ya viene comprimido va tal cual."""
    archivo.writestr(_ficha(nombre, modo), contenido)


def _ficha(nombre: str, modo: int = 0o644) -> zipfile.ZipInfo:
    ficha = zipfile.ZipInfo(nombre, FECHA)
    ficha.create_system, ficha.external_attr = 3, modo << 16
    ficha.compress_type = (
        zipfile.ZIP_STORED if nombre.endswith(YA_COMPRIMIDOS) else zipfile.ZIP_DEFLATED
    )
    return ficha


class Comprimidos:
    """Lo que hay en un zip de ``agregar``, para llevarlo a otro sin comprimirlo de nuevo. Se usa
    con ``with``; ``ruta`` puede no estar.
    """

    def __init__(self, ruta: Path | None) -> None:
        self._zip = zipfile.ZipFile(ruta) if ruta and ruta.is_file() else None
        self._iguales: bool | None = None

    def __enter__(self) -> Comprimidos:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip:
            self._zip.close()

    def llevar(self, archivo: zipfile.ZipFile, de: str, nombre: str, contenido: bytes) -> None:
        """Añade a ``archivo``, con ese ``nombre``, lo que aquí se llama ``de``: deja los mismos
        bytes que ``agregar`` con su ``contenido``, que quien llama sabe igual.
        """
        hecha = self._zip.NameToInfo.get(de) if self._zip else None
        if (
            hecha is None
            or hecha.file_size != len(contenido)
            or hecha.compress_type != zipfile.ZIP_DEFLATED
            or not self._se_comprime_igual(hecha, contenido)
        ):
            agregar(archivo, nombre, contenido)
            return
        assert archivo.fp is not None
        ficha = _ficha(nombre)
        ficha.CRC, ficha.file_size = hecha.CRC, hecha.file_size
        ficha.compress_size, ficha.header_offset = hecha.compress_size, archivo.start_dir
        archivo.fp.seek(archivo.start_dir)
        archivo.fp.write(ficha.FileHeader(zip64=False))
        archivo.fp.write(self._crudo(hecha))
        archivo.start_dir = archivo.fp.tell()
        archivo.filelist.append(ficha)
        archivo.NameToInfo[nombre] = ficha

    def _se_comprime_igual(self, hecha: zipfile.ZipInfo, contenido: bytes) -> bool:
        """Con el primero basta: otra zlib, u otra manera de comprimir, da otros bytes."""
        if self._iguales is None:
            aparte = io.BytesIO()
            with zipfile.ZipFile(aparte, "w") as prueba:
                agregar(prueba, hecha.filename, contenido)
                nueva = prueba.infolist()[0]
            desde = len(nueva.FileHeader(zip64=False))
            nuevo = aparte.getvalue()[desde : desde + nueva.compress_size]
            self._iguales = nuevo == self._crudo(hecha)
        return self._iguales

    def _crudo(self, hecha: zipfile.ZipInfo) -> bytes:
        """Los bytes comprimidos, detrás de los 30 de su cabecera, su nombre y lo añadido."""
        assert self._zip is not None and self._zip.fp is not None
        self._zip.fp.seek(hecha.header_offset + 26)
        nombre, de_mas = struct.unpack("<HH", self._zip.fp.read(4))
        self._zip.fp.seek(nombre + de_mas, io.SEEK_CUR)
        return self._zip.fp.read(hecha.compress_size)
