"""Quórum y mayoría de una sesión, con las reglas de su comité."""

from __future__ import annotations

from ..catalogo.gobernanza import Comite
from .modelos import Sesion, Votos


def presentes(comite: Comite, sesion: Sesion) -> tuple[str, ...]:
    """Las instituciones presentes que votan, en el orden del comité."""
    estan = {a.institucion for a in sesion.asistencia}
    return tuple(i for i in comite.con_voto if i in estan)


def hay_quorum(comite: Comite, sesion: Sesion) -> bool:
    """¿Asisten las que hacen falta en esa convocatoria?"""
    total = len(comite.con_voto)
    asisten = 100 * len(presentes(comite, sesion))
    if sesion.convocatoria == "segunda":
        return asisten >= comite.reglas.quorum_segunda * total and asisten > 0
    return asisten > comite.reglas.quorum_primera * total


def gana(comite: Comite, votos: Votos) -> bool:
    """¿Prospera lo que se votó? Por consenso, nadie en contra; por mayoría simple, más a favor que
    en contra, y el empate lo resuelve el voto dirimente.
    """
    a_favor, en_contra = len(votos.a_favor), len(votos.en_contra)
    if comite.reglas.decide_por == "consenso":
        return a_favor > 0 and en_contra == 0
    if a_favor == en_contra:
        return a_favor > 0 and comite.reglas.voto_dirimente in votos.a_favor
    return a_favor > en_contra
