"""Supresión primaria, por regla de umbral: qué celdas solas señalan a menos de ``k`` personas.

Cada celda se reduce a dos cuentas ``a`` y ``b`` que nunca son negativas y que se suman por separado
en todos los totales: numerador y complemento en un porcentaje (decir «9 de 9» también identifica),
numerador y denominador en otra razón, y la misma cuenta dos veces en un recuento.
"""

from __future__ import annotations

import polars as pl

from ..catalogo.modelos import CIUDADANO
from ..datos.columnas import entera
from .columnas import FICHAS

TOTAL = "total"
OCULTABLES = ("valor", "numerador", "denominador")
DELATORAS = ("fecha_dato", "estado")
"""Lo que, junto a una cifra oculta, diría si la hubo o cuándo."""
DE_CADA_CELDA = ("sobre_personas", "recuento", "proporcion", "factor", "es_promedio")


def fichas_de_privacidad(fichas: pl.DataFrame) -> pl.DataFrame:
    """Lo que se mira de cada ficha: ``columnas.FICHAS`` y ``es_promedio``, una fila por KPI.

    ``recuento`` se afina: un promedio no es un recuento.
    """
    return fichas.select(FICHAS.nombres).with_columns(
        (pl.col("agregacion") == "promedio").alias("es_promedio"),
        (pl.col("recuento") & pl.col("agregacion").is_in(["suma", "ultimo"])).alias("recuento"),
    )


def con_ficha(observaciones: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    """Las observaciones de acceso ciudadano, cada una con ``DE_CADA_CELDA`` de su ficha."""
    miradas = (
        fichas_de_privacidad(fichas)
        .filter(pl.col("acceso") == CIUDADANO)
        .select(pl.col("kpi").cast(observaciones.schema["kpi"]), *DE_CADA_CELDA)
    )
    ciudadanas = observaciones.filter(pl.col("kpi").is_in(miradas["kpi"].implode()))
    return ciudadanas.hstack(
        ciudadanas.select("kpi")
        .join(miradas, on="kpi", how="left", maintain_order="left")
        .drop("kpi")
    )


def es_el_total(lugar_total: str) -> pl.Expr:
    """¿Es la cifra del territorio entero, sin grupo ni unidad?"""
    return (pl.col("lugar") == lugar_total) & entera()


def sin_lo_protegido(tabla: pl.DataFrame) -> pl.DataFrame:
    """La tabla con nulo en las cifras de lo ``protegido`` y en lo que las delataría."""
    c = pl.col
    return tabla.with_columns(
        pl.when(~c("protegido")).then(c(x)).alias(x) for x in (*OCULTABLES, *DELATORAS)
    )


def con_cuentas(libres: pl.DataFrame) -> pl.DataFrame:
    """Añade ``a`` y ``b``; nulas si no es sobre personas o trae solo una tasa o un promedio."""
    return libres.with_columns(
        pl.when("sobre_personas").then(x).alias(q)
        for q, x in cuentas("valor", "numerador", "denominador").items()
    )


def cuentas(valor: str, numerador: str, denominador: str) -> dict[str, pl.Expr]:
    """Las cuentas ``a`` y ``b`` de esas tres columnas, según ``recuento`` y ``proporcion``."""
    c = pl.col
    razon = c(numerador).is_not_null() & c(denominador).is_not_null()
    recuento = c("recuento") & ~razon
    segunda = pl.when(c("proporcion")).then(c(denominador) - c(numerador)).otherwise(denominador)
    return {
        q: pl.when(razon).then(x).when(recuento).then(valor)
        for q, x in (("a", c(numerador)), ("b", segunda))
    }


def con_primaria(cuentas: pl.DataFrame, k: int, lugar_total: str, poblacion: float) -> pl.DataFrame:
    """Añade ``primaria``: una cuenta es menor que ``k``, o es la tasa sin base de una parte.

    Una tasa del territorio entero sin su denominador se prueba con el mayor que se le conoce: la
    suma de sus partes o, si no hay, ``poblacion``. Si ni con él llega a ``k`` personas, se oculta.
    """
    c = pl.col
    pocas = (c("sobre_personas") & ((c("a") < k) | (c("b") < k))).fill_null(False).alias("primaria")
    tasas = (
        cuentas.with_row_index("n")
        .filter("sobre_personas", c("a").is_null())
        .join(_base_de_partes(cuentas, lugar_total), on=["kpi", "fin"], how="left")
    )
    parte = (c("lugar") != lugar_total) | (c("grupo") != TOTAL) | (c("unidad") != "")
    base = c("base_de_partes").fill_null(poblacion)
    casos = (c("valor") / c("factor") * base).round(0)
    sin_base = parte | (~c("es_promedio") & ((casos < k) | (c("proporcion") & (base - casos < k))))
    return cuentas.with_columns(
        cuentas.select(pocas)["primaria"].scatter(
            tasas["n"], tasas.select(sin_base.alias("primaria"))["primaria"]
        )
    )


def _base_de_partes(cuentas: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """El mayor denominador que se deduce sumando las partes de un total del que no se dice.

    ``kpi, fin, base_de_partes``, una fila por periodo.
    """
    sin_cuentas = (
        cuentas.select("kpi", "sobre_personas", "a")
        .filter("sobre_personas", pl.col("a").is_null())["kpi"]
        .unique()
    )
    partes = cuentas.select("kpi", "fin", "lugar", "grupo", "unidad", "denominador").filter(
        pl.col("kpi").is_in(sin_cuentas.implode()), pl.col("denominador").is_not_null()
    )
    return (
        con_familia(partes, lugar_total)
        .filter(pl.col("familia") != TOTAL)
        .group_by("kpi", "fin", "familia")
        .agg(pl.col("denominador").sum())
        .group_by("kpi", "fin")
        .agg(pl.col("denominador").max().alias("base_de_partes"))
    )


def con_familia(tabla: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """Añade ``familia`` (total, anexos, unidades o la dimensión del grupo) y ``cruzado``.

    Un KPI es cruzado si se abre por dos cosas a la vez (anexo y sexo, unidad y anexo): sus sumas se
    enlazan y piden otra prueba (``tablas_enlazadas``).
    """
    c = pl.col
    dimensiones = tabla.select(c("grupo").unique()).with_columns(
        c("grupo")
        .cast(pl.String)
        .str.split(":")
        .list.first()
        .cast(tabla.schema["grupo"])
        .alias("dimension")
    )
    familia = (
        pl.when(c("unidad") != "")
        .then(pl.lit("unidades"))
        .when(c("grupo") != TOTAL)
        .then("dimension")
        .when(c("lugar") != lugar_total)
        .then(pl.lit("anexos"))
        .otherwise(pl.lit(TOTAL))
    )
    doble = (c("grupo") != TOTAL) & ((c("lugar") != lugar_total) | (c("unidad") != ""))
    por_unidad, por_anexo = (c("familia") == "unidades").any(), (c("familia") == "anexos").any()
    con_ella = (
        tabla.join(dimensiones, on="grupo", how="left", maintain_order="left")
        .with_columns(familia.alias("familia"))
        .drop("dimension")
    )
    cruzados = (
        con_ella.group_by("kpi")
        .agg((doble.any() | (por_unidad & por_anexo)).alias("cruzado"))
        .filter("cruzado")["kpi"]
    )
    return con_ella.with_columns(c("kpi").is_in(cruzados.implode()).alias("cruzado"))
