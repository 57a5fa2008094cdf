"""Los parámetros de la protección, que pone el territorio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from ..base.periodos import ultimo_mes_terminado
from ..catalogo.territorio import Territorio
from .captacion import Captaciones
from .kpis_enlazados import Declarados


@dataclass(frozen=True, slots=True)
class Reglas:
    """Lo que hay que saber del territorio para proteger sus tablas.

    ``k``: umbral, en casos. ``lugar_total``: código del lugar que es la suma de los demás.
    ``horizonte``: año en que termina el plan. ``ultimo_mes``: mes absoluto en que acaba el último
    bloque que puede cerrarse. ``poblacion``: habitantes del territorio. ``captaciones``: los
    lugares que cubre cada unidad que no cubre solo el suyo. ``enlaces``: los que declaran los KPI.
    ``formas``: cómo mide hoy cada uno (``definiciones``).
    """

    k: int
    lugar_total: str
    horizonte: int
    ultimo_mes: int
    poblacion: float
    captaciones: Captaciones = field(default_factory=dict)
    enlaces: Declarados = ()
    formas: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def de(
        cls,
        territorio: Territorio,
        unidades: pl.DataFrame | None = None,
        enlaces: Declarados = (),
        formas: Mapping[str, str] = MappingProxyType({}),
    ) -> Reglas:
        """Las reglas de ``territorio``, con su población en uso y su fecha de corte.

        ``unidades``: quiénes informan (``datos.columnas.UNIDADES``), si hace falta;
        ``enlaces`` y ``formas``: los de los KPI.
        """
        poblacion = next(p.habitantes for p in territorio.poblacion if p.en_uso)
        return cls(
            territorio.metodo.k,
            territorio.ubigeo,
            territorio.horizonte,
            ultimo_mes_terminado(territorio.fecha_corte),
            poblacion,
            {} if unidades is None else _captaciones(unidades),
            enlaces,
            formas,
        )


def _captaciones(unidades: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Los anexos que atiende cada unidad cuya captación no es solo el anexo de su sede."""
    return {
        codigo: tuple(captacion.split("|"))
        for codigo, lugar, captacion in unidades.select("codigo", "lugar", "captacion").iter_rows()
        if captacion and captacion != lugar
    }
