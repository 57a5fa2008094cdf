"""Los bancos miden lo que dicen: el proyecto inventado pasa la compuerta, y pandas aplica sobre él
las mismas reglas.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from observatorio.calculo import calcular
from observatorio.rutas import Proyecto

BANCOS = Path(__file__).resolve().parents[1] / "scripts" / "bancos"


@pytest.fixture
def bancos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BANCOS))
    yield
    for nombre in ("validacion", "reglas_pandas"):
        sys.modules.pop(nombre, None)


def test_el_proyecto_del_banco_se_valida_y_se_calcula_entero(bancos: None, tmp_path: Path) -> None:
    import reglas_pandas
    import validacion

    filas = validacion.escribir_proyecto(tmp_path / "proyecto", 3000)
    assert calcular(Proyecto(tmp_path / "proyecto")).compacta.height <= filas
    assert reglas_pandas.validar(tmp_path / "proyecto") == 0
