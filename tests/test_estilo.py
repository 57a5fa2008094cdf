"""La casa en orden: estilo y órdenes documentadas."""

from __future__ import annotations

import subprocess
import sys

import pytest

from observatorio.cli import analizador
from observatorio.rutas import Proyecto


@pytest.mark.parametrize("orden", [["check"], ["format", "--check"]], ids="-".join)
def test_ruff(proyecto_real: Proyecto, orden: list[str]) -> None:
    r = subprocess.run(
        [sys.executable, "-m", "ruff", *orden, "scripts", "tests"],
        cwd=proyecto_real.raiz,
        capture_output=True,
        text=True,
        check=False,
    )
    assert r.returncode == 0, r.stdout


def test_cada_orden_esta_en_el_readme_y_tiene_ayuda(proyecto_real: Proyecto) -> None:
    readme = (proyecto_real.raiz / "README.md").read_text(encoding="utf-8")
    ordenes = next(a for a in analizador()._actions if a.choices and a.dest != "help").choices
    assert len(ordenes) >= 6
    for nombre, orden in ordenes.items():
        assert f"`observatorio {nombre}" in readme, nombre
        assert orden.format_help().count("\n") > 3
