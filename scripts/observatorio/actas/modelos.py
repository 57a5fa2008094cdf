"""Modelos del libro de actas: el calendario y las sesiones.

Una sesión cerrada no se edita: lo que pasa después con un acuerdo o con un producto se anota en la
sesión que lo ve.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from ..catalogo.formas import Forma, Huella, Identificador
from ..catalogo.gobernanza import EstadoDeRegla, TipoDeProducto
from ..catalogo.modelos import Ficha, Institucion, Texto

Instituciones = tuple[Institucion, ...]
SIN_NOMBRE = frozenset({"catalogo", "metodologia", "planilla", "plan-de-recojo"})
"""Los tipos de producto de los que solo hay uno."""


def _producto(escrito: str) -> str:
    """El producto, si es de un tipo conocido y lleva nombre cuando hay varios de su tipo."""
    tipo, _, nombre = escrito.partition("/")
    if tipo not in get_args(TipoDeProducto):
        raise ValueError(
            f"no hay productos de tipo «{tipo}»: los hay de {', '.join(get_args(TipoDeProducto))}"
        )
    if (tipo in SIN_NOMBRE) == bool(nombre):
        que = "va solo, sin nombre" if tipo in SIN_NOMBRE else "lleva su nombre tras una barra"
        raise ValueError(f"«{escrito}»: un producto de tipo {tipo} {que}")
    return escrito


Producto = Annotated[
    str,
    Forma(
        r"^[a-z-]+(/[A-Za-z0-9-]+)?$",
        "un producto: su tipo y, si hay varios, una barra y su nombre",
        ("metodologia", "kpi/M1-K01", "mision/m1-salud"),
    ),
    AfterValidator(_producto),
]
CodigoDeAcuerdo = Annotated[
    str, Forma(r"^A[0-9]{1,3}$", "el código de un acuerdo de la sesión: A y su número", ("A1",))
]
CitaDeAcuerdo = Annotated[
    str,
    Forma(
        r"^[a-z0-9-]+-[0-9]{3}/A[0-9]{1,3}$",
        "un acuerdo de una sesión anterior: la sesión, una barra y su código",
        ("impulsor-004/A1",),
    ),
]
IdDeSesion = Annotated[
    str, Forma(r"^[a-z0-9-]+-[0-9]{3}$", "una sesión: su comité y su acta", ("impulsor-004",))
]
Paso = Literal["enviado", "opinión", "sin opinión", "aprobado", "observado", "ratificado"]


class SesionPrevista(Ficha):
    comite: Identificador
    fecha: date
    motivo: Texto | None = Field(default=None, description="por qué se movió, si se movió")


class Calendario(Ficha):
    """``data/gobernanza/calendario.yml``: lo propone «observatorio sesion calendario» y se edita a
    mano.
    """

    estado: EstadoDeRegla = "propuesta"
    sesiones: tuple[SesionPrevista, ...] = ()

    @model_validator(mode="after")
    def _una_vez(self) -> Self:
        vistas = [(s.comite, s.fecha) for s in self.sesiones]
        if repetidas := sorted({v for v in vistas if vistas.count(v) > 1}):
            dichas = ", ".join(f"{comite} el {fecha.isoformat()}" for comite, fecha in repetidas)
            raise ValueError(f"una sesión va una sola vez en el calendario: deje una de {dichas}")
        return self


class Punto(Ficha):
    asunto: Texto
    producto: Producto | None = None


class Asistencia(Ficha):
    """Una institución presente; quién fue en su nombre queda en el acta privada."""

    institucion: Institucion
    calidad: Literal["titular", "suplente"] = "titular"


class Acuerdo(Ficha):
    codigo: CodigoDeAcuerdo
    que: Texto
    institucion: Institucion
    plazo: date


class Seguimiento(Ficha):
    """Cómo va un acuerdo de una sesión anterior."""

    acuerdo: CitaDeAcuerdo
    estado: Literal["en curso", "cumplido", "sin efecto"]
    nota: Texto | None = None


class Disenso(Ficha):
    institucion: Institucion
    razon: Texto


class Votos(Ficha):
    a_favor: Instituciones = ()
    en_contra: Instituciones = ()
    abstenciones: Instituciones = ()
    recusadas: Instituciones = Field(
        default=(), description="presentes que no votan por tener interés en lo que se decide"
    )

    @property
    def todas(self) -> Instituciones:
        return (*self.a_favor, *self.en_contra, *self.abstenciones, *self.recusadas)


class Tramite(Ficha):
    """Un paso de un producto, sobre una versión exacta de su contenido."""

    producto: Producto
    paso: Paso
    version: Huella
    simulacro: bool = Field(
        default=False, description="un ensayo: no aprueba nada, y se dice en todas partes"
    )
    sentido: Literal["favorable", "con cambios", "desfavorable"] | None = Field(
        default=None, description="el de una opinión"
    )
    votos: Votos | None = None
    disensos: tuple[Disenso, ...] = ()
    texto: Texto | None = Field(default=None, description="la opinión, o qué se pide cambiar")


class Sello(Ficha):
    """Lo que cierra una sesión: la huella de su contenido encadenada con la anterior.

    ``huella_reglas``: la de las reglas con que se cerró; si el comité las cambia, lo ya cerrado se
    rige por las suyas.
    """

    huella_anterior: Huella | None
    huella_reglas: Huella
    huella: Huella


class Sesion(Ficha):
    """Una sesión de un comité: ``data/gobernanza/sesiones/<comité>-<acta>.yml``."""

    comite: Identificador
    acta: Annotated[int, Field(ge=1, le=999)]
    fecha: date
    tipo: Literal["ordinaria", "extraordinaria"] = "ordinaria"
    convocatoria: Literal["primera", "segunda"] = "primera"
    simulacro: bool = Field(default=False, description="toda la sesión es un ensayo")
    agenda: tuple[Punto, ...] = ()
    asistencia: tuple[Asistencia, ...] = ()
    acuerdos: tuple[Acuerdo, ...] = ()
    seguimiento: tuple[Seguimiento, ...] = ()
    tramites: tuple[Tramite, ...] = ()
    boletin: Huella | None = Field(
        default=None, description="SHA-256 de lo que el comité llevó: lo escribe «sesion cerrar»"
    )
    acta_privada: Huella | None = Field(
        default=None, description="SHA-256 del acta firmada, que se guarda aparte"
    )
    sello: Sello | None = Field(
        default=None, description="lo escribe «observatorio sesion cerrar»: no se edita"
    )

    @property
    def cadena(self) -> str:
        """A qué cadena de sellos pertenece: cada comité tiene la suya, y sus simulacros, otra."""
        return f"simulacro-{self.comite}" if self.simulacro else self.comite

    @property
    def id(self) -> str:
        return f"{self.cadena}-{self.acta:03d}"

    @property
    def mes(self) -> str:
        """Lo que de la fecha se dice en público."""
        return self.fecha.isoformat()[:7]


class CopiaDeActa(Ficha):
    """Una copia que se hizo para firmarla: la huella de lo que muestra cada hoja."""

    huellas: tuple[Huella, ...]


class ActaRecibida(Ficha):
    """Un original firmado que se recibió; el archivo se guarda aparte, cifrado."""

    clase: Literal["papel", "digital"]
    sha256: Huella
    fecha: date
    firmas: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="cuántas firmas digitales lleva; nulo si es de papel"
    )

    @property
    def resultado(self) -> str:
        """Lo que se comprobó al recibirla, en palabras."""
        return "íntegra" if self.clase == "digital" else "en papel"


class ActaDeSesion(Ficha):
    """Las copias que se hicieron del acta de una sesión y los originales firmados que volvieron:
    ``data/gobernanza/actas/<sesión>.yml``. Lo escribe «observatorio acta».
    """

    sesion: IdDeSesion
    sello: Huella = Field(description="el de la sesión de la que es el acta")
    copias: tuple[CopiaDeActa, ...] = ()
    recibidas: tuple[ActaRecibida, ...] = ()
