"""Las páginas que salen enteras de los datos: la de indicadores, la de cambios, la de cada anexo y
la que lo lista todo.

Se escriben antes de renderizar, como lo demás generado, y los dos motores las ven como las de las
misiones: un cuaderno con su encabezado y un bloque de HTML.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..base.archivos import json_en_bytes
from ..base.escapes import MARCA_DE_RAIZ, markdown, yaml
from ..base.huellas import huella
from ..base.palabras import al_empezar
from ..catalogo.direcciones import ANEXOS, BUSCAR, CAMBIOS, INDICADORES
from ..presentacion.pieza import cercado
from ..recojo.seguimiento import Seguida
from ..resultados.resultados import Resultados
from . import anexos, buscador, cambios, explorador
from .buscador import Entrada

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
CARPETAS = ("indicadores", "anexos", "cambios", "buscar")
"""Donde van; lo que en ellas no se genere se borra."""


@dataclass(frozen=True, slots=True)
class Generada:
    """Una página: su título, de qué trata, su HTML y lo demás de su encabezado (``miga``…)."""

    titulo: str
    descripcion: str
    html: str
    frente: Mapping[str, object] = field(default_factory=dict)

    def fuente(self, direccion: str) -> bytes:
        """El cuaderno de la página que se publica en ``direccion``."""
        campos = {
            "title": markdown(self.titulo),
            "description": markdown(self.descripcion),
            "clave": huella(self.titulo, self.descripcion, self.html),
            **self.frente,
        }
        encabezado = "\n".join(f"{nombre}: {yaml(valor)}" for nombre, valor in campos.items())
        raiz = posixpath.relpath(".", posixpath.dirname(direccion))
        html = cercado(self.html.replace(MARCA_DE_RAIZ, raiz), "{=html}")
        return json_en_bytes(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": KERNEL,
                "cells": [
                    _celda("raw", "encabezado", f"---\n{encabezado}\n---"),
                    _celda("markdown", "pagina", html),
                ],
            }
        )


def _celda(tipo: str, identificador: str, texto: str) -> dict[str, object]:
    lineas = texto.splitlines(keepends=True)
    return {"cell_type": tipo, "id": identificador, "metadata": {}, "source": lineas}


def archivos(
    r: Resultados, seguidas: Sequence[Seguida], buscables: Sequence[Entrada]
) -> dict[str, dict[str, bytes]]:
    """``carpeta → ruta dentro de ella → contenido`` de las fuentes de todas; ``seguidas``: la
    situación pública de las entregas del plan; ``buscables``: todo lo que hay en el sitio.
    """
    por_carpeta: dict[str, dict[str, bytes]] = {c: {} for c in CARPETAS}
    for ruta, contenido in fuentes(r, seguidas, buscables).items():
        carpeta, _, resto = ruta.partition("/")
        por_carpeta[carpeta][resto] = contenido
    return por_carpeta


def fuentes(
    r: Resultados,
    seguidas: Sequence[Seguida],
    buscables: Sequence[Entrada],
    solo: Collection[str] | None = None,
) -> dict[str, bytes]:
    """``ruta en el proyecto → contenido`` de la fuente de cada página; ``solo``: las de estas
    direcciones.
    """
    unicas = {
        d: hacer()
        for d, hacer in _unicas(r, seguidas, buscables).items()
        if solo is None or d in solo
    }
    return {
        direccion.replace(".html", ".ipynb"): pagina.fuente(direccion)
        for direccion, pagina in (unicas | _de_anexos(r, seguidas, solo)).items()
    }


def _unicas(
    r: Resultados, seguidas: Sequence[Seguida], buscables: Sequence[Entrada]
) -> dict[str, Callable[[], Generada]]:
    """Las que hay una de cada, sin hacer."""
    lugar = r.catalogo.territorio.anexos_se_llaman
    return {
        INDICADORES: lambda: Generada(
            "Todos los indicadores",
            "Todos los indicadores de las misiones, con su último dato y su estado: se filtran, se"
            " ordenan y se descargan.",
            explorador.pagina(r),
            {"explorador": True},
        ),
        CAMBIOS: lambda: Generada(
            "¿Qué cambió?",
            "Qué mejoró, qué empeoró, qué llegó y qué falta, trimestre por trimestre, y a quién"
            " pedirlo.",
            cambios.pagina(r, seguidas),
        ),
        BUSCAR: lambda: Generada(
            "Buscar",
            f"Todo lo que hay en el sitio: indicadores, {lugar.plural}, definiciones y páginas.",
            buscador.pagina(buscables),
        ),
        ANEXOS: lambda: Generada(
            al_empezar(lugar.los),
            f"{al_empezar(lugar.cada)} por separado: qué se sabe de {lugar.concordado('él')}, qué"
            " se protege y a quién preguntar.",
            anexos.indice(r),
        ),
    }


def _de_anexos(
    r: Resultados, seguidas: Sequence[Seguida], solo: Collection[str] | None
) -> dict[str, Generada]:
    los_anexos = al_empezar(r.catalogo.territorio.anexos_se_llaman.los)
    return {
        direccion: Generada(
            anexo.nombre,
            dicho.compartible,
            html,
            {"miga": {"texto": los_anexos, "href": ANEXOS}},
        )
        for direccion, (anexo, dicho, html) in anexos.paginas(r, seguidas, solo).items()
    }
