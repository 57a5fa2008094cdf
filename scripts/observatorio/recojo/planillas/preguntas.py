"""Qué se le pregunta a cada responsable en un periodo, y qué se sabe ya de cada pregunta."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from ...base.numeros import con_unidad
from ...base.periodos import legible, meses_fin
from ...base.plegado import plegado
from ...catalogo import Catalogo
from ...catalogo.plan_de_recojo import ANEXOS, DISTRITO, Plan, periodos_dentro
from ...errores import ErrorDeUso
from ...privacidad.montos import es_monto


@dataclass(frozen=True, slots=True)
class Destinatario:
    """A quién va la planilla: un responsable (o varios de una institución), o una unidad
    informante.
    """

    nombre: str
    codigos: tuple[str, ...]
    unidad: str = ""
    lugar: str = ""
    tipo: str = ""
    demostracion: bool = False


@dataclass(frozen=True, slots=True)
class Pregunta:
    """Una medida que se pide: su clave, cómo se escribe y qué se midió la última vez."""

    kpi: str
    periodo: str
    lugar: str
    grupo: str
    unidad: str
    titulo: str
    medida: str
    factor: float
    numerador: str
    denominador: str | None
    enteros: bool
    fuente: str
    naturaleza: str
    vence: date
    ultimo: str
    ultimo_valor: float | None
    ya: str
    """La cifra ya recibida de ese periodo, que no se vuelve a pedir; vacía si falta."""
    monto: bool = False
    """Suma lo de varios: se pregunta también de cuántos es."""


def buscar(plan: Plan, unidades: pl.DataFrame, nombre: str) -> Destinatario:
    """El destinatario que responde por ``nombre`` (sin tildes ni mayúsculas, entero o una parte).

    Lanza ``ErrorDeUso`` con los que hay si ninguno coincide.
    """
    doblado = plegado(nombre)
    codigo_o_nombre = [
        u
        for u in unidades.iter_rows(named=True)
        if doblado in (plegado(u["codigo"]), plegado(u["nombre"]))
    ]
    parecidas = codigo_o_nombre or [
        u for u in unidades.iter_rows(named=True) if doblado and doblado in plegado(u["nombre"])
    ]
    responsables = _responsables(plan)
    exactos = [r for r in responsables if plegado(r) == doblado]
    partes = exactos or [r for r in responsables if doblado and doblado in plegado(r)]
    if exactos or (partes and not codigo_o_nombre):
        codigos = tuple(c for c in plan.datos if plan.datos[c].responsable in partes)
        return Destinatario(partes[0] if len(partes) == 1 else nombre, codigos)
    if len(parecidas) == 1:
        u = parecidas[0]
        codigos = tuple(c for c in plan.datos if u["tipo"] in plan.datos[c].informan)
        return Destinatario(
            u["nombre"], codigos, u["codigo"], u["lugar"], u["tipo"], u["demostracion"] == "true"
        )
    raise ErrorDeUso(
        _lista(
            nombre, responsables, parecidas or list(unidades.iter_rows(named=True)), bool(parecidas)
        )
    )


def _responsables(plan: Plan) -> list[str]:
    return sorted({d.responsable for d in plan.datos.values()})


def _lista(nombre: str, responsables: list[str], unidades: list[dict], varias: bool) -> str:
    por_que = (
        f"«{nombre}» puede ser más de una unidad"
        if varias
        else f"no hay responsable ni unidad «{nombre}»"
    )
    lineas = [f"{por_que}. Escriba uno de estos, entero o una parte que lo distinga:"]
    if not varias:
        lineas += ["", "Responsables:", *(f"  {r}" for r in responsables)]
    lineas += ["", "Unidades informantes:", *(f"  {u['codigo']}  {u['nombre']}" for u in unidades)]
    return "\n".join(lineas)


def preguntar(
    plan: Plan,
    catalogo: Catalogo,
    observaciones: pl.DataFrame,
    quien: Destinatario,
    periodo: str,
    con: Iterable[str] = (),
) -> list[Pregunta]:
    """Las medidas de ``periodo`` (o de los periodos más cortos que caben en él) que le tocan a
    ``quien``.

    ``con``: además del total, ``"grupos"`` ya medidos y ``"anexos"``. ``observaciones``: las
    validadas, con tipo.
    """
    salida = []
    for codigo in quien.codigos:
        previas = observaciones.filter(pl.col("kpi") == codigo)
        dato = plan.datos[codigo]
        for p in periodos_dentro(dato.frecuencia, dato.desde, periodo):
            for lugar in _lugares(catalogo, quien, dato.informan, con):
                for grupo in _grupos(previas, lugar, quien.unidad, con):
                    salida.append(
                        _pregunta(plan, catalogo, previas, quien, codigo, p, lugar, grupo)
                    )
    return salida


def _lugares(
    catalogo: Catalogo, quien: Destinatario, informan: tuple[str, ...], con: Iterable[str]
) -> list[str]:
    if quien.unidad:
        return [quien.lugar]
    anexos = (
        [a.codigo for a in catalogo.territorio.anexos]
        if ANEXOS in informan
        else [i for i in informan if i.isdigit()]
    )
    del_distrito = [catalogo.territorio.ubigeo] if DISTRITO in informan or not anexos else []
    return del_distrito + (anexos if "anexos" in con or not del_distrito else [])


def _grupos(previas: pl.DataFrame, lugar: str, unidad: str, con: Iterable[str]) -> list[str]:
    if "grupos" not in con:
        return ["total"]
    vistos = (
        previas.filter(pl.col("lugar") == lugar, pl.col("unidad") == unidad)["grupo"]
        .unique()
        .sort()
        .to_list()
    )
    return ["total", *(g for g in vistos if g != "total")]


def _pregunta(
    plan: Plan,
    catalogo: Catalogo,
    previas: pl.DataFrame,
    quien: Destinatario,
    codigo: str,
    periodo: str,
    lugar: str,
    grupo: str,
) -> Pregunta:
    kpi = catalogo.kpis[codigo]
    serie = previas.filter(
        pl.col("lugar") == lugar, pl.col("grupo") == grupo, pl.col("unidad") == quien.unidad
    ).sort("fin")
    ahora = serie.filter(
        pl.col("periodo") == periodo, (pl.col("naturaleza") != "demostracion") | quien.demostracion
    )
    antes = serie.filter(pl.col("fin") < meses_fin(periodo)).tail(1)

    def escrito(tabla: pl.DataFrame) -> str:
        return con_unidad(tabla["valor"][0], kpi.unidad, kpi.decimales) if tabla.height else ""

    donde = (
        ""
        if lugar == catalogo.territorio.ubigeo or quien.unidad
        else f" · {catalogo.lugares[lugar]}"
    )
    cual = "" if grupo == "total" else f" · {grupo.replace(':', ': ')}"
    marca = " (demostración)" if antes.height and antes["naturaleza"][0] == "demostracion" else ""
    return Pregunta(
        kpi=codigo,
        periodo=periodo,
        lugar=lugar,
        grupo=grupo,
        unidad=quien.unidad,
        titulo=f"{codigo} · {kpi.nombre} · {legible(periodo)}{donde}{cual}",
        medida=kpi.unidad,
        factor=kpi.formula.factor,
        numerador=kpi.formula.numerador,
        denominador=kpi.formula.denominador,
        enteros=kpi.sobre_personas
        and kpi.formula.denominador is not None
        and "soles" not in plegado(kpi.formula.numerador),
        fuente=plan.datos[codigo].fuente,
        naturaleza="demostracion" if quien.demostracion else "documentado",
        vence=plan.vence(codigo, periodo),
        ultimo=f"{escrito(antes)} en {legible(antes['periodo'][0])}{marca}" if antes.height else "",
        ultimo_valor=antes["valor"][0] if antes.height else None,
        ya=escrito(ahora),
        monto=es_monto(kpi),
    )
