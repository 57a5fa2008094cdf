"""Modelo de ``data/fuentes.yml``: la tarjeta de cada fuente, su evidencia y sus quiebres."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, JsonValue, model_validator

from .formas import Direccion, Huella, Identificador
from .modelos import Ficha, Frecuencia, Nombre, Texto
from .naturalezas import Naturaleza


class Quiebre(Ficha):
    """Fecha en la que la fuente cambió de método: ni avance ni tendencia se calculan a través de
    ella.
    """

    fecha: date
    motivo: Texto
    kpis: tuple[str, ...] = ()


EFECTO_DE_DISENO = 2.0
"""El que se supone de una muestra que no declara el suyo: el habitual al planear encuestas por
conglomerados (OMS, *Vaccination Coverage Cluster Surveys: Reference Manual*, 2018).
"""


CON_EVIDENCIA: dict[str, JsonValue] = {
    "if": {"properties": {"naturaleza": {"const": "documentado"}}, "required": ["naturaleza"]},
    "then": {
        "required": ["sha256"],
        "anyOf": [{"required": ["archivo"]}, {"required": ["documento"]}],
    },
}
"""Lo que el esquema de una tarjeta dice a los editores: la misma regla que la revisa."""


class Fuente(Ficha):
    """Tarjeta de una fuente, entrada de ``data/fuentes.yml``."""

    model_config = ConfigDict(json_schema_extra=CON_EVIDENCIA)
    codigo_anterior: Identificador | None = Field(
        default=None,
        description="con qué código se publicó antes, si cambió: hereda lo que se vio de ella",
    )
    institucion: Nombre
    titulo: Texto
    tipo: Literal["primaria", "secundaria"] = "primaria"
    licencia: Nombre
    direccion: Direccion
    fecha_acceso: date
    frecuencia: Literal[Frecuencia, "única", "según hechos"]
    fiabilidad: Literal["A", "B", "C", "D"]
    conteo: Literal["muestra", "atendidos", "completo"] = Field(
        description=(
            "qué son sus cuentas: una muestra, quienes fueron atendidos o se inscribieron, o todos"
            " los que hay (sin error de muestreo)"
        )
    )
    efecto_de_diseno: Annotated[float, Field(ge=1, le=20)] | None = Field(
        default=None,
        description=f"el de una muestra; si no se declara, {EFECTO_DE_DISENO:g}",
    )
    naturaleza: Naturaleza = Field(
        default="declarado",
        description=(
            "documentado pide la evidencia: archivo, o la dirección exacta del documento, su fecha"
            " de acceso y su sha256"
        ),
    )
    cobertura_distrital: bool = True
    publica_la_cifra: bool = Field(
        default=False,
        description=(
            "true si la institución misma publica la cifra del lugar: se carga o dice «sin datos»,"
            " no se inventa"
        ),
    )
    archivo: str | None = Field(
        default=None, description="el documento del que se tomó la cifra, dentro del proyecto"
    )
    documento: Direccion | None = Field(
        default=None,
        description="dirección exacta del documento del que se tomó la cifra; nunca una portada",
    )
    sha256: Huella | None = Field(default=None, description="huella del archivo o del documento")
    quiebres: tuple[Quiebre, ...] = ()
    nota: Texto | None = None

    @model_validator(mode="after")
    def _efecto_solo_de_una_muestra(self) -> Fuente:
        if self.efecto_de_diseno is not None and self.conteo != "muestra":
            raise ValueError(
                "efecto_de_diseno es de una muestra: quítelo o declare conteo: muestra"
            )
        return self

    @model_validator(mode="after")
    def _documentado_con_evidencia(self) -> Fuente:
        if self.documento and not urlsplit(self.documento).path.strip("/"):
            raise ValueError(
                "documento es la dirección exacta de un documento y esa es una portada: póngala en"
                " direccion"
            )
        if self.naturaleza == "documentado" and not (
            self.sha256 and (self.archivo or self.documento)
        ):
            raise ValueError(
                "documentado pide el documento del que se tomó la cifra: escriba archivo (o"
                " documento, su dirección exacta) y sha256 (sha256sum ARCHIVO); si no lo tiene,"
                " naturaleza: declarado"
            )
        return self

    @property
    def efecto(self) -> float:
        """Entre cuánto se dividen sus casos; 1 si no es una muestra."""
        if self.conteo != "muestra":
            return 1.0
        return self.efecto_de_diseno or EFECTO_DE_DISENO
