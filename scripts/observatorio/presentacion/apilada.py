"""La tabla corriente de las páginas: en el teléfono, cada fila es una tarjeta."""

from __future__ import annotations

import re
from html import unescape

from .pieza import esc

SIN_APILAR = 2
"""Hasta cuántas columnas caben en un teléfono tal como están."""


def tabla_html(
    titulo: str,
    cabecera: list[str],
    filas: list[list[str]],
    clase: str = "",
    nota: str = "",
) -> str:
    """Tabla accesible; las celdas ya vienen seguras.

    En el teléfono cada fila se apila con el rótulo de su columna, salvo la de dos columnas, que
    cabe, y la clase ``numeros``, que se desplaza en su caja; ``numeros apilada`` también se apila.
    ``nota`` (HTML) va en el título: lo que vale para toda la tabla se dice una vez.
    """
    return tabla_por_grupos(titulo, cabecera, [("", filas)], clase, nota)


def tabla_por_grupos(
    titulo: str,
    cabecera: list[str],
    grupos: list[tuple[str, list[list[str]]]],
    clase: str = "",
    nota: str = "",
) -> str:
    """``tabla_html`` con las filas de cada grupo bajo su título, si lo tiene."""
    apilada = clase != "numeros" and len(cabecera) > SIN_APILAR
    caja = "tabla apilada" if apilada else "tabla"
    rotulos = [
        f' data-rotulo="{esc(unescape(re.sub("<small>.*", "", c)))}"' if apilada else ""
        for c in cabecera
    ]
    cabezas = "".join(f'<th scope="col">{c}</th>' for c in cabecera)
    cuerpos = "".join(
        f"<tbody>{_titulo_de_grupo(grupo, len(cabecera))}"
        f"{''.join(_fila(f, rotulos) for f in filas)}</tbody>"
        for grupo, filas in grupos
    )
    return (
        f'<div class="{caja}" tabindex="0" role="region" aria-label="{esc(titulo)}">'
        f'<table class="{clase}"><caption>{esc(titulo)}{nota}</caption>'
        f"<thead><tr>{cabezas}</tr></thead>{cuerpos}</table></div>"
    )


def _titulo_de_grupo(titulo: str, columnas: int) -> str:
    return f'<tr><th scope="rowgroup" colspan="{columnas}">{titulo}</th></tr>' if titulo else ""


def _fila(celdas: list[str], rotulos: list[str]) -> str:
    demas = zip(rotulos[1:], celdas[1:], strict=True)
    return (
        f'<tr><th scope="row">{celdas[0]}</th>{"".join(f"<td{r}>{c}</td>" for r, c in demas)}</tr>'
    )
