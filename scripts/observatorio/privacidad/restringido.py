"""Lo restringido fuera de la tabla: las líneas de base que no se publican y las correcciones de celdas ocultas."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi
from ..datos.texto import con_textos
from .primaria import CIUDADANO

CELDA = ("kpi", "periodo", "lugar", "grupo", "unidad")
PROTEGIDO = "dato protegido"


def catalogo_publico(catalogo: Catalogo, sin_base: set[str]) -> Catalogo:
    """El catálogo sin la línea de base de los KPI ``sin_base``, ni esta ni los logros esperados de los de acceso restringido."""
    misiones = tuple(
        m.model_copy(update={"okrs": tuple(o.model_copy(update={"kpis": tuple(_kpi_publico(k, sin_base) for k in o.kpis)}) for o in m.okrs)})
        for m in catalogo.misiones
    )
    return replace(catalogo, misiones=misiones)


def _kpi_publico(kpi: Kpi, sin_base: set[str]) -> Kpi:
    if kpi.acceso != CIUDADANO:
        return kpi.model_copy(update={"linea_base": None, "logros_esperados": {}})
    return kpi.model_copy(update={"linea_base": None}) if kpi.codigo in sin_base else kpi


def con_motivo(evaluacion: pl.DataFrame, k: int) -> pl.DataFrame:
    """Dice de los KPI con ``base_protegida`` por qué no tienen línea de base."""
    porque = pl.col("base_protegida") & (pl.col("estado") == "sin línea de base")
    return evaluacion.with_columns(
        pl.when(porque).then(pl.lit(f"la línea de base es un {PROTEGIDO}: publicarla permitiría señalar a menos de {k} personas"))
        .otherwise("motivo").alias("motivo")
    )


def correcciones_publicas(correcciones: pl.DataFrame, publica: pl.DataFrame) -> pl.DataFrame:
    """Las correcciones de celdas públicas; donde algo del mismo KPI y periodo se oculta, sin antes, después ni motivo.

    Lo que cambia un total a la vista es lo que cambió la parte oculta que se corrigió con él: basta restar.
    """
    if correcciones.is_empty():
        return correcciones
    de_ellas = publica.filter(pl.col("agrupado") == 0, pl.col("kpi").is_in(correcciones["kpi"].unique().implode()))
    celdas = con_textos(de_ellas).select(*CELDA, pl.col("protegido").any().over("kpi", "periodo"))
    return (
        correcciones.join(celdas, on=list(CELDA), how="inner", maintain_order="left")
        .with_columns(
            pl.when("protegido").then(pl.lit(PROTEGIDO)).otherwise(pl.col(x)).alias(x) for x in ("antes", "despues", "motivo")
        )
        .drop("protegido")
    )
