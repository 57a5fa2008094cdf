"""Los resultados del método como registros: una fila de sus tablas, con nombre y tipo en cada dato.

Se construyen aquí y en ningún otro lugar; quien los recibe no vuelve a leer la tabla por el nombre
de una columna.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

import polars as pl

from ..catalogo.modelos import CIUDADANO


@dataclass(frozen=True, slots=True)
class _Fila:
    """Un registro que se arma de una fila: sus campos son columnas de la tabla."""

    @classmethod
    def de(cls, fila: dict[str, Any]) -> Self:
        """El registro de una fila; lo que la tabla trae de más no se mira."""
        return cls(**{campo.name: fila[campo.name] for campo in fields(cls)})

    @classmethod
    def por(cls, tabla: pl.DataFrame, clave: str) -> dict[str, Self]:
        """``clave → registro``, en el orden de la tabla; ``clave`` no se repite en ella."""
        return {fila[clave]: cls.de(fila) for fila in tabla.iter_rows(named=True)}

    @classmethod
    def lista(cls, tabla: pl.DataFrame) -> list[Self]:
        """Los registros de todas las filas, en orden."""
        return [cls.de(fila) for fila in tabla.iter_rows(named=True)]


@dataclass(frozen=True, slots=True)
class Evaluacion(_Fila):
    """Un KPI evaluado (``avance.evaluar``). Los meses son absolutos; ``avance``, ``esperado`` y
    ``ritmo``, proporciones.
    """

    kpi: str
    mision: str
    okr: str
    nivel: int
    sentido: str
    agregacion: str
    factor: float
    acceso: str
    meses: int
    meses_medida: int
    meses_plazo: int
    gracia: int
    tolerancia: float
    mantener: bool | None
    quebrada: bool | None
    quiebres: list[float]
    base_protegida: bool
    meta_protegida: bool
    inicio_base: int | None
    fin_base: int | None
    b: float | None
    fin_meta: int | None
    m: float | None
    fin: int | None
    periodo: str | None
    valor: float | None
    numerador: float | None
    denominador: float | None
    protegido: bool | None
    fuente: str | None
    fecha_dato: date | None
    validacion: str | None
    naturaleza: str | None
    naturaleza_resultado: str | None
    valor_esperado: float | None
    avance: float | None
    esperado: float | None
    ritmo: float | None
    estado: str
    motivo: str | None

    @property
    def publico(self) -> bool:
        """¿Se publican sus cifras?"""
        return self.acceso == CIUDADANO

    @property
    def agrupada(self) -> bool:
        """¿Reúne su último dato más periodos de los suyos, porque la privacidad obligó?"""
        return self.meses_medida > self.meses_plazo


@dataclass(frozen=True, slots=True)
class Analisis(_Fila):
    """Lo que acompaña al estado de un KPI (``indicios.analizar``); en la unidad del KPI, la
    pendiente por año. ``peor`` y ``al_paso`` son «sí» o «no», y ``senal_base`` y ``senal_paso``,
    cuánto lo sostienen los casos (``certeza.SENALES``).
    """

    kpi: str
    base_numerador: float | None
    base_denominador: float | None
    minimo_95: float | None
    maximo_95: float | None
    base_minimo_95: float | None
    base_maximo_95: float | None
    peor: str | None
    senal_base: str | None
    al_paso: str | None
    senal_paso: str | None
    cambio_min_95: float | None
    cambio_max_95: float | None
    ceplan_i: float | None
    ceplan_i_luz: str | None
    ceplan_ii: float | None
    ceplan_ii_luz: str | None
    necesario_por_anio: float | None
    puntos: int
    desde: str | None
    hasta: str | None
    naturaleza_tendencia: str | None
    naturaleza_analisis: str | None
    pendiente: float | None
    pendiente_min: float | None
    pendiente_max: float | None
    p: float | None
    pivote_t: float | None
    pivote_valor: float | None
    tendencia: str
    proyeccion: float | None
    proyeccion_min: float | None
    proyeccion_max: float | None


@dataclass(frozen=True, slots=True)
class Retrocesos:
    """Los KPI en retroceso de una misión: con *señal clara* y los demás, que son posibles."""

    claros: int = 0
    posibles: int = 0

    @property
    def todos(self) -> int:
        return self.claros + self.posibles

    def __add__(self, otros: Retrocesos) -> Retrocesos:
        return Retrocesos(self.claros + otros.claros, self.posibles + otros.posibles)


@dataclass(frozen=True, slots=True)
class _Agregado(_Fila):
    """Lo que resume varios KPI: cuántos se evaluaron, su avance y entre qué cotas está."""

    mision: str
    kpis: int
    evaluados: int
    en_retroceso: int
    demostracion: bool
    minimo: float
    maximo: float
    avance: float | None
    motivo: str | None


@dataclass(frozen=True, slots=True)
class AvanceDeOkr(_Agregado):
    """Un OKR agregado (``agregado.agregar``)."""

    okr: str
    nivel_okr: int


@dataclass(frozen=True, slots=True)
class AvanceDeMision(_Agregado):
    """Una misión agregada (``agregado.agregar``)."""

    okrs: int
    okrs_con_numero: int


@dataclass(frozen=True, slots=True)
class Brecha(_Fila):
    """La distancia entre el mayor y el menor de los anexos o de los grupos de un KPI
    (``comparacion.brechas``).
    """

    kpi: str
    ambito: str
    periodo: str
    cuantos: int
    protegidas: int
    menor: str
    menor_valor: float
    menor_minimo: float | None
    menor_maximo: float | None
    mayor: str
    mayor_valor: float
    mayor_minimo: float | None
    mayor_maximo: float | None
    brecha: float
    razon: float | None
    distinguible: bool | None
    prueba: str
    comparaciones: int
    brecha_min_95: float | None
    brecha_max_95: float | None
    naturaleza: str
    partes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PuntoDeControl:
    """Una medida en una serie XmR; ``reglas``, las que la señalan (``xmr.REGLAS``)."""

    periodo: str
    valor: float
    reglas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """La serie XmR de un KPI (``xmr.control``): límites fijados en sus primeros puntos y qué dice
    el último. ``logro`` es el esperado al cierre del año del último dato.
    """

    puntos: tuple[PuntoDeControl, ...]
    media: float
    inferior: float
    superior: float
    variacion: str
    logro: float | None
    seguridad: str | None


@dataclass(frozen=True, slots=True)
class AnexoEnEmbudo:
    """Un anexo frente al distrito (``embudo.embudo``), en la unidad del KPI."""

    lugar: str
    valor: float
    inferior_95: float
    superior_95: float
    inferior_998: float
    superior_998: float
    lectura: str


@dataclass(frozen=True, slots=True)
class Embudo:
    """Los anexos con cifra pública de un periodo, alrededor de la del distrito."""

    periodo: str
    distrito: float
    anexos: tuple[AnexoEnEmbudo, ...]
