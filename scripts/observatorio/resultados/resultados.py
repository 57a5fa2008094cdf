"""Todo lo público que se sabe, en un registro que ya no cambia."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ..base.texto import con_textos
from ..catalogo import Catalogo
from ..cualitativo import Voces
from ..datos.calidad import Calidad


@dataclass(frozen=True)
class Resultados:
    """Todo lo público que se sabe: ninguna etapa posterior vuelve a ``data/observaciones``.

    ``compacta``: la tabla pública, con los textos como ``pl.Categorical``.
    """

    catalogo: Catalogo
    compacta: pl.DataFrame
    series: pl.DataFrame
    evaluacion: pl.DataFrame
    analisis: pl.DataFrame
    brechas: pl.DataFrame
    okrs: pl.DataFrame
    misiones: pl.DataFrame
    correcciones: pl.DataFrame
    unidades: pl.DataFrame
    calidad: Calidad
    voces: Voces
    costo_privacidad: pl.DataFrame

    @cached_property
    def publica(self) -> pl.DataFrame:
        """``compacta`` con sus textos escritos."""
        return con_textos(self.compacta)
