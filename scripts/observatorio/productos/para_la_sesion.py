"""Lo que un comité lleva a su sesión: qué se le pide decidir, qué cambió desde la anterior, sus
acuerdos, lo propio de su papel y la tabla de las cifras que vio.

Esa tabla se guarda con la sesión: con ella, la siguiente sabe qué cambió. Todo sale de lo público.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from ..actas.cadena import cadenas
from ..actas.modelos import Sesion
from ..actas.productos import nombre_de
from ..actas.tramites import quien_da, siguientes, vence
from ..base.archivos import json_en_bytes
from ..base.numeros import canonico, con_unidad
from ..catalogo.naturalezas import ROTULOS
from ..metodo.estados import RETROCESO
from ..presentacion.certeza import en_breve, es_posible
from ..recojo.seguimiento import atrasadas
from ..resultados.aprobaciones import APROBADO
from ..resultados.resultados import Resultados
from . import respuestas
from .plan import seguimiento

MENSAJE = 900
"""Cuántas letras caben en el mensaje que se reenvía por teléfono."""
NUEVO, CORREGIDO, DE_ESTADO, RETIRADO = (
    "dato nuevo",
    "dato corregido",
    "cambió de estado",
    "ya no se muestra",
)


@dataclass(frozen=True, slots=True)
class Mostrada:
    """La última cifra de un KPI, como la vio el comité; nada de ella si no hay dato público."""

    kpi: str
    periodo: str | None
    valor: float | None
    escrito: str
    estado: str
    senal: str
    naturaleza: str | None


@dataclass(frozen=True, slots=True)
class Pedido:
    """Un producto que espera a este comité; ``paso``: lo que se le pide."""

    producto: str
    nombre: str
    paso: str
    version: str
    hasta: str | None
    nota: str


@dataclass(frozen=True, slots=True)
class Cambio:
    """Un KPI cuya cifra o estado no es la que este comité vio en su sesión anterior."""

    kpi: str
    nombre: str
    que: str
    antes: str
    ahora: str
    senal: str
    naturaleza: str | None


@dataclass(frozen=True, slots=True)
class ParaLaSesion:
    """El boletín de una sesión, como datos. ``desde``: la sesión cuya tabla se compara; nula en la
    primera. ``propio``: título y puntos de lo que mira este comité por su papel.
    ``respondidos``: lo que se comentó y se respondió desde su sesión anterior.
    """

    sesion: str
    comite: str
    desde: str | None
    fecha_corte: str
    se_pide: tuple[Pedido, ...]
    cambios: tuple[Cambio, ...]
    acuerdos: tuple[str, ...]
    propio: tuple[tuple[str, tuple[str, ...]], ...]
    cifras: tuple[Mostrada, ...]
    respondidos: tuple[str, ...] = ()

    def en_bytes(self) -> bytes:
        """Como se guarda en ``data/gobernanza/boletines/``."""
        return json_en_bytes(asdict(self))


def reunir(r: Resultados, sesion: Sesion, guardados: Mapping[str, bytes]) -> ParaLaSesion:
    """El de ``sesion``. ``guardados``: sesión → boletín, los de las anteriores."""
    gobernanza = r.catalogo.gobernanza
    comite = gobernanza.comite(sesion.comite) if gobernanza else None
    desde = _anterior(r, sesion, guardados)
    cifras = tuple(_mostradas(r))
    vistas = _vistas(guardados[desde]) if desde else {}
    return ParaLaSesion(
        sesion=sesion.id,
        comite=comite.nombre if comite else sesion.comite,
        desde=desde,
        fecha_corte=r.catalogo.territorio.fecha_corte.isoformat(),
        se_pide=tuple(_pedidos(r, sesion)),
        cambios=tuple(_cambios(r, vistas, cifras)) if desde else (),
        acuerdos=tuple(_acuerdos(r, sesion)),
        propio=tuple(_propio(r, sesion)),
        cifras=cifras,
        respondidos=tuple(_respondidos(r, sesion)),
    )


def _respondidos(r: Resultados, sesion: Sesion) -> Iterator[str]:
    """Lo respondido desde la sesión anterior de su comité; en la primera, todo."""
    suyas = [s for s in r.libro.sesiones if s.cadena == sesion.cadena and s.acta < sesion.acta]
    desde = max((s.fecha for s in suyas), default=None)
    for c in respuestas.respondidos(r, desde, sesion.fecha):
        yield respuestas.en_una_frase(r, c)


def _anterior(r: Resultados, sesion: Sesion, guardados: Mapping[str, bytes]) -> str | None:
    """La última sesión de su comité que guardó lo que vio."""
    suyas = cadenas(r.libro.sesiones).get(sesion.cadena, [])
    antes = [s.id for s in suyas if s.acta < sesion.acta and s.id in guardados]
    return antes[-1] if antes else None


def _mostradas(r: Resultados) -> Iterator[Mostrada]:
    for codigo, kpi in sorted(r.catalogo.kpis.items()):
        if kpi.acceso != "ciudadano":
            continue
        e, a = r.evaluados[codigo], r.analizados[codigo]
        visible = e.valor is not None and not e.protegido
        yield Mostrada(
            codigo,
            e.periodo if visible else None,
            canonico(e.valor) if visible else None,
            con_unidad(e.valor, kpi.unidad, kpi.decimales) if visible else "—",
            e.estado,
            "; ".join(en_breve(e, a)),
            e.naturaleza_resultado,
        )


def _vistas(boletin: bytes) -> dict[str, Mostrada]:
    return {c["kpi"]: Mostrada(**c) for c in json.loads(boletin)["cifras"]}


def _cambios(
    r: Resultados, vistas: Mapping[str, Mostrada], cifras: Sequence[Mostrada]
) -> Iterator[Cambio]:
    """Primero los que cambiaron de estado, y entre ellos los que retroceden."""
    hallados = []
    for hoy in cifras:
        antes = vistas.get(hoy.kpi)
        if antes is not None and (que := _que_cambio(antes, hoy)):
            kpi = r.catalogo.kpis[hoy.kpi]
            hallados.append(
                Cambio(
                    hoy.kpi,
                    kpi.nombre_corto,
                    que,
                    _dicha(antes),
                    _dicha(hoy),
                    hoy.senal,
                    hoy.naturaleza,
                )
            )
    retroceden = {c.kpi for c in cifras if c.estado == RETROCESO}
    yield from sorted(hallados, key=lambda c: (c.que != DE_ESTADO, c.kpi not in retroceden, c.kpi))


def _que_cambio(antes: Mostrada, hoy: Mostrada) -> str | None:
    if antes.estado != hoy.estado:
        return DE_ESTADO
    if (antes.periodo, antes.valor) == (hoy.periodo, hoy.valor):
        return None
    if hoy.valor is None:
        return RETIRADO
    return CORREGIDO if antes.periodo == hoy.periodo else NUEVO


def _dicha(c: Mostrada) -> str:
    de = f" ({c.periodo})" if c.periodo else ""
    return f"{c.escrito}{de}, {c.estado}" if c.valor is not None else c.estado


def _pedidos(r: Resultados, sesion: Sesion) -> Iterator[Pedido]:
    gobernanza = r.catalogo.gobernanza
    if gobernanza is None:
        return
    for (producto, simulacro), camino in sorted(r.libro.caminos.items()):
        if simulacro != sesion.simulacro or not camino.en_curso:
            continue
        pasos = [
            p
            for p in siguientes(gobernanza, producto, camino)
            if p not in ("enviado", "sin opinión", "ratificado")
            and quien_da(gobernanza, producto, p) == sesion.comite
        ]
        if pasos:
            limite = vence(gobernanza, camino) if camino.estado == "enviado" else None
            yield Pedido(
                producto,
                nombre_de(r.catalogo, producto),
                "opinar" if pasos == ["opinión"] else "aprobar u observar",
                str(camino.version),
                limite.isoformat() if limite else None,
                "simulacro" if simulacro else "",
            )
    yield from _por_ratificar(r, sesion)


def _por_ratificar(r: Resultados, sesion: Sesion) -> Iterator[Pedido]:
    """Las correcciones que movieron un estado ya aprobado: se avisan a quien decide."""
    gobernanza = r.catalogo.gobernanza
    if gobernanza is None or sesion.simulacro:
        return
    for producto in r.aprobaciones.tramitados:
        a = r.aprobaciones.de(producto)
        if (
            a.por_ratificar
            and a.estado == APROBADO
            and quien_da(gobernanza, producto, "ratificado") == sesion.comite
        ):
            yield Pedido(
                producto,
                nombre_de(r.catalogo, producto),
                "ratificar",
                str(a.version),
                None,
                f"una corrección cambió el estado de {', '.join(a.por_ratificar)}",
            )


def _acuerdos(r: Resultados, sesion: Sesion) -> Iterator[str]:
    for a in r.libro.acuerdos_abiertos:
        if a.sesion.cadena == sesion.cadena:
            vencido = " (vencido)" if a.acuerdo.plazo < sesion.fecha else ""
            yield (
                f"{a.cita}: {a.acuerdo.que} — {a.acuerdo.institucion}, hasta el"
                f" {a.acuerdo.plazo.isoformat()}{vencido}"
            )


def _propio(r: Resultados, sesion: Sesion) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Quien elabora mira lo que falta; quien opina, el método; quien decide, los riesgos."""
    gobernanza = r.catalogo.gobernanza
    acciones = {
        p.accion
        for p in (gobernanza.protocolo_de_revision if gobernanza else ())
        if p.comite == sesion.comite
    }
    if "elabora" in acciones:
        yield "Datos atrasados", tuple(_atrasados(r))
        sin_dato = [m.kpi for m in _mostradas(r) if m.periodo is None]
        yield "Indicadores sin cifra que mostrar", tuple(sin_dato)
    if "opina" in acciones:
        yield "Series que cortan un cambio de método", tuple(_quiebres(r))
        yield "Cifras corregidas", tuple(_corregidas(r))
    if "decide" in acciones:
        claros, posibles = _retrocesos(r)
        yield "Retroceden con señal clara", claros
        yield "Retroceden, quizá por azar", posibles


