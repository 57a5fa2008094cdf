"""Calendario de entregas de un responsable, en iCalendar (RFC 5545): el teléfono avisa una semana
antes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ..base.escapes import ics_linea
from ..base.periodos import legible
from ..catalogo.plan_de_recojo import Plan
from ..catalogo.territorio import Territorio
from .seguimiento import NO_LLEGAN, Seguida, descargo_escrito, escrita

AVISO = timedelta(days=-7)
ORIGEN = date(2020, 1, 1)
POR_DIA = 10_000
"""Versiones de un evento que caben en cada fecha de corte."""


@dataclass(frozen=True, slots=True)
class Evento:
    """Un día de entrega: qué se entrega y, de ello, qué llegó ya."""

    nombre: str
    """Lo que lo distingue de los demás de su responsable. Una prórroga no lo cambia."""
    dia: date
    titulo: str
    detalle: str
    hecho: bool
    novedades: int
    """Cuánto se sabe ya de sus entregas: partes llegadas o declaradas, de verdad en lugar de
    inventadas, descargos, retiros, prórrogas. Crece.
    """
    anulado: bool = False
    """Si nada de ese día se espera ya."""


def eventos(plan: Plan, seguidas: Iterable[Seguida]) -> dict[str, list[Evento]]:
    """Los días de entrega de cada responsable, en orden."""
    por_responsable: dict[str, list[Seguida]] = {}
    for s in seguidas:
        por_responsable.setdefault(plan.datos[s.entrega.kpi].responsable, []).append(s)
    return {
        nombre: sorted(_de_uno(plan, suyas), key=lambda e: (e.dia, e.nombre))
        for nombre, suyas in sorted(por_responsable.items())
    }


def _de_uno(plan: Plan, seguidas: Iterable[Seguida]) -> Iterator[Evento]:
    """Un evento por día en que vencen entregas, sin contar prórrogas.

    Lo que pasa a otro día necesita uno propio. El del día sigue a su primera entrega y nunca se
    queda sin ninguna: quien lo tenga guardado vería todavía la fecha vieja.
    """
    de_cada_dia: dict[date, list[Seguida]] = {}
    for s in seguidas:
        de_cada_dia.setdefault(plan.vencia(s.entrega.kpi, s.entrega.periodo), []).append(s)
    for dia, suyas in de_cada_dia.items():
        primera, *otras = sorted(suyas, key=lambda s: (s.entrega.kpi, s.entrega.periodo))
        movida = _prorrogada(plan, primera)
        juntas = [primera, *(s for s in otras if not (movida or _prorrogada(plan, s)))]
        # Lo que se va de un evento también lo cambia: sus novedades son las de todo su día.
        yield _evento(plan, dia, str(dia), juntas, sum(_novedades(plan, s) for s in suyas))
        for s in otras:
            if s not in juntas:
                nombre = f"{dia}|{s.entrega.kpi}|{s.entrega.periodo}"
                yield _evento(plan, dia, nombre, [s], _novedades(plan, s))


def _prorrogada(plan: Plan, s: Seguida) -> bool:
    return s.entrega.periodo in plan.datos[s.entrega.kpi].prorrogas


def _novedades(plan: Plan, s: Seguida) -> int:
    vencia = plan.vencia(s.entrega.kpi, s.entrega.periodo)
    return (
        s.recibidas
        + s.declaradas
        + (s.recibidas > 0 and not s.demostracion)
        + bool(s.descargo)
        + (s.situacion in NO_LLEGAN)
        + (_prorrogada(plan, s) and 1 + max(0, (s.entrega.vence - vencia).days))
    )


def _evento(
    plan: Plan, vencia: date, nombre: str, seguidas: Sequence[Seguida], novedades: int
) -> Evento:
    dia = seguidas[0].entrega.vence
    esperadas = [s for s in seguidas if s.situacion not in NO_LLEGAN]
    cuantos = "1 dato" if len(esperadas) == 1 else f"{len(esperadas)} datos"
    prorroga = f"; con prórroga: vencía el {vencia}" if dia != vencia else ""
    lineas = [
        f"{s.entrega.kpi} {plan.datos[s.entrega.kpi].dato} ({legible(s.entrega.periodo)}):"
        f" {escrita(s)}{f'; {descargo_escrito(s.descargo)}' if s.descargo else ''}{prorroga}"
        for s in seguidas
    ]
    if not esperadas:
        return Evento(nombre, dia, "Ya no se espera", "\n".join(lineas), True, novedades, True)
    hecho = all(
        s.situacion in ("recibido", "no se midió") and not s.demostracion for s in esperadas
    )
    return Evento(
        nombre,
        dia,
        f"{'✓ Entregado' if hecho else 'Entregar'}: {cuantos} del observatorio",
        "\n".join(lineas),
        hecho,
        novedades,
    )


def ics(territorio: Territorio, responsable: str, lista: Sequence[Evento]) -> bytes:
    """El .ics de un responsable; mismos eventos, mismos bytes.

    Un calendario ya guardado toma un evento de nuevo solo si dice ser posterior (RFC 5545,
    ``SEQUENCE`` y ``LAST-MODIFIED``). Ninguno mira el reloj: crecen con la fecha de corte y, dentro
    de ella, con lo que se sabe de sus entregas.
    """
    from icalendar import Alarm, Calendar, Event

    corte = datetime.combine(territorio.fecha_corte, time(), UTC)
    dias = (territorio.fecha_corte - ORIGEN).days
    dominio = territorio.sitio.direccion.split("/")[2]
    calendario = Calendar()
    calendario.add("prodid", f"-//{territorio.sitio.titulo}//Plan de recojo//ES")
    calendario.add("version", "2.0")
    calendario.add("method", "PUBLISH")
    calendario.add("x-wr-calname", ics_linea(f"Entregas: {responsable}"))
    for e in lista:
        evento = Event()
        huella = hashlib.sha256(f"{responsable}|{e.nombre}".encode()).hexdigest()[:20]
        evento.add("uid", f"{huella}@{dominio}")
        sello = corte + timedelta(seconds=e.novedades)
        evento.add("dtstamp", sello)
        evento.add("last-modified", sello)
        evento.add("sequence", dias * POR_DIA + min(e.novedades, POR_DIA - 1))
        if e.anulado:
            evento.add("status", "CANCELLED")
        evento.add("dtstart", e.dia)
        evento.add("dtend", e.dia + timedelta(days=1))
        evento.add("summary", e.titulo)
        evento.add("description", e.detalle)
        evento.add("transp", "TRANSPARENT")
        if not e.hecho:
            alarma = Alarm()
            alarma.add("action", "DISPLAY")
            alarma.add("description", e.titulo)
            alarma.add("trigger", AVISO)
            evento.add_component(alarma)
        calendario.add_component(evento)
    return calendario.to_ical()
