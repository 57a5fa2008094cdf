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
from .formulas import de_formulas
from .fuentes import INCLUSION
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
NO_ES_TITULO = re.compile(r"(?m)^(?!#\.[ \t])(?:#{1,6}[^\s#\\].*|#{7,}.*)$")
"""``#. Texto`` es una lista que se numera sola."""
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

APERTURA_O_CIERRE = re.compile(
    r"(?<!\]\()<(?P<cierre>/?)(?P<nombre>[a-zA-Z][\w-]*)(?:\s[^<>]*)?/?>"
)
ATRIBUTO_DE_HTML = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
DE_MARKDOWN = ("div", "span", "section")
"""Las etiquetas que pandoc lee como si se hubieran escrito en Markdown."""
CERRADAS = """
    a abbr address article aside b blockquote button cite code data del details dfn div dl em
    fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header i ins kbd main mark math menu nav
    ol pre q s samp section select small span strong sub summary sup svg table time u ul var
"""
SE_CIERRAN = frozenset(CERRADAS.split())
"""Las que no se cierran solas."""
TITULO_DENTRO = re.compile(r"(?m)^[ \t>]*#{1,6}[ \t]")
NO_ES_PARRAFO = (":::", "#", "<", "{{<", "|", "+", "---", "===")

LEYENDA = re.compile(
    r"(?m)^[ \t>]*(?::|[Tt]able:)[ \t]+(?:[^\n{]|\n(?![ \t>]*\n))*"
    r"(?P<atributos>\{[^{}\n]*\})[ \t]*$"
)
DE_LEYENDA = re.compile(r"\{\s*(?:#tbl-[\w:.-]+|(?:\.[\w-]+\s*)+)\s*\}")
SOLO_SU_NUMERO = "tras el título de una tabla va solo su número, {#tbl-…}, o solo clases, {.una}"
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
PEGADO = re.compile(r"(?:[-*+]|1[.)])[ \t]+\S|>[ \t]+\S|\|.*\|[ \t]*$")
QUEDARIA = re.compile(
    r"(?<![\w`])(?:\[!(?P<aviso>NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]"
    r"|\[\[?_?(?:TOC|toc)_?\]\]?|:[a-z][a-z_]*[a-z]:(?!\w)|==[^=\s+:][^=\n]*==|\{\+\+|\{--)"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e]"
)
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
        *_de_shortcodes(texto, prosa),
        *_de_html(prosa, hay),
        *_de_etiquetas_sueltas(prosa),
        *_de_divs(prosa),
        *_de_atributos_rotos(prosa),
        *_de_leyendas(prosa),
        *_de_lo_que_queda_como_texto(prosa),
        *de_formulas(prosa),
        *_de_imagenes(prosa),
        *_de_lo_pegado(prosa),
    ]
    for linea, valor, remedio in hallados:
        yield ErrorDeDatos(archivo, linea, None, valor, REGLA, remedio)


Hallado = tuple[int, str, str]


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
        *_de_latex(prosa),
        *de_formulas(prosa),
        *_de_etiquetas_sueltas(prosa),
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
        tipos = [c for c in DICHO.findall(escrito.texto) if c[4].startswith("callout-")]
        if len(tipos) > 1:
            yield escrito.linea, escrito.texto, "una caja es de un solo tipo: deje uno"
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


def _de_html(prosa: Prosa, hay: NoAdmitido) -> Iterator[Hallado]:
    for texto in (prosa.texto, prosa.crudo):
        for m in ETIQUETA.finditer(texto):
            linea = prosa.linea(m.start())
            if m[1].lower() in DE_MARKDOWN:
                yield from _de_etiqueta(linea, m[2], hay)
            if m[1].lower() in hay.etiquetas:
                yield (
                    linea,
                    m[0],
                    "la página no admite esa etiqueta: ni guiones, ni videos, ni páginas dentro"
                    " de otra; enlace a lo que muestra",
                )
            elif m[1].lower() == "img" and not re.search(r"\salt\s*=", m[2]):
                yield linea, m[0], 'diga qué se ve, para quien no la ve: alt="…"'
            elif m[1].lower() == "a" and not re.search(r"\bhref\s*=", m[2]):
                remedio = "un enlace lleva href; si es un ancla, escriba [texto]{#ancla}"
                yield linea, m[0], remedio
            elif SUCESO.search(m[2]):
                yield (
                    linea,
                    m[0],
                    "la página no admite estilos ni guiones en línea: use una clase de estilo.css",
                )
            elif m[1].lower() not in DE_HTML:
                yield linea, m[0], NO_ES_ETIQUETA


