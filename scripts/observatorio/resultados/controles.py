"""Lo revisado y lo corregido que se puede decir en público."""

from __future__ import annotations

import polars as pl

from ..catalogo import Catalogo
from ..datos.calidad import Calidad
from ..datos.reglas import CLAVE
from .columnas import CORRECCIONES

DE_LA_SERIE = ("salto", "primera-entrega")
DE_LA_FUENTE = ("fuente-debil", "quiebre-de-metodo", "desglose-protegido")
SERIE = ("kpi", "lugar", "grupo", "unidad")


def publicas(catalogo: Catalogo, publica: pl.DataFrame, calidad: Calidad) -> pl.DataFrame:
    """Las advertencias que se pueden contar: de KPI ciudadanos, y las que no miran celda protegida.

    Un salto compara las cifras de su serie; las demás, las de su periodo: si alguna se oculta, que
    se advierta o no diría cómo es. Lo que se advierte de una fuente o de un corte no sale de
    ninguna cifra.
    """
    c = pl.col
    ciudadanos = [c for c, k in catalogo.kpis.items() if k.publico]
    ocultas = publica.filter("protegido").select(c(*CLAVE).cast(pl.String))
    libres = calidad.con_control().filter(c("kpi").is_in(ciudadanos)).with_row_index("n")
    calladas = pl.concat(
        libres.filter(cuales).join(ocultas, on=list(por), how="semi").select("n")
        for cuales, por in (
            (c("regla").is_in(DE_LA_SERIE), SERIE),
            (~c("regla").is_in((*DE_LA_SERIE, *DE_LA_FUENTE)), ("kpi", "periodo")),
        )
    )
    return libres.join(calladas, on="n", how="anti", maintain_order="left").drop("n")


def correcciones_publicas(correcciones: pl.DataFrame) -> pl.DataFrame:
    """Las correcciones que la puerta dejó pasar, con sus columnas públicas."""
    return (
        CORRECCIONES.vacia()
        if correcciones.is_empty()
        else correcciones.select(CORRECCIONES.nombres)
    )
