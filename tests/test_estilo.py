"""La casa en orden: estilo, tamaño de los módulos y órdenes documentadas."""

from __future__ import annotations

import ast
import subprocess
import sys

from observatorio.cli import analizador
from observatorio.rutas import Proyecto

LINEAS, LINEAS_DE_FUNCION = 320, 45


def test_ruff(proyecto_real: Proyecto) -> None:
    r = subprocess.run([sys.executable, "-m", "ruff", "check", "scripts", "tests"], cwd=proyecto_real.raiz, capture_output=True, text=True, check=False)
    assert r.returncode == 0, r.stdout


def test_ningun_modulo_ni_funcion_crece_de_mas(proyecto_real: Proyecto) -> None:
    grandes = []
    for ruta in (proyecto_real.raiz / "scripts").rglob("*.py"):
        texto = ruta.read_text(encoding="utf-8")
        if texto.count("\n") > LINEAS:
            grandes.append(f"{ruta.name}: {texto.count(chr(10))} líneas")
        for nodo in ast.walk(ast.parse(texto)):
            if isinstance(nodo, ast.FunctionDef | ast.AsyncFunctionDef) and nodo.end_lineno - nodo.lineno > LINEAS_DE_FUNCION:
                grandes.append(f"{ruta.name}:{nodo.lineno} {nodo.name}")
    assert not grandes


def test_cada_orden_esta_en_el_readme_y_tiene_ayuda(proyecto_real: Proyecto) -> None:
    readme = (proyecto_real.raiz / "README.md").read_text(encoding="utf-8")
    ordenes = next(a for a in analizador()._actions if a.choices and a.dest != "help").choices
    assert len(ordenes) >= 6
    for nombre, orden in ordenes.items():
        assert f"`observatorio {nombre}" in readme, nombre
        assert orden.format_help().count("\n") > 3
