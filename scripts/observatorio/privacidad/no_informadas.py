"""Las cifras que nadie informó pero que las sumas enlazan.

Sin ellas, una fila que falta dejaría partes sin total. Dos clases. Una celda *virtual* no la trae
ninguna fila, pero por ella pasa la resta: el total de un anexo del que solo hay sexos, o el sexo
que falta a un anexo. Una celda *sin cuentas* trae solo una tasa. De las dos se supone la cuenta
que supondría quien ataca: en una tabla cruzada, la que hace cuadrar las sumas
(``auditoria.imputar``); en las demás, lo que suman sus partes o, a una parte, lo que le deja su
total.
"""

from __future__ import annotations

import polars as pl

from . import ecuaciones
from .columnas import CUENTAS, PARTE, TOTAL_EC
from .parametros import Reglas
from .primaria import TOTAL

LUGAR = ["kpi", "fin", "lugar", "grupo", "unidad"]


def con_no_informadas(tabla: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """Añade las celdas virtuales, supone las cuentas que faltan y marca unas y otras.

    Las marcas son ``virtual``, ``sin_cuentas`` y ``supuesta``: enlaza, y no hay que protegerla por
    sí misma. En una tabla cruzada es una incógnita; en las demás, donde solo puede ser el total,
    se da por sabida si enlaza dos familias, y si no, no enlaza nada. La que ya se vio se da por
    sabida siempre, aunque su tasa sea hoy otra.
    """
    c = pl.col
    marcada = tabla.with_columns(
        pl.lit(False).alias("supuesta"), c("a").is_null().alias("sin_cuentas")
    )
    faltan = _faltantes(marcada, r)
    if faltan.is_empty() and not marcada["sin_cuentas"].any():
        return marcada
    completa = (
        pl.concat([marcada, _filas(faltan, marcada)], how="diagonal_relaxed")
        .drop("celda")
        .with_row_index("celda")
    )
    sumas = ecuaciones.del_periodo(completa, r)
    return _supuestas(_desde_el_total(_desde_las_partes(completa, sumas), sumas), sumas)


def _supuestas(tabla: pl.DataFrame, sumas: pl.DataFrame) -> pl.DataFrame:
    c = pl.col
    familias = (
        sumas.filter(c("papel") == TOTAL_EC).group_by("celda").agg(pl.len().alias("familias"))
    )
    supuesta = c("virtual") | (c("sin_cuentas") & (c("familias") > 0))
    return (
        tabla.join(familias, on="celda", how="left", maintain_order="left")
        .with_columns(
            supuesta.fill_null(False).alias("supuesta"),
            (
                c("conocida")
                | (supuesta & ((c("vista") > 0) | (~c("cruzado") & (c("familias") > 1)))).fill_null(
                    False
                )
            ).alias("conocida"),
        )
        .drop("familias")
    )


def _faltantes(tabla: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """``(*LUGAR, cruzado)`` de las celdas virtuales: totales y, en las cruzadas, categorías."""
    c = pl.col
    sueltas = tabla.filter(c("agrupado") == 0).select(*LUGAR, "cruzado")
    totales = _totales(sueltas, sueltas, r)
    con_totales = pl.concat([sueltas, totales])
    ausentes = _categorias_ausentes(con_totales.filter("cruzado"), r.lugar_total)
    return pl.concat(
        [
            totales,
            ausentes,
            _totales(ausentes, pl.concat([con_totales, ausentes]), r),
        ]
    ).sort(LUGAR)


def _totales(hojas: pl.DataFrame, existen: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """Los totales que ninguna fila da, de ``hojas`` al territorio.

    Sin cruce, solo enlaza el que comparten dos familias.
    """
    c = pl.col
    faltan = [hojas.clear()]
    varias = c("cruzado") | (
        c("clase").n_unique().over("kpi", "fin", "lugar_t", "grupo_t", "unidad_t") > 1
    )
    while not hojas.is_empty():
        hojas = (
            ecuaciones.enlaces(hojas, r)
            .filter(varias)
            .select("kpi", "fin", *(c(f"{x}_t").alias(x) for x in LUGAR[2:]), "cruzado")
            .unique()
            .join(pl.concat([existen, *faltan]), on=LUGAR, how="anti")
        )
        faltan.append(hojas)
    return pl.concat(faltan)


def _categorias_ausentes(cruzadas: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """Las categorías que faltan a cada lugar o unidad.

    Son las de las dimensiones por las que se abre alguno de los suyos.
    """
    c = pl.col
    con_clase = cruzadas.filter(c("lugar") != lugar_total).with_columns(
        (c("unidad") != "").alias("es_unidad"),
        c("grupo").str.split(":").list.first().alias("dimension"),
    )
    dimensiones = (
        con_clase.filter(c("grupo") != TOTAL)
        .select("kpi", "fin", "es_unidad", "dimension")
        .unique()
    )
    categorias = (
        cruzadas.filter(c("grupo") != TOTAL)
        .select("kpi", "fin", "grupo", c("grupo").str.split(":").list.first().alias("dimension"))
        .unique()
    )
    return (
        con_clase.select("kpi", "fin", "lugar", "unidad", "cruzado", "es_unidad")
        .unique()
        .join(dimensiones, on=["kpi", "fin", "es_unidad"])
        .join(categorias, on=["kpi", "fin", "dimension"])
        .select(*LUGAR, "cruzado")
        .join(cruzadas, on=LUGAR, how="anti")
    )


def _filas(faltan: pl.DataFrame, tabla: pl.DataFrame) -> pl.DataFrame:
    c = pl.col
    de_kpi = tabla.group_by("kpi").agg(c("proporcion", "recuento").first())
    verdaderas = ("escasa", "virtual", "sin_cuentas")
    return faltan.join(de_kpi, on="kpi").with_columns(
        pl.lit("").alias("periodo"),
        pl.lit(TOTAL).alias("familia"),
        pl.lit(0, dtype=pl.Int32).alias("agrupado"),
        *(pl.lit(0, dtype=tabla.schema[x]).alias(x) for x in ("nivel", "nivel_total")),
        *(
            pl.lit(x in verdaderas).alias(x)
            for x in (*verdaderas, "supuesta", "primaria", "conocida", "cambiada", "antes_oculta")
        ),
    )


def _desde_las_partes(tabla: pl.DataFrame, sumas: pl.DataFrame) -> pl.DataFrame:
    """Sin cruce, las cuentas que faltan a un total: la mayor de las sumas de sus familias."""
    c = pl.col
    por_suma = (
        sumas.filter(c("papel") == PARTE)
        .join(tabla.filter(~c("cruzado"), c("a").is_not_null()), on="celda")
        .group_by("ecuacion")
        .agg(c(*CUENTAS).sum())
    )
    return _imputadas(tabla, sumas.filter(c("papel") == TOTAL_EC).join(por_suma, on="ecuacion"))


def _desde_el_total(tabla: pl.DataFrame, sumas: pl.DataFrame) -> pl.DataFrame:
    """Sin cruce, las que faltan a unas partes: por igual, lo que a su total no dan las demás."""
    c = pl.col
    es_parte = c("papel") == PARTE
    unidas = sumas.join(tabla.filter(~c("cruzado")).select("celda", *CUENTAS), on="celda")
    residuos = unidas.group_by("ecuacion").agg(
        (es_parte & c("a").is_null()).sum().alias("n"),
        *(
            (c(q).filter(~es_parte).sum() - c(q).filter(es_parte).sum())
            .clip(0)
            .alias(f"residuo_{q}")
            for q in CUENTAS
        ),
    )
    con_residuo = unidas.filter(es_parte, c("a").is_null()).join(residuos, on="ecuacion")
    return _imputadas(
        tabla,
        con_residuo.select("celda", *((c(f"residuo_{q}") / c("n")).alias(q) for q in CUENTAS)),
    )


def _imputadas(tabla: pl.DataFrame, halladas: pl.DataFrame) -> pl.DataFrame:
    mayores = halladas.group_by("celda").agg(pl.col(q).max().alias(f"hallada_{q}") for q in CUENTAS)
    return (
        tabla.join(mayores, on="celda", how="left", maintain_order="left")
        .with_columns(pl.coalesce(q, f"hallada_{q}").alias(q) for q in CUENTAS)
        .drop("hallada_a", "hallada_b")
    )
