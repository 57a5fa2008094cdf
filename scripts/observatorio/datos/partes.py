"""El total y sus partes: anexos, unidades informantes y grupos de una misma dimensión.

Con todas las partes presentes, la suma es el total; si falta alguna, la suma no puede superarlo.
De las unidades informantes no se sabe de antemano cuáles miden cada cosa: las que informan son
todas si alguna vez sumaron el total.

Solo se suman razones (numerador y denominador, cada uno con el suyo) y recuentos agregables.
"""

from __future__ import annotations

import polars as pl

from .advertencias import TOLERANCIA_SUMA, Contexto, cifra, con_esquema

LUGAR = ["kpi", "fin", "lugar", "unidad"]


def suma_de_partes(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """Una advertencia por total que no concuerda con alguna de sus particiones."""
    total = pl.col("grupo") == "total"
    con_total = tabla.select("kpi", total.alias("total")).filter("total")["kpi"].unique()
    sumable = tabla.lazy().filter(
        pl.col("kpi").is_in(con_total.implode()),
        pl.col("f_sumable") & (~pl.col("f_razon") | pl.col("denominador").is_not_null()),
    )
    totales = sumable.filter(total)
    del_territorio = totales.filter(pl.col("lugar") == contexto.ubigeo, pl.col("unidad") == "")
    por_anexo = totales.filter(pl.col("lugar").is_in(list(contexto.anexos)), pl.col("unidad") == "")
    por_unidad = totales.filter(pl.col("unidad") != "")
    por_grupo = sumable.filter(~total).with_columns(
        pl.col("grupo").cast(pl.String).str.split(":").list.first().alias("dimension")
    )
    casos = [
        _sumas(
            por_anexo,
            ["kpi", "fin"],
            "lugar",
            contexto.se_llaman.los,
            pl.lit(len(contexto.anexos)),
        ).join(del_territorio, on=["kpi", "fin"]),
        _sumas(por_unidad, ["kpi", "fin"], "unidad", "las unidades", None)
        .join(del_territorio, on=["kpi", "fin"])
        .with_columns(pl.col("todas") & (pl.col("todas") & ~_falla()).any().over("kpi")),
        _sumas(por_grupo, [*LUGAR, "dimension"], "grupo", "los grupos", None).join(
            totales, on=LUGAR
        ),
    ]
    juntas = pl.concat([_discordes(c) for c in casos]).collect()
    return con_esquema(
        juntas.group_by("kpi", "periodo", "lugar", "grupo", "unidad", "fuente", maintain_order=True)
        .agg(
            pl.col("cifra", "archivo", "fila").first(),
            pl.col("detalle").unique(maintain_order=True).str.join("; "),
        )
        .with_columns(pl.lit("suma-de-partes").alias("regla"))
    )


def _sumas(
    partes: pl.LazyFrame, por: list[str], parte: str, nombre: str, completas: pl.Expr | None
) -> pl.LazyFrame:
    """Suma de las partes de cada total y si están todas (las que el KPI informó alguna vez, salvo
    otra cuenta).
    """
    serie = [c for c in por if c != "fin"]
    sumas = partes.group_by(por).agg(
        pl.col(parte).n_unique().alias("cuantas"),
        *(pl.col(c).sum().alias(f"suma_{c}") for c in ("valor", "numerador", "denominador")),
        pl.lit(nombre).alias("de"),
    )
    if completas is not None:
        return sumas.with_columns((pl.col("cuantas") == completas).alias("todas"))
    alguna_vez = partes.group_by(serie).agg(pl.col(parte).n_unique().alias("alguna_vez"))
    return sumas.join(alguna_vez, on=serie).with_columns(
        (pl.col("cuantas") == pl.col("alguna_vez")).alias("todas")
    )


def _discorde(columna: str) -> pl.Expr:
    falta = pl.col(columna) - pl.col(f"suma_{columna}")
    margen = TOLERANCIA_SUMA * pl.max_horizontal(pl.col(columna).abs(), pl.lit(1.0))
    return pl.when("todas").then(falta.abs() > margen).otherwise(falta < -margen).fill_null(False)


def _fallas() -> list[tuple[pl.Expr, str]]:
    """En qué cifra discorda cada total: de una razón, en sus dos cuentas; de lo demás, en el
    valor.
    """
    razon = pl.col("f_razon")
    return [
        (razon & _discorde("numerador"), "numerador"),
        (razon & _discorde("denominador"), "denominador"),
        (~razon & _discorde("valor"), "valor"),
    ]


def _falla() -> pl.Expr:
    return pl.any_horizontal(m for m, _ in _fallas())


def _discordes(caso: pl.LazyFrame) -> pl.LazyFrame:
    def dicho(columna: str) -> pl.Expr:
        mitad = pl.when("todas").then(pl.lit("suman")).otherwise(pl.lit("ya suman"))
        return pl.format(
            "{} {} {} y el total dice {} ({})",
            "de",
            mitad,
            cifra(f"suma_{columna}"),
            cifra(columna),
            pl.lit(columna),
        )

    detalle = pl.concat_str(
        [pl.when(m).then(dicho(c)) for m, c in _fallas()], separator="; ", ignore_nulls=True
    )
    return caso.filter(_falla()).select(
        "kpi",
        "periodo",
        "lugar",
        "grupo",
        "unidad",
        "fuente",
        "archivo",
        "fila",
        cifra().alias("cifra"),
        detalle.alias("detalle"),
    )
