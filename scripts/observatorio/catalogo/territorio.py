"""Modelo de ``data/territorio.yml``: el territorio, con su método configurable.

Lo que un comité podría decidir de otro modo (pesos, bandas, k, gracia, fecha de corte) es dato;
nada de un distrito concreto vive en el código.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ..base.palabras import contraida
from .feriados import Feriado
from .formas import (
    Categoria,
    CodigoKpi,
    CodigoLugar,
    Correo,
    Direccion,
    Identificador,
    Slug,
    Ubigeo,
)
from .modelos import (
    MAXIMO_DE_NIVELES,
    Acceso,
    DimensionDeGrupo,
    Ficha,
    Nivel,
    Nombre,
    Numero,
    Texto,
)
from .nombre_de_lugar import ANEXO, ARTICULOS, NombreDeLugar, TipoDeTerritorio


class Bandas(Ficha):
    """Cortes del ritmo que separan los estados; van de mayor a menor."""

    en_ruta: Annotated[float, Field(gt=0, le=2)] = 0.95
    requiere_acelerar: Annotated[float, Field(ge=0, le=2)] = 0.60

    @model_validator(mode="after")
    def _ordenadas(self) -> Bandas:
        if self.requiere_acelerar >= self.en_ruta:
            raise ValueError(
                "las bandas van de mayor a menor: en_ruta debe superar a requiere_acelerar"
            )
        return self


class NivelDeContribucion(Ficha):
    """Un eslabón de la cadena de resultados; su número es su lugar en la lista."""

    nombre: Nombre
    mide: Texto
    calificativo: Nombre | None = Field(
        default=None, description="cómo se dice junto al número, si no es el nombre: de soporte"
    )

    @property
    def dicho(self) -> str:
        return self.calificativo or self.nombre


CADENA_DE_RESULTADOS = (
    NivelDeContribucion(
        nombre="directo", mide="El cambio que la misión busca en la vida de la gente"
    ),
    NivelDeContribucion(nombre="intermedio", mide="Lo que tiene que ocurrir antes de ese cambio"),
    NivelDeContribucion(
        nombre="soporte",
        mide="Lo que las instituciones deben tener listo",
        calificativo="de soporte",
    ),
)
"""La cadena de resultados de CEPLAN, que rige si el territorio no declara la suya."""


class Metodo(Ficha):
    """Parámetros del método que decide el comité estratégico."""

    bandas: Bandas = Bandas()
    niveles: Annotated[
        tuple[NivelDeContribucion, ...], Field(min_length=1, max_length=MAXIMO_DE_NIVELES)
    ] = Field(
        default=CADENA_DE_RESULTADOS,
        description="los niveles de contribución, del más directo al que lo sostiene",
    )
    pesos_nivel: dict[Nivel, Annotated[float, Field(gt=0, allow_inf_nan=False)]] | None = Field(
        default=None, description="nulo: fórmula de rangos de CEPLAN (con tres niveles, 3 : 2 : 1)"
    )
    cobertura_minima: Annotated[float, Field(ge=0, le=1)] = 0.5
    k: Annotated[int, Field(ge=10, description="recuento mínimo publicable sobre personas")] = 10
    k_anterior: Annotated[int, Field(ge=10)] | None = Field(
        default=None,
        description="el k con que se publicó antes, si el comité decidió bajarlo",
    )

    @field_validator("pesos_nivel")
    @classmethod
    def _pesos_decrecientes(
        cls, pesos: dict[int, float] | None, info: ValidationInfo
    ) -> dict[int, float] | None:
        niveles = info.data.get("niveles")
        if pesos is None or niveles is None:
            return pesos
        en_orden = [pesos.get(n, 0) for n in range(1, len(niveles) + 1)]
        if len(pesos) != len(niveles) or en_orden != sorted(en_orden)[::-1] or 0 in en_orden:
            raise ValueError(
                f"pesos_nivel lleva los {len(niveles)} niveles declarados, y un nivel más directo "
                "no pesa menos que otro"
            )
        return pesos

    @property
    def numeros_de_nivel(self) -> range:
        """Los niveles como números: 1, el más directo, 2…"""
        return range(1, len(self.niveles) + 1)

    def nombre_de_nivel(self, numero: int) -> str:
        """Cómo se dice un nivel junto a su número: «directo»."""
        return self.niveles[numero - 1].dicho


class Lugar(Ficha):
    codigo: CodigoLugar
    codigo_anterior: CodigoLugar | None = Field(
        default=None,
        description="con qué código se publicó antes, si cambió: hereda lo que se vio de él",
    )
    nombre: Nombre
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    confirmado: bool = True


class Poblacion(Ficha):
    habitantes: Annotated[int, Field(gt=0)]
    anio: int
    fuente: Texto
    en_uso: bool = False


class Opcion(Ficha):
    """Entrada de un vocabulario del territorio (dimensiones, objetivos del plan)."""

    id: Identificador
    nombre: Nombre


class CodigosAnteriores(Ficha):
    """Códigos que se publicaron y hoy son otros, ``{anterior: de hoy}``: quien los sucede hereda lo
    que se vio de ellos.
    """

    grupos: dict[str, str] = Field(
        default_factory=dict, description="de grupos: {«edad:0-5», «edad:0-59m»}"
    )
    unidades: dict[str, str] = Field(
        default_factory=dict, description="de establecimientos y escuelas"
    )


class MisionEsperada(Ficha):
    """Tamaño acordado de cada misión: un catálogo con otro recuento se rechaza."""

    slug: Slug
    okrs: Annotated[int, Field(gt=0)]
    kpis: Annotated[int, Field(gt=0)]


class Sitio(Ficha):
    titulo: Nombre
    lema: Texto
    direccion: Direccion
    correo: Correo
    responsable: Nombre
    kpi_de_ejemplo: CodigoKpi | None = Field(
        default=None,
        description="el indicador con que las páginas enseñan a usar los datos; nulo: el primero",
    )


class Sensibles(Ficha):
    """Cómo se publican los KPI con ``sensible``."""

    retraso_meses: Annotated[
        int,
        Field(
            ge=1,
            le=36,
            description="meses entre el fin de un periodo y la fecha de corte antes de publicarlo",
        ),
    ] = 3


class OpinionLegal(Ficha):
    """El documento con que se decidió qué manda la norma electoral."""

    documento: Texto
    fecha: date
    resumen: Texto


class PeriodoElectoral(Ficha):
    """Mientras dura no hay láminas para compartir, carteles ni correos masivos, ni se publican
    cargos; los datos siguen.
    """

    desde: date
    hasta: date
    opinion_legal: OpinionLegal

    @model_validator(mode="after")
    def _en_orden(self) -> PeriodoElectoral:
        if self.hasta < self.desde:
            raise ValueError("periodo_electoral termina antes de empezar: revise desde y hasta")
        return self


class Plan(Ficha):
    titulo: Nombre
    norma: Nombre


class Territorio(Ficha):
    """``data/territorio.yml``."""

    ubigeo: Ubigeo
    nombre: Nombre
    tipo: TipoDeTerritorio
    provincia: Nombre
    region: Nombre
    pais: Nombre
    area_km2: Numero
    altitud_m: Numero
    zona_horaria: str | None = Field(
        default=None,
        description=(
            "la de los relojes del lugar, como America/Lima: en ella cae el día de cada hora"
        ),
    )
    feriados: tuple[Feriado, ...] = Field(
        default=(), description="los días en que ningún comité sesiona; se proponen otros"
    )
    fecha_corte: date
    horizonte: int
    incluir_demostracion: bool
    repositorio_de_datos: Literal["privado", "publico"] = Field(
        default="privado",
        description=(
            "quién puede leer el repositorio donde están estos datos; en uno público solo cabe la"
            " demostración"
        ),
    )
    nivel: Acceso = Field(
        default="ciudadano",
        description=(
            "para quién es lo que se construye aquí: ciudadano; los otros los pone «observatorio"
            " construir --nivel», en su propia carpeta"
        ),
    )
    metodo: Metodo = Metodo()
    sensibles: Sensibles = Sensibles()
    periodo_electoral: PeriodoElectoral | None = Field(
        default=None,
        description="el que rige o rigió, con la opinión legal que lo decidió; nulo: ninguno",
    )
    plan: Plan
    sitio: Sitio
    poblacion: Annotated[tuple[Poblacion, ...], Field(min_length=1)]
    misiones: Annotated[tuple[MisionEsperada, ...], Field(min_length=1)]
    dimensiones: Annotated[tuple[Opcion, ...], Field(min_length=1)]
    objetivos_plan: Annotated[tuple[Opcion, ...], Field(min_length=1)]
    categorias: dict[DimensionDeGrupo, tuple[Categoria, ...]] = Field(
        default_factory=dict,
        description=(
            "categorías admitidas de cada dimensión por la que se desagrega: sexo: [mujer, hombre]"
        ),
    )
    codigos_anteriores: CodigosAnteriores = CodigosAnteriores()
    anexos_se_llaman: NombreDeLugar = Field(
        default=ANEXO,
        description=(
            "cómo se llaman los lugares de «anexos»: comunidad, comunidades y femenino; así los"
            " nombra todo lo que se lee"
        ),
    )
    anexos: tuple[Lugar, ...]
    limite: tuple[tuple[float, float], ...] = ()

    @field_validator("zona_horaria")
    @classmethod
    def _zona_que_existe(cls, zona: str | None) -> str | None:
        if zona is not None:
            try:
                ZoneInfo(zona)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(
                    "esa zona horaria no existe: escriba una como America/Lima"
                ) from None
        return zona

    @model_validator(mode="after")
    def _coherente(self) -> Territorio:
        if sum(p.en_uso for p in self.poblacion) != 1:
            raise ValueError("exactamente una cifra de población lleva en_uso: true")
        codigos = [a.codigo for a in self.anexos]
        if len(codigos) != len(set(codigos)):
            raise ValueError(f"{self.anexos_se_llaman.cada} tiene un código distinto")
        return self

    @property
    def el_territorio(self) -> str:
        """«el distrito», «la provincia»: para toda frase que lo nombre sin decir cuál es."""
        return f"{ARTICULOS[self.tipo]} {self.tipo}"

    @property
    def del_territorio(self) -> str:
        """«del distrito», «de la provincia»."""
        return contraida("de", self.el_territorio)

    @property
    def al_territorio(self) -> str:
        """«al distrito», «a la provincia»."""
        return contraida("a", self.el_territorio)

    @property
    def todo_el_territorio(self) -> str:
        """«todo el distrito», «toda la provincia»."""
        return f"{'todo' if ARTICULOS[self.tipo] == 'el' else 'toda'} {self.el_territorio}"

    def se_dice(self, dimension: str) -> str:
        """Por qué se abre un indicador, como se lee: los anexos, por su nombre; las demás
        dimensiones, como se escriben.
        """
        return self.anexos_se_llaman.singular if dimension == "anexo" else dimension

    @property
    def en_periodo_electoral(self) -> bool:
        """¿Cae la fecha de corte en el periodo electoral?"""
        p = self.periodo_electoral
        return p is not None and p.desde <= self.fecha_corte <= p.hasta
