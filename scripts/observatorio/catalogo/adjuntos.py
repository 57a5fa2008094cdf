"""Los archivos que acompañan a una fuente: están dentro del proyecto y su huella es la que dice la
tarjeta.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from ..base import lecturas
from ..base.acceso import defecto_de_acceso
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .catalogo import Catalogo
from .fuentes import Fuente

TROZO = 2**20


def revisar_adjuntos(proyecto: Proyecto, catalogo: Catalogo) -> Iterator[ErrorDeDatos]:
    """Un error por tarjeta cuyo archivo falta, está fuera, es un enlace o no tiene la huella
    declarada.
    """
    if not catalogo.fuentes:
        return
    lineas = lecturas.texto(proyecto.fuentes).splitlines()
    for identificador, fuente in catalogo.fuentes.items():
        defecto = _defecto(proyecto, fuente)
        if defecto:
            columna, valor, regla, remedio = defecto
            inicio = next(
                (i for i, linea in enumerate(lineas, 1) if linea.startswith(f"{identificador}:")), 1
            )
            campo = columna.rsplit(".", 1)[-1]
            fila = next(
                (
                    i
                    for i, linea in enumerate(lineas[inicio:], inicio + 1)
                    if linea.strip().startswith(f"{campo}:")
                ),
                inicio,
            )
            yield ErrorDeDatos(
                proyecto.relativa(proyecto.fuentes),
                fila,
                f"{identificador}.{campo}",
                valor,
                regla,
                remedio,
            )


def _defecto(proyecto: Proyecto, fuente: Fuente) -> tuple[str, str | None, str, str] | None:
    if fuente.archivo is None:
        return (
            (
                "sha256",
                fuente.sha256,
                "huella-sin-archivo",
                "diga de qué archivo o documento es la huella, o quítela",
            )
            if fuente.sha256 and not fuente.documento
            else None
        )
    if fuente.sha256 is None:
        return (
            "archivo",
            fuente.archivo,
            "archivo-sin-huella",
            "añada sha256: la huella del archivo recibido (sha256sum ARCHIVO)",
        )
    ruta = proyecto.raiz / fuente.archivo
    if Path(fuente.archivo).is_absolute() or ".." in Path(fuente.archivo).parts:
        return (
            "archivo",
            fuente.archivo,
            "ruta-fuera-del-proyecto",
            "copie el archivo dentro de la carpeta del proyecto; no se siguen enlaces",
        )
    inaccesible = defecto_de_acceso(proyecto, ruta)
    if inaccesible:
        return "archivo", fuente.archivo, inaccesible.regla, inaccesible.remedio
    hay = huella_de(ruta)
    if hay != fuente.sha256:
        return (
            "sha256",
            fuente.sha256,
            "huella-distinta",
            f"el archivo cambió después de recibirse: su huella es {hay}; restituya el original",
        )
    return None


def huella_de(ruta: Path) -> str:
    """sha256 de un archivo, en hexadecimal."""
    h = hashlib.sha256()
    with ruta.open("rb") as f:
        while trozo := f.read(TROZO):
            h.update(trozo)
    return h.hexdigest()
