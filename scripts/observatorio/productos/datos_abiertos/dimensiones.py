"""Las tablas que dan nombre a los códigos de las demás: las fuentes y los lugares."""

from __future__ import annotations

import polars as pl

from ...resultados.resultados import Resultados
from ..columnas import FUENTES, LUGARES


def tabla_fuentes(r: Resultados) -> pl.DataFrame:
    """Una fuente por fila (``columnas.FUENTES``), en orden de código."""
    fichas = sorted(r.catalogo.fuentes.items())
    filas = [[c, *(getattr(f, n) for n in FUENTES.nombres[1:])] for c, f in fichas]
    return pl.DataFrame(filas, schema=FUENTES.esquema, orient="row")


def tabla_lugares(r: Resultados) -> pl.DataFrame:
    """El territorio y sus anexos (``columnas.LUGARES``)."""
    t = r.catalogo.territorio
    tipo = t.anexos_se_llaman.singular
    anexos = sorted((a.codigo, a.nombre, tipo, a.lat, a.lon) for a in t.anexos)
    filas = [(t.ubigeo, t.nombre, t.tipo, None, None), *anexos]
    return pl.DataFrame(filas, schema=LUGARES.esquema, orient="row")
