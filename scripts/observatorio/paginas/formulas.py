"""Las fórmulas de una página que no se podrían escribir, dichas antes de construir.

Las que solo llevan lo corriente se reconocen aquí; de las demás se pregunta a pandoc, que es quien
las escribe, todas de una vez.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import lru_cache

from ..base.pandoc import pandoc
from .prosa import EXPUESTA, FORMULA, Prosa

SOLO_DE_LATEX = re.compile(
    r"\\(?:label|tag|ref|eqref|cite|def|let|newcommand|renewcommand|require|ce|notag)\b"
)
# La de «\{» es un signo; la de un salto de fila, «\\{», abre un grupo.
LLAVE = re.compile(r"\\.|([{}])", re.DOTALL)
ORDEN = re.compile(r"\\(?:([A-Za-z]+)|.)", re.DOTALL)
DE_ADENTRO = re.compile(r"\{([^{}]*)\}")
GRUPO = "\ue000"
"""Un grupo entre llaves ya revisado."""
ORDENES_CORRIENTES = """
    alpha beta gamma delta epsilon theta lambda mu pi rho sigma tau phi chi omega Delta Sigma Omega
    sum prod int max min log ln exp lim cdot times div pm mp le leq ge geq ne neq approx equiv sim
    infty to in notin subset cup cap left right quad qquad ldots dots cdots circ partial mid
"""
CORRIENTES = frozenset(ORDENES_CORRIENTES.split())
CON_GRUPOS = {"frac": 2, "text": 1, "mathrm": 1, "mathbf": 1, "bar": 1, "hat": 1, "sqrt": 1}
ESPACIOS = frozenset((r"\,", r"\;", r"\:", r"\!", r"\%", r"\|"))
INACABADA = re.compile(r"[&#~]|(?<!\\)%|[\^_]\s*(?:$|[\^_])")
PARRAFO = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def de_formulas(prosa: Prosa) -> Iterator[tuple[int, str, str]]:
    """``línea, valor, remedio`` de cada fórmula que no se podría escribir, en orden."""
    hay = {m.start(): m[0] for patron in (FORMULA, EXPUESTA) for m in patron.finditer(prosa.texto)}
    dudosas = tuple(dict.fromkeys(f for f in hay.values() if _cuadra(f) and not _corriente(f)))
    no_se_entienden = _rechazadas(dudosas) if dudosas else frozenset()
    for inicio, formula in sorted(hay.items()):
        if orden := SOLO_DE_LATEX.search(formula):
            remedio = "esa orden de LaTeX no vale en una fórmula: quítela"
            yield prosa.linea(inicio), orden[0], remedio
        elif not _cuadra(formula):
            yield prosa.linea(inicio), formula, "a la fórmula le falta una llave"
        elif formula in no_se_entienden:
            remedio = "la fórmula no se entiende: corrija sus órdenes o sus llaves, o quítela"
            yield prosa.linea(inicio), formula, remedio


def _cuadra(formula: str) -> bool:
    llaves = LLAVE.findall(formula)
    return llaves.count("{") == llaves.count("}")


def _corriente(formula: str) -> bool:
    """Si se sabe, sin preguntar, que se entiende: solo lleva órdenes comunes con sus grupos."""
    texto = formula.strip("$")
    while m := DE_ADENTRO.search(texto):
        if not _llana(m[1]):
            return False
        texto = texto[: m.start()] + GRUPO + texto[m.end() :]
    return _llana(texto)


def _llana(texto: str) -> bool:
    return not INACABADA.search(texto.strip()) and all(
        m[0] in ESPACIOS
        or m[1] in CORRIENTES
        or (m[1] in CON_GRUPOS and texto.startswith(GRUPO * CON_GRUPOS[m[1]], m.end()))
        for m in ORDEN.finditer(texto)
    )


@lru_cache(maxsize=64)
def _rechazadas(formulas: tuple[str, ...]) -> frozenset[str]:
    """Las que pandoc deja sin convertir; ninguna si no da un párrafo por fórmula."""
    hecho = subprocess.run(
        [pandoc(), "--from=markdown", "--to=html", "--mathml"],
        input="\n\n".join(formulas).encode("utf-8"),
        capture_output=True,
        check=False,
    )
    parrafos = PARRAFO.findall(hecho.stdout.decode("utf-8"))
    if len(parrafos) != len(formulas):
        return frozenset()
    return frozenset(f for f, dado in zip(formulas, parrafos, strict=True) if "<math" not in dado)
