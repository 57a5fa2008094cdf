"""La regla de publicación de lo cualitativo: lo único que sale de las narraciones.

Un tema se cuenta en todo el territorio, nunca por anexo, y solo donde los dos codificadores lo
vieron. Con menos de ``ACTORES`` tipos de actor distintos dice «dato protegido»: el anexo y el tipo
de actor juntos señalan a una persona.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from .acuerdo import Decision, kappa
from .modelos import CITA, Cita, Codigo, Libro, Relatos, Tema, Voces

ACTORES = 3
CITAS_POR_MISION = 3


def voces_publicables(relatos: Relatos | None, incluir_demostracion: bool) -> Voces:
    """Las voces publicables; vacías si no hay narraciones."""
    if relatos is None:
        return Voces()
    narraciones = relatos.narraciones
    if not incluir_demostracion:
        narraciones = narraciones.filter(pl.col("naturaleza") != "demostracion")
    if narraciones.is_empty():
        return Voces()
    libro, ids = relatos.libro, narraciones["id"].to_list()
    primera, segunda = _leidas(relatos, ids)
    por_id = narraciones.rows_by_key("id", named=True, unique=True)
    comunes = _comunes(libro, primera & segunda)
    temas = tuple(_tema(c, [por_id[n] for n in comunes[c.codigo]]) for c in libro.codigos)
    publicos = [t for t in temas if not t.protegido]
    misiones = list(dict.fromkeys(c.mision for c in libro.codigos))
    acuerdo = {
        m: kappa(primera, segunda, ids, [t.codigo for t in publicos if t.mision == m])
        for m in misiones
    }
    acuerdo[""] = kappa(primera, segunda, ids, [t.codigo for t in publicos])
    citas = tuple(
        c for m in misiones for c in _citas([t for t in publicos if t.mision == m], comunes, por_id)
    )
    return Voces(temas, citas, acuerdo, len(ids), str(narraciones["fecha"].max())[:7])


def coincidencias(relatos: Relatos) -> dict[str, list[str]]:
    """Código → las narraciones en que los dos lectores lo vieron."""
    primera, segunda = _leidas(relatos, relatos.narraciones["id"].to_list())
    return _comunes(relatos.libro, primera & segunda)


def _leidas(relatos: Relatos, ids: Sequence[str]) -> tuple[set[Decision], set[Decision]]:
    """Lo que vio cada lector en esas narraciones."""
    propias = relatos.codificaciones.filter(pl.col("narracion").is_in(ids))
    primera, segunda = (
        set(propias.filter(pl.col("codificador") == c).select("narracion", "codigo").iter_rows())
        for c in relatos.libro.codificadores
    )
    return primera, segunda


def _comunes(libro: Libro, de_los_dos: set[Decision]) -> dict[str, list[str]]:
    return {c.codigo: sorted(n for n, k in de_los_dos if k == c.codigo) for c in libro.codigos}


def _tema(c: Codigo, narraciones: Sequence[Mapping[str, str]]) -> Tema:
    """Cero narraciones no es un cero que se publique: no haberlo visto en esta muestra tampoco dice
    que no exista.
    """
    protegido = len({n["actor"] for n in narraciones}) < ACTORES
    demostracion = any(n["naturaleza"] == "demostracion" for n in narraciones)
    return Tema(
        c.codigo,
        c.mision,
        c.nombre,
        None if protegido else len(narraciones),
        protegido,
        "demostracion" if demostracion or not narraciones else "documentado",
    )


def _citas(
    temas: Sequence[Tema],
    comunes: Mapping[str, Sequence[str]],
    por_id: Mapping[str, Mapping[str, str]],
) -> list[Cita]:
    """Una cita por tema, del más frecuente al menos, sin repetir narración: la más breve con
    permiso.
    """
    citas: list[Cita] = []
    usadas: set[str] = set()
    for t in sorted(temas, key=lambda t: (-(t.narraciones or 0), t.codigo)):
        posibles = [
            n for n in comunes[t.codigo] if por_id[n]["consentimiento"] == CITA and n not in usadas
        ]
        if posibles and len(citas) < CITAS_POR_MISION:
            elegida = min(posibles, key=lambda n: (len(por_id[n]["texto"]), n))
            usadas.add(elegida)
            citas.append(
                Cita(t.mision, t.nombre, por_id[elegida]["texto"], por_id[elegida]["naturaleza"])
            )
    return citas
