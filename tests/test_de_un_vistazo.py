"""En un teléfono barato: la respuesta va primero, y lo que no se ve no se compone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from apoyo_navegador import CHROMIUM, servido
from conftest import RAIZ
from observatorio.catalogo.direcciones import de_kpi
from observatorio.productos import buscador, explorador
from observatorio.resultados.boletin import Lugar
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

con_navegador = pytest.mark.skipif(
    CHROMIUM is None, reason="no hay Chromium en el PATH: las páginas no se miden en un navegador"
)


@pytest.fixture(scope="module")
def direccion(real_construido: Proyecto) -> Iterator[str]:
    with servido(real_construido.sitio.resolve()) as base:
        yield base


def test_la_portada_responde_antes_de_preguntar() -> None:
    for portada in (
        RAIZ / "index.qmd",
        RAIZ / "scripts" / "observatorio" / "esqueleto" / "plantillas" / "index.qmd",
    ):
        piezas = re.findall(r'^::: \{\.pieza nombre="([^"]+)"\}', portada.read_text("utf-8"), re.M)
        assert piezas[:2] == ["hallazgo", "mi-anexo"], portada


def test_la_tabla_de_indicadores_llega_por_tramos(resultados_reales: Resultados) -> None:
    html = explorador.pagina(resultados_reales)
    tramos = [t.count("<tr") for t in re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)]
    assert sum(tramos) == len(resultados_reales.catalogo.kpis)
    assert len(tramos) > 1 and max(tramos) == explorador.TRAMO


def test_lo_que_se_busca_va_por_mision_y_no_la_repite(resultados_reales: Resultados) -> None:
    catalogo = resultados_reales.catalogo
    html = buscador.pagina(buscador.entradas(catalogo, [], []))
    for mision in catalogo.misiones:
        titulo = f"<h3>{mision.codigo} · {mision.nombre_corto}</h3>"
        assert html.count(titulo) == 1
        suyos = html.partition(titulo)[2].partition("</ul>")[0]
        dichos = [k.codigo for m, _, k in catalogo.recorrer() if m is mision]
        assert re.findall(r">(M\d+-K\d+) ", suyos) == dichos


@pytest.mark.parametrize(
    ("sitio", "junto"),
    [
        ("Observatorio de Misiones del distrito de Pataz", "La Libertad"),
        ("Observatorio de Misiones", "distrito de Pataz"),
    ],
)
def test_un_boletin_no_dice_dos_veces_de_donde_es(sitio: str, junto: str) -> None:
    lugar = Lugar(sitio, "distrito de Pataz", "La Libertad", "https://ejemplo.pe", 2030, "Plan")
    assert lugar.junto_al_sitio == junto


@con_navegador
def test_al_llegar_el_explorador_no_toca_ninguna_fila(navegador, direccion: str) -> None:
    hoja = navegador.new_page(viewport={"width": 390, "height": 844})
    hoja.goto(f"{direccion}indicadores/index.html")
    tramos = hoja.locator("#todos-los-indicadores tbody")
    quitar = hoja.get_by_role("button", name="Quitar los filtros")
    assert tramos.count() > 1 and quitar.count() == 0
    ordenada = hoja.locator("th[aria-sort]")
    assert ordenada.inner_text() == "Misión"
    todas = hoja.locator("#todos-los-indicadores tbody tr")
    antes = todas.evaluate_all("fs => fs.map(f => f.cells[0].textContent)")
    hoja.get_by_label("Estado", exact=True).select_option("rezagado")
    assert tramos.count() == 1 and 0 < todas.locator("visible=true").count() < len(antes)
    quitar.click()
    assert todas.evaluate_all("fs => fs.map(f => f.cells[0].textContent)") == antes
    assert quitar.count() == 0 and todas.locator("visible=true").count() == len(antes)
    hoja.close()


@con_navegador
@pytest.mark.parametrize("ancho", [320, 390])
def test_la_unidad_mas_larga_cabe_en_el_telefono(
    navegador, direccion: str, real_construido: Proyecto, resultados_reales: Resultados, ancho: int
) -> None:
    kpis = json.loads((Path(real_construido.sitio) / "datos" / "kpis.json").read_text("utf-8"))
    con_cifra = [k for k in kpis if k["ultimo"] and k["avance"] is not None]
    largo = max(con_cifra, key=lambda k: max(len(p) for p in k["unidad"].split()))
    hoja = navegador.new_page(viewport={"width": ancho, "height": 844})
    hoja.goto(direccion + de_kpi(resultados_reales.catalogo, largo["codigo"]))
    hoja.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert hoja.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    hoja.close()
