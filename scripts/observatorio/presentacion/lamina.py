"""La lámina de un KPI: su nombre, su hallazgo y su serie en una imagen que se comparte sola.

La marca de demostración, la fuente y la fecha van dentro: un recorte que las pierda pierde también
la mitad del dibujo. Mide 1200 × 630 una vez dibujada, lo que muestran las redes y los mensajes.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from ..base.escapes import xml
from .graficos import AVISO_DEMO, TIPOGRAFIA
from .serie import TINTA, Serie, cuerpo

ANCHO, ALTO = 600, 315
ESCALA = 2.0
MARGEN = 22
EN_UN_TITULO, EN_UNA_FRASE, EN_UN_PIE = 62, 92, 104
"""Caracteres que caben en un renglón de cada cuerpo de letra."""
PATINA, SUAVE, COBRE = "#17343d", "#5b5047", "#9a4a1c"


@dataclass(frozen=True, slots=True)
class Lamina:
    """Lo que dice. ``pie``: de dónde sale y de cuándo es; ``direccion``, dónde está
    entero.
    """

    sitio: str
    titulo: str
    hallazgo: str
    serie: Serie
    pie: str
    direccion: str
    demostracion: bool


def lamina_svg(lamina: Lamina) -> str:
    """El SVG del que sale la imagen."""
    titulo = _renglones(lamina.titulo, EN_UN_TITULO, 2)
    frase = _renglones(lamina.hallazgo, EN_UNA_FRASE, 3)
    y = 58
    partes = [_texto(30, lamina.sitio, 12, SUAVE)]
    for renglon in titulo:
        partes.append(_texto(y, renglon, 18, PATINA, "bold"))
        y += 22
    for renglon in frase:
        partes.append(_texto(y, renglon, 13, TINTA))
        y += 17
    pie = ALTO - (57 if lamina.demostracion else 40)
    alto_de_serie = pie - (y - 8)
    partes.append(
        f'<g transform="translate({MARGEN - 10} {y - 8})">'
        f"{cuerpo(lamina.serie, ANCHO - 2 * MARGEN + 10, alto_de_serie)}</g>"
    )
    if lamina.demostracion:
        partes.append(
            f'<rect x="{MARGEN}" y="{pie}" width="270" height="17" rx="3" fill="#ffe9c7"'
            ' stroke="#7a2e06"/>'
        )
        partes.append(_texto(pie + 13, AVISO_DEMO, 12, "#7a2e06", "bold", MARGEN + 7))
    partes += [
        _texto(ALTO - 25, _renglones(lamina.pie, EN_UN_PIE, 1)[0], 11.5, SUAVE),
        _texto(ALTO - 9, lamina.direccion, 11.5, SUAVE),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{ANCHO}" height="{ALTO}"'
        f' viewBox="0 0 {ANCHO} {ALTO}" font-family="{TIPOGRAFIA}">'
        f'<rect width="{ANCHO}" height="{ALTO}" fill="#fdfbf7"/>'
        f'<rect width="{ANCHO}" height="8" fill="{COBRE}"/>{"".join(partes)}</svg>'
    )


def _renglones(texto: str, caben: int, cuantos: int) -> list[str]:
    partes = wrap(texto, caben) or [""]
    if len(partes) > cuantos:
        partes = [*partes[: cuantos - 1], f"{partes[cuantos - 1][: caben - 1].rstrip()}…"]
    return partes


def _texto(
    y: float, texto: str, cuerpo_de_letra: float, color: str, peso: str = "", x: float = MARGEN
) -> str:
    grueso = f' font-weight="{peso}"' if peso else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{cuerpo_de_letra}" fill="{color}"{grueso}>'
        f"{xml(texto)}</text>"
    )
