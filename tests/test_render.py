"""Qué es una página se lee en un solo sitio, y lee lo mismo que YAML."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from observatorio.edicion.render import patrones_de_render

RAIZ = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "render",
    [
        '\n    - "/*.qmd"\n    - /misiones/*/index.ipynb\n',
        "\n    # las «páginas»: \"todas\"\n    - '/*.qmd'  # las de prosa\n    - plan.qmd\n",
        ' ["/*.qmd", plan.qmd]\n',
        " [index.qmd, 'voces-del-valle.qmd']\n",
        "\n  - index.qmd\n",
        " []\n",
    ],
)
def test_la_lista_de_paginas_es_la_que_lee_yaml(tmp_path: Path, render: str) -> None:
    texto = f"project:\n  type: default\n  render:{render}  resources:\n    - /activos/\nlang: es\n"
    (tmp_path / "_quarto.yml").write_text(texto, encoding="utf-8")
    leido = yaml.safe_load(texto)["project"]["render"]
    assert patrones_de_render(tmp_path) == [p.lstrip("/") for p in leido]


def test_la_del_proyecto_es_la_que_lee_yaml() -> None:
    leido = yaml.safe_load((RAIZ / "_quarto.yml").read_text(encoding="utf-8"))
    declarados = leido["project"]["render"]
    assert [f"/{p}" for p in patrones_de_render(RAIZ)] == declarados != []


def test_sin_lista_no_hay_paginas(tmp_path: Path) -> None:
    (tmp_path / "_quarto.yml").write_text("project:\n  type: default\n", encoding="utf-8")
    assert patrones_de_render(tmp_path) == []
