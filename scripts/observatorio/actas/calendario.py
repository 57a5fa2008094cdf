"""El calendario de sesiones que se propone para un año; después se edita a mano."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from ..base.periodos import legible
from ..catalogo.feriados import Feriado, del_anio
from ..catalogo.gobernanza import Gobernanza
from .modelos import SesionPrevista

JUEVES, VIERNES = 3, 4
PRIMERA_SEMANA = 2
"""Del mes, la semana del primer comité que revisa: el mes empieza recogiendo lo del anterior."""
MESES = 12


def proponer(
    gobernanza: Gobernanza,
    anio: int,
    feriados: Sequence[Feriado] = (),
    ultimas: Mapping[str, date] | None = None,
    desde: date = date.min,
) -> list[SesionPrevista]:
    """Una sesión por comité cada tantos meses, en jueves: primero quien elabora, una semana después
    quien opina y otra después quien decide, para que cada uno reciba lo del anterior.

    La que caería en un feriado pasa al primer día laborable siguiente. ``ultimas``: la sesión más
    reciente de cada comité antes de ese año, desde la que se cuentan los meses. ``desde``: nada se
    propone en ese día ni antes.
    """
    orden = [p.comite for p in gobernanza.protocolo_de_revision]
    de_fiesta = del_anio(feriados, anio)
    salida = []
    for comite in gobernanza.comites:
        semana = PRIMERA_SEMANA + (orden.index(comite.id) if comite.id in orden else 0)
        for mes in _meses(anio, comite.sesiones.cada_meses, (ultimas or {}).get(comite.id)):
            prevista = _prevista(comite.id, _jueves(anio, mes, semana), de_fiesta)
            if prevista.fecha > desde:
                salida.append(prevista)
    return sorted(salida, key=lambda s: (s.fecha, s.comite))


def _meses(anio: int, cada: int, ultima: date | None) -> Iterator[int]:
    """Los meses del año en que toca, contados desde la última sesión; si no la hay, el año se
    cuenta desde su comienzo.
    """
    antes = anio * MESES if ultima is None else ultima.year * MESES + ultima.month
    # El número del mes en la cuenta corrida: enero de ese año es el primero.
    for mes in range(anio * MESES + 1, anio * MESES + MESES + 1):
        if mes > antes and (mes - antes) % cada == 0:
            yield mes - anio * MESES


def _prevista(comite: str, jueves: date, de_fiesta: Mapping[date, str]) -> SesionPrevista:
    dia = jueves
    while dia in de_fiesta or dia.weekday() > VIERNES:
        dia += timedelta(days=1)
    if dia == jueves:
        return SesionPrevista(comite=comite, fecha=dia)
    mes = legible(jueves.isoformat()[:7]).partition(" ")[0]
    return SesionPrevista(
        comite=comite,
        fecha=dia,
        motivo=f"El jueves {jueves.day} de {mes} es feriado: {de_fiesta[jueves]}.",
    )


def _jueves(anio: int, mes: int, semana: int) -> date:
    primero = date(anio, mes, 1)
    return primero + timedelta(days=(JUEVES - primero.weekday()) % 7 + 7 * (semana - 1))
