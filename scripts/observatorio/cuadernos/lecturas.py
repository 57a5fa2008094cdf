"""¿Lee un cuaderno algo que nadie le dio? Si puede hacerlo, todo el proyecto es su entrada.

Lo que se recibe de ``observatorio.cuaderno`` tiene su clave exacta. Lo que un cuaderno arma por su
cuenta (una ruta por partes, un ``glob``, un módulo de al lado) no se puede adivinar: ante la duda
se rehace de más.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ..base.lecturas import texto

DE_MAS = ("datos", "hojas de ruta", "cuadernos", "páginas")
"""Familias de entradas de las que depende un cuaderno que lee por su cuenta."""
LECTORES = re.compile(
    r"open|i?r?glob|iterdir|listdir|scandir|walk|eval|exec|__import__|import_module|get_ipython|genfromtxt|fromfile|memmap|(read|scan|load)(_?\w+)?|\w*Path"
)
MODULOS = {
    "builtins",
    "glob",
    "importlib",
    "io",
    "os",
    "pathlib",
    "runpy",
    "shutil",
    "sqlite3",
    "subprocess",
    "sys",
}


def lee_por_su_cuenta(cuaderno: Path) -> bool:
    """¿Nombra el cuaderno algo con que se leen archivos, o importa un módulo que no viene de un
    paquete?
    """
    vecinos = {p.stem for p in cuaderno.parent.rglob("*.py")} | {
        p.name for p in cuaderno.parent.iterdir() if p.is_dir()
    }
    return any(
        LECTORES.fullmatch(nombre)
        or (de_modulo and (nombre in MODULOS | vecinos or importlib.util.find_spec(nombre) is None))
        for nombre, de_modulo in _nombres(texto(cuaderno))
    )


@lru_cache(maxsize=16)
def _nombres(cuaderno: str) -> frozenset[tuple[str, bool]]:
    return frozenset(_nombrados(cuaderno))


def _nombrados(cuaderno: str) -> Iterator[tuple[str, bool]]:
    """``(nombre, ¿es un módulo que se importa?)`` de todo el código; lo que no es Python puro
    cuenta como lector.
    """
    for celda in json.loads(cuaderno)["cells"]:
        if celda["cell_type"] != "code":
            continue
        try:
            arbol = ast.parse("".join(celda["source"]))
        except SyntaxError:
            yield "get_ipython", False
            continue
        for nodo in ast.walk(arbol):
            match nodo:
                case ast.Import(names=alias):
                    yield from ((a.name.partition(".")[0], True) for a in alias)
                case ast.ImportFrom(module=modulo, names=alias):
                    yield (modulo or "builtins").partition(".")[0], True
                    yield from ((a.name, False) for a in alias)
                case ast.Attribute(attr=nombre) | ast.Name(id=nombre):
                    yield nombre, False
