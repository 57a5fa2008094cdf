"""Órdenes de la edición: ``preparar``, ``construir`` y ``ver``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ..rutas import Proyecto
from .salida import BIEN


def registrar(ordenes: argparse._SubParsersAction) -> None:
    a = ordenes.add_parser(
        "preparar", help="ejecuta los cuadernos y escribe todo lo generado, sin renderizar"
    )
    _con_cuadernos(a)
    a.set_defaults(hacer=_preparar)

    c = ordenes.add_parser("construir", help="construye la edición y la deja en _site")
    _con_cuadernos(c)
    c.add_argument(
        "--motor",
        choices=("auto", "embebido", "quarto"),
        default="auto",
        help="motor de páginas (auto: Quarto si está)",
    )
    c.add_argument(
        "--explicar", action="store_true", help="dice por qué se rehace o no cada producto"
    )
    c.add_argument(
        "--nivel",
        choices=("decisor", "técnico"),
        help="para quién: la edición restringida de ese nivel, que se entrega en --en",
    )
    c.add_argument(
        "--en",
        type=Path,
        metavar="CARPETA",
        help="con --nivel, dónde se entrega: nunca la de un sitio público",
    )
    c.set_defaults(hacer=_construir)

    s = ordenes.add_parser("ver", help="sirve el sitio y rehace lo que cambia al guardar")
    s.add_argument("--puerto", type=int, default=8000, help="puerto local (8000)")
    s.set_defaults(hacer=_ver)


def _con_cuadernos(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--cuadernos",
        choices=("rapido", "estandar"),
        default="rapido",
        help="motor de cuadernos (estandar: un kernel por cuaderno)",
    )


def _preparar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..construir import preparar_aqui

    preparar_aqui(proyecto, opciones.cuadernos, lambda t: print(f"  {t}"))
    print("Preparado. Ahora puede ejecutar: quarto render, o observatorio construir")
    return BIEN


def _construir(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..construir import construir

    if opciones.nivel or opciones.en:
        return _entregar(proyecto, opciones)
    inicio = time.perf_counter()
    edicion = construir(
        proyecto, opciones.motor, opciones.cuadernos, lambda t: print(f"  {t}", flush=True)
    )
    if opciones.explicar:
        print("\n".join(str(d) for d in edicion.decisiones))
    verbo = "construida" if edicion.nueva else "sin cambios"
    print(
        f"Edición {edicion.identificador} {verbo} en {time.perf_counter() - inicio:.1f} s con"
        f" {edicion.motor}."
    )
    print(f"Ábrala con: observatorio ver   (o mire {proyecto.relativa(proyecto.sitio)}/index.html)")
    return BIEN


def _entregar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..errores import ErrorDeUso
    from ..publicacion.niveles import entregar

    if not (opciones.nivel and opciones.en):
        raise ErrorDeUso(
            "una edición restringida pide las dos cosas: --nivel, para quién es, y --en, la carpeta"
            " que solo lean los de ese nivel"
        )
    hecha = entregar(
        proyecto,
        opciones.nivel,
        opciones.en,
        opciones.motor,
        lambda t: print(f"  {t}", flush=True),
    )
    print(f"Edición {hecha.identificador}, de nivel {opciones.nivel}, entregada en {hecha.lugar}.")
    print("Una carpeta no cierra el paso: véase guias/niveles-de-acceso.md")
    return BIEN


def _ver(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..servir import servir

    return servir(proyecto, opciones.puerto)
