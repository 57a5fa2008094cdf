"""Orden ``nuevo``: el esqueleto de otro distrito."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..errores import ErrorDeUso
from ..rutas import Proyecto
from .salida import BIEN

if TYPE_CHECKING:
    from ..catalogo.nombre_de_lugar import NombreDeLugar


def registrar(ordenes: argparse._SubParsersAction) -> None:
    n = ordenes.add_parser(
        "nuevo",
        help=(
            "escribe el esqueleto del observatorio de otro distrito o de una provincia, con el"
            " programa de este"
        ),
    )
    n.add_argument("carpeta", type=Path, metavar="CARPETA", help="carpeta nueva o vacía")
    n.add_argument(
        "--tipo",
        choices=("distrito", "provincia"),
        default="distrito",
        help="qué es el territorio (distrito)",
    )
    n.add_argument(
        "--lugares",
        nargs=3,
        metavar=("UNO", "VARIOS", "GENERO"),
        help=(
            "cómo se llaman sus lugares, y si es masculino o femenino: comunidad comunidades"
            " femenino (si no se dice, queda por completar)"
        ),
    )
    n.set_defaults(hacer=_nuevo)


def _nuevo(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..base.escritura import exigir_de_esta_maquina
    from ..esqueleto.escribir import escribir
    from ..esqueleto.por_completar import por_completar

    exigir_de_esta_maquina(opciones.carpeta)
    lugar = _nombre_de_lugar(opciones.lugares) if opciones.lugares else None
    nuevo = escribir(proyecto, opciones.carpeta.absolute(), opciones.tipo, lugar)
    faltan = len(list(por_completar(nuevo)))
    print(
        f"Escrito en {opciones.carpeta}. Faltan {faltan} cosas por completar.\n"
        f"Siga con: observatorio --raiz {opciones.carpeta} validar   (dice cuáles, línea por línea)"
    )
    return BIEN


def _nombre_de_lugar(dichas: list[str]) -> NombreDeLugar:
    """Las tres palabras de ``--lugares``; lanza ``ErrorDeUso`` si alguna no sirve."""
    from pydantic import TypeAdapter, ValidationError

    from ..catalogo.defectos import defectos_de_ficha
    from ..catalogo.nombre_de_lugar import NombreDeLugar

    escrito = dict(zip(("singular", "plural", "genero"), dichas, strict=True))
    try:
        return NombreDeLugar.model_validate(escrito)
    except ValidationError as e:
        defectos = defectos_de_ficha(e, escrito, TypeAdapter(NombreDeLugar))
        raise ErrorDeUso(
            "\n".join(f"--lugares, «{escrito[str(d.camino[0])]}»: {d.remedio}" for d in defectos)
        ) from None
