"""La edición en un solo zip: para una memoria USB o para quien no tiene internet. Mismos bytes para
la misma edición.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from ...base.empaquetar import agregar
from ...base.escritura import de_una_vez
from ...edicion import ediciones
from ...edicion.para_llevar import LEAME


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
