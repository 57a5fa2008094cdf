"""Órdenes de los papeles que se firman: ``acta``, el de una sesión, de ida y de vuelta; y
``modelo``, los que se copian.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ..rutas import Proyecto
from .comites import fecha, leer
from .salida import BIEN

if TYPE_CHECKING:
    from ..actas.modelos import ActaRecibida


def registrar(ordenes: argparse._SubParsersAction) -> None:
    a = ordenes.add_parser(
        "acta", help="hace el acta de una sesión cerrada, la recibe firmada y la guarda cifrada"
    )
    hijas = a.add_subparsers(required=True, metavar="ACCION")
    h = hijas.add_parser("hacer", help="escribe el acta en papeles/, para imprimirla y firmarla")
    h.add_argument("sesion", metavar="SESION", help="la sesión cerrada, como estrategico-002")
    h.add_argument(
        "--para-firmar",
        action="store_true",
        help="con campos para firmarla con certificado (Firma Perú, DNIe), en lugar de en papel",
    )
    h.set_defaults(hacer=_hacer)

    r = hijas.add_parser(
        "recibir", help="comprueba el acta firmada, la guarda cifrada y anota su huella"
    )
    r.add_argument("sesion", metavar="SESION", help="la sesión de la que es el acta")
    r.add_argument(
        "archivos",
        nargs="+",
        type=Path,
        metavar="ARCHIVO",
        help="la foto o las fotos del papel firmado (.jpg, .png, .pdf), o el PDF con certificado",
    )
    r.add_argument(
        "--para",
        metavar="PUBLICA",
        action="append",
        default=[],
        help="cifra para esa llave pública (age1…); se repite para dos llaves",
    )
    r.add_argument(
        "--fecha", type=fecha, default=None, help="el día en que se recibió; por defecto, hoy"
    )
    r.set_defaults(hacer=_recibir)

    b = hijas.add_parser("abrir", help="deja los originales de un acta en una carpeta de fuera")
    b.add_argument("sesion", metavar="SESION", help="la sesión de la que es el acta")
    b.add_argument("carpeta", type=Path, metavar="CARPETA", help="fuera del proyecto")
    b.add_argument(
        "--llave",
        metavar="ARCHIVO",
        type=Path,
        required=True,
        help="el archivo de la llave privada",
    )
    b.set_defaults(hacer=_abrir)

    m = ordenes.add_parser(
        "modelo",
        help="copia un modelo, lleno con los datos del territorio, para editarlo, y hace su PDF",
    )
    m.add_argument(
        "modelo",
        metavar="MODELO",
        help="ordenanza, reglamento, convocatoria, acta o cargo-de-recepcion",
    )
    m.add_argument("--comite", metavar="COMITE", help="de qué comité es, por su id en comites.yml")
    m.set_defaults(hacer=_modelo)


def _hacer(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.recibidas import hacer

    catalogo, libro = leer(proyecto)
    ruta = hacer(proyecto, catalogo, libro, opciones.sesion, opciones.para_firmar)
    archivo = proyecto.relativa(ruta)
    simulacro = libro.sesion(opciones.sesion)
    if simulacro and simulacro.simulacro:
        print(f"{archivo}: es un simulacro; se lee, y no se firma.")
    elif opciones.para_firmar:
        print(
            f"{archivo}: cada institución la firma con su certificado, una tras otra, sobre el"
            f" mismo archivo. Al volver: observatorio acta recibir {opciones.sesion} ARCHIVO --para"
            " age1…"
        )
    else:
        print(
            f"{archivo}: imprímala y fírmela. Después, una foto de cada hoja: observatorio acta"
            f" recibir {opciones.sesion} FOTO… --para age1…"
        )
    return BIEN


def _recibir(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.comprobar import VALIDADOR
    from ..actas.recibidas import recibir

    catalogo, libro = leer(proyecto)
    recibidas = recibir(
        proyecto,
        catalogo,
        libro,
        opciones.sesion,
        opciones.archivos,
        opciones.para,
        opciones.fecha or date.today(),
    )
    sesion = libro.sesion(opciones.sesion)
    asistieron = len(sesion.asistencia) if sesion else 0
    for archivo, recibida in zip(opciones.archivos, recibidas, strict=True):
        print(f"{archivo}: {_dicha(recibida, asistieron)}")
    if any(r.clase == "digital" for r in recibidas):
        print(f"Si las firmas valen ante la ley lo dice el validador oficial: {VALIDADOR}")
    hecha = proyecto.relativa(proyecto.actas_hechas / f"{opciones.sesion}.yml")
    print(
        f"Guardada cifrada en {proyecto.relativa(proyecto.actas_firmadas)}; su huella, en {hecha}."
        " Lleva nombres: borre el original de donde lo recibió, o guárdelo bajo llave."
    )
    return BIEN


def _dicha(r: ActaRecibida, asistieron: int) -> str:
    if r.clase == "papel":
        from ..base.huellas import a_la_vista

        huella = a_la_vista(r.sha256)
        return f"foto del papel firmado, huella {huella}; lo que dice no se comprueba aquí."
    firmas = "1 firma" if r.firmas == 1 else f"{r.firmas} firmas"
    quienes = "asistió 1 institución" if asistieron == 1 else f"asistieron {asistieron}"
    return (
        f"íntegra, con {firmas} ({quienes}): dice lo que dice el libro y nadie la cambió desde que"
        " se firmó."
    )


def _abrir(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.recibidas import abrir

    _, libro = leer(proyecto)
    n = abrir(proyecto, libro, opciones.sesion, opciones.llave, opciones.carpeta)
    print(
        f"{n} {'original' if n == 1 else 'originales'} en {opciones.carpeta}, sin cifrar:"
        f" {'bórrelo' if n == 1 else 'bórrelos'} al terminar."
    )
    return BIEN


def _modelo(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..actas.por_copiar import copiar

    catalogo, libro = leer(proyecto)
    copia = copiar(proyecto, catalogo, libro, opciones.modelo, opciones.comite)
    texto, pdf = proyecto.relativa(copia.texto), proyecto.relativa(copia.pdf)
    if copia.nueva:
        print(f"{pdf}, de {texto}. Edite el texto y repita la orden: el PDF saldrá de su copia.")
    else:
        print(f"{pdf}, de su copia {texto}. Para volver al modelo, bórrela y repita la orden.")
    return BIEN
