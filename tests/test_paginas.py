"""Las páginas en un navegador de verdad: teléfono y escritorio, con teclado, sin guion, impresas y
con axe.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from apoyo_navegador import CHROMIUM, componer_todo, servido
from conftest import con_muestra
from observatorio.presentacion.filas import Fila, filas, objetivos
from observatorio.presentacion.tablas import tabla_kpis
from observatorio.resultados.abierta import abiertas
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no hay Chromium en el PATH: las páginas no se prueban en un navegador"
)
ANCHOS = (390, 1280)
MISION = "misiones/m1-salud/index.html"
NUTRICION = "misiones/m4-nutricion/index.html"
EXPLORADOR = "indicadores/index.html"
FILAS = "#todos-los-indicadores tbody tr:visible"
ANEXO = "anexos/chagual/index.html"
DE_DOS_FORMAS = ("index.html", "plan.html", MISION, ANEXO)
"""Sus tablas son tarjetas en el teléfono: en el escritorio hay que volver a mirarlas con axe."""
DE_KPI = tuple(f"indicadores/{c}/index.html" for c in ("M4-K01", "M1-K13"))
"""Con anexos protegidos y un cambio de método, y restringido."""
DE_CADA_CLASE = (
    *DE_DOS_FORMAS,
    EXPLORADOR,
    *DE_KPI,
    "404.html",
    "analisis/brechas-entre-anexos/index.html",
    "anexos/index.html",
    "buscar/index.html",
    "calidad.html",
    "cambios/index.html",
    "datos.html",
    "gobernanza.html",
    "metodologia.html",
    "novedades.html",
)
"""Una de cada clase; todas, y a todo ancho, en los bucles largos (test_pagina_por_pagina)."""


@pytest.fixture(scope="session")
def sitio(real_construido: Proyecto) -> Path:
    return real_construido.sitio


@pytest.fixture(scope="module")
def direccion(sitio: Path) -> Iterator[str]:
    with servido(sitio) as base:
        yield base


@contextmanager
def pagina(
    navegador,
    direccion: str,
    ruta: str,
    ancho: int = 390,
    de_vega: tuple[str, ...] = (),
    **opciones,
):
    """Abre una página; al cerrarla no debe haber pedido nada ajeno ni escrito en la consola,
    tampoco que la política impidió algo.

    ``de_vega``: cómo empiezan los avisos de Vega que se dejan pasar.
    """
    contexto = navegador.new_context(viewport={"width": ancho, "height": 844}, **opciones)
    hoja = contexto.new_page()
    quejas = _quejas_de(hoja, direccion)
    hoja.goto(direccion + ruta)
    yield hoja
    contexto.close()
    assert [q for q in quejas if not (de_vega and q.startswith(de_vega))] == []


def _quejas_de(hoja, direccion: str) -> list[str]:
    """Lo que una página dice en la consola o pide a otro sitio, desde ahora."""
    quejas: list[str] = []
    hoja.on(
        "console",
        lambda m: quejas.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None,
    )
    hoja.on("pageerror", lambda e: quejas.append(str(e)))
    hoja.on(
        "request",
        lambda r: (
            None if r.url.startswith((direccion, "data:")) else quejas.append(f"ajena: {r.url}")
        ),
    )
    return quejas


SIN_GUARDAR = "Service Worker registration blocked by Playwright"
"""Lo avisa el navegador de las pruebas, a los segundos, donde no se dejan guardar las páginas."""


@pytest.fixture(scope="module")
def la_misma(navegador, direccion: str) -> Iterator[tuple]:
    """Una sola pestaña, y sus quejas, para recorrer muchas páginas: axe, ya cargado y compilado,
    tarda la mitad que en una nueva.
    """
    contexto = navegador.new_context(service_workers="block")
    hoja = contexto.new_page()
    yield hoja, _quejas_de(hoja, direccion)
    contexto.close()


POR_REVISAR = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
"""La regla que axe trae apagada es de las WCAG 2.2 AA."""
REVISION = """() => {
  const ids = [...document.querySelectorAll('[id]')].map(n => n.id);
  const niveles = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(n => +n.tagName[1]);
  return {
    sobra: document.documentElement.scrollWidth - innerWidth,
    repetidos: ids.filter((id, i) => ids.indexOf(id) !== i),
    saltos: niveles.filter((n, i) => n > (niveles[i - 1] ?? 0) + 1),
    principales: niveles.filter(n => n === 1).length,
  };
}"""


@pytest.mark.parametrize("ancho", ANCHOS)
@pytest.mark.parametrize("ruta", DE_CADA_CLASE)
def test_una_pagina_de_cada_clase_cabe_es_accesible_y_no_pide_nada_ajeno(
    la_misma: tuple, direccion: str, ruta: str, ancho: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    hoja, quejas = la_misma
    quejas.clear()
    hoja.set_viewport_size({"width": ancho, "height": 844})
    hoja.goto(direccion + ruta)
    hallado = hoja.evaluate(REVISION)
    componer_todo(hoja)
    faltas = (
        Axe().run(hoja, options=POR_REVISAR).response["violations"]
        if ancho == ANCHOS[0] or ruta in DE_DOS_FORMAS
        else []
    )
    assert [q for q in quejas if SIN_GUARDAR not in q] == []
    assert hallado == {
        "sobra": hallado["sobra"],
        "repetidos": [],
        "saltos": [],
        "principales": 1,
    }
    assert hallado["sobra"] <= 0, f"se desplaza de lado a {ancho} px"
    assert [(f["id"], f["nodes"][0]["html"]) for f in faltas] == []


def test_los_filtros_se_usan_con_teclado_y_lo_anuncian(navegador, direccion: str) -> None:
    with pagina(navegador, direccion, NUTRICION) as hoja:
        aviso, filas = (
            hoja.locator("form.filtros output"),
            hoja.locator("tr:has([data-estado]):visible"),
        )
        total = hoja.locator("tr:has([data-estado])").count()
        assert (
            aviso.get_attribute("aria-live") == "polite"
            and aviso.inner_text() == f"Son {total} indicadores."
        )
        casilla = hoja.locator("label:has([value=rezagado])")
        esperadas = int(casilla.locator(".cuenta").inner_text())
        casilla.locator("input").focus()
        hoja.keyboard.press("Space")
        assert filas.count() == esperadas < total
        assert aviso.inner_text() == f"Se ven {esperadas} de {total} indicadores."
        assert "estado=rezagado" in hoja.url
        con_fila = hoja.evaluate(
            "() => new Set([...document.querySelectorAll('tr:has([data-estado])')].filter(f =>"
            " !f.hidden).map(f => f.querySelector('.ancla').id)).size"
        )
        assert con_fila == esperadas
        assert hoja.locator("details.okr:visible").count() <= esperadas
        hoja.get_by_role("button", name="Ver todos").press("Enter")
        assert hoja.locator("tr:has([data-estado]):not([hidden])").count() == total
        assert "estado" not in hoja.url


def test_un_numero_de_la_portada_lleva_a_esos_indicadores(navegador, direccion: str) -> None:
    with pagina(navegador, direccion, "index.html") as hoja:
        celda = hoja.locator("table.matriz td a").first
        cuantos = int(celda.inner_text())
        celda.click()
        hoja.wait_for_load_state()
        filas = hoja.locator(FILAS)
        assert filas.count() == cuantos and "estado=" in hoja.url
        assert filas.first.bounding_box()["y"] < 844, "la primera fila no se ve al llegar"
    with pagina(navegador, direccion, NUTRICION) as hoja:
        celda = hoja.locator("table.matriz td[class^=e-] a").first
        cuantos = int(celda.inner_text())
        celda.click()
        hoja.wait_for_load_state()
        filas = hoja.locator("tr:has([data-estado]):visible")
        assert filas.count() == cuantos and filas.first.bounding_box()["y"] < 844


def test_el_explorador_filtra_ordena_y_guarda_la_vista(navegador, direccion: str) -> None:
    with pagina(navegador, direccion, EXPLORADOR) as hoja:
        filas, aviso = hoja.locator(FILAS), hoja.locator("form.explorador output")
        total = filas.count()
        assert aviso.inner_text() == f"Se ven los {total} indicadores."
        hoja.get_by_label("Buscar").press_sequentially("DESNUTRICION cronica")
        con_texto = filas.count()
        assert 0 < con_texto < total and "Desnutrición" in filas.first.inner_text()
        assert aviso.inner_text() == f"Se ven {con_texto} de {total} indicadores."
        hoja.get_by_label("Buscar").fill("")
        opcion = hoja.locator("#f-estado option[value=rezagado]")
        cuantos = int(re.search(r"\((\d+)\)", opcion.inner_text())[1])
        hoja.get_by_label("Estado", exact=True).select_option("rezagado")
        assert filas.count() == cuantos and "estado=rezagado" in hoja.url
        with hoja.expect_download() as descarga:
            hoja.get_by_role("button", name="Descargar esta vista").press("Enter")
        tabla = Path(descarga.value.path()).read_text("utf-8-sig")
        leidas = list(csv.DictReader(io.StringIO(tabla)))
        assert len(leidas) == cuantos and {x["estado"] for x in leidas} == {"rezagado"}
        publicas = {
            k["codigo"]: k
            for k in json.loads(hoja.request.get(f"{direccion}datos/kpis.json").text())
        }
        assert all(float(x["valor"]) == publicas[x["codigo"]]["ultimo"]["valor"] for x in leidas)
        hoja.reload()
        assert filas.count() == cuantos
        hoja.get_by_role("button", name="Quitar los filtros").press("Enter")
        assert filas.count() == total and "?" not in hoja.url
    with pagina(navegador, direccion, EXPLORADOR, 1280) as hoja:
        boton = hoja.get_by_role("button", name="Estado", exact=True)
        boton.press("Enter")
        cabeza = hoja.get_by_role("columnheader", name="Estado", exact=True)
        assert cabeza.get_attribute("aria-sort") == "ascending" and "orden=estado" in hoja.url
        assert "en retroceso" in hoja.locator(FILAS).first.inner_text()
        boton.press("Enter")
        assert cabeza.get_attribute("aria-sort") == "descending"
    with pagina(navegador, direccion, EXPLORADOR, java_script_enabled=False) as hoja:
        assert hoja.locator(FILAS).count() == total
        assert hoja.locator("form.explorador:visible").count() == 0


@pytest.mark.parametrize("consulta", ["", "?estado=alcanzado"])
def test_el_ancla_de_un_kpi_se_ve_y_se_destaca(navegador, direccion: str, consulta: str) -> None:
    with pagina(navegador, direccion, f"{NUTRICION}{consulta}#M4-K01") as hoja:
        fila = hoja.locator("tr.apuntado")
        assert fila.locator(".ancla").get_attribute("id") == "M4-K01"
        arriba = fila.bounding_box()["y"]
        assert 0 <= arriba < 200
        otro = hoja.locator("tr:has(#M4-K02)").evaluate("f => getComputedStyle(f).backgroundColor")
        assert fila.evaluate("f => getComputedStyle(f).backgroundColor") != otro
        hoja.goto(f"{direccion}{NUTRICION}?de=antes#ficha-M4-K02")
        hoja.wait_for_url("**/indicadores/M4-K02/index.html")


def test_una_madre_halla_su_anexo_en_tres_toques_y_solo_su_aparato_lo_recuerda(
    navegador, direccion: str
) -> None:
    with pagina(navegador, direccion, "index.html") as hoja:
        elegir = hoja.get_by_label("Mi anexo", exact=True)
        assert elegir.bounding_box()["y"] < 844, "no se ve sin desplazarse"
        elegir.select_option(label="Vijus")
        hoja.get_by_role("button", name="Ver", exact=True).click()
        hoja.wait_for_url("**/anexos/vijus/index.html")
        assert "Vijus" in hoja.locator(".hallazgo").inner_text()
        assert hoja.get_by_role("heading", name="A quién preguntar").count() == 1
        hoja.goto(direccion + "index.html")
        assert (
            hoja.get_by_label("Mi anexo", exact=True).evaluate("s => s.selectedOptions[0].text")
            == "Vijus"
        )
        assert hoja.context.cookies() == []
        hoja.get_by_role("button", name="Olvidar").click()
        hoja.reload()
        assert hoja.get_by_label("Mi anexo", exact=True).input_value() == ""
    with pagina(navegador, direccion, "index.html", java_script_enabled=False) as hoja:
        hoja.get_by_role("link", name="Vijus", exact=True).click()
        hoja.wait_for_url("**/anexos/vijus/index.html")


def test_un_alcalde_ve_en_un_toque_que_empeoro_y_a_quien_pedir_lo_que_falta(
    navegador, direccion: str
) -> None:
    with pagina(navegador, direccion, "index.html") as hoja:
        hoja.get_by_role("link", name="Vea qué cambió").click()
        hoja.wait_for_url("**/cambios/index.html")
        primero = hoja.locator("table.cambios").first
        assert re.match(
            r"\W*(Empeoró|Quizá empeoró)", primero.locator("[scope=rowgroup]").first.inner_text()
        )
        hoja.goto(f"{direccion}cambios/index.html#falta-M1")
        assert hoja.locator("#falta-M1").get_attribute("open") is not None
        assert hoja.locator("#falta-M1 tbody tr:visible").count() > 0


def test_una_periodista_baja_el_csv_de_un_indicador_en_tres_toques(
    navegador, direccion: str
) -> None:
    with pagina(navegador, direccion, "index.html") as hoja:
        hoja.get_by_role("link", name="Indicadores", exact=True).click()
        buscar = hoja.get_by_label("Buscar")
        buscar.click()
        buscar.press_sequentially("m4-k01")
        with hoja.expect_download() as descarga:
            hoja.get_by_role("button", name="Descargar esta vista").click()
        filas = Path(descarga.value.path()).read_text("utf-8-sig").splitlines()
        assert len(filas) == 2 and filas[1].startswith('"M4-K01"')


@pytest.mark.parametrize("ruta", con_muestra(["index.html", EXPLORADOR, ANEXO], 1))
def test_nada_se_mueve_cuando_llega_el_guion(navegador, direccion: str, ruta: str) -> None:
    alturas = []
    for llega in (False, True):
        contexto = navegador.new_context(viewport={"width": 390, "height": 844})
        hoja = contexto.new_page()
        if not llega:
            hoja.route("**/*.js", lambda r: r.abort())
        hoja.route("**/*.woff2", lambda r: r.abort())
        hoja.goto(direccion + ruta)
        componer_todo(hoja)
        alturas.append(
            hoja.evaluate(
                "() => ['main h2:not(section *)', 'main table', 'footer']"
                ".map(s => document.querySelector(s)?.offsetTop ?? -1)"
            )
        )
        contexto.close()
    antes, despues = alturas
    assert antes == pytest.approx(despues, abs=2)


def test_la_letra_de_los_graficos_de_un_anexo_se_lee_en_un_telefono(
    navegador, direccion: str
) -> None:
    with pagina(navegador, direccion, ANEXO) as hoja:
        letras = hoja.locator(".pequenos svg text")
        assert letras.count() > 20
        tamanos = letras.evaluate_all(
            "ts => ts.map(t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement"
            ".getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width)"
        )
        assert min(tamanos) >= 12


def test_vega_llega_solo_cuando_alguien_explora(navegador, direccion: str) -> None:
    with pagina(navegador, direccion, NUTRICION, 1280) as hoja:
        pedidos: list[str] = []
        hoja.on("request", lambda r: pedidos.append(r.url) if r.url.endswith(".js") else None)
        hoja.mouse.wheel(0, 9000)
        hoja.wait_for_timeout(200)
        assert not pedidos
        figuras = hoja.locator("figure.grafico")
        for figura in figuras.all():
            figura.locator("button").focus()
            hoja.keyboard.press("Enter")
            figura.locator(".vega-embed svg").wait_for()
        assert [p.rsplit("/", 1)[1].split("-")[0] for p in pedidos] == ["vega"]

        figura = figuras.first
        simbolos = figura.locator(".mark-symbol.role-mark path")
        simbolos.first.hover()
        globo = hoja.locator("#vg-tooltip-element.visible")
        globo.wait_for()
        assert "M4-K" in globo.inner_text() and "demo" in globo.inner_text()
        assert set(_opacidades(simbolos)) == {"1"}
        figura.locator("select").select_option(label="3")
        hoja.wait_for_function(
            "n => n.querySelector('.mark-symbol.role-mark path[opacity=\"0.12\"]')",
            arg=figura.element_handle(),
        )
        assert set(_opacidades(simbolos)) == {"1", "0.12"}
        figura.locator("select").select_option(label="todos")
        hoja.mouse.move(2, 2)
        figura.locator(".role-legend-label text").first.click()
        hoja.wait_for_function(
            "n => n.querySelector('.mark-symbol.role-mark path[opacity=\"0.12\"]')",
            arg=figura.element_handle(),
        )


@pytest.mark.largo
@pytest.mark.parametrize("ancho", ANCHOS)
def test_explorar_no_necesita_estilos_en_linea(
    navegador, direccion: str, sitio: Path, ancho: int
) -> None:
    con_graficos = [
        r for r in DE_CADA_CLASE if 'figure class="grafico"' in (sitio / r).read_text("utf-8")
    ]
    assert MISION in con_graficos and any(r.startswith("analisis/") for r in con_graficos)
    for ruta in con_graficos:
        with pagina(navegador, direccion, ruta, ancho, de_vega=("warning: WARN ",)) as hoja:
            for figura in hoja.locator("figure.grafico").all():
                figura.locator("button").click()
                figura.locator(".vega-embed svg[role=img][aria-labelledby]").wait_for()
                assert figura.locator(".vega-embed[aria-roledescription]").count() == 0
            assert hoja.evaluate("() => document.querySelectorAll('style').length") == 0
            globo = hoja.evaluate(
                "() => getComputedStyle(document.body.appendChild("
                "Object.assign(document.createElement('div'),"
                " {id: 'vg-tooltip-element'}))).position"
            )
            assert globo == "fixed"


def test_un_estilo_en_linea_se_queja(navegador, direccion: str) -> None:
    with (
        pytest.raises(AssertionError, match="style-src"),
        pagina(navegador, direccion, "index.html") as hoja,
    ):
        hoja.evaluate(
            "() => document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')"
        )


def test_ninguna_pagina_lleva_estilo_en_linea(sitio: Path) -> None:
    for ruta in sorted(sitio.rglob("*.html")):
        html = ruta.read_text(encoding="utf-8")
        assert (
            "unsafe-inline" not in html and re.findall(r"<[a-zA-Z][^<>]* style=[^<>]*>", html) == []
        ), ruta
        assert ("<style" in html) == (ruta.name == "404.html"), ruta


def _opacidades(simbolos) -> list[str]:
    return [s.get_attribute("opacity") for s in simbolos.all()]


def test_sin_guion_no_falta_nada(navegador, direccion: str, sitio: Path) -> None:
    kpis = [
        k
        for k in json.loads((sitio / "datos/kpis.json").read_text("utf-8"))
        if k["codigo"].startswith("M4-")
    ]
    with pagina(navegador, direccion, NUTRICION, java_script_enabled=False) as hoja:
        assert hoja.locator(".tabla-kpis .ancla:visible").count() == len(kpis)
        assert (
            hoja.locator("figure.grafico svg:visible").count()
            == hoja.locator("figure.grafico").count()
            >= 3
        )
        for oculto in ("form.filtros", "figure.grafico button", ".indice"):
            assert hoja.locator(f"{oculto}:visible").count() == 0


@pytest.mark.parametrize(
    ("medio", "ancho"),
    con_muestra([("screen", 390), ("screen", 1280), ("print", 390), ("print", 1280)], 1),
)
def test_toda_cifra_de_demostracion_lo_dice_en_su_lugar(
    navegador, direccion: str, sitio: Path, medio: str, ancho: int
) -> None:
    """Cada tarjeta, tabla (en su título) y gráfico lo dice: ninguna captura pierde la marca."""
    kpis = json.loads((sitio / "datos/kpis.json").read_text("utf-8"))
    inventadas = {
        k["codigo"]
        for k in kpis
        if k["codigo"].startswith("M4-") and k["ultimo"] and k["naturaleza"] == "demostracion"
    }
    assert inventadas
    with pagina(navegador, direccion, NUTRICION, ancho) as hoja:
        hoja.emulate_media(media=medio)
        componer_todo(hoja)
        hoja.locator("details.okr").evaluate_all("ds => ds.forEach(d => { d.open = true })")
        for codigo in inventadas:
            fila = hoja.locator(f"tr:has(#{codigo})")
            tabla = hoja.locator(f"table:has(#{codigo})")
            assert _marcas(tabla.locator("caption")) == ["demo"], codigo
            if ancho == 390 and medio == "screen":
                assert "demo" in _marcas(fila), codigo
        assert hoja.locator(".aviso-demo:visible").count() == 1
        for figura in hoja.locator("figure.grafico").all():
            assert "Cifras de demostración" in figura.locator("svg").first.text_content()
            for titulo in figura.locator("caption").all():
                assert titulo.locator(".m-demostracion").count() == 1
        for resumen in hoja.locator("details.okr > summary", has_text="%").all():
            assert _marcas(resumen) == ["demo"]
        for tarjeta in hoja.locator(".tarjeta, .cifras > div, figure.cita").all():
            assert _marcas(tarjeta), tarjeta.inner_text()
        for tabla in hoja.locator("table.matriz, table.diferencias").all():
            if tabla.is_visible():
                assert _marcas(tabla.locator("caption")) == ["demo"]
        if ancho == 390 and medio == "screen":
            for fila in hoja.locator("table.diferencias tbody tr:visible").all():
                assert _marcas(fila) == ["demo"]


def _marcas(lugar) -> list[str]:
    """Las de demostración que se ven ahí."""
    return lugar.locator(".m-demostracion:visible").all_inner_texts()


@pytest.mark.parametrize("medio", ["screen", "print"])
def test_sin_nada_que_repetir_la_tabla_ancha_lleva_una_sola_marca(
    navegador, direccion: str, medio: str
) -> None:
    with pagina(navegador, direccion, NUTRICION, 1280) as hoja:
        hoja.emulate_media(media=medio)
        for tabla in hoja.locator(".tabla-kpis table").all():
            assert _marcas(tabla) == ["demo"]


def test_en_una_tabla_mezclada_cada_cifra_de_demostracion_lleva_la_suya(
    resultados_reales: Resultados,
) -> None:
    m = next(m for m in abiertas(resultados_reales) if m.hoja.codigo == "M4")
    okrs = objetivos(m)
    propias = [f for f in filas(m) if f.okr == "M4-O03"]
    assert all(f.naturalezas == {"demostracion"} for f in propias) and len(propias) == 2

    def marcas(*suyas: Fila) -> list[int]:
        html = tabla_kpis("t", list(suyas), okrs, m.territorio.metodo).html
        caption = html.split("<caption>")[1].split("</caption>")[0]
        assert caption.count("m-demostracion") == 1
        return [
            len(re.findall('"marca m-demostracion"', fila))
            for fila in re.findall(r'<tr><th scope="row".*?</tr>', html, re.DOTALL)
        ]

    assert marcas(*propias) == [0, 0]
    real = dict.fromkeys(("marca_base", "marca_ultimo", "marca_serie"), "documentado")
    assert marcas(propias[0], replace(propias[1], **real)) == [3, 0]


MARCAS_A_LA_VISTA = """nodos => nodos.map(n => [...n.querySelectorAll('.m-demostracion')]
  .filter(m => m.checkVisibility() && !m.closest('details:not([open])')).length)"""


@pytest.mark.parametrize(
    ("ruta", "tabla"),
    con_muestra(
        [
            ("cambios/index.html", "table.cambios"),
            (EXPLORADOR, "#todos-los-indicadores"),
            (DE_KPI[0], ".anexos-kpi table"),
            (ANEXO, "table.protegidos"),
        ],
        2,
    ),
)
def test_la_demostracion_se_marca_una_vez_por_tabla_y_por_tarjeta(
    navegador, direccion: str, ruta: str, tabla: str
) -> None:
    with pagina(navegador, direccion, ruta, 1280) as hoja:
        tablas = hoja.locator(f"{tabla}:visible")
        assert set(tablas.evaluate_all(MARCAS_A_LA_VISTA)) == {1}
        assert set(tablas.locator("caption").evaluate_all(MARCAS_A_LA_VISTA)) == {1}
        sueltas = hoja.locator(".pequenos > li, .tarjeta-kpi").evaluate_all(MARCAS_A_LA_VISTA)
        assert set(sueltas) <= {1}
        hoja.set_viewport_size({"width": 390, "height": 844})
        filas = tablas.first.locator("tbody tr:has(.de-tarjeta)").evaluate_all(MARCAS_A_LA_VISTA)
        assert set(filas) == ({1} if tabla != ".anexos-kpi table" else set())
        if ruta == EXPLORADOR:
            assert len(filas) == hoja.locator("[data-naturaleza=demostracion]").count() > 100
        assert re.fullmatch("[0-9a-f]{16}", hoja.locator(".pie p code").inner_text())


def test_en_el_telefono_una_mision_se_pliega_por_objetivo_y_en_papel_se_abre(
    navegador, direccion: str
) -> None:
    with pagina(navegador, direccion, NUTRICION) as hoja:
        pliegues = hoja.locator("details.okr")
        assert pliegues.count() > 1
        componer_todo(hoja)
        assert hoja.locator(".tabla-kpis .ancla:visible").count() == 0
        alto = hoja.evaluate("document.documentElement.scrollHeight")
        assert alto <= 16 * 844, f"{alto / 844:.1f} pantallas"
        codigo = hoja.locator(".ancla").last.get_attribute("id")
        hoja.evaluate("c => { location.hash = c }", codigo)
        hoja.locator(f"#{codigo}:visible").wait_for()
        hoja.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert hoja.locator("details.okr[open]").count() == pliegues.count()
        hoja.evaluate("dispatchEvent(new Event('afterprint'))")
        assert hoja.locator("details.okr[open]").count() == 1


def test_una_mision_impresa_cabe_en_seis_hojas(navegador, direccion: str) -> None:
    with pagina(navegador, direccion, NUTRICION, 1280) as hoja:
        impresa = PdfReader(io.BytesIO(hoja.pdf(format="A4", prefer_css_page_size=True)))
    assert len(impresa.pages) <= 6
    assert "M4-K13" in "".join(p.extract_text() for p in impresa.pages)
