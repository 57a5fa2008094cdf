"""El registro de versiones: qué se envió de cada producto, cuándo, qué cambió, quién decidió y en
qué edición se lee tal como se aprobó.

De lo que no lleva ninguna cifra de nadie (metodología, planes e instrumentos) se publica además lo
aprobado, para leerlo, con el contenido exacto cuya huella se firmó. Los simulacros no entran: no
aprueban nada.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ...actas.modelos import Sesion, Tramite
from ...actas.productos import nombre_de
from ...actas.tramites import SIN_OPINION
from ...base.palabras import al_empezar
from ...base.periodos import legible
from ...presentacion.apilada import tabla_por_grupos
from ...presentacion.pieza import esc
from ...resultados.aprobaciones import lo_que_cambia
from ...resultados.resultados import Resultados
from .dichos_de_actas import huella_corta, nombre_del_comite, votado

CARPETA = "versiones"
CON_TEXTO = {
    "metodologia": "md",
    "plan-de-trabajo": "md",
    "plan-de-recojo": "yml",
    "mapeo": "yml",
    "planilla": "yml",
}
"""De qué tipos de producto se publica lo aprobado, y cómo se lee: los que no llevan ninguna cifra
de nadie.
"""
DE_EDICION = ("mision", "catalogo", "kpi")
"""Los que se leen en la edición que los llevó."""
DE_CIFRAS = "datos/kpis.csv"
DICHOS_DE_VERSION: dict[str, str] = {
    "sin opinión": SIN_OPINION,
    "enviado": "enviada a revisión",
    "opinión": "con opinión",
    "aprobado": "aprobada",
    "observado": "observada",
    "ratificado": "ratificada la corrección",
}


@dataclass(frozen=True, slots=True)
class VersionRegistrada:
    """Una versión que se envió a los comités. ``numero``: la cuántas de su producto. ``estado``: el
    último paso que dio, en ``mes``, con el acta ``sesion`` de ``comite``. ``cambio``: qué la
    distingue de la que estaba aprobada, o de la anterior. ``lugar``: dónde se lee, desde la raíz
    del sitio.
    """

    producto: str
    nombre: str
    numero: int
    version: str
    enviada: str
    estado: str
    mes: str
    sesion: str
    acta: int
    comite: str
    votos: str
    cambio: str
    aprobada: bool
    vigente: bool
    edicion: str | None
    lugar: str | None


def registro(r: Resultados) -> tuple[VersionRegistrada, ...]:
    """Todas, por producto y de la más nueva a la más vieja."""
    hechas: dict[str, dict[str, VersionRegistrada]] = {}
    for sesion, tramite in _tramites(r):
        suyas = hechas.setdefault(tramite.producto, {})
        if tramite.version not in suyas:
            suyas[tramite.version] = _nueva(r, suyas, sesion, tramite)
        suyas[tramite.version] = _avanzada(r, suyas[tramite.version], sesion, tramite)
    orden = {p: n for n, p in enumerate(r.aprobaciones.registrados())}
    return tuple(
        _situada(r, v)
        for producto in sorted(hechas, key=lambda p: orden.get(p, len(orden)))
        for v in reversed(hechas[producto].values())
    )


def archivos(r: Resultados) -> dict[str, bytes]:
    """De cada versión aprobada de los tipos de ``CON_TEXTO``, ``versiones/<huella>.json``, que es
    lo que se firmó, y lo mismo para leerlo.
    """
    salida: dict[str, bytes] = {}
    for producto in r.aprobaciones.tramitados:
        extension = CON_TEXTO.get(_tipo(producto))
        if extension is None:
            continue
        for firme in r.aprobaciones.camino(producto).aprobadas:
            guardada = r.libro.versiones[firme.version]
            salida[f"{CARPETA}/{firme.version}.json"] = guardada.crudo
            salida[f"{CARPETA}/{firme.version}.{extension}"] = _para_leer(
                producto, extension, guardada.contenido
            )
    return salida


def _tipo(producto: str) -> str:
    return producto.partition("/")[0]


def _para_leer(producto: str, extension: str, contenido: Mapping[str, Any]) -> bytes:
    """El texto aprobado; de lo que no es texto corrido, sus campos en YAML."""
    from ...base.yaml_editable import escrito

    if "texto" not in contenido:
        return escrito(contenido["metodo"]).encode()
    texto: str = contenido["texto"][producto]
    return (f"{texto}\n" if extension == "md" else escrito(json.loads(texto))).encode()


def como_lista(r: Resultados) -> list[dict[str, object]]:
    """Como se publica en ``datos/gobernanza.json``."""
    return [asdict(v) for v in registro(r)]


def pieza(r: Resultados) -> str:
    """La tabla del registro, un producto tras otro."""
    todas = registro(r)
    if not todas:
        return (
            "<p>Todavía no se ha enviado ninguna versión a los comités. La primera quedará aquí, y"
            " no se borra.</p>"
        )
    grupos: dict[str, list[list[str]]] = {}
    for v in todas:
        grupos.setdefault(v.nombre, []).append(_fila(r, v))
    return tabla_por_grupos(
        "De la más nueva a la más vieja, por producto",
        ["Versión", "Qué cambió", "Cómo va", "Quién", "Dónde se lee"],
        [(esc(nombre), filas) for nombre, filas in grupos.items()],
    )


def _tramites(r: Resultados) -> Iterator[tuple[Sesion, Tramite]]:
    for sesion in r.libro.sesiones:
        if sesion.sello and not sesion.simulacro:
            yield from ((sesion, t) for t in sesion.tramites if not t.simulacro)


def _nueva(
    r: Resultados,
    suyas: dict[str, VersionRegistrada],
    sesion: Sesion,
    tramite: Tramite,
) -> VersionRegistrada:
    previas = list(suyas.values())
    de_antes = [v for v in previas if v.aprobada] or previas
    cambio = "primera versión"
    if de_antes:
        versiones = r.libro.versiones
        cambio = lo_que_cambia(
            versiones[de_antes[-1].version].contenido, versiones[tramite.version].contenido
        )
    return VersionRegistrada(
        producto=tramite.producto,
        nombre=nombre_de(r.catalogo, tramite.producto),
        numero=len(previas) + 1,
        version=tramite.version,
        enviada=sesion.mes,
        estado="",
        mes="",
        sesion="",
        acta=0,
        comite="",
        votos="",
        cambio=cambio,
        aprobada=False,
        vigente=False,
        edicion=None,
        lugar=None,
    )


def _avanzada(
    r: Resultados, v: VersionRegistrada, sesion: Sesion, tramite: Tramite
) -> VersionRegistrada:
    return replace(
        v,
        estado=tramite.paso,
        mes=sesion.mes,
        sesion=sesion.id,
        acta=sesion.acta,
        comite=nombre_del_comite(r.catalogo.gobernanza, sesion.comite),
        votos=votado(tramite),
        aprobada=v.aprobada or tramite.paso in ("aprobado", "ratificado"),
    )


def _situada(r: Resultados, v: VersionRegistrada) -> VersionRegistrada:
    """Con la edición en que se lee y si es la vigente."""
    if not v.aprobada:
        return v
    firme = r.aprobaciones.camino(v.producto).vigente
    vigente = firme is not None and firme.version == v.version
    edicion = r.ediciones_de_lo_aprobado.get((v.producto, v.version))
    return replace(v, vigente=vigente, edicion=edicion, lugar=_lugar(r, v, edicion))


def _lugar(r: Resultados, v: VersionRegistrada, edicion: str | None) -> str | None:
    tipo, _, nombre = v.producto.partition("/")
    if tipo in CON_TEXTO:
        return f"datos/{CARPETA}/{v.version}.{CON_TEXTO[tipo]}"
    if tipo not in DE_EDICION:
        return None
    archivo = f"misiones/{nombre}/boletin.pdf" if tipo == "mision" else DE_CIFRAS
    if edicion is not None:
        return f"ediciones/{edicion}/{archivo}"
    # Nadie la publicó antes: si es la de hoy, la publica esta edición.
    return archivo if r.aprobaciones.version_de_hoy(v.producto) == v.version else None


def _fila(r: Resultados, v: VersionRegistrada) -> list[str]:
    marca = " <strong>vigente</strong>" if v.vigente else ""
    votos = f" ({esc(v.votos)})" if v.votos else ""
    return [
        f"{v.numero}. {huella_corta(v.version)}{marca}",
        f"{esc(al_empezar(v.cambio))}. Se envió en {legible(v.enviada)}",
        f"{esc(al_empezar(DICHOS_DE_VERSION[v.estado]))}, {legible(v.mes)}{votos}",
        esc(f"{v.comite}, acta {v.acta}"),
        _enlace(r, v),
    ]


def _enlace(r: Resultados, v: VersionRegistrada) -> str:
    if v.lugar is None and v.aprobada:
        de_edicion = _tipo(v.producto) in DE_EDICION
        return "ninguna edición la llevó" if de_edicion else "en el archivo del observatorio"
    if v.lugar is None:
        return "—"
    if v.edicion is not None and v.lugar.startswith("ediciones/"):
        # Con la dirección entera: una edición no lleva dentro a las otras.
        sitio = r.catalogo.territorio.sitio.direccion.rstrip("/")
        return f'<a href="{esc(f"{sitio}/{v.lugar}")}">edición {huella_corta(v.edicion)}</a>'
    que = "lo aprobado" if _tipo(v.producto) in CON_TEXTO else "esta edición"
    return f'<a href="@raiz@/{esc(v.lugar)}">{que}</a>'
