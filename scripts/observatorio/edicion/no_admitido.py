"""Lo que una página no puede llevar porque los dos motores no lo darían igual, escrito de la forma
que sea: dicho con su archivo y su línea antes de construir.

La lista está en ``_extensions/observatorio/no_admitido.json``, que leen también los filtros: a
Quarto se lo puede llamar a mano, y los textos de un cuaderno solo pasan por ellos.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..base import lecturas
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .paginas import INCLUSION
from .prosa import CRUDA, Prosa, Trozo, leer_prosa

REGLA = "no-se-admite-en-una-pagina"
ATRIBUTOS = re.compile(r"\{([^{}]*)\}")
SIN_LLAVES = re.compile(r"(?m)^[ \t>]*:{3,}[ \t]*([A-Za-z][\w.-]*)[ \t]*:*[ \t]*$")
DICHO = re.compile(
    r"""(?P<clave>[\w-]+)\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s}]*))"""
    r"""|\.(?P<clase>[\w-]+)|\#(?P<ancla>[\w:.-]+)"""
)
CELDA = re.compile(r"\{+[ \t]*(?:[A-Za-z]|\{)")
CELDA_EN_LINEA = re.compile(r"\{(?:python|r|julia|ojs)\}\s")
DIAGRAMA = re.compile(r"(?:mermaid|dot|graphviz)\b")
REFERENCIA = re.compile(r"(?<![\w@\\])-?@([A-Za-z]+)-[\w-]")
SHORTCODE = re.compile(r"\{\{[<%].*?(?:[>%]\}\}|$)", re.MULTILINE)
ETIQUETA = re.compile(r"<([a-zA-Z][\w-]*)((?:\s[^<>]*)?)>")
SUCESO = re.compile(r"\s(on[a-z]+|style)\s*=", re.IGNORECASE)
TAMANO = re.compile(r"[\d.]+\s*(?:[A-Za-z]+|%)")
FORMATOS_CRUDOS = ("html", "typst")
CERCA_DE_DIV = re.compile(r"(?m)^[ \t>]*:{3,}[ \t]*(?P<abre>\S.*)?$")

CELDAS = "las celdas de código van en un cuaderno de notebooks/, no en una página"
DIAGRAMAS = "los diagramas no se admiten: guarde el dibujo como SVG y póngalo como imagen"
SHORTCODES = (
    "los «shortcodes» no se admiten: escriba el contenido. Solo se admite, sola en su línea,"
    " {{< include _archivo.md >}}"
)


@dataclass(frozen=True, slots=True)
class Prohibido:
    """Un nombre, o el comienzo de varios si acaba en ``*``, y qué hacer en su lugar."""

    nombre: str
    remedio: str
    salvo: tuple[str, ...] = ()

    def es(self, nombre: str) -> bool:
        if nombre in self.salvo:
            return False
        if self.nombre.endswith("*"):
            return nombre.startswith(self.nombre[:-1])
        return nombre == self.nombre


@dataclass(frozen=True, slots=True)
class NoAdmitido:
    """La lista entera. ``encabezado`` y ``proyecto``: las claves que sí se admiten."""

    clases: tuple[Prohibido, ...]
    anclas: tuple[Prohibido, ...]
    atributos: tuple[Prohibido, ...]
    etiquetas: frozenset[str]
    encabezado: tuple[str, ...]
    proyecto: tuple[str, ...]


def lista(proyecto: Proyecto) -> NoAdmitido:
    """La lista de la extensión."""
    return _lista(lecturas.texto(proyecto.extension / "no_admitido.json"))


@lru_cache(maxsize=4)
def _lista(texto: str) -> NoAdmitido:
    crudo = json.loads(texto)

    def de(grupo: str, nombre: str) -> tuple[Prohibido, ...]:
        return tuple(
            Prohibido(p[nombre], p["remedio"], tuple(p.get("salvo", ()))) for p in crudo[grupo]
        )

    return NoAdmitido(
        de("clases", "clase"),
        de("anclas", "ancla"),
        de("atributos", "atributo"),
        frozenset(crudo["etiquetas"]),
        tuple(crudo["encabezado"]),
        tuple(crudo["proyecto"]),
    )


def no_admitido(archivo: str, texto: str, hay: NoAdmitido) -> Iterator[ErrorDeDatos]:
    """Un error por cada construcción del texto que no se admite, con su línea."""
    prosa = leer_prosa(texto)
    hallados = [
        *_de_cercas(prosa),
        *_de_atributos(prosa, hay),
        *_de_referencias(prosa, hay),
        *_de_shortcodes(prosa),
        *_de_html(prosa, hay),
        *_de_divs(prosa),
    ]
    for linea, valor, remedio in hallados:
        yield ErrorDeDatos(archivo, linea, None, valor, REGLA, remedio)


