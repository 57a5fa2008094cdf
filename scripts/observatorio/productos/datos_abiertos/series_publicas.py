"""El análisis de cada KPI en los datos públicos: lo mismo que dice la página, para programas."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import polars as pl

from ...base.numeros import canonico
from ...base.tablas import nombres
from ...metodo.ceplan import ADVERTENCIA
from ...metodo.quiebres import con_tramos
from ...metodo.registros import Analisis, Control
from ...presentacion.kpi.pasos import explicar, partes_de
from ...resultados.control import controles
from ...resultados.resultados import Resultados
from ..columnas import DEL_ANALISIS


def certeza_de(a: Analisis, conteo: str) -> dict[str, object]:
    """Cuán seguro es el estado: las dos preguntas, con su respuesta y su señal, y qué son las
    cuentas de la fuente. La probabilidad no se publica: de ella se despejaría ``n``.
    """
    return {
        "peor_que_la_base": {"respuesta": a.peor, "senal": a.senal_base},
        "al_paso": {"respuesta": a.al_paso, "senal": a.senal_paso},
        "conteo": conteo,
    }


def analisis_de(a: Analisis) -> dict[str, object]:
    """Lo que acompaña al estado de un KPI; ``a``, su análisis."""

    def si(columna: str, *claves: tuple[str, str]) -> dict[str, object] | None:
        return (
            None if getattr(a, columna) is None else {n: _publico(getattr(a, c)) for n, c in claves}
        )

    return {
        "intervalo": si("minimo_95", ("minimo", "minimo_95"), ("maximo", "maximo_95")),
        "intervalo_base": si(
            "base_minimo_95", ("minimo", "base_minimo_95"), ("maximo", "base_maximo_95")
        ),
        "cambio": si("cambio_min_95", ("minimo", "cambio_min_95"), ("maximo", "cambio_max_95")),
        "necesario_por_anio": canonico(a.necesario_por_anio),
        "naturaleza": a.naturaleza_analisis,
        "tendencia": a.tendencia,
        "naturaleza_tendencia": a.naturaleza_tendencia,
        "puntos": a.puntos,
        "pendiente": si(
            "p",
            ("por_anio", "pendiente"),
            ("minimo", "pendiente_min"),
            ("maximo", "pendiente_max"),
            ("p", "p"),
            ("desde", "desde"),
            ("hasta", "hasta"),
        ),
        "proyeccion": si(
            "proyeccion",
            ("valor", "proyeccion"),
            ("minimo", "proyeccion_min"),
            ("maximo", "proyeccion_max"),
        ),
        "ceplan": (
            (si("ceplan_i", ("tipo_i", "ceplan_i"), ("luz_i", "ceplan_i_luz")) or {})
            | (si("ceplan_ii", ("tipo_ii", "ceplan_ii"), ("luz_ii", "ceplan_ii_luz")) or {})
            | {"nota": ADVERTENCIA}
        ),
    }


def _publico(valor: object) -> object:
    return canonico(valor) if isinstance(valor, float) else valor


def calculos(r: Resultados) -> dict[str, list[dict[str, Any]]]:
    """``código → pasos`` de todos los KPI."""
    t = r.catalogo.territorio
    return {
        c: [
            p.como_dict()
            for p in explicar(
                k,
                r.evaluados[c],
                r.analizados[c],
                t.metodo,
                t.fecha_corte,
                partes_de(r.publica, r.evaluados[c], t.ubigeo),
            )
        ]
        for c, k in r.catalogo.kpis.items()
    }


def tramos_de(r: Resultados) -> dict[str, list[dict[str, object]]]:
    """``código → tramos`` de la serie del territorio: desde y hasta qué periodo, cuántas medidas y
    si mezcla dos métodos.

    Entre un tramo y otro cambió el método: no se comparan.
    """
    c = pl.col
    del_territorio = r.series.filter(c("lugar") == r.catalogo.territorio.ubigeo)
    tramos = (
        con_tramos(del_territorio, r.evaluacion)
        .filter(c("valor").is_not_null())
        .group_by("kpi", "tramo", "mixta", maintain_order=True)
        .agg(
            c("periodo").first().alias("desde"),
            c("periodo").last().alias("hasta"),
            pl.len().alias("medidas"),
        )
    )
    salida: dict[str, list[dict[str, object]]] = {k: [] for k in r.catalogo.kpis}
    for f in tramos.iter_rows(named=True):
        salida[f["kpi"]].append({x: f[x] for x in ("desde", "hasta", "medidas", "mixta")})
    return salida


def brechas_de(r: Resultados) -> dict[str, list[dict[str, object]]]:
    """``código → brechas`` entre anexos y entre grupos, con el nombre de cada anexo."""
    nombres = r.catalogo.lugares
    salida: dict[str, list[dict[str, object]]] = {c: [] for c in r.catalogo.kpis}
    for f in r.brechas.drop("mision").iter_rows(named=True):
        extremos = {x: nombres.get(f[x], f[x]) for x in ("menor", "mayor")}
        extremos |= {
            "partes": [
                {"parte": nombres.get(p["parte"], p["parte"]), "valor": canonico(p["valor"])}
                for p in f["partes"]
            ]
        }
        salida[f["kpi"]].append({c: _publico(v) for c, v in (f | extremos).items() if c != "kpi"})
    return salida


def columnas_de(r: Resultados) -> dict[str, dict[str, object]]:
    """``código → DEL_ANALISIS`` para el CSV."""
    suyas = nombres(DEL_ANALISIS)
    return {kpi: {c: _publico(getattr(a, c)) for c in suyas} for kpi, a in r.analizados.items()}


def controles_de(r: Resultados) -> dict[str, object]:
    """``código → control XmR``: el objeto, por qué no lo lleva o nulo si no es mensual ni
    trimestral.
    """
    catalogo = r.catalogo
    hechos = controles(r.publica, catalogo.kpis.values(), r.evaluados, catalogo.territorio.ubigeo)
    return {
        c: _redondo(asdict(hecho)) if isinstance(hecho, Control) else hecho or None
        for c, hecho in hechos.items()
    }


def embudos_de(r: Resultados) -> dict[str, object]:
    """``código → embudo de los anexos``, en orden alfabético; nulo donde no cabe."""
    return {c: _redondo(asdict(hecho)) if hecho else None for c, hecho in r.embudos.items()}


def _redondo(valor: object) -> object:
    """Los números de un registro con sus cifras canónicas."""
    if isinstance(valor, dict):
        return {c: _redondo(v) for c, v in valor.items()}
    if isinstance(valor, list | tuple):
        return [_redondo(v) for v in valor]
    return _publico(valor)
