"""Lo que la gente y las instituciones dicen de un producto y qué se respondió; y qué se decidió con
qué dato y qué se observó después.

De quien comenta se anota su papel y nunca quién es ni de qué anexo: con los dos se sabría.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..base.huellas import a_la_vista
from ..catalogo.formas import CodigoKpi, Forma, Identificador, Periodo
from ..catalogo.modelos import Ficha, Texto
from .modelos import CitaDeAcuerdo, IdDeSesion, Producto

Papel = Literal[
    "familia o vecindad",
    "autoridad local",
    "organización social",
    "establecimiento de salud",
    "escuela",
    "institución del Estado",
    "empresa",
    "academia o prensa",
    "un comité",
]
Medio = Literal["correo", "sesión", "planilla", "visita"]
EstadoDeComentario = Literal["recibido", "acogido", "acogido en parte", "no acogido"]
CodigoDeComentario = Annotated[
    str, Forma(r"^C[0-9]{3}$", "el código de un comentario: C y tres cifras", ("C001",))
]
CodigoDeDecision = Annotated[
    str, Forma(r"^D[0-9]{3}$", "el código de una decisión: D y tres cifras", ("D001",))
]
Version = Annotated[
    str,
    Forma(
        r"^[0-9a-f]{8,64}$",
        "la huella de una versión, o sus primeras letras: 8 cifras y letras de la a a la f, o más",
        ("0a1b2c3d",),
    ),
]


class CambioHecho(Ficha):
    """Qué se cambió por un comentario: una sola de las cuatro cosas."""

    correccion: (
        Annotated[
            str,
            Forma(
                r"^M[0-9]-K[0-9]{2,3} [0-9]{4}(-[A-Z0-9]+)?$",
                "una corrección: el KPI y el periodo que se corrigió",
                ("M4-K04 2026",),
            ),
        ]
        | None
    ) = Field(default=None, description="el KPI y el periodo, como en correcciones.csv")
    ficha: CodigoKpi | None = Field(
        default=None, description="el KPI cuya ficha cambió, como en cambios-del-catalogo.yml"
    )
    version: Version | None = Field(default=None, description="la versión enviada a un comité")
    acuerdo: CitaDeAcuerdo | None = None

    @model_validator(mode="after")
    def _uno(self) -> CambioHecho:
        if (
            sum(x is not None for x in (self.correccion, self.ficha, self.version, self.acuerdo))
            != 1
        ):
            raise ValueError("un cambio dice una sola cosa: correccion, ficha, version o acuerdo")
        return self

    @property
    def dicho(self) -> str:
        """En pocas palabras."""
        if self.correccion:
            return f"se corrigió {self.correccion}"
        if self.ficha:
            return f"cambió la ficha de {self.ficha}"
        if self.version:
            return f"versión {a_la_vista(self.version)}"
        return f"acuerdo {self.acuerdo}"


class Comentario(Ficha):
    """Un comentario sobre un producto, y qué se respondió: una entrada de
    ``data/gobernanza/comentarios.yml``.
    """

    codigo: CodigoDeComentario
    producto: Producto
    recibido: date
    medio: Medio
    sesion: IdDeSesion | None = Field(default=None, description="si se dijo en una sesión, cuál")
    papel: Papel
    pagina: str | None = Field(
        default=None, description="la dirección de la cifra, como vino en el correo"
    )
    que: Texto
    estado: EstadoDeComentario = "recibido"
    criterio: Identificador | None = Field(
        default=None, description="por cuál de los criterios de comites.yml se resolvió"
    )
    respuesta: Texto | None = None
    respondido: date | None = None
    cambio: CambioHecho | None = None
    avisado: date | None = Field(default=None, description="cuándo se le dijo a quien comentó")


class DatoUsado(Ficha):
    kpi: CodigoKpi
    periodo: Periodo


class Observado(Ficha):
    """Un cambio que se observó después de una decisión, con su evidencia: un dato o una fuente."""

    que: Texto
    fecha: date
    kpi: CodigoKpi | None = None
    periodo: Periodo | None = None
    fuente: Identificador | None = None

    @model_validator(mode="after")
    def _con_evidencia(self) -> Observado:
        de_dato = self.kpi is not None and self.periodo is not None
        if (self.kpi is None) != (self.periodo is None) or de_dato == (self.fuente is not None):
            raise ValueError(
                "un resultado lleva su evidencia: kpi y periodo, o una fuente de fuentes.yml"
            )
        return self


class Decision(Ficha):
    """Una decisión, el dato con que se tomó y qué se observó después: una entrada de
    ``data/gobernanza/decisiones.yml``.
    """

    codigo: CodigoDeDecision
    decision: Texto
    sesion: IdDeSesion
    datos: Annotated[tuple[DatoUsado, ...], Field(min_length=1)]
    resultados: tuple[Observado, ...] = ()


Comentarios = tuple[Comentario, ...]
Decisiones = tuple[Decision, ...]
