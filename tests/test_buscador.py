"""La búsqueda en un navegador de verdad: sin tildes, con una falta, con teclado, sin servidor y sin
guion.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from apoyo_navegador import CHROMIUM
from observatorio.base.plegado import plegado
from observatorio.catalogo.direcciones import BUSCAR, de_kpi
from observatorio.catalogo.nombre_de_lugar import NombreDeLugar
from observatorio.paginas.fuentes import Pagina, paginas
from observatorio.productos import buscador
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

con_navegador = pytest.mark.skipif(
    CHROMIUM is None, reason="no hay Chromium en el PATH: la búsqueda no se prueba en un navegador"
)
CABE = 60 * 1024


@pytest.fixture(scope="module")
def guion(proyecto_real: Proyecto, resultados_reales: Resultados) -> bytes:
    """El del sitio entero, sin construirlo."""
    propias = paginas(proyecto_real, con_generadas=False)
    todas = buscador.entradas(resultados_reales.catalogo, propias)
    return buscador.datos(todas) + (proyecto_real.extension / "buscador.js").read_bytes()


def _indice(guion: bytes) -> dict[str, list[list[str]]]:
    texto = guion.decode().removeprefix("const BUSCABLE = ")
    return dict(json.JSONDecoder().raw_decode(texto)[0])


def test_el_indice_es_ligero_y_tiene_cada_indicador_y_cada_anexo(
    guion: bytes, resultados_reales: Resultados
) -> None:
    assert len(gzip.compress(guion)) <= CABE
    catalogo, indice = resultados_reales.catalogo, _indice(guion)
    assert {e[2] for e in indice["Indicadores"]} == {de_kpi(catalogo, c) for c in catalogo.kpis}
    assert [e[0] for e in indice["Anexos"]].count("Vijus") == 1
    assert len(indice["Anexos"]) == len(catalogo.territorio.anexos)
    assert "metodologia.html#privacidad" in {e[2] for e in indice["Definiciones"]}


def test_de_un_indicador_reservado_o_sensible_se_busca_solo_el_nombre(
    guion: bytes, resultados_reales: Resultados
) -> None:
    catalogo = resultados_reales.catalogo
    reservados = {
        de_kpi(catalogo, k.codigo): (k.nombre_corto, m.nombre_corto, okr.nombre, k.codigo)
        for m, okr, k in catalogo.recorrer()
        if not k.se_sigue_en_publico
    }
    assert reservados
    for titulo, _, direccion, palabras in _indice(guion)["Indicadores"]:
        if direccion in reservados:
            admitidas = buscador.PALABRA.findall(plegado(" ".join(reservados[direccion])))
            codigo = reservados[direccion][-1].replace("-", "").lower()
            assert set(palabras.split()) <= {*admitidas, codigo}, titulo


def test_los_titulos_se_leen_sin_sus_marcas(tmp_path: Path) -> None:
    cuerpo = (
        '## []{.pieza nombre="cuantos"} comités de *aquí* {#comites}\n\nUn **acuerdo** se vota.\n\n'
        '## De []{.pieza nombre="los-anexos"} {#lugares}\n\n**Cada []{.pieza nombre="anexo"}**.\n\n'
        "```\n## Código {#no}\n```\n\n## Sin ancla\n"
    )
    pagina = Pagina(tmp_path / "x.qmd", "html", "x.html", {"title": "Quién"}, cuerpo)
    lugar = NombreDeLugar(singular="aldea", plural="aldeas", genero="femenino")
    hechas = list(buscador._de_prosa(pagina, lugar.piezas))
    assert [(e.titulo, e.direccion, e.textos) for e in hechas] == [
        ("Quién", "x.html", ""),
        ("Comités de aquí", "x.html#comites", "acuerdo"),
        ("De las aldeas", "x.html#lugares", "Cada aldea"),
    ]


@pytest.fixture(scope="module")
def caja(navegador, guion: bytes) -> Iterator:
    """La caja de buscar, abierta una vez para todos los pedidos."""
    hoja = navegador.new_page()
    hoja.set_content('<main id="aqui"></main>')
    hoja.add_script_tag(content=guion.decode())
    hoja.evaluate("buscador.montar(document.getElementById('aqui'), 'https://sitio.test/')")
    yield hoja
    hoja.close()


@con_navegador
@pytest.mark.parametrize(
    ("pedido", "codigo"),
    [
        ("anemia", "M4-K01"),
        ("vacunasion", "M1-K08"),
        ("bacunas", "M1-K08"),
        ("desnutrision cronica", "M4-K04"),
        ("minería", "M5-K10"),
        ("pasivos mina", "M5-K10"),
        ("m4k01", "M4-K01"),
        ("niños con vacunas", "M1-K08"),
        ("qwertyzzz", ""),
    ],
)
def test_se_halla_sin_tildes_por_comienzos_y_con_una_falta(
    caja, resultados_reales: Resultados, pedido: str, codigo: str
) -> None:
    caja.get_by_label("Buscar").fill(pedido)
    halladas = caja.locator(".hallado a").evaluate_all("as => as.map(a => a.pathname.slice(1))")
    if codigo:
        assert de_kpi(resultados_reales.catalogo, codigo) in halladas[:5]
    else:
        assert halladas == []


@con_navegador
def test_de_la_portada_al_indicador_con_teclado_y_sin_servidor(
    navegador, minimo_de_todos: Proyecto
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    contexto = navegador.new_context(viewport={"width": 390, "height": 844})
    hoja = contexto.new_page()
    quejas: list[str] = []
    pedidos: list[str] = []
    hoja.on("console", lambda m: quejas.append(m.text) if "Security Policy" in m.text else None)
    hoja.on("pageerror", lambda e: quejas.append(str(e)))
    hoja.on("request", lambda r: pedidos.append(r.url))
    hoja.goto((minimo_de_todos.sitio / "index.html").resolve().as_uri())
    assert not [p for p in pedidos if "buscador" in p], "se pide antes de usarla"
    abre = hoja.get_by_role("link", name="Buscar", exact=True)
    abre.press("Enter")
    campo = hoja.get_by_label("Buscar en el observatorio")
    campo.press_sequentially("nutricion")
    assert campo.evaluate("c => c === document.activeElement")
    assert "indicadores, " in hoja.locator("dialog [role=status]").inner_text()
    faltas = Axe().run(hoja, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(f["id"], f["nodes"][0]["html"]) for f in faltas] == []
    assert hoja.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    hoja.keyboard.press("ArrowDown")
    assert hoja.evaluate("() => document.activeElement.matches('.hallado a')")
    hoja.keyboard.press("ArrowUp")
    assert campo.evaluate("c => c === document.activeElement")
    hoja.keyboard.press("Escape")
    assert hoja.locator("dialog[open]").count() == 0
    assert abre.evaluate("a => a === document.activeElement")
    hoja.keyboard.press("Enter")
    campo.fill("anemya")
    campo.press("Enter")
    hoja.wait_for_url("**/indicadores/M4-K*/index.html")
    assert "anemia" in hoja.locator("h1").inner_text().lower()
    contexto.close()
    assert quejas == []


@con_navegador
def test_sin_guion_el_enlace_lleva_a_todo_lo_que_hay(navegador, minimo_de_todos: Proyecto) -> None:
    contexto = navegador.new_context(java_script_enabled=False)
    hoja = contexto.new_page()
    hoja.goto((minimo_de_todos.sitio / "index.html").resolve().as_uri())
    hoja.get_by_role("link", name="Buscar", exact=True).click()
    hoja.wait_for_url(f"**/{BUSCAR}")
    destinos = hoja.locator(".todo-lo-que-hay a").evaluate_all("as => as.map(a => a.href)")
    contexto.close()
    assert any("M4-K01" in d for d in destinos) and any("/anexos/" in d for d in destinos)
    for destino in destinos:
        assert Path(destino.removeprefix("file://").partition("#")[0]).is_file(), destino
