"""Lo que espera a un comité y si se cumplen los plazos: sesiones, opiniones y acuerdos.

Del día se dice el mes. Los simulacros no cuentan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from ...actas.modelos import Sesion
from ...actas.quorum import hay_quorum
from ...actas.tramites import Camino, espera_opinion, vence
from ...base.palabras import al_empezar
from ...base.periodos import legible
from ...catalogo.gobernanza import Gobernanza, Procesos
from ...catalogo.modelos import CIUDADANO, Acceso
from ...presentacion.apilada import tabla_html, tabla_por_grupos
from ...presentacion.pieza import esc
from ...resultados.resultados import Resultados
from .dichos_de_actas import huella_corta, nombre_del_comite
from .por_decidir import SE_ESPERA, por_decidir

EN_PLAZO, TARDE, VENCIDO, CORRIENDO = "en plazo", "tarde", "vencido", "corriendo"
ORDEN = (EN_PLAZO, TARDE, VENCIDO, CORRIENDO)


@dataclass(frozen=True, slots=True)
class Pendiente:
    """Un producto que espera a un comité; ``hasta``: el mes en que vence su plazo, si lo tiene."""

    producto: str
    nombre: str
    version: str
    espera: str
    comite: str
    hasta: str | None
    vencido: bool


@dataclass(frozen=True, slots=True)
class Cumplimiento:
    """Lo de un comité hasta la fecha de corte: sus sesiones, las opiniones que se le pidieron y los
    acuerdos que tomó, por cómo van.
    """

    comite: str
    previstas: int
    celebradas: int
    sin_quorum: int
    opiniones: dict[str, int]
    acuerdos: dict[str, int]


def pendientes(r: Resultados) -> tuple[Pendiente, ...]:
    """Lo enviado que nadie ha decidido, y lo corregido que falta ratificar."""
    corte = r.catalogo.territorio.fecha_corte
    return tuple(
        Pendiente(
            x.producto,
            x.nombre,
            x.version,
            SE_ESPERA[x.espera.paso],
            x.espera.comite,
            x.espera.hasta.isoformat()[:7] if x.espera.hasta else None,
            x.espera.hasta is not None and x.espera.hasta < corte,
        )
        for x in por_decidir(r)
        if not x.simulacro
    )


def cumplimiento(r: Resultados) -> tuple[Cumplimiento, ...]:
    """El de cada comité."""
    g = r.catalogo.gobernanza
    if g is None:
        return ()
    corte = r.catalogo.territorio.fecha_corte
    cerradas = [s for s in r.libro.sesiones if s.sello and not s.simulacro]
    opiniones = Counter(_opiniones(g, cerradas, corte))
    salida = []
    for comite in g.comites:
        suyas = [s for s in cerradas if s.comite == comite.id]
        # Las mismas que se cuentan como previstas: las de después del corte no han tocado todavía
        ordinarias = [s for s in suyas if s.tipo == "ordinaria" and s.fecha <= corte]
        validas = [hay_quorum(comite, s) for s in ordinarias]
        salida.append(
            Cumplimiento(
                comite.id,
                sum(
                    p.comite == comite.id and p.fecha <= corte for p in r.libro.calendario.sesiones
                ),
                validas.count(True),
                validas.count(False),
                dict(opiniones) if comite.id == g.de_la_accion("opina") else {},
                dict(Counter(_acuerdos(suyas, cerradas, corte))),
            )
        )
    return tuple(salida)


def _opiniones(g: Gobernanza, cerradas: list[Sesion], corte: date) -> Iterator[str]:
    """Cómo fue cada opinión que se pidió."""
    pedidas: dict[str, date] = {}
    for s in cerradas:
        for t in s.tramites:
            if t.simulacro:
                continue
            if t.paso == "enviado" and espera_opinion(g, t.producto):
                limite = vence(g, Camino(enviado=s.fecha))
                if limite:
                    pedidas[t.producto] = limite
            elif t.paso in ("opinión", "sin opinión") and t.producto in pedidas:
                limite = pedidas.pop(t.producto)
                if t.paso == "sin opinión":
                    yield VENCIDO
                else:
                    yield EN_PLAZO if s.fecha <= limite else TARDE
    for limite in pedidas.values():
        yield VENCIDO if limite < corte else CORRIENDO


def _acuerdos(suyas: list[Sesion], cerradas: list[Sesion], corte: date) -> Iterator[str]:
    """Cómo va cada acuerdo: se da por cumplido el día de la sesión que lo dice."""
    vistos = {
        x.acuerdo: (x.estado, s.fecha)
        for s in cerradas
        for x in s.seguimiento
        if x.estado != "en curso"
    }
    for s in suyas:
        for a in s.acuerdos:
            estado, cuando = vistos.get(f"{s.id}/{a.codigo}", ("en curso", corte))
            if estado == "cumplido":
                yield EN_PLAZO if cuando <= a.plazo else TARDE
            elif estado == "en curso":
                yield VENCIDO if a.plazo < corte else CORRIENDO


def como_dict(r: Resultados) -> dict[str, object]:
    """Como se publica en ``datos/gobernanza.json``."""
    return {
        "pendientes": [asdict(p) for p in pendientes(r)],
        "cumplimiento": [asdict(c) for c in cumplimiento(r)],
    }


def piezas(r: Resultados) -> dict[str, str]:
    """``nombre → HTML``: lo pendiente, los plazos, el mapa de procesos y para quién es el sitio."""
    return {
        "pendientes": _tabla_de_pendientes(r),
        "cumplimiento": _tabla_de_cumplimiento(r),
        "mapa-de-procesos": _mapa(r),
        "nivel-de-este-sitio": _nivel(r.catalogo.territorio.nivel),
    }


def _tabla_de_pendientes(r: Resultados) -> str:
    hay = pendientes(r)
    if not hay:
        return "<p>Nada espera hoy a un comité.</p>"
    g = r.catalogo.gobernanza
    filas = [
        [
            esc(p.nombre),
            huella_corta(p.version),
            esc(al_empezar(p.espera)),
            esc(nombre_del_comite(g, p.comite)),
            "sin plazo"
            if p.hasta is None
            else legible(p.hasta) + (" <strong>(vencido)</strong>" if p.vencido else ""),
        ]
        for p in hay
    ]
    return tabla_html(
        "Lo que espera a un comité",
        ["Producto", "Versión", "Qué espera", "De quién", "Hasta"],
        filas,
    )


def _tabla_de_cumplimiento(r: Resultados) -> str:
    hay = cumplimiento(r)
    if not any(c.previstas or c.celebradas or c.sin_quorum for c in hay):
        return (
            "<p>Hasta la fecha de corte no tocaba ninguna sesión: no hay plazos que contar"
            " todavía.</p>"
        )
    g = r.catalogo.gobernanza
    filas = [
        [
            esc(nombre_del_comite(g, c.comite)),
            f"{c.celebradas} de {c.previstas}"
            + (f" <small>({c.sin_quorum} sin quórum)</small>" if c.sin_quorum else ""),
            _por_como(
                c.opiniones,
                {VENCIDO: "no emitida", CORRIENDO: "por emitir"},
                "ninguna pedida" if _opina(g, c) else "no le toca opinar",
            ),
            _por_como(c.acuerdos, {CORRIENDO: "por vencer"}, "ninguno"),
        ]
        for c in hay
    ]
    return tabla_html(
        "Sesiones, opiniones y acuerdos, hasta la fecha de corte",
        ["Comité", "Sesiones ordinarias celebradas", "Opiniones que se le pidieron", "Acuerdos"],
        filas,
    )


def _opina(g: Gobernanza | None, c: Cumplimiento) -> bool:
    return g is not None and g.de_la_accion("opina") == c.comite


def _por_como(cuantos: dict[str, int], como_se_dice: dict[str, str], ninguno: str) -> str:
    dichos = [
        f"{n} {como_se_dice.get(como, como)}" for como in ORDEN if (n := cuantos.get(como, 0))
    ]
    return ", ".join(dichos) or ninguno


def _mapa(r: Resultados) -> str:
    g = r.catalogo.gobernanza
    if g is None or not g.procesos:
        return "<p>Todavía no hay mapa de procesos.</p>"
    tabla = tabla_por_grupos(
        "Quién responde por cada proceso y qué deja hecho",
        ["Proceso", "Quién responde", "Qué deja hecho"],
        [(_titulo(p), _filas(g, p)) for p in g.procesos],
    )
    if all(p.estado == "aprobado" for p in g.procesos):
        return tabla
    return f"{tabla}<p>Es una propuesta: rige mientras un acta no la cambie.</p>"


def _nivel(nivel: Acceso) -> str:
    if nivel == CIUDADANO:
        return "Este sitio publica solo el nivel <strong>ciudadano</strong>."
    return f"Esta edición es del nivel <strong>{nivel}</strong>, y no se publica."


def _titulo(p: Procesos) -> str:
    return f"{esc(p.nombre)} <small>{esc(p.para_que[0].lower() + p.para_que[1:])}</small>"


def _filas(g: Gobernanza, p: Procesos) -> list[list[str]]:
    return [
        [
            esc(x.nombre),
            esc(nombre_del_comite(g, x.responsable)),
            f'<a href="@raiz@/{esc(x.pagina)}">{esc(x.producto)}</a>'
            if x.pagina
            else esc(x.producto),
        ]
        for x in p.incluye
    ]
