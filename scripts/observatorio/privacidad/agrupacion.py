"""Periodos agrupados: donde casi todo quedaría oculto, se publica la cifra de 12 o de 36 meses.

Es la recodificación global de la literatura, en la dimensión del tiempo. Solo en los KPI declarados
``agrupable``: un padrón visto cuatro veces son las mismas personas, y contarlas cuatro veces no las
hace ``k``. Los bloques son fijos —años calendario y trienios que terminan en el horizonte del plan—
y solo se publican cerrados: dos ventanas que se solapan, restadas, descubrirían un periodo suelto.
El nivel se decide por KPI y familia (anexos, sexo, unidades…) y no cambia una vez publicado.
"""

from __future__ import annotations

import polars as pl

from ..base.periodos import MESES_DEL_ANIO
from ..catalogo.naturalezas import GRADO
from ..datos.columnas import ESTADOS

ANIO, TRIENIO = MESES_DEL_ANIO, 3 * MESES_DEL_ANIO
SERIE = ["kpi", "familia", "lugar", "grupo", "unidad"]
MITAD = 0.5
PEOR_ESTADO = pl.Enum(ESTADOS)
PEOR_NATURALEZA = pl.Enum(list(GRADO))


def fin_de_bloque(meses: int, horizonte: int) -> pl.Expr:
    """Mes absoluto en que cierra el bloque de ``meses`` (12 o 36) al que pertenece ``fin``."""
    anio = (pl.col("fin") - 1) // 12
    ultimo = anio if meses == ANIO else anio + (pl.lit(horizonte) - anio) % 3
    return ((ultimo + 1) * 12).cast(pl.Int32)


def agrupar(
    celdas: pl.DataFrame, meses: int, k: int, horizonte: int, ultimo_mes: int
) -> pl.DataFrame:
    """Las cifras de los bloques cerrados de ``meses`` (12 o 36), una por serie y bloque.

    Sus columnas son las de ``celdas``, con ``agrupado = meses``, y ``escasa``. Una razón pide al
    menos dos medidas y la mitad de las previstas; una suma, todas. Donde faltan, la cifra es
    ``escasa``: no se publica, pero cuenta entre lo que quien ataca no sabe. ``horizonte`` es un
    año; ``ultimo_mes``, un mes absoluto.
    """
    c = pl.col
    aptas = celdas.filter(
        "agrupable",
        c("a").is_not_null(),
        ~c("cruzado"),
        c("meses") < min(meses, ANIO + 1),
        c("meses") * 2 <= meses,
    ).with_columns(fin_de_bloque(meses, horizonte).alias("bloque"))
    bloques = (
        aptas.sort("fin")
        .group_by(*SERIE, "bloque", maintain_order=True)
        .agg(
            pl.len().alias("partes"),
            c("periodo").first().alias("desde"),
            c("periodo").last().alias("hasta"),
            *(c(x).sum() for x in ("a", "b")),
            *(
                pl.when(c(x).is_not_null().all()).then(c(x).sum()).alias(x)
                for x in ("numerador", "denominador", "valor")
            ),
            c("fuente", "mision", *FIJAS).last(),
            c("fecha_dato").max(),
            c("estado").cast(PEOR_ESTADO).min().cast(pl.String),
            c("naturaleza").cast(PEOR_NATURALEZA).min().cast(pl.String),
        )
        .filter(c("bloque") <= ultimo_mes)
        .with_columns((~_suficientes(meses)).alias("escasa"))
    )
    return (
        _sin_quiebre(bloques, meses)
        .with_columns(
            pl.when(c("denominador").is_not_null())
            .then(c("numerador") / c("denominador") * c("factor"))
            .otherwise("valor")
            .alias("valor"),
            _periodo(meses).alias("periodo"),
            c("bloque").alias("fin"),
            pl.lit(meses, dtype=pl.Int32).alias("agrupado"),
            pl.format("{} periodos agrupados, de {} a {}", "partes", "desde", "hasta").alias(
                "nota"
            ),
            (c("escasa") | (c("a") < k) | (c("b") < k)).alias("primaria"),
            pl.lit(None, dtype=pl.UInt32).alias("orden"),
        )
        .select(*celdas.columns, "escasa")
    )


FIJAS = (
    "sobre_personas",
    "recuento",
    "proporcion",
    "es_promedio",
    "agrupable",
    "cruzado",
    "agregacion",
    "factor",
    "meses",
    "quiebres",
)


def _suficientes(meses: int) -> pl.Expr:
    previstas = meses // pl.col("meses")
    return (
        pl.when(pl.col("agregacion") == "suma")
        .then(pl.col("partes") == previstas)
        .otherwise((pl.col("partes") >= 2) & (pl.col("partes") * 2 >= previstas))
    )


def _sin_quiebre(bloques: pl.DataFrame, meses: int) -> pl.DataFrame:
    """Quita los bloques en que la fuente cambió de método: no se suma lo que no es comparable."""
    cortes = (
        bloques.select("kpi", "bloque", "quiebres")
        .unique()
        .explode("quiebres")
        .filter(
            pl.col("quiebres") > pl.col("bloque") - meses, pl.col("quiebres") < pl.col("bloque")
        )
    )
    return bloques.join(
        cortes.select("kpi", "bloque").unique(),
        on=["kpi", "bloque"],
        how="anti",
        maintain_order="left",
    )


def _periodo(meses: int) -> pl.Expr:
    ultimo = (pl.col("bloque") // 12 - 1).cast(pl.String)
    return (
        ultimo
        if meses == ANIO
        else pl.format("{}/{}", (pl.col("bloque") // 12 - 3).cast(pl.String), ultimo)
    )


def elegir_niveles(
    celdas: pl.DataFrame, bloques: pl.DataFrame, publicados: pl.DataFrame
) -> pl.DataFrame:
    """``kpi, familia, nivel, nivel_total``: lo más fino que deja ver la mitad de las celdas.

    ``publicados`` (``kpi, familia, nivel``) son los niveles de ediciones anteriores, que se
    mantienen. Ninguna familia se publica por bloques más cortos que su total; ``nivel_total`` dice
    el suyo.
    """
    c = pl.col
    parte = (
        pl.concat([celdas, bloques.filter(~c("escasa")).drop("escasa")])
        .filter(c("a").is_not_null())
        .group_by("kpi", "familia", "agrupado")
        .agg((~c("primaria")).mean().alias("visible"))
    )
    puntaje = pl.when(c("visible") >= MITAD).then(1.0).otherwise(c("visible"))
    elegido = (
        parte.with_columns(puntaje.alias("puntaje"))
        .sort("kpi", "familia", "agrupado")
        .sort("puntaje", descending=True, maintain_order=True)
        .group_by("kpi", "familia", maintain_order=True)
        .first()
        .select("kpi", "familia", c("agrupado").alias("nivel"))
    )
    fijo = (
        elegido.join(publicados.rename({"nivel": "antes"}), on=["kpi", "familia"], how="left")
        .with_columns(c("antes").fill_null(c("nivel")).alias("nivel"))
        .drop("antes")
    )
    del_total = fijo.filter(c("familia") == "total").select("kpi", c("nivel").alias("nivel_total"))
    return (
        fijo.join(del_total, on="kpi", how="left")
        .with_columns(
            pl.max_horizontal("nivel", c("nivel_total").fill_null(0)).alias("nivel"),
            c("nivel_total").fill_null(0),
        )
        .sort("kpi", "familia")
    )
