"""Modelos del catálogo: misión, OKR y KPI, con los campos de la ficha técnica de CEPLAN.

Son la única definición del formato de ``misiones/*/hoja-de-ruta.yml``; el JSON Schema que usan los
editores se exporta de aquí.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from .formas import (
    CodigoKpi,
    CodigoMision,
    CodigoOkr,
    Identificador,
    MetaOds,
    Periodo,
    Slug,
    institucion,
)
from .naturalezas import Naturaleza

Texto = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1200)]
Nombre = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=140)]
Institucion = Annotated[Nombre, AfterValidator(institucion)]
"""Quién responde por un dato: una institución o su oficina, nunca una persona."""
Anio = Annotated[int, Field(ge=1990, le=2100)]
Numero = Annotated[float, Field(allow_inf_nan=False)]
Recuento = Annotated[float, Field(ge=0, allow_inf_nan=False)]

MAXIMO_DE_NIVELES = 9
Nivel = Annotated[int, Field(ge=1, le=MAXIMO_DE_NIVELES)]
"""Nivel de contribución, del más directo (1) en adelante; cuántos hay lo declara el territorio."""
Sentido = Literal["ascendente", "descendente", "no definido"]
Frecuencia = Literal["mensual", "trimestral", "semestral", "anual", "bienal"]
DimensionDeGrupo = Literal["sexo", "edad", "nivel educativo", "lengua"]
Parte = Literal["numerador", "denominador", "valor"]
Acceso = Literal["ciudadano", "decisor", "técnico"]
Medio = Literal[
    "registro administrativo",
    "base de datos sectorial",
    "encuesta comunal",
    "ficha de campo",
    "entrevista",
    "acta",
]
"""Cómo se recoge un dato."""
CIUDADANO: Acceso = "ciudadano"
"""El único acceso cuyas cifras se publican."""


class Ficha(BaseModel):
    """Base de todos los modelos: campos desconocidos se rechazan y nada se modifica tras leerse."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Formula(Ficha):
    """Método de cálculo: valor = numerador / denominador × factor (sin denominador en los
    recuentos).
    """

    numerador: Texto
    denominador: Texto | None = None
    factor: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    medida: Literal["casos", "magnitud", "intervalo"] = Field(
        default="casos",
        description=(
            "casos: se cuentan personas o cosas; magnitud: soles, kilos, horas; intervalo: escala"
            " sin cero propio, como el pH"
        ),
    )


class LineaBase(Ficha):
    """Punto de partida ``(t0, b)``; un año que la fuente no declara queda nulo y se muestra el
    asumido.

    ``numerador`` y ``denominador`` son los casos que midió, si su fuente los dice: con ellos se
    sabe si un cambio se distingue del azar.
    """

    periodo: Periodo | None
    periodo_asumido: Periodo | None = None
    valor: Numero
    numerador: Recuento | None = None
    denominador: Recuento | None = None
    cota: Literal[">", "<", "≥", "≤"] | None = None
    naturaleza: Naturaleza
    fuente: Identificador
    nota: Texto | None = None

    @model_validator(mode="after")
    def _periodo_conocido(self) -> LineaBase:
        if (self.periodo is None) == (self.periodo_asumido is None):
            raise ValueError(
                "una línea de base lleva periodo, o periodo nulo y periodo_asumido; no ambos ni"
                " ninguno"
            )
        return self

    @property
    def periodo_efectivo(self) -> str:
        return self.periodo or self.periodo_asumido or ""


class Meta(Ficha):
    """Valor comprometido ``(T, m)`` y de dónde sale el compromiso."""

    periodo: Periodo
    valor: Numero
    origen: Literal["plan", "propuesta"]
    nota: Texto | None = None


class ParteDeKpi(Ficha):
    """Una de las cuentas de un KPI."""

    kpi: CodigoKpi
    parte: Parte


class Enlace(Ficha):
    """Una cuenta de este KPI que otros KPI también cuentan: los dos salen del mismo registro y no
    pueden contradecirse.

    ``igual``: las mismas personas o cosas. ``parte``: algunas de las del otro. ``suma``: todas las
    de varios, sin repetir. ``flujo``: lo que entró en doce meses, que alcanza para lo que creció la
    existencia del otro.
    """

    parte: Parte = Field(description="qué cuenta de este KPI")
    tipo: Literal["igual", "parte", "suma", "flujo"]
    con: Annotated[tuple[ParteDeKpi, ...], Field(min_length=1)]
    meses_antes: Annotated[int, Field(ge=0, le=120)] = Field(
        default=0, description="si el otro la contó antes: 12, la del año anterior"
    )

    @model_validator(mode="after")
    def _cuantos(self) -> Enlace:
        if (len(self.con) > 1) != (self.tipo == "suma"):
            raise ValueError("un enlace de suma nombra dos KPI o más en «con»; los demás, uno solo")
        return self


