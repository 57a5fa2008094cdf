"""Los resultados del método como registros: una fila de sus tablas, con nombre y tipo en cada dato.

Se construyen aquí y en ningún otro lugar; quien los recibe no vuelve a leer la tabla por el nombre
de una columna.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

import polars as pl


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


@dataclass(frozen=True, slots=True)
class Analisis(_Fila):
    """Lo que acompaña al estado de un KPI (``analisis.analizar``); en la unidad del KPI, la
    pendiente por año.
    """

    kpi: str
    base_numerador: float | None
    base_denominador: float | None
    minimo_95: float | None
    maximo_95: float | None
    base_minimo_95: float | None
    base_maximo_95: float | None
    cambio: str | None
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
    naturaleza: str
    partes: list[dict[str, Any]]
