"""El libro de códigos, las narraciones leídas y su parte pública."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ..catalogo.formas import Identificador, Seudonimo

CITA, SOLO_ANALISIS = "cita", "analisis"
CONSENTIMIENTOS = (CITA, SOLO_ANALISIS)
MEDIOS = ("taller", "entrevista")
Texto = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class Actor(BaseModel):
    """Un tipo de actor: solo decide si un tema se puede publicar."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Identificador
    nombre: Texto


class Codigo(BaseModel):
    """Un tema que se busca en las narraciones, atado a una misión por su ``slug``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    codigo: Identificador
    mision: Identificador
    nombre: Texto
    incluye: Texto
    excluye: Texto


class Libro(BaseModel):
    """El libro de códigos: quiénes codifican (dos seudónimos), los tipos de actor y los temas."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    codificadores: Annotated[tuple[Seudonimo, ...], Field(min_length=2, max_length=2)]
    actores: Annotated[tuple[Actor, ...], Field(min_length=3)]
    codigos: Annotated[tuple[Codigo, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sin_repetidos(self) -> Libro:
        for que, ids in (
            ("codificador", self.codificadores),
            ("actor", [a.id for a in self.actores]),
            ("código", [c.codigo for c in self.codigos]),
        ):
            repetido = next((i for i in ids if list(ids).count(i) > 1), None)
            if repetido:
                raise ValueError(f"quite el {que} repetido «{repetido}»")
        return self


@dataclass(frozen=True, slots=True)
class Relatos:
    """Lo reservado: las tablas ``NARRACIONES`` y ``CODIFICACIONES``, con su libro de códigos."""

    libro: Libro
    narraciones: pl.DataFrame
    codificaciones: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Tema:
    """Un tema publicado: en cuántas narraciones coincidieron los dos codificadores, o nada si está
    protegido.
    """

    codigo: str
    mision: str
    nombre: str
    narraciones: int | None
    protegido: bool
    naturaleza: str


@dataclass(frozen=True, slots=True)
class Cita:
    """Palabras dichas con permiso de citarlas: sin quién, sin dónde, sin cuándo."""

    mision: str
    tema: str
    texto: str
    naturaleza: str


@dataclass(frozen=True, slots=True)
class Voces:
    """Todo lo público. ``narraciones``: cuántas hay en total; ``hasta``: el mes de la más reciente
    de todas; ``acuerdo``: misión → kappa, y ``""`` el de todas.
    """

    temas: tuple[Tema, ...] = ()
    citas: tuple[Cita, ...] = ()
    acuerdo: dict[str, float | None] | None = None
    narraciones: int = 0
    hasta: str = ""

    def de(self, mision: str) -> Voces:
        """La parte de una misión."""
        acuerdo = {mision: (self.acuerdo or {}).get(mision)}
        return Voces(
            tuple(t for t in self.temas if t.mision == mision),
            tuple(c for c in self.citas if c.mision == mision),
            acuerdo,
            self.narraciones,
            self.hasta,
        )

    @property
    def por_frecuencia(self) -> list[Tema]:
        """Los temas, del que más se cuenta al que menos; los protegidos, al final."""
        return sorted(self.temas, key=lambda t: (t.protegido, -(t.narraciones or 0), t.codigo))

    @property
    def demostracion(self) -> bool:
        naturalezas = (*(t.naturaleza for t in self.temas), *(c.naturaleza for c in self.citas))
        return "demostracion" in naturalezas
