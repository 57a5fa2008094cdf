"""Orden ``observatorio``: una cáscara sin lógica sobre las etapas. Las órdenes viven en ``ordenes/``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .arranque import aligerar
from .errores import DatosInvalidos, ErrorDeEjecucion, ErrorDeUso
from .ordenes import GRUPOS
from .ordenes.salida import DATOS, USO, informar
from .rutas import Proyecto


def principal(argumentos: Sequence[str] | None = None) -> int:
    """Ejecuta una orden. Códigos de salida: 0 bien, 1 los datos o los cuadernos del usuario, 2 uso."""
    aligerar()
    opciones = analizador().parse_args(argumentos)
    try:
        proyecto = Proyecto.encontrar(opciones.raiz)
        return opciones.hacer(proyecto, opciones)
    except DatosInvalidos as e:
        return informar(e, getattr(opciones, "json", False))
    except ErrorDeEjecucion as e:
        print(e, file=sys.stderr)
        return DATOS
    except ErrorDeUso as e:
        print(e, file=sys.stderr)
        return USO


def analizador() -> argparse.ArgumentParser:
    """El analizador con todas las órdenes."""
    p = argparse.ArgumentParser(prog="observatorio", description="Observatorio de misiones: valida, calcula y publica.")
    p.add_argument("--raiz", type=Path, default=None, help="carpeta del proyecto (por defecto, la actual o una superior)")
    ordenes = p.add_subparsers(required=True, metavar="ORDEN")
    for grupo in GRUPOS:
        grupo.registrar(ordenes)
    return p
