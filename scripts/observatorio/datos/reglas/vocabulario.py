"""Cada código, palabra, grupo y lugar sale de su lista: el catálogo, las fuentes, el
territorio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from ...catalogo.naturalezas import NATURALEZAS
from ..columnas import ESTADOS
from .regla import Regla, regla


def de_vocabulario(fuentes: list[str], lugares: list[str], de_donde: str) -> list[Regla]:
    """El KPI, el lugar, la fuente, el estado y la naturaleza."""
    c = pl.col
    conocido = c("f_unidad").is_not_null()
    return [
        regla(
            "kpi-desconocido",
            "kpi",
            ~conocido & (c("kpi") != ""),
            "use un código del catálogo, como M4-K01 (misiones/*/hoja-de-ruta.yml)",
        ),
        regla(
            "lugar-desconocido",
            "lugar",
            ~c("lugar").is_in(lugares) & (c("lugar") != ""),
            f"use el código INEI {de_donde} de data/territorio.yml",
        ),
        regla(
            "fuente-desconocida",
            "fuente",
            ~c("fuente").is_in(fuentes) & (c("fuente") != ""),
            "use un identificador de data/fuentes.yml, o añada allí su tarjeta",
        ),
        regla(
            "estado-desconocido",
            "estado",
            ~c("estado").is_in(ESTADOS) & (c("estado") != ""),
            "use preliminar, validado o corregido",
        ),
        regla(
            "naturaleza-desconocida",
            "naturaleza",
            ~c("naturaleza").is_in(NATURALEZAS) & (c("naturaleza") != ""),
            "use documentado, declarado o demostracion",
        ),
    ]


def de_grupo(grupos: list[str]) -> list[Regla]:
    """El grupo: bien escrito, de una dimensión de la ficha y de una categoría admitida."""
    grupo, bien_escrito = (
        pl.col("grupo"),
        pl.col("grupo").str.contains(r"^(total|[a-záéíóúñ ]+:[^:\s]([^:]*[^:\s])?)$"),
    )
    declarada = pl.col("f_desagregaciones").str.contains(
        pl.concat_str(pl.lit("|"), grupo.str.split(":").list.first(), pl.lit("|")), literal=True
    )
    return [
        regla(
            "grupo-mal-escrito",
            "grupo",
            ~bien_escrito & (grupo != ""),
            "escriba total, o dimensión:categoría, como sexo:mujer",
        ),
        regla(
            "grupo-no-declarado",
            "grupo",
            pl.col("f_unidad").is_not_null() & grupo.str.contains(":", literal=True) & ~declarada,
            "añada la desagregación a la ficha del KPI, o corrija el grupo",
        ),
        regla(
            "categoria-desconocida",
            "grupo",
            bien_escrito & (grupo != "total") & ~grupo.is_in(grupos),
            "use una categoría de data/territorio.yml, categorias, o añádala allí",
        ),
    ]


def de_lugar(unidades: Mapping[str, str | None] | Sequence[str], lugares: list[str]) -> list[Regla]:
    """La unidad informante y el lugar: que la ficha los pida y que concuerden."""
    c = pl.col
    desglosado = c("f_desagregaciones")
    salida = [
        regla(
            "unidad-desconocida",
            "unidad",
            ~c("unidad").is_in(["", *unidades]),
            "use un código de data/unidades.csv, o deje el campo vacío",
        ),
        regla(
            "unidad-no-declarada",
            "unidad",
            (c("unidad") != "") & ~desglosado.str.contains("|unidad|", literal=True),
            "añada la desagregación «unidad» a la ficha del KPI, o deje el campo vacío",
        ),
        regla(
            "lugar-no-declarado",
            "lugar",
            (c("unidad") == "")
            & c("lugar").is_in(lugares[1:])
            & ~desglosado.str.contains("|anexo|", literal=True),
            "añada la desagregación «anexo» a la ficha del KPI; si la cifra es de todo el"
            " territorio, use el código de este",
        ),
    ]
    if isinstance(unidades, Mapping) and unidades:
        suyo = c("unidad").replace_strict(dict(unidades), default=None, return_dtype=pl.String)
        salida.append(
            regla(
                "unidad-de-otro-lugar",
                "lugar",
                suyo != c("lugar"),
                pl.format(
                    "la unidad {} está en {} (data/unidades.csv): escriba ese lugar",
                    c("unidad"),
                    suyo,
                ),
            )
        )
    return salida
