"""Un cuaderno se lee como un índice: celdas cortas, una frase antes de cada gráfico y ninguna
función.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from observatorio.rutas import Proyecto

LINEAS, ANCHO, CELDAS = 15, 110, 24
GRAFICO = re.compile(r"recetas\.(?!tabla_de_)\w+|alt\.(\w*Chart|layer|[hv]?concat)")
FRASE = re.compile(r"\w+(\W+\w+){4,}[»}]*[.:]", re.DOTALL)
TITULO_O_CERCA = re.compile(r"^(#+ |:::).*$", re.MULTILINE)


def faltas(celdas: list[dict]) -> Iterator[str]:
    """Lo que en un cuaderno no se lee bien, con el número de su celda."""
    if len(celdas) > CELDAS:
        yield f"tiene {len(celdas)} celdas"
    for numero, celda in enumerate(celdas, 1):
        if celda["cell_type"] != "code":
            continue
        texto = "".join(celda["source"])
        if celda["outputs"] or celda["execution_count"]:
            yield f"celda {numero}: lleva salidas"
        if len(texto.splitlines()) > LINEAS:
            yield f"celda {numero}: tiene {len(texto.splitlines())} líneas"
        if any(len(linea) > ANCHO for linea in texto.splitlines()):
            yield f"celda {numero}: tiene una línea larga"
        arbol = ast.parse(texto)
        if any(
            isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            for n in ast.walk(arbol)
        ):
            yield f"celda {numero}: define una función o una clase"
        if _muestra_un_grafico(arbol) and not _es_frase(celdas[numero - 2]):
            yield f"celda {numero}: dibuja sin decir antes a qué contesta"


def _muestra_un_grafico(arbol: ast.Module) -> bool:
    ultima = arbol.body[-1] if arbol.body else None
    return isinstance(ultima, ast.Expr) and any(
        isinstance(n, ast.Call) and GRAFICO.fullmatch(ast.unparse(n.func)) for n in ast.walk(ultima)
    )


def _es_frase(celda: dict) -> bool:
    texto = TITULO_O_CERCA.sub("", "".join(celda["source"]))
    return celda["cell_type"] == "markdown" and FRASE.search(texto) is not None


def cuadernos(carpeta: Path) -> list[Path]:
    return [r for r in sorted(carpeta.rglob("*.ipynb")) if ".ipynb_checkpoints" not in r.parts]


def test_los_cuadernos_se_leen_como_un_indice(proyecto_real: Proyecto) -> None:
    hallados = cuadernos(proyecto_real.cuadernos)
    assert len(hallados) >= 3
    for ruta in hallados:
        celdas = json.loads(ruta.read_text(encoding="utf-8"))["cells"]
        assert list(faltas(celdas)) == [], ruta
        assert any(
            _muestra_un_grafico(ast.parse("".join(c["source"])))
            for c in celdas
            if c["cell_type"] == "code"
        )


def codigo(texto: str, **otros: object) -> dict:
    return {"cell_type": "code", "source": texto, "outputs": [], "execution_count": None, **otros}


FRASE_ANTES = {
    "cell_type": "markdown",
    "source": "## Avance\n\nEste gráfico dice cuánto avanzó cada indicador.",
}
DIBUJA = "recetas.avances(m.avances).properties(title='Avance')"


@pytest.mark.parametrize(
    ("celdas", "falta"),
    [
        ([codigo("x = 1\n" * 16)], "celda 1: tiene 16 líneas"),
        ([codigo("x = '" + "a" * 120 + "'")], "celda 1: tiene una línea larga"),
        (
            [codigo("if True:\n    def f():\n        pass")],
            "celda 1: define una función o una clase",
        ),
        ([codigo("x = 1", execution_count=3)], "celda 1: lleva salidas"),
        ([codigo("1", outputs=[{"output_type": "stream"}])], "celda 1: lleva salidas"),
        ([codigo("x = 1"), codigo(DIBUJA)], "celda 2: dibuja sin decir antes a qué contesta"),
        (
            [{**FRASE_ANTES, "source": "## Avance {#avance}"}, codigo(DIBUJA)],
            "celda 2: dibuja sin decir antes a qué contesta",
        ),
        (
            [
                codigo("x = 1"),
                codigo("(alt.Chart(t).mark_bar() + b).properties() if t.height else 'nada'"),
            ],
            "celda 2: dibuja sin decir antes a qué contesta",
        ),
        ([codigo("x = 1")] * 25, "tiene 25 celdas"),
    ],
)
def test_lo_que_no_se_lee_bien_se_nota(celdas: list[dict], falta: str) -> None:
    assert list(faltas(celdas)) == [falta]


def test_lo_que_se_lee_bien_no_se_reprocha() -> None:
    assert (
        list(faltas([FRASE_ANTES, codigo(DIBUJA), codigo("t = recetas.tabla_de_avances(k)\nt")]))
        == []
    )
