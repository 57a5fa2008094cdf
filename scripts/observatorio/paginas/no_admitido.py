"""Lo que una página no puede llevar porque los dos motores no lo darían igual, escrito de la forma
que sea: dicho con su archivo y su línea antes de construir.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errores import ErrorDeDatos
from .etiquetas import de_etiquetas_sueltas, de_html
from .formulas import de_formulas
from .fuentes import INCLUSION
from .lista import REGLA, Hallado, NoAdmitido, prohibidos
from .mal_escrito import de_latex, de_lo_mal_escrito
from .prosa import CRUDA, Prosa, Trozo, leer_prosa

ATRIBUTOS = re.compile(r"\{([^{}]*)\}")
SIN_LLAVES = re.compile(r"(?m)^[ \t>]*:{3,}[ \t]*([A-Za-z][\w.-]*)[ \t]*:*[ \t]*$")
DICHO = re.compile(
    r"""(?P<clave>[\w-]+)\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s}]*))"""
    r"""|\.(?P<clase>[\w-]+)|\#(?P<ancla>[\w:.-]+)"""
)
CELDA = re.compile(r"\{+[ \t]*(?:[A-Za-z]|\{)")
CELDA_EN_LINEA = re.compile(r"\{(?:python|r|julia|ojs)\}\s")
SOLO_ANCLA = re.compile(r"\{\s*#[^{}.]*\}")
"""De un bloque de código sin lenguaje Quarto pierde el ancla."""
DIAGRAMA = re.compile(r"(?:mermaid|dot|graphviz)\b")
REFERENCIA = re.compile(r"(?<![\w@\\])-?@([A-Za-z]+)-[\w-]")
SHORTCODE = re.compile(r"\{\{[ \t]*[<%].*?(?:[>%][ \t]*\}\}|$)", re.MULTILINE)
DE_QUARTO = ("callout-", "panel-")
COLUMNAS = ("1", "2", "3", "4")
TAMANO = re.compile(r"[\d.]+\s*(?:[A-Za-z]+|%)")
FORMATOS_CRUDOS = ("html", "typst")
CAJA = re.compile(r"(?m)^[ \t]*:{3,}.*$")
SIN_CAJAS = "en el encabezado no van cajas: póngala en la página"
INCLUIDO_FUERA_DE_LA_PROSA = (
    "Quarto lo incluiría también ahí, dentro de un código o de un comentario: quítelo, o escríbalo"
    " en una frase, entre acentos graves"
)
INCLUIDO_SIN_SANGRIA = "quite los espacios de antes: lo incluido no quedaría dentro de la lista"
DE_IMAGEN = re.compile(r"!\[[^\[\]]*\]\([^()\n]*\)\{(?P<atributos>[^{}]*)\}")
NO_DE_IMAGEN = {
    "fig-cap": "la leyenda de una imagen va entre sus corchetes: ![leyenda](archivo)",
    "layout-ncol": "layout-ncol va en una caja que las reúne: ::: {layout-ncol=2}",
    "link": "para que la imagen enlace: [![qué se ve](archivo)](dirección)",
}
CELDAS = "las celdas de código van en un cuaderno de notebooks/, no en una página"
DIAGRAMAS = "los diagramas no se admiten: guarde el dibujo como SVG y póngalo como imagen"
SHORTCODES = (
    "los «shortcodes» no se admiten: escriba el contenido. Solo se admite, sola en su línea,"
    " {{< include _archivo.md >}}"
)


def no_admitido(archivo: str, texto: str, hay: NoAdmitido) -> Iterator[ErrorDeDatos]:
    """Un error por cada construcción del texto que no se admite, con su línea."""
    prosa = leer_prosa(texto)
    hallados = [
        *_de_cercas(prosa),
        *_de_atributos(prosa, hay),
        *_de_referencias(prosa, hay),
        *_de_shortcodes(texto, prosa),
        *de_html(prosa, hay),
        *de_etiquetas_sueltas(prosa),
        *de_lo_mal_escrito(prosa),
        *de_formulas(prosa),
        *_de_imagenes(prosa),
    ]
    for linea, valor, remedio in hallados:
        yield ErrorDeDatos(archivo, linea, None, valor, REGLA, remedio)


def no_admitido_en_el_encabezado(
    archivo: str, escrito: str, hay: NoAdmitido
) -> Iterator[ErrorDeDatos]:
    """Lo mismo, de los textos del encabezado (``escrito``, en su línea), que pandoc lee también
    como Markdown.
    """
    prosa = leer_prosa(escrito)
    hallados = [
        *_de_atributos(prosa, hay),
        *_de_referencias(prosa, hay),
        *de_latex(prosa),
        *de_formulas(prosa),
        *de_etiquetas_sueltas(prosa),
        *((prosa.linea(m.start()), m[0].strip(), SIN_CAJAS) for m in CAJA.finditer(prosa.texto)),
    ]
    for linea, valor, remedio in hallados:
        yield ErrorDeDatos(archivo, linea, None, valor, REGLA, remedio)


