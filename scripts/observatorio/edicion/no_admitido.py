"""Lo que una página no puede llevar porque los dos motores no lo darían igual, escrito de la forma
que sea: dicho con su archivo y su línea antes de construir.

La lista está en ``_extensions/observatorio/no_admitido.json``, que leen también los filtros: a
Quarto se lo puede llamar a mano, y los textos de un cuaderno solo pasan por ellos.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..base import lecturas
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .paginas import INCLUSION
from .prosa import CRUDA, Prosa, Trozo, leer_prosa, sin_formulas

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
SHORTCODE = re.compile(r"\{\{[ \t]*[<%].*?(?:[>%][ \t]*\}\}|$)", re.MULTILINE)
ETIQUETA = re.compile(r"(?<!\]\()<([a-zA-Z][\w-]*)((?:\s[^<>]*)?)>")
SUCESO = re.compile(r"\s(on[a-z]+|style)\s*=", re.IGNORECASE)
NOMBRES_DE_HTML = """
    a abbr address article aside b bdi bdo blockquote br button caption cite code col
    colgroup data dd del details dfn dialog div dl dt em fieldset figcaption figure footer
    h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main map mark
    math menu meter nav ol optgroup option output p picture pre progress q rp rt ruby s
    samp search section select small source span strong sub summary sup svg table tbody td
    template textarea tfoot th thead time tr track u ul var wbr area body head html path
    circle line polyline polygon rect ellipse g text tspan title desc defs use symbol mrow
    mi mn mo msup msub mfrac semantics annotation
