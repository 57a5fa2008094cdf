"""Qué celdas pueden acabar ocultas: las que enlazan con alguna de riesgo.

Las demás se publican sin mirarlas más. Entre dos KPI solo cruzan restas los enlaces que el catálogo
declara, y los enlazados se miran juntos y enteros. Dentro de uno, dos periodos
solo se enlazan si se agrupan o si ya se publicó antes; si no, un periodo sin celdas de riesgo se
publica entero. Es de *riesgo* la celda ``primaria``, la que no trae cuentas y el periodo con un
total al que le falta poco de lo que todavía no se informó (``residuos_sensibles``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ..base.texto import con_textos
from .agrupacion import MITAD
from .captacion import con_captacion, de_la_captacion
from .columnas import CUENTAS, TOTAL_EC
from .historial import CLAVE, ultima_publicacion
from .kpis_enlazados import con_enlazados
from .parametros import Reglas
from .primaria import TOTAL, con_familia
from .secundaria import MINIMO

MIRADAS = ("orden", "kpi", "fin", "lugar", "grupo", "unidad", "sobre_personas", "primaria")
PERIODO = ["kpi", "fin"]
RIESGO = pl.col("primaria") | pl.col("sin_cuentas")


@dataclass(frozen=True, slots=True)
class Alcance:
    """Sobre qué hay que decidir.

    ``celdas``: ``orden, familia, cruzado``, una por fila. ``agrupables``: códigos de los KPI cuyos
    periodos pueden publicarse agrupados.
    """

    celdas: pl.DataFrame
    agrupables: list[str]


def delimitar(
    celdas: pl.DataFrame,
    agrupables: list[str],
    publicados: pl.DataFrame,
    anterior: pl.DataFrame,
    r: Reglas,
) -> Alcance:
    """Las celdas que enlazan con alguna de riesgo.

    Entra el KPI entero si sus periodos se enlazan; si no, los periodos con alguna celda de riesgo.
    ``agrupables``: los KPI que lo declaran; ``publicados``: ``kpi, familia, nivel`` ya publicados;
    ``anterior``: ``columnas.HISTORIAL``.
    """
    c = pl.col
    residuos = residuos_sensibles(celdas, r)
    posibles = con_familia(_con_riesgo(celdas, anterior, residuos, r), r.lugar_total)
    aptos = _por_agrupar(posibles, agrupables, publicados)
    enlazados = {c for c, e in r.enlaces} | {o.kpi for _, e in r.enlaces for o in e.con}
    enteros = sorted({*aptos, *_kpis(anterior), *enlazados})
    periodos = (
        pl.concat([posibles.filter(RIESGO).select("kpi", "fin"), residuos])
        .unique()
        .with_columns(pl.lit(True).alias("dudoso"))
    )
    elegidas = posibles.join(periodos, on=["kpi", "fin"], how="left", maintain_order="left").filter(
        c("kpi").is_in(enteros) | c("dudoso").fill_null(False)
    )
    return Alcance(elegidas.select("orden", "familia", "cruzado"), aptos)


def _con_riesgo(
    celdas: pl.DataFrame, anterior: pl.DataFrame, residuos: pl.DataFrame, r: Reglas
) -> pl.DataFrame:
    """Las celdas sobre personas de los KPI con algo de riesgo.

    Y de los que antes ocultaron, agruparon o dejaron de mostrar algo, y de sus enlazados.
    """
    c = pl.col
    miradas = celdas.select(*MIRADAS, c("a").is_null().alias("sin_cuentas"))
    callados = _kpis(
        anterior.filter((c("vista") < ultima_publicacion(anterior)) | (c("agrupado") > 0))
    )
    de_riesgo = {
        *_kpis(miradas.filter("sobre_personas", RIESGO)),
        *_kpis(residuos),
        *callados,
        *_kpis_con_retiradas(celdas, anterior),
    }
    kpis = sorted(con_enlazados(de_riesgo, r.enlaces))
    return miradas.filter("sobre_personas", c("kpi").is_in(kpis))


def _kpis_con_retiradas(celdas: pl.DataFrame, anterior: pl.DataFrame) -> list[str]:
    """Los KPI con una celda que una edición mostró y que ninguna fila trae ya."""
    vistas = anterior.filter(pl.col("vista") > 0)
    if vistas.is_empty():
        return []
    presentes = con_textos(celdas.filter(pl.col("kpi").is_in(_kpis(vistas))).select(CLAVE))
    return _kpis(vistas.join(presentes, on=CLAVE, how="anti"))


def _por_agrupar(
    posibles: pl.DataFrame, agrupables: list[str], publicados: pl.DataFrame
) -> list[str]:
    """Los KPI que pueden publicarse por periodos agrupados.

    Son aquellos de los que alguna familia casi no se vería, o ya se agrupó.
    """
    c = pl.col
    visible = (
        posibles.filter(c("kpi").is_in(agrupables), ~c("sin_cuentas"))
        .group_by("kpi", "familia")
        .agg((~c("primaria")).mean().alias("visible"))
    )
    return sorted(
        {*_kpis(visible.filter(c("visible") < MITAD)), *_kpis(publicados.filter(c("nivel") > 0))}
    )


def _kpis(tabla: pl.DataFrame) -> list[str]:
    return tabla["kpi"].unique().cast(pl.String).to_list()


def residuos_sensibles(celdas: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """``kpi, fin`` de los periodos con un total al que le falta poco de sus anexos o sus unidades.

    Lo que falta, entre 0 y ``k`` en alguna cuenta, es de quien no informó todavía, y puede salir de
    restar. Se prefiere de más a de menos: el periodo solo se mira con cuidado (``secundaria``).

    Donde el total no está, vale por él lo que suma otra familia. Un lugar abierto sin su propio
    total se señala siempre que el periodo tenga alguno; un periodo solo de partes no tiene de qué
    restar.
    """
    c = pl.col
    del_total, sin_unidad = c("lugar") == r.lugar_total, c("unidad") == ""
    con_cuentas = celdas.select(
        *PERIODO, "lugar", "grupo", "unidad", "sobre_personas", *CUENTAS
    ).filter("sobre_personas", c("a").is_not_null())
    con_total = (
        con_cuentas.filter(sin_unidad, del_total | (c("grupo") == TOTAL)).select(PERIODO).unique()
    )
    con_cuentas = (
        con_cuentas.join(con_total, on=PERIODO, how="semi")
        if con_total.height
        else con_cuentas.clear()
    )
    anexos, unidades, enteras = (
        con_cuentas.filter(~del_total, sin_unidad),
        con_cuentas.filter(~sin_unidad),
        con_cuentas.filter(sin_unidad),
    )
    if anexos.is_empty() and unidades.is_empty():
        return celdas.clear().select(PERIODO)
    familias = [
        _sumas(anexos.filter(c("grupo") == TOTAL), PERIODO),
        _sumas(unidades.filter(c("grupo") == TOTAL), PERIODO),
    ]
    generales = [
        enteras.filter(del_total, c("grupo") == TOTAL),
        *familias,
        _por_dimension(enteras.filter(del_total)),
    ]
    de_lugar, de_grupo = [*PERIODO, "lugar", "grupo"], [*PERIODO, "grupo"]
    hallados = [
        _con_residuo(familia, total, PERIODO, r.k) for familia in familias for total in generales
    ]
    if not unidades.is_empty():
        # Donde una unidad cubre otra cosa que su sede, suma a su captación y no a ese lugar.
        amplios = con_captacion(con_cuentas, r.captaciones)
        por_lugar = _sumas(unidades.filter(~c("kpi").is_in(amplios)), de_lugar)
        hallados.append(_con_residuo_de_captacion(con_cuentas, r))
        hallados += [
            _con_residuo(por_lugar, enteras, de_lugar, r.k),
            _con_residuo(_sumas(unidades, de_grupo), enteras.filter(del_total), de_grupo, r.k),
            por_lugar.filter(~del_total).join(enteras, on=de_lugar, how="anti").select(PERIODO),
        ]
    abiertos = anexos.filter(c("grupo") != TOTAL)
    sin_total = abiertos.join(
        anexos.filter(c("grupo") == TOTAL), on=[*PERIODO, "lugar"], how="anti"
    ).select(PERIODO)
    return pl.concat([*hallados, sin_total]).unique()


def _con_residuo_de_captacion(celdas: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """``kpi, fin`` en que a unos lugares les falta poco de las unidades que los atienden."""
    c = pl.col
    numeradas = celdas.with_row_index("celda")
    sumas = de_la_captacion(numeradas, r.captaciones, r.lugar_total)
    signo = pl.when(c("papel") == TOTAL_EC).then(1.0).otherwise(-1.0)
    residuos = (
        sumas.join(numeradas.select("celda", *PERIODO, *CUENTAS), on="celda")
        .group_by("ecuacion", *PERIODO)
        .agg((c(q) * signo).sum() for q in CUENTAS)
    )
    sensible = pl.any_horizontal((c(q) > MINIMO) & (c(q) < r.k) for q in CUENTAS)
    return residuos.filter(sensible).select(PERIODO)


def _sumas(partes: pl.DataFrame, clave: list[str]) -> pl.DataFrame:
    return partes.group_by(clave).agg(pl.col(CUENTAS).sum())


def _por_dimension(totales: pl.DataFrame) -> pl.DataFrame:
    """Lo que suma cada dimensión (sexo…) del territorio: su total, aunque ninguna fila lo dé."""
    grupos = totales.filter(pl.col("grupo") != TOTAL)
    dimension = pl.col("grupo").cast(pl.String).str.split(":").list.first().alias("dimension")
    return _sumas(grupos.with_columns(dimension), [*PERIODO, "dimension"])


def _con_residuo(
    partes: pl.DataFrame, totales: pl.DataFrame, clave: list[str], k: int
) -> pl.DataFrame:
    unidas = partes.join(
        totales.select(*clave, *(pl.col(q).alias(f"total_{q}") for q in CUENTAS)), on=clave
    )
    residuos = [pl.col(f"total_{q}") - pl.col(q) for q in CUENTAS]
    sensible = pl.any_horizontal((x > MINIMO) & (x < k) for x in residuos)
    return unidas.filter(sensible).select(PERIODO)
