"""Órdenes de la retroalimentación: ``comentario``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..rutas import Proyecto
from .comites import fecha, leer
from .salida import BIEN

if TYPE_CHECKING:
    from ..actas.comentarios import Comentario
    from ..catalogo import Catalogo

CAMBIOS = ("correccion", "ficha", "version", "acuerdo")


def registrar(ordenes: argparse._SubParsersAction) -> None:
    p = ordenes.add_parser(
        "comentario", help="lleva lo que se comenta de cada producto y qué se respondió"
    )
    hijas = p.add_subparsers(required=True, metavar="ACCION")
    a = hijas.add_parser("anotar", help="anota un comentario: qué se dijo, y con qué papel")
    a.add_argument("producto", metavar="PRODUCTO", help="kpi/CODIGO, mision/CARPETA, metodologia…")
    a.add_argument("--papel", required=True, help="el de quien comenta, como «autoridad local»")
    a.add_argument("--que", required=True, help="qué dijo, sin nombres ni lugares")
    a.add_argument("--recibido", type=fecha, required=True, help="el día, como 2027-03-25")
    a.add_argument(
        "--medio", default="correo", help="correo (por defecto), sesión, planilla o visita"
    )
    a.add_argument("--sesion", help="si se dijo en una sesión, cuál, como impulsor-003")
    a.add_argument("--pagina", help="la dirección de la cifra, como vino en el correo")
    a.set_defaults(hacer=_anotar)

    h = hijas.add_parser("recibir", help="anota los comentarios de una hoja, uno por fila")
    h.add_argument("archivo", type=Path, metavar="ARCHIVO", help="un libro o un CSV")
    h.set_defaults(hacer=_recibir)

    r = hijas.add_parser("responder", help="anota qué se resolvió, con su criterio y su cambio")
    r.add_argument("codigo", metavar="CODIGO", help="el comentario, como C001")
    r.add_argument(
        "estado", choices=("acogido", "acogido en parte", "no acogido"), help="qué se resolvió"
    )
    r.add_argument("--criterio", required=True, help="uno de los de comites.yml")
    r.add_argument("--respuesta", required=True, help="qué se le responde")
    r.add_argument("--fecha", type=fecha, required=True, help="el día, como 2027-03-25")
    for cual, que in zip(
        CAMBIOS,
        (
            "«KPI PERIODO» que se corrigió",
            "el KPI cuya ficha cambió",
            "la huella de la versión que lo recoge",
            "el acuerdo, como impulsor-003/A1",
        ),
        strict=True,
    ):
        r.add_argument(f"--{cual}", help=f"lo que se cambió: {que}")
    r.set_defaults(hacer=_responder)

    v = hijas.add_parser(
        "avisar", help="escribe la respuesta para quien comentó y anota que se le avisó"
    )
    v.add_argument("codigo", metavar="CODIGO", help="el comentario, como C001")
    v.add_argument("--fecha", type=fecha, required=True, help="el día en que se le avisa")
    v.set_defaults(hacer=_avisar)

    t = hijas.add_parser("ver", help="dice los comentarios sin responder y sin avisar")
    t.set_defaults(hacer=_ver)


def _anotar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.anotar_comentarios import anotar

    catalogo, libro = leer(proyecto)
    campos = {
        n: getattr(opciones, n)
        for n in ("producto", "papel", "que", "recibido", "medio", "sesion", "pagina")
        if getattr(opciones, n) is not None
    }
    (hecho,) = anotar(proyecto, catalogo, libro, [campos])
    print(
        f"Anotado {hecho.codigo}: {hecho.producto}. Se responde hasta el {_vence(catalogo, hecho)}."
    )
    return BIEN


def _vence(catalogo: Catalogo, c: Comentario) -> str:
    from ..actas.escribir import gobernanza_de
    from ..actas.revision_de_comentarios import vence

    return vence(c, gobernanza_de(catalogo).comentarios).isoformat()


def _recibir(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.anotar_comentarios import anotar
    from ..recojo.comentarios import leer_comentarios

    catalogo, libro = leer(proyecto)
    leidos = leer_comentarios(opciones.archivo)
    hechos = anotar(
        proyecto,
        catalogo,
        libro,
        [c | {"medio": "planilla"} for c in leidos.campos],
        leidos.lugares,
    )
    print(
        f"Anotado 1: {hechos[0].codigo}."
        if len(hechos) == 1
        else f"Anotados {len(hechos)}: de {hechos[0].codigo} a {hechos[-1].codigo}."
    )
    if leidos.de_mas:
        print(f"No se leyeron estas columnas: {', '.join(leidos.de_mas)}.")
    return BIEN


def _responder(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.anotar_comentarios import cambiar

    catalogo, libro = leer(proyecto)
    cambio = {n: getattr(opciones, n) for n in CAMBIOS if getattr(opciones, n) is not None}
    campos = {
        "estado": opciones.estado,
        "criterio": opciones.criterio,
        "respuesta": opciones.respuesta,
        "respondido": opciones.fecha,
        **({"cambio": cambio} if cambio else {}),
    }
    hecho = cambiar(proyecto, catalogo, libro, opciones.codigo, campos)
    print(
        f"{hecho.codigo}: {hecho.estado}. Saldrá en el próximo boletín y en Novedades. Para"
        f" decírselo a quien comentó: observatorio comentario avisar {hecho.codigo} --fecha FECHA"
    )
    return BIEN


def _avisar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.anotar_comentarios import cambiar, carta
    from ..actas.escribir import gobernanza_de
    from ..actas.productos import nombre_de
    from ..errores import ErrorDeUso

    catalogo, libro = leer(proyecto)
    if any(c.codigo == opciones.codigo and c.estado == "recibido" for c in libro.comentarios):
        raise ErrorDeUso(
            f"«{opciones.codigo}» no tiene respuesta que avisar\n    remedio: anótela antes con"
            f" «observatorio comentario responder {opciones.codigo}»; cómo, lo dice con --help"
        )
    hecho = cambiar(proyecto, catalogo, libro, opciones.codigo, {"avisado": opciones.fecha})
    criterios = {c.id: c.dice for c in gobernanza_de(catalogo).comentarios.criterios}
    sitio = catalogo.territorio.sitio
    print(
        carta(
            hecho,
            nombre_de(catalogo, hecho.producto),
            criterios[hecho.criterio or ""],
            sitio.direccion.rstrip("/"),
            sitio.titulo,
        )
    )
    return BIEN


def _ver(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    catalogo, libro = leer(proyecto)
    for c in libro.comentarios:
        if c.estado == "recibido":
            print(f"  {c.codigo}  {c.producto}: sin responder, hasta el {_vence(catalogo, c)}")
        elif c.avisado is None:
            print(f"  {c.codigo}  {c.producto}: {c.estado}, y falta decírselo a quien comentó")
    cuantos = len(libro.comentarios)
    print(f"{cuantos} {'comentario' if cuantos == 1 else 'comentarios'} en el registro.")
    return BIEN
