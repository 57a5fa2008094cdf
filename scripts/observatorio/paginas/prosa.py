"""Lo que un autor escribe en una página, sin lo que es código, comentario o encabezado: cada letra
sigue en su sitio, y por eso en su línea.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

FIN = r"(?:---|\.\.\.)[ \t]*$"
ENCABEZADO = re.compile(rf"\A---[ \t]*\n(?:.*?\n)?{FIN}", re.DOTALL | re.MULTILINE)
NO_ES_PROSA = re.compile(
    r"""
    ^[ \t>]*(?:(?:[-*+]|\d+[.)]|:)[ \t]+)?
        (?P<cerca>`{3,}(?=[^`\n]*$)|~{3,})(?P<dicho>[^\n]*)(?P<dentro>\n.*?)
        (?:^[ \t>]*(?P=cerca)[`~]*[ \t]*$|\Z)
    | (?P<comentario><!--.*?(?:-->|\Z))
    | (?<![`\\])(?P<comillas>`+)(?!`)(?P<codigo>(?:[^\n]|\n(?![ \t]*\n))+?)(?<!`)(?P=comillas)(?!`)
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
DE_LISTA = re.compile(r"[ \t>]*(?:[-*+:]|\d+[.)]|\[\^[^\]]+\]:)[ \t]")
FORMULA = re.compile(r"(?<!\\)(\$\$?)(?=\S)(?:[^$\n]|\n(?!\n))+?(?<=\S)\1")
EXPUESTA = re.compile(r"(?<!\\)\$\$(?:[^$\n]|\n(?![ \t]*\n))+?\$\$")
CRUDA = re.compile(r"\s*\{=([\w.+-]+)\}\s*")


@dataclass(frozen=True, slots=True)
class Trozo:
    """Un texto y la línea, desde 1, en que empieza."""

    linea: int
    texto: str


@dataclass(frozen=True, slots=True)
class Prosa:
    """``texto``: la página con lo demás en blanco. ``cercas``: lo dicho tras cada ```` ``` ````.
    ``codigos``: los que van entre acentos graves. ``crudo``: los bloques ``{=html}``, en su sitio.
    ``abiertos``: los comentarios y las cercas que nadie cerró. ``saltos``: dónde acaba cada línea.
    """

    texto: str
    cercas: tuple[Trozo, ...]
    codigos: tuple[Trozo, ...]
    crudo: str
    abiertos: tuple[Trozo, ...]
    saltos: tuple[int, ...]

    def linea(self, posicion: int) -> int:
        return _linea(self.saltos, posicion)


@lru_cache(maxsize=64)
def leer_prosa(texto: str) -> Prosa:
    """La prosa de una página; ``texto`` con saltos de línea ``\\n``."""
    letras, crudo = list(texto), list(en_blanco(texto))
    saltos = tuple(m.start() for m in re.finditer("\n", texto))
    if encabezado := ENCABEZADO.match(texto):
        _borrar(letras, 0, encabezado.end())
    desde = encabezado.end() if encabezado else 0
    cercas, codigos, abiertos = [], [], []
    for m in NO_ES_PROSA.finditer(texto, desde):
        linea = _linea(saltos, m.start())
        if m["cerca"]:
            cercas.append(Trozo(linea, m["dicho"].strip()))
            if (de := CRUDA.fullmatch(m["dicho"])) and de[1] == "html":
                crudo[m.start("dentro") : m.end("dentro")] = m["dentro"]
        elif m["codigo"] is not None:
            codigos.append(Trozo(linea, m["codigo"]))
        if m["cerca"] and not m[0].rstrip(" \t").endswith(m["cerca"][:3], len(m["cerca"])):
            abiertos.append(Trozo(linea, m["cerca"]))
        elif m["comentario"] and not m["comentario"].endswith("-->"):
            abiertos.append(Trozo(linea, "<!--"))
        _borrar(letras, m.start(), m.end())
    _borrar_sangrados(letras, texto)
    return Prosa(
        "".join(letras), tuple(cercas), tuple(codigos), "".join(crudo), tuple(abiertos), saltos
    )


def _linea(saltos: tuple[int, ...], posicion: int) -> int:
    """Contarlos cada vez desde el principio no acaba en una página de millones de letras."""
    return bisect_left(saltos, posicion) + 1


def sin_formulas(texto: str) -> str:
    """El texto con sus fórmulas en blanco."""
    return sin(texto, EXPUESTA, FORMULA)


def sin(texto: str, *patrones: re.Pattern[str]) -> str:
    """El texto sin lo que dicen los patrones, uno tras otro, con cada letra de lo demás en su
    sitio.
    """
    for patron in patrones:
        texto = patron.sub(lambda m: en_blanco(m[0]), texto)
    return texto


def sin_comentarios(texto: str) -> str:
    """El texto, también su código, con los comentarios en blanco."""
    return NO_ES_PROSA.sub(lambda m: en_blanco(m[0]) if m["comentario"] else m[0], texto)


def en_blanco(texto: str) -> str:
    """Tantos espacios como letras, con los mismos saltos de línea."""
    return "\n".join(" " * len(linea) for linea in texto.split("\n"))


def _borrar(letras: list[str], desde: int, hasta: int) -> None:
    letras[desde:hasta] = en_blanco("".join(letras[desde:hasta]))


def _borrar_sangrados(letras: list[str], texto: str) -> None:
    """Borra el código que se escribe con cuatro espacios; dentro de una lista no lo es."""
    posicion, antes_en_blanco, en_lista, en_codigo = 0, True, False, False
    escritas = texto.split("\n")
    for linea, escrita in zip("".join(letras).split("\n"), escritas, strict=True):
        sangrada = escrita.startswith(("    ", "\t"))
        if not linea.strip():
            antes_en_blanco = True
        else:
            en_codigo = sangrada and not en_lista and (en_codigo or antes_en_blanco)
            if en_codigo:
                _borrar(letras, posicion, posicion + len(linea))
            elif DE_LISTA.match(linea):
                en_lista = True
            elif not linea.startswith((" ", "\t")) and antes_en_blanco:
                en_lista = False
            antes_en_blanco = False
        posicion += len(linea) + 1
