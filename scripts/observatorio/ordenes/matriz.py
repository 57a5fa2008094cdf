"""Órdenes de intercambio con otros sistemas de planeamiento: ``exportar`` e
``importar-catalogo``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..rutas import Proyecto
from .preguntar import pregunta
from .salida import BIEN, DATOS, informar

if TYPE_CHECKING:
    from ..recojo.ceplan.leer import Importacion, MatrizConDefectos


def registrar(ordenes: argparse._SubParsersAction) -> None:
    e = ordenes.add_parser("exportar", help="escribe los indicadores en el formato de otro sistema")
    e.add_argument(
        "formato", choices=("ceplan",), help="ceplan: la matriz de seguimiento, en .xlsx"
    )
    e.add_argument(
        "--a",
        type=Path,
        default=None,
        metavar="RUTA",
        help="archivo que se escribe (matriz-ceplan.xlsx)",
    )
    e.add_argument(
        "--acceso",
        choices=("ciudadano", "decisor", "técnico"),
        default="ciudadano",
        help=(
            "quién la leerá: ciudadano, solo lo que se publica (por omisión); decisor, también las"
            " fichas de ese nivel; técnico, las fichas completas"
        ),
    )
    e.set_defaults(hacer=_exportar)

    i = ordenes.add_parser(
        "importar-catalogo", help="lleva al catálogo lo que cambió en una matriz de CEPLAN"
    )
    i.add_argument("archivo", type=Path, help=".xlsx u .ods con la hoja Matriz")
    i.add_argument("--si", action="store_true", help="no pregunta")
    i.set_defaults(hacer=_importar)


def _exportar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..productos.matriz_ceplan import exportar

    abierta = opciones.acceso == "ciudadano"
    ruta = opciones.a or Path(
        "matriz-ceplan.xlsx" if abierta else f"matriz-ceplan-uso-restringido-{opciones.acceso}.xlsx"
    )
    print(f"{ruta}: {exportar(proyecto, ruta, opciones.acceso)} indicadores.")
    if not abierta:
        print(
            "Uso restringido: lleva líneas de base y logros que no se publican. Entréguela solo a"
            f" quien tiene acceso {opciones.acceso}."
        )
    return BIEN


def _decir_cambios(hecho: Importacion) -> None:
    for codigo, cambios in hecho.cambios.items():
        print(f"{codigo}\n" + "\n".join(f"  {c}" for c in cambios))
    for frase in hecho.ocultas:
        print(frase)


def _rechazada(e: MatrizConDefectos) -> int:
    """Los defectos y, antes, lo que el libro cambiaría sin ellos; si parece de otro catálogo, cómo
    se pide el de ahora.
    """
    leido = e.leido
    if leido.cambios:
        print("Lo demás del libro se entendió, y cambiaría:", flush=True)
        _decir_cambios(leido)
        print(flush=True)
    codigo = informar(e, en_json=False, de_fuera=True)
    if leido.nuevos and leido.ausentes:
        print(
            f"El libro trae indicadores que el catálogo no tiene ({', '.join(leido.nuevos)}) y no"
            f" nombra otros que sí ({', '.join(leido.ausentes)}). Si salió de un catálogo"
            " anterior, pida la matriz de ahora con «observatorio exportar ceplan» y escriba en"
            " ella su cambio.",
            file=sys.stderr,
        )
    return codigo


def _importar(proyecto: Proyecto, opciones: argparse.Namespace) -> int:
    from ..recojo.ceplan.leer import MatrizConDefectos, escribir_importacion, preparar_importacion

    try:
        hecho = preparar_importacion(proyecto, opciones.archivo)
    except MatrizConDefectos as e:
        return _rechazada(e)
    _decir_cambios(hecho)
    print(
        "De la matriz no se leen los valores obtenidos (VO), el avance ni el estado: los calcula el"
        " observatorio con los datos."
    )
    if hecho.hojas_sin_leer:
        print(f"No se leen estas hojas, que no son de la matriz: {', '.join(hecho.hojas_sin_leer)}")
    if hecho.nuevos:
        print(f"Nuevos: {', '.join(hecho.nuevos)}")
    if hecho.ausentes:
        print(f"El libro no nombra, y quedan como están: {', '.join(hecho.ausentes)}")
    if not hecho.archivos:
        print("El catálogo ya dice lo mismo; no cambia nada.")
        return BIEN
    if not (opciones.si or pregunta("¿Se escribe en misiones/? [s/N] ")):
        print("No se escribió nada.")
        return DATOS
    escribir_importacion(hecho)
    print("\n".join(proyecto.relativa(r) for r in hecho.archivos))
    return BIEN
