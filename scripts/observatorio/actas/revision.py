"""Las reglas del libro de actas que ven más de un campo o más de una sesión.

Una sesión cerrada con otras reglas se rige por las suyas: de ella solo se comprueba el sello.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ..base.palabras import o_en_lista, y_en_lista
from ..catalogo.gobernanza import Comite, Gobernanza
from . import cadena
from .guardadas import Guardadas
from .modelos import Calendario, Sesion, Tramite
from .quorum import gana, hay_quorum, presentes
from .tramites import DECISIONES, Camino, Caminos, avanzar, defectos_de_paso


@dataclass(frozen=True, slots=True)
class Hallado:
    """Un defecto de una sesión; ``camino``: claves y posiciones dentro de su archivo."""

    sesion: Sesion
    camino: tuple[str | int, ...]
    valor: str | None
    regla: str
    remedio: str


def en_orden(sesiones: Iterable[Sesion], gobernanza: Gobernanza) -> tuple[Sesion, ...]:
    """Como ocurrieron; las de un mismo día, en el orden en que los comités revisan un producto."""
    lugar = {p.comite: n for n, p in enumerate(gobernanza.protocolo_de_revision)}
    return tuple(
        sorted(sesiones, key=lambda s: (s.fecha, lugar.get(s.comite, len(lugar)), s.cadena, s.acta))
    )


def revisar(
    sesiones: Iterable[Sesion],
    calendario: Calendario,
    gobernanza: Gobernanza,
    versiones: Guardadas,
    faltan: Mapping[str, str],
) -> Iterator[Hallado]:
    """Todos los defectos del libro, sin detenerse en el primero.

    ``faltan``: de cada producto que se tramita y hoy no existe, qué hacer.
    """
    todas = en_orden(sesiones, gobernanza)
    reglas = {c: cadena.huella_de_reglas(gobernanza, c) for c in {s.comite for s in todas}}
    previas: dict[str, Sesion | None] = {}
    for suyas in cadena.cadenas(todas).values():
        previas |= {s.id: previa for s, previa in zip(suyas, [None, *suyas[:-1]], strict=True)}
        yield from _cadena(suyas)
    caminos: Caminos = {}
    acuerdos: dict[str, str] = {}
    for sesion in todas:
        vigente = sesion.sello is None or sesion.sello.huella_reglas == reglas[sesion.comite]
        if vigente:
            yield from _sesion(sesion, previas[sesion.id], calendario, gobernanza)
            yield from _acuerdos(sesion, acuerdos)
        yield from _tramites(sesion, caminos, gobernanza, versiones, vigente)
        yield from _desconocidos(sesion, faltan)
        acuerdos |= {f"{sesion.id}/{a.codigo}": "en curso" for a in sesion.acuerdos}
        acuerdos |= {s.acuerdo: s.estado for s in sesion.seguimiento}


def _cadena(suyas: list[Sesion]) -> Iterator[Hallado]:
    anterior: Sesion | None = None
    for numero, s in enumerate(suyas, 1):
        if s.acta != numero:
            yield Hallado(
                s,
                ("acta",),
                str(s.acta),
                "acta-salteada",
                f"a la de «{s.cadena}» le toca el acta {numero}: las actas van seguidas, y ninguna"
                " se borra ni se repite; si falta una, recupere su archivo con git",
            )
            return
        if anterior and s.fecha < anterior.fecha:
            yield Hallado(
                s,
                ("fecha",),
                s.fecha.isoformat(),
                "sesion-fuera-de-orden",
                f"el acta {anterior.acta} es del {anterior.fecha.isoformat()}: ponga una fecha"
                " igual o posterior",
            )
        if anterior and anterior.sello is None:
            yield Hallado(
                s,
                ("acta",),
                str(s.acta),
                "sesion-anterior-abierta",
                f"cierre antes la anterior: observatorio sesion cerrar {anterior.id}",
            )
        elif s.sello:
            yield from _sello(s, anterior)
        anterior = s


def _sello(s: Sesion, anterior: Sesion | None) -> Iterator[Hallado]:
    if s.sello is None:
        return
    previa = anterior.sello.huella if anterior and anterior.sello else None
    if s.sello.huella_anterior != previa:
        yield Hallado(
            s,
            ("sello", "huella_anterior"),
            s.sello.huella_anterior,
            "cadena-rota",
            "el sello no sigue al del acta anterior: alguien cambió una sesión ya cerrada; recupere"
            " la historia con git y anote lo nuevo en la próxima sesión",
        )
    if cadena.sellar(s, s.sello.huella_anterior, s.sello.huella_reglas).huella != s.sello.huella:
        yield Hallado(
            s,
            ("sello", "huella"),
            s.sello.huella,
            "sello-roto",
            "una sesión cerrada no se edita: recupere su archivo con git y anote lo nuevo en la"
            " próxima sesión",
        )


def _sesion(
    s: Sesion, previa: Sesion | None, calendario: Calendario, gobernanza: Gobernanza
) -> Iterator[Hallado]:
    comite = gobernanza.comite(s.comite)
    if comite is None:
        conocidos = gobernanza.ids_de_comites
        if s.comite not in conocidos:
            yield Hallado(
                s,
                ("comite",),
                s.comite,
                "comite-desconocido",
                f"use uno de data/gobernanza/comites.yml: {', '.join(conocidos)}",
            )
        elif s.tramites:
            yield Hallado(
                s,
                ("tramites",),
                None,
                "comite-que-no-decide",
                "un comité de validación acuerda y observa, y no aprueba: borre sus trámites",
            )
        return
    previstas = {p.fecha for p in calendario.sesiones if p.comite == s.comite}
    if (
        s.sello is None
        and not s.simulacro
        and s.tipo == "ordinaria"
        and s.convocatoria == "primera"
        and s.fecha not in previstas
    ):
        yield Hallado(
            s,
            ("fecha",),
            s.fecha.isoformat(),
            "sesion-fuera-de-calendario",
            f"{_previstas_cerca(previstas, s)}; o añada esa a data/gobernanza/calendario.yml con su"
            " motivo, o escriba tipo: extraordinaria (al abrirla, --extraordinaria)",
        )
    if s.convocatoria == "segunda":
        yield from _segunda(s, previa, comite)
    yield from _asistencia(s, comite)
    if not hay_quorum(comite, s) and (s.acuerdos or s.seguimiento or s.tramites):
        que = next(n for n in ("tramites", "acuerdos", "seguimiento") if getattr(s, n))
        yield Hallado(
            s,
            (que,),
            f"asisten {len(presentes(comite, s))} de {len(comite.con_voto)} instituciones con voto",
            "sin-quorum",
            ("" if s.asistencia else "anote antes en «asistencia» quiénes vinieron; ")
            + "sin quórum no se decide ni se acuerda: cierre esta sesión solo con su asistencia y"
            " abra la segunda convocatoria con «observatorio sesion abrir"
            f" {s.comite} --segunda --fecha FECHA»",
        )


def _previstas_cerca(previstas: Collection[date], s: Sesion) -> str:
    """Las dos fechas del calendario más próximas a la de la sesión."""
    if not previstas:
        return (
            f"el calendario no prevé ninguna de «{s.comite}»: propóngalas con «observatorio sesion"
            f" calendario {s.fecha.year}»"
        )
    cerca = sorted(sorted(previstas, key=lambda p: abs(p - s.fecha))[:2])
    return f"use una de su calendario ({o_en_lista(p.isoformat() for p in cerca)})"


def _segunda(s: Sesion, previa: Sesion | None, comite: Comite) -> Iterator[Hallado]:
    if previa is None or previa.convocatoria != "primera" or hay_quorum(comite, previa):
        yield Hallado(
            s,
            ("convocatoria",),
            s.convocatoria,
            "segunda-sin-primera",
            "la segunda convocatoria sigue a una primera sin quórum: anote antes la primera, o"
            " escriba convocatoria: primera",
        )
        return
    desde = previa.fecha + timedelta(days=comite.reglas.dias_a_la_segunda)
    if s.fecha < desde:
        yield Hallado(
            s,
            ("fecha",),
            s.fecha.isoformat(),
            "segunda-antes-de-plazo",
            f"la segunda convocatoria va desde el {desde.isoformat()}",
        )


def _asistencia(s: Sesion, comite: Comite) -> Iterator[Hallado]:
    suyas = {i.institucion for i in comite.integrantes}
    vistas: set[str] = set()
    for n, a in enumerate(s.asistencia):
        if a.institucion not in suyas:
            yield Hallado(
                s,
                ("asistencia", n, "institucion"),
                a.institucion,
                "institucion-ajena",
                f"no integra el comité «{s.comite}»: escríbala como en comites.yml"
                f" ({'; '.join(sorted(suyas))}), o añádala allí",
            )
        if a.institucion in vistas:
            yield Hallado(
                s,
                ("asistencia", n, "institucion"),
                a.institucion,
                "institucion-repetida",
                "anote una sola vez a cada institución",
            )
        vistas.add(a.institucion)
        if a.calidad == "suplente" and not comite.reglas.suplentes:
            yield Hallado(
                s,
                ("asistencia", n, "calidad"),
                a.calidad,
                "suplente-no-admitido",
                "las reglas de este comité no admiten suplentes: borre la línea",
            )


def _acuerdos(s: Sesion, conocidos: Mapping[str, str]) -> Iterator[Hallado]:
    veces = Counter(a.codigo for a in s.acuerdos)
    for n, a in enumerate(s.acuerdos):
        if veces[a.codigo] > 1:
            yield Hallado(
                s,
                ("acuerdos", n, "codigo"),
                a.codigo,
                "acuerdo-repetido",
                "dé a cada acuerdo de la sesión un código propio",
            )
        if a.plazo < s.fecha:
            yield Hallado(
                s,
                ("acuerdos", n, "plazo"),
                a.plazo.isoformat(),
                "acuerdo-ya-vencido",
                "ponga un plazo igual o posterior a la sesión",
            )
    for n, hecho in enumerate(s.seguimiento):
        estado = conocidos.get(hecho.acuerdo)
        if estado is None:
            yield Hallado(
                s,
                ("seguimiento", n, "acuerdo"),
                hecho.acuerdo,
                "acuerdo-desconocido",
                "cite uno de una sesión anterior; los abiertos los dice: observatorio sesion ver",
            )
        elif estado != "en curso":
            yield Hallado(
                s,
                ("seguimiento", n, "acuerdo"),
                hecho.acuerdo,
                "acuerdo-ya-cerrado",
                f"ya consta como «{estado}»: si reabre el asunto, anote un acuerdo nuevo",
            )


def _tramites(
    s: Sesion,
    caminos: Caminos,
    gobernanza: Gobernanza,
    versiones: Guardadas,
    vigente: bool,
) -> Iterator[Hallado]:
    comite = gobernanza.comite(s.comite)
    for n, tramite in enumerate(s.tramites):
        clave = tramite.producto, s.simulacro or tramite.simulacro
        camino = caminos.get(clave, Camino())
        hallados = list(_version(tramite, clave[1], versiones, camino))
        if vigente and comite is not None:
            hallados += defectos_de_paso(gobernanza, camino, s, tramite)
            hallados += _escrito(tramite)
            if tramite.paso in DECISIONES:
                hallados += _votos(comite, presentes(comite, s), tramite)
        for campo, valor, regla, remedio in hallados:
            yield Hallado(s, ("tramites", n, campo), valor, regla, remedio)
        caminos[clave] = avanzar(camino, s, tramite)


def _desconocidos(s: Sesion, faltan: Mapping[str, str]) -> Iterator[Hallado]:
    """Lo que una sesión abierta trata y no existe; lo cerrado pudo existir entonces."""
    if s.sello:
        return
    for n, tramite in enumerate(s.tramites):
        if tramite.producto in faltan:
            yield Hallado(
                s,
                ("tramites", n, "producto"),
                tramite.producto,
                "producto-desconocido",
                faltan[tramite.producto],
            )


def _version(
    tramite: Tramite, simulacro: bool, versiones: Guardadas, camino: Camino
) -> Iterator[tuple[str, str | None, str, str]]:
    version = versiones.get(tramite.version)
    if version is None:
        yield (
            "version",
            tramite.version,
            "version-ausente",
            "falta su contenido en data/gobernanza/versiones: recupérelo con git, o envíe el"
            f" producto otra vez con «observatorio aprobar {tramite.producto} enviar»",
        )
        return
    if not version.es_de(tramite.producto):
        yield (
            "version",
            tramite.version,
            "version-de-otro-producto",
            f"esa versión no es de «{tramite.producto}»: use la que guardó al enviarlo",
        )
    if version.demostracion and not simulacro:
        yield (
            "version",
            tramite.version,
            "cifras-de-demostracion",
            "lleva cifras de demostración y no se puede aprobar: ensáyelo con --simulacro"
            " (simulacro: true, en el trámite), o envíe la edición sin ellas"
            " (incluir_demostracion: false, en data/territorio.yml)",
        )
    vigente = versiones.get(camino.vigente.version) if camino.vigente else None
    if tramite.paso == "ratificado" and vigente:
        distintas = [
            parte
            for parte in DE_METODO
            if vigente.contenido.get(parte) != version.contenido.get(parte)
        ]
        if distintas:
            yield (
                "paso",
                tramite.paso,
                "no-es-una-correccion",
                f"cambió {y_en_lista(DE_METODO[p] for p in distintas)}: eso se envía y se aprueba"
                " como versión nueva; ratificar es solo para cifras corregidas",
            )


DE_METODO = {"metodo": "el método", "metas": "una meta", "lineas_base": "una línea de base"}
"""Las partes de un producto que, si cambian, lo vuelven a dejar pendiente."""


def _escrito(tramite: Tramite) -> Iterator[tuple[str, str | None, str, str]]:
    if tramite.paso == "opinión" and not (tramite.sentido and tramite.texto):
        yield (
            "paso",
            tramite.paso,
            "opinion-incompleta",
            "escriba su sentido (favorable, con cambios o desfavorable) y el texto de la opinión",
        )
    if tramite.paso == "observado" and not tramite.texto:
        yield (
            "paso",
            tramite.paso,
            "observacion-sin-texto",
            "escriba en «texto» qué se pide cambiar",
        )


def _votos(
    comite: Comite, estan: Collection[str], tramite: Tramite
) -> Iterator[tuple[str, str | None, str, str]]:
    votos = tramite.votos
    if votos is None:
        yield (
            "votos",
            None,
            "decision-sin-votos",
            "anote qué votó cada institución presente; con la orden, --a-favor todas, o"
            " --en-contra, --abstiene y --recusa",
        )
        return
    cuantas = Counter(votos.todas)
    for institucion in sorted(set(cuantas) - set(estan)):
        yield (
            "votos",
            institucion,
            "voto-ajeno",
            "vota solo quien asiste y tiene voto: corrija la asistencia o los votos",
        )
    for institucion in sorted(i for i, veces in cuantas.items() if veces > 1):
        yield "votos", institucion, "voto-repetido", "cada institución vota una sola vez"
    for institucion in [i for i in estan if i not in cuantas]:
        yield (
            "votos",
            institucion,
            "voto-que-falta",
            "asiste y no consta qué votó: a favor, en contra, abstención o recusada",
        )
    if votos.recusadas and not comite.reglas.recusacion:
        yield (
            "votos",
            votos.recusadas[0],
            "recusacion-no-admitida",
            "las reglas de este comité no prevén recusarse: anótela como abstención",
        )
    if not gana(comite, votos):
        yield (
            "votos",
            f"{len(votos.a_favor)} a favor, {len(votos.en_contra)} en contra",
            "sin-mayoria",
            f"con esos votos no prospera por {comite.reglas.decide_por}: corrija los votos, o borre"
            " el trámite y deje el producto como estaba",
        )
    for d in tramite.disensos:
        if d.institucion not in (*votos.en_contra, *votos.abstenciones):
            yield (
                "disensos",
                d.institucion,
                "disenso-ajeno",
                "disiente quien votó en contra o se abstuvo",
            )
