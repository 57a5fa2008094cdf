"""La edición en un solo zip: para una memoria USB o para quien no tiene internet. Mismos bytes para
la misma edición.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from ...base.escritura import de_una_vez
from ...edicion import ediciones

FECHA = (1980, 1, 1, 0, 0, 0)
LEAME = """Observatorio de Misiones, edición {}

Extraiga todo el zip y abra index.html con el navegador: no hace falta internet.
Para comprobar que nada se alteró, en esta carpeta: sha256sum -c MANIFEST.sha256
"""


def empaquetar(carpeta: Path, destino: Path) -> Path:
    """Escribe ``destino`` (entero o nada) con la edición en una carpeta que lleva su
    identificador.
    """
    identificador = ediciones.identificador_de(carpeta)
    raiz = f"observatorio-{identificador}"
    with (
        de_una_vez(destino) as temporal,
        zipfile.ZipFile(temporal, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archivo,
    ):
        agregar(archivo, f"{raiz}/LEAME.txt", LEAME.format(identificador).encode())
        for relativa in ediciones.propios(carpeta):
            agregar(archivo, f"{raiz}/{relativa}", (carpeta / relativa).read_bytes())
    return destino


def agregar(archivo: zipfile.ZipFile, nombre: str, contenido: bytes, modo: int = 0o644) -> None:
    """Añade un archivo sin rastro de cuándo ni en qué sistema se hizo."""
    ficha = zipfile.ZipInfo(nombre, FECHA)
    ficha.compress_type, ficha.create_system, ficha.external_attr = (
        zipfile.ZIP_DEFLATED,
        3,
        modo << 16,
    )
    archivo.writestr(ficha, contenido)
