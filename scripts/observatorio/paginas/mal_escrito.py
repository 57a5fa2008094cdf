"""Lo que pandoc leería de otra forma que la que su autor quiso: cajas sin abrir o sin cerrar,
atributos rotos, lo pegado a un párrafo, LaTeX.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from unicodedata import normalize

from .lista import Hallado
from .prosa import Prosa, sin_formulas

LATEX = re.compile(r"(?<!\\)\\(?:[A-Za-z]{2,})")
TITULO_PEGADO = re.compile(r"(?m)^(?P<marca>#{1,6})(?=[ \t]+\S).*$")
CON_SANGRIA = re.compile(r"(?m)^(?P<sangria>[ ]+)#{1,6}[ \t]+\S.*$")
NO_ES_TITULO = re.compile(r"(?m)^(?!#\.[ \t])(?:#{1,6}[^\s#\\].*|#{7,}.*)$")
"""``#. Texto`` es una lista que se numera sola."""
FORMULA_ABIERTA = re.compile(r"(?<!\\)\$\$")
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
LEYENDA = re.compile(
    r"(?m)^[ \t>]*(?::|[Tt]able:)[ \t]+(?:[^\n{]|\n(?![ \t>]*\n))*"
    r"(?P<atributos>\{[^{}\n]*\})[ \t]*$"
)
DE_LEYENDA = re.compile(r"\{\s*(?:#tbl-[\w:.-]+|(?:\.[\w-]+\s*)+)\s*\}")
SOLO_SU_NUMERO = "tras el título de una tabla va solo su número, {#tbl-…}, o solo clases, {.una}"
PEGADO = re.compile(r"(?:[-*+]|1[.)])[ \t]+\S|>[ \t]+\S|\|.*\|[ \t]*$")
RAYA = re.compile(r"\+(?:[-=:]+\+)+")
QUEDARIA = re.compile(
    r"(?<![\w`])(?:\[!(?P<aviso>NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]"
    r"|\[\[?_?(?:TOC|toc)_?\]\]?|:[a-z][a-z_]*[a-z]:(?!\w)|==[^=\s+:][^=\n]*==|\{\+\+|\{--)"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e]"
)


def de_lo_mal_escrito(prosa: Prosa) -> Iterator[Hallado]:
    """Lo que el autor escribió para que fuera otra cosa y se leería tal cual, o se perdería."""
    yield from _de_divs(prosa)
    yield from _de_atributos_rotos(prosa)
    yield from _de_leyendas(prosa)
    yield from _de_rejillas(prosa)
    yield from _de_lo_que_queda_como_texto(prosa)
    yield from _de_lo_pegado(prosa)


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


def _de_rejillas(prosa: Prosa) -> Iterator[Hallado]:
    """Los renglones de una tabla de rayas (+---+) que no caben en ella: pandoc los juntaría."""
    ancho = 0
    for numero, linea in enumerate(prosa.texto.split("\n"), 1):
        dicho = normalize("NFC", linea.strip(" \t>"))
        if not dicho.startswith(("+", "|")):
            ancho = 0
        elif not ancho and RAYA.fullmatch(dicho):
            ancho = len(dicho)
        elif ancho and len(dicho) != ancho:
            yield numero, dicho, "cada renglón de la tabla mide lo mismo que su raya +---+"


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
    debidas = list(_sangrias_debidas(lineas))
    for m in CON_SANGRIA.finditer(prosa.texto):
        if len(m["sangria"]) not in debidas[prosa.linea(m.start()) - 1]:
            yield prosa.linea(m.start()), m[0].strip(), "quite los espacios de antes del título"
    for m in NO_ES_TITULO.finditer(prosa.texto):
        remedio = "un título lleva de uno a seis # y un espacio; si es texto, escriba \\#"
        yield prosa.linea(m.start()), m[0], remedio
    texto = sin_formulas(prosa.texto)
    for m in FORMULA_ABIERTA.finditer(texto):
        remedio = "cierre la fórmula con $$ en el mismo párrafo; si es texto, escriba \\$\\$"
        yield prosa.linea(m.start()), m[0], remedio
    yield from de_latex(prosa)


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


def de_latex(prosa: Prosa) -> Iterator[Hallado]:
    for m in LATEX.finditer(sin_formulas(prosa.texto)):
        remedio = f"LaTeX no se publica: quítelo; si es texto, escriba \\{m[0]}"
        yield prosa.linea(m.start()), m[0], remedio