def _de_etiqueta(linea: int, escritos: str, hay: NoAdmitido) -> Iterator[Hallado]:
    for clave, *valores in ATRIBUTO_DE_HTML.findall(escritos):
        valor, dicho = "".join(valores), f'{clave}="{"".join(valores)}"'
        if clave == "class":
            for clase in valor.split():
                yield from _prohibidos(linea, dicho, clase, hay.clases)
        elif clave == "id":
            yield from _prohibidos(linea, dicho, valor.partition("-")[0], hay.anclas)
        elif clave != "style":
            yield from _prohibidos(linea, dicho, clave, hay.atributos)


def _de_etiquetas_sueltas(prosa: Prosa) -> Iterator[Hallado]:
    """Las etiquetas de HTML que nadie cierra: el navegador seguiría con ellas hasta el final de la
    página.
    """
    for texto in (prosa.texto, prosa.crudo):
        abiertas: list[tuple[str, int, str]] = []
        for m in APERTURA_O_CIERRE.finditer(texto):
            nombre, linea = m["nombre"].lower(), prosa.linea(m.start())
            if nombre not in SE_CIERRAN or m[0].endswith("/>"):
                continue
            if not m["cierre"]:
                abiertas.append((nombre, linea, m[0]))
            elif any(nombre == abierta for abierta, _, _ in abiertas):
                while abiertas[-1][0] != nombre:
                    yield _sin_cerrar(*abiertas.pop())
                abiertas.pop()
            else:
                yield linea, m[0], "no cierra ninguna etiqueta: quítela"
        for abierta in abiertas:
            yield _sin_cerrar(*abierta)


def _sin_cerrar(nombre: str, linea: int, escrita: str) -> Hallado:
    return linea, escrita, f"no se cierra: ponga </{nombre}> donde acaba"


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


def _de_leyendas(prosa: Prosa) -> Iterator[Hallado]:
    """Lo que el título de una tabla lleva entre llaves y cada motor lee a su modo."""
    for m in LEYENDA.finditer(prosa.texto):
        if DE_LEYENDA.fullmatch(m["atributos"]):
            continue
        antes = prosa.texto[: m.start()].rstrip(" \t>\n").rpartition("\n")[2].lstrip(" \t>")
        despues = prosa.texto[m.end() :].lstrip(" \t>\n")
        if antes.startswith(("|", "+", "--")) or despues.startswith(("|", "+")):
            yield prosa.linea(m.start("atributos")), m["atributos"], SOLO_SU_NUMERO


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
    yield from _de_latex(prosa)


def _de_imagenes(prosa: Prosa) -> Iterator[Hallado]:
    for m in DE_IMAGEN.finditer(prosa.texto):
        for dicho in DICHO.finditer(m["atributos"]):
            if remedio := NO_DE_IMAGEN.get(dicho["clave"] or ""):
                yield prosa.linea(m.start("atributos")), f"{{{dicho[0]}}}", remedio


def _de_lo_pegado(prosa: Prosa) -> Iterator[Hallado]:
    """Lo que sigue a un párrafo sin una línea en blanco, y pandoc lee como parte de él."""
    parrafo, nuevo = False, True
    for numero, linea in enumerate(sin_formulas(prosa.texto).split("\n"), 1):
        dicho = linea.strip()
        if not dicho:
            parrafo, nuevo = False, True
        elif nuevo:
            empieza = not linea[0].isspace() and not dicho.startswith((*NO_ES_PARRAFO, ">", "[^"))
            parrafo, nuevo = empieza and not DE_LISTA.match(linea), False
        elif dicho.startswith((*NO_ES_PARRAFO, ":", "~")) and not PEGADO.match(linea):
            parrafo = False
        elif parrafo and PEGADO.match(linea):
            yield numero, dicho, "deje una línea en blanco antes: se leería seguido del párrafo"
            parrafo = False
    for m in QUEDARIA.finditer(prosa.texto):
        remedio = "eso no es Markdown de Quarto y se leería tal cual: quítelo"
        if m["aviso"]:
            remedio = f"escriba la caja como ::: {{.callout-{m['aviso'].lower()}}}"
        yield prosa.linea(m.start()), m[0], remedio


def _de_latex(prosa: Prosa) -> Iterator[Hallado]:
    for m in LATEX.finditer(sin_formulas(prosa.texto)):
        remedio = f"LaTeX no se publica: quítelo; si es texto, escriba \\{m[0]}"
        yield prosa.linea(m.start()), m[0], remedio
