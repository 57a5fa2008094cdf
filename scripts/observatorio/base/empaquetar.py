"""Archivos en un zip, sin rastro de cuándo ni en qué sistema se hizo: mismos bytes con lo mismo."""

from __future__ import annotations

import zipfile

FECHA = (1980, 1, 1, 0, 0, 0)
YA_COMPRIMIDOS = (".parquet", ".pdf", ".png", ".woff2", ".zip")
"""Comprimidos otra vez apenas encogen, y un cambio en uno altera todo lo que le sigue: tal cual,
git guarda de una edición a otra solo el trozo que cambió.
"""


def agregar(
    archivo: zipfile.ZipFile,
    nombre: str,
    contenido: bytes,
    modo: int = 0o644,
    tal_cual: bool = False,
) -> None:
    """Añade un archivo; lo que ya viene comprimido va tal cual, y lo que se pida."""
    ficha = zipfile.ZipInfo(nombre, FECHA)
    ficha.create_system, ficha.external_attr = 3, modo << 16
    ficha.compress_type = (
        zipfile.ZIP_STORED if tal_cual or nombre.endswith(YA_COMPRIMIDOS) else zipfile.ZIP_DEFLATED
    )
    archivo.writestr(ficha, contenido)
