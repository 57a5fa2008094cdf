"""KPI hermanos: los que el catálogo enlaza salen de un mismo registro, y sus cuentas no pueden
contradecirse.

Cada enlace se mira en cada lugar, grupo y unidad que los dos KPI informan, al cierre del mismo mes
(o tantos meses antes como el enlace diga).
"""

from __future__ import annotations

import polars as pl

from ..catalogo.modelos import Enlace, ParteDeKpi
from .advertencias import TOLERANCIA_SUMA, Contexto, cifra, con_esquema, contadas
from .columnas import entera

CELDA = ["fin", "lugar", "grupo", "unidad"]
PAR = ["codigo", "parte", "otra_codigo", "otra_parte"]
ANIO = 12
COINCIDENCIAS = 4
"""Cifras distintas e iguales en los dos desde las que no se toma por casualidad."""
DICE = {
    "igual": "deben ser los mismos",
    "parte": "la parte no pasa del todo",
    "suma": "el total es la suma",
    "flujo": "lo que entra alcanza para lo que crece",
}


def hermanos(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """Una advertencia por enlace y periodo en que un KPI contradice al otro: la de su total, o la
    de su primera celda.
    """
    presentes = set(tabla["kpi"].unique().cast(pl.String)) if contexto.enlaces else set()
    discordes = [
        _discordes(tabla, codigo, enlace)
        for codigo, enlace in contexto.enlaces
        if presentes.issuperset({codigo, *(o.kpi for o in enlace.con)})
    ]
    return pl.concat([con_esquema(d) for d in discordes] or [con_esquema(pl.DataFrame())])


def sin_enlazar(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """Una advertencia por par de KPI sin enlace cuya misma cuenta vale igual en todos los periodos
    que comparten del territorio, si son ``COINCIDENCIAS`` o más, con cifras distintas.
    """
    c = pl.col
    totales = tabla.filter(c("lugar") == contexto.ubigeo, entera())
    cuentas = pl.concat(
        [
            totales.filter(c(parte).is_not_null()).with_columns(
                c("kpi").cast(pl.String).alias("codigo"),
                pl.lit(parte).alias("parte"),
                c(parte).alias("cuenta"),
            )
            for parte in ("numerador", "denominador")
        ]
    )
    otra = cuentas.select("fin", *(c(x).alias(f"otra_{x}") for x in ("codigo", "parte", "cuenta")))
    # Primero los pares que alguna vez valen igual, que son pocos; después, si lo valen siempre.
    iguales = (
        cuentas.join(otra, left_on=["fin", "cuenta"], right_on=["fin", "otra_cuenta"])
        .filter(c("codigo") < c("otra_codigo"))
        .sort(*PAR, "fin")
        .group_by(PAR, maintain_order=True)
        .agg(
            pl.all().exclude(PAR).last(),
            pl.len().alias("iguales"),
            c("cuenta").n_unique().alias("distintas"),
        )
        .filter(c("distintas") >= COINCIDENCIAS)
    )
    comunes = (
        iguales.select(PAR)
        .join(cuentas.select("codigo", "parte", "fin"), on=["codigo", "parte"])
        .join(otra.drop("otra_cuenta"), on=["otra_codigo", "otra_parte", "fin"])
        .group_by(PAR)
        .agg(pl.len().alias("comunes"))
    )
    pares = iguales.join(comunes, on=PAR, maintain_order="left").filter(
        c("iguales") == c("comunes")
    )
    declarados = {frozenset({k, o.kpi}) for k, e in contexto.enlaces for o in e.con}
    nuevos = [
        frozenset(x) not in declarados for x in pares.select("codigo", "otra_codigo").iter_rows()
    ]
    return con_esquema(
        pares.filter(pl.Series(nuevos, dtype=pl.Boolean)).with_columns(
            pl.lit("valores-sin-enlace").alias("regla"),
            cifra("cuenta").alias("cifra"),
            pl.format(
                "{} de {} y {} de {} valen igual en {} periodos: si es el mismo registro, declárelo"
                " en «enlaces»",
                "parte",
                "codigo",
                "otra_parte",
                "otra_codigo",
                "comunes",
            ).alias("detalle"),
        )
    )


def _discordes(tabla: pl.DataFrame, codigo: str, enlace: Enlace) -> pl.DataFrame:
    propia = _cuenta(tabla, ParteDeKpi(kpi=codigo, parte=enlace.parte), 0)
    ajena = _ajena(tabla, enlace)
    x, y = pl.col("cuenta"), pl.col("otra")
    margen = TOLERANCIA_SUMA * pl.max_horizontal(x.abs(), pl.lit(1.0))
    falla = {
        "igual": (x - y).abs() > margen,
        "suma": (x - y).abs() > margen,
        "parte": x - y > margen,
        "flujo": y - x > margen,
    }[enlace.tipo]
    otros = " + ".join(f"{o.parte} de {o.kpi}" for o in enlace.con)
    return (
        propia.join(ajena, on=CELDA)
        .filter(falla)
        .sort(pl.col("grupo").cast(pl.String) != "total", "indice")
        .group_by("fin", maintain_order=True)
        .agg(pl.all().first(), pl.len().alias("celdas"))
        .with_columns(
            pl.lit("hermanos-discordes").alias("regla"),
            cifra("cuenta").alias("cifra"),
            pl.format(
                "{} de {} es {} y {} da {}: {} ({})",
                pl.lit(enlace.parte),
                pl.lit(codigo),
                cifra("cuenta"),
                pl.lit(otros),
                cifra("otra"),
                pl.lit(DICE[enlace.tipo]),
                contadas("celdas", "celda", "celdas"),
            ).alias("detalle"),
        )
    )


def _cuenta(tabla: pl.DataFrame, de: ParteDeKpi, meses_despues: int) -> pl.DataFrame:
    """Las medidas de una cuenta, con su ``fin`` corrido hasta el de quien la mira."""
    return tabla.filter(pl.col("kpi") == de.kpi, pl.col(de.parte).is_not_null()).with_columns(
        pl.col(de.parte).alias("cuenta"), pl.col("fin") + meses_despues
    )


def _ajena(tabla: pl.DataFrame, enlace: Enlace) -> pl.DataFrame:
    """``CELDA`` y ``otra``: con qué se compara la cuenta propia."""
    if enlace.tipo == "flujo":
        hoy, antes = (
            _cuenta(tabla, enlace.con[0], m)
            for m in (enlace.meses_antes, ANIO + enlace.meses_antes)
        )
        return hoy.join(antes, on=CELDA, suffix="_antes").select(
            *CELDA, (pl.col("cuenta") - pl.col("cuenta_antes")).alias("otra")
        )
    todas = pl.concat(
        [
            _cuenta(tabla, o, enlace.meses_antes).select(
                *CELDA, "cuenta", pl.lit(i).alias("sumando")
            )
            for i, o in enumerate(enlace.con)
        ]
    )
    return (
        todas.group_by(CELDA, maintain_order=True)
        .agg(pl.col("cuenta").sum().alias("otra"), pl.col("sumando").n_unique())
        .filter(pl.col("sumando") == len(enlace.con))
        .drop("sumando")
    )
