"""Series comparables con la línea de base: totales, inferidos solo cuando están todas las partes, y
flujos anuales.
"""

from __future__ import annotations

import polars as pl

from ..base.periodos import MESES_DEL_ANIO
from ..base.texto import con_textos
from ..datos.columnas import ESTADOS, entera
from .columnas import SERIES
from .naturaleza import menos_firme


def inferir_totales(
    observaciones: pl.DataFrame, fichas: pl.DataFrame, lugar: str, anexos: list[str]
) -> pl.DataFrame:
    """Añade la fila del territorio entero en los periodos en que *todos* los anexos informaron.

    Razones: Σ numerador / Σ denominador × factor. Recuentos que CEPLAN llama agregables (``suma`` y
    ``ultimo``): Σ valor. Nunca inventa un total parcial, ni suma lo que no es suma de sus partes.
    """
    totales = con_textos(observaciones.filter(entera()))
    partes = totales.filter(pl.col("lugar").is_in(anexos))
    con_total = totales.filter(pl.col("lugar") == lugar).select("kpi", "fin")
    sumable = pl.col("agregacion").is_in(["suma", "ultimo"]) & (
        pl.col("tipo_agregacion") == "agregable"
    )
    completas = (
        partes.join(con_total, on=["kpi", "fin"], how="anti")
        .join(fichas.select("kpi", "agregacion", "tipo_agregacion", "factor"), on="kpi")
        .group_by("kpi", "fin", maintain_order=True)
        .agg(
            pl.col("lugar").n_unique().alias("cuantos"),
            pl.col(
                "periodo", "mision", "fuente", "agregacion", "tipo_agregacion", "factor"
            ).first(),
            pl.col("fecha_dato").max(),
            pl.col("valor", "numerador", "denominador").sum(),
            (
                pl.col("numerador").is_not_null().all() & pl.col("denominador").is_not_null().all()
            ).alias("razon"),
            _menos_validado(),
            menos_firme("naturaleza"),
        )
        .filter(pl.col("cuantos") == len(anexos), pl.col("razon") | sumable)
    )
    nuevas = completas.select(
        "kpi",
        "periodo",
        pl.lit(lugar).alias("lugar"),
        pl.lit("total").alias("grupo"),
        pl.lit("").alias("unidad"),
        pl.when("razon")
        .then(pl.col("numerador") / pl.col("denominador") * pl.col("factor"))
        .otherwise("valor")
        .alias("valor"),
        pl.when("razon").then("numerador").alias("numerador"),
        pl.when("razon").then("denominador").alias("denominador"),
        "fuente",
        "fecha_dato",
        "estado",
        "naturaleza",
        pl.lit("suma de todos sus lugares").alias("nota"),
        "mision",
        "fin",
        pl.lit("").alias("archivo"),
        pl.lit(None, dtype=pl.Int64).alias("fila"),
    )
    propias = nuevas.select(pl.col(c).cast(t) for c, t in observaciones.schema.items())
    return pl.concat([observaciones, propias], rechunk=False)


def _menos_validado() -> pl.Expr:
    """Dentro de una agregación: el estado menos firme de las filas."""
    orden = {e: n for n, e in enumerate(ESTADOS)}
    estado = pl.col("estado")
    return estado.sort_by(estado.replace_strict(orden, return_dtype=pl.Int8)).first()


def con_frecuencia_publicada(
    fichas: pl.DataFrame, series: pl.DataFrame, lugar: str
) -> pl.DataFrame:
    """``fichas`` con ``meses_medida`` igual al bloque donde el territorio entero se publica en
    periodos agrupados.

    ``meses_plazo`` no cambia: agrupar no alarga la vigencia de un dato.
    """
    bloques = series.filter(pl.col("lugar") == lugar).group_by("kpi").agg(pl.col("agrupado").max())
    return (
        fichas.join(bloques, on="kpi", how="left", maintain_order="left")
        .with_columns(
            pl.max_horizontal("meses_medida", pl.col("agrupado").fill_null(0)).alias("meses_medida")
        )
        .drop("agrupado")
    )


def comparables(publica: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    """Serie de cada KPI y lugar en la misma medida que su línea de base: la tabla ``SERIES``.

    Donde la puerta publica periodos agrupados, la serie son ellos y no los periodos sueltos que
    reúnen.

    Un flujo (``suma``) informado por partes del año se compara por años completos: la suma de sus
    partes, o protegido si lo es alguna. Lo demás pasa tal cual.
    """
    base = (
        con_textos(publica.filter(entera()))
        .join(fichas.select("kpi", "agregacion", "meses"), on="kpi")
        .filter(pl.col("agrupado") == pl.col("agrupado").max().over("kpi", "lugar"))
    )
    parcial = (
        (pl.col("agregacion") == "suma")
        & (pl.col("meses") < MESES_DEL_ANIO)
        & (pl.col("agrupado") == 0)
    )
    directa = base.filter(~parcial).drop("agregacion", "meses")
    anual = (
        base.filter(parcial)
        .with_columns(
            (((pl.col("fin") - 1) // MESES_DEL_ANIO + 1) * MESES_DEL_ANIO).alias("cierre")
        )
        .group_by("kpi", "lugar", "cierre", maintain_order=True)
        .agg(
            pl.len().alias("partes"),
            pl.col("meses").first(),
            (pl.col("cierre").first() // MESES_DEL_ANIO - 1).cast(pl.String).alias("anio"),
            pl.col("valor").sum(),
            pl.col("protegido").any(),
            pl.col("grupo", "unidad", "fuente", "mision").first(),
            pl.col("fecha_dato").max(),
            _menos_validado(),
            menos_firme("naturaleza"),
        )
        .filter(pl.col("partes") * pl.col("meses") == MESES_DEL_ANIO)
        .select(
            "kpi",
            pl.col("anio").alias("periodo"),
            "lugar",
            "grupo",
            "unidad",
            pl.when(~pl.col("protegido")).then("valor").alias("valor"),
            pl.lit(None, dtype=pl.Float64).alias("numerador"),
            pl.lit(None, dtype=pl.Float64).alias("denominador"),
            "fuente",
            "fecha_dato",
            "estado",
            "naturaleza",
            pl.lit("suma del año").alias("nota"),
            "mision",
            pl.col("cierre").cast(pl.Int32).alias("fin"),
            pl.lit(0, dtype=pl.Int32).alias("agrupado"),
            "protegido",
        )
    )
    return pl.concat([directa.select(SERIES.nombres), anual.select(SERIES.nombres)]).sort(
        "kpi", "lugar", "fin"
    )


def callados(publica: pl.DataFrame, lugar: str) -> pl.DataFrame:
    """Las medidas de ``lugar`` sueltas y protegidas posteriores al último bloque de su serie
    agrupada: se midió, y no se puede decir.

    La tabla ``SERIES``; ninguna fila si nada se agrupa.
    """
    c = pl.col
    del_lugar = con_textos(publica.filter(c("lugar") == lugar, entera()))
    ultimo = del_lugar.filter(c("agrupado") > 0).group_by("kpi").agg(c("fin").max().alias("cierre"))
    return (
        del_lugar.join(ultimo, on="kpi")
        .filter("protegido", c("agrupado") == 0, c("fin") > c("cierre"))
        .drop("cierre")
    )
