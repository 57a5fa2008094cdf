"""El programa va en una sola dirección: las salas y lo que cada una puede importar están en
``.importlinter``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from observatorio.rutas import Proyecto

ABAJO_ARRIBA = {
    "perezoso": "\n\ndef ultimo():\n    from ..calculo import calcular\n\n    return calcular\n",
    "de tipos": "\nif TYPE_CHECKING:\n    from ..calculo import calcular\n",
}


def revisar(raiz: Path) -> subprocess.CompletedProcess[str]:
    """Las reglas de ``raiz/.importlinter`` sobre el programa de ``raiz/scripts``."""
    orden = (
        "import sys; from importlinter.cli import lint_imports;"
        " sys.exit(lint_imports(no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", orden],
        cwd=raiz,
        env=os.environ | {"PYTHONPATH": str(raiz / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_cada_sala_importa_solo_lo_que_esta_debajo(proyecto_real: Proyecto) -> None:
    r = revisar(proyecto_real.raiz)
    assert r.returncode == 0, r.stdout


@pytest.mark.parametrize("cual", ABAJO_ARRIBA)
def test_un_import_hacia_arriba_se_ve_aunque_no_corra(
    proyecto_real: Proyecto, tmp_path: Path, cual: str
) -> None:
    shutil.copytree(
        proyecto_real.raiz / "scripts/observatorio",
        tmp_path / "scripts/observatorio",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(proyecto_real.raiz / ".importlinter", tmp_path)
    with (tmp_path / "scripts/observatorio/metodo/kendall.py").open("a", encoding="utf-8") as f:
        f.write(ABAJO_ARRIBA[cual])
    r = revisar(tmp_path)
    assert r.returncode == 1
    assert "observatorio.metodo.kendall -> observatorio.calculo" in r.stdout
