"""Las tablas de los resultados, declaradas: las que cada misión lleva al disco y las que de ellas
salen para mostrarse.
"""

from __future__ import annotations

import polars as pl

from ..base.tablas import Columna, Tabla, marca, texto
from ..datos.columnas import (
    CUADROS,
    EXPLICADAS,
    FIRMA,
    IDENTIDAD,
    KPI,
    NATURALEZA,
    PERIODO,
    UNIDADES,
    VALOR,
)
from ..metodo.columnas import (
    ANALISIS,
    BRECHAS,
    EVALUACION,
    MISIONES,
    MIXTA,
    OKRS,
    PROTEGIDO,
    SERIES,
    TRAMO,
)
from ..privacidad.columnas import CORRECCIONES_CON_NATURALEZA, COSTO, PUBLICA

POR_MISION = {
    "publica": PUBLICA,
    "series": SERIES,
    "evaluacion": EVALUACION,
    "analisis": ANALISIS,
    "brechas": BRECHAS,
    "okrs": OKRS,
    "misiones": MISIONES,
}
"""Las que cada misión lleva al disco, por su nombre: lo único que su cuaderno lee."""
DE_RESULTADOS = {
    "compacta": PUBLICA,
    **POR_MISION,
    "correcciones": CORRECCIONES_CON_NATURALEZA,
    "unidades": UNIDADES,
    "costo_privacidad": COSTO,
}
"""Las de ``Resultados``, por su campo."""

ADVERTENCIAS = Tabla(
    "advertencias que se pueden contar",
    (*EXPLICADAS.columnas, texto("control", "a cuál de los cuatro controles sirve")),
)

CORRECCIONES = Tabla(
    "correcciones publicadas",
    (
        *IDENTIDAD,
        texto("columna", "la columna que se corrigió"),
        texto("antes", "lo que decía"),
        texto("despues", "lo que dice"),
        *FIRMA,
        NATURALEZA,
    ),
)

DE_LA_FUENTE = (
    texto("fuente_institucion", "quién produce la fuente"),
    Columna("fuente_acceso", pl.Date, "día", "cuándo se consultó"),
    texto("fiabilidad", "la de la fuente: de A, la mayor, a D"),
)
_CON_ORIGEN = (
    *DE_LA_FUENTE,
    texto("validacion", "«preliminar»: nadie la ha vuelto a contrastar"),
    texto("controles", "cuántos pasan sin reparos, y qué se repara"),
    texto("aprobacion", "si el comité la aprobó"),
)
CUADROS_CON_ORIGEN = {
    nombre: Tabla(
        f"{nombre} con su origen",
        (*(VALOR if c.nombre == "valor" else c for c in cuadro.columnas), *_CON_ORIGEN),
    )
    for nombre, cuadro in CUADROS.items()
}
"""Los cuadros de ``data/``, con ``valor`` numérico y lo que se sabe de la fuente de cada fila."""

_INSTANTE = Columna("t", pl.Float64, "años", "el instante, como año decimal")

KPIS = Tabla(
    "KPI de una misión",
    (
        *EVALUACION.columnas,
        texto("nombre", "el de la ficha"),
        texto("nombre_corto", "el que cabe en un gráfico"),
        texto("unidad", "en qué se mide"),
        Columna("decimales", pl.Int64, "decimales", "con cuántos se escribe"),
        marca("principal", "es de los que la misión pone delante"),
        texto("okr_nombre", "el de su OKR"),
    ),
)
"""La evaluación con los nombres de la ficha."""

CAMBIOS_DE_METODO = Tabla(
    "cambios de método",
    (_INSTANTE, texto("fecha", "el mes, escrito"), texto("rotulo", "lo que dice el gráfico")),
)
CAMBIOS_POR_KPI = Tabla("cambios de método por KPI", (KPI, *CAMBIOS_DE_METODO.columnas))

TRAYECTORIA = Tabla(
    "trayectoria de un KPI",
    (
        _INSTANTE,
        PERIODO,
        VALOR,
        texto("serie", "«medido» o «esperado»"),
        TRAMO,
        MIXTA,
        texto("escrito", "la cifra, como se escribe"),
    ),
)

POR_ANEXO = Tabla(
    "última medida de cada anexo", (texto("anexo", "cómo se llama"), PERIODO, VALOR, PROTEGIDO)
)

TEMAS = Tabla(
    "temas de las narraciones",
    (
        texto("tema", "cómo se llama"),
        Columna("narraciones", pl.Int64, "narraciones", "cuántas lo tocan; nulo lo protegido"),
        marca("protegido", "son tan pocas que no se dice cuántas"),
        NATURALEZA,
    ),
)
