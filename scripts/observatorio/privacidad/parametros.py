"""Los parámetros de la protección, que pone el territorio."""

from __future__ import annotations

from dataclasses import dataclass

from ..base.periodos import ultimo_mes_terminado
from ..catalogo.territorio import Territorio


@dataclass(frozen=True, slots=True)
class Reglas:
    """Lo que hay que saber del territorio para proteger sus tablas.

    ``k``: umbral, en casos. ``lugar_total``: código del lugar que es la suma de los demás.
    ``horizonte``: año en que termina el plan. ``ultimo_mes``: mes absoluto en que acaba el último
    bloque que puede cerrarse. ``poblacion``: habitantes del territorio.
    """

    k: int
    lugar_total: str
    horizonte: int
    ultimo_mes: int
    poblacion: float

    @classmethod
    def de(cls, territorio: Territorio) -> Reglas:
        """Las reglas de ``territorio``, con su población en uso y su fecha de corte."""
        poblacion = next(p.habitantes for p in territorio.poblacion if p.en_uso)
        return cls(
            territorio.metodo.k,
            territorio.ubigeo,
            territorio.horizonte,
            ultimo_mes_terminado(territorio.fecha_corte),
            poblacion,
        )
