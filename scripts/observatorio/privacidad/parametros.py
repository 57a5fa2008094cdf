"""Lo que la puerta necesita saber del territorio."""

from __future__ import annotations

from dataclasses import dataclass

from ..base.periodos import ultimo_mes_terminado
from ..catalogo.territorio import Territorio


@dataclass(frozen=True, slots=True)
class Reglas:
    """El umbral ``k``, el lugar que es el total, el mes en que acaba el último bloque y la población en uso."""

    k: int
    lugar_total: str
    horizonte: int
    ultimo_mes: int
    poblacion: float

    @classmethod
    def de(cls, territorio: Territorio) -> Reglas:
        poblacion = next(p.habitantes for p in territorio.poblacion if p.en_uso)
        return cls(
            territorio.metodo.k,
            territorio.ubigeo,
            territorio.horizonte,
            ultimo_mes_terminado(territorio.fecha_corte),
            poblacion,
        )
