"""La lámina que se comparte de un KPI, de una misión o del sitio: su nombre, su hallazgo y su
dibujo en una imagen.

Es el marcado de Typst de una página; ``composicion`` las compone todas de una vez. La marca de
demostración, la fuente y la fecha van dentro: un recorte que las pierda pierde también la mitad del
dibujo. Mide 1200 × 630 una vez compuesta, lo que muestran las redes y los mensajes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

from ..base.escapes import typst as tesc
from ..base.escapes import typst_cadena as tcadena
from .graficos.graficos import AVISO_DEMO
from .matrices import Respuesta, respuestas
from .serie import TINTA, Serie, serie_svg

ANCHO, ALTO = 600, 315
"""En puntos: la imagen tiene el doble de píxeles."""
LETRA = "Source Sans Pro"
MARGEN = 22
EN_EL_TITULO, EN_LA_FRASE, EN_EL_PIE = 120, 280, 104
"""Signos que caben en cada texto."""
EN_UN_RENGLON_DE_TITULO, EN_UN_RENGLON_DE_FRASE = 60, 92
ALTO_SIN_TEXTOS, RENGLON_DE_TITULO, RENGLON_DE_FRASE = 226, 22, 17
PATINA, SUAVE, COBRE = "#17343d", "#5b5047", "#9a4a1c"
COLORES = {
    "bien": ("#14532d", "#dff1e3", "#2e7d4f"),
    "lento": ("#6b3a0c", "#fbeecb", "#b7791f"),
    "mal": ("#7f1d1d", "#f9d9d9", "#b91c1c"),
    "duda": ("#3b4149", "#eceaea", "#6b7280"),
}
"""``respuesta → (tinta, fondo, borde)``, los mismos de la portada."""
SENALES = {
    "bien": "#circle(radius: 5pt, fill: {0})",
    "lento": "#polygon(fill: {0}, (0pt, 10pt), (6pt, 0pt), (12pt, 10pt))",
    "mal": "#polygon(fill: {0}, (0pt, 0pt), (6pt, 10pt), (12pt, 0pt))",
    "duda": "#circle(radius: 5pt, stroke: 2pt + {0})",
}
"""Dibujadas: la tipografía no trae los iconos de la página."""


@dataclass(frozen=True, slots=True)
class Reparto:
    """Cuántos KPI hay en cada estado, que se dibujan en las cuatro respuestas de la portada."""

    cuenta: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Lamina:
    """Lo que dice. ``dibujo``: nada si no hay nada medido; ``pie``: de dónde sale y de cuándo es;
    ``direccion``, dónde está entero.
    """

    sitio: str
    titulo: str
    hallazgo: str
    dibujo: Serie | Reparto | None
    pie: str
    direccion: str
    demostracion: bool

    @property
    def alternativa(self) -> str:
        """Lo que dice a quien no la ve."""
        marca = f" {AVISO_DEMO}." if self.demostracion else ""
        serie = f" {self.dibujo.texto}" if isinstance(self.dibujo, Serie) else ""
        punto = "" if self.titulo.endswith("?") else "."
        return f"{self.titulo}{punto} {self.hallazgo}{serie}{marca}"


def pagina(lamina: Lamina) -> str:
    """El marcado de su página."""
    titulo, frase = (
        shorten(texto, caben, placeholder="…")
        for texto, caben in ((lamina.titulo, EN_EL_TITULO), (lamina.hallazgo, EN_LA_FRASE))
    )
    cuerpo = 13 if lamina.dibujo else 20
    filas = [
        _texto(lamina.sitio, 12, SUAVE),
        _texto(titulo, 18, PATINA, "bold"),
        _texto(frase, cuerpo, TINTA),
        _dibujo(lamina.dibujo, titulo, frase),
        _aviso() if lamina.demostracion else "",
        _texto(shorten(lamina.pie, EN_EL_PIE, placeholder="…"), 11.5, SUAVE),
        _texto(lamina.direccion, 11.5, SUAVE),
    ]
    celdas = ", ".join(f"[{fila}]" for fila in filas if fila)
    altos = ", ".join("1fr" if i == 3 else "auto" for i, fila in enumerate(filas) if fila)
    return (
        f'#page(width: {ANCHO}pt, height: {ALTO}pt, margin: 0pt, fill: rgb("#fdfbf7"))['
        f'#set text(font: "{LETRA}", lang: "es", hyphenate: false)\n'
        "#set par(leading: 0.42em, spacing: 0.4em)\n"
        f'#place(top, rect(width: 100%, height: 8pt, fill: rgb("{COBRE}")))'
        f"#block(width: 100%, height: 100%, clip: true,"
        f" inset: (x: {MARGEN}pt, top: 20pt, bottom: 11pt))["
        f"#grid(columns: (1fr,), rows: ({altos}), row-gutter: 7pt, {celdas})]]"
    )


def icono(svg: str, lado: int) -> str:
    """El marcado de la página de un icono de ``lado`` píxeles, sin esquinas transparentes."""
    return (
        f'#page(width: {lado / 2}pt, height: {lado / 2}pt, margin: 0pt, fill: rgb("{PATINA}"))['
        f'#image(bytes({tcadena(svg)}), format: "svg", width: 100%)]'
    )


def _dibujo(dibujo: Serie | Reparto | None, titulo: str, frase: str) -> str:
    if dibujo is None:
        return "#v(1pt)"
    if isinstance(dibujo, Reparto):
        cajas = ", ".join(_caja(x, n) for x, n in respuestas(dibujo.cuenta))
        return f"#v(1fr)#grid(columns: (1fr,) * 4, column-gutter: 10pt, {cajas})#v(1.4fr)"
    renglones = -(-len(titulo) // EN_UN_RENGLON_DE_TITULO) * RENGLON_DE_TITULO
    renglones += -(-len(frase) // EN_UN_RENGLON_DE_FRASE) * RENGLON_DE_FRASE
    svg = serie_svg(dibujo, ANCHO - 2 * MARGEN, ALTO_SIN_TEXTOS - renglones).replace(
        "<svg ", f'<svg font-family="{LETRA}" ', 1
    )
    return (
        f'#image(bytes({tcadena(svg)}), format: "svg", width: 100%, height: 100%, fit: "contain")'
    )


def _caja(respuesta: Respuesta, cuantos: int) -> str:
    tinta, fondo, borde = (f'rgb("{color}")' for color in COLORES[respuesta.id])
    senal = SENALES[respuesta.id].format(tinta)
    return (
        f"block(width: 100%, inset: 11pt, radius: 4pt, fill: {fondo}, stroke: 1pt + {borde})["
        f"#set text(fill: {tinta})\n"
        f"#box(baseline: -7pt, {senal.removeprefix('#')})#h(7pt)"
        f'#text(size: 34pt, weight: "bold")[{cuantos}]'
        f'\\ #text(size: 14pt, weight: "semibold")[{tesc(respuesta.nombre)}]]'
    )


def _aviso() -> str:
    return (
        '#box(fill: rgb("#ffe9c7"), stroke: 0.75pt + rgb("#7a2e06"), radius: 3pt,'
        f" inset: (x: 7pt, y: 3.5pt))[{_texto(AVISO_DEMO, 12, '#7a2e06', 'bold')}]"
    )


def _texto(texto: str, cuerpo: float, color: str, peso: str = "regular") -> str:
    return f'#text(size: {cuerpo}pt, fill: rgb("{color}"), weight: "{peso}")[{tesc(texto)}]'
