"""El calendario de sesiones que se propone para un año; después se edita a mano."""

from __future__ import annotations

from datetime import date, timedelta

from ..catalogo.gobernanza import Gobernanza
from .modelos import SesionPrevista

JUEVES = 3
PRIMERA_SEMANA = 2
"""Del mes, la semana del primer comité que revisa: en la primera caen los feriados de enero y mayo.
"""


def proponer(gobernanza: Gobernanza, anio: int) -> list[SesionPrevista]:
    """Una sesión por comité cada tantos meses, en jueves: primero quien elabora, una semana después
    quien opina y otra después quien decide, para que cada uno reciba lo del anterior.
    """
    orden = [p.comite for p in gobernanza.protocolo_de_revision]
    salida = []
    for comite in gobernanza.comites:
        semana = PRIMERA_SEMANA + (orden.index(comite.id) if comite.id in orden else 0)
        cada = comite.sesiones.cada_meses
        for mes in range(cada, 13, cada) if cada <= 12 else ():
            salida.append(SesionPrevista(comite=comite.id, fecha=_jueves(anio, mes, semana)))
    return sorted(salida, key=lambda s: (s.fecha, s.comite))


def _jueves(anio: int, mes: int, semana: int) -> date:
    primero = date(anio, mes, 1)
    return primero + timedelta(days=(JUEVES - primero.weekday()) % 7 + 7 * (semana - 1))
