"""Un KPI que cambia de frecuencia: el año es la suma de los semestres que ya se publicaron.

La memoria guarda periodos de otra duración que los de hoy, y los dos se restan: con un semestre a
la vista y el año, el otro sale solo. De los periodos que se cruzan con alguno de antes se publica
solo lo que ya se deducía —la suma de partes que se vieron todas, o el año que se vio agrupado— y el
total del territorio, si lo que añade son ``k`` casos o más. Los que vienen después no se tocan.
"""

from __future__ import annotations

import polars as pl

from ..base.periodos import expr_meses_fin
from .primaria import cuentas, es_el_total

IGUAL = 1e-6
CELDA = ["kpi", "lugar", "grupo", "unidad"]


def meses_de(periodo: pl.Expr) -> pl.Expr:
    """Los meses que dura un periodo suelto, por cómo se escribe: 12, 6, 3 o 1."""
    return (
        pl.when(periodo.str.contains("-S"))
        .then(6)
        .when(periodo.str.contains("-T"))
        .then(3)
        .when(periodo.str.contains("-"))
        .then(1)
        .otherwise(12)
        .cast(pl.Int32)
    )


def sin_otra_frecuencia(anterior: pl.DataFrame, meses: pl.DataFrame) -> pl.DataFrame:
    """``anterior`` sin los periodos sueltos de otra duración que los de hoy.

    ``meses``: ``kpi, meses``, lo que dura hoy un periodo de cada KPI.
    """
    return (
        anterior.join(meses.rename({"meses": "hoy"}), on="kpi", how="left", maintain_order="left")
        .filter(
            (pl.col("agrupado") > 0)
            | pl.col("hoy").is_null()
            | (meses_de(pl.col("periodo")) == pl.col("hoy"))
        )
        .drop("hoy")
    )


def cruzadas_con_otra_frecuencia(
    tabla: pl.DataFrame, anterior: pl.DataFrame, lugar_total: str, k: int
) -> set[int]:
    """Números de las ``celda`` sueltas de ``tabla`` que los periodos de antes obligan a ocultar.

    ``tabla``: la de trabajo, con ``meses``; ``anterior``: ``columnas.HISTORIAL``.
    """
    c = pl.col
    de_hoy = tabla.filter(c("agrupado") == 0, ~c("virtual"))
    antes = _de_otra_duracion(de_hoy, anterior)
    if antes.is_empty():
        return set()
    hoy = de_hoy.select(
        *CELDA, "celda", "a", "b", "meses", c("fin").alias("fin_hoy"), c("fin").alias("cierre")
    ).with_columns((c("cierre") - c("meses")).alias("inicio"))
    cruces = (
        hoy.select("kpi", "cierre", "inicio")
        .unique()
        .join(antes.select("kpi", "fin", "duracion").unique(), on="kpi")
    )
    cruzados = (
        cruces.filter(c("fin") > c("inicio"), c("fin") - c("duracion") < c("cierre"))
        .select("kpi", "cierre")
        .unique()
    )
    dudosas = hoy.join(cruzados, on=["kpi", "cierre"], how="semi")
    suyas = dudosas.join(antes, on=CELDA, how="left").filter(
        c("fin").is_null() | ((c("fin") > c("inicio")) & (c("fin") - c("duracion") < c("cierre")))
    )
    ya_agrupada = dudosas.join(
        _agrupadas(de_hoy, anterior),
        left_on=[*CELDA, "cierre", "meses", "a", "b"],
        right_on=[*CELDA, "fin", "agrupado", "antes_a", "antes_b"],
        how="semi",
    )["celda"]
    es_total = es_el_total(lugar_total)
    resumen = suyas.group_by(*CELDA, "celda", "cierre", "meses", "a", "b").agg(
        c("visto").sum().alias("vistas"),
        c("visto").is_not_null().sum().alias("partes"),
        c("duracion").max(),
        *(c(f"antes_{q}").sum() for q in ("a", "b")),
    )
    mayor = resumen.filter(c("meses") > c("duracion").fill_null(0))
    resto = [c(q) - c(f"antes_{q}") for q in ("a", "b")]
    nada = pl.all_horizontal(x.abs() <= IGUAL for x in resto)
    bastante = pl.all_horizontal(x >= k for x in resto)
    completas = c("vistas") * c("duracion") == c("meses")
    sin_ocultas = (c("partes") > 0) & (c("vistas") == c("partes"))
    deducida = (completas & nada) | (es_total & sin_ocultas & bastante)
    ajena = (c("partes") == 0) & ~_de_familia_publicada(antes)
    ocultar = set(mayor.filter(~(deducida | ajena).fill_null(False))["celda"].to_list())
    ocultar -= set(ya_agrupada.to_list())
    menor = resumen.filter(c("meses") < c("duracion"))
    juntas = (
        menor.group_by("kpi", "lugar", "grupo", "unidad", "duracion", "antes_a", "antes_b")
        .agg(
            c("celda"),
            c("a", "b").sum(),
            c("meses").sum().alias("cubren"),
            (c("vistas") == c("partes")).all().alias("sin_ocultas"),
        )
        .with_columns(es_total.alias("es_total"))
    )
    caben = (nada & (c("cubren") == c("duracion"))) | bastante
    ocultar |= set(
        juntas.filter(~(c("es_total") & c("sin_ocultas") & caben).fill_null(False))
        .explode("celda")["celda"]
        .to_list()
    )
    return ocultar


def _agrupadas(de_hoy: pl.DataFrame, anterior: pl.DataFrame) -> pl.DataFrame:
    """Las cifras agrupadas que se vieron, con sus cuentas entonces."""
    c = pl.col
    fichas = de_hoy.group_by("kpi").agg(c("recuento", "proporcion").first())
    return (
        anterior.filter(c("agrupado") > 0, c("vista") > 0)
        .join(fichas, on="kpi")
        .select(
            *CELDA,
            "agrupado",
            expr_meses_fin(c("periodo")).cast(pl.Int32).alias("fin"),
            *(
                x.alias(f"antes_{q}")
                for q, x in cuentas("valor", "numerador", "denominador").items()
            ),
        )
    )


def _de_familia_publicada(antes: pl.DataFrame) -> pl.Expr:
    """Si los periodos de antes se abrían por lo mismo que la celda: una que falta se deduciría."""
    c = pl.col
    dimension = c("grupo").str.split(":").list.first()
    claves = antes.select(
        pl.concat_str("kpi", dimension, pl.lit("/"), c("unidad") != "").alias("x")
    )["x"]
    return pl.concat_str("kpi", dimension, pl.lit("/"), c("unidad") != "").is_in(
        claves.unique().to_list()
    )


def _de_otra_duracion(de_hoy: pl.DataFrame, anterior: pl.DataFrame) -> pl.DataFrame:
    """Los periodos sueltos publicados con otra duración: cuándo acaban, cuánto duran, si se vieron
    y sus cuentas entonces.
    """
    c = pl.col
    fichas = de_hoy.group_by("kpi").agg(c("meses", "recuento", "proporcion").first())
    return (
        anterior.filter(c("agrupado") == 0)
        .join(fichas, on="kpi")
        .with_columns(
            meses_de(c("periodo")).alias("duracion"),
            expr_meses_fin(c("periodo")).cast(pl.Int32).alias("fin"),
            (c("vista") > 0).alias("visto"),
        )
        .filter(c("duracion") != c("meses"))
        .select(
            *CELDA,
            "fin",
            "duracion",
            "visto",
            *(
                x.alias(f"antes_{q}")
                for q, x in cuentas("valor", "numerador", "denominador").items()
            ),
        )
    )