Hallado = tuple[int, str, str]


def _de_cercas(prosa: Prosa) -> Iterator[Hallado]:
    for cerca in prosa.cercas:
        if crudo := CRUDA.fullmatch(cerca.texto):
            if crudo[1] not in FORMATOS_CRUDOS:
                yield cerca.linea, cerca.texto, "ningún motor lo publica: use {=html} o quítelo"
        elif CELDA.match(cerca.texto):
            remedio = DIAGRAMAS if DIAGRAMA.match(cerca.texto.lstrip("{ \t")) else CELDAS
            yield cerca.linea, cerca.texto, remedio
        elif DIAGRAMA.match(cerca.texto):
            yield cerca.linea, cerca.texto, DIAGRAMAS
    for codigo in prosa.codigos:
        if CELDA_EN_LINEA.match(codigo.texto):
            yield codigo.linea, codigo.texto, CELDAS


def _de_atributos(prosa: Prosa, hay: NoAdmitido) -> Iterator[Hallado]:
    for m in SIN_LLAVES.finditer(prosa.texto):
        yield from _prohibidos(prosa.linea(m.start(1)), m[0].strip(), m[1], hay.clases)
    escritos = [Trozo(prosa.linea(m.start()), m[0]) for m in ATRIBUTOS.finditer(prosa.texto)]
    for escrito in [*escritos, *(c for c in prosa.cercas if c.texto.startswith("{."))]:
        for dicho in DICHO.finditer(escrito.texto):
            valor = f"{{{dicho[0]}}}"
            if clase := dicho["clase"]:
                yield from _prohibidos(escrito.linea, valor, clase, hay.clases)
            elif ancla := dicho["ancla"]:
                prefijo = ancla.partition("-")[0] if "-" in ancla else ""
                yield from _prohibidos(escrito.linea, valor, prefijo, hay.anclas)
            elif clave := dicho["clave"]:
                yield from _prohibidos(escrito.linea, valor, clave, hay.atributos)
                medida = next((v for v in dicho.group("a", "b", "c") if v is not None), "")
                if clave in ("width", "height") and TAMANO.fullmatch(medida):
                    yield (
                        escrito.linea,
                        valor,
                        "el tamaño de una imagen va en píxeles, sin unidad: {width=300}",
                    )


def _prohibidos(
    linea: int, valor: str, nombre: str, prohibidos: Iterable[Prohibido]
) -> Iterator[Hallado]:
    for prohibido in prohibidos:
        if prohibido.es(nombre):
            yield linea, valor, prohibido.remedio
            return


def _de_referencias(prosa: Prosa, hay: NoAdmitido) -> Iterator[Hallado]:
    for m in REFERENCIA.finditer(prosa.texto):
        yield from _prohibidos(prosa.linea(m.start()), m[0] + "…", m[1].lower(), hay.anclas)


def _de_shortcodes(prosa: Prosa) -> Iterator[Hallado]:
    incluidos = {m.start() for m in INCLUSION.finditer(prosa.texto)}
    for m in SHORTCODE.finditer(prosa.texto):
        inicio = prosa.texto.rfind("\n", 0, m.start()) + 1
        if inicio not in incluidos:
            yield prosa.linea(m.start()), m[0], SHORTCODES


def _de_html(prosa: Prosa, hay: NoAdmitido) -> Iterator[Hallado]:
    for texto in (prosa.texto, prosa.crudo):
        for m in ETIQUETA.finditer(texto):
            linea = texto.count("\n", 0, m.start()) + 1
            if m[1].lower() in hay.etiquetas:
                yield (
                    linea,
                    m[0],
                    "la página no admite esa etiqueta: ni guiones, ni videos, ni páginas dentro"
                    " de otra; enlace a lo que muestra",
                )
            elif SUCESO.search(m[2]):
                yield (
                    linea,
                    m[0],
                    "la página no admite estilos ni guiones en línea: use una clase de estilo.css",
                )


def _de_divs(prosa: Prosa) -> Iterator[Hallado]:
    abiertos: list[Hallado] = []
    for m in CERCA_DE_DIV.finditer(prosa.texto):
        if m["abre"]:
            abiertos.append(
                (prosa.linea(m.start()), m[0].strip(), "cierre la caja con una línea que diga :::")
            )
        elif abiertos:
            abiertos.pop()
        else:
            yield prosa.linea(m.start()), m[0].strip(), "no cierra ninguna caja: quítela"
    yield from abiertos
