"""El boletín hecho de una sesión, como está en su carpeta."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ...actas.modelos import Sesion
from ...errores import ErrorDeDatos
from ...rutas import Proyecto

BOLETIN, TELEFONO, MENSAJE, LAMINA, CIFRAS = ARCHIVOS = (
    "boletin.pdf",
    "boletin-telefono.pdf",
    "mensaje.txt",
    "mensaje.png",
    "cifras.csv",
)


@dataclass(frozen=True, slots=True)
class Cifra:
    """Una fila de la tabla de cifras; ``valor`` vacío: no se muestra ninguna."""

    fila: int
    kpi: str
    periodo: str
    valor: str
    naturaleza: str


@dataclass(frozen=True, slots=True)
class Boletin:
    """Todo lo que se hizo para una sesión. ``carpeta``: dónde está, desde la raíz; ``lamina``: nula
    en periodo electoral, que no admite imágenes para reenviar.
    """

    carpeta: str
    boletin: bytes
    telefono: bytes
    mensaje: str
    lamina: bytes | None
    cifras: tuple[Cifra, ...]


def carpeta_de(proyecto: Proyecto, sesion: Sesion) -> Path:
    return proyecto.raiz / "_sesiones" / sesion.comite / sesion.id


def leer(
    proyecto: Proyecto, sesion: Sesion, con_lamina: bool, errores: list[ErrorDeDatos]
) -> Boletin | None:
    """El de ``sesion``, o nada: lo que falta o no se puede leer va a ``errores``."""
    carpeta = carpeta_de(proyecto, sesion)
    antes = len(errores)
    crudos = {}
    for nombre in (n for n in ARCHIVOS if n != LAMINA or con_lamina):
        ruta = carpeta / nombre
        if ruta.is_file() and (crudo := ruta.read_bytes()):
            crudos[nombre] = crudo
        else:
            errores.append(
                ErrorDeDatos(
                    proyecto.relativa(ruta),
                    None,
                    None,
                    None,
                    "boletin-por-hacer",
                    f"haga el boletín: observatorio sesion boletin {sesion.id}",
                )
            )
    mensaje = _texto(proyecto.relativa(carpeta / MENSAJE), crudos.get(MENSAJE, b""), errores)
    cifras = _cifras(proyecto.relativa(carpeta / CIFRAS), crudos.get(CIFRAS, b""), errores)
    if len(errores) > antes:
        return None
    return Boletin(
        proyecto.relativa(carpeta),
        crudos[BOLETIN],
        crudos[TELEFONO],
        mensaje.strip(),
        crudos.get(LAMINA),
        cifras,
    )


def _texto(archivo: str, crudo: bytes, errores: list[ErrorDeDatos]) -> str:
    try:
        return crudo.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        errores.append(
            ErrorDeDatos(
                archivo,
                None,
                None,
                f"byte {e.start}",
                "no-es-utf8",
                "es un archivo hecho por el programa: hágalo de nuevo y no lo edite",
            )
        )
        return ""


def _cifras(archivo: str, crudo: bytes, errores: list[ErrorDeDatos]) -> tuple[Cifra, ...]:
    lector = csv.DictReader(io.StringIO(_texto(archivo, crudo, errores)))
    columnas = {"kpi", "periodo", "valor", "naturaleza"}
    if crudo and (faltan := columnas - set(lector.fieldnames or ())):
        errores.append(
            ErrorDeDatos(
                archivo,
                1,
                min(faltan),
                None,
                "falta-columna",
                "es un archivo hecho por el programa: hágalo de nuevo y no lo edite",
            )
        )
        return ()
    return tuple(
        Cifra(n, *((f[c] or "").strip() for c in ("kpi", "periodo", "valor", "naturaleza")))
        for n, f in enumerate(lector, 2)
    )
