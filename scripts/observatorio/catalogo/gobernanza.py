"""Modelos de ``data/gobernanza/``: los comités, la revisión de productos y los procesos, y los
cambios del catálogo.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from .formas import CodigoKpi, CodigoMision, Forma, Identificador
from .modelos import Ficha, Institucion, Nombre, Texto
from .naturalezas import Naturaleza

EstadoDeRegla = Literal["propuesta", "aprobado"]
Porcentaje = Annotated[int, Field(ge=0, le=100)]
Clase = Literal["operativo", "técnico", "estratégico"]
TipoDeProducto = Literal[
    "mision",
    "catalogo",
    "kpi",
    "planilla",
    "mapeo",
    "metodologia",
    "plan-de-trabajo",
    "plan-de-recojo",
    "informe",
]


CLASES: dict[TipoDeProducto, Clase] = {
    "mision": "estratégico",
    "catalogo": "estratégico",
    "kpi": "estratégico",
    "planilla": "técnico",
    "mapeo": "técnico",
    "metodologia": "estratégico",
    "plan-de-trabajo": "estratégico",
    "plan-de-recojo": "operativo",
    "informe": "estratégico",
}
"""De qué clase es cada tipo de producto, si el proyecto no dice otra cosa."""


class Sesiones(Ficha):
    frecuencia: Nombre
    cada_meses: Annotated[int, Field(ge=1, le=24)]
    confirmado: bool
    ademas: Texto | None = None


class Integrante(Ficha):
    """Una institución que forma parte de un comité y con qué papel; nunca una persona."""

    institucion: Institucion
    papel: Texto
    vota: bool = True


class ReglasDeComite(Ficha):
    """Con qué reglas sesiona un comité. Son una propuesta hasta que su reglamento las fije."""

    estado: EstadoDeRegla = "propuesta"
    quorum_primera: Porcentaje = Field(
        default=50,
        description="primera convocatoria: asiste más de este porcentaje de quienes votan",
    )
    quorum_segunda: Porcentaje = Field(
        default=33,
        description="segunda convocatoria: asiste al menos este porcentaje de quienes votan",
    )
    dias_a_la_segunda: Annotated[int, Field(ge=0, le=60)] = Field(
        default=1, description="cuántos días después, como mínimo, va la segunda convocatoria"
    )
    suplentes: bool = Field(
        default=True, description="una institución puede asistir por su suplente"
    )
    decide_por: Literal["mayoría simple", "consenso"] = "mayoría simple"
    voto_dirimente: Institucion | None = Field(
        default=None, description="la institución cuyo voto resuelve un empate; nulo: ninguna"
    )
    recusacion: bool = Field(
        default=True, description="quien tiene interés en lo que se decide no vota, y consta"
    )
    mandato_meses: Annotated[int, Field(ge=1, le=120)] | None = Field(
        default=None, description="cada cuánto se renueva la designación; nulo: sin plazo"
    )


class Comite(Ficha):
    """Un comité: quiénes, cada cuánto, con qué reglas y si su voz decide."""

    id: Identificador
    nombre: Nombre
    integrantes: Annotated[tuple[Integrante, ...], Field(min_length=1)]
    sesiones: Sesiones
    decide: bool
    papel: Texto
    funciones: Annotated[tuple[Texto, ...], Field(min_length=1)]
    reglas: ReglasDeComite = ReglasDeComite()

    @model_validator(mode="after")
    def _una_vez_cada_una(self) -> Comite:
        nombres = [i.institucion for i in self.integrantes]
        if len(nombres) != len(set(nombres)):
            raise ValueError(f"el comité «{self.id}» nombra dos veces a una institución")
        dirime = self.reglas.voto_dirimente
        if dirime is not None and dirime not in self.con_voto:
            raise ValueError(
                f"el voto dirimente del comité «{self.id}» es de «{dirime}», que no es una de sus"
                " instituciones con voto"
            )
        return self

    @property
    def con_voto(self) -> tuple[str, ...]:
        """Las instituciones que votan y hacen quórum, en su orden."""
        return tuple(i.institucion for i in self.integrantes if i.vota)


class ComiteDeValidacion(Ficha):
    """Un comité temático que valida las hojas de ruta de sus misiones; no aprueba productos."""

    id: Identificador
    nombre: Nombre
    misiones: Annotated[tuple[CodigoMision, ...], Field(min_length=1)]
    representantes: Annotated[int, Field(ge=1)] | None = None
    naturaleza: Naturaleza
    nota: Texto | None = None


class ReglasDeAprobacion(Ficha):
    """Qué comité decide cada clase de producto y cuánto se espera una opinión técnica. Quién
    elabora y quién opina lo dice el protocolo de revisión.
    """

    estado: EstadoDeRegla = "propuesta"
    plazo_de_opinion_dias: Annotated[int, Field(ge=1, le=365)] = 30
    deciden: dict[Clase, Identificador] = Field(
        default_factory=dict,
        description=(
            "el comité que aprueba cada clase de producto; la que no se diga, el que decide en el"
            " protocolo de revisión"
        ),
    )
    clases: dict[TipoDeProducto, Clase] = Field(
        default=CLASES, description="de qué clase es cada tipo de producto"
    )

    @model_validator(mode="after")
    def _completas(self) -> ReglasDeAprobacion:
        if faltan := [c for c in get_args(TipoDeProducto) if c not in self.clases]:
            raise ValueError(f"en «clases» falta decir de qué clase es: {', '.join(faltan)}")
        return self


class CriterioDeRespuesta(Ficha):
    """Por qué se acoge un comentario, o por qué no."""

    id: Identificador
    acoge: bool
    dice: Texto


class ReglasDeComentarios(Ficha):
    """Con qué criterios y en qué plazo se responde lo que se comenta de un producto."""

    estado: EstadoDeRegla = "propuesta"
    plazo_de_respuesta_dias: Annotated[int, Field(ge=1, le=365)] = 30
    criterios: tuple[CriterioDeRespuesta, ...] = ()

    @model_validator(mode="after")
    def _una_vez_cada_uno(self) -> ReglasDeComentarios:
        ids = [c.id for c in self.criterios]
        if len(ids) != len(set(ids)):
            raise ValueError("cada criterio de respuesta tiene un id distinto")
        return self


class PasoDeRevision(Ficha):
    paso: Annotated[int, Field(ge=1)]
    comite: Identificador
    accion: Literal["elabora", "opina", "decide"]
    descripcion: Texto


class Circulacion(Ficha):
    hacia_abajo: Texto
    hacia_arriba: Texto
    pasos: tuple[Nombre, ...]


class Proceso(Ficha):
    """Un proceso: qué comité responde por él y qué deja hecho."""

    nombre: Nombre
    responsable: Identificador
    producto: Texto
    pagina: (
        Annotated[
            str,
            Forma(
                r"^[a-z0-9/-]+\.html(#[a-z0-9-]+)?$",
                "una página del sitio, con su ancla si la tiene",
                ("plan.html", "metodologia.html#estados"),
            ),
        ]
        | None
    ) = Field(default=None, description="la página del sitio donde se ve su producto")


class Procesos(Ficha):
    """Los procesos de una clase: estratégicos, misionales o de soporte."""

    id: Identificador
    nombre: Nombre
    estado: EstadoDeRegla = "propuesta"
    para_que: Texto
    incluye: Annotated[tuple[Proceso, ...], Field(min_length=1)]


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
    comites_de_validacion: tuple[ComiteDeValidacion, ...] = ()
    aprobacion: ReglasDeAprobacion = ReglasDeAprobacion()
    comentarios: ReglasDeComentarios = ReglasDeComentarios()
    ediciones_aprobadas: tuple[EdicionAprobada, ...] = ()

    @model_validator(mode="after")
    def _coherente(self) -> Gobernanza:
        ids = self.ids_de_comites
        if len(ids) != len(set(ids)):
            raise ValueError("cada comité tiene un id distinto")
        ajenos = sorted({p.comite for p in self.protocolo_de_revision} - set(ids))
        if ajenos:
            raise ValueError(f"el protocolo nombra comités que no existen: {', '.join(ajenos)}")
        duenos = {x.responsable for p in self.procesos for x in p.incluye}
        if ajenos := sorted(duenos - set(ids)):
            raise ValueError(f"los procesos nombran comités que no existen: {', '.join(ajenos)}")
        a = self.aprobacion
        if ajenos := sorted(set(a.deciden.values()) - {c.id for c in self.comites}):
            raise ValueError(
                f"las reglas de aprobación nombran comités que no existen: {', '.join(ajenos)}"
            )
        return self

    @property
    def ids_de_comites(self) -> list[str]:
        """Los de todos: primero los que revisan productos y luego los de validación."""
        return [*(c.id for c in self.comites), *(c.id for c in self.comites_de_validacion)]

    def comite(self, identificador: str) -> Comite | None:
        """El comité que lleva ese identificador, o nada."""
        return next((c for c in self.comites if c.id == identificador), None)

    def nombre_del_comite(self, identificador: str) -> str:
        """El de un comité, también de validación, o su identificador si ya no existe."""
        nombres = {c.id: c.nombre for c in self.comites}
        nombres |= {c.id: c.nombre for c in self.comites_de_validacion}
        return nombres.get(identificador, identificador)

    def de_la_accion(self, accion: str) -> str | None:
        """El comité que elabora, opina o decide, según el protocolo de revisión."""
        return next((p.comite for p in self.protocolo_de_revision if p.accion == accion), None)

    def decide_lo(self, clase: Clase) -> str | None:
        """El comité que aprueba los productos de una clase."""
        return self.aprobacion.deciden.get(clase) or self.de_la_accion("decide")
