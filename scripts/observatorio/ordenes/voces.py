"""Orden ``voces``: las narraciones de verdad, cifradas y fuera de git."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from ..rutas import Proyecto
from .salida import BIEN, DATOS

MOTIVOS = ("a-pedido", "sin-permiso", "por-error")
"""Palabras fijas: el registro de retiros no cuenta nada de nadie."""


def registrar(ordenes: argparse._SubParsersAction) -> None:
    v = ordenes.add_parser(
        "voces",
        help="guarda cifradas las narraciones de verdad, las abre, las retira o cierra su tanda",
        description=(
            "Las narraciones de verdad se guardan cifradas en reservado/voces, fuera de git; en"
            " data/cualitativo van solo las de demostración y lo que se publica (tanda.json). La"
            " llave se hace con «observatorio respaldo llave ARCHIVO»."
        ),
    )
    v.add_argument(
        "accion",
        choices=("guardar", "abrir", "retirar", "tanda"),
        help=(
            "guardar: revisa y cifra las tablas de una carpeta; abrir: las deja en una carpeta de"
            " fuera; retirar: borra una narración; tanda: pone al día lo que se publica, si ya se"
            " puede"
        ),
    )
    v.add_argument(
        "que",
        nargs="?",
        metavar="CARPETA|ID",
        help=(
            "con guardar y abrir, la carpeta de narraciones.csv y codificaciones.csv; con retirar,"
            " el código de la narración"
        ),
    )
    v.add_argument(
        "--para",
        metavar="PUBLICA",
        action="append",
        default=[],
        help="con guardar: cifra para esa llave pública (age1…); se repite para dos llaves",
    )
    v.add_argument(
        "--llave",
        metavar="ARCHIVO",
        type=Path,
        help="con abrir, retirar y tanda: el archivo de la llave privada",
    )
    v.add_argument(
        "--motivo",
        choices=MOTIVOS,
        help="con retirar: por qué; es lo único que se anota, con la fecha y una huella",
    )
    v.set_defaults(hacer=_voces)


def _voces(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..catalogo import cargar
    from ..cualitativo import reserva
    from ..cualitativo.tanda import Espera

    accion = opciones.accion
    que = _exigir(opciones.que if accion != "tanda" else ".", accion)
    llave = opciones.llave or Path("")
    if accion != "guardar" and not opciones.llave:
        _falta(f"diga con qué llave se abren: observatorio voces {accion} … --llave ARCHIVO")
    if accion == "guardar":
        ruta, n = reserva.guardar(proyecto, cargar(proyecto), Path(que), opciones.para)
        print(
            f"{n} narraciones cifradas en {proyecto.relativa(ruta)}. Borre las de {que}: sin la"
            " llave privada, esas son las únicas que se leen."
        )
    elif accion == "abrir":
        n = reserva.abrir(proyecto, llave, Path(que))
        print(f"{n} narraciones en {que}, sin cifrar: bórrelas al terminar.")
    elif accion == "retirar":
        if not opciones.motivo:
            _falta(f"diga por qué se retira: --motivo {' | '.join(MOTIVOS)}")
        reserva.retirar(proyecto, llave, que, opciones.motivo, date.today())
        print(
            "Retirada: ya no se guarda, ni se cita. Los recuentos que la incluyen cambian con la"
            " próxima tanda. Queda en los respaldos de antes: bórrelos o reemplácelos.\nGuarde el"
            " registro: git add data/cualitativo && git commit -m 'Narración retirada'"
        )
    else:
        sigue = reserva.cerrar(proyecto, cargar(proyecto), llave)
        if isinstance(sigue, Espera):
            print(f"Lo publicado no cambia: {sigue.motivo}.")
            return DATOS
        print(
            f"Tanda {sigue.tanda}: {sigue.narraciones} narraciones. Guárdela con los datos: git add"
            " data/cualitativo && git commit -m 'Tanda de narraciones'"
        )
    return BIEN


def _exigir(que: str | None, accion: str) -> str:
    if not que:
        _falta(
            f"diga {'el código de la narración' if accion == 'retirar' else 'en qué carpeta'}:"
            f" observatorio voces {accion} {'N001' if accion == 'retirar' else 'CARPETA'} …"
        )
    return str(que)


def _falta(que: str) -> None:
    from ..errores import ErrorDeUso

    raise ErrorDeUso(que)
