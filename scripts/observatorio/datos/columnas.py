"""Las tablas que se leen de ``data/``, declaradas: observaciones, apoyo, correcciones y lo que la
validación dice de ellas.

Los meses son absolutos (``año × 12 + mes``; un periodo se nombra por el último que cuenta).
"""

from __future__ import annotations

import polars as pl

from ..base.tablas import Columna, Tabla, texto


def entera() -> pl.Expr:
    """¿Es la medida la de todo su lugar, y no la de un grupo ni la de una unidad?"""
    return (pl.col("grupo") == "total") & (pl.col("unidad") == "")


def cifra(nombre: str, significado: str) -> Columna:
    """Una columna en la unidad de su KPI."""
    return Columna(nombre, pl.Float64, "la del KPI", significado)


def por_anio(nombre: str, significado: str) -> Columna:
    """Una columna de cuánto cambia por año lo que mide su KPI."""
    return Columna(nombre, pl.Float64, "la del KPI por año", significado)


def proporcion(nombre: str, significado: str) -> Columna:
    """Una columna que va de 0 a 1, y puede salirse."""
    return Columna(nombre, pl.Float64, "proporción", significado)


KPI = texto("kpi", "código del KPI")
PERIODO = texto("periodo", "periodo, como se informa (2024, 2024-S1, 2024-T1, 2024-01…)")
LUGAR = texto("lugar", "código del territorio o de {{anexo-uno}} de sus {{anexos}}")
GRUPO = texto("grupo", "«total», o dimensión y categoría (sexo:mujer)")
UNIDAD = texto("unidad", "establecimiento, escuela… que informa; vacía si ninguno")
VALOR = Columna("valor", pl.Float64, "la del KPI", "la cifra: tasa, promedio, monto o recuento")
NUMERADOR = Columna(
    "numerador", pl.Float64, "la del KPI", "casos de una razón; nulo si no se dicen"
)
DENOMINADOR = Columna(
    "denominador", pl.Float64, "la del KPI", "base de una razón; nulo si no se dice"
)
CIFRAS = (VALOR, NUMERADOR, DENOMINADOR)
FUENTE = texto("fuente", "fuente que la informa")
FECHA = Columna("fecha_dato", pl.Date, "día", "cuándo se obtuvo el dato")
ESTADO = texto("estado", "preliminar, corregido o validado")
ESTADOS = ("preliminar", "corregido", "validado")
"""Los de una medida, del menos firme al más."""
NATURALEZA = texto("naturaleza", "demostracion, declarado o documentado")
NOTA = texto("nota", "texto libre; no se publica: puede nombrar a alguien")
MISION = texto("mision", "misión del KPI")
FIN = Columna("fin", pl.Int32, "mes absoluto", "último mes que cuenta la cifra")
IDENTIDAD = (KPI, PERIODO, LUGAR, GRUPO, UNIDAD)
"""Lo que distingue una medida de otra."""
ESCRITAS = (*IDENTIDAD, *CIFRAS, FUENTE, FECHA, ESTADO, NATURALEZA, NOTA)
"""Las de un archivo de observaciones, en su orden."""
MEDIDA = (*ESCRITAS, MISION, FIN)
ARCHIVO = texto("archivo", "archivo de donde viene; vacío si la cifra se infirió")
FILA = Columna("fila", pl.UInt32, "", "fila del archivo", admite=(pl.Int64,))
DE_ARCHIVO = (FILA, ARCHIVO)
FIRMA = (
    texto("motivo", "por qué"),
    texto("quien", "quién responde: un cargo, no un nombre"),
    texto("fecha", "cuándo se firmó (2024-05-31)"),
)

OBSERVACIONES = Tabla("observaciones", (*MEDIDA, ARCHIVO, FILA))
"""Lo medido, validado. Es cerrada: una columna sin declarar se publicaría sin protegerla."""

UNIDAD_INFORMANTE = (
    texto("codigo", "código RENIPRESS o modular"),
    texto("tipo", "qué es: establecimiento, escuela…"),
    texto("nombre", "cómo se llama"),
    texto("lugar", "código {{del-anexo}} donde está"),
    texto("captacion", "códigos de {{los-anexos}} que atiende, separados por «|»"),
    texto("demostracion", "true si es inventada, false si existe"),
)
UNIDADES = Tabla("unidades", (*UNIDAD_INFORMANTE, *DE_ARCHIVO))
"""Quiénes informan, como textos."""

_TRANSCRITA = texto("valor", "la cifra, con su escritura")
_DE_FUENTE = texto("fuente", "fuente de donde se copió")
_PERIODO_DE_CUADRO = texto("periodo", "a qué periodo se refiere; nulo si la fuente no lo dice")
_INDICADOR = texto("indicador", "qué se mide")
_EN = texto("unidad", "en qué se mide")
CUADROS = {
    "diagnostico": Tabla(
        "diagnostico",
        (
            texto("clave", "nombre corto con que una página lo cita"),
            texto("problema", "qué problema describe"),
            _TRANSCRITA,
            texto("cota", "«>», «<», «≥» o «≤» si la fuente solo da un límite"),
            _EN,
            _PERIODO_DE_CUADRO,
            texto("institucion", "quién lo dice"),
            texto("kpi", "KPI que lo sigue, si hay"),
            _DE_FUENTE,
            NATURALEZA,
            texto("nota", "lo que hay que saber para leerla"),
        ),
    ),
    "provincia": Tabla(
        "provincia",
        (
            texto("ubigeo", "código del distrito"),
            texto("distrito", "cómo se llama"),
            _INDICADOR,
            _PERIODO_DE_CUADRO,
            _TRANSCRITA,
            _EN,
            _DE_FUENTE,
            NATURALEZA,
        ),
    ),
    "contexto": Tabla(
        "contexto",
        (
            texto("ambito", "de dónde es la cifra"),
            _INDICADOR,
            _PERIODO_DE_CUADRO,
            _TRANSCRITA,
            _EN,
            _DE_FUENTE,
            NATURALEZA,
        ),
    ),
}
"""Las cifras copiadas de su fuente, que se publican enteras: textos, y lo vacío nulo."""

CORRECCION = (
    texto("archivo", "archivo de observaciones que se corrige"),
    *IDENTIDAD,
    texto("columna", "la columna que se corrige"),
    texto("antes", "lo que decía"),
    texto("despues", "lo que debe decir"),
    *FIRMA,
)
"""Las de un archivo de correcciones, en su orden."""
CORRECCIONES = Tabla(
    "correcciones",
    (*CORRECCION, FILA, texto("procedencia", "archivo donde se firmó la corrección")),
)

ADVERTIDAS = Tabla(
    "advertencias",
    (
        texto("regla", "cuál de las advertencias es"),
        *IDENTIDAD,
        FUENTE,
        texto("cifra", "la cifra que llama la atención, hasta cuatro decimales"),
        texto("detalle", "qué se vio"),
        ARCHIVO,
        FILA,
    ),
)
"""Lo que llama la atención sin ser un defecto; vacío lo que no identifica a la advertencia."""

EXPLICADAS = Tabla("advertencias explicadas", (*ADVERTIDAS.columnas, *FIRMA))
"""Con la justificación de cada una."""

RECUENTO = Tabla(
    "recuento de observaciones",
    (
        MISION,
        KPI,
        FUENTE,
        Columna("observaciones", pl.UInt32, "observaciones", "cuántas informó esa fuente"),
    ),
)
