"""Un proceso auxiliar no carga la orden que lo creó: de ella no usa nada."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
