"""La planilla: solo lo de su responsable, solo las celdas que se llenan abiertas, y los controles
puestos.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from apoyo_hojas import CORTE, respuestas
from observatorio.cli import principal
from observatorio.recojo.planillas.forma import HOJA, OCULTA
from observatorio.rutas import Proyecto


@pytest.fixture
def planilla(copia: Proyecto, tmp_path: Path):
    """``planilla(responsable, periodo, *más)``: la ruta del libro escrito por la orden."""

    def hacer(responsable: str, periodo: str, *mas: str) -> Path:
        ruta = tmp_path / "p.xlsx"
        assert (
            principal(
                [
                    "--raiz",
                    str(copia.raiz),
                    "planilla",
                    "--responsable",
                    responsable,
                    "--periodo",
                    periodo,
                    "--a",
                    str(ruta),
                    *mas,
                ]
            )
            == 0
        )
        return ruta

    return hacer


def test_un_puesto_de_salud_llena_unas_pocas_celdas_y_no_las_del_que_cuenta_puestos(
    planilla,
) -> None:
    hoja = load_workbook(planilla("Puesto de salud de Vijus", "2026-T4"))[HOJA]
    abiertas = {c.coordinate for fila in hoja.iter_rows() for c in fila if not c.protection.locked}
    notas = {
        c for c in abiertas if str(hoja[f"A{c[1:]}"].value).startswith("Nota") or c.startswith("C")
    }
    assert hoja.protection.sheet and 7 <= len(abiertas - notas) <= 20
    titulos = [str(hoja[f"A{i}"].value) for i in range(1, hoja.max_row + 1)]
    assert {t[:6] for t in titulos if "·" in t} == {"M1-K08", "M4-K05"}
    assert any("Último dato: 50.0" in t for t in titulos)


def test_la_estructura_esta_protegida_y_lo_abierto_lleva_control(planilla) -> None:
    libro = load_workbook(planilla("padrón nominal", "2026-T3"))
    hoja = libro[HOJA]
    assert libro.security.lockStructure and libro[OCULTA].sheet_state == "hidden"
    controladas = {r.coord for v in hoja.data_validations.dataValidation for r in v.sqref.ranges}
    abiertas = {
        c.coordinate
        for fila in hoja.iter_rows()
        for c in fila
        if not c.protection.locked and c.coordinate.startswith("B")
    }
    textos = {c for c in abiertas if str(hoja[f"A{c[1:]}"].value).startswith(("Nota", "Su cargo"))}
    assert abiertas - textos == controladas
    listas = [v for v in hoja.data_validations.dataValidation if v.type == "list"]
    assert len(listas) == 3 and all("No se midió" in v.formula1 for v in listas)


def test_lo_ya_recibido_se_muestra_y_no_se_pide(planilla) -> None:
    ruta = planilla("DEMO-00090005", "2026-T3")
    assert "✓ Ya recibido" in " ".join(
        str(c.value) for fila in load_workbook(ruta)[HOJA].iter_rows() for c in fila
    )
    assert respuestas(ruta, {("M4-K05", "2026-T3"): (1, 2)}) == {
        "B7": "Responsable de estadística",
        "B8": CORTE,
    }


def test_un_responsable_desconocido_lista_los_que_hay(
    copia: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        principal(
            [
                "--raiz",
                str(copia.raiz),
                "planilla",
                "--responsable",
                "nadie",
                "--periodo",
                "2026-T3",
            ]
        )
        == 2
    )
    dicho = capsys.readouterr().err
    assert "Oficina municipal del padrón nominal" in dicho and "DEMO-00090005" in dicho


@pytest.mark.parametrize(
    ("responsable", "periodo", "dice"),
    [
        ("padrón nominal", "2026-13", "no es un periodo"),
        ("Contraloría y órgano", "2026-05", "no le toca ningún dato"),
    ],
)
def test_un_periodo_que_no_sirve_se_explica(
    copia: Proyecto, capsys: pytest.CaptureFixture[str], responsable: str, periodo: str, dice: str
) -> None:
    assert (
        principal(
            [
                "--raiz",
                str(copia.raiz),
                "planilla",
                "--responsable",
                responsable,
                "--periodo",
                periodo,
            ]
        )
        == 2
    )
    assert dice in capsys.readouterr().err


def test_un_periodo_que_no_termina_se_avisa(planilla, capsys: pytest.CaptureFixture[str]) -> None:
    planilla("padrón nominal", "2026-T4")
    dicho = capsys.readouterr().err
    assert "2026-11, 2026-12" in dicho and "2026-10-31" in dicho and "periodo-futuro" in dicho
    planilla("padrón nominal", "2026-T3")
    assert capsys.readouterr().err == ""


def test_mismos_datos_mismos_bytes(planilla, tmp_path: Path) -> None:
    primera = planilla("padrón nominal", "2026-T3").read_bytes()
    assert planilla("padrón nominal", "2026-T3").read_bytes() == primera


def test_con_grupos_y_con_anexos_pide_mas(planilla) -> None:
    def cuantas(*mas: str) -> int:
        return load_workbook(planilla("Red de Salud Pataz", "2026-S2", *mas))[OCULTA].max_row - 4

    assert cuantas() < cuantas("--con", "grupos") < cuantas("--con", "grupos", "--con", "anexos")


def test_construir_no_carga_lo_que_solo_sirve_a_las_planillas() -> None:
    codigo = (
        "import sys, observatorio.cli, observatorio.preparar, observatorio.calculo,"
        " observatorio.productos.piezas, observatorio.productos.datos_abiertos.publicos\n"
        "print([m for m in ('pandas', 'openpyxl', 'icalendar', 'python_calamine', 'ruamel.yaml')"
        " if m in sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", codigo], capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
        == "[]"
    )
