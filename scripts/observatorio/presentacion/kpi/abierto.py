"""Un KPI con lo que de él se calculó: de aquí salen su página, su recuadro y su lámina."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ...base.numeros import con_unidad
from ...catalogo.modelos import Kpi
from ...metodo.registros import Analisis, Evaluacion
from ...resultados.mision import MisionAbierta
from ..filas import Fila, fila
from ..hallazgo import Hallazgo, de_kpi


@dataclass(frozen=True)
class Abierto:
    """Un KPI con lo que de él se calculó."""

    m: MisionAbierta
    kpi: Kpi
    e: Evaluacion
    a: Analisis

    @property
    def publico(self) -> bool:
        return self.kpi.publico

    @cached_property
    def fila(self) -> Fila:
        return fila(self.m, self.kpi)

    @cached_property
    def hallazgo(self) -> Hallazgo:
        return de_kpi(self.kpi, self.e, self.a)

    @cached_property
    def medidas(self) -> pl.DataFrame:
        """La serie pública del territorio, con su ``tramo``; sin lo protegido."""
        return self.m.medidas_publicadas(self.kpi.codigo)

    def cifra(self, valor: float | None) -> str:
        return con_unidad(valor, self.kpi.unidad, self.kpi.decimales)


def abiertos(m: MisionAbierta) -> list[Abierto]:
    """Los KPI de una misión, en el orden de su hoja de ruta."""
    return [Abierto(m, k, m.evaluados[k.codigo], m.analizados[k.codigo]) for k in m.hoja.kpis]
