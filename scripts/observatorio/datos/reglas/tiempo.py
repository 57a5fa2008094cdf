"""El periodo y la fecha del dato, contra la frecuencia del KPI y la fecha de corte."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from ...base.periodo_escrito import periodo_probable
from ...base.periodos import EJEMPLO, FORMA, MESES, ultimo_mes_terminado
from .regla import Regla, regla

PRIMER_ANIO = 1990


def de_tiempo(corte: date) -> list[Regla]:
    """Las del periodo y de la fecha del dato."""
    c = pl.col
    frecuencia = c("f_frecuencia")
    forma_mala = pl.any_horizontal(
        (frecuencia == f) & ~c("periodo").str.contains(forma) for f, forma in FORMA.items()
    ).fill_null(False)
    meses = frecuencia.replace_strict(MESES, default=0, return_dtype=pl.Int32)
    mes_del_dato = c("n_fecha").dt.year().cast(pl.Int32) * 12 + c("n_fecha").dt.month()
    return [
        regla(
            "periodo-sin-forma",
            "periodo",
            forma_mala & (c("periodo") != ""),
            pl.struct("periodo", "f_frecuencia").map_elements(_que_periodo, return_dtype=pl.String),
        ),
        regla(
            "periodo-futuro",
            "periodo",
            ~forma_mala & (c("n_meses_fin") > ultimo_mes_terminado(corte)),
            f"el periodo no ha terminado en la fecha de corte ({corte.isoformat()}): quite la fila"
            " hasta que termine o, si ya terminó, adelante fecha_corte en data/territorio.yml",
        ),
        regla(
            "periodo-imposible",
            "periodo",
            ~forma_mala & (c("n_meses_fin") <= PRIMER_ANIO * 12),
            f"revise el año: el observatorio no tiene datos anteriores a {PRIMER_ANIO}",
        ),
        regla(
            "fecha-imposible",
            "fecha_dato",
            c("n_fecha").is_null() & (c("fecha_dato") != ""),
            "escriba una fecha real como 2025-07-31",
        ),
        regla(
            "fecha-futura",
            "fecha_dato",
            c("n_fecha") > corte,
            f"la fecha es posterior a la fecha de corte ({corte.isoformat()}): escriba el día en"
            " que se cerró el dato o, si el corte ya pasó, adelante fecha_corte en"
            " data/territorio.yml",
        ),
        regla(
            "fecha-antes-del-periodo",
            "fecha_dato",
            ~forma_mala & (mes_del_dato <= c("n_meses_fin") - meses),
            "el dato lleva una fecha anterior al comienzo de su periodo: revise cuál de las dos"
            " está mal",
        ),
    ]


def _que_periodo(fila: Mapping[str, str]) -> str:
    """Cómo se escribe el periodo de un KPI; el que se quiso decir, si se entiende."""
    escrito, frecuencia = fila["periodo"], fila["f_frecuencia"]
    probable = periodo_probable(escrito, frecuencia)
    como = f"{probable}, si es ese" if probable else f"el periodo como {EJEMPLO[frecuencia]}"
    return f"el KPI es {frecuencia}: escriba {como}"
