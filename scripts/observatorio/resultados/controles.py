"""Lo revisado y lo corregido que se puede decir en público."""

from __future__ import annotations

import polars as pl

from ..datos.calidad import Controles
from ..datos.reglas import CLAVE
from .resultados import Resultados


def publicas(r: Resultados) -> pl.DataFrame:
    """Las advertencias que se pueden contar: de KPI ciudadanos y, si son de una celda, de una celda no protegida."""
    ciudadanos = [c for c, k in r.catalogo.kpis.items() if k.acceso == "ciudadano"]
    ocultas = r.publica.filter("protegido").select(*CLAVE, pl.lit(True).alias("oculta"))
    return (
        r.calidad.con_control()
        .filter(pl.col("kpi").is_in(ciudadanos))
        .join(ocultas, on=list(CLAVE), how="left", maintain_order="left")
        .filter(pl.col("oculta").is_null())
        .drop("oculta")
    )


def controles(r: Resultados) -> Controles:
    """Búsqueda de los cuatro resultados de cada cifra pública."""
    return Controles(publicas(r))


def correcciones_publicas(r: Resultados) -> pl.DataFrame:
    """Las correcciones que la puerta dejó pasar, con sus columnas públicas."""
    columnas = (
        "kpi",
        "periodo",
        "lugar",
        "grupo",
        "unidad",
        "columna",
        "antes",
        "despues",
        "motivo",
        "quien",
        "fecha",
        "naturaleza",
    )
    return (
        pl.DataFrame(schema=dict.fromkeys(columnas, pl.String))
        if r.correcciones.is_empty()
        else r.correcciones.select(columnas)
    )
