"""Los cuadros de un boletín de sesión, para la pantalla y para el papel.

El lado impreso llama a las funciones de ``sesion.typ``: la misma fuente se compone en A4 y en una
columna de teléfono, así que las dos ediciones dicen las mismas cifras.
"""

from __future__ import annotations

from ..catalogo.naturalezas import ROTULOS
from ..resultados.boletin import Apartado, Celda
from .apilada import tabla_html
from .boletin import lista, marca, sello
from .pieza import Pieza, esc, tcadena, tesc
from .tablas import marca_html, sello_html


def pieza(a: Apartado, con_titulo: bool = True) -> Pieza:
    """El cuadro con sus dos formas; sin título, si lo pone el cuaderno."""
    return Pieza(a.clave, html(a, con_titulo), typst(a, con_titulo))


def html(a: Apartado, con_titulo: bool = True) -> str:
    titulo = f"<h2>{esc(a.titulo)}</h2>" if con_titulo else ""
    nota = "".join(f"<p>{esc(n)}</p>" for n in a.notas)
    if not a.filas:
        return f"{titulo}{nota}<p>{esc(a.vacio)}</p>"
    filas = [[_celda_html(c) for c in fila] for fila in a.filas]
    return f"{titulo}{nota}{tabla_html(esc(a.titulo), list(map(esc, a.columnas)), filas)}"


def _celda_html(c: Celda) -> str:
    dicho = sello_html(c.estado, c.posible) if c.estado else esc(c.texto)
    return f"{dicho}{marca_html(c.naturaleza or '')}"


def typst(a: Apartado, con_titulo: bool = True) -> str:
    titulo = f"[{tesc(a.titulo)}]" if con_titulo else "none"
    filas = lista(f"\n  {lista(map(_celda, fila))}" for fila in a.filas)
    return (
        f"#apartado(titulo: {titulo}, nota: {lista(f'[{tesc(n)}]' for n in a.notas)},"
        f" vacio: [{tesc(a.vacio)}],"
        f" columnas: {lista(map(tcadena, a.columnas))},"
        f" anchos: {lista(f'{x:g}fr' for x in a.anchos)},"
        f" aparte: {str(a.aparte).lower()}, estrecho: {str(a.estrecho).lower()},"
        f" filas: {filas})"
    )


def _celda(c: Celda) -> str:
    dicho = sello(c.estado, c.posible) if c.estado else en_lineas(c.texto)
    return f"[{dicho}{_marca(c.naturaleza)}]"


def _marca(naturaleza: str | None) -> str:
    return marca(naturaleza) if naturaleza in ROTULOS else ""


def en_lineas(texto: str) -> str:
    """El texto, con un renglón por cada línea suya."""
    return " \\ ".join(map(tesc, texto.split("\n")))


def junto(a: Apartado) -> Pieza:
    """El cuadro que en papel va al lado del gráfico que sigue."""
    return Pieza(a.clave, html(a), f"#junto[{typst(a, con_titulo=False)}]")
