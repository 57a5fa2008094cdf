"""De las observaciones a la tabla pública: el recorrido entero de la puerta."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from ..base.texto import con_textos
from ..datos.serie import MESES_POSIBLES, SERIE, en_orden
from . import agrupacion, ecuaciones, secundaria
from .alcance import enlazadas
from .bloques import bloques, descubiertas
from .entre_ediciones import delatadas, hermanas, persistentes, tardias
from .historial import CLAVE, con_anterior, niveles_publicados, vacia
from .no_informadas import con_huecos
from .parametros import Reglas
from .previas import con_vistas_idas
from .primaria import con_cuentas, con_ficha, con_primaria, fichas_de_la_puerta

OCULTABLES = ("valor", "numerador", "denominador")


@dataclass(frozen=True, slots=True)
class Publicacion:
    """La tabla pública y lo que costó protegerla.

    ``tabla``: las columnas de las observaciones menos ``archivo`` y ``fila``, más ``agrupado`` (meses que reúne la
    cifra; 0, ninguno) y ``protegido``; las cifras protegidas son nulas. ``costo``: ``mision, clase, celdas``.
    """

    tabla: pl.DataFrame
    costo: pl.DataFrame


def publicar(
    observaciones: pl.DataFrame,
    fichas: pl.DataFrame,
    reglas: Reglas,
    anterior: pl.DataFrame | None = None,
) -> Publicacion:
    """Aplica toda la puerta; nada de lo que devuelve permite deducir una celda oculta.

    Los textos pueden venir como ``pl.Categorical``, y así salen. Solo se decide sobre las celdas que enlazan con alguna de riesgo.
    """
    anterior = vacia() if anterior is None else anterior
    celdas = _celdas(observaciones, fichas, reglas)
    decidida = _decidir(_dudosas(celdas, fichas, reglas, anterior), reglas, anterior)
    return Publicacion(_final(celdas, decidida, observaciones.columns), _costo(celdas, decidida))


def _celdas(observaciones: pl.DataFrame, fichas: pl.DataFrame, reglas: Reglas) -> pl.DataFrame:
    """Las filas de acceso ciudadano, sin su nota (es texto libre y puede nombrar), con cuentas, ``primaria`` y ``orden``."""
    libres = (
        con_ficha(observaciones, fichas)
        .with_columns(
            pl.when(pl.col("archivo") == "").then("nota").otherwise(pl.lit("")).alias("nota"),
            pl.lit(0, dtype=pl.Int32).alias("agrupado"),
        )
        .drop("archivo", "fila")
    )
    return con_primaria(
        con_cuentas(libres), reglas.k, reglas.lugar_total, reglas.poblacion
    ).with_row_index("orden")


def _dudosas(
    celdas: pl.DataFrame, fichas: pl.DataFrame, r: Reglas, anterior: pl.DataFrame
) -> pl.DataFrame:
    """Las celdas sobre personas cuya suerte depende de otra, con las cifras de sus bloques, ``nivel`` y ``escasa``."""
    de_la_puerta, publicados = (
        fichas_de_la_puerta(fichas),
        niveles_publicados(anterior, r.lugar_total),
    )
    elegidas, aptos = enlazadas(
        celdas, de_la_puerta.filter("agrupable")["kpi"].to_list(), publicados, anterior, r
    )
    faltan = [x for x in de_la_puerta.drop("acceso").columns if x not in celdas.columns]
    personas = con_textos(celdas[elegidas["orden"]].hstack(elegidas.drop("orden"))).join(
        de_la_puerta.select("kpi", *faltan), on="kpi", how="left", maintain_order="left"
    )
    aptas = personas.filter(pl.col("kpi").is_in(aptos))
    bloques = pl.concat(
        agrupacion.agrupar(aptas, meses, r.k, r.horizonte, r.ultimo_mes)
        for meses in (agrupacion.ANIO, agrupacion.TRIENIO)
    )
    niveles = agrupacion.niveles(aptas, bloques, publicados)
    tabla = pl.concat([personas.with_columns(pl.lit(False).alias("escasa")), bloques])
    tabla = tabla.join(niveles, on=["kpi", "familia"], how="left").with_columns(
        pl.col("nivel", "nivel_total").fill_null(0)
    )
    tabla = tabla.filter((pl.col("agrupado") == 0) | (pl.col("agrupado") == pl.col("nivel")))
    return con_vistas_idas(
        con_anterior(tabla.sort(CLAVE), anterior), anterior, niveles, r.lugar_total
    )


def _decidir(dudosas: pl.DataFrame, r: Reglas, anterior: pl.DataFrame) -> pl.DataFrame:
    return _ocultar(con_huecos(dudosas.with_row_index("celda"), r.lugar_total), r, anterior)


def _ocultar(tabla: pl.DataFrame, r: Reglas, anterior: pl.DataFrame) -> pl.DataFrame:
    """Añade ``oculta``: lo primario, los periodos que se publican agrupados y las tapas, hasta que nada se deduzca."""
    c = pl.col
    de_origen = (
        c("primaria") | ((c("agrupado") == 0) & (c("nivel") > 0)) | (c("virtual") & ~c("conocida"))
    )
    tabla = tabla.with_columns(de_origen.alias("oculta"))
    periodo = ecuaciones.del_periodo(tabla, r.lugar_total)
    todas = ecuaciones.juntar(periodo, ecuaciones.de_los_bloques(tabla))
    matrices = bloques(tabla)
    pruebas: tuple[Callable[[pl.DataFrame], set[int]], ...] = (
        lambda t: secundaria.elegir(todas, t, secundaria.violadas(todas, t, r.k)),
        lambda t: secundaria.tasas(periodo, t),
        lambda t: descubiertas(matrices, t, r.k),
        lambda t: delatadas(t, anterior, r),
        hermanas,
        tardias,
        persistentes,
        lambda t: _cruzadas(periodo, t, r.k),
    )
    while nuevas := _primeras(pruebas, tabla):
        tabla = _con_tapas(tabla, nuevas)
    return tabla


def _primeras(
    pruebas: tuple[Callable[[pl.DataFrame], set[int]], ...], tabla: pl.DataFrame
) -> set[int]:
    """Lo que pide ocultar la primera prueba que falla, de la más barata a la más cara."""
    visibles = set(tabla.filter(~pl.col("oculta"))["celda"].to_list())
    return next((nuevas for prueba in pruebas if (nuevas := prueba(tabla) & visibles)), set())


def _con_tapas(tabla: pl.DataFrame, celdas: set[int]) -> pl.DataFrame:
    return tabla.with_columns(
        (pl.col("oculta") | pl.col("celda").is_in(sorted(celdas))).alias("oculta")
    )


def _cruzadas(periodo: pl.DataFrame, tabla: pl.DataFrame, k: int) -> set[int]:
    if not (tabla["cruzado"] & tabla["oculta"] & ~tabla["supuesta"]).any():
        return set()
    from .tablas_enlazadas import tablas, tapar

    return {celda for t in tablas(periodo, tabla) for celda in tapar(t, k)}


def _final(celdas: pl.DataFrame, decidida: pl.DataFrame, columnas: list[str]) -> pl.DataFrame:
    """La tabla pública: cada celda con sus cifras en nulo si se oculta, y las cifras agrupadas que se publican."""
    c = pl.col
    quedan = [x for x in (*columnas, "agrupado") if x in celdas.columns]
    ocultas = decidida.filter("oculta", c("orden").is_not_null())["orden"]
    protegido = _marcas("protegido", celdas, ocultas)
    agrupadas = decidida.filter(c("agrupado") > 0, ~c("escasa")).select(
        *(c(x).cast(celdas.schema[x]) for x in quedan), c("oculta").alias("protegido")
    )
    juntas = pl.concat([celdas.select(*quedan, protegido), agrupadas], rechunk=False)
    return en_orden(
        juntas.with_columns(pl.when(~c("protegido")).then(c(x)).alias(x) for x in OCULTABLES),
        SERIE,
        {"fin": MESES_POSIBLES, "agrupado": agrupacion.TRIENIO + 1},
    )


def _marcas(nombre: str, celdas: pl.DataFrame, filas: pl.Series) -> pl.Series:
    return pl.Series(nombre, [False]).new_from_index(0, celdas.height).scatter(filas, True)


def _costo(celdas: pl.DataFrame, decidida: pl.DataFrame) -> pl.DataFrame:
    """``mision, clase, celdas``: cuántas se publican, se protegen por sí solas, por su vecina, o se agrupan."""
    c = pl.col
    clase = (
        pl.when((c("agrupado") > 0) & ~c("oculta"))
        .then(pl.lit("cifra agrupada"))
        .when(c("agrupado") > 0)
        .then(None)
        .when(~c("oculta"))
        .then(pl.lit("publicada"))
        .when(c("nivel") > 0)
        .then(pl.lit("en periodos agrupados"))
        .when("primaria")
        .then(pl.lit("primaria"))
        .otherwise(pl.lit("secundaria"))
    )
    dudosa = _marcas("dudosa", celdas, decidida["orden"].drop_nulls())
    sin_duda = celdas.select("mision", "sobre_personas", dudosa).filter(
        "sobre_personas", ~c("dudosa")
    )
    contadas = pl.concat(
        [
            decidida.filter(~c("escasa")).group_by("mision", clase.alias("clase")).len(),
            sin_duda.group_by(c("mision").cast(pl.String))
            .len()
            .select("mision", pl.lit("publicada").alias("clase"), "len"),
        ]
    )
    return (
        contadas.filter(c("clase").is_not_null())
        .group_by("mision", "clase")
        .agg(c("len").sum().cast(pl.Int64).alias("celdas"))
        .sort("mision", "clase")
    )
