"""Agregación de KPI a OKR y de OKR a misión (``method.md``, «Roll-up»), con cobertura y cotas.

Pesos por nivel de contribución: fórmula de rangos de CEPLAN,
``w_k = (R − (k − 1)) / Σ(R − (i − 1))``, que con tres niveles da 3 : 2 : 1.
"""

from __future__ import annotations

import polars as pl

from ..catalogo.territorio import Metodo
from .estados import EVALUADOS

INSUFICIENTE = "cobertura insuficiente"


def pesos(metodo: Metodo) -> dict[int, float]:
    """Peso de cada nivel; los del comité si los fijó, si no los de rangos de CEPLAN."""
    if metodo.pesos_nivel:
        return dict(metodo.pesos_nivel)
    niveles = metodo.numeros_de_nivel
    return {k: (len(niveles) - (k - 1)) / sum(niveles) for k in niveles}


def agregar(evaluacion: pl.DataFrame, metodo: Metodo) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``(okrs, misiones)``: las tablas ``OKRS`` y ``MISIONES``, con ``avance`` nulo bajo la
    cobertura mínima.

    ``minimo`` y ``maximo`` leen cada KPI no evaluado como 0 y como 1: entre ellos está lo que daría
    la medición completa. En un OKR la media cae siempre dentro. En una misión puede salirse: un OKR
    sin número no entra en su media, pero lo poco que se sabe de él sí entra en las cotas.
    ``demostracion``: alguno de los KPI evaluados usa una cifra de demostración.
    """
    w = pesos(metodo)
    c = pl.col
    tabla = evaluacion.with_columns(
        c("nivel").replace_strict(w, return_dtype=pl.Float64).alias("peso"),
        c("estado").is_in(EVALUADOS).alias("evaluado"),
        pl.when(~c("estado").is_in(EVALUADOS))
        .then(None)
        .when(c("mantener"))
        .then((c("estado") == "alcanzado").cast(pl.Float64))
        .otherwise(c("avance").clip(0, 1))
        .alias("logro"),
    )
    okrs = (
        tabla.group_by("mision", "okr", "nivel_okr", maintain_order=True)
        .agg(*_recuentos(), *_medias("logro", "peso"))
        .with_columns(c("nivel_okr").replace_strict(w, return_dtype=pl.Float64).alias("peso"))
    )
    okrs = _con_cobertura(okrs, metodo)
    misiones = okrs.group_by("mision", maintain_order=True).agg(
        c("kpis", "evaluados", "en_retroceso").sum(),
        c("demostracion").any(),
        ((c("avance") * c("peso")).sum() / c("peso").filter(c("avance").is_not_null()).sum()).alias(
            "media"
        ),
        *((c(x) * c("peso")).sum().truediv(c("peso").sum()).alias(x) for x in ("minimo", "maximo")),
        c("avance").is_not_null().sum().alias("okrs_con_numero"),
        pl.len().alias("okrs"),
    )
    return okrs, _con_cobertura(misiones, metodo)


def _recuentos() -> list[pl.Expr]:
    c = pl.col
    return [
        pl.len().alias("kpis"),
        c("evaluado").sum().alias("evaluados"),
        (c("estado") == "en retroceso").sum().alias("en_retroceso"),
        ((c("naturaleza_resultado") == "demostracion") & c("evaluado"))
        .any()
        .fill_null(False)
        .alias("demostracion"),
    ]


def _medias(logro: str, peso: str) -> list[pl.Expr]:
    c = pl.col
    return [
        ((c(logro) * c(peso)).sum() / c(peso).filter(c(logro).is_not_null()).sum()).alias("media"),
        ((c(logro).fill_null(0) * c(peso)).sum() / c(peso).sum()).alias("minimo"),
        ((c(logro).fill_null(1) * c(peso)).sum() / c(peso).sum()).alias("maximo"),
    ]


def _con_cobertura(tabla: pl.DataFrame, metodo: Metodo) -> pl.DataFrame:
    cubierta = (pl.col("evaluados") > 0) & (
        pl.col("evaluados") >= metodo.cobertura_minima * pl.col("kpis")
    )
    suficiente = cubierta & pl.col("media").is_not_nan()
    return tabla.with_columns(
        pl.when(suficiente).then("media").alias("avance"),
        pl.when(~suficiente).then(pl.lit(INSUFICIENTE)).alias("motivo"),
    ).drop("media")
