"""Lo que de un esqueleto falta llenar: las líneas que llevan «COMPLETE: qué», con su remedio."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..base import lecturas
from ..errores import ErrorDeDatos
from ..rutas import Proyecto

PATRONES = ("data/*.yml", "data/gobernanza/*.yml", "misiones/*/hoja-de-ruta.yml", "_quarto.yml")
MARCA = re.compile(r"^\s*(?:- )?(?P<clave>[\w-]+)?:?\s*(?P<valor>.*?)\s+# COMPLETE: (?P<que>.+)$")
REGLA = "por-completar"


def por_completar(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un defecto por línea marcada, en el orden de los archivos."""
    for ruta in sorted(r for patron in PATRONES for r in proyecto.raiz.glob(patron)):
        texto = lecturas.texto(ruta, "replace")
        if "# COMPLETE:" not in texto:
            continue
        for fila, linea in enumerate(texto.splitlines(), 1):
            if hallada := MARCA.match(linea):
                yield ErrorDeDatos(
                    proyecto.relativa(ruta),
                    fila,
                    hallada["clave"],
                    hallada["valor"].strip("\"'") or None,
                    REGLA,
                    f"escriba {hallada['que']}, y borre «# COMPLETE» y lo que le sigue",
                )
