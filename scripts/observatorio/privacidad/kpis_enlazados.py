"""Las restas que cruzan dos KPI: uno cuenta lo mismo que otro, o una parte, o la suma de varios.

Los enlaces los declara el catálogo (``enlaces``). Si lo que uno oculta es lo que otro muestra, se
lee en el otro; si es una parte, lo acota. Por eso se ocultan a la vez: así lo que cada KPI deja
saber es lo que deja saber su propia tabla, y la del otro no añade nada.

Dos excepciones. El denominador de un porcentaje puede saberse: su tabla ya aguanta que se conozcan
todos los de ``k`` o más (``secundaria``). Y una cota sobre un total del territorio, sin nada más
oculto en su periodo, no señala a nadie: lo que acota son ``k`` casos o más.
"""

from __future__ import annotations

from itertools import permutations

import polars as pl

from ..catalogo.modelos import Enlace, ParteDeKpi
from .primaria import es_el_total

CELDA = ["fin", "lugar", "grupo", "unidad", "agrupado"]
ANIO = 12
PARES = {"una": pl.UInt32, "otra": pl.UInt32, "exacto": pl.Boolean}

Declarados = tuple[tuple[str, Enlace], ...]
"""Cada enlace con el código del KPI que lo declara."""


def con_enlazados(kpis: set[str], enlaces: Declarados) -> set[str]:
    """``kpis`` y los que se enlazan con alguno, por cuantos enlaces haga falta."""
    salida, crece = set(kpis), True
    while crece:
        juntos = [{c, *(o.kpi for o in e.con)} for c, e in enlaces]
        mas = set().union(*(j for j in juntos if j & salida)) - salida
        salida |= mas
        crece = bool(mas)
    return salida


def pares_enlazados(tabla: pl.DataFrame, enlaces: Declarados) -> pl.DataFrame:
    """``una, otra, exacto``: si ``una`` se oculta, ``otra`` la dice (o, si no es ``exacto``, la
    acota). Son números de ``celda`` de ``tabla`` (``columnas.TRABAJO``).
    """
    c = pl.col
    presentes = set(tabla["kpi"].unique())
    proporciones = set(tabla.filter("proporcion")["kpi"].unique())
    reales = tabla.filter(~c("virtual"))
    salida = [pl.DataFrame(schema=PARES)]
    for codigo, enlace in enlaces:
        propia = ParteDeKpi(kpi=codigo, parte=enlace.parte)
        cuentas = [(propia, 0), *((o, enlace.meses_antes) for o in enlace.con)]
        if enlace.tipo == "flujo":
            cuentas += [(o, enlace.meses_antes + ANIO) for o in enlace.con]
        for (una, retraso), (otra, otro_retraso) in permutations(cuentas, 2):
            if una.kpi == otra.kpi or not presentes.issuperset({una.kpi, otra.kpi}):
                continue
            if una.parte == "denominador" and una.kpi in proporciones:
                continue
            de_una, de_otra = (
                reales.filter(c("kpi") == x.kpi).select(
                    *(c(n) if n != "fin" else c(n) + meses for n in CELDA), c("celda").alias(nombre)
                )
                for x, meses, nombre in ((una, retraso, "una"), (otra, otro_retraso, "otra"))
            )
            salida.append(
                de_una.join(de_otra, on=CELDA).select(
                    "una", "otra", pl.lit(enlace.tipo in ("igual", "suma")).alias("exacto")
                )
            )
    return pl.concat(salida).unique().sort("una", "otra", "exacto")


def expuestas_por_otro_kpi(tabla: pl.DataFrame, pares: pl.DataFrame, lugar_total: str) -> set[int]:
    """Números de las ``celda`` que dicen o acotan lo que otro KPI oculta."""
    if pares.is_empty():
        return set()
    c = pl.col
    es_total = es_el_total(lugar_total)
    incognita = c("oculta") & ~c("conocida") & ~c("virtual")
    ocultas = tabla.select(
        c("celda").alias("una"),
        incognita.alias("incognita"),
        (es_total & (incognita.sum().over("kpi", "fin", "agrupado") == 1)).alias("sola"),
    )
    visibles = tabla.filter(~c("oculta")).select(c("celda").alias("otra"))
    halladas = (
        pares.join(ocultas.filter("incognita"), on="una")
        .join(visibles, on="otra")
        .filter(c("exacto") | ~c("sola"))
    )
    return set(halladas["otra"].to_list())
