"""De las observaciones a la tabla pública: el recorrido entero de la puerta."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from . import agrupacion, ecuaciones, secundaria
from .anterior import CLAVE, con_anterior, niveles_publicados, vacia
from .bloques import bloques, descubiertas
from .diferencias import delatadas, hermanas, persistentes, tardias
from .huecos import con_huecos
from .primaria import AUXILIARES, CIUDADANO, con_cuentas, con_familia, con_primaria, fichas_de_la_puerta
from .reglas import Reglas

OCULTABLES = ("valor", "numerador", "denominador")

@dataclass(frozen=True, slots=True)
class Publicacion:
    """La tabla pública y lo que costó protegerla.

    ``tabla``: las columnas de las observaciones menos ``archivo`` y ``fila``, más ``agrupado`` (meses que reúne la
    cifra; 0, ninguno) y ``protegido``; las cifras protegidas son nulas. ``costo``: ``mision, clase, celdas``.
    """

    tabla: pl.DataFrame
    costo: pl.DataFrame


def publicar(observaciones: pl.DataFrame, fichas: pl.DataFrame, reglas: Reglas, anterior: pl.DataFrame | None = None) -> Publicacion:
    """Aplica toda la puerta; nada de lo que devuelve permite deducir una celda oculta."""
    anterior = vacia() if anterior is None else anterior
    celdas = _celdas(observaciones, fichas, reglas)
    personas = celdas.filter("sobre_personas")
    bloques = _bloques(personas, reglas)
    tabla = pl.concat([personas.with_columns(pl.lit(False).alias("escasa")), bloques])
    niveles = agrupacion.niveles(personas, bloques, niveles_publicados(anterior, reglas.lugar_total))
    tabla = tabla.join(niveles, on=["kpi", "familia"], how="left").with_columns(pl.col("nivel", "nivel_total").fill_null(0))
    tabla = tabla.filter((pl.col("agrupado") == 0) | (pl.col("agrupado") == pl.col("nivel")))
    tabla = con_huecos(con_anterior(tabla.sort(CLAVE), anterior).with_row_index("celda"), reglas.lugar_total)
    decidida = _ocultar(tabla, reglas, anterior)
    return Publicacion(_final(celdas, decidida), _costo(decidida))


def _celdas(observaciones: pl.DataFrame, fichas: pl.DataFrame, reglas: Reglas) -> pl.DataFrame:
    """Las filas de acceso ciudadano, sin su nota (es texto libre y puede nombrar), con cuentas y ``primaria``."""
    libres = (
        observaciones.join(fichas_de_la_puerta(fichas), on="kpi").filter(pl.col("acceso") == CIUDADANO).drop("acceso")
        .with_columns(
            pl.when(pl.col("archivo") == "").then("nota").otherwise(pl.lit("")).alias("nota"),
            pl.lit(0, dtype=pl.Int32).alias("agrupado"),
        ).drop("archivo", "fila")
    )
    return con_primaria(con_cuentas(con_familia(libres, reglas.lugar_total)), reglas.k, reglas.lugar_total, reglas.poblacion)


def _bloques(personas: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    return pl.concat(
        agrupacion.agrupar(personas, meses, r.k, r.horizonte, r.ultimo_mes) for meses in (agrupacion.ANIO, agrupacion.TRIENIO)
    )


def _ocultar(tabla: pl.DataFrame, r: Reglas, anterior: pl.DataFrame) -> pl.DataFrame:
    """Añade ``oculta``: lo primario, los periodos que se publican agrupados y las tapas, hasta que nada se deduzca."""
    c = pl.col
    de_origen = c("primaria") | ((c("agrupado") == 0) & (c("nivel") > 0)) | (c("virtual") & ~c("conocida"))
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


def _primeras(pruebas: tuple[Callable[[pl.DataFrame], set[int]], ...], tabla: pl.DataFrame) -> set[int]:
    """Lo que pide ocultar la primera prueba que falla, de la más barata a la más cara."""
    visibles = set(tabla.filter(~pl.col("oculta"))["celda"].to_list())
    return next((nuevas for prueba in pruebas if (nuevas := prueba(tabla) & visibles)), set())


def _con_tapas(tabla: pl.DataFrame, celdas: set[int]) -> pl.DataFrame:
    return tabla.with_columns((pl.col("oculta") | pl.col("celda").is_in(sorted(celdas))).alias("oculta"))


def _cruzadas(periodo: pl.DataFrame, tabla: pl.DataFrame, k: int) -> set[int]:
    if not (tabla["cruzado"] & tabla["oculta"] & ~tabla["supuesta"]).any():
        return set()
    from .cruzadas import tablas, tapar

    return {celda for t in tablas(periodo, tabla) for celda in tapar(t, k)}


def _final(celdas: pl.DataFrame, decidida: pl.DataFrame) -> pl.DataFrame:
    """La tabla pública: lo que no es sobre personas, tal cual, y lo decidido con sus cifras ocultas en nulo."""
    libres = celdas.filter(~pl.col("sobre_personas")).with_columns(pl.lit(False).alias("oculta"))
    columnas = [c for c in celdas.columns if c not in (*AUXILIARES, "es_promedio", "familia", "cruzado", "a", "b", "primaria")]
    juntas = pl.concat([libres.select(*columnas, "oculta"), decidida.filter(~pl.col("escasa")).select(*columnas, "oculta")]).rename({"oculta": "protegido"})
    return juntas.with_columns(
        pl.when(~pl.col("protegido")).then(pl.col(x)).alias(x) for x in OCULTABLES
    ).sort("kpi", "lugar", "grupo", "unidad", "fin", "agrupado")


def _costo(decidida: pl.DataFrame) -> pl.DataFrame:
    """``mision, clase, celdas``: cuántas se publican, se protegen por sí solas, por su vecina, o se agrupan."""
    c = pl.col
    clase = (
        pl.when((c("agrupado") > 0) & ~c("oculta")).then(pl.lit("cifra agrupada"))
        .when(c("agrupado") > 0).then(None)
        .when(~c("oculta")).then(pl.lit("publicada"))
        .when(c("nivel") > 0).then(pl.lit("en periodos agrupados"))
        .when("primaria").then(pl.lit("primaria")).otherwise(pl.lit("secundaria"))
    )
    return (
        decidida.filter(~c("escasa")).with_columns(clase.alias("clase")).filter(c("clase").is_not_null())
        .group_by("mision", "clase").agg(pl.len().cast(pl.Int64).alias("celdas")).sort("mision", "clase")
    )
