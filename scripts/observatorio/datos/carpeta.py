"""Qué archivos hay en ``data/``: ninguno se ignora en silencio y ninguno de los que debe haber
falta.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errores import ErrorDeDatos
from ..rutas import Proyecto

DE_UN_RECIBO = ("procedencia.yml", "observaciones.csv", "justificaciones.csv")
NOTAS = (".md", ".txt")
DEL_SISTEMA = ("desktop.ini", "Thumbs.db")
REMEDIO = (
    "no se lee: guárdelo como CSV, con el nombre terminado en .csv, en data/observaciones, o"
    " sáquelo de la carpeta"
)


def revisar_carpeta(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por archivo de observaciones que nadie leería y por registro que falta."""
    leidos = set(proyecto.archivos_de_observaciones())
    for ruta in sorted(proyecto.observaciones.rglob("*")):
        if not (
            ruta in leidos
            or _se_entiende(proyecto, ruta)
            or (ruta.is_dir() and not ruta.is_symlink())
        ):
            yield _error(proyecto, ruta, "archivo-que-no-se-lee", REMEDIO)
    if not leidos and proyecto.publicada.is_file():
        yield _error(
            proyecto,
            proyecto.observaciones,
            "observaciones-ausentes",
            "restituya los archivos de observaciones: ya se publicaron cifras y no queda ninguna",
        )
    for ruta in (proyecto.correcciones, proyecto.justificaciones) if leidos else ():
        if not ruta.exists() and not ruta.is_symlink():
            yield _error(
                proyecto,
                ruta,
                "archivo-ausente",
                "restituya el archivo; si no hay ninguna línea, deje solo la cabecera",
            )


def _error(proyecto: Proyecto, ruta: Path, regla: str, remedio: str) -> ErrorDeDatos:
    archivo = proyecto.relativa(ruta).encode("utf-8", "backslashreplace").decode("utf-8")
    return ErrorDeDatos(archivo, None, None, None, regla, remedio)


def _se_entiende(proyecto: Proyecto, ruta: Path) -> bool:
    """Notas, lo que deja el sistema o un programa abierto, y lo que un recibo trae consigo."""
    if ruta.name.startswith((".", "~")) or ruta.suffix in NOTAS or ruta.name in DEL_SISTEMA:
        return True
    return ruta.name in DE_UN_RECIBO and ruta.parent.parent == proyecto.recibos
