"""El acta de una sesión cerrada, para imprimirla y firmarla: instituciones y cargos, sin nombres de
personas, que cada quien escribe a mano al firmar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from ..base.impreso import Lugar, lugares_de_firma, pdf_ua
from ..base.periodos import fecha_larga
from ..catalogo import Catalogo
from ..catalogo.gobernanza import Comite, Gobernanza
from ..catalogo.territorio import Territorio
from ..errores import ErrorDeUso
from ..rutas import Proyecto
from .libro import Libro
from .modelos import Punto, Sesion, Tramite
from .productos import donde_se_comparan, nombre_de
from .quorum import hay_quorum, presentes
from .tramites import paso_dicho

PLANTILLA = "acta.typ"
ULTIMAS = 6
"""Cuántas sesiones se nombran a quien pide una que no existe."""
CORTA = 12
"""Cuántas letras del sello van al pie de cada hoja: una hoja suelta dice de qué acta es."""


@dataclass(frozen=True, slots=True)
class Presente:
    institucion: str
    papel: str
    calidad: str


@dataclass(frozen=True, slots=True)
class Voto:
    que: str
    cuantos: int
    quienes: str


@dataclass(frozen=True, slots=True)
class Desacuerdo:
    institucion: str
    razon: str


@dataclass(frozen=True, slots=True)
class Decision:
    producto: str
    paso: str
    version: str
    texto: str
    votos: tuple[Voto, ...]
    disensos: tuple[Desacuerdo, ...]


@dataclass(frozen=True, slots=True)
class Encargo:
    codigo: str
    que: str
    institucion: str
    plazo: str


@dataclass(frozen=True, slots=True)
class Avance:
    acuerdo: str
    que: str
    estado: str
    nota: str


@dataclass(frozen=True, slots=True)
class Marca:
    que: str
    huella: str


@dataclass(frozen=True, slots=True)
class Firmante:
    institucion: str
    papel: str


@dataclass(frozen=True, slots=True)
class Acta:
    """Lo que dice el acta, ya en palabras: la plantilla solo lo coloca."""

    titulo: str
    encabezado: str
    pie: str
    simulacro: bool
    apertura: str
    asistencia: tuple[Presente, ...]
    quorum: str
    agenda: tuple[str, ...]
    seguimiento: tuple[Avance, ...]
    decisiones: tuple[Decision, ...]
    acuerdos: tuple[Encargo, ...]
    nada: str
    huellas: tuple[Marca, ...]
    donde_se_comparan: str
    firmas: tuple[Firmante, ...]


def exigir_cerrada(libro: Libro, identificador: str) -> Sesion:
    """La sesión, si está cerrada. Lanza ``ErrorDeUso`` si no existe o si sigue abierta."""
    sesion = libro.sesion(identificador)
    if sesion is None:
        cerradas = [s.id for s in libro.sesiones if s.sello]
        raise ErrorDeUso(
            f"no hay ninguna sesión «{identificador}»; las últimas que se cerraron:"
            f" {', '.join(cerradas[-ULTIMAS:]) or 'ninguna'}. Todas las dice «observatorio sesion"
            " ver»"
        )
    if sesion.sello is None:
        raise ErrorDeUso(
            f"la sesión {sesion.id} sigue abierta, y todavía puede cambiar: ciérrela antes con"
            f" «observatorio sesion cerrar {sesion.id}»"
        )
    return sesion


def escrita(catalogo: Catalogo, gobernanza: Gobernanza, libro: Libro, sesion: Sesion) -> Acta:
    """El acta de una sesión cerrada, en palabras."""
    comite = gobernanza.comite(sesion.comite)
    nombre = gobernanza.nombre_del_comite(sesion.comite)
    ensayo = "Simulacro de acta" if sesion.simulacro else "Acta"
    territorio = catalogo.territorio
    quorum = hay_quorum(comite, sesion) if comite else True
    vacia = not (sesion.tramites or sesion.acuerdos)
    return Acta(
        titulo=f"{ensayo} N.° {sesion.acta:03d} del {nombre}",
        encabezado=territorio.sitio.titulo,
        pie=f"{sesion.id} · sello {sesion.sello.huella[:CORTA] if sesion.sello else ''}",
        simulacro=sesion.simulacro,
        apertura=(
            f"El {fecha_larga(sesion.fecha.isoformat())}, en {sesion.convocatoria} convocatoria,"
            f" sesionó el {nombre} del {territorio.sitio.titulo} ({lugar_de(territorio)}). La"
            f" sesión fue {sesion.tipo}."
        ),
        asistencia=tuple(_presentes(comite, sesion)),
        quorum=_quorum(comite, sesion) if comite else "",
        agenda=tuple(_asunto(catalogo, p) for p in sesion.agenda),
        seguimiento=tuple(_avances(libro, sesion)),
        decisiones=tuple(_decision(catalogo, t, sesion) for t in sesion.tramites),
        acuerdos=tuple(
            Encargo(a.codigo, a.que, a.institucion, a.plazo.strftime("%d/%m/%Y"))
            for a in sesion.acuerdos
        ),
        nada=_nada(quorum) if vacia else "",
        huellas=tuple(_marcas(sesion)),
        donde_se_comparan=(
            ""
            if sesion.simulacro
            else f"Las de la sesión y las versiones {donde_se_comparan(territorio.sitio.direccion)}"
        ),
        firmas=tuple(
            Firmante(p.institucion, f"en calidad de {p.calidad}")
            for p in _presentes(comite, sesion)
        ),
    )


def en_pdf(proyecto: Proyecto, acta: Acta, fecha: date) -> bytes:
    """El acta como PDF/UA; los mismos bytes con la misma acta."""
    return pdf_ua(
        proyecto.extension / PLANTILLA,
        proyecto.extension,
        fecha,
        {"acta": asdict(acta)},
        acta.titulo,
    )


def lugares(proyecto: Proyecto, acta: Acta) -> list[Lugar]:
    """Dónde firma cada quien, en el orden de ``acta.firmas``."""
    return lugares_de_firma(
        proyecto.extension / PLANTILLA, proyecto.extension, {"acta": asdict(acta)}
    )


def lugar_de(territorio: Territorio) -> str:
    """«distrito de X, provincia de Y, región Z», según lo que el territorio sea."""
    provincia = f"provincia de {territorio.provincia}, región {territorio.region}"
    if territorio.tipo == "provincia":
        return provincia
    return f"distrito de {territorio.nombre}, {provincia}"


def _presentes(comite: Comite | None, sesion: Sesion) -> Iterator[Presente]:
    papeles = {i.institucion: i.papel for i in comite.integrantes} if comite else {}
    for a in sesion.asistencia:
        yield Presente(a.institucion, papeles.get(a.institucion, ""), a.calidad)


def _quorum(comite: Comite, sesion: Sesion) -> str:
    estan, votan = presentes(comite, sesion), comite.con_voto
    faltan = [i for i in votan if i not in estan]
    una = "No asistió la única institución con voto: "
    if estan:
        una = "Asistió la única institución con voto: "
    varias = f"{'Asistió' if len(estan) == 1 else 'Asistieron'} {len(estan)} de las"
    dicho = una if len(votan) == 1 else f"{varias} {len(votan)} instituciones con voto: "
    dicho += "hay quórum." if hay_quorum(comite, sesion) else "no hay quórum."
    if not faltan or len(votan) == 1:
        return dicho
    return f"{dicho} No {'asistió' if len(faltan) == 1 else 'asistieron'}: {'; '.join(faltan)}."


def _nada(quorum: bool) -> str:
    if quorum:
        return "En esta sesión no se tomó ningún acuerdo ni se decidió sobre ningún producto."
    return "Por falta de quórum no se decidió ni se acordó nada."


def _asunto(catalogo: Catalogo, punto: Punto) -> str:
    """Lo que se trató, con el producto por su nombre y no por su código."""
    if punto.producto is None:
        return punto.asunto
    return punto.asunto.replace(punto.producto, nombre_de(catalogo, punto.producto))


def _avances(libro: Libro, sesion: Sesion) -> Iterator[Avance]:
    acordado = {f"{s.id}/{a.codigo}": a.que for s in libro.sesiones for a in s.acuerdos}
    for x in sesion.seguimiento:
        yield Avance(x.acuerdo, acordado.get(x.acuerdo, ""), x.estado, x.nota or "")


def _decision(catalogo: Catalogo, t: Tramite, sesion: Sesion) -> Decision:
    paso = paso_dicho(t)
    if t.simulacro and not sesion.simulacro:
        paso += " (simulacro: no aprueba nada)"
    votos = (
        (
            ("A favor", t.votos.a_favor),
            ("En contra", t.votos.en_contra),
            ("Abstenciones", t.votos.abstenciones),
            ("No votan por tener interés", t.votos.recusadas),
        )
        if t.votos
        else ()
    )
    return Decision(
        nombre_de(catalogo, t.producto),
        paso,
        t.version,
        t.texto or "",
        tuple(Voto(que, len(quienes), "; ".join(quienes)) for que, quienes in votos if quienes),
        tuple(Desacuerdo(d.institucion, d.razon) for d in t.disensos),
    )


def _marcas(sesion: Sesion) -> Iterator[Marca]:
    if sesion.sello is None:
        return
    yield Marca("Sello de esta sesión:", sesion.sello.huella)
    if sesion.sello.huella_anterior:
        yield Marca("Sello de la sesión anterior, al que sigue:", sesion.sello.huella_anterior)
    if sesion.boletin:
        yield Marca("Boletín que se llevó a la sesión:", sesion.boletin)