def _atrasados(r: Resultados) -> Iterator[str]:
    for s in atrasadas(seguimiento(r)):
        yield f"{s.entrega.kpi}, {s.entrega.periodo}: {s.dias} días de atraso"


def _quiebres(r: Resultados) -> Iterator[str]:
    for identificador, fuente in sorted(r.catalogo.fuentes.items()):
        for quiebre in fuente.quiebres:
            yield f"{fuente.institucion} ({identificador}), desde el {quiebre.fecha.isoformat()}"


def _corregidas(r: Resultados) -> Iterator[str]:
    for f in r.correcciones_publicas.iter_rows(named=True):
        yield f"{f['kpi']}, {f['periodo']}: {f['antes']} → {f['despues']}. {f['motivo']}"


def _retrocesos(r: Resultados) -> tuple[tuple[str, ...], tuple[str, ...]]:
    claros: list[str] = []
    posibles: list[str] = []
    for m in _mostradas(r):
        e, a = r.evaluados[m.kpi], r.analizados[m.kpi]
        if e.estado != RETROCESO:
            continue
        nombre = r.catalogo.kpis[m.kpi].nombre_corto
        dicha = f"{m.kpi} {nombre}: {_dicha(m)}{_demo(m.naturaleza)}"
        (posibles if es_posible(e, a) else claros).append(dicha)
    return tuple(claros), tuple(posibles)


