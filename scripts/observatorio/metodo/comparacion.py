"""Comparación entre anexos, entre grupos y con otros distritos: brecha y razón, siempre dentro del
mismo periodo.

Dos cifras de años distintos no se comparan: donde no hay un periodo común, se dice y no se calcula.
"""

from __future__ import annotations

from math import comb
from statistics import NormalDist

import polars as pl

from ..base.texto import con_textos
from .columnas import BRECHAS
from .intervalos import wilson
from .naturaleza import menos_firme

ANEXO = "anexo"
NIVEL = 0.05
PERIODOS_DISTINTOS = "de años distintos: no se compara"


def brechas(publica: pl.DataFrame, fichas: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """Por KPI y ámbito (``anexo`` o la dimensión de los grupos), los extremos del último periodo
    con dos o más cifras: la tabla ``BRECHAS``.

    ``brecha = mayor − menor``; ``razon = mayor / menor``, nula si el menor es 0 o negativo, y en
    los totales y las escalas sin cero propio, que no se comparan dividiendo. ``distinguible``, si
    los intervalos de Wilson de los extremos no se tocan; nulo donde no se conocen. Como los
    extremos se eligen entre ``n`` partes, el nivel de cada intervalo se corrige por sus
    ``n(n − 1)/2`` comparaciones (Bonferroni); ``menor_minimo``… ``mayor_maximo`` son esos
    intervalos. Lo protegido no entra: ``partes`` da ``parte, valor`` de cada una de ese periodo,
    nulo lo protegido, y ``protegidas``, cuántas lo están.
    """
    c = pl.col
    todas = partes_de(publica, lugar_total)
    visibles = todas.filter(c("valor").is_not_null()).join(
        fichas.select("kpi", "factor", "casos", "comparable"), on="kpi"
    )
    partes = visibles.with_columns(pl.len().over("kpi", "ambito", "fin").alias("cuantos"))
    bajo, alto = wilson(c("numerador"), c("denominador"), c("factor"), _z(partes))
    partes = partes.with_columns(
        pl.when("casos").then(bajo).alias("bajo"), pl.when("casos").then(alto).alias("alto")
    )
    listadas = todas.group_by("kpi", "ambito", "fin", "periodo").agg(
        pl.struct("parte", "valor").sort_by("parte").alias("partes"),
        c("protegido").sum().alias("protegidas"),
    )
    return (
        _extremos(partes)
        .join(listadas, on=["kpi", "ambito", "fin", "periodo"], how="left", maintain_order="left")
        .select(BRECHAS.nombres)
    )


def cuentas_de_brechas(brechas: pl.DataFrame, mision: str) -> dict[str, int]:
    """Cuántas comparaciones tiene una misión y en cuántas la diferencia se distingue del azar."""
    suyas = brechas.filter(pl.col("mision") == mision)
    return {"comparadas": suyas.height, "distinguibles": int(suyas["distinguible"].sum())}


def partes_de(publica: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """Las filas de un anexo entero, o de un grupo del territorio entero, con su ``ambito`` y su
    ``parte``.
    """
    c = pl.col
    es_grupo = c("grupo") != "total"
    una = con_textos(publica.filter(c("unidad") == "", (c("lugar") == lugar_total) == es_grupo))
    return una.with_columns(
        pl.when(es_grupo)
        .then(c("grupo").str.split(":").list.first())
        .otherwise(pl.lit(ANEXO))
        .alias("ambito"),
        pl.when(es_grupo)
        .then(c("grupo").str.split(":").list.last())
        .otherwise("lugar")
        .alias("parte"),
    )


def _z(partes: pl.DataFrame) -> pl.Expr:
    """La z de cada fila, para que entre todos los pares de sus ``cuantos`` partes el nivel sea
    ``NIVEL``.
    """
    cuantos = {
        n: NormalDist().inv_cdf(1 - NIVEL / 2 / max(comb(n, 2), 1))
        for n in partes["cuantos"].unique().to_list()
    }
    return pl.col("cuantos").replace_strict(cuantos, return_dtype=pl.Float64)


def _extremos(partes: pl.DataFrame) -> pl.DataFrame:
    """Una fila por KPI y ámbito, con el último periodo en que hay al menos dos cifras."""
    c = pl.col
    menor, mayor = (pl.struct("parte", "valor", "bajo", "alto").sort_by("valor", "parte"),) * 2
    por_periodo = partes.group_by("kpi", "mision", "ambito", "fin", "periodo", "comparable").agg(
        c("cuantos").first(),
        menor.first().alias("a"),
        mayor.last().alias("z"),
        menos_firme("naturaleza"),
    )
    ultimo = (
        por_periodo.filter(c("cuantos") > 1)
        .sort("fin")
        .group_by("kpi", "ambito")
        .last()
        .sort("kpi", "ambito")
    )
    a, z = c("a").struct, c("z").struct
    return ultimo.with_columns(
        a.field("parte").alias("menor"),
        a.field("valor").alias("menor_valor"),
        z.field("parte").alias("mayor"),
        z.field("valor").alias("mayor_valor"),
        (z.field("valor") - a.field("valor")).alias("brecha"),
        pl.when(c("comparable") & (a.field("valor") > 0))
        .then(z.field("valor") / a.field("valor"))
        .alias("razon"),
        (z.field("bajo") > a.field("alto")).alias("distinguible"),
        *(
            x.field(limite).alias(f"{extremo}_{nombre}")
            for extremo, x in (("menor", a), ("mayor", z))
            for limite, nombre in (("bajo", "minimo"), ("alto", "maximo"))
        ),
    )


def frente_a_distritos(provincia: pl.DataFrame, ubigeo: str) -> pl.DataFrame:
    """El distrito ``ubigeo`` frente a los demás de su provincia, un indicador por fila.

    ``provincia``: ``ubigeo, indicador, periodo, valor, unidad``. Devuelve
    ``indicador, unidad, periodo, valor, otros, mediana, brecha (valor − mediana),
    razon (valor / mediana), puesto``
    (1 = el valor más alto) y ``motivo``, que dice por qué no se compara.
    """
    c = pl.col
    propio = c("ubigeo") == ubigeo
    resumen = (
        provincia.with_columns(c("valor").cast(pl.Float64), c("periodo").fill_null(""))
        .group_by("indicador", maintain_order=True)
        .agg(
            c("unidad").first(),
            c("periodo").filter(propio).first(),
            (c("periodo").n_unique() > 1).alias("distintos"),
            c("valor").filter(propio).first(),
            c("valor").filter(~propio).len().alias("otros"),
            c("valor").filter(~propio).median().alias("mediana"),
            (c("valor") > c("valor").filter(propio).first()).sum().alias("por_encima"),
        )
    )
    comparable = ~c("distintos") & c("valor").is_not_null() & (c("otros") > 0)
    return resumen.with_columns(
        pl.when(comparable).then("mediana").alias("mediana"),
        pl.when(comparable).then(c("valor") - c("mediana")).alias("brecha"),
        pl.when(comparable & (c("mediana") > 0)).then(c("valor") / c("mediana")).alias("razon"),
        pl.when(comparable).then(c("por_encima") + 1).alias("puesto"),
        pl.when("distintos").then(pl.lit(PERIODOS_DISTINTOS)).alias("motivo"),
    ).drop("distintos", "por_encima")
