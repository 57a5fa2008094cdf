"""Qué llegó, qué está por vencer y qué está atrasado a la fecha de corte."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from ..base.periodos import meses_fin
from ..catalogo import Catalogo
from ..catalogo.plan_de_recojo import ANEXOS, DISTRITO, Dato, Descargo, Entrega, Plan, entregas
from ..datos.tarjetas_de_recibo import Tarjeta
from ..validar import Validado

Situacion = Literal[
    "recibido",
    "incompleto",
    "no se midió",
    "por llegar",
    "atrasado",
    "no puede llegar",
    "retirado",
]
NO_LLEGAN: tuple[Situacion, ...] = ("no puede llegar", "retirado")
"""Lo que ya nadie espera: no es un atraso de nadie."""
SIN_COBERTURA = "su fuente no da una cifra del lugar"
"""El motivo que se sabe de la tarjeta de la fuente (``cobertura_distrital: false``)."""
Medida = tuple[str, str, str, str]
"""``(kpi, periodo, lugar, unidad)``."""


@dataclass(frozen=True, slots=True)
class Seguida:
    """Una entrega del plan con su situación; ``recibidas`` de ``esperadas`` partes (distrito,
    anexos o unidades).
    """

    entrega: Entrega
    situacion: Situacion
    recibidas: int
    esperadas: int
    dias: int
    """Días de atraso (positivos) o que faltan (negativos) a la fecha de corte."""
    demostracion: bool = False
    """Si alguna de las cifras que llegaron es inventada: nadie la entregó."""
    declaradas: int = 0
    """Partes de las que alguien dijo que no se midieron."""
    motivo: str = ""
    """Por qué no puede llegar o se retiró."""
    descargo: Descargo | None = None
    """Lo que la oficina dice de su atraso."""


def medidas(observaciones: pl.DataFrame) -> set[Medida]:
    """Las claves que ya llegaron, de los totales (los grupos se entregan con su total)."""
    total = observaciones.filter(pl.col("grupo") == "total")
    return set(total.select("kpi", "periodo", "lugar", "unidad").iter_rows())


def inventadas(observaciones: pl.DataFrame) -> set[Medida]:
    """De las claves que llegaron, las de demostración."""
    return medidas(observaciones.filter(pl.col("naturaleza") == "demostracion"))


def del_proyecto(catalogo: Catalogo, validado: Validado) -> tuple[Plan, list[Seguida]]:
    """El plan y la situación de todas sus entregas, con los recibos y las unidades de ``data/``."""
    tipos = {
        codigo: (tipo, lugar)
        for codigo, tipo, lugar in validado.unidades.select("codigo", "tipo", "lugar").iter_rows()
    }
    hay, plan = validado.observaciones, validado.plan
    return plan, seguir(
        plan,
        catalogo,
        medidas(hay),
        declaradas(validado.recibos.values()),
        tipos,
        de_demostracion=inventadas(hay),
    )


def declaradas(recibos: Iterable[Tarjeta]) -> set[Medida]:
    """Las claves que algún recibo declaró no medidas."""
    return {
        (n.kpi, n.periodo, n.lugar, n.unidad)
        for t in recibos
        for n in t.no_medidas
        if n.grupo == "total"
    }


def seguir(
    plan: Plan,
    catalogo: Catalogo,
    llegadas: Collection[Medida],
    no_medidas: Collection[Medida],
    tipos: dict[str, tuple[str, str]],
    codigos: Iterable[str] | None = None,
    de_demostracion: Collection[Medida] = (),
) -> list[Seguida]:
    """La situación de cada entrega del año.

    ``no_medidas``: claves que alguien respondió con «no se midió». ``de_demostracion``: las
    llegadas que son inventadas. ``tipos``: unidad → (tipo, lugar).
    """
    corte = catalogo.territorio.fecha_corte
    anexos = [a.codigo for a in catalogo.territorio.anexos]
    llegaron, dichas, falsas, salida = set(llegadas), set(no_medidas), set(de_demostracion), []
    for entrega in entregas(plan, codigos):
        dato = plan.datos[entrega.kpi]
        esperadas = _esperadas(dato.informan, catalogo.territorio.ubigeo, anexos, tipos)
        claves = {(entrega.kpi, entrega.periodo, lugar, unidad) for lugar, unidad in esperadas}
        llego, dicho = claves & llegaron, claves & dichas
        faltan = claves - llego - dicho
        situacion = _situacion(entrega, corte, bool(llego), bool(faltan))
        motivo = ""
        if situacion in ("por llegar", "atrasado"):
            retirado, sin_cobertura = _retirado(dato, entrega), _sin_cobertura(dato, catalogo)
            motivo = retirado or sin_cobertura
            situacion = "retirado" if retirado else "no puede llegar" if motivo else situacion
        salida.append(
            Seguida(
                entrega,
                situacion,
                len(llego),
                len(claves),
                (corte - entrega.vence).days,
                bool(llego & falsas),
                len(dicho),
                motivo,
                dato.descargos.get(entrega.periodo),
            )
        )
    return salida


def _retirado(dato: Dato, entrega: Entrega) -> str:
    """Por qué esa entrega ya no se pide; vacío si se pide."""
    retiro = dato.retiro
    if retiro is None or meses_fin(entrega.periodo) < meses_fin(retiro.desde):
        return ""
    return retiro.motivo


def _sin_cobertura(dato: Dato, catalogo: Catalogo) -> str:
    """Por qué ninguna entrega suya puede llegar: lo que dice el plan o, si no, su fuente."""
    if dato.no_puede_llegar:
        return dato.no_puede_llegar
    fuente = catalogo.fuentes.get(dato.fuente)
    return "" if fuente is None or fuente.cobertura_distrital else SIN_COBERTURA


def _esperadas(
    informan: tuple[str, ...], ubigeo: str, anexos: list[str], tipos: dict[str, tuple[str, str]]
) -> set[tuple[str, str]]:
    salida: set[tuple[str, str]] = set()
    for quien in informan:
        if quien == DISTRITO:
            salida.add((ubigeo, ""))
        elif quien == ANEXOS:
            salida |= {(a, "") for a in anexos}
        elif quien.isdigit():
            salida.add((quien, ""))
        else:
            salida |= {(lugar, unidad) for unidad, (tipo, lugar) in tipos.items() if tipo == quien}
    return salida


def _situacion(entrega: Entrega, corte: date, llego: bool, faltan: bool) -> Situacion:
    if not faltan:
        return "recibido" if llego else "no se midió"
    if corte > entrega.vence:
        return "incompleto" if llego else "atrasado"
    return "por llegar"


def escrita(s: Seguida) -> str:
    """La situación en palabras; lo inventado lo dice, y lo que no llegará, por qué."""
    if s.motivo:
        return f"{s.situacion}: {s.motivo}"
    return f"{s.situacion} (demostración)" if s.demostracion else s.situacion


def descargo_escrito(d: Descargo) -> str:
    """El descargo en una línea, con su fecha y su documento."""
    con = f", {d.documento}" if d.documento else ""
    return f"descargo de la oficina ({d.fecha.isoformat()}{con}): {d.texto}"


def atrasadas(seguidas: Iterable[Seguida]) -> list[Seguida]:
    """Lo que venció sin llegar, entero o en parte, de más a menos días."""
    return sorted(
        (s for s in seguidas if s.situacion in ("atrasado", "incompleto")),
        key=lambda s: (-s.dias, s.entrega.kpi, s.entrega.periodo),
    )
