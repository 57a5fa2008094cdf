"""``_quarto.yml``, revisado antes de construir: qué se publica y lo que toda página lleva.

Se admiten unas claves y ninguna más: con cualquier otra, Quarto haría algo que el otro motor no
hace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import yaml

from ..base import lecturas
from ..base.acceso import defecto_de_acceso
from ..base.yaml_estricto import arbol, cargar_yaml
from ..catalogo.nombre_de_lugar import ANEXO
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .claves import FORMATOS, QUARTO, clave_de_mas, de_archivos, de_si_o_no, idioma_conocido
from .lista import REGLA, lista

DE_MAS = (
    "_quarto-*.yml",
    "_quarto.yml.local",
    "_quarto.yaml",
    "_variables.yml",
    "_brand.yml",
    "_brand.yaml",
    "_brand",
    "_metadata.yml",
    "*/_metadata.yml",
    "*/*/_metadata.yml",
)
"""Archivos que Quarto lee sin que nadie los nombre, y el otro motor no."""
MARCADO = re.compile(r"<[A-Za-z/!]|\{\{|[\]`]\s?[({\[]|\[\^|\^\[|!\[|(?<![\w\\])@[\w{]")
TEXTO_LLANO = "el título del sitio y las entradas del menú son texto llano: quítelo"
VALORES = {
    "project.type": "default",
    "execute.enabled": "false",
    "execute.echo": "false",
    "execute.output": "asis",
    "html-table-processing": "none",
}
"""De ``_quarto.yml``, lo que solo se puede escribir de una forma: el otro motor no lo mira."""
EN_UNA_LINEA = "escríbalo en una sola línea, entre comillas"
CON_TEXTO_Y_HREF = "cada entrada lleva texto y href, como {texto: Inicio, href: /index.html}"


def texto_de_quarto(proyecto: Proyecto) -> str:
    """``_quarto.yml``, o nada si no se puede leer: ya lo dice su propio defecto."""
    try:
        return lecturas.texto(proyecto.raiz / QUARTO)
    except (OSError, UnicodeDecodeError):
        return ""


def menus(proyecto: Proyecto) -> Iterator[tuple[int, str]]:
    """``(línea, dirección)`` de cada entrada del menú y del pie."""
    for clave, valor in _observatorio(proyecto):
        if clave not in ("menu", "pie") or not isinstance(valor, yaml.SequenceNode):
            continue
        for entrada in valor.value:
            if isinstance(entrada, yaml.MappingNode):
                for nombre, href in entrada.value:
                    if nombre.value == "href":
                        yield href.start_mark.line + 1, str(href.value)


def defectos_de_quarto(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
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
            "diga qué páginas se publican, como project: {render: [/*.qmd]}",
        )
    else:
        for patron in paginas:
            if "*" in patron and not patron.startswith("/"):
                yield ErrorDeDatos(
                    QUARTO,
                    None,
                    "project.render",
                    patron,
                    "paginas-de-cualquier-carpeta",
                    f"escriba /{patron}: sin la barra, Quarto la busca en cualquier carpeta",
                )
    if isinstance(conf, dict):
        escritas = {c: (linea, valor) for c, linea, valor in _claves_de_proyecto(texto)}
        lineas = {clave: linea for clave, (linea, _) in escritas.items()}
        for clave, unico in VALORES.items():
            linea, valor = escritas.get(clave, (None, unico))
            if valor != unico:
                remedio = f"escriba {clave.rpartition('.')[2]}: {unico}"
                yield ErrorDeDatos(QUARTO, linea, clave, valor, REGLA, remedio)
        yield from _de_claves_de_proyecto(proyecto, conf, lineas)
        yield from de_si_o_no(QUARTO, texto)
        yield from _de_observatorio(proyecto)
    for patron in DE_MAS:
        for sobra in sorted(proyecto.raiz.glob(patron)):
            yield ErrorDeDatos(
                proyecto.relativa(sobra),
                None,
                None,
                None,
                REGLA,
                f"solo Quarto lo lee: lleve lo que dice a {QUARTO} o a las páginas, y bórrelo",
            )


def _de_claves_de_proyecto(
    proyecto: Proyecto, conf: Mapping[str, object], lineas: Mapping[str, int]
) -> Iterator[ErrorDeDatos]:
    admitidas = lista(proyecto).proyecto
    for clave, linea in lineas.items():
        if clave not in admitidas:
            yield clave_de_mas(QUARTO, linea, clave, admitidas)
    if conf.get("format") != FORMATOS[0]:
        yield ErrorDeDatos(
            QUARTO,
            lineas.get("format"),
            "format",
            None if conf.get("format") is None else str(conf.get("format")),
            "formato-de-pagina",
            f"escriba format: {FORMATOS[0]}",
        )
    idioma = conf.get("lang")
    if not (isinstance(idioma, str) and idioma_conocido(idioma)):
        yield ErrorDeDatos(
            QUARTO,
            lineas.get("lang"),
            "lang",
            None if idioma is None else str(idioma),
            "idioma-desconocido",
            "escriba el idioma del sitio, como lang: es",
        )
    yield from de_archivos(proyecto, QUARTO, proyecto.raiz, conf, lineas)


def _claves_de_proyecto(texto: str) -> Iterator[tuple[str, int, str]]:
    """Las claves de ``_quarto.yml`` y, de las que Quarto lee por dentro, las suyas: cada una con
    su línea y lo que dice.
    """
    raiz = arbol(texto)
    if not isinstance(raiz, yaml.MappingNode):
        return
    for clave, valor in raiz.value:
        yield str(clave.value), clave.start_mark.line + 1, str(valor.value)
        if clave.value in ("project", "execute") and isinstance(valor, yaml.MappingNode):
            for dentro, dicho in valor.value:
                linea = dentro.start_mark.line + 1
                yield f"{clave.value}.{dentro.value}", linea, str(dicho.value)


def _de_observatorio(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Lo que toda página lleva del sitio: cada motor leería a su modo lo que no fuera texto."""
    textos: list[tuple[yaml.Node, Callable[[str], str]]] = []
    for clave, valor in _observatorio(proyecto):
        if clave not in ("menu", "pie"):
            textos.append((valor, str))
        elif isinstance(valor, yaml.ScalarNode) and valor.value:
            linea = valor.start_mark.line + 1
            yield ErrorDeDatos(QUARTO, linea, clave, valor.value, REGLA, CON_TEXTO_Y_HREF)
        for entrada in valor.value if isinstance(valor, yaml.SequenceNode) else ():
            dicho = dict(entrada.value) if isinstance(entrada, yaml.MappingNode) else {}
            partes = {str(k.value): v for k, v in dicho.items()}
            if all(isinstance(partes.get(p), yaml.ScalarNode) for p in ("texto", "href")):
                textos.append((partes["texto"], ANEXO.lleno))
            else:
                linea = entrada.start_mark.line + 1
                yield ErrorDeDatos(QUARTO, linea, "observatorio", None, REGLA, CON_TEXTO_Y_HREF)
    for texto, dicho_en in textos:
        if isinstance(texto, yaml.ScalarNode) and "\n" in texto.value:
            linea = texto.start_mark.line + 1
            yield ErrorDeDatos(QUARTO, linea, "observatorio", texto.value, REGLA, EN_UNA_LINEA)
        elif isinstance(texto, yaml.ScalarNode) and (m := MARCADO.search(dicho_en(texto.value))):
            linea = texto.start_mark.line + 1
            yield ErrorDeDatos(QUARTO, linea, "observatorio", m[0], REGLA, TEXTO_LLANO)


def _observatorio(proyecto: Proyecto) -> Iterator[tuple[str, yaml.Node]]:
    try:
        raiz = arbol(texto_de_quarto(proyecto))
    except yaml.YAMLError:
        return
    if isinstance(raiz, yaml.MappingNode):
        for clave, valor in raiz.value:
            if clave.value == "observatorio" and isinstance(valor, yaml.MappingNode):
                yield from ((str(k.value), v) for k, v in valor.value)
