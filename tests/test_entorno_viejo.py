"""Con otros paquetes que los fijados, lo que falla es del entorno, y se dice cómo rehacerlo."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from observatorio import cli
from observatorio.base.entorno import fuera_de_lo_fijado
from observatorio.rutas import Proyecto

FIJADOS = f"polars=={version('polars')} \\\n    --hash=sha256:00\n"


@pytest.mark.parametrize(
    ("linea", "dicho"),
    [
        ("no-hay-tal==1.0 \\\n    --hash=sha256:00\n", ["falta no-hay-tal 1.0"]),
        ("no-hay-tal==1.0 ; sys_platform == 'win32' \\\n", []),
        ("pyyaml==0.1 \\\n", [f"pyyaml es {version('pyyaml')} y va 0.1"]),
        (f"pyyaml==0.1 ; a\npyyaml=={version('pyyaml')} ; b\n", []),
    ],
)
def test_se_compara_lo_instalado_con_lo_fijado(
    tmp_path: Path, linea: str, dicho: list[str]
) -> None:
    requisitos = tmp_path / "requirements.txt"
    requisitos.write_text(FIJADOS + linea, encoding="utf-8")
    assert fuera_de_lo_fijado(requisitos) == dicho


def test_el_entorno_de_las_pruebas_es_el_fijado(proyecto_real: Proyecto) -> None:
    assert fuera_de_lo_fijado(proyecto_real.raiz / "requirements.txt") == []


@pytest.mark.parametrize("ausente", ["py_mini_racer", "polars", "observatorio.nada"])
def test_un_modulo_ausente_se_dice_sin_rastro(
    proyecto_real: Proyecto, capsys: pytest.CaptureFixture[str], ausente: str
) -> None:
    fallo = ModuleNotFoundError(f"No module named '{ausente}'", name=ausente)
    cli._inesperado(fallo, False, proyecto_real.raiz / "requirements.txt")
    dicho = capsys.readouterr().err
    assert "Traceback" not in dicho
    del_programa = ausente.startswith("observatorio")
    assert ("make entorno" in dicho) is not del_programa
    assert ("Algo inesperado" in dicho) is del_programa
    assert del_programa or f"falta el módulo {ausente}" in dicho
