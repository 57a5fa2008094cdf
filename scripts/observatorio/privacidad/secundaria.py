"""Supresión secundaria o complementaria: ocultar lo justo para que nada oculto salga de restar.

En una suma con todas las cuentas ≥ 0, un grupo de partes ocultas solo deja saber su total. Está
a salvo si son dos o más y suman al menos ``k`` en cada cuenta; basta una parte publicable más, la
menor, para lograrlo, y menos de una no basta: por eso la pérdida de cada suma es mínima. Los
términos y el problema son los de Cox (1980).
"""

from __future__ import annotations

import polars as pl

from .columnas import CUENTAS, PARTE, TOTAL_EC

MINIMO = 1e-6
POR_LLEGAR = ("anexos", "unidades")


def inseguras(ecuaciones: pl.DataFrame, celdas: pl.DataFrame, k: int) -> set[int]:
    """Números de las sumas que dejan deducir una celda oculta, o acotarla más de lo permitido.

    Basta que lo hagan en una de las dos cuentas. ``ecuaciones``: ``columnas.ECUACIONES``;
    ``celdas``: ``celda, familia, a, b, oculta, conocida, supuesta, agrupado, proporcion``.

    Las que pasan por una cuenta supuesta que nadie sabe son de las tablas cruzadas. Lo conocido
    por una edición anterior no oculta nada. Un porcentaje aguanta además que se conozcan todos los
    denominadores de ``k`` o más. Lo que a un total le falta de un lugar o de una unidad que no
    informó es una parte más, que puede llegar después: si es menor que ``k`` tampoco debe salir de
    restar.
    """
    c = pl.col
    es_parte, es_total = c("papel") == PARTE, c("papel") == TOTAL_EC
    partes, totales = (papel & c("oculta") & ~c("conocida") for papel in (es_parte, es_total))
    columnas = [partes.sum().alias("n_partes"), totales.sum().alias("n_totales")]
    for q, otra in (("a", "b"), ("b", "a")):
        peso = pl.when(partes & (c(q) < k) & (c("a") + c("b") >= k) & c("proporcion")).then(
            c("a") + c("b")
        )
        columnas += [
            (c(q).filter(es_total).sum() - c(q).filter(es_parte).sum()).alias(f"residuo_{q}"),
            c(q).filter(partes).sum().alias(f"partes_{q}"),
            c(q).filter(totales).sum().alias(f"totales_{q}"),
            peso.max().fill_null(0).alias(f"exige_{otra}"),
        ]
    columnas += [
        (es_parte & ~c("oculta") & ~c("conocida")).sum().alias("n_libres"),
        (c("agrupado") > 0).any().alias("bloque"),
        (es_parte & c("familia").is_in(POR_LLEGAR)).any().alias("por_llegar"),
    ]
    unidas = ecuaciones.join(celdas, on="celda").filter(
        ~(c("supuesta") & ~c("conocida")).any().over("ecuacion"), c("a").is_not_null()
    )
    resumen = unidas.group_by("ecuacion").agg(*columnas, es_total.any().alias("vale"))
    mala = pl.any_horizontal(_insegura(q, k) for q in CUENTAS)
    return set(resumen.filter("vale", mala)["ecuacion"].to_list())


def _insegura(q: str, k: int) -> pl.Expr:
    """¿Falla la cuenta ``q``? Según lo desconocido esté en las partes, en los totales o en ambos.

    En un bloque, otra familia puede dar la suma de los totales ocultos: ahí las partes se protegen
    como si se supiera.
    """
    c = pl.col
    con_residuo = c(f"residuo_{q}") > MINIMO
    n = c("n_partes") + con_residuo.cast(pl.UInt32)
    suma = c(f"partes_{q}") + pl.when(con_residuo).then(c(f"residuo_{q}")).otherwise(0)
    en_partes = (c("n_partes") > 0) & ((n < 2) | (suma < k) | (suma < c(f"exige_{q}")))
    solo_residuo = c("por_llegar") & con_residuo & (c("n_partes") == 0) & (c(f"residuo_{q}") < k)
    en_totales = (c("n_totales") < 2) | (c(f"totales_{q}") < k)
    una_parte = (n == 1) & (suma < k) & (c(f"totales_{q}") < suma - MINIMO)
    un_total = (c("n_totales") == 1) & (c(f"totales_{q}") < k) & (suma < c(f"totales_{q}") - MINIMO)
    return (
        pl.when(c("n_totales") == 0)
        .then(en_partes | solo_residuo)
        .when(n == 0)
        .then(en_totales)
        .otherwise(una_parte | un_total | (c("bloque") & (c("n_libres") > 0) & en_partes))
    )


def complementarias(ecuaciones: pl.DataFrame, celdas: pl.DataFrame, malas: set[int]) -> set[int]:
    """Una celda publicable que ocultar por cada suma insegura.

    La que sirve a más de ellas y, entre esas, la menor; antes una parte que un total. Lo ya
    publicado no sirve. Vacío donde no queda nada que ocultar.
    """
    c = pl.col
    candidatas = (
        ecuaciones.filter(c("ecuacion").is_in(list(malas)))
        .join(celdas.filter(~c("oculta"), ~c("conocida"), c("a").is_not_null()), on="celda")
        .with_columns(
            c("ecuacion").n_unique().over("celda").alias("sirve"), (c("a") + c("b")).alias("tamano")
        )
        .sort(
            c("papel") == TOTAL_EC,
            "sirve",
            "tamano",
            "celda",
            descending=[False, True, False, False],
        )
        .group_by("ecuacion", maintain_order=True)
        .agg("celda")
        .sort("ecuacion")
    )
    elegidas: set[int] = set()
    for _, opciones in candidatas.iter_rows():
        if elegidas.isdisjoint(opciones):
            elegidas.add(opciones[0])
    return elegidas


def tasas_reveladoras(ecuaciones: pl.DataFrame, celdas: pl.DataFrame) -> set[int]:
    """Totales a la vista de los que solo se dice la tasa, y que aun así descubren una parte.

    La descubren si tienen una parte oculta y otra con sus cuentas: con la tasa, las cuentas que se
    ven y un denominador sabido por otro lado, la oculta saldría de restar.
    """
    c = pl.col
    es_total = c("papel") == TOTAL_EC
    incognita = c("oculta") & ~c("conocida")
    resumen = (
        ecuaciones.join(celdas, on="celda")
        .group_by("ecuacion")
        .agg(
            c("celda")
            .filter(es_total, c("sin_cuentas"), ~c("oculta"), ~c("virtual"))
            .first()
            .alias("total"),
            (~es_total & incognita).any().alias("con_oculta"),
            (~es_total & ~incognita & ~c("sin_cuentas")).any().alias("con_cuentas"),
        )
    )
    return set(
        resumen.filter(c("total").is_not_null(), "con_oculta", "con_cuentas")["total"].to_list()
    )
