"""Todo texto de datos o del catálogo llega a cada salida como texto: una función por salida, y
ninguna otra.

===============================  =================================================================
salida                           función
===============================  =================================================================
HTML, texto y atributos          ``html`` y, en los enlaces propios, ``enlace``;
                                 en las plantillas de Jinja, su ``autoescape``
encabezado de una página (YAML)  ``yaml(markdown(…))``: pandoc lee como Markdown cada valor suyo
cuerpo en Markdown               ``markdown``
Typst, marcado y cadenas         ``typst`` y ``typst_cadena``
SVG y Atom                       ``xml``; los gráficos los escapa Vega, y el canal,
                                 ``autoescape`` tras ``xml_legal``
JSON dentro de una página        ``json_en_html``
XLSX, celdas y fórmulas          ``xlsx`` y ``xlsx_cadena``
CSV, ICS y JSON sueltos          sus bibliotecas (``polars``, ``csv``, ``icalendar`` con
                                 ``ics_linea``, ``json``), nunca a mano
===============================  =================================================================

No depende de nada del observatorio.
"""

from __future__ import annotations

import html as _html
import json
import re
from typing import Protocol

MARCA_DE_RAIZ = "@raiz@"
MARCA_DE_CLAVE = "@clave@"
MARCA_DE_CUADERNO = "@cuaderno@"
"""Lo que se reemplaza después de escapar: la carpeta del sitio, la clave de un producto y su
cuaderno ejecutado.
"""

_MARCAS = re.compile("@(?=(?:raiz|clave|cuaderno)@)")
_SALTOS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_EN_MARKDOWN = str.maketrans({c: "\\" + c for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"})
_EN_TYPST = str.maketrans({c: "\\" + c for c in "\\#$*_`<>@=-+/~[]\"'"})
_NO_SON_DE_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_SON_DE_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class Celda(Protocol):
    """Lo que ``xlsx`` necesita de una celda de openpyxl."""

    value: object
    data_type: str


def html(texto: object) -> str:
    """Texto dentro de HTML, también en atributos; una marca escrita en los datos queda como
    texto.
    """
    return _MARCAS.sub("&#64;", _html.escape(str(texto), quote=True))


def enlace(destino: str) -> str:
    """El destino de un enlace propio, en un atributo: como ``html``, pero la marca con que empieza
    sigue siéndolo.
    """
    marca = next((m for m in (MARCA_DE_RAIZ, MARCA_DE_CUADERNO) if destino.startswith(m)), "")
    return marca + html(destino.removeprefix(marca))


def markdown(texto: object) -> str:
    """Texto dentro de Markdown de pandoc, en una sola línea: todo signo va con su barra
    (``all_symbols_escapable``).
    """
    return _SALTOS.sub(" ", str(texto).strip(" \t\r\n")).translate(_EN_MARKDOWN)


def yaml(valor: object) -> str:
    """Un valor como JSON de una línea, que también es YAML 1.2: ninguna clave ni documento nuevo
    puede salir de él.
    """
    escrito = json.dumps(valor, ensure_ascii=False, sort_keys=True, default=str)
    return _NO_SON_DE_YAML.sub(lambda m: f"\\u{ord(m[0]):04x}", escrito)


def typst(texto: object) -> str:
    """Texto dentro del marcado de Typst: ni órdenes, ni listas, ni enlaces, ni abreviaturas de
    signos.
    """
    escapado = _SALTOS.sub(" ", str(texto)).translate(_EN_TYPST)
    return re.sub(r"^(\s*[0-9]+)\.", r"\1\\.", escapado).replace("..", ".\\.")


def typst_cadena(texto: object) -> str:
    """Literal de cadena de Typst, con sus comillas."""
    escapado = str(texto).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + _MARCAS.sub(r"\\u{40}", escapado) + '"'


def xml_legal(valor: object) -> object:
    """Un texto sin los caracteres que XML 1.0 no admite; lo demás, como está (para ``finalize`` de
    Jinja).
    """
    return _NO_SON_DE_XML.sub("\ufffd", valor) if type(valor) is str else valor


def xml(texto: object) -> str:
    """Texto dentro de XML o de SVG, también en atributos."""
    return html(xml_legal(str(texto)))


def json_en_html(objeto: object) -> str:
    """JSON para un ``<script>`` que no se ejecuta: nada en él cierra la etiqueta ni abre un
    comentario.
    """
    crudo = json.dumps(objeto, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    escapado = crudo.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return _MARCAS.sub(r"\\u0040", escapado)


def ics_linea(texto: object) -> str:
    """Texto de una propiedad ``X-…`` de iCalendar, que ``icalendar`` escribe tal cual: en una línea
    y con sus barras.
    """
    return _SALTOS.sub(" ", str(texto)).replace("\\", "\\\\")


def xlsx(celda: Celda, valor: object) -> None:
    """Pone ``valor`` en la celda; un texto se guarda como texto aunque empiece como una fórmula."""
    celda.value = xml_legal(valor)
    if isinstance(valor, str):
        celda.data_type = "s"


def xlsx_cadena(texto: object) -> str:
    """Literal de cadena dentro de una fórmula de una hoja de cálculo, con sus comillas."""
    return '"' + str(xml_legal(str(texto))).replace('"', '""') + '"'
