"""Las órdenes de IPython, que empiezan por %: las que aquí no existen, como ``%md`` de Databricks,
detienen el cuaderno.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

PISTA = re.compile(r"^[^#\n]*%\w", re.MULTILINE)
"""Sin ella no hay ninguna, y no hace falta cargar IPython."""
TRAE_OTRAS = re.compile(
    r"^\s*%(alias|alias_magic|automagic)\b|\b(re)?load_ext(ension)?\b|register_(\w+_)?magic",
    re.MULTILINE,
)
"""Tras una de ellas no se sabe cuáles hay."""
OTROS_NOMBRES = re.compile(
    "HTML|SVG|cat|cp|edi?t?|file|hist|ldir|less|lf|lk|ll|ls|lx|man|mkdir|more|mv|rep|rm|rmdir"
)
"""Los que IPython pone al empezar."""
LLAMADAS = {"run_line_magic": "%", "run_cell_magic": "%%"}


def en_python(texto: str) -> str:
    """La celda con sus órdenes de IPython escritas como llamadas, que es lo que se ejecuta."""
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(texto)


def desconocidas(lineas: Sequence[str]) -> Iterator[tuple[int, str]]:
    """``(línea, orden)`` de las que no existen y se ejecutan sin condición: la de un ``if`` o un
    ``try`` puede ser para otro editor.
    """
    texto = "\n".join(lineas)
    if not PISTA.search(texto):
        return
    try:
        arbol = ast.parse(en_python(texto))
    except (SyntaxError, ValueError):
        return
    # IPython quita las líneas en blanco del comienzo.
    antes = next(n for n, x in enumerate(lineas) if x.strip())
    sin_condicion = (x for x in arbol.body if isinstance(x, ast.Expr | ast.Assign))
    for nodo in (n for orden in sin_condicion for n in ast.walk(orden)):
        match nodo:
            case ast.Call(
                func=ast.Attribute(attr=llamada), args=[ast.Constant(value=str(nombre)), *_]
            ) if llamada in LLAMADAS and not _se_conoce(nombre):
                yield antes + nodo.lineno, LLAMADAS[llamada] + nombre


def _se_conoce(orden: str) -> bool:
    return bool(OTROS_NOMBRES.fullmatch(orden)) or orden in _de_ipython()


@cache
def _de_ipython() -> set[str]:
    """Las que trae IPython, de una línea o de una celda."""
    import IPython.core.magics as de_ipython
    from IPython.core.magics.script import default_script_magics

    clases = (getattr(de_ipython, nombre) for nombre in dir(de_ipython))
    propias = (c.magics for c in clases if isinstance(getattr(c, "magics", None), dict))
    de_sus_clases = {nombre for suyas in propias for forma in suyas.values() for nombre in forma}
    return de_sus_clases | set(default_script_magics())
