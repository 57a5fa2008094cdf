"""Un proceso auxiliar no carga la orden que lo creó, de la que no usa nada, y le cede el paso."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from observatorio.procesos import CEDEN, CEDEN_LOS_ULTIMOS, de_un_solo_uso, duraderos

ORDEN = """
from observatorio.arranque import hijos_sin_la_orden
from observatorio.cli import principal
from observatorio.procesos import duraderos

CARGADA = "'observatorio.cli' in __import__('sys').modules"
if __name__ == "__main__":
    assert eval(CARGADA)
    hijos_sin_la_orden()
    with duraderos(1) as grupo:
        print(grupo.submit(eval, CARGADA).result())
"""


def test_un_hijo_no_carga_la_orden(tmp_path: Path) -> None:
    orden = tmp_path / "orden.py"
    orden.write_text(ORDEN, encoding="utf-8")
    r = subprocess.run([sys.executable, str(orden)], capture_output=True, text=True, check=False)
    assert r.stdout.strip() == "False", r.stdout + r.stderr


@pytest.mark.parametrize("grupo", [duraderos, de_un_solo_uso])
def test_un_hijo_cede_el_paso_a_quien_lo_creo(grupo: Callable[[int], ProcessPoolExecutor]) -> None:
    with grupo(1) as procesos:
        assert procesos.submit(os.nice, 0).result() == max(os.nice(0), CEDEN)


def test_lo_que_nadie_espera_va_detras_de_los_demas() -> None:
    with duraderos(1, CEDEN_LOS_ULTIMOS) as procesos:
        assert procesos.submit(os.nice, 0).result() == max(os.nice(0), CEDEN_LOS_ULTIMOS)