class Kpi(Ficha):
    """Ficha técnica de un KPI."""

    codigo: CodigoKpi
    codigo_anterior: CodigoKpi | None = Field(
        default=None,
        description="con qué código se publicó antes, si cambió: hereda lo que se vio de él",
    )
    nombre: Nombre
    nombre_corto: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=42)
    ]
    definicion: Texto
    unidad: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    decimales: Annotated[int, Field(ge=0, le=4)] = 1
    sentido: Sentido
    nivel: Nivel
    formula: Formula
    agregacion: Literal["suma", "promedio", "ultimo", "razon"]
    tipo_agregacion: Literal["agregable", "no agregable", "máximo permisible", "mínimo permisible"]
    relevancia: Literal["muy relevante", "relevante", "poco relevante"]
    frecuencia: Frecuencia
    gracia: Annotated[
        int, Field(ge=0, le=36, description="meses de gracia tras el periodo siguiente")
    ]
    fuente: Identificador
    responsable: Institucion
    medio_recojo: Medio
    linea_base: LineaBase | None
    meta: Meta | None
    logros_esperados: dict[Anio, Numero] = Field(default_factory=dict)
    tolerancia: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    desagregaciones: tuple[Literal["anexo", "unidad", DimensionDeGrupo], ...] = ()
    enlaces: tuple[Enlace, ...] = ()
    justificacion: Texto
    limitaciones: Texto
    dimension: Identificador
    pilar_asg: Literal["ambiental", "social", "gobernanza"]
    ods: MetaOds
    perspectiva_bsc: Literal["cliente", "financiera", "procesos internos", "aprendizaje"]
    objetivo_plan: Identificador
    acceso: Acceso = CIUDADANO
    acceso_anterior: Literal["decisor", "técnico"] | None = Field(
        default=None,
        description="con qué acceso reservado se publicó antes, si el comité decidió abrirlo",
    )
    sensible: Literal["mineria", "seguridad"] | None = Field(
        default=None,
        description=(
            "si medirlo pone en riesgo a alguien: se publica solo el distrito, con retraso, sin"
            " calendario y con el Comité Impulsor como responsable"
        ),
    )
    sobre_personas: bool
    entero: bool = Field(
        default=False,
        description="true si se cuentan cosas enteras: un valor con decimales es un error",
    )
    admite_negativos: bool = Field(
        default=False,
        description="true si la medida puede ser negativa, como un saldo o un crecimiento",
    )
    agrupable: bool = Field(
        default=False,
        description=(
            "true solo si nadie cuenta en dos periodos (nacimientos, cohortes, casos): sumar"
            " periodos reúne a más gente"
        ),
    )
    ventana: Annotated[int, Field(ge=2, le=120)] | None = Field(
        default=None,
        description=(
            "meses que acumula cada medida, si son más que su frecuencia: 12 en un acumulado del"
            " año"
        ),
    )
    estacional: bool = Field(
        default=False,
        description="true si sube y baja con la época del año: lluvias, cosecha, año escolar",
    )
    principal: bool = False
    estado: Literal["propuesta", "aprobado"] = "propuesta"

    @property
    def publico(self) -> bool:
        """¿Se publican sus cifras?"""
        return self.acceso == CIUDADANO

    @property
    def se_sigue_en_publico(self) -> bool:
        """¿Van sus entregas en el plan público y en los calendarios?"""
        return self.publico and self.sensible is None

    @property
    def publico_por_anexo(self) -> bool:
        """¿Se publican sus cifras por anexo? De lo sensible, solo la del territorio."""
        return self.se_sigue_en_publico and "anexo" in self.desagregaciones

    @property
    def partes_enteras(self) -> bool:
        """Si numerador y denominador cuentan personas o cosas, que no se parten: ni soles, ni
        kilos, ni horas.
        """
        return (
            self.formula.denominador is not None
            and self.formula.medida == "casos"
            and (self.unidad == "%" or self.sobre_personas)
        )


class Okr(Ficha):
    """Objetivo con sus resultados clave."""

    codigo: CodigoOkr
    nombre: Nombre
    objetivo: Texto
    nivel: Nivel
    estado: Literal["propuesta", "aprobado"] = "propuesta"
    kpis: Annotated[tuple[Kpi, ...], Field(min_length=1)]


class Mision(Ficha):
    """Hoja de ruta de una misión."""

    codigo: CodigoMision
    slug: Slug
    nombre: Nombre
    nombre_corto: Annotated[str, StringConstraints(min_length=3, max_length=24)]
    meta_2030: Texto
    """La meta de la misión al año del horizonte, que declara el territorio. La clave dice 2030 y no
    cambia con él: así está publicada en ``datos/misiones.json``, y así la llevan las hojas de ruta,
    su esquema y el libro de CEPLAN ya entregado; renombrarla rompería a quien los lee.
    """
    problema: Texto
    interes: Texto | None = Field(
        default=None,
        description=(
            "declaración de interés: qué debe saberse de quien impulsa el observatorio para leer"
            " esta misión; la llevan su página, su boletín y sus fichas"
        ),
    )
    okrs: Annotated[tuple[Okr, ...], Field(min_length=1)]

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        return tuple(k for okr in self.okrs for k in okr.kpis)
