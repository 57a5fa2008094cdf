"""Modelos de ``data/gobernanza/``: los comités, la revisión de productos y los procesos, y los
cambios del catálogo.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .formas import CodigoKpi, Forma, Identificador
from .modelos import Ficha, Nombre, Texto


class Sesiones(Ficha):
    frecuencia: Nombre
    cada_meses: Annotated[int, Field(ge=1, le=24)]
    confirmado: bool
    ademas: Texto | None = None


class Comite(Ficha):
    """Un comité: quiénes, cada cuánto y si su voz decide."""

    id: Identificador
    nombre: Nombre
    integrantes: Annotated[tuple[Nombre, ...], Field(min_length=1)]
    sesiones: Sesiones
    decide: bool
    papel: Texto
    funciones: Annotated[tuple[Texto, ...], Field(min_length=1)]


class PasoDeRevision(Ficha):
    paso: Annotated[int, Field(ge=1)]
    comite: Identificador
    accion: Literal["elabora", "opina", "decide"]
    descripcion: Texto


class Circulacion(Ficha):
    hacia_abajo: Texto
    hacia_arriba: Texto
    pasos: tuple[Nombre, ...]


class Procesos(Ficha):
    id: Identificador
    nombre: Nombre
    incluye: Annotated[tuple[Nombre, ...], Field(min_length=1)]


class CambioDelCatalogo(Ficha):
    """Qué cambió en la ficha de un KPI y por qué: una entrada de
    ``data/gobernanza/cambios-del-catalogo.yml``.
    """

    codigo: CodigoKpi
    que: Texto
    por_que: Texto
    fecha: date


class EdicionAprobada(Ficha):
    """Una edición publicada que un comité aprobó: sus datos y boletines no caducan nunca."""

    edicion: Annotated[
        str,
        Forma(
            r"^[0-9a-f]{16}$",
            "el identificador de una edición, el de «Acerca de»: 16 cifras y letras de la a a la f",
            ("0a1b2c3d4e5f6789",),
        ),
    ]
    acta: Nombre
    fecha: date


class Gobernanza(Ficha):
    """``data/gobernanza/comites.yml``."""

    comites: Annotated[tuple[Comite, ...], Field(min_length=1)]
    protocolo_de_revision: tuple[PasoDeRevision, ...]
    circulacion: Circulacion
    procesos: tuple[Procesos, ...]
    ediciones_aprobadas: tuple[EdicionAprobada, ...] = ()

    @model_validator(mode="after")
    def _coherente(self) -> Gobernanza:
        ids = [c.id for c in self.comites]
        if len(ids) != len(set(ids)):
            raise ValueError("cada comité tiene un id distinto")
        ajenos = sorted({p.comite for p in self.protocolo_de_revision} - set(ids))
        if ajenos:
            raise ValueError(f"el protocolo nombra comités que no existen: {', '.join(ajenos)}")
        return self
