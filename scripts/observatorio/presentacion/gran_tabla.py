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
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from ..base.numeros import numero
from ..base.voladas import DE_HTML, a_su_altura
from ..errores import ErrorDeUso
from . import tabla_leida
from .graficos import graficos
from .pieza import Pieza
from .tabla_leida import AUSENTE, Celda, Lado, TablaLeida

if TYPE_CHECKING:
    from great_tables import GT

ALINEADAS: dict[str, Lado] = {"gt_right": "right", "gt_center": "center"}
"""Clase de Great Tables → alineación; sin ninguna, a la izquierda."""
DECIMALES = 2
SIN_FORMATO = re.compile(r"-?\d+\.\d{5,}|-?\d(?:\.\d+)?e-\d+")
"""Lo que Great Tables escribe cuando no se le dijo cómo: más cifras de las que se leen."""
DE_PYTHON = {"True": "Sí", "False": "No"} | dict.fromkeys(
    ("None", "NaN", "nan", "NaT", "<NA>"), AUSENTE
)
"""Lo que Great Tables escribe sin formato de un sí, un no o donde no hay valor → como aquí."""
LLAMADA = "gt_footnote_marks"


def publicada(tabla: GT) -> Pieza:
    """La pieza de una ``GT``: su tabla accesible para la página y la nativa para el boletín.

    Lleva el sello de los KPI que nombra o, si no nombra ninguno, el de lo que abrió el cuaderno.
    Lanza ``ErrorDeUso`` si no tiene título o si alguna celda lleva un dibujo.
    """
    leida = _Lector.leer(tabla.as_raw_html())
    if not leida.titulo:
        raise ErrorDeUso("una tabla que se publica lleva título: añada .tab_header(title=…)")
    return tabla_leida.pieza(leida, graficos.hay_demostracion())


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


def _sin_formato(cifra: Decimal) -> str:
    """Con ``DECIMALES``, y las más pequeñas con los que hagan falta para no leerse como cero."""
    return numero(float(cifra), max(DECIMALES, 1 - cifra.adjusted()) if cifra else DECIMALES)


class _Lector(HTMLParser):
    """Lee el HTML de ``GT.as_raw_html``: lo único público con cada celda ya escrita."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.leida = TablaLeida()
        self._fila: list[Celda] = []
        self._celda: Celda | None = None
        self._en_estilo = False
        self._altura = ""
        self._llamadas: list[bool] = []

    @classmethod
    def leer(cls, html: str) -> TablaLeida:
        lector = cls()
        lector.feed(html)
        lector.close()
        leida = lector.leida
        leida.grupos = [(g, tabla_leida.con_cabezas_repetidas(filas)) for g, filas in leida.grupos]
        return leida

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        dichos = {n: v or "" for n, v in attrs}
        if tag in ("svg", "img"):
            raise ErrorDeUso(
                "una celda de la tabla lleva un dibujo, que no se publica: dibújelo con Altair"
            )
        if tag == "style":
            self._en_estilo = True
        elif tag == "span":
            self._llamadas.append(LLAMADA in dichos.get("class", "").split())
            self._altura = "sup" if self._llamadas[-1] else self._altura
        elif tag in DE_HTML:
            self._altura = tag
        elif tag == "tr":
            self._fila = []
        elif tag in ("th", "td"):
            filas, columnas = (int(dichos.get(n, "1")) for n in ("rowspan", "colspan"))
            clases = frozenset(dichos.get("class", "").split())
            lado: Lado = next(
                (dicho for clase, dicho in ALINEADAS.items() if clase in clases), "left"
            )
            self._celda = Celda("", lado, filas, columnas, clases)
        elif tag == "br":
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._celda is not None and not self._en_estilo:
            # Pegadas a una cifra, una llamada o una potencia se leerían como parte de ella.
            self._celda.texto += a_su_altura(data, self._altura) if self._altura else data

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._en_estilo = False
        elif tag in DE_HTML or (tag == "span" and self._llamadas and self._llamadas.pop()):
            self._altura = ""
        elif tag in ("th", "td") and self._celda is not None:
            texto = " ".join(self._celda.texto.split(" "))
            if SIN_FORMATO.fullmatch(texto.strip()):
                texto = _sin_formato(Decimal(texto.strip()))
            self._celda.texto = DE_PYTHON.get(texto, texto.strip())
            self._fila.append(self._celda)
            self._celda = None
        elif tag == "tr" and self._fila:
            self._repartir(self._fila)

    def _repartir(self, fila: list[Celda]) -> None:
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
