"""Modelos del territorio y del método configurable: ``data/territorio.yml`` y ``data/fuentes.yml``.

Lo que un comité podría decidir de otro modo (pesos, bandas, k, gracia, fecha de corte) es dato;
nada de un distrito concreto vive en el código.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ..base.palabras import Genero, al_empezar, con_y, contraida, en_femenino, o_en_lista
from .feriados import Feriado
from .formas import (
    Categoria,
    CodigoKpi,
    CodigoLugar,
    Correo,
    Direccion,
    Forma,
    Huella,
    Identificador,
    Slug,
    Ubigeo,
)
from .modelos import (
    MAXIMO_DE_NIVELES,
    Acceso,
    DimensionDeGrupo,
    Ficha,
    Frecuencia,
    Nivel,
    Nombre,
    Numero,
    Texto,
)
from .naturalezas import Naturaleza


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


TipoDeTerritorio = Literal["distrito", "provincia"]
ARTICULOS: dict[TipoDeTerritorio, str] = {"distrito": "el", "provincia": "la"}
"""El de lo que un territorio puede ser: «el distrito», «la provincia»."""


Sustantivo = Annotated[
    str,
    Forma(
        r"^[a-záéíóúüñ]{3,20}([ -][a-záéíóúüñ]{2,20}){0,3}$",
        "una o varias palabras en minúsculas, sin más signos",
        ("comunidad", "centro poblado"),
    ),
]
MARCA = re.compile(r"\{\{([A-Za-z-]+)\}\}")
"""Una de las ``formas`` en un texto fijo: ``{{los-anexos}}``, o ``{{Los-anexos}}`` al empezar."""


class NombreDeLugar(Ficha):
    """Cómo se llaman los lugares del territorio, con lo que hace falta para decirlos en una frase.

    Solo lo que lee una persona: columnas, archivos y direcciones dicen siempre «anexo».
    """

    singular: Sustantivo = "anexo"
    plural: Sustantivo = "anexos"
    genero: Genero = "masculino"

    def concordado(self, masculino: str) -> str:
        """Lo que acompaña al nombre: «pequeños», «el», «ningún»; o «pequeñas», «la»,
        «ninguna».
        """
        return masculino if self.genero == "masculino" else en_femenino(masculino)

    @property
    def el(self) -> str:
        """«el anexo», «la comunidad», «el área»."""
        return self._con("el")

    @property
    def del_lugar(self) -> str:
        """«del anexo», «de la comunidad»."""
        return contraida("de", self.el)

    @property
    def al_lugar(self) -> str:
        """«al anexo», «a la comunidad»."""
        return contraida("a", self.el)

    @property
    def los(self) -> str:
        """«los anexos», «las comunidades»."""
        return f"{self.concordado('los')} {self.plural}"

    @property
    def un(self) -> str:
        """«un anexo», «una comunidad»."""
        return self._con("un")

    @property
    def ningun(self) -> str:
        """«ningún anexo», «ninguna comunidad»."""
        return self._con("ningún")

    @property
    def otros(self) -> str:
        """«otros anexos», «otras comunidades»."""
        return f"{self.concordado('otros')} {self.plural}"

    @property
    def cada(self) -> str:
        return f"cada {self.singular}"

    @property
    def uno_por_uno(self) -> str:
        """«anexo por anexo», «comunidad por comunidad»."""
        return f"{self.singular} por {self.singular}"

    @property
    def y_plural(self) -> str:
        """Detrás de otra cosa: «y anexos», «e islas»."""
        return con_y(self.plural)

    def contados(self, n: int) -> str:
        """«1 anexo», «15 comunidades»."""
        return f"{n:,} {self.singular if n == 1 else self.plural}"

    @property
    def formas(self) -> dict[str, str]:
        """``nombre → cómo se dice``, para los textos fijos: páginas, cuadernos, modelos y lo que
        describe los datos. Cada nombre es lo que dice con la palabra «anexo»; los que empiezan con
        «anexo-», lo que concuerda con ella.
        """
        dichas = {
            "anexo": self.singular,
            "anexos": self.plural,
            "el-anexo": self.el,
            "del-anexo": self.del_lugar,
            "los-anexos": self.los,
            "un-anexo": self.un,
            "ese-anexo": f"{self.concordado('ese')} {self.singular}",
            "un-solo-anexo": f"{self.concordado('un')} {self.concordado('solo')} {self.singular}",
            "ningun-anexo": self.ningun,
            "unos-anexos": f"{self.concordado('unos')} {self.plural}",
            "anexo-por-anexo": self.uno_por_uno,
            "y-anexos": self.y_plural,
            "tipos-de-lugar": o_en_lista(dict.fromkeys((*ARTICULOS, self.singular))),
        }
        return dichas | {f"anexo-{clave}": self.concordado(m) for clave, m in CONCUERDAN.items()}

    @property
    def marcas(self) -> dict[str, str]:
        """Las ``formas`` como las cita un texto: también con mayúscula, al empezar."""
        return self.formas | {al_empezar(n): al_empezar(d) for n, d in self.formas.items()}

    @property
    def piezas(self) -> dict[str, str]:
        """Las ``formas`` como las cita una página: también con «-al-empezar», con mayúscula."""
        al_comienzo = {f"{n}-al-empezar": al_empezar(d) for n, d in self.formas.items()}
        return self.formas | al_comienzo

    def lleno(self, texto: str) -> str:
        """Un texto fijo con sus ``{{los-anexos}}`` dichos; otras marcas quedan como están."""
        marcas = self.marcas
        return MARCA.sub(lambda m: marcas.get(m[1], m[0]), texto)

    def _con(self, masculino: str) -> str:
        """Con su determinante: delante de una «a» con tilde, el masculino («el área»)."""
        tonica = self.singular.startswith(("á", "há"))
        return f"{masculino if tonica else self.concordado(masculino)} {self.singular}"


ANEXO = NombreDeLugar()
"""Como se llaman mientras el territorio no diga otra cosa."""
CONCUERDAN = {
    c: c for c in ("el", "los", "uno", "unos", "otro", "otros", "ninguno", "todos", "ellos")
} | {"pronombre": "él", "pequenos": "pequeños"}
"""Lo que una frase dice de los lugares sin nombrarlos: «ninguno», «el menor de ellos»."""


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
