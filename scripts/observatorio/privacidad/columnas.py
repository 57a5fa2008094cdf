"""Las tablas sobre las que se protege, declaradas: lo que entra, la de trabajo y lo que sale.

Los meses son absolutos (``año × 12 + mes``; un periodo se nombra por el último que cuenta). Las
cuentas son personas, o lo que el KPI cuente, y nunca son negativas.
"""

from __future__ import annotations

import polars as pl

from ..base.tablas import Columna, Tabla

CUENTAS = ("a", "b")
"""Las dos cuentas de una celda, que se protegen por separado (``primaria``)."""


def _texto(nombre: str, significado: str) -> Columna:
    return Columna(nombre, pl.String, "", significado, admite=(pl.Categorical,))


def _marca(nombre: str, significado: str) -> Columna:
    return Columna(nombre, pl.Boolean, "", significado)


KPI = _texto("kpi", "código del KPI")
PERIODO = _texto("periodo", "periodo, como se informa (2024, 2024-S1, 2024-T1, 2024-01…)")
LUGAR = _texto("lugar", "código del territorio o de uno de sus anexos")
GRUPO = _texto("grupo", "«total», o dimensión y categoría (sexo:mujer)")
UNIDAD = _texto("unidad", "establecimiento, escuela… que informa; vacía si ninguno")
CIFRAS = (
    Columna("valor", pl.Float64, "la del KPI", "la cifra: tasa, promedio, monto o recuento"),
    Columna("numerador", pl.Float64, "la del KPI", "casos de una razón; nulo si no se dicen"),
    Columna("denominador", pl.Float64, "la del KPI", "base de una razón; nulo si no se dice"),
)
FUENTE = _texto("fuente", "fuente que la informa")
FECHA = Columna("fecha_dato", pl.Date, "día", "cuándo se obtuvo el dato")
ESTADO = _texto("estado", "preliminar, corregido o validado")
NATURALEZA = _texto("naturaleza", "demostracion, declarado o documentado")
NOTA = _texto("nota", "texto libre; no se publica: puede nombrar a alguien")
MISION = _texto("mision", "misión del KPI")
FIN = Columna("fin", pl.Int32, "mes absoluto", "último mes que cuenta la cifra")
IDENTIDAD = (KPI, PERIODO, LUGAR, GRUPO, UNIDAD)
MEDIDA = (*IDENTIDAD, *CIFRAS, FUENTE, FECHA, ESTADO, NATURALEZA, NOTA, MISION, FIN)
AGRUPADO = Columna("agrupado", pl.Int32, "meses", "los que reúne la cifra; 0, ninguno: es suelta")
NIVEL = Columna("nivel", pl.Int32, "meses", "los que agrupa su familia: 0, 12 o 36")
FAMILIA = _texto("familia", "total, anexos, unidades o la dimensión del grupo")
CRUZADO = _marca("cruzado", "su KPI se abre por dos cosas a la vez: sus sumas se enlazan")
DESDE = Columna("desde", pl.Int32, "publicación", "aquella en que la celda apareció")
VISTA = Columna("vista", pl.Int32, "publicación", "la última que mostró su cifra; 0, ninguna")

OBSERVACIONES = Tabla(
    "observaciones",
    (
        *MEDIDA,
        _texto("archivo", "archivo de donde viene; vacío si la cifra se infirió"),
        Columna("fila", pl.UInt32, "", "fila del archivo", admite=(pl.Int64,)),
    ),
)
"""Lo que entra, validado. Es cerrada: una columna sin declarar se publicaría sin protegerla."""

