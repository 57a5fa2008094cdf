"""Una misión abierta desde los resultados, sin pasar por el disco."""

from __future__ import annotations

from ..base.por_clave import PorClave
from ..metodo.registros import AvanceDeMision
from .columnas import POR_MISION
from .mision import MisionAbierta
from .resultados import Resultados


def abiertas(r: Resultados) -> list[MisionAbierta]:
    """Todas las misiones, en el orden del territorio, con las tablas de cada una."""
    tablas = {n: PorClave(getattr(r, n), "mision") for n in POR_MISION}
    return [
        MisionAbierta(
            hoja=mision,
            territorio=r.catalogo.territorio,
            fuentes=r.catalogo.fuentes,
            observaciones=propias["publica"],
            series=propias["series"],
            evaluacion=propias["evaluacion"],
            analisis=propias["analisis"],
            brechas=propias["brechas"],
            okrs=propias["okrs"],
            resumen=AvanceDeMision.lista(propias["misiones"])[0],
            procedencia={k.codigo: r.procedencias[k.codigo] for k in mision.kpis},
            publicadas=r.voces.de(mision.slug),
        )
        for mision in r.catalogo.misiones
        for propias in [{n: t.de(mision.slug) for n, t in tablas.items()}]
    ]
