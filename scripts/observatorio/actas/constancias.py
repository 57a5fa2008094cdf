"""Lo que consta de las actas firmadas, en ``data/gobernanza/actas/``: leerlo y compararlo con las
sesiones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import TypeAdapter

from ..catalogo.lectura import leer_yaml
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .modelos import ActaDeSesion, Sesion


def leer_actas(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> dict[str, ActaDeSesion]:
    """``sesión → lo que consta de su acta``; los defectos de cada archivo van a ``errores``."""
    salida: dict[str, ActaDeSesion] = {}
    for ruta in sorted(proyecto.actas_hechas.glob("*.yml")):
        leida = leer_yaml(proyecto, ruta, TypeAdapter(ActaDeSesion), errores)
        if leida is not None:
            salida[ruta.stem] = leida
    return salida


def que_no_corresponden(
    proyecto: Proyecto, actas: Mapping[str, ActaDeSesion], sesiones: Sequence[Sesion]
) -> Iterator[ErrorDeDatos]:
    """Las que no son de una sesión cerrada, con el sello que lleva hoy."""
    sellos = {s.id: s.sello.huella for s in sesiones if s.sello}
    for nombre, acta in actas.items():
        archivo = proyecto.relativa(proyecto.actas_hechas / f"{nombre}.yml")
        if acta.sesion != nombre or nombre not in sellos:
            yield ErrorDeDatos(
                archivo,
                None,
                "sesion",
                acta.sesion,
                "acta-sin-sesion",
                "no es de una sesión cerrada del libro: recupere los archivos con git",
            )
        elif acta.sello != sellos[nombre]:
            yield ErrorDeDatos(
                archivo,
                None,
                "sello",
                acta.sello,
                "acta-de-otro-sello",
                f"no es el sello de {nombre}: alguien cambió la sesión o su acta; recupere los"
                " archivos con git",
            )
