"""Una tabla de Great Tables mostrada en un cuaderno, publicada accesible en página y boletín.

Great Tables es la biblioteca de tablas de quien analiza: ``GT(tabla).fmt_number(…)`` y se muestra.
Lo que se publica lo escribe ``apilada`` en la página y una tabla nativa en el boletín, con los
textos que Great Tables dio a cada celda. Se probó lo contrario, publicar su HTML: con las 27 filas
de una misión tarda 18 ms en vez de 0.4 y ocupa 67 KB en vez de 61; su título es una celda y no un
``caption``; sus ``id`` se repiten de una tabla a otra; en Typst ni se parte entre páginas ni repite
el encabezado; y sus minigráficos llevan identificadores al azar, que cambian los bytes de cada
edición. Por eso las tablas del observatorio no pasan por aquí: las escribe ``tablas``.

De una ``GT`` se publican título, encabezados (los agrupados, en cada columna), grupos, filas y
notas. De su aspecto solo la alineación: lo demás lo pone la hoja de estilo. Una celda con dibujo se
rechaza.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from ..errores import ErrorDeUso
from . import graficos
from .apilada import tabla_por_grupos
from .pieza import Pieza, esc, tesc

if TYPE_CHECKING:
    from great_tables import GT

AUSENTE = "—"
ALINEADAS = {"gt_right": "right", "gt_center": "center"}
"""Clase de Great Tables → alineación; sin ninguna, a la izquierda."""
NULO = "None"
"""Lo que Great Tables escribe donde no hay valor."""


@dataclass(slots=True)
class _Celda:
    """Una celda de la tabla leída: su texto, cuántas filas y columnas ocupa, y su clase."""

    clases: frozenset[str]
    filas: int
    columnas: int
    texto: str = ""


@dataclass(slots=True)
class _Leida:
    """Las partes de una tabla de Great Tables, como textos."""

    titulo: str = ""
    subtitulo: str = ""
    cabezas: list[list[_Celda]] = field(default_factory=list)
    grupos: list[tuple[str, list[list[_Celda]]]] = field(default_factory=list)
    notas: list[str] = field(default_factory=list)


def publicada(tabla: GT) -> Pieza:
    """La pieza de una ``GT``: su tabla accesible para la página y la nativa para el boletín.

    Lleva el sello de los KPI que nombra o, si no nombra ninguno, el de lo que abrió el cuaderno.
    Lanza ``ErrorDeUso`` si no tiene título o si alguna celda lleva un dibujo.
    """
    leida = _Lector.leer(tabla.as_raw_html())
    if not leida.titulo:
        raise ErrorDeUso("una tabla que se publica lleva título: añada .tab_header(title=…)")
    rotulos = _rotulos(leida.cabezas)
    textos = [c.texto for _, filas in leida.grupos for fila in filas for c in fila]
    sello = graficos.sello_de(" ".join(textos))
    aviso = graficos.AVISO_DEMO if graficos.hay_demostracion() else ""
    lineas = [x for x in (leida.subtitulo, aviso, *leida.notas) if x]
    html = _a_html(leida, rotulos, lineas)
    if sello:
        html += graficos.sello_html(sello["procedencia"], sello["datos"])
        lineas.append(sello["procedencia_papel"])
    return Pieza("tabla", html, _a_typst(leida, rotulos, lineas))


def mostrada(tabla: GT) -> dict[str, object]:
    """Lo que una ``GT`` deja en la salida de su celda: en JupyterLab se ve además como siempre."""
    paquete = publicada(tabla)._repr_mimebundle_()
    if not os.environ.get(graficos.EN_CONSTRUCCION):
        paquete["text/html"] = tabla.as_raw_html()
    return paquete


def activar() -> None:
    """Desde ahora, en este cuaderno, toda ``GT`` que se muestre deja su forma publicable."""
    from IPython import get_ipython

    sesion = get_ipython()
    if sesion is not None and sesion.display_formatter is not None:
        formatos = sesion.display_formatter.mimebundle_formatter
        formatos.for_type_by_name("great_tables.gt", "GT", mostrada)


def _a_html(leida: _Leida, rotulos: list[str], lineas: list[str]) -> str:
    grupos = [
        (esc(titulo), [[esc(c.texto) for c in fila] for fila in filas])
        for titulo, filas in leida.grupos
    ]
    clase = "numeros apilada" if set(_alineadas(leida)[1:]) == {"right"} else ""
    pie = "".join(f'<span class="leyenda">{esc(x)}</span>' for x in lineas)
    return tabla_por_grupos(leida.titulo, [esc(r) for r in rotulos], grupos, clase) + (
        f'<p class="leyendas">{pie}</p>' if pie else ""
    )


def _a_typst(leida: _Leida, rotulos: list[str], lineas: list[str]) -> str:
    """Tabla nativa: se parte entre páginas y repite su encabezado."""
    alineadas = _alineadas(leida) or ["left"] * len(rotulos)
    partes = [f"table.header(repeat: true, {', '.join(f'[*{tesc(r)}*]' for r in rotulos)})"]
    for titulo, filas in leida.grupos:
        if titulo:
            partes.append(f"table.cell(colspan: {len(rotulos)}, align: left)[*{tesc(titulo)}*]")
        partes += [", ".join(f"[{tesc(c.texto)}]" for c in fila) for fila in filas]
    cuerpo = ",\n  ".join(partes)
    pie = "".join(f"\n#par[{tesc(x)}]" for x in lineas)
    return (
        "#[\n#set text(size: 7.5pt)\n#set table.cell(breakable: false)\n"
        f"#block(above: 12pt, sticky: true)[*{tesc(leida.titulo)}*]\n"
        f"#table(columns: {len(rotulos)}, inset: 3pt, stroke: (x: none, y: 0.4pt), "
        f"align: ({', '.join(alineadas)},),\n  {cuerpo},\n){pie}\n]"
    )


def _alineadas(leida: _Leida) -> list[str]:
    """La alineación de cada columna, como la lleva la primera fila; vacía si no hay filas."""
    primera = next((f for _, filas in leida.grupos for f in filas), [])
    return [
        next((dicha for clase, dicha in ALINEADAS.items() if clase in c.clases), "left")
        for c in primera
    ]


def _rotulos(cabezas: list[list[_Celda]]) -> list[str]:
    """Un rótulo por columna; bajo un encabezado agrupado, los dos: «Cifras: valor»."""
    casillas: dict[tuple[int, int], str] = {}
    for alto, fila in enumerate(cabezas):
        columna = 0
        for celda in fila:
            while (alto, columna) in casillas:
                columna += 1
            for i in range(celda.filas):
                for j in range(celda.columnas):
                    casillas[alto + i, columna + j] = celda.texto if i == 0 else ""
    ancho = max((c for _, c in casillas), default=-1) + 1
    return [
        ": ".join(filter(None, (casillas.get((f, c), "") for f in range(len(cabezas)))))
        for c in range(ancho)
    ]


class _Lector(HTMLParser):
    """Lee el HTML de ``GT.as_raw_html``: lo único público con cada celda ya escrita."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.leida = _Leida()
        self._fila: list[_Celda] = []
        self._celda: _Celda | None = None
        self._en_estilo = False

    @classmethod
    def leer(cls, html: str) -> _Leida:
        lector = cls()
        lector.feed(html)
        lector.close()
        return lector.leida

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        dichos = {n: v or "" for n, v in attrs}
        if tag in ("svg", "img"):
            raise ErrorDeUso(
                "una celda de la tabla lleva un dibujo, que no se publica: dibújelo con Altair"
            )
        if tag == "style":
            self._en_estilo = True
        elif tag == "tr":
            self._fila = []
        elif tag in ("th", "td"):
            filas, columnas = (int(dichos.get(n, "1")) for n in ("rowspan", "colspan"))
            self._celda = _Celda(frozenset(dichos.get("class", "").split()), filas, columnas)
        elif tag == "br":
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._celda is not None and not self._en_estilo:
            self._celda.texto += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._en_estilo = False
        elif tag in ("th", "td") and self._celda is not None:
            texto = " ".join(self._celda.texto.split(" "))
            self._celda.texto = AUSENTE if texto == NULO else texto.strip()
            self._fila.append(self._celda)
            self._celda = None
        elif tag == "tr" and self._fila:
            self._repartir(self._fila)

    def _repartir(self, fila: list[_Celda]) -> None:
        clases, texto = fila[0].clases, fila[0].texto
        if "gt_title" in clases:
            self.leida.titulo = texto
        elif "gt_subtitle" in clases:
            self.leida.subtitulo = texto
        elif clases & {"gt_sourcenote", "gt_footnote"}:
            self.leida.notas.append(texto)
        elif "gt_group_heading" in clases:
            self.leida.grupos.append((texto, []))
        elif clases & {"gt_col_heading", "gt_column_spanner_outer"}:
            self.leida.cabezas.append(fila)
        else:
            if not self.leida.grupos:
                self.leida.grupos.append(("", []))
            self.leida.grupos[-1][1].append(fila)
