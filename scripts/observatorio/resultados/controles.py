"""Lo revisado y lo corregido que se puede decir en público."""

from __future__ import annotations

import polars as pl

from ..catalogo import Catalogo
from ..datos.calidad import Calidad
from ..datos.reglas import CLAVE
from .columnas import CORRECCIONES


def publicas(catalogo: Catalogo, publica: pl.DataFrame, calidad: Calidad) -> pl.DataFrame:
    """Las advertencias que se pueden contar: de KPI ciudadanos y, si son de una celda, de una celda
    no protegida.
    """
    ciudadanos = [c for c, k in catalogo.kpis.items() if k.acceso == "ciudadano"]
    ocultas = publica.filter("protegido").select(*CLAVE, pl.lit(True).alias("oculta"))
    return (
        calidad.con_control()
        .filter(pl.col("kpi").is_in(ciudadanos))
        .join(ocultas, on=list(CLAVE), how="left", maintain_order="left")
        .filter(pl.col("oculta").is_null())
        .drop("oculta")
    )


def correcciones_publicas(correcciones: pl.DataFrame) -> pl.DataFrame:
    """Las correcciones que la puerta dejó pasar, con sus columnas públicas."""
    return (
        CORRECCIONES.vacia()
        if correcciones.is_empty()
        else correcciones.select(CORRECCIONES.nombres)
    )
