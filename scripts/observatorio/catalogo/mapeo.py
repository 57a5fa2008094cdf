"""El mapeo: un YAML que dice qué columna de un reporte del sector corresponde a cada campo del
observatorio.

Sirve a reportes con una fila por establecimiento, escuela o aula, y a exportaciones de encuestas
con una fila por hogar (KoboToolbox, ODK): las filas de la misma clave se suman o se cuentan. Solo
se leen las columnas nombradas.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter, model_validator

from ..base.plegado import plegado, respuesta_plegada
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from .formas import CodigoKpi, Identificador
from .lectura import leer_yaml
from .modelos import Ficha, Frecuencia, Nombre, Texto
from .naturalezas import Naturaleza

CARPETA = "mapeos"
DEL_REPORTE = frozenset(
    {"columna", "columnas", "forma", "traducir", "sumar", "contar", "cuando", "hoja", "hasta"}
)
"""Campos que copian lo que dice el reporte: en él una celda puede ser «-», y una columna, «+ de 5
años».
"""
Columna = Annotated[str, StringConstraints(min_length=1, max_length=200)]
UnoOMas = Annotated[tuple[str, ...], Field(min_length=1)]
Valores = dict[Columna, UnoOMas]


class Campo(Ficha):
    """De dónde sale un campo: una constante, una columna, varias columnas unidas por una forma, o
    lo que diga la orden.
    """

    constante: str | None = None
    columna: Columna | None = None
    columnas: tuple[Columna, ...] = ()
    forma: str | None = Field(
        default=None, description="con columnas: {0}-S{1}; con una fecha: %d/%m/%Y"
    )
    traducir: dict[str, str] = Field(
        default_factory=dict, description="valor del reporte: valor del observatorio"
    )
    periodo_de_fecha: Frecuencia | None = Field(
        default=None, description="toma de una fecha el periodo de esa frecuencia"
    )
    pedir: bool = Field(default=False, description="lo dice la orden: --periodo o --fecha-dato")

    @model_validator(mode="after")
    def _uno_solo(self) -> Campo:
        if (
            sum(
                (
                    self.constante is not None,
                    self.columna is not None,
                    bool(self.columnas),
                    self.pedir,
                )
            )
            != 1
        ):
            raise ValueError("diga una sola cosa: constante, columna, columnas o pedir")
        if self.columnas and not self.forma:
            raise ValueError("varias columnas se unen con una forma, como {0}-S{1}")
        return self

    @cached_property
    def por_plegado(self) -> dict[str, str]:
        """``traducir`` por el valor del reporte como lo compara una persona."""
        return {respuesta_plegada(k): v for k, v in self.traducir.items()}

    def usadas(self) -> tuple[str, ...]:
        return (self.columna,) if self.columna else self.columnas


class Cuenta(Ficha):
    """Un número: la suma de una columna, o cuántas filas cumplen (``"*"`` es cualquier valor no
    vacío).
    """

    sumar: Columna | None = None
    contar: Annotated[Valores, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _uno_solo(self) -> Cuenta:
        if (self.sumar is None) == (self.contar is None):
            raise ValueError("diga sumar: COLUMNA, o contar: {COLUMNA: [valores]}")
        return self


class MedidaDelMapeo(Ficha):
    """Un KPI del reporte: numerador y denominador, o valor; ``cuando`` elige las filas que
    cuentan.
    """

    kpi: CodigoKpi
    cuando: Valores = Field(default_factory=dict)
    numerador: Cuenta | None = None
    denominador: Cuenta | None = None
    valor: Cuenta | None = None
    fuente: Identificador | None = None

    @model_validator(mode="after")
    def _completa(self) -> MedidaDelMapeo:
        razon = self.numerador is not None and self.denominador is not None
        if razon == (self.valor is not None) or (self.numerador is None) != (
            self.denominador is None
        ):
            raise ValueError("una medida lleva numerador y denominador, o valor")
        return self

    def sumadas(self) -> set[str]:
        """Las columnas cuyas cifras suma."""
        cuentas = (self.numerador, self.denominador, self.valor)
        return {c.sumar for c in cuentas if c and c.sumar}


class Filas(Ficha):
    """Qué se hace con las filas que quizá no son datos. ``fuera``: no se cuentan, y se dice
    cuántas; ``error``: se rechaza el archivo.
    """

    rechazadas: Literal["fuera", "error", "cuentan"] = Field(
        default="fuera", description="envíos que el equipo rechazó en Kobo u ODK"
    )
    en_espera: Literal["fuera", "error", "cuentan"] = Field(
        default="error", description="envíos sin decidir («On hold», «hasIssues»)"
    )
    pruebas: Literal["fuera", "error", "cuentan"] = Field(
        default="error", description="envíos de ensayo, por su usuario, su etiqueta o su pregunta"
    )
    iguales: Literal["error", "cuentan"] = Field(
        default="error", description="filas iguales sin un identificador que las distinga"
    )
    numerador_mayor: Literal["error", "cuentan"] = Field(
        default="error",
        description="filas de un porcentaje con más casos en el numerador que en el denominador",
    )


class Mapeo(Ficha):
    """``data/mapeos/<nombre>.yml``."""

    nombre: Nombre
    descripcion: Texto
    hoja: str | None = Field(
        default=None, description="nombre de la hoja; vacío: la primera que tenga las columnas"
    )
    fila_titulos: Annotated[int, Field(ge=1, le=50)] = 1
    hasta: str | None = Field(
        default=None, description="la lectura termina en la fila cuya primera celda empieza así"
    )
    vacio: Literal["error", "cero", "omitir"] = Field(
        default="error", description="qué es una celda vacía de una columna que se suma"
    )
    fuente: Identificador
    naturaleza: Naturaleza = "documentado"
    periodo: Campo
    fecha_dato: Campo
    lugares: Annotated[tuple[Campo | Literal["de la unidad"], ...], Field(min_length=1)]
    unidad: Campo | None = None
    grupos: Annotated[tuple[Campo, ...], Field(min_length=1)] = (Campo(constante="total"),)
    medidas: Annotated[tuple[MedidaDelMapeo, ...], Field(min_length=1)]
    titulos: dict[Columna, Annotated[tuple[Columna, ...], Field(min_length=1)]] = Field(
        default_factory=dict,
        description=(
            "otros títulos con que llega una columna: el de otra versión del formulario, o su"
            " etiqueta"
        ),
    )
    multiples: tuple[Columna, ...] = Field(
        default=(),
        description=(
            "preguntas de varias respuestas (select_multiple), en una columna o en una por"
            " respuesta"
        ),
    )
    valores: Valores = Field(
        default_factory=dict,
        description="todas las respuestas posibles de una columna: otra se rechaza",
    )
    identificador: Columna | None = Field(
        default=None, description="columna que distingue cada fila, si no es la de Kobo u ODK"
    )
    filas: Filas = Filas()

    @model_validator(mode="after")
    def _de_columnas_leidas(self) -> Mapeo:
        ajenas = sorted({*self.titulos, *self.multiples, *self.valores} - self.columnas())
        if ajenas:
            raise ValueError(
                "titulos, multiples y valores nombran columnas que ninguna medida ni campo lee:"
                f" {', '.join(ajenas)}"
            )
        return self

    @model_validator(mode="after")
    def _un_titulo_una_columna(self) -> Mapeo:
        """Con un mismo título, dos columnas serían la misma, y una respondería por la otra."""
        de_quien = {plegado(c): c for c in sorted(self.columnas())}
        for columna, otros in self.titulos.items():
            for titulo in otros:
                dueno = de_quien.setdefault(plegado(titulo), columna)
                if dueno != columna:
                    raise ValueError(
                        f"en titulos, «{titulo}» es a la vez «{dueno}» y «{columna}»: déjelo en la"
                        " que es"
                    )
        return self

    @model_validator(mode="after")
    def _una_medida_por_kpi(self) -> Mapeo:
        vistos: set[str] = set()
        for m in self.medidas:
            if m.kpi in vistos:
                raise ValueError(
                    f"{m.kpi} está en dos medidas: deje una, con todas sus condiciones"
                )
            vistos.add(m.kpi)
        return self

    @model_validator(mode="after")
    def _solo_respuestas_posibles(self) -> Mapeo:
        """Lo que se cuenta y ninguna respuesta puede decir contaría siempre cero."""
        for columna, posibles in self.valores.items():
            admitidos = {respuesta_plegada(v) for v in posibles} | {"*"}
            ajenos = sorted(
                v for v in self._contados(columna) if respuesta_plegada(v) not in admitidos
            )
            if ajenos:
                raise ValueError(
                    f"se cuenta «{ajenos[0]}» de «{columna}», que no está entre sus valores"
                    f" ({', '.join(posibles)}): corríjalo, o añádalo a valores"
                )
        return self

    def _contados(self, columna: str) -> set[str]:
        return {
            v
            for m in self.medidas
            for condicion in (
                m.cuando,
                *(c.contar for c in (m.numerador, m.denominador, m.valor) if c and c.contar),
            )
            for v in condicion.get(columna, ())
        }

    def contadas(self) -> dict[str, tuple[str, ...]]:
        """Las respuestas que alguna medida cuenta, por su columna."""
        salida: dict[str, tuple[str, ...]] = {}
        for m in self.medidas:
            for cuenta in (m.numerador, m.denominador, m.valor):
                for columna, valores in ((cuenta and cuenta.contar) or {}).items():
                    salida[columna] = tuple(dict.fromkeys((*salida.get(columna, ()), *valores)))
        return salida

    def columnas(self) -> set[str]:
        """Todas las columnas que el reporte debe tener."""
        campos = [
            self.periodo,
            self.fecha_dato,
            *(c for c in self.lugares if isinstance(c, Campo)),
            *([self.unidad] if self.unidad else []),
            *self.grupos,
        ]
        salida = {c for campo in campos for c in campo.usadas()}
        for m in self.medidas:
            salida |= set(m.cuando)
            for cuenta in (m.numerador, m.denominador, m.valor):
                if cuenta:
                    salida |= {cuenta.sumar} if cuenta.sumar else set(cuenta.contar or ())
        return salida | ({self.identificador} if self.identificador else set())

    def nombrados(self, columna: str) -> set[str]:
        """Los valores de una columna que el mapeo nombra al contar, elegir o traducir."""
        campos = [
            self.periodo,
            *(c for c in self.lugares if isinstance(c, Campo)),
            *([self.unidad] if self.unidad else []),
            *self.grupos,
        ]
        salida = {v for c in campos if c.columna == columna for v in c.traducir} | set(
            self.valores.get(columna, ())
        )
        return salida | self._contados(columna)

    def preguntadas(self) -> set[str]:
        """Las columnas de las que depende que una fila cuente."""
        return {
            c
            for m in self.medidas
            for condicion in (
                m.cuando,
                *(x.contar for x in (m.numerador, m.denominador, m.valor) if x and x.contar),
            )
            for c in condicion
        }

    def cuenta_filas(self) -> bool:
        """Si alguna medida cuenta filas: cada una es entonces una persona o un hogar, y no un
        recuento.
        """
        return any(
            c and c.contar for m in self.medidas for c in (m.numerador, m.denominador, m.valor)
        )

    def sumadas(self) -> set[str]:
        return {c for m in self.medidas for c in m.sumadas()}


def leer_mapeos(proyecto: Proyecto) -> dict[str, Mapeo]:
    """Todos los mapeos de ``data/mapeos``, por nombre de archivo. Lanza ``DatosInvalidos`` con los
    mal escritos.
    """
    errores: list[ErrorDeDatos] = []
    leidos = {
        r.stem: leer_yaml(proyecto, r, TypeAdapter(Mapeo), errores, DEL_REPORTE)
        for r in rutas(proyecto)
    }
    if errores:
        raise DatosInvalidos(errores)
    return {nombre: m for nombre, m in leidos.items() if m is not None}


def rutas(proyecto: Proyecto) -> list[Path]:
    return sorted((proyecto.data / CARPETA).glob("*.yml"))
