"""Comparación entre anexos, entre grupos y con otros distritos: brecha y razón, siempre dentro del
mismo periodo.

Dos cifras de años distintos no se comparan: donde no hay un periodo común, se dice y no se calcula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from ..base.edades import se_pisan
from ..base.texto import con_textos
from .columnas import BRECHAS
from .dos_muestras import (
    Contado,
    diferencia_de_tasas,
    holm,
    newcombe,
    p_de_proporciones,
    p_de_tasas,
)
from .intervalos import COMPLETO, NIVEL, con_intervalos, efectivos
from .naturaleza import menos_firme

ANEXO = "anexo"
DE_PROPORCIONES, DE_TASAS = "dos proporciones", "dos tasas"
RECUENTO_COMPLETO, SE_PISAN, SIN_CASOS = (
    "recuento completo",
    "grupos que comparten personas",
    "sin casos conocidos",
)
PERIODOS_DISTINTOS = "de años distintos: no se compara"


def brechas(publica: pl.DataFrame, fichas: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """Por KPI y ámbito (``anexo`` o la dimensión de los grupos), los extremos del último periodo
    con dos o más cifras: la tabla ``BRECHAS``.

    ``brecha = mayor − menor``; ``razon = mayor / menor``, nula si el menor es 0 o negativo, y en
    los totales y las escalas sin cero propio, que no se comparan dividiendo. ``distinguible`` sale
    de la ``prueba``, de dos proporciones o de dos tasas: como los extremos se eligen entre ``n``
    partes, la p de su par es la de Holm en la familia de todos los pares, cuyo tamaño es
    ``comparaciones``. Es nulo donde no cabe probar: sin casos conocidos, entre grupos que comparten
    personas y en un recuento completo, que no tiene error de muestreo. ``brecha_min_95`` y
    ``brecha_max_95`` acotan la brecha sin ajustar (Newcombe, o Byar si son tasas) y
    ``menor_minimo``… ``mayor_maximo``, cada extremo. Lo protegido no entra: ``partes`` da ``parte,
    valor`` de cada una de ese periodo, nulo lo protegido, y ``protegidas``, cuántas lo están.
    """
    c = pl.col
    todas = partes_de(publica, lugar_total)
    visibles = todas.filter(c("valor").is_not_null()).join(
        fichas.select("kpi", "factor", "casos", "tasa", "comparable", "conteo", "efecto_de_diseno"),
        on="kpi",
    )
    partes = con_intervalos(
        visibles.with_columns(
            pl.len().over("kpi", "ambito", "fin").alias("cuantos"),
            *(
                pl.lit(None, dtype=tipo).alias(f"base_{nombre}")
                for nombre, tipo in (
                    ("numerador", pl.Float64),
                    ("denominador", pl.Float64),
                    ("conteo", pl.String),
                    ("efecto", pl.Float64),
                )
            ),
        )
    ).rename({"minimo_95": "bajo", "maximo_95": "alto"})
    listadas = todas.group_by("kpi", "ambito", "fin", "periodo").agg(
        pl.struct("parte", "valor").sort_by("parte").alias("partes"),
        c("protegido").sum().alias("protegidas"),
    )
    return (
        _probadas(_extremos(partes), partes)
        .join(listadas, on=["kpi", "ambito", "fin", "periodo"], how="left", maintain_order="left")
        .select(BRECHAS.nombres)
    )


@dataclass(frozen=True, slots=True)
class _Prueba:
    """Cómo se probó una brecha, entre cuántos pares, qué se halló y qué la acota."""

    prueba: str
    comparaciones: int = 0
    distinguible: bool | None = None
    brecha_min_95: float | None = None
    brecha_max_95: float | None = None


def _probadas(extremos: pl.DataFrame, partes: pl.DataFrame) -> pl.DataFrame:
    """Añade a cada par de extremos los campos de su ``_Prueba``."""
    c, clave = pl.col, ["kpi", "ambito", "fin"]
    contadas = (
        partes.join(extremos.select(clave), on=clave, how="semi")
        .filter(c("numerador").is_not_null(), c("denominador") > 0)
        .group_by(clave)
        .agg("parte", efectivos("numerador").alias("x"), efectivos("denominador").alias("n"))
    )
    familias = {
        tuple(fila[x] for x in clave): dict(
            zip(fila["parte"], zip(fila["x"], fila["n"], strict=True), strict=True)
        )
        for fila in contadas.iter_rows(named=True)
    }
    pruebas = [
        _prueba(f, familias.get((f["kpi"], f["ambito"], f["fin"]), {}))
        for f in extremos.iter_rows(named=True)
    ]
    return extremos.with_columns(
        pl.Series(nombre, [getattr(p, nombre) for p in pruebas], dtype=tipo)
        for nombre, tipo in (
            ("prueba", pl.String),
            ("comparaciones", pl.Int64),
            ("distinguible", pl.Boolean),
            ("brecha_min_95", pl.Float64),
            ("brecha_max_95", pl.Float64),
        )
    )


def _prueba(extremos: Mapping[str, Any], familia: dict[str, Contado]) -> _Prueba:
    """La de un par de extremos dentro de su ``familia`` (``parte → casos``)."""
    menor, mayor = str(extremos["menor"]), str(extremos["mayor"])
    if extremos["conteo"] == COMPLETO:
        return _Prueba(RECUENTO_COMPLETO)
    if not (extremos["casos"] or extremos["tasa"]) or not {menor, mayor} <= set(familia):
        return _Prueba(SIN_CASOS)
    if se_pisan(menor, mayor):
        return _Prueba(SE_PISAN)
    tasa = bool(extremos["tasa"])
    pares = [par for par in combinations(sorted(familia), 2) if not se_pisan(*par)]
    desde, hasta = (diferencia_de_tasas if tasa else newcombe)(familia[menor], familia[mayor])
    factor = float(extremos["factor"])
    return _Prueba(
        DE_TASAS if tasa else DE_PROPORCIONES,
        len(pares),
        _se_distingue((menor, mayor), pares, familia, tasa),
        desde * factor,
        hasta * factor,
    )


def _se_distingue(
    extremos: tuple[str, str],
    pares: Sequence[tuple[str, str]],
    familia: dict[str, Contado],
    tasa: bool,
) -> bool:
    """¿Queda bajo ``NIVEL`` la p de Holm de los extremos?"""
    p_de = p_de_tasas if tasa else p_de_proporciones
    propia = p_de(familia[extremos[0]], familia[extremos[1]])
    if propia > NIVEL or propia * len(pares) <= NIVEL:  # Holm no la deja fuera de estas dos cotas
        return propia <= NIVEL
    ajustadas = holm([p_de(familia[a], familia[b]) for a, b in pares])
    lugar = min(extremos), max(extremos)
    return ajustadas[pares.index(lugar)] <= NIVEL


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


def _extremos(partes: pl.DataFrame) -> pl.DataFrame:
    """Una fila por KPI y ámbito, con el último periodo en que hay al menos dos cifras."""
    c = pl.col
    menor, mayor = (pl.struct("parte", "valor", "bajo", "alto").sort_by("valor", "parte"),) * 2
    de_ficha = ("comparable", "factor", "casos", "tasa", "conteo")
    por_periodo = partes.group_by("kpi", "mision", "ambito", "fin", "periodo", *de_ficha).agg(
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
