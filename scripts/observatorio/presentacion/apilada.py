"""La tabla corriente de las páginas: en el teléfono, cada fila es una tarjeta."""

from __future__ import annotations

import re
from html import unescape

from .pieza import esc


def tabla_html(titulo: str, cabecera: list[str], filas: list[list[str]], clase: str = "") -> str:
    """Tabla accesible; las celdas ya vienen seguras.

    En el teléfono cada fila se apila con el rótulo de su columna, salvo la clase ``numeros``, que se desplaza en su caja;
    ``numeros apilada`` también se apila.
    """
    apilada = clase != "numeros"
    caja = "tabla apilada" if apilada else "tabla"
    rotulos = [
        f' data-rotulo="{esc(unescape(re.sub("<small>.*", "", c)))}"' if apilada else ""
        for c in cabecera
    ]
    cabezas = "".join(f'<th scope="col">{c}</th>' for c in cabecera)
    cuerpo = "".join(
        f'<tr><th scope="row">{f[0]}</th>'
        + "".join(f"<td{r}>{c}</td>" for r, c in zip(rotulos[1:], f[1:], strict=True))
        + "</tr>"
        for f in filas
    )
    return (
        f'<div class="{caja}" tabindex="0" role="region" aria-label="{esc(titulo)}"><table class="{clase}">'
        f"<caption>{esc(titulo)}</caption><thead><tr>{cabezas}</tr></thead><tbody>{cuerpo}</tbody></table></div>"
    )
