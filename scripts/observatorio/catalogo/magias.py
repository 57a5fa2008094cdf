"""Las órdenes de IPython, que empiezan por %: las que aquí no existen, como ``%md`` de Databricks,
detienen el cuaderno.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

ORDEN = re.compile(r"^\s*(?:[\w.,\s]*=\s*)?%(\w+)(?=\s|$)")
DE_CELDA = re.compile(r"\s*%%(\w+)")
TRAE_OTRAS = re.compile(r"^\s*%(load_ext|reload_ext|alias|alias_magic|automagic)\b", re.MULTILINE)
"""Tras una de ellas no se sabe cuáles hay."""
OTROS_NOMBRES = re.compile(
    "HTML|SVG|cat|cp|edi?t?|file|hist|ldir|less|lf|lk|ll|ls|lx|man|mkdir|more|mv|rep|rm|rmdir"
)
"""Los que IPython pone al empezar."""


def desconocidas(lineas: Sequence[str]) -> Iterator[tuple[int, str]]:
    """``(línea, orden)`` de las que no existen; de una celda que es toda de una orden, solo esa: lo
    que sigue puede ser de otro lenguaje.
    """
    if (celda := DE_CELDA.match("\n".join(lineas))) is not None:
        if not _se_conoce(celda[1]):
            yield next(n for n, x in enumerate(lineas, 1) if x.strip()), celda[0].strip()
        return
    for n, linea in enumerate(lineas, 1):
        if (orden := ORDEN.match(linea)) is not None and not _se_conoce(orden[1]):
            yield n, f"%{orden[1]}"


@cache
def _de_ipython() -> set[str]:
    """Las que trae IPython, de una línea o de una celda."""
    import IPython.core.magics as de_ipython
    from IPython.core.magics.script import default_script_magics

    clases = (getattr(de_ipython, nombre) for nombre in dir(de_ipython))
    propias = (c.magics for c in clases if isinstance(getattr(c, "magics", None), dict))
    de_sus_clases = {nombre for suyas in propias for forma in suyas.values() for nombre in forma}
    return de_sus_clases | set(default_script_magics())


def _se_conoce(orden: str) -> bool:
    return bool(OTROS_NOMBRES.fullmatch(orden)) or orden in _de_ipython()
