"""Las tablas sobre las que se protege, declaradas: lo que entra, la de trabajo y lo que sale.

Los meses son absolutos (``año × 12 + mes``; un periodo se nombra por el último que cuenta). Las
cuentas son personas, o lo que el KPI cuente, y nunca son negativas.
"""

from __future__ import annotations

import polars as pl

from ..base.tablas import Columna, Tabla, marca, texto
from ..datos.columnas import (
    CIFRAS,
    CORRECCIONES,
    FUENTE,
    IDENTIDAD,
    KPI,
    MEDIDA,
    MISION,
    NATURALEZA,
)
from ..metodo.columnas import (
    ACCESO,
    AGREGACION,
    AGRUPABLE,
    AGRUPADO,
    BASE,
    DEN_BASE,
    FACTOR,
    FIN_BASE,
    MESES,
    MESES_MEDIDA,
    NUM_BASE,
    PROPORCION,
    PROTEGIDO,
    QUIEBRES,
    RECUENTO,
    SOBRE_PERSONAS,
)

CUENTAS = ("a", "b")
"""Las dos cuentas de una celda, que se protegen por separado (``primaria``)."""


NIVEL = Columna("nivel", pl.Int32, "meses", "los que agrupa su familia: 0, 12 o 36")
FAMILIA = texto("familia", "total, anexos, unidades o la dimensión del grupo")
CRUZADO = marca("cruzado", "su KPI se abre por dos cosas a la vez: sus sumas se enlazan")
DESDE = Columna("desde", pl.Int32, "publicación", "aquella en que la celda apareció")
VISTA = Columna("vista", pl.Int32, "publicación", "la última que mostró su cifra; 0, ninguna")

ES_PROMEDIO = marca("es_promedio", "la cifra es un promedio: de ella no salen casos")

FICHAS = Tabla(
    "fichas",
    (
        KPI,
        SOBRE_PERSONAS,
        RECUENTO,
        PROPORCION,
        ACCESO,
        AGREGACION,
        FACTOR,
        MESES,
        QUIEBRES,
        AGRUPABLE,
    ),
)
"""Lo que se mira de la ficha de cada KPI; la tabla puede traer más."""

FICHAS_CON_BASE = Tabla(
    "fichas con línea de base",
    (
        *FICHAS.columnas,
        MESES_MEDIDA,
        FIN_BASE,
        BASE,
        NUM_BASE,
        DEN_BASE,
    ),
)

FORMA = texto("forma", "cómo medía su KPI (``definiciones``); «otra», de un modo que ya no usa")
TEXTO = texto("texto", "huella de la redacción de su fórmula")
UMBRAL = Columna("k", pl.Int32, "casos", "umbral con que se protegió; 0, no era sobre personas")
DEFINICION = (FUENTE, FORMA, TEXTO, UMBRAL)

HISTORIAL = Tabla("celdas publicadas", (*IDENTIDAD, AGRUPADO, *CIFRAS, DESDE, VISTA, *DEFINICION))
"""Lo que se publicó antes, una fila por celda, y cómo se medía entonces."""

TRABAJO = Tabla(
    "celdas por decidir",
    (
        Columna("celda", pl.UInt32, "", "número de la celda en esta tabla"),
        Columna("orden", pl.UInt32, "", "su fila en las observaciones; nulo si no viene de una"),
        *MEDIDA,
        SOBRE_PERSONAS,
        RECUENTO,
        PROPORCION,
        FACTOR,
        ES_PROMEDIO,
        AGRUPADO,
        Columna("a", pl.Float64, "casos", "numerador, o el recuento; nula si no se sabe"),
        Columna(
            "b", pl.Float64, "casos", "complemento, denominador o recuento; nula si no se sabe"
        ),
        marca("primaria", "por sí sola señala a menos de k: supresión primaria"),
        FAMILIA,
        CRUZADO,
        AGREGACION,
        MESES,
        QUIEBRES,
        AGRUPABLE,
        marca("escasa", "agrupada a la que le faltan periodos: no se publica"),
        NIVEL,
        Columna("nivel_total", pl.Int32, "meses", "los que agrupa el total de su KPI"),
        DESDE,
        VISTA,
        marca("conocida", "ya se publicó con esta misma cifra: ocultarla no sirve"),
        Columna("p_a", pl.Float64, "casos", "su cuenta a cuando se vio"),
        Columna("p_b", pl.Float64, "casos", "su cuenta b cuando se vio"),
        marca("cambiada", "se publicó con otra cifra"),
        marca("antes_oculta", "la última publicación la tenía y no la mostró"),
        marca("virtual", "ninguna fila la trae, pero las sumas pasan por ella"),
        marca("supuesta", "enlaza a otras y no hay que protegerla por sí misma"),
        marca("sin_cuentas", "trae solo una tasa o un promedio"),
    ),
)
"""La de trabajo: las celdas que enlazan con alguna de riesgo, agrupadas y virtuales incluidas."""

OCULTA = marca("oculta", "suprimida, por sí misma o para proteger a otra")
DECIDIDA = Tabla("celdas decididas", (*TRABAJO.columnas, OCULTA))

PUBLICA = Tabla("tabla pública", (*MEDIDA, AGRUPADO, PROTEGIDO))
"""La que se publica, ordenada por kpi, lugar, grupo, unidad, fin y agrupado."""

COSTO = Tabla(
    "costo de la protección",
    (
        MISION,
        texto("clase", "publicada, primaria, secundaria, en periodos agrupados, cifra agrupada"),
        Columna("celdas", pl.Int64, "celdas", "cuántas son"),
    ),
)

CORRECCIONES_CON_NATURALEZA = Tabla("correcciones que pasan", (*CORRECCIONES.columnas, NATURALEZA))
"""Las de celdas que se publican, con la naturaleza de su cifra."""

TOTAL_EC, PARTE = "total", "parte"
ECUACIONES = Tabla(
    "ecuaciones",
    (
        Columna("ecuacion", pl.UInt32, "", "número de la suma"),
        Columna("celda", pl.UInt32, "", "celda que entra en ella"),
        texto("papel", "«total» o «parte»"),
    ),
)
"""Las sumas entre celdas: ``Σ totales = Σ partes + lo que nadie informó``."""
