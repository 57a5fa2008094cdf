"""Orden ``observatorio``: una cáscara sin lógica sobre las etapas. Las órdenes viven en
``ordenes/``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from .arranque import aligerar, en_espanol, hijos_sin_la_orden, recoger_menos, sin_lector
from .base import lectores, temporales
from .base.escritura import escritura_explicada
from .errores import DatosInvalidos, ErrorDeEjecucion, ErrorDeUso
from .ordenes import GRUPOS
from .ordenes.salida import DATOS, USO, informar
from .rutas import Proyecto


def principal(argumentos: Sequence[str] | None = None) -> int:
    """Ejecuta una orden. Códigos de salida: 0 bien, 1 los datos o los cuadernos del usuario, 2
    uso.

    ``argumentos``: sin ellos, los de la terminal, y este proceso es de la orden: lo pasajero se
    muda a su carpeta.
    """
    if argumentos is None:
        recoger_menos()
        hijos_sin_la_orden()
    with sin_lector():
        return _principal(argumentos)


def _principal(argumentos: Sequence[str] | None) -> int:
    aligerar()
    en_espanol()
    opciones = analizador().parse_args(argumentos)
    requisitos = Path("requirements.txt")
    try:
        proyecto = Proyecto.encontrar(opciones.raiz)
        requisitos = proyecto.raiz / requisitos
        if (opciones.redactar or lectores.son_otros()) and not lectores.hay_reserva():
            from .base import redaccion

            return redaccion.correr_reservada(
                sys.argv[1:] if argumentos is None else argumentos,
                proyecto.raiz,
                getattr(opciones, "json", False),
            )
        if argumentos is None:
            temporales.mudar(proyecto.trabajo)
        with escritura_explicada():
            return opciones.hacer(proyecto, opciones)
    except DatosInvalidos as e:
        return informar(e, getattr(opciones, "json", False))
    except ErrorDeEjecucion as e:
        print(e, file=sys.stderr)
        return DATOS
    except ErrorDeUso as e:
        print(e, file=sys.stderr)
        return USO
    except FileNotFoundError as e:
        if (programa := _programa_que_falta(e)) is None:
            return _inesperado(e, opciones.detalle, requisitos)
        print(
            f"falta el programa «{programa}», que esta orden necesita\n    remedio: instálelo y"
            " repita la orden",
            file=sys.stderr,
        )
        return USO
    except Exception as e:
        return _inesperado(e, opciones.detalle, requisitos)


def _programa_que_falta(e: FileNotFoundError) -> str | None:
    """El programa de fuera que se quiso correr y no está en la máquina; nulo si lo que falta es un
    archivo.
    """
    nombre = e.filename if isinstance(e.filename, str) else ""
    es_programa = nombre and os.path.basename(nombre) == nombre and shutil.which(nombre) is None
    return nombre if es_programa and not os.path.splitext(nombre)[1] else None


def _inesperado(e: Exception, detalle: bool, requisitos: Path) -> int:
    """Lo que ninguna etapa previó: qué pasó y adónde avisar, o que el entorno no es el fijado; el
    rastro del programa, solo si se pide.
    """
    if detalle or os.environ.get("OBSERVATORIO_DETALLE"):
        traceback.print_exc()
    from .base.entorno import otro_entorno

    if entorno := otro_entorno(e, requisitos):
        print(entorno, file=sys.stderr)
        return USO
    dicho = f"{type(e).__name__}: {e}".encode("utf-8", "backslashreplace").decode("utf-8")
    print(
        f"Algo inesperado detuvo la orden ({dicho}). No es culpa de sus datos: es un defecto del"
        " programa, y lo publicado sigue igual.\n    remedio: repita la orden con «observatorio"
        " --redactar --detalle …», que no dice ningún valor, y copie lo que diga en un aviso"
        " nuevo, en la pestaña Issues del repositorio",
        file=sys.stderr,
    )
    return DATOS


class _Version(argparse.Action):
    """Dice la versión y sale: solo quien la pide carga lo que hace falta para saberla."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from .version import version

        print(f"{parser.prog} {version()}")
        parser.exit()


def analizador() -> argparse.ArgumentParser:
    """El analizador con todas las órdenes."""
    p = argparse.ArgumentParser(
        prog="observatorio", description="Observatorio de misiones: valida, calcula y publica."
    )
    p.add_argument(
        "--version", action=_Version, nargs=0, help="dice la versión del programa y sale"
    )
    p.add_argument(
        "--raiz",
        type=Path,
        default=None,
        help="carpeta del proyecto (por defecto, la actual o una superior)",
    )
    p.add_argument(
        "--detalle",
        action="store_true",
        help=(
            "ante un error inesperado, mostrar el rastro del programa (o la variable"
            " OBSERVATORIO_DETALLE=1)"
        ),
    )
    p.add_argument(
        "--redactar",
        action="store_true",
        help=(
            "lo que se escribe lo leerán otros: en lugar de cada valor dice «(valor reservado)» (o"
            " la variable OBSERVATORIO_REDACTAR=1)"
        ),
    )
    ordenes = p.add_subparsers(required=True, metavar="ORDEN")
    for grupo in GRUPOS:
        grupo.registrar(ordenes)
    return p
