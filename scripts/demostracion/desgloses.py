"""Desgloses de un total distrital: por anexo, por unidad informante y por grupo, siempre sumando el
total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from observatorio.catalogo.modelos import Kpi

from . import escenario
from .azar import Azar
from .escena import Escena
from .reparto import repartir

PRIMER_ANIO_DESGLOSADO = {"mensual": 2024, "trimestral": 2022}


@dataclass(frozen=True, slots=True)
class Medida:
    """Una razón (``numerador`` y ``denominador``) o un recuento: ``valor`` en unidades de
    ``10**-decimales``.
    """

    numerador: int
    denominador: int | None


@dataclass(frozen=True, slots=True)
class Parte:
    """Una fila por partir: dónde cae y con qué pesos pide denominador y numerador."""

    lugar: str
    grupo: str
    unidad: str
    peso: float
    efecto: float


@dataclass(frozen=True, slots=True)
class Desglose:
    """Partición del total. ``una``: cada parte cuenta por uno. ``puede_faltar``: a veces una parte
    no informa.
    """

    partes: tuple[Parte, ...]
    una: bool = False
    puede_faltar: bool = False


def desgloses_de(kpi: Kpi, escena: Escena, azar: Azar) -> list[Desglose]:
    """Particiones que le tocan a un KPI; ninguna si no se puede sumar."""
    if not es_aditivo(kpi):
        return []
    todos = [_geografico(kpi, escena, azar)]
    todos += [
        _por_grupo(kpi, escena, d, azar)
        for d in kpi.desagregaciones
        if d not in ("anexo", "unidad")
    ]
    return [d for d in todos if d is not None]


def es_aditivo(kpi: Kpi) -> bool:
    """Razones y recuentos agregables se parten; medianas y días de un solo camino, no."""
    if kpi.formula.denominador is not None:
        return True
    return kpi.tipo_agregacion == "agregable" and kpi.agregacion in ("suma", "ultimo")


def partir(kpi: Kpi, total: Medida, desglose: Desglose) -> list[Medida]:
    """Medidas de cada parte, que suman el total."""
    efectos = [p.efecto for p in desglose.partes]
    if total.denominador is None:
        topes = [1] * len(efectos) if kpi.unidad == "anexos" else None
        pesos = efectos if topes else [p.peso * p.efecto for p in desglose.partes]
        return [Medida(n, None) for n in repartir(total.numerador, pesos, topes)]
    una = desglose.una and total.denominador == len(efectos)
    denominadores = (
        [1] * len(efectos)
        if una
        else repartir(total.denominador, [p.peso for p in desglose.partes])
    )
    topes = denominadores if kpi.unidad == "%" else None
    pesos = [d * e for d, e in zip(denominadores, efectos, strict=True)]
    numeradores = repartir(total.numerador, pesos, topes)
    return [Medida(n, d) for n, d in zip(numeradores, denominadores, strict=True)]


def _geografico(kpi: Kpi, escena: Escena, azar: Azar) -> Desglose | None:
    if kpi.codigo in escenario.POR_UNIDAD:
        return _por_unidad(escena, *escenario.POR_UNIDAD[kpi.codigo], azar)
    if "anexo" not in kpi.desagregaciones:
        return None
    lugares = list(escena.poblaciones)
    if kpi.codigo in escenario.ANEXOS_SIN_UNIDAD:
        tipo = escenario.ANEXOS_SIN_UNIDAD[kpi.codigo]
        con_unidad = {u.lugar for u in escena.unidades if u.tipo == tipo}
        lugares = [lugar for lugar in lugares if lugar not in con_unidad]
    una = kpi.codigo in escenario.ANEXOS_SIN_UNIDAD
    partes = [
        Parte(lugar, "total", "", escena.poblaciones[lugar] * _cerca_de_uno(azar), _efecto(azar))
        for lugar in lugares
    ]
    return Desglose(tuple(partes), una=una, puede_faltar=not una)


def _por_unidad(escena: Escena, tipo: str, modo: str, azar: Azar) -> Desglose:
    partes = [
        Parte(
            u.lugar,
            "total",
            u.codigo,
            sum(escena.poblaciones[c] for c in u.captacion),
            _efecto(azar),
        )
        for u in escena.unidades
        if u.tipo == tipo
    ]
    return Desglose(tuple(partes), una=modo == "una", puede_faltar=modo != "una")


def _por_grupo(kpi: Kpi, escena: Escena, dimension: str, azar: Azar) -> Desglose | None:
    categorias: Sequence[str] = {
        "sexo": ("mujer", "hombre"),
        "edad": escenario.EDADES.get(kpi.codigo, escenario.EDADES_CORRIENTES),
        "nivel educativo": escenario.NIVELES,
        "lengua": ("castellano", "quechua"),
    }[dimension]
    pesos = escenario.PESOS_DE_GRUPO.get((kpi.codigo, dimension), (1.0,) * len(categorias))
    del_registro = escenario.MISMO_REPARTO.get(kpi.codigo)
    reparte = Azar(f"{del_registro} {dimension}") if del_registro else azar
    partes = [
        Parte(
            escena.ubigeo,
            f"{dimension}:{c}",
            "",
            peso * _cerca_de_uno(reparte),
            exp(0.12 * azar.ruido()),
        )
        for c, peso in zip(categorias, pesos, strict=True)
    ]
    return Desglose(tuple(partes))


def _cerca_de_uno(azar: Azar) -> float:
    return azar.uniforme(0.88, 1.12)


def _efecto(azar: Azar) -> float:
    """Cuánto se aparta un lugar del promedio del distrito, igual en toda la serie."""
    return exp(0.3 * azar.ruido())
