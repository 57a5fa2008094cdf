"""Calendario de entregas de un responsable, en iCalendar (RFC 5545): el teléfono avisa una semana
antes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from ..base.escapes import ics_linea
from ..base.periodos import legible
from ..catalogo.plan_de_recojo import Plan
from ..catalogo.territorio import Territorio
from .seguimiento import Seguida, escrita

AVISO = timedelta(days=-7)


@dataclass(frozen=True, slots=True)
class Evento:
    """Un día de entrega: qué se entrega y, de ello, qué llegó ya."""

    dia: date
    titulo: str
    detalle: str
    hecho: bool


def eventos(plan: Plan, seguidas: Iterable[Seguida]) -> dict[str, list[Evento]]:
    """Los días de entrega de cada responsable, en orden."""
    por_responsable: dict[str, list[Seguida]] = {}
    for s in seguidas:
        por_responsable.setdefault(plan.datos[s.entrega.kpi].responsable, []).append(s)
    return {
        nombre: [
            _evento(plan, dia, list(grupo))
            for dia, grupo in groupby(suyas, key=lambda s: s.entrega.vence)
        ]
        for nombre, suyas in sorted(por_responsable.items())
    }


def _evento(plan: Plan, dia: date, seguidas: Sequence[Seguida]) -> Evento:
    cuantos = "1 dato" if len(seguidas) == 1 else f"{len(seguidas)} datos"
    lineas = [
        f"{s.entrega.kpi} {plan.datos[s.entrega.kpi].dato} ({legible(s.entrega.periodo)}):"
        f" {escrita(s)}"
        for s in seguidas
    ]
    hecho = all(s.situacion in ("recibido", "no se midió") and not s.demostracion for s in seguidas)
    return Evento(
        dia,
        f"{'✓ Entregado' if hecho else 'Entregar'}: {cuantos} del observatorio",
        "\n".join(lineas),
        hecho,
    )


def ics(territorio: Territorio, responsable: str, lista: Sequence[Evento]) -> bytes:
    """El .ics de un responsable; mismos eventos, mismos bytes (la marca de tiempo es la fecha de
    corte).
    """
    from icalendar import Alarm, Calendar, Event

    sello = datetime.combine(territorio.fecha_corte, time(), UTC)
    dominio = territorio.sitio.direccion.split("/")[2]
    calendario = Calendar()
    calendario.add("prodid", f"-//{territorio.sitio.titulo}//Plan de recojo//ES")
    calendario.add("version", "2.0")
    calendario.add("method", "PUBLISH")
    calendario.add("x-wr-calname", ics_linea(f"Entregas: {responsable}"))
    for e in lista:
        evento = Event()
        evento.add(
            "uid", f"{hashlib.sha256(f'{responsable}|{e.dia}'.encode()).hexdigest()[:20]}@{dominio}"
        )
        evento.add("dtstamp", sello)
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
