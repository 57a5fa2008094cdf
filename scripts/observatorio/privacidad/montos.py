"""Montos de pocos: lo que suman ventas, préstamos o cosechas no dice de cuántos es.

Un monto se publica solo entero, del territorio, y si quien lo entregó respondió que aportan ``k`` o
más y que ninguno pasa de la mitad (``datos.aportes``). Sus partes se protegen siempre: por ellas
se despejaría el total que se calla, y de sus cuentas en soles o kilos no se sabe a cuántos nombran.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi
from ..datos.aportes import expr_respondido
from .parametros import Reglas
from .primaria import es_el_total, sin_lo_protegido

CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad")


def es_monto(kpi: Kpi) -> bool:
    """¿Suma lo de varias personas o negocios? Una mediana o un promedio, no."""
    return (
        kpi.sobre_personas
        and kpi.formula.medida == "magnitud"
        and kpi.agregacion != "promedio"
        and kpi.publico
    )


def sin_montos_de_pocos(
    publica: pl.DataFrame, observaciones: pl.DataFrame, catalogo: Catalogo, reglas: Reglas
) -> pl.DataFrame:
    """``publica`` (``columnas.PUBLICA``) con los montos que nadie respondió, protegidos.

    ``observaciones``: las validadas, con la nota de cada una. Una cifra agrupada lo está si lo está
    alguno de sus periodos.
    """
    montos = [codigo for codigo, k in catalogo.kpis.items() if es_monto(k)]
    c = pl.col
    if not montos or publica.filter(c("kpi").is_in(montos)).is_empty():
        return publica
    calla = _calla(observaciones, montos, reglas)
    marcada = (
        publica.with_row_index("orden_de_monto")
        .join(calla, on=CLAVE, how="left", maintain_order="left")
        .with_columns(
            (c("protegido") | (c("kpi").is_in(montos) & c("calla").fill_null(True))).alias(
                "protegido"
            )
        )
    )
    return sin_lo_protegido(marcada).select(publica.columns)


def _calla(observaciones: pl.DataFrame, montos: Sequence[str], reglas: Reglas) -> pl.DataFrame:
    """``CLAVE`` y ``calla`` de las medidas de esos KPI."""
    c = pl.col
    entero = es_el_total(reglas.lugar_total)
    return observaciones.filter(c("kpi").is_in(list(montos))).select(
        *CLAVE, (~(entero & expr_respondido("nota", reglas.k))).alias("calla")
    )
