"""Tarjetas de procedencia: de qué archivo salió cada recibo, con su huella, y que nadie lo tocó
después.

``data/observaciones/recibos/<recibo>/`` guarda ``procedencia.yml`` y, si hubo medidas,
``observaciones.csv``. Entra entero o no entra, y no se edita: una cifra que cambió se corrige en
``data/correcciones.csv``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from ..base import lecturas
from ..base.huellas import suma_de
from ..catalogo.formas import Huella, NumeroDeRecibo, Periodo
from ..catalogo.lectura import leer_yaml
from ..catalogo.modelos import Ficha
from ..errores import ErrorDeDatos
from ..rutas import Proyecto

TARJETA = "procedencia.yml"
OBSERVACIONES: Final = "observaciones.csv"
JUSTIFICACIONES: Final = "justificaciones.csv"
Corto = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NoMedida(Ficha):
    """Una medida que el responsable declaró que no se tomó: no es cero y no es un olvido."""

    kpi: str
    periodo: Periodo
    lugar: str
    grupo: str = "total"
    unidad: str = ""
    nota: str = ""


DEL_REMITENTE = frozenset({"archivo"})
"""El nombre del archivo recibido es el que traía."""


class Tarjeta(Ficha):
    """``procedencia.yml`` de un recibo."""

    recibo: NumeroDeRecibo
    recibido: date
    archivo: Corto
    sha256: Huella
    tipo: Literal["planilla", "tabla", "mapeo"]
    mapeo: Corto | None = None
    responsable: Corto | None = None
    cargo: Corto | None = None
    periodo: Periodo | None = None
    fuentes: tuple[str, ...] = ()
    medidas: Annotated[int, Field(ge=0)]
    reemplazan_demostracion: Annotated[int, Field(ge=0)] = 0
    no_medidas: tuple[NoMedida, ...] = ()
    huellas: dict[Literal["observaciones.csv", "justificaciones.csv"], Huella] = Field(
        default_factory=dict
    )


def leer_tarjetas(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> dict[str, Tarjeta]:
    """Las tarjetas bien escritas, por recibo; los defectos van a ``errores``."""
    leidas = {
        c.name: leer_yaml(proyecto, c / TARJETA, TypeAdapter(Tarjeta), errores, DEL_REMITENTE)
        for c in carpetas(proyecto)
    }
    return {nombre: t for nombre, t in leidas.items() if t is not None}


def carpetas(proyecto: Proyecto) -> list[Path]:
    return sorted(c for c in proyecto.recibos.glob("*") if c.is_dir())


def revisar_recibos(proyecto: Proyecto, tarjetas: Mapping[str, Tarjeta]) -> Iterator[ErrorDeDatos]:
    """Un error por archivo de un recibo que falta, sobra o cambió después de recibirse."""
    for nombre, tarjeta in tarjetas.items():
        for archivo in (OBSERVACIONES, JUSTIFICACIONES):
            ruta = proyecto.recibos / nombre / archivo
            hay = suma_de(lecturas.leer(ruta)) if ruta.is_file() else None
            if hay != tarjeta.huellas.get(archivo):
                yield ErrorDeDatos(
                    proyecto.relativa(ruta),
                    None,
                    None,
                    hay,
                    "recibo-alterado",
                    "restituya el archivo como llegó; una cifra se corrige en"
                    " data/correcciones.csv, no aquí",
                )
