"""El .zip que exporta ODK: un CSV por formulario y otro por cada grupo repetido. Cada uno se lee
como una hoja.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .formato_real import FALLOS_DE_ZIP
from .limites import revisar_zip

ARCHIVOS_MAXIMOS = 50
MEGAS_MAXIMOS = 40
TEXTOS = (".csv", ".tsv", ".txt")


class PaqueteIlegible(ValueError):
    """El .zip está dañado, no trae ningún CSV o es desmedido. ``args``: regla y remedio."""


def contenido(ruta: Path) -> Iterator[tuple[str, bytes]]:
    """``(nombre sin sufijo, bytes)`` de cada CSV, en el orden de su ruta. Lanza
    ``PaqueteIlegible`` o ``Desmedido``.

    Lo expandido se cuenta mientras se lee: lo que el .zip dice de sí mismo puede ser falso.
    """
    try:
        revisar_zip(ruta)
        with zipfile.ZipFile(ruta) as z:
            partes = sorted(
                (i for i in z.infolist() if _es_texto(i.filename)), key=lambda i: i.filename
            )
            if not partes:
                raise PaqueteIlegible(
                    "paquete-sin-csv",
                    "el .zip no trae ningún CSV: descomprímalo y envíe el archivo de dentro",
                )
            if len(partes) > ARCHIVOS_MAXIMOS:
                raise PaqueteIlegible(
                    "archivo-desmedido",
                    f"el .zip trae {len(partes)} archivos y el máximo es {ARCHIVOS_MAXIMOS}: envíe"
                    " solo los de una encuesta",
                )
            veces = Counter(PurePosixPath(p.filename).stem for p in partes)
            queda = MEGAS_MAXIMOS * 2**20
            for parte in partes:
                with z.open(parte) as f:
                    crudo = f.read(queda + 1)
                queda -= len(crudo)
                if queda < 0:
                    raise PaqueteIlegible(
                        "archivo-desmedido",
                        f"lo que el .zip trae pasa de {MEGAS_MAXIMOS} MB: envíelo por partes",
                    )
                nombre = PurePosixPath(parte.filename)
                # Dos carpetas con un archivo del mismo nombre: cada hoja se elige con --hoja.
                yield nombre.stem if veces[nombre.stem] == 1 else str(nombre.with_suffix("")), crudo
    except PaqueteIlegible:
        raise
    except FALLOS_DE_ZIP as e:
        raise PaqueteIlegible(
            "paquete-ilegible", "el .zip está dañado o tiene contraseña: vuelva a exportarlo"
        ) from e


def _es_texto(nombre: str) -> bool:
    partes = PurePosixPath(nombre)
    return (
        partes.suffix.lower() in TEXTOS
        and not any(p.startswith((".", "__MACOSX")) for p in partes.parts)
        and partes.parts[0] != "media"
    )