def en_texto(b: ParaLaSesion) -> str:
    """Para leerlo en la sesión: primero lo que se pide decidir."""
    partes = [f"{b.comite}, sesión {b.sesion}. Datos al {b.fecha_corte}."]
    partes += _bloque("Qué se le pide decidir", [_pedido(p) for p in b.se_pide])
    titulo = f"Qué cambió desde {b.desde}" if b.desde else "Es la primera sesión que guarda cifras"
    partes += _bloque(titulo, [_cambio(c) for c in b.cambios], siempre=b.desde is not None)
    partes += _bloque("Acuerdos abiertos", list(b.acuerdos))
    for titulo, puntos in b.propio:
        partes += _bloque(titulo, list(puntos))
    return "\n".join(partes)


def mensaje(b: ParaLaSesion, direccion: str) -> str:
    """Lo mismo en no más de 900 letras, para reenviar: lo que no cabe se cuenta."""
    demo = any(c.naturaleza == "demostracion" for c in b.cifras)
    fin = f"Todo en {direccion}"
    if demo:
        fin = f"{ROTULOS['demostracion'].conjunto} {fin}"
    lineas = [f"{b.comite}, sesión {b.sesion}. Datos al {b.fecha_corte}."]
    puntos = [*(_pedido(p) for p in b.se_pide), *(_cambio(c) for c in b.cambios)]
    if not puntos:
        lineas.append("No hay nada que decidir ni cambios desde la sesión anterior.")
    for n, punto in enumerate(puntos):
        quedan = len(puntos) - n
        resto = f"… y {quedan} más."
        if len("\n".join([*lineas, f"• {punto}", resto, fin])) > MENSAJE:
            lineas.append(resto)
            break
        lineas.append(f"• {punto}")
    return "\n".join([*lineas, fin])


def _bloque(titulo: str, puntos: Sequence[str], siempre: bool = True) -> list[str]:
    if not puntos and not siempre:
        return [f"\n{titulo}."]
    return [f"\n{titulo}:", *(f"  • {p}" for p in puntos or ["nada"])]


def _pedido(p: Pedido) -> str:
    hasta = f", hasta el {p.hasta}" if p.hasta else ""
    nota = f" ({p.nota})" if p.nota else ""
    return f"{p.paso[0].upper()}{p.paso[1:]}: {p.nombre}, versión {p.version[:8]}{hasta}{nota}"


def _cambio(c: Cambio) -> str:
    senal = f". {c.senal}" if c.senal else ""
    return f"{c.kpi} {c.nombre}: {c.que}; era {c.antes}; es {c.ahora}{_demo(c.naturaleza)}{senal}"


def _demo(naturaleza: str | None) -> str:
    """La marca que no se separa de la cifra."""
    return f", {ROTULOS['demostracion'].sello}" if naturaleza == "demostracion" else ""
