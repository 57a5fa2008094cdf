"""Las sumas que cualquiera puede hacer con la tabla pública, como ecuaciones lineales.

Cada una es ``Σ totales = Σ partes + residuo``. Cuatro dentro de un periodo —el territorio y sus
anexos, un total y sus grupos, un lugar y sus unidades, unas unidades y los anexos que atienden— y
dos con los periodos agrupados: el total
del bloque y sus partes, y la cifra agrupada y sus periodos. El residuo es lo que no informó; si en
una cuenta las partes suman más que el total, ahí el residuo es 0: quien ataca resta igual.

Todas las funciones devuelven ``columnas.ECUACIONES``: una fila por celda de cada suma.
"""

from __future__ import annotations

import polars as pl

from .captacion import MINIMO, con_captacion, de_la_captacion
from .columnas import CUENTAS, ECUACIONES, PARTE, TOTAL_EC
from .parametros import Reglas

UNIDADES = "unidades"


def del_periodo(celdas: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """Las sumas dentro de cada periodo, sobre celdas sin agrupar."""
    c = pl.col
    sueltas = celdas.filter(c("agrupado") == 0)
    clave = ["kpi", "fin", "lugar_t", "grupo_t", "unidad_t"]
    partes = enlaces(
        sueltas.select("kpi", "fin", "lugar", "grupo", "unidad", "cruzado", "celda"), r
    )
    totales = sueltas.select(
        "kpi",
        "fin",
        c("lugar").alias("lugar_t"),
        c("grupo").alias("grupo_t"),
        c("unidad").alias("unidad_t"),
        c("celda").alias("total"),
    )
    unidas = _sin_las_que_exceden(partes.join(totales, on=clave), sueltas, r)
    return juntar(
        _largo(unidas, [*clave, "clase"]),
        de_la_captacion(sueltas, r.captaciones, r.lugar_total),
    )


def _sin_las_que_exceden(unidas: pl.DataFrame, sueltas: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """Sin las unidades que, en sus dos cuentas, suman más que el territorio.

    Solo donde alguna cubre otra cosa que el lugar en que está: atienden a gente de otros lugares.
    """
    amplios = con_captacion(sueltas, r.captaciones)
    if not amplios:
        return unidas
    c, clave = pl.col, ["kpi", "fin", "grupo_t", "total"]
    totales = sueltas.select(c("celda").alias("total"), *(c(q).alias(f"t_{q}") for q in CUENTAS))
    exceden = (
        unidas.filter(c("clase") == UNIDADES, c("kpi").is_in(amplios))
        .join(sueltas.select("celda", *CUENTAS), on="celda")
        .join(totales, on="total")
        .group_by([*clave, "t_a", "t_b"])
        .agg(c(*CUENTAS).sum())
        .filter(c("a") > c("t_a") + MINIMO, c("b") > c("t_b") + MINIMO)
        .select(*clave, pl.lit(UNIDADES).alias("clase"))
    )
    return unidas.join(exceden, on=[*clave, "clase"], how="anti")


def enlaces(sueltas: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """Cada celda con el total al que suma, exista o no, y la ``clase`` de la suma.

    El total son ``lugar_t, grupo_t, unidad_t``. Una unidad suma a su lugar en un KPI cruzado y al
    territorio en los demás, que no se abren por lugares, y donde alguna cubre otra cosa que el
    lugar en que está (``captacion``).
    """
    c, lugar_total = pl.col, r.lugar_total
    amplios = con_captacion(sueltas, r.captaciones)
    distrito, sin_unidad = pl.lit(lugar_total), pl.lit("").alias("unidad_t")
    anexos = sueltas.filter(c("lugar") != lugar_total, c("unidad") == "").with_columns(
        distrito.alias("lugar_t"),
        c("grupo").alias("grupo_t"),
        sin_unidad,
        pl.lit("anexos").alias("clase"),
    )
    grupos = sueltas.filter(c("grupo") != "total").with_columns(
        c("lugar").alias("lugar_t"),
        pl.lit("total").alias("grupo_t"),
        c("unidad").alias("unidad_t"),
        c("grupo").str.split(":").list.first().alias("clase"),
    )
    unidades = sueltas.filter(c("unidad") != "").with_columns(
        pl.when(c("cruzado") & ~c("kpi").is_in(amplios))
        .then("lugar")
        .otherwise(distrito)
        .alias("lugar_t"),
        c("grupo").alias("grupo_t"),
        sin_unidad,
        pl.lit(UNIDADES).alias("clase"),
    )
    return pl.concat([anexos, grupos, unidades])


def de_los_bloques(celdas: pl.DataFrame) -> pl.DataFrame:
    """Las sumas de cada bloque: partes agrupadas contra las celdas publicables del total en él."""
    c = pl.col
    partes = celdas.filter(
        c("agrupado") > 0, c("agrupado") == c("nivel"), c("familia") != "total"
    ).select("kpi", "familia", c("fin").alias("bloque"), "agrupado", "celda")
    totales = celdas.filter(c("familia") == "total", c("agrupado") == c("nivel")).select(
        "kpi", "fin", c("celda").alias("total")
    )
    unidas = partes.join(totales, on="kpi").filter(
        c("fin") > c("bloque") - c("agrupado"), c("fin") <= c("bloque")
    )
    return _largo(unidas, ["kpi", "familia", "bloque", "agrupado"])


def del_tiempo(celdas: pl.DataFrame) -> pl.DataFrame:
    """Cada cifra agrupada contra los periodos que reúne."""
    c, serie = pl.col, ["kpi", "familia", "lugar", "grupo", "unidad"]
    agrupadas = celdas.filter(c("agrupado") > 0, c("agrupado") == c("nivel")).select(
        *serie, "agrupado", c("fin").alias("bloque"), c("celda").alias("total")
    )
    sueltas = celdas.filter(c("agrupado") == 0, c("nivel") > 0).select(*serie, "fin", "celda")
    unidas = sueltas.join(agrupadas, on=serie).filter(
        c("fin") > c("bloque") - c("agrupado"), c("fin") <= c("bloque")
    )
    return _largo(unidas, ["total", "bloque"])


def del_bloque_ajeno(celdas: pl.DataFrame) -> pl.DataFrame:
    """Cada cifra agrupada contra todas las celdas sueltas de otra familia en su bloque.

    Lo que una calla, otra lo mueve.
    """
    c = pl.col
    totales = celdas.filter(c("agrupado") > 0, c("agrupado") == c("nivel")).select(
        "kpi",
        "agrupado",
        c("fin").alias("bloque"),
        c("celda").alias("total"),
        c("familia").alias("familia_t"),
    )
    sueltas = celdas.filter(c("agrupado") == 0, c("familia") != "total").select(
        "kpi", "familia", "fin", "celda"
    )
    unidas = sueltas.join(totales, on="kpi").filter(
        c("familia") != c("familia_t"),
        c("fin") > c("bloque") - c("agrupado"),
        c("fin") <= c("bloque"),
    )
    return _largo(unidas, ["total", "familia"])


def _largo(unidas: pl.DataFrame, clave: list[str]) -> pl.DataFrame:
    if unidas.is_empty():
        return ECUACIONES.vacia()
    numeros = unidas.select(clave).unique().sort(clave).with_row_index("ecuacion")
    con_numero = unidas.join(numeros, on=clave)
    partes = con_numero.select("ecuacion", "celda", pl.lit(PARTE).alias("papel"))
    totales = con_numero.select(
        "ecuacion", pl.col("total").alias("celda"), pl.lit(TOTAL_EC).alias("papel")
    )
    return (
        pl.concat([partes, totales])
        .unique()
        .select(*(pl.col(n).cast(t) for n, t in ECUACIONES.esquema.items()))
        .sort("ecuacion", "papel", "celda")
    )


def juntar(*clases: pl.DataFrame) -> pl.DataFrame:
    """Varias clases de sumas en una sola tabla, renumeradas para que no se confundan."""
    base, salida = 0, []
    for clase in clases:
        salida.append(clase.with_columns((pl.col("ecuacion") + base).cast(pl.UInt32)))
        base += clase["ecuacion"].n_unique()
    return pl.concat(salida)
