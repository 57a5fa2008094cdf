"""La tabla de casos de *Metodología*: nuestro ritmo frente al cociente de tasas de crecimiento.

Todo se calcula aquí con el mismo código que evalúa los KPI; nada está copiado.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from ..base.numeros import numero
from ..catalogo.territorio import Metodo
from ..metodo.avance import evaluar
from ..presentacion.tablas import sello_html

CASOS = ((0.0, 30.0, 5.0), (20.0, 0.0, 12.0), (30.0, 15.0, 24.0), (40.0, 90.0, 60.0))
BASE, LECTURA, META = 2021 * 12, 2025 * 12, 2031 * 12
CASI_CERO = 0.001


def evaluar_caso(b: float, m: float, y: float, metodo: Metodo | None = None) -> dict[str, Any]:
    """Evalúa un caso 2020 → 2030 leído al cierre de 2024, con senda lineal."""
    ficha = pl.DataFrame(
        {
            "kpi": ["caso"],
            "sentido": ["ascendente" if m > b else "descendente"],
            "meses_medida": [12],
            "meses_plazo": [12],
            "gracia": [6],
            "tolerancia": [0.0],
            "acceso": ["ciudadano"],
            "inicio_base": [BASE - 12],
            "fin_base": [BASE],
            "b": [b],
            "naturaleza_base": ["documentado"],
            "fin_meta": [META],
            "m": [m],
            "quiebres": [[]],
            "cobertura_distrital": [True],
        },
        schema_overrides={
            "inicio_base": pl.Int32,
            "fin_base": pl.Int32,
            "fin_meta": pl.Int32,
            "meses_medida": pl.Int32,
            "meses_plazo": pl.Int32,
            "gracia": pl.Int32,
            "quiebres": pl.List(pl.Float64),
        },
    )
    serie = pl.DataFrame(
        {
            "kpi": ["caso"],
            "lugar": ["caso"],
            "fin": [LECTURA],
            "periodo": ["2024"],
            "valor": [y],
            "protegido": [False],
            "fuente": [""],
            "fecha_dato": [date(2025, 1, 1)],
            "numerador": [None],
            "denominador": [None],
            "estado": ["validado"],
            "naturaleza": ["documentado"],
            "agrupado": [0],
        },
        schema_overrides={"fin": pl.Int32, "numerador": pl.Float64, "denominador": pl.Float64},
    )
    senda = pl.DataFrame(
        {"kpi": ["caso", "caso"], "fin": [BASE, META], "valor": [b, m]},
        schema_overrides={"fin": pl.Int32},
    )
    return evaluar(serie, ficha, senda, metodo or Metodo(), date(2025, 6, 30)).row(0, named=True)


def razon_de_tasas(b: float, m: float, y: float) -> float:
    """``R = CAGR observado / CAGR necesario`` (StatCan, Eurostat); un cero se lee como 0.001."""
    b, m, y = (v or CASI_CERO for v in (b, m, y))
    t, plazo = (LECTURA - BASE) / 12, (META - BASE) / 12
    return ((y / b) ** (1 / t) - 1) / ((m / b) ** (1 / plazo) - 1)


def tabla_de_casos(metodo: Metodo) -> str:
    """HTML de la tabla de casos, con los cortes que rigen."""
    from ..presentacion.apilada import tabla_html

    filas = []
    for b, m, y in CASOS:
        e = evaluar_caso(b, m, y, metodo)
        filas.append(
            [
                f"de {b:g} a {m:g}, hoy {y:g}",
                numero(e["ritmo"], 2),
                sello_html(str(e["estado"])),
                numero(razon_de_tasas(b, m, y), 2),
            ]
        )
    return tabla_html(
        "Cuatro casos: 2020 a 2030, leídos al cierre de 2024",
        ["Caso", "Ritmo", "Estado", "R (tasas de crecimiento)"],
        filas,
    )
