"""Lo que se revisa igual en el encabezado de una página y en ``_quarto.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from ..base.yaml_estricto import arbol
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .fuentes import DE_OBRAS, FORMATO, SALIDAS, obras_declaradas
from .lista import REGLA

QUARTO = "_quarto.yml"
FORMATOS = tuple(f"{FORMATO}-{s}" for s in SALIDAS)
SINO = ("draft", "number-sections")
"""Con ``true`` o ``false``: ``yes`` y ``no``, para Quarto, son textos."""


def clave_de_mas(archivo: str, linea: int, clave: str, admitidas: tuple[str, ...]) -> ErrorDeDatos:
    """El de una clave que no está entre las ``admitidas``."""
    return ErrorDeDatos(
        archivo,
        linea,
        clave,
        None,
        REGLA,
        f"quítela: aquí solo se admiten {', '.join(admitidas)}",
    )


def de_si_o_no(archivo: str, escrito: str) -> Iterator[ErrorDeDatos]:
    """Un error por clave de ``SINO`` que no dice ``true`` ni ``false``, con su línea en el YAML
    ``escrito``, que ya se sabe legible.
    """
    raiz = arbol(escrito)
    for clave, valor in raiz.value if isinstance(raiz, yaml.MappingNode) else ():
        es_texto = isinstance(valor, yaml.ScalarNode) and not valor.style
        if clave.value in SINO and not (es_texto and valor.value in ("true", "false")):
            yield ErrorDeDatos(
                archivo,
                clave.start_mark.line + 1,
                clave.value,
                str(valor.value),
                "valor-del-encabezado",
                f"escriba {clave.value}: true, o quítela",
            )


def idioma_conocido(codigo: str) -> bool:
    """Si es un código de idioma que existe (``es``, ``qu``, ``es-PE``)."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", codigo):
        return False
    from babel.core import get_global

    return codigo.partition("-")[0].lower() in get_global("likely_subtags")


def de_archivos(
    proyecto: Proyecto,
    archivo: str,
    carpeta: Path,
    contenido: Mapping[str, object],
    lineas: Mapping[str, int],
) -> Iterator[ErrorDeDatos]:
    """Un error por archivo de obras o de estilo que ``contenido`` nombra, desde ``carpeta``, y no
    está, no es de su clase o es de fuera del proyecto. ``lineas``: la de cada clave.
    """
    for clave, final in zip(DE_OBRAS, (".bib", ".csl"), strict=True):
        for nombre in obras_declaradas(contenido, [clave]):
            ruta = carpeta / nombre
            if not nombre.endswith(final) or not ruta.is_file():
                yield ErrorDeDatos(
                    archivo,
                    lineas.get(clave),
                    clave,
                    nombre,
                    "archivo-ausente",
                    f"guarde ahí un archivo {final} o corrija la ruta",
                )
            elif not proyecto.contiene(ruta):
                yield ErrorDeDatos(
                    archivo,
                    lineas.get(clave),
                    clave,
                    nombre,
                    "ruta-fuera-del-proyecto",
                    "copie el archivo dentro de la carpeta del proyecto",
                )
