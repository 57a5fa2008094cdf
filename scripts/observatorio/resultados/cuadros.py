"""Cuadros que no salen de las observaciones: cifras copiadas de su fuente, con lo que se sabe de
cada una.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ..base.tablas import esquema
from ..catalogo.fuentes import Fuente
from ..catalogo.naturalezas import GRADO
from ..datos.advertencias import FIABILIDAD_DEBIL
from ..datos.columnas import FUENTE
from ..datos.control_de_regla import CONTROLES
from .aprobaciones import PENDIENTE, Aprobacion
from .columnas import DE_LA_FUENTE
from .procedencia import ProcedenciaReunida, TarjetaDeFuente

TRANSCRITO, SIN_REPAROS = "preliminar", f"{len(CONTROLES)} de {len(CONTROLES)} sin reparos"
"""Cifras copiadas de su fuente: nadie las ha vuelto a contrastar. Un defecto no pasa la validación;
un reparo se dice.
"""
SIN_ANIO = "año no declarado"


def con_origen(tabla: pl.DataFrame, fuentes: Mapping[str, Fuente]) -> pl.DataFrame:
    """Añade a cada fila de un cuadro con ``fuente`` lo que de ella se sabe: lo que
    ``CUADROS_CON_ORIGEN`` declara.
    """
    tarjetas = pl.DataFrame(
        [(i, f.institucion, f.fecha_acceso, f.fiabilidad) for i, f in fuentes.items()],
        schema=esquema((FUENTE, *DE_LA_FUENTE)),
        orient="row",
    )
    return tabla.join(tarjetas, on="fuente", how="left", maintain_order="left").with_columns(
        pl.lit(TRANSCRITO).alias("validacion"),
        _controles(tabla.columns),
        pl.lit(PENDIENTE).alias("aprobacion"),
    )


def reunida(tabla: pl.DataFrame, fuentes: Mapping[str, Fuente]) -> ProcedenciaReunida:
    """La procedencia de un cuadro ya ``con_origen``, ``fecha_dato`` es su año más nuevo."""
    usadas = tuple(TarjetaDeFuente.de(i, fuentes[i]) for i in sorted(tabla["fuente"].unique()))
    anios = tabla["periodo"].drop_nulls().to_list() if "periodo" in tabla.columns else []
    naturalezas = (
        tabla["naturaleza"].drop_nulls().to_list()
        if "naturaleza" in tabla.columns
        else [f.naturaleza for f in usadas]
    )
    return ProcedenciaReunida(
        fuentes=usadas,
        fecha_dato=max(filter(None, anios), default=SIN_ANIO),
        validacion=TRANSCRITO,
        naturaleza=min(naturalezas, key=GRADO.__getitem__, default=None),
        cifras=tabla.height,
        sin_reparos=tabla.filter(pl.col("controles") == SIN_REPAROS).height,
        aprobacion=Aprobacion(),
        cuadernos=(),
    )


def _controles(columnas: list[str]) -> pl.Expr:
    """«4 de 4 sin reparos», o cuántos y qué se repara: lo que la fuente no dice y lo débil que
    es.
    """
    c = pl.col
    falta = [
        pl.when(c(x).fill_null("") == "").then(pl.lit(dice))
        for x, dice in (
            ("periodo", "no consta el año"),
            ("institucion", "no consta la institución"),
        )
        if x in columnas
    ]
    completitud = (
        pl.concat_str(falta, separator=" y ", ignore_nulls=True).replace("", None)
        if falta
        else pl.lit(None, dtype=pl.String)
    )
    reparos = {
        "completitud": completitud,
        "confiabilidad": (
            pl.when(c("fiabilidad").is_in(FIABILIDAD_DEBIL)).then(
                pl.format("fuente de fiabilidad {}", "fiabilidad")
            )
        ),
    }
    limpios = len(CONTROLES) - pl.sum_horizontal(x.is_not_null() for x in reparos.values())
    dichos = [pl.format(f"; {control}: {{}}", x) for control, x in reparos.items()]
    return pl.concat_str(
        pl.format(f"{{}} de {len(CONTROLES)} sin reparos", limpios), *dichos, ignore_nulls=True
    ).alias("controles")
