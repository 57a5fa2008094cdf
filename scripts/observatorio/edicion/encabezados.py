"""El encabezado de cada página y ``_quarto.yml``, revisados antes de construir: de ahí salen el
título, el formato y qué se publica.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..base import lecturas
from ..base.acceso import defecto_de_acceso
from ..base.yaml_estricto import cargar_yaml
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .paginas import CIERRE, FORMATO, SALIDAS

QUARTO = "_quarto.yml"
FORMATOS = tuple(f"{FORMATO}-{s}" for s in SALIDAS)
SIN_CERRAR = "cierre el encabezado con una línea que diga solo ---"


def defectos_de_paginas(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por encabezado que no se puede leer, o por formato que no hay, con su línea."""
    yield from _de_quarto(proyecto)
    for ruta in sorted(proyecto.raiz.glob("*.qmd")):
        if (inaccesible := defecto_de_acceso(proyecto, ruta)) is not None:
            yield inaccesible
            continue
        archivo = proyecto.relativa(ruta)
        try:
            texto = lecturas.texto(ruta)
        except UnicodeDecodeError as e:
            yield ErrorDeDatos(
                archivo,
                lecturas.leer(ruta)[: e.start].count(b"\n") + 1,
                None,
                f"byte 0x{e.object[e.start]:02x}",
                "no-es-utf8",
                "guarde la página con codificación UTF-8",
            )
            continue
        yield from _de_encabezado(archivo, texto)


def _de_encabezado(archivo: str, texto: str) -> Iterator[ErrorDeDatos]:
    if not texto.startswith("---\n"):
        return
    cierre = CIERRE.search(texto, 4)
    if cierre is None:
        yield ErrorDeDatos(archivo, 1, None, "---", "encabezado-sin-cerrar", SIN_CERRAR)
        return
    errores: list[ErrorDeDatos] = []
    contenido, leido = cargar_yaml(archivo, texto[4 : cierre.start()], errores)
    yield from (replace(e, fila=None if e.fila is None else e.fila + 1) for e in errores)
    if not leido or contenido is None:
        return
    if not isinstance(contenido, dict):
        yield ErrorDeDatos(
            archivo,
            2,
            None,
            None,
            "encabezado-sin-claves",
            'escriba en cada línea una clave y su valor, como title: "Plan"',
        )
        return
    yield from _de_formatos(archivo, contenido.get("format"))


def _de_formatos(archivo: str, pedidos: object) -> Iterator[ErrorDeDatos]:
    nombres = (
        [pedidos]
        if isinstance(pedidos, str)
        else list(pedidos)
        if isinstance(pedidos, dict)
        else []
        if pedidos is None
        else [str(pedidos)]
    )
    for nombre in nombres:
        if nombre not in FORMATOS:
            yield ErrorDeDatos(
                archivo,
                None,
                "format",
                str(nombre),
                "formato-de-pagina",
                f"use {' o '.join(FORMATOS)}, o quite format: una página sin él sale en HTML",
            )


def _de_quarto(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    ruta = proyecto.raiz / QUARTO
    if (inaccesible := defecto_de_acceso(proyecto, ruta)) is not None:
        yield inaccesible
        return
    try:
        texto = lecturas.texto(ruta)
    except UnicodeDecodeError as e:
        yield ErrorDeDatos(
            QUARTO,
            None,
            None,
            f"byte {e.start}",
            "no-es-utf8",
            "guarde el archivo con codificación UTF-8",
        )
        return
    errores: list[ErrorDeDatos] = []
    conf, leido = cargar_yaml(QUARTO, texto, errores)
    yield from errores
    if not leido:
        return
    proyecto_de_quarto = conf.get("project") if isinstance(conf, dict) else None
    paginas = proyecto_de_quarto.get("render") if isinstance(proyecto_de_quarto, dict) else None
    if not (isinstance(paginas, list) and all(isinstance(p, str) for p in paginas)):
        yield ErrorDeDatos(
            QUARTO,
            None,
            "project.render",
            None,
            "paginas-sin-declarar",
            'diga qué páginas se publican, como project: {render: ["*.qmd"]}',
        )
    if isinstance(conf, dict) and not isinstance(conf.get("format"), str | dict):
        yield ErrorDeDatos(
            QUARTO,
            None,
            "format",
            None,
            "formato-de-pagina",
            f"escriba format: {FORMATOS[0]}",
        )