def _de_cercas(prosa: Prosa) -> Iterator[Hallado]:
    for cerca in prosa.cercas:
        if crudo := CRUDA.fullmatch(cerca.texto):
            if crudo[1] not in FORMATOS_CRUDOS:
                yield cerca.linea, cerca.texto, "ningún motor lo publica: use {=html} o quítelo"
        elif CELDA.match(cerca.texto):
            remedio = DIAGRAMAS if DIAGRAMA.match(cerca.texto.lstrip("{ \t")) else CELDAS
            yield cerca.linea, cerca.texto, remedio
        elif SOLO_ANCLA.match(cerca.texto):
            yield cerca.linea, cerca.texto, "diga también de qué es el código: {.texto #ancla}"
        elif DIAGRAMA.match(cerca.texto):
            yield cerca.linea, cerca.texto, DIAGRAMAS
    for codigo in prosa.codigos:
        if CELDA_EN_LINEA.match(codigo.texto):
            yield codigo.linea, codigo.texto, CELDAS


def _de_atributos(prosa: Prosa, hay: NoAdmitido) -> Iterator[Hallado]:
    for m in SIN_LLAVES.finditer(prosa.texto):
        yield from prohibidos(prosa.linea(m.start(1)), m[0].strip(), m[1], hay.clases)
    escritos = [Trozo(prosa.linea(m.start()), m[0]) for m in ATRIBUTOS.finditer(prosa.texto)]
    for escrito in [*escritos, *(c for c in prosa.cercas if c.texto.startswith(("{.", "{#")))]:
        tipos = [c for c in DICHO.findall(escrito.texto) if c[4].startswith("callout-")]
        if len(tipos) > 1:
            yield escrito.linea, escrito.texto, "una caja es de un solo tipo: deje uno"
        for dicho in DICHO.finditer(escrito.texto):
            valor = f"{{{dicho[0]}}}"
            if clase := dicho["clase"]:
                if clase.lower().startswith(DE_QUARTO) and clase != clase.lower():
                    yield escrito.linea, valor, f"escríbala en minúsculas: .{clase.lower()}"
                yield from prohibidos(escrito.linea, valor, clase, hay.clases)
            elif ancla := dicho["ancla"]:
                prefijo = ancla.partition("-")[0] if "-" in ancla else ""
                yield from prohibidos(escrito.linea, valor, prefijo, hay.anclas)
            elif clave := dicho["clave"]:
                yield from prohibidos(escrito.linea, valor, clave, hay.atributos)
                medida = next((v for v in dicho.group("a", "b", "c") if v is not None), "")
                if clave == "layout-ncol" and medida not in COLUMNAS:
                    yield escrito.linea, valor, "layout-ncol va de 1 a 4"
                if clave in ("width", "height") and TAMANO.fullmatch(medida):
                    yield (
                        escrito.linea,
                        valor,
                        "el tamaño de una imagen va en píxeles, sin unidad: {width=300}",
                    )


def _de_referencias(prosa: Prosa, hay: NoAdmitido) -> Iterator[Hallado]:
    for m in REFERENCIA.finditer(prosa.texto):
        yield from prohibidos(prosa.linea(m.start()), m[0] + "…", m[1].lower(), hay.anclas)


def _de_shortcodes(texto: str, prosa: Prosa) -> Iterator[Hallado]:
    incluidos = {m.start() for m in INCLUSION.finditer(prosa.texto)}
    for m in INCLUSION.finditer(texto):
        if m.start() not in incluidos:
            inicio = texto.index("{", m.start())
            yield prosa.linea(inicio), m[0].strip(), INCLUIDO_FUERA_DE_LA_PROSA
        elif m.start() in incluidos and m[0][0] != "{":
            yield prosa.linea(m.start()), m[0].strip(), INCLUIDO_SIN_SANGRIA
    for m in SHORTCODE.finditer(prosa.crudo):
        if not INCLUSION.match(m[0]):
            yield prosa.linea(m.start()), m[0], SHORTCODES
    for m in SHORTCODE.finditer(prosa.texto):
        inicio = prosa.texto.rfind("\n", 0, m.start()) + 1
        if inicio not in incluidos:
            yield prosa.linea(m.start()), m[0], SHORTCODES


def _de_imagenes(prosa: Prosa) -> Iterator[Hallado]:
    for m in DE_IMAGEN.finditer(prosa.texto):
        for dicho in DICHO.finditer(m["atributos"]):
            if remedio := NO_DE_IMAGEN.get(dicho["clave"] or ""):
                yield prosa.linea(m.start("atributos")), f"{{{dicho[0]}}}", remedio
