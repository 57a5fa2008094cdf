"""Archivos en un zip, sin rastro de cuándo ni en qué sistema se hizo: mismos bytes con lo mismo."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

FECHA = (1980, 1, 1, 0, 0, 0)
YA_COMPRIMIDOS = (".parquet", ".pdf", ".png", ".woff2", ".zip")
"""Comprimidos otra vez apenas encogen, y un cambio en uno altera todo lo que le sigue: tal cual,
git guarda de una edición a otra solo el trozo que cambió.
"""
COMPRESOR = f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
"""Quién comprime: otro puede dar otros bytes con el mismo contenido."""
CABECERA, LARGOS = 30, slice(26, 30)
"""Lo que ocupa la cabecera de un archivo dentro de un zip, y dónde dice cuánto le sigue."""


@dataclass(frozen=True, slots=True)
class Comprimido:
    """Un archivo como está en un zip: ``datos``, sus bytes ya comprimidos; ``crc`` y ``largo``, los
    de su contenido.
    """

    datos: bytes
    crc: int
    largo: int


def agregar(
    archivo: zipfile.ZipFile,
    nombre: str,
    contenido: bytes,
    modo: int = 0o644,
    tal_cual: bool = False,
    ya: Comprimido | None = None,
) -> None:
    """Añade un archivo; lo que ya viene comprimido va tal cual, y lo que se pida.

    ``ya``: ese contenido, como lo da ``comprimir`` o como quedó en otro zip del mismo
    ``COMPRESOR``.
    """
    ficha = zipfile.ZipInfo(nombre, FECHA)
    ficha.create_system, ficha.external_attr = 3, modo << 16
    ficha.compress_type = (
        zipfile.ZIP_STORED if tal_cual or va_tal_cual(nombre) else zipfile.ZIP_DEFLATED
    )
    if ya and archivo.fp and ficha.compress_type == zipfile.ZIP_DEFLATED:
        ficha.CRC, ficha.file_size, ficha.compress_size = ya.crc, ya.largo, len(ya.datos)
        archivo.fp.seek(archivo.start_dir)
        ficha.header_offset = archivo.start_dir
        archivo.fp.write(ficha.FileHeader(zip64=False) + ya.datos)
        # ``zipfile`` no copia de un zip a otro sin descomprimir: se anota como él lo haría.
        archivo.filelist.append(ficha)
        archivo.NameToInfo[nombre] = ficha
        archivo.start_dir = archivo.fp.tell()
    else:
        archivo.writestr(ficha, contenido)


def va_tal_cual(nombre: str) -> bool:
    """Si un archivo que se llama así entra en el zip sin comprimir."""
    return nombre.endswith(YA_COMPRIMIDOS)


def comprimir(contenido: bytes) -> Comprimido:
    """Los mismos bytes que daría ``zipfile``; se puede llamar desde varios hilos a la vez."""
    compresor = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    datos = compresor.compress(contenido) + compresor.flush()
    return Comprimido(datos, zlib.crc32(contenido), len(contenido))


def comprimidos(crudo: bytes) -> Mapping[str, Comprimido]:
    """Nombre → lo que un zip, dado entero, lleva comprimido. Lanza ``zipfile.BadZipFile`` si no lo
    es.
    """
    hay: dict[str, Comprimido] = {}
    with zipfile.ZipFile(io.BytesIO(crudo)) as archivo:
        for ficha in archivo.infolist():
            if ficha.compress_type == zipfile.ZIP_DEFLATED:
                cabecera = crudo[ficha.header_offset : ficha.header_offset + CABECERA]
                inicio = (
                    ficha.header_offset + CABECERA + sum(struct.unpack("<HH", cabecera[LARGOS]))
                )
                datos = crudo[inicio : inicio + ficha.compress_size]
                hay[ficha.filename] = Comprimido(datos, ficha.CRC, ficha.file_size)
    return hay
