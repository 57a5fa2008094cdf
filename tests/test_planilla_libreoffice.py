"""Lo prometido, de punta a punta: LibreOffice llena la planilla, se importa, y el valor nuevo está
en la página.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from apoyo_hojas import llenar_con_libreoffice, respuestas, soffice
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.recojo.hojas.cuadricula import leer_hojas
from observatorio.rutas import Proyecto

NUMEROS = {
    ("M4-K13", "2026-07"): None,
    ("M4-K13", "2026-08"): (30, 45),
    ("M4-K13", "2026-09"): (34, 46),
}


@pytest.fixture
def vacia(construido: Proyecto, tmp_path: Path) -> Path:
    soffice()
    assert (
        principal(
            [
                "--raiz",
                str(construido.raiz),
                "planilla",
                "--responsable",
                "padrón nominal",
                "--periodo",
                "2026-T3",
                "--a",
                str(tmp_path / "v.xlsx"),
            ]
        )
        == 0
    )
    return tmp_path / "v.xlsx"


def fila_de(pagina: Path, codigo: str) -> str:
    texto = pagina.read_text(encoding="utf-8")
    fila = re.search(rf'<tr(?:(?!<tr).)*?id="{codigo}".*?</tr>', texto, re.S)
    assert fila, f"{codigo} no está en {pagina}"
    return html.unescape(re.sub(r"<[^>]+>", " ", fila[0]))


@pytest.mark.largo
def test_el_valor_llenado_en_libreoffice_llega_a_la_pagina(
    construido: Proyecto, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pagina = construido.sitio / "misiones" / "m4-nutricion" / "index.html"
    antes = fila_de(pagina, "M4-K13")
    assert "73.9" not in antes and "sin datos" in antes
    ruta = llenar_con_libreoffice(vacia, vacia.with_name("llena.xlsx"), respuestas(vacia, NUMEROS))
    assert principal(["--raiz", str(construido.raiz), "importar", str(ruta), "--si"]) == 0
    assert "RECIBO r-" in capsys.readouterr().out
    construir(construido, "embebido")
    despues = fila_de(pagina, "M4-K13")
    assert "73.9" in despues and "2026-09" in despues and "sin datos" not in despues


@pytest.mark.largo
def test_tambien_guardada_como_ods_y_es_la_misma_entrega(
    construido: Proyecto, vacia: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    celdas = respuestas(vacia, NUMEROS)
    como_ods = llenar_con_libreoffice(vacia, vacia.with_name("llena.ods"), celdas)
    assert principal(["--raiz", str(construido.raiz), "importar", str(como_ods), "--si"]) == 0
    como_xlsx = llenar_con_libreoffice(vacia, vacia.with_name("llena.xlsx"), celdas)
    assert principal(["--raiz", str(construido.raiz), "importar", str(como_xlsx), "--si"]) == 0
    assert "ya estaba, igual" in capsys.readouterr().out


def test_la_hoja_avisa_ella_misma_de_lo_que_no_cuadra(vacia: Path) -> None:
    llena = llenar_con_libreoffice(
        vacia,
        vacia.with_name("mal.ods"),
        respuestas(vacia, NUMEROS | {("M4-K13", "2026-08"): (50, 45)}),
    )
    hoja = leer_hojas(llena)[0]
    avisos = [hoja.texto(f, 3) for f in range(1, len(hoja.filas) + 1)]
    assert (
        "0 por llenar, 1 por revisar" in avisos and "⚠ La primera cifra supera al total" in avisos
    )
    assert "No se midió" in avisos and any(a.startswith("73.9 %") for a in avisos)
