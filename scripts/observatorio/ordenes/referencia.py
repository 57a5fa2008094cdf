"""Orden ``referencia``: la lista larga de órdenes y opciones, sacada de la ayuda de cada una."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ..rutas import Proyecto
from .salida import BIEN

ARCHIVO = "guias/ordenes.md"
ENTRADA = """# Todas las órdenes

La escribe `observatorio referencia` con lo mismo que dice `observatorio ORDEN --help`: \
no se edita a
mano. Las de cada día, por oficio, están en el [README](../README.md#órdenes).

Salen con 0 si todo va bien, 1 si hay algo que mejorar en los datos o los cuadernos y 2 si la orden
está mal escrita.
"""


def registrar(ordenes: argparse._SubParsersAction) -> None:
    r = ordenes.add_parser("referencia", help=f"escribe {ARCHIVO}: todas las órdenes y opciones")
    r.set_defaults(hacer=lambda proyecto, _: _escribir(proyecto, ordenes))


def _escribir(proyecto: Proyecto, ordenes: argparse._SubParsersAction) -> int:
    from ..base.archivos import escribir_texto

    escribir_texto(proyecto.raiz / ARCHIVO, texto(ordenes))
    print(ARCHIVO)
    return BIEN


def texto(ordenes: argparse._SubParsersAction) -> str:
    """El Markdown entero; no depende del ancho de la terminal."""
    dichas = {a.dest: a.help or "" for a in ordenes._choices_actions}
    partes = [ENTRADA]
    for nombre, orden in sorted(ordenes.choices.items()):
        partes.append("\n".join(_orden(f"observatorio {nombre}", dichas.get(nombre, ""), orden)))
    return "\n".join(partes)


def _orden(nombre: str, dicho: str, orden: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## `{nombre}`\n"
    if dicho:
        yield f"{_llano(dicho[0].upper() + dicho[1:])}.\n"
    propias = [a for a in orden._actions if a.dest != "help"]
    for accion in propias:
        if not isinstance(accion, argparse._SubParsersAction):
            yield f"- {_escrita(accion)}: {_llano(accion.help or '')}"
    if any(not isinstance(a, argparse._SubParsersAction) for a in propias):
        yield ""
    for accion in propias:
        if isinstance(accion, argparse._SubParsersAction):
            dichas = {a.dest: a.help or "" for a in accion._choices_actions}
            for hija, suya in sorted(accion.choices.items()):
                yield from _orden(f"{nombre} {hija}", dichas.get(hija, ""), suya)


def _escrita(accion: argparse.Action) -> str:
    """``--motor auto|embebido|quarto``, o ``[EDICION]`` si puede faltar."""
    valor = "|".join(map(str, accion.choices)) if accion.choices else _valor(accion)
    if accion.option_strings:
        return f"`{' '.join([', '.join(accion.option_strings), valor]).strip()}`"
    return f"`[{valor}]`" if accion.nargs in ("?", "*") else f"`{valor}`"


def _valor(accion: argparse.Action) -> str:
    if accion.nargs == 0:
        return ""
    return str(accion.metavar or accion.dest.upper())


def _llano(ayuda: str) -> str:
    return " ".join(ayuda.replace("%%", "%").split())