"""
DE_HTML = frozenset(NOMBRES_DE_HTML.split())
"""Las etiquetas que hay; cualquier otra se la lleva el navegador sin que nadie la lea."""
DE_QUARTO = ("callout-", "panel-")
COLUMNAS = ("1", "2", "3", "4")
LATEX = re.compile(r"(?<!\\)\\(?:[A-Za-z]{2,})")
TITULO_PEGADO = re.compile(r"(?m)^(?P<marca>#{1,6})(?=[ \t]+\S).*$")
NO_ES_TITULO = re.compile(r"(?m)^(?:#{1,6}[^\s#\\].*|#{7,}.*)$")
FORMULA_ABIERTA = re.compile(r"(?<!\\)\$\$")
TAMANO = re.compile(r"[\d.]+\s*(?:[A-Za-z]+|%)")
FORMATOS_CRUDOS = ("html", "typst")
CERCA_DE_DIV = re.compile(r"(?m)^(?P<margen>[ \t>]*):{3,}[ \t]*(?P<abre>\S.*)?$")
DE_ATRIBUTOS = (
    r"""\{(?:\s*(?:[#.][^\s{}="']+|[\w:.-]+=(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"'{}]*)|-)"""
    r"""(?=[\s}]))*\s*\}"""
)
"""Lo que pandoc entiende como atributos; lo demás lo deja como texto."""
APERTURA = re.compile(rf"(?:[^\s{{}}]+|{DE_ATRIBUTOS})[ \t]*:*[ \t]*$", re.MULTILINE)
PEGADOS = re.compile(r"(?<=[\])])\{[ \t]*(?:[#.][^{}]*|[^{}]*=[^{}]*)\}")
ATRIBUTOS_SANOS = re.compile(DE_ATRIBUTOS)
DE_LISTA = re.compile(r"[ \t]*(?:[-*+:]|\(?[\w#@]{1,4}[.)])[ \t]+")
DE_NOTA = re.compile(r"\[\^[^\]]+\]:")
TITULO_DENTRO = re.compile(r"(?m)^[ \t>]*#{1,6}[ \t]")
NO_ES_PARRAFO = (":::", "#", "<", "{{<", "|", "+", "---", "===")

NO_ES_ETIQUETA = "eso no es una etiqueta de HTML y no se leería: si es texto, escriba \\<"
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
        *_de_atributos_rotos(prosa),
        *_de_lo_que_queda_como_texto(prosa),
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
    for escrito in [*escritos, *(c for c in prosa.cercas if c.texto.startswith(("{.", "{#")))]:
        for dicho in DICHO.finditer(escrito.texto):
            valor = f"{{{dicho[0]}}}"
            if clase := dicho["clase"]:
                if clase.lower().startswith(DE_QUARTO) and clase != clase.lower():
                    yield escrito.linea, valor, f"escríbala en minúsculas: .{clase.lower()}"
                yield from _prohibidos(escrito.linea, valor, clase, hay.clases)
            elif ancla := dicho["ancla"]:
                prefijo = ancla.partition("-")[0] if "-" in ancla else ""
                yield from _prohibidos(escrito.linea, valor, prefijo, hay.anclas)
            elif clave := dicho["clave"]:
                yield from _prohibidos(escrito.linea, valor, clave, hay.atributos)
                medida = next((v for v in dicho.group("a", "b", "c") if v is not None), "")
                if clave == "layout-ncol" and medida not in COLUMNAS:
                    yield escrito.linea, valor, "layout-ncol va de 1 a 4"
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
            linea = prosa.linea(m.start())
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
            elif m[1].lower() not in DE_HTML:
                yield linea, m[0], NO_ES_ETIQUETA


def _de_divs(prosa: Prosa) -> Iterator[Hallado]:
    lineas = prosa.texto.split("\n")
    debidas = list(_sangrias_debidas(lineas))
    titulos = [m.start() for m in TITULO_DENTRO.finditer(prosa.texto)]
    abiertos: list[Hallado] = []
    inicios: list[int] = []
    for m in CERCA_DE_DIV.finditer(prosa.texto):
        linea, dicho = prosa.linea(m.start()), m[0].strip()
        previa = lineas[linea - 2] if linea > 1 else ""
        if remedio := _sin_abrir(prosa.texto, m, previa, debidas[linea - 1]):
            yield linea, dicho, remedio
        if m["abre"]:
            abiertos.append((linea, dicho, "cierre la caja con una línea que diga :::"))
            inicios.append(m.end())
        elif abiertos:
            _, abierta, _ = abiertos.pop()
            inicio = inicios.pop()
            hay_titulo = bisect_left(titulos, inicio) < bisect_left(titulos, m.start())
            if "panel-tabset" in abierta and not hay_titulo:
                yield linea, dicho, "las pestañas llevan un título por pestaña: ## Título"
        else:
            yield linea, dicho, "no cierra ninguna caja: quítela"
    yield from abiertos


def _sin_abrir(
    texto: str, cerca: re.Match[str], previa: str, debidas: frozenset[int]
) -> str | None:
    """Qué hacer con una línea ``:::`` que pandoc tomaría por texto; nada si abre o cierra.

    ``previa``: la línea de antes. ``debidas``: con cuántos espacios podría ir.
    """
    _, citada, sangria = cerca["margen"].rpartition(">")
    # Tras la marca de una cita va un espacio que no es sangría.
    sangria = sangria.removeprefix(" ") if citada else sangria
    if sangria and len(sangria) not in debidas:
        cuantos = " o ".join(map(str, sorted(debidas)))
        return f"deje {cuantos} espacios antes" if cuantos else "quite los espacios de antes"
    if not cerca["abre"]:
        return None
    if not APERTURA.match(texto, cerca.start("abre")):
        return 'ábrala como ::: {.nota} o ::: {.callout-note title="Título"}, sin espacios en «=»'
    previa = previa.strip(" \t>")
    if previa and not previa.startswith(NO_ES_PARRAFO):
        return "deje una línea en blanco antes"
    return None


def _sangrias_debidas(lineas: Iterable[str]) -> Iterator[frozenset[int]]:
    """Por cada línea, con cuántos espacios sigue ahí lo que va dentro de una lista: los que ocupa
    cada marca que la abre; dentro de una nota, cuatro.
    """
    debidas: frozenset[int] = frozenset()
    for linea in lineas:
        yield debidas
        if linea and not linea[0].isspace():
            debidas = frozenset()
        marca = DE_LISTA.match(linea)
        ancho = len(marca[0]) if marca else 4 if DE_NOTA.match(linea) else 0
        if ancho and ancho not in debidas:
            debidas |= {ancho}


def _de_atributos_rotos(prosa: Prosa) -> Iterator[Hallado]:
    for m in PEGADOS.finditer(prosa.texto):
        if not ATRIBUTOS_SANOS.fullmatch(m[0]):
            yield prosa.linea(m.start()), m[0], "escriba los atributos como {.clase clave=valor}"


def _de_lo_que_queda_como_texto(prosa: Prosa) -> Iterator[Hallado]:
    """Lo que el autor escribió para que fuera otra cosa y se leería tal cual, o se perdería."""
    for abierto in prosa.abiertos:
        cierre = "-->" if abierto.texto == "<!--" else abierto.texto
        yield abierto.linea, abierto.texto, f"no se cierra: ponga {cierre} donde acaba"
    lineas = prosa.texto.split("\n")
    for m in TITULO_PEGADO.finditer(prosa.texto):
        previa = lineas[prosa.linea(m.start()) - 2].strip() if m.start() else ""
        if previa and not previa.startswith(NO_ES_PARRAFO):
            yield prosa.linea(m.start()), m[0], "deje una línea en blanco antes del título"
    for m in NO_ES_TITULO.finditer(prosa.texto):
        remedio = "un título lleva de uno a seis # y un espacio; si es texto, escriba \\#"
        yield prosa.linea(m.start()), m[0], remedio
    texto = sin_formulas(prosa.texto)
    for m in FORMULA_ABIERTA.finditer(texto):
        remedio = "cierre la fórmula con $$ en el mismo párrafo; si es texto, escriba \\$\\$"
        yield prosa.linea(m.start()), m[0], remedio
    for m in LATEX.finditer(texto):
        remedio = f"LaTeX no se publica: quítelo; si es texto, escriba \\{m[0]}"
        yield prosa.linea(m.start()), m[0], remedio
