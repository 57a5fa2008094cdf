"""Órdenes de los comités: ``sesion`` y ``aprobar``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ..rutas import Proyecto
from .salida import BIEN

if TYPE_CHECKING:
    from ..actas.libro import Libro
    from ..actas.modelos import Paso, Sesion, Tramite, Votos
    from ..catalogo import Catalogo
    from ..resultados.boletin import ParaLaSesion

PASOS: dict[str, Paso] = {
    "enviar": "enviado",
    "opinar": "opinión",
    "sin-opinion": "sin opinión",
    "aprobar": "aprobado",
    "observar": "observado",
    "ratificar": "ratificado",
}
TODAS = "todas"
MINIMO_DE_HUELLA = 4
"""Cuántas letras de una huella hacen falta para que diga cuál es."""


def registrar(ordenes: argparse._SubParsersAction) -> None:
    s = ordenes.add_parser(
        "sesion", help="lleva el libro de actas: calendario, abrir, cerrar y ver sesiones"
    )
    hijas = s.add_subparsers(required=True, metavar="ACCION")
    c = hijas.add_parser("calendario", help="propone las sesiones de un año; después se editan")
    c.add_argument("anio", type=int, metavar="AÑO", help="el año, como 2027")
    c.set_defaults(hacer=_calendario)

    a = hijas.add_parser("abrir", help="escribe la sesión que sigue de un comité, por llenar")
    a.add_argument("comite", metavar="COMITE", help="el comité, por su id en comites.yml")
    a.add_argument("--fecha", type=fecha, required=True, help="el día, como 2027-03-25")
    a.add_argument("--segunda", action="store_true", help="es la segunda convocatoria")
    a.add_argument("--extraordinaria", action="store_true", help="no está en el calendario")
    a.add_argument(
        "--simulacro", action="store_true", help="es un ensayo: va en un libro aparte y no aprueba"
    )
    a.set_defaults(hacer=_abrir)

    z = hijas.add_parser("cerrar", help="revisa y sella una sesión: desde entonces no se edita")
    z.add_argument("sesion", metavar="SESION", help="la sesión, como impulsor-003")
    z.set_defaults(hacer=_cerrar)

    b = hijas.add_parser(
        "boletin",
        help="hace lo que se lleva a una sesión, en _sesiones/, y guarda las cifras que se verán",
    )
    b.add_argument(
        "sesiones",
        nargs="*",
        metavar="SESION",
        help="la sesión, como estrategico-002; varias, o ninguna y --abiertas, se calculan una vez",
    )
    b.add_argument(
        "--abiertas", action="store_true", help="el de todas las sesiones abiertas, de una vez"
    )
    b.add_argument(
        "--mensaje", action="store_true", help="en no más de 900 letras, para reenviarlo"
    )
    b.add_argument(
        "--solo-texto", action="store_true", help="guarda las cifras y no hace PDF ni imagen"
    )
    b.set_defaults(hacer=_boletin)

    v = hijas.add_parser("ver", help="dice las sesiones, los acuerdos abiertos y lo pendiente")
    v.set_defaults(hacer=_ver)

    p = ordenes.add_parser(
        "aprobar",
        help="anota en la sesión abierta un paso de un producto; sin paso, dice por dónde va",
    )
    p.add_argument(
        "producto",
        metavar="PRODUCTO",
        help="metodologia, kpi/CODIGO, mision/CARPETA, mapeo/NOMBRE, plan-de-trabajo/AÑO…",
    )
    p.add_argument("paso", nargs="?", choices=tuple(PASOS), help="el paso que se anota")
    p.add_argument(
        "--simulacro", action="store_true", help="es un ensayo: no aprueba, y se dice siempre"
    )
    p.add_argument(
        "--version",
        dest="huella",
        metavar="HUELLA",
        help="la versión sobre la que se decide; por defecto, la enviada",
    )
    p.add_argument(
        "--sentido",
        choices=("favorable", "con cambios", "desfavorable"),
        help="con opinar: el de la opinión",
    )
    p.add_argument("--texto", help="la opinión, o qué se pide cambiar")
    for opcion, que in (
        ("--a-favor", f"institución que vota a favor, o «{TODAS}» las presentes; se repite"),
        ("--en-contra", "institución que vota en contra; se repite"),
        ("--abstiene", "institución que se abstiene; se repite"),
        ("--recusa", "institución presente que no vota por tener interés; se repite"),
    ):
        p.add_argument(opcion, action="append", default=[], metavar="INSTITUCION", help=que)
    p.add_argument(
        "--disenso",
        action="append",
        default=[],
        metavar="INSTITUCION:RAZON",
        help="por qué votó en contra o se abstuvo; se repite",
    )
    p.set_defaults(hacer=_aprobar)


def fecha(texto: str) -> date:
    try:
        return date.fromisoformat(texto)
    except ValueError as e:
        raise argparse.ArgumentTypeError(
            f"«{texto}» no es una fecha: escríbala como 2027-03-25"
        ) from e


def leer(proyecto: Proyecto) -> tuple[Catalogo, Libro]:
    from ..actas.escribir import leer_sano
    from ..catalogo import cargar

    catalogo = cargar(proyecto)
    return catalogo, leer_sano(proyecto, catalogo)


def _calendario(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.escribir import escribir_calendario
    from ..base.palabras import contados

    catalogo, libro = leer(proyecto)
    nuevas = escribir_calendario(proyecto, catalogo, libro, opciones.anio)
    for prevista in nuevas:
        motivo = f"  {prevista.motivo}" if prevista.motivo else ""
        print(f"  {prevista.fecha.isoformat()}  {prevista.comite}{motivo}")
    archivo = proyecto.relativa(proyecto.calendario_de_sesiones)
    print(
        f"{contados(len(nuevas), 'sesiones propuestas')} en {archivo}. Mueva las fechas que haga"
        " falta."
        if nuevas
        else f"No queda nada que proponer para {opciones.anio}: {archivo} ya tiene sus sesiones, o"
        f" pasaron antes de la fecha de corte ({catalogo.territorio.fecha_corte.isoformat()})."
    )
    return BIEN


def _abrir(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.escribir import abrir, gobernanza_de

    catalogo, libro = leer(proyecto)
    sesion = abrir(
        proyecto,
        gobernanza_de(catalogo),
        libro,
        opciones.comite,
        opciones.fecha,
        opciones.segunda,
        opciones.extraordinaria,
        opciones.simulacro,
    )
    archivo = proyecto.relativa(proyecto.sesiones / f"{sesion.id}.yml")
    # Un comité de validación acuerda, y no aprueba.
    decide = gobernanza_de(catalogo).comite(sesion.comite) is not None
    productos = ", y los productos con «observatorio aprobar»" if decide else ""
    print(
        f"Abierta {sesion.id}. Anote en {archivo} quién asistió y qué se acordó{productos}."
        f" Al terminar: observatorio sesion cerrar {sesion.id}"
    )
    return BIEN


def _cerrar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.escribir import cerrar, gobernanza_de
    from ..actas.quorum import hay_quorum

    catalogo, libro = leer(proyecto)
    gobernanza = gobernanza_de(catalogo)
    sesion = cerrar(proyecto, gobernanza, libro, opciones.sesion)
    print(f"Cerrada {sesion.id}, con el sello {sesion.sello.huella if sesion.sello else ''}.")
    comite = gobernanza.comite(sesion.comite)
    if comite and not hay_quorum(comite, sesion):
        print(
            "No hubo quórum: abra la segunda convocatoria con «observatorio sesion abrir"
            f" {sesion.comite} --segunda --fecha FECHA»."
        )
    return BIEN


def _boletin(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..errores import ErrorDeUso
    from ..procesos import adelantar

    if bool(opciones.sesiones) == opciones.abiertas:
        raise ErrorDeUso("diga de qué sesiones, o --abiertas para el de todas las abiertas")
    if not opciones.solo_texto:
        adelantar()
    from ..productos.comites.para_la_sesion import en_texto, mensaje

    reunidos = _reunidos(proyecto, opciones.sesiones, opciones.solo_texto)
    for _, boletin in reunidos:
        print(mensaje(boletin, boletin.lugar.direccion) if opciones.mensaje else en_texto(boletin))
    if not opciones.solo_texto:
        from ..sesiones import entregar

        for sesion, boletin in reunidos:
            carpeta = proyecto.relativa(entregar(proyecto, sesion, boletin))
            print(f"Lo que se lleva: {carpeta}", flush=True)
    return BIEN


def _reunidos(
    proyecto: Proyecto, pedidas: Sequence[str], solo_texto: bool
) -> list[tuple[Sesion, ParaLaSesion]]:
    """Lo que lleva cada sesión pedida o, si no se pide ninguna, cada abierta: de la abierta, lo de
    hoy, que se guarda; de la cerrada, lo que vio. Se calcula una vez para todas, y si una no se
    puede no se guarda ninguna.

    Con cifras inventadas solo se ensaya: a una sesión de verdad no se le hace un documento con
    ellas.
    """
    from pydantic import ValidationError

    from ..base.archivos import contenidos
    from ..base.escritura import escribir_atomico
    from ..calculo import calcular
    from ..errores import ErrorDeUso
    from ..productos.comites.para_la_sesion import reunir
    from ..resultados.boletin import leer as leer_boletin

    catalogo, libro = leer(proyecto)
    guardados = {
        n.removesuffix(".json"): c
        for n, c in contenidos(proyecto.boletines_de_sesion).items()
        if n.endswith(".json")
    }
    sesiones = _pedidas(libro, pedidas, guardados)
    if catalogo.territorio.incluir_demostracion and not solo_texto:
        de_verdad = [s.id for s in sesiones if not s.simulacro]
        if de_verdad:
            raise ErrorDeUso(
                f"«{'», «'.join(de_verdad)}»: una sesión de verdad, y los datos incluyen cifras de"
                " demostración: no se hace un boletín con ellas\n    remedio: ponga"
                " «incluir_demostracion: false» en data/territorio.yml, ensaye con una sesión"
                " abierta con --simulacro, o use --solo-texto"
            )
    try:
        hoy = calcular(proyecto) if any(s.sello is None for s in sesiones) else None
        reunidos = [
            (
                s,
                leer_boletin(guardados[s.id])
                if s.sello or hoy is None
                else reunir(hoy, s, guardados),
            )
            for s in sesiones
        ]
    except ValidationError as e:
        raise ErrorDeUso(
            f"un boletín de {proyecto.relativa(proyecto.boletines_de_sesion)} no se puede leer:"
            f" {e.errors()[0]['msg']}\n    remedio: recupérelo con git"
        ) from e
    for sesion, boletin in reunidos:
        if sesion.sello is None:
            escribir_atomico(proyecto.boletines_de_sesion / f"{sesion.id}.json", boletin.en_bytes())
    return reunidos


def _pedidas(libro: Libro, pedidas: Sequence[str], guardados: Mapping[str, bytes]) -> list[Sesion]:
    """Las sesiones que se piden, cada una una vez; lanza ``ErrorDeUso`` si de alguna no hay qué
    hacer: ni está abierta ni guardó lo que vio.
    """
    from ..errores import ErrorDeUso

    abiertas = [s for s in libro.sesiones if s.sello is None]
    hay = {s.id: s for s in libro.sesiones if s.sello is None or s.id in guardados}
    sin_hacer = [p for p in pedidas if p not in hay]
    cerradas = {s.id for s in libro.sesiones if s.sello}
    if calladas := [p for p in sin_hacer if p in cerradas]:
        raise ErrorDeUso(
            f"«{'», «'.join(calladas)}»: se cerró sin guardar las cifras que vio, y las de hoy no"
            " son las suyas: no se le puede hacer el boletín"
        )
    if sin_hacer or not (pedidas or abiertas):
        cual = f" «{'», «'.join(sin_hacer)}»" if sin_hacer else ""
        raise ErrorDeUso(
            f"no hay ninguna sesión abierta{cual}; están abiertas:"
            f" {', '.join(s.id for s in abiertas) or 'ninguna'}"
        )
    return [hay[p] for p in dict.fromkeys(pedidas)] or abiertas


def _ver(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.productos import nombre_de

    catalogo, libro = leer(proyecto)
    print("Sesiones:" if libro.sesiones else "Todavía no hay ninguna sesión.")
    for s in libro.sesiones:
        pasos = ", ".join(f"{t.producto} {t.paso}" for t in s.tramites)
        por_sellar = f", por sellar: {pasos}" if pasos else ""
        como = "cerrada" if s.sello else f"abierta{por_sellar}"
        print(f"  {s.id}  {s.fecha.isoformat()}  {como}")
    corte = catalogo.territorio.fecha_corte
    print("Acuerdos abiertos:" if libro.acuerdos_abiertos else "Ningún acuerdo abierto.")
    for a in libro.acuerdos_abiertos:
        vencido = ", vencido" if a.acuerdo.plazo < corte else ""
        print(
            f"  {a.cita}  {a.acuerdo.que} — {a.acuerdo.institucion}, hasta el"
            f" {a.acuerdo.plazo.isoformat()}{vencido}"
        )
    for (producto, simulacro), camino in sorted(libro.caminos.items()):
        ensayo = " (simulacro)" if simulacro else ""
        print(f"  {nombre_de(catalogo, producto)}{ensayo}: {camino.estado}")
    return BIEN


def _aprobar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.escribir import anotar
    from ..base.huellas import a_la_vista

    catalogo, libro = leer(proyecto)
    if opciones.paso is None:
        return _por_donde_va(proyecto, catalogo, libro, opciones.producto)
    tramite, contenido = _tramite(proyecto, catalogo, libro, opciones)
    sesion = anotar(proyecto, catalogo, libro, tramite, contenido)
    version = a_la_vista(tramite.version)
    ensayo = " Es un simulacro: no aprueba nada." if tramite.simulacro or sesion.simulacro else ""
    print(
        f"Anotado en {sesion.id}: {tramite.producto}, {tramite.paso}, versión {version}.{ensayo}"
        " Constará al cerrar la sesión."
    )
    return BIEN


def _por_donde_va(proyecto: Proyecto, catalogo: Catalogo, libro: Libro, producto: str) -> int:
    from ..actas.escribir import gobernanza_de
    from ..actas.productos import donde_falta, existe, nombre_de
    from ..actas.tramites import Camino, quien_da, recorrer, siguientes
    from ..base.huellas import a_la_vista

    _exigir_producto(proyecto, catalogo, libro, producto)
    gobernanza = gobernanza_de(catalogo)
    camino = recorrer(libro.sesiones).get((producto, False), Camino())
    print(f"{nombre_de(catalogo, producto)}: {camino.estado}")
    if camino.vigente:
        print(f"  aprobado en {camino.vigente.acta}, versión {a_la_vista(camino.vigente.version)}")
    if ensayo := recorrer(libro.sesiones).get((producto, True)):
        print(f"  en simulacro, que no aprueba: {ensayo.estado}")
    if not existe(proyecto, catalogo, producto):
        print(f"  hoy no existe: {donde_falta(proyecto, producto)}")
        return BIEN
    for paso in siguientes(gobernanza, producto, camino):
        orden = next(o for o, p in PASOS.items() if p == paso)
        print(
            f"  puede: observatorio aprobar {producto} {orden}"
            f"   (sesión del comité {quien_da(gobernanza, producto, paso)})"
        )
    return BIEN


def _exigir_producto(proyecto: Proyecto, catalogo: Catalogo, libro: Libro, producto: str) -> None:
    """Lanza ``ErrorDeUso`` si no es un producto, o si hoy no existe y nunca se trató."""
    from pydantic import TypeAdapter, ValidationError

    from ..actas.modelos import Producto
    from ..actas.productos import donde_falta, existe
    from ..errores import ErrorDeUso

    try:
        TypeAdapter(Producto).validate_python(producto)
    except ValidationError as e:
        dicho = e.errors()[0]["msg"].removeprefix("Value error, ")
        raise ErrorDeUso(f"no hay ningún producto «{producto}»: {dicho}") from e
    tratados = {t.producto for s in libro.sesiones for t in s.tramites}
    if producto not in tratados and not existe(proyecto, catalogo, producto):
        raise ErrorDeUso(
            f"hoy no existe «{producto}»\n    remedio: {donde_falta(proyecto, producto)}"
        )


def _tramite(
    proyecto: Proyecto, catalogo: Catalogo, libro: Libro, opciones: argparse.Namespace
) -> tuple[Tramite, bytes | None]:
    """El trámite que se pide y, si se envía o se ratifica, el contenido de hoy."""
    from pydantic import TypeAdapter, ValidationError

    from ..actas.escribir import abierta_de, gobernanza_de
    from ..actas.modelos import Tramite
    from ..actas.tramites import Camino, quien_da, recorrer
    from ..catalogo.defectos import defectos_de_ficha
    from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
    from ..resultados.versiones import huella_de

    _exigir_producto(proyecto, catalogo, libro, opciones.producto)
    paso = PASOS[opciones.paso]
    contenido: bytes | None = None
    if paso in ("enviado", "ratificado"):
        if opciones.huella is not None:
            raise ErrorDeUso(f"«{opciones.paso}» es de lo que hoy es el producto: quite --version")
        contenido = _contenido(proyecto, opciones.producto)
        version = huella_de(contenido)
    else:
        camino = recorrer(libro.sesiones).get((opciones.producto, opciones.simulacro), Camino())
        version = _version(libro, opciones.huella) or camino.version or ""
        if not version:
            ensayo = " --simulacro" if opciones.simulacro else ""
            raise ErrorDeUso(
                f"«{opciones.producto}» está en «{camino.estado}»: envíelo antes con «observatorio"
                f" aprobar {opciones.producto} enviar{ensayo}»"
            )
    comite = quien_da(gobernanza_de(catalogo), opciones.producto, paso)
    sesion = abierta_de(libro, comite or "", opciones.simulacro)
    disensos = [d.partition(":") for d in opciones.disenso]
    if mal := next((d for d, dos, razon in disensos if not (dos and razon.strip())), None):
        raise ErrorDeUso(f"escriba el disenso como INSTITUCION:RAZON; falta la razón de «{mal}»")
    escrito = {
        "producto": opciones.producto,
        "paso": paso,
        "version": version,
        "simulacro": opciones.simulacro,
        "sentido": opciones.sentido,
        "texto": opciones.texto,
        "votos": _votos(catalogo, sesion, opciones),
        "disensos": [{"institucion": i, "razon": r.strip()} for i, _, r in disensos],
    }
    tipo = TypeAdapter(Tramite)
    try:
        return tipo.validate_python(escrito), contenido
    except ValidationError as e:
        raise DatosInvalidos(
            ErrorDeDatos(
                f"aprobar {opciones.producto} {opciones.paso}",
                None,
                ".".join(map(str, d.camino)),
                None,
                d.regla,
                d.remedio,
            )
            for d in defectos_de_ficha(e, escrito, tipo)
        ) from e


def _version(libro: Libro, empieza: str | None) -> str | None:
    """La huella entera de la versión que empieza así."""
    from ..errores import ErrorDeUso

    if empieza is None:
        return None
    if len(empieza) < MINIMO_DE_HUELLA:
        raise ErrorDeUso(f"escriba al menos {MINIMO_DE_HUELLA} letras de la versión")
    halladas = [v for v in libro.versiones if v.startswith(empieza)]
    if len(halladas) != 1:
        raise ErrorDeUso(
            f"no hay ninguna versión «{empieza}»: las guardadas están en data/gobernanza/versiones"
            if not halladas
            else f"hay {len(halladas)} versiones que empiezan por «{empieza}»: escriba más letras"
        )
    return halladas[0]


def _contenido(proyecto: Proyecto, producto: str) -> bytes:
    """Lo que hoy es el producto, con los datos y las páginas de hoy."""
    from dataclasses import replace

    from ..actas.productos import donde_falta, texto_de
    from ..calculo import calcular
    from ..errores import ErrorDeUso
    from ..resultados.versiones import contenido_de, en_bytes

    r = calcular(proyecto)
    texto = texto_de(proyecto, producto)
    insumos = replace(r.insumos, textos={producto: texto} if texto is not None else {})
    contenido = contenido_de(insumos, producto)
    if contenido is None:
        raise ErrorDeUso(
            f"hoy no existe «{producto}»\n    remedio: {donde_falta(proyecto, producto)}"
        )
    return en_bytes(contenido)


def _votos(catalogo: Catalogo, sesion: Sesion | None, opciones: argparse.Namespace) -> Votos | None:
    from ..actas.escribir import gobernanza_de
    from ..actas.modelos import Votos
    from ..actas.quorum import presentes

    listas: Sequence[list[str]] = (
        opciones.a_favor,
        opciones.en_contra,
        opciones.abstiene,
        opciones.recusa,
    )
    if not any(listas):
        return None
    a_favor, en_contra, abstenciones, recusadas = (tuple(x) for x in listas)
    if TODAS in a_favor:
        comite = gobernanza_de(catalogo).comite(sesion.comite) if sesion else None
        ya = {*en_contra, *abstenciones, *recusadas}
        estan = presentes(comite, sesion) if comite and sesion else ()
        a_favor = tuple(i for i in estan if i not in ya)
    return Votos(
        a_favor=a_favor, en_contra=en_contra, abstenciones=abstenciones, recusadas=recusadas
    )