AGREGACION = _texto("agregacion", "cómo se juntan periodos: razon, suma, promedio, ultimo…")
FACTOR = Columna("factor", pl.Float64, "1", "por cuánto se multiplica la razón (100 en un %)")
MESES = Columna("meses", pl.Int32, "meses", "los que dura un periodo del KPI")
QUIEBRES = Columna(
    "quiebres", pl.List(pl.Float64), "mes absoluto", "instantes en que cambió el método"
)
SOBRE_PERSONAS = _marca("sobre_personas", "la cifra es sobre personas: se protege")
RECUENTO = _marca("recuento", "el valor cuenta casos, y no soles ni litros")
PROPORCION = _marca("proporcion", "porcentaje: también identifica el complemento")
AGRUPABLE = _marca("agrupable", "sus periodos cuentan a otros, y pueden sumarse")
ES_PROMEDIO = _marca("es_promedio", "la cifra es un promedio: de ella no salen casos")

FICHAS = Tabla(
    "fichas",
    (
        KPI,
        SOBRE_PERSONAS,
        RECUENTO,
        PROPORCION,
        _texto("acceso", "ciudadano, decisor o técnico"),
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
        Columna("meses_medida", pl.Int32, "meses", "los que abarca la medida que se compara"),
        Columna("fin_base", pl.Int32, "mes absoluto", "último mes que cuenta la base"),
        Columna("b", pl.Float64, "la del KPI", "línea de base; nula si no tiene"),
        Columna("num_base", pl.Float64, "la del KPI", "casos de la base que su ficha declara"),
        Columna("den_base", pl.Float64, "la del KPI", "denominador que su ficha declara"),
    ),
)

HISTORIAL = Tabla("celdas publicadas", (*IDENTIDAD, AGRUPADO, *CIFRAS, DESDE, VISTA))
"""Lo que se publicó antes: una fila por celda sobre personas."""

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
        _marca("primaria", "por sí sola señala a menos de k: supresión primaria"),
        FAMILIA,
        CRUZADO,
        AGREGACION,
        MESES,
        QUIEBRES,
        AGRUPABLE,
        _marca("escasa", "agrupada a la que le faltan periodos: no se publica"),
        NIVEL,
        Columna("nivel_total", pl.Int32, "meses", "los que agrupa el total de su KPI"),
        DESDE,
        VISTA,
        _marca("conocida", "ya se publicó con esta misma cifra: ocultarla no sirve"),
        Columna("p_a", pl.Float64, "casos", "su cuenta a cuando se vio"),
        Columna("p_b", pl.Float64, "casos", "su cuenta b cuando se vio"),
        _marca("cambiada", "se publicó con otra cifra"),
        _marca("antes_oculta", "la última publicación la tenía y no la mostró"),
        _marca("virtual", "ninguna fila la trae, pero las sumas pasan por ella"),
        _marca("supuesta", "enlaza a otras y no hay que protegerla por sí misma"),
        _marca("sin_cuentas", "trae solo una tasa o un promedio"),
    ),
)
"""La de trabajo: las celdas que enlazan con alguna de riesgo, agrupadas y virtuales incluidas."""

OCULTA = _marca("oculta", "suprimida, por sí misma o para proteger a otra")
DECIDIDA = Tabla("celdas decididas", (*TRABAJO.columnas, OCULTA))

PUBLICA = Tabla(
    "tabla pública", (*MEDIDA, AGRUPADO, _marca("protegido", "suprimida: sus cifras son nulas"))
)
"""La que se publica, ordenada por kpi, lugar, grupo, unidad, fin y agrupado."""

COSTO = Tabla(
    "costo de la protección",
    (
        MISION,
        _texto("clase", "publicada, primaria, secundaria, en periodos agrupados, cifra agrupada"),
        Columna("celdas", pl.Int64, "celdas", "cuántas son"),
    ),
)

ECUACIONES = Tabla(
    "ecuaciones",
    (
        Columna("ecuacion", pl.UInt32, "", "número de la suma"),
        Columna("celda", pl.UInt32, "", "celda que entra en ella"),
        _texto("papel", "«total» o «parte»"),
    ),
)
"""Las sumas entre celdas: ``Σ totales = Σ partes + lo que nadie informó``."""
