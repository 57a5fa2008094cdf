"""Lo restringido fuera de la tabla: líneas de base de KPI no ciudadanos y correcciones de celdas ocultas."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from ..catalogo import Catalogo

CIUDADANO = "ciudadano"
CELDA = ("kpi", "periodo", "lugar", "grupo", "unidad")
PROTEGIDO = "dato protegido"


def catalogo_publico(catalogo: Catalogo) -> Catalogo:
    """El catálogo sin línea de base ni logros esperados de los KPI de acceso restringido."""
    misiones = tuple(
        m.model_copy(update={"okrs": tuple(
            o.model_copy(update={"kpis": tuple(
                k if k.acceso == CIUDADANO else k.model_copy(update={"linea_base": None, "logros_esperados": {}}) for k in o.kpis
            )}) for o in m.okrs
        )}) for m in catalogo.misiones
    )
    return replace(catalogo, misiones=misiones)


def correcciones_publicas(correcciones: pl.DataFrame, publica: pl.DataFrame) -> pl.DataFrame:
    """Las correcciones de celdas públicas; donde algo del mismo KPI y periodo se oculta, sin antes, después ni motivo.

    Lo que cambia un total a la vista es lo que cambió la parte oculta que se corrigió con él: basta restar.
    """
    if correcciones.is_empty():
        return correcciones
    celdas = publica.filter(pl.col("agrupado") == 0).select(*CELDA, pl.col("protegido").any().over("kpi", "periodo"))
    return (
        correcciones.join(celdas, on=list(CELDA), how="inner", maintain_order="left")
        .with_columns(
            pl.when("protegido").then(pl.lit(PROTEGIDO)).otherwise(pl.col(x)).alias(x) for x in ("antes", "despues", "motivo")
        )
        .drop("protegido")
    )
