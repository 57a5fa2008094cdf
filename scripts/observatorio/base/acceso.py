"""¿Se puede leer este archivo? Dentro del proyecto, sin enlaces, con un nombre legible, con
permiso y de un tamaño que alguien escribiría.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from ..errores import ErrorDeDatos
from ..rutas import Proyecto

MEGAS_MAXIMOS = {".qmd": 2, ".md": 2, ".yml": 20, ".ipynb": 20, ".bib": 20}
"""De lo que una persona escribe: revisar 30 MB de página costaba 12 s. Un cuaderno lleva imágenes
pegadas; las tablas (.csv) no están, porque se leen por partes.
"""


def defecto_de_acceso(proyecto: Proyecto, ruta: Path) -> ErrorDeDatos | None:
    """Por qué no se lee ``ruta``; nada si es un archivo corriente del proyecto."""
    archivo = proyecto.relativa(ruta)
    esperada = os.path.join(os.path.realpath(proyecto.raiz), *archivo.split("/"))
    legible = archivo.encode("utf-8", "backslashreplace").decode("utf-8")
    regla, remedio = "", ""
    if legible != archivo:
        regla, remedio = (
            "nombre-de-archivo",
            "renombre el archivo: su nombre tiene letras que no son UTF-8",
        )
    elif os.path.islink(ruta) or os.path.realpath(ruta) != esperada:
        regla, remedio = (
            "ruta-fuera-del-proyecto",
            "copie el archivo dentro de la carpeta; no se siguen enlaces",
        )
    elif not ruta.exists():
        regla, remedio = "archivo-ausente", "restituya el archivo: la construcción lo necesita"
    elif not ruta.is_file():
        regla, remedio = "no-es-archivo", "ponga en su lugar el archivo"
    elif not os.access(ruta, os.R_OK):
        regla, remedio = "sin-permiso-de-lectura", "dé permiso de lectura al archivo"
    elif de_mas := _megas_de_mas(ruta):
        megas, hasta = de_mas
        return ErrorDeDatos(
            legible,
            None,
            None,
            f"{megas:.1f} MB",
            "archivo-desmedido",
            f"el máximo es {hasta} MB: parta el archivo, o guarde aparte las imágenes y las tablas"
            " que lleva dentro",
        )
    return ErrorDeDatos(legible, None, None, None, regla, remedio) if regla else None


def _megas_de_mas(ruta: Path) -> tuple[float, int] | None:
    """``(cuántos MB ocupa, cuántos se admiten)``; nada si caben. Se redondea hacia arriba: lo que
    no cabe nunca se dice con la cifra del máximo.
    """
    megas, hasta = ruta.stat().st_size / 2**20, MEGAS_MAXIMOS.get(ruta.suffix)
    return (math.ceil(megas * 10) / 10, hasta) if hasta and megas > hasta else None
