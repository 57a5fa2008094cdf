"""Las etiquetas de HTML de una página: cuáles se admiten, con qué, y que se cierren."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lista import Hallado, NoAdmitido, prohibidos
from .prosa import Prosa

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
DE_ADORNO = frozenset({"big", "blink", "center", "font", "marquee", "nobr", "strike", "tt"})
"""Las que hubo para dar color, tamaño o sitio: el texto se lee igual sin ellas."""
ES_DE_ADORNO = (
    "es una etiqueta antigua de adorno, que la página no admite: quítela y deje su texto; para que"
    " resalte, **negrita**"
)
NO_ES_ETIQUETA = "eso no es una etiqueta de HTML y no se leería: si es texto, escriba \\<"


def de_html(prosa: Prosa, hay: NoAdmitido) -> Iterator[Hallado]:
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
                yield linea, m[0], por_que_no(m[1])


def por_que_no(nombre: str) -> str:
    """Qué hacer con lo que no es una etiqueta de las que hay."""
    return ES_DE_ADORNO if nombre.lower() in DE_ADORNO else NO_ES_ETIQUETA


def _de_etiqueta(linea: int, escritos: str, hay: NoAdmitido) -> Iterator[Hallado]:
    for clave, *valores in ATRIBUTO_DE_HTML.findall(escritos):
        valor, dicho = "".join(valores), f'{clave}="{"".join(valores)}"'
        if clave == "class":
            for clase in valor.split():
                yield from prohibidos(linea, dicho, clase, hay.clases)
        elif clave == "id":
            yield from prohibidos(linea, dicho, valor.partition("-")[0], hay.anclas)
        elif clave != "style":
            yield from prohibidos(linea, dicho, clave, hay.atributos)


def de_etiquetas_sueltas(prosa: Prosa) -> Iterator[Hallado]:
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
