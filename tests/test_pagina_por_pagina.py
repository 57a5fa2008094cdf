"""Lo que toda página cumple, medido con herramientas de verdad: html-validate, axe, Lighthouse, el
teclado y, en los bucles largos, cada página a cada ancho.
"""

from __future__ import annotations

import gzip
import json
import os
import posixpath
import re
import shutil
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from apoyo_navegador import CHROMIUM, CHROMIUM_ENTERO, Callado, componer_todo, servido
from conftest import RAIZ
from observatorio.rutas import Proyecto

con_navegador = pytest.mark.skipif(
    CHROMIUM is None, reason="no hay Chromium en el PATH: las páginas no se miden en un navegador"
)
MISION, KPI, ANEXO = (
    "misiones/m1-salud/index.html",
    "indicadores/M4-K01/index.html",
    "anexos/vijus/index.html",
)
DE_CADA_CLASE = (
    "index.html",
    MISION,
    "indicadores/index.html",
    KPI,
    "anexos/index.html",
    ANEXO,
    "cambios/index.html",
    "buscar/index.html",
    "datos.html",
    "analisis/brechas-entre-anexos/index.html",
    "404.html",
)
DEL_PIE = tuple(
    f"{p}.html"
    for p in (
        *("gobernanza", "metodologia", "calidad", "voces", "diagnostico", "plan", "analisis"),
        *("novedades", "correcciones", "acerca"),
    )
)
ANCHOS = (320, 360, 390, 480, 600, 768, 1024, 1280)
DE_LA_LEY = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
KB = 1024
PRIMERA_VISTA, DE_MISION = 60 * KB, 65 * KB
MINIMO_DE_PAGINAS = 170
PEDIDO = re.compile(r'<(?:link|script)[^>]* (?:href|src)="([^"]*activos/[^"]+)"')
ENLACE = re.compile(r'<[^>]* (?:href|src)="([^"#?:]*)(?:\?[^"#]*)?(#[^"]*)?"')
PARADAS = 12
SE_MUEVE = 0.02
BLOQUEA_MS = 50


@pytest.fixture(scope="session")
def sitio(real_construido: Proyecto) -> Path:
    return real_construido.sitio.resolve()


class _Comprimido(Callado):
    """Como un alojamiento corriente: comprime los textos y deja guardarlos diez minutos."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        ruta = Path(self.translate_path(self.path))
        ruta = ruta / "index.html" if ruta.is_dir() else ruta
        if not ruta.is_file():
            return self.send_error(404)
        cuerpo = ruta.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(ruta)))
        self.send_header("Cache-Control", "max-age=600")
        if ruta.suffix not in (".woff2", ".png", ".pdf", ".zip"):
            cuerpo = gzip.compress(cuerpo)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)


@pytest.fixture(scope="module")
def direccion(sitio: Path) -> Iterator[str]:
    with servido(sitio, atiende=_Comprimido) as base:
        yield base


def todas(sitio: Path) -> list[str]:
    return sorted(p.relative_to(sitio).as_posix() for p in sitio.rglob("*.html"))


def de_npm(paquete: str, orden: str) -> list[str]:
    """La orden de una herramienta de npm, que trae ``scripts/herramientas.sh``."""
    hallada = next(RAIZ.glob(f".cache/{paquete}@*/node_modules/.bin/{orden}"), None)
    if hallada is None or not shutil.which("node"):
        pytest.skip(f"falta {paquete}: lo trae scripts/herramientas.sh, donde hay npm")
    return [str(hallada)]


def faltas_de_html(sitio: Path, rutas: list[str], aparte: Path) -> list[str]:
    reglas = aparte / ".htmlvalidate.json"
    reglas.write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))
    orden = [*de_npm("html-validate", "html-validate"), "-c", str(reglas), "-f", "json"]
    r = subprocess.run(
        [*orden, *(str(sitio / p) for p in rutas)], capture_output=True, text=True, check=False
    )
    assert r.returncode in (0, 1), r.stderr
    return [
        f"{posixpath.basename(f['filePath'])}:{m['line']} {m['ruleId']}: {m['message']}"
        for f in json.loads(r.stdout)
        for m in f["messages"]
    ]


def test_el_html_es_el_que_pide_la_norma(sitio: Path, tmp_path: Path) -> None:
    assert faltas_de_html(sitio, list(DE_CADA_CLASE), tmp_path) == []
    (tmp_path / "mala.html").write_text("<!DOCTYPE html><p><div></div></p>", encoding="utf-8")
    assert faltas_de_html(tmp_path, ["mala.html"], tmp_path)


def test_la_primera_vista_cabe_en_un_telefono_con_poca_senal(sitio: Path) -> None:
    pesadas = {}
    for ruta in todas(sitio):
        html = (sitio / ruta).read_text("utf-8")
        cabeza = html.partition("</head>")[0]
        pedidos = set(PEDIDO.findall(cabeza))
        pedidos = {p for p in pedidos if not p.endswith((".png", ".webmanifest"))}
        archivos = [sitio / posixpath.join(posixpath.dirname(ruta), p) for p in pedidos]
        peso = sum(len(gzip.compress(p.read_bytes())) for p in (sitio / ruta, *archivos))
        if peso > (DE_MISION if ruta.startswith("misiones/") else PRIMERA_VISTA):
            pesadas[ruta] = peso
    assert pesadas == {}


def test_ningun_enlace_del_sitio_lleva_a_nada(sitio: Path) -> None:
    paginas = todas(sitio)
    assert len(paginas) >= MINIMO_DE_PAGINAS
    textos = {r: (sitio / r).read_text("utf-8") for r in paginas}
    anclas = {r: set(re.findall(r' id="([^"]+)"', t)) for r, t in textos.items()}
    rotos = set()
    for ruta, texto in textos.items():
        for enlace in set(ENLACE.findall(texto)):
            destino, ancla = unquote(enlace[0]), unquote(enlace[1][1:])
            llega = (
                posixpath.normpath(posixpath.join(posixpath.dirname(ruta), destino))
                if destino
                else ruta
            )
            llega = llega.lstrip("/")
            if not (sitio / llega).is_file() or (
                ancla and llega in anclas and ancla not in anclas[llega]
            ):
                rotos.add((ruta, "".join(enlace)))
    assert rotos == set()


def test_al_pie_de_lo_que_se_lee_dos_enlaces_que_dicen_lo_mismo_llevan_a_lo_mismo(
    sitio: Path,
) -> None:
    dudosos = {}
    for ruta in todas(sitio):
        destinos: dict[str, set[str]] = {}
        pagina = (sitio / ruta).read_text(encoding="utf-8")
        for sello in re.findall(r'<p class="procedencia">.*?</p>', pagina):
            for destino, texto in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', sello):
                destinos.setdefault(texto.casefold(), set()).add(destino)
        if varios := {t: d for t, d in destinos.items() if len(d) > 1}:
            dudosos[ruta] = varios
    assert dudosos == {}


@con_navegador
def test_de_la_portada_al_csv_de_un_indicador_en_pocas_paradas(navegador, direccion: str) -> None:
    hoja = navegador.new_page(viewport={"width": 390, "height": 844})
    hoja.goto(f"{direccion}index.html")
    paradas = Counter()

    def tabular_hasta(selector: str, tope: int = PARADAS) -> None:
        for _ in range(tope):
            hoja.keyboard.press("Tab")
            paradas["tab"] += 1
            if hoja.evaluate("s => document.activeElement.matches(s)", selector):
                nombre = hoja.evaluate(
                    "() => { const e = document.activeElement;"
                    " return e.labels?.[0]?.textContent || e.textContent }"
                )
                assert nombre.strip(), "una parada que el lector de pantalla no nombra"
                return
        raise AssertionError(f"no se llega a {selector}")

    def saltar() -> None:
        tabular_hasta("a.saltar")
        hoja.keyboard.press("Enter")
        assert hoja.evaluate("() => document.activeElement.matches('h1')")

    saltar()
    tabular_hasta("#anexo")
    hoja.keyboard.type("Vijus")
    tabular_hasta("form.elegir button")
    hoja.keyboard.press("Enter")
    hoja.wait_for_url("**/anexos/vijus/index.html")
    saltar()
    tabular_hasta("a[href='#se-sabe']")
    hoja.keyboard.press("Enter")
    tabular_hasta("a[href*='indicadores/M']")
    hoja.keyboard.press("Enter")
    hoja.wait_for_url("**/indicadores/*/index.html")
    saltar()
    tabular_hasta("a[href$='.csv']")
    with hoja.expect_download() as descarga:
        hoja.keyboard.press("Enter")
    assert descarga.value.suggested_filename.endswith(".csv")
    hoja.close()
    assert paradas["tab"] <= PARADAS


MEDIR_LO_QUE_SE_MUEVE = (
    "window.movido = 0; new PerformanceObserver(l => l.getEntries().forEach(e => {"
    " if (!e.hadRecentInput) window.movido += e.value }))"
    ".observe({ type: 'layout-shift', buffered: true })"
)
PALABRAS_PARTIDAS = r"""() => {
  const malas = new Set(), tramo = document.createRange();
  const textos = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = textos.nextNode();) {
    const caja = n.parentElement;
    const aparte = ":not(td) > code, pre, script, style, svg, math";
    if (caja.closest(aparte) || !caja.checkVisibility()) continue;
    for (const m of n.data.matchAll(/(?<![^\s«(¿¡])[\p{L}\d]{3,}(?=[\s,.;:)»?]|$)/gu)) {
      tramo.setStart(n, m.index);
      tramo.setEnd(n, m.index + m[0].length);
      const [una, ...otras] = [...tramo.getClientRects()].filter((c) => c.width);
      const lejos = (c) => Math.abs(c.top - una.top) > 4 && Math.abs(c.left - una.left) > 1;
      if (otras.some(lejos)) malas.add(m[0]);
    }
  }
  return [...malas];
}"""


def _defectos(hoja, ruta: str, ancho: int, con_axe: bool) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    hoja.set_viewport_size({"width": ancho, "height": 844})
    hoja.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    if con_axe:
        componer_todo(hoja)
    defectos = []
    if hoja.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
        defectos.append(f"{ruta} se desplaza de lado a {ancho} px")
    defectos += [f"{ruta} a {ancho} px: «{p}» partida" for p in hoja.evaluate(PALABRAS_PARTIDAS)]
    if con_axe:
        opciones = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": DE_LA_LEY}}
        defectos += [
            f"{ruta} a {ancho} px: {f['id']} {f['nodes'][0]['html'][:200]}"
            for f in Axe().run(hoja, options=opciones).response["violations"]
        ]
    return defectos


def _recorrer(navegador, direccion: str, rutas: list[str], anchos: tuple[int, ...], axe) -> None:
    contexto = navegador.new_context(viewport={"width": 390, "height": 844})
    contexto.add_init_script(MEDIR_LO_QUE_SE_MUEVE)
    hoja = contexto.new_page()
    defectos: list[str] = []
    hoja.on("console", lambda m: defectos.append(m.text) if m.type == "error" else None)
    hoja.on("pageerror", lambda e: defectos.append(str(e)))
    hoja.on(
        "request",
        lambda r: None if r.url.startswith((direccion, "data:")) else defectos.append(r.url),
    )
    for ruta in rutas:
        hoja.set_viewport_size({"width": 390, "height": 844})
        hoja.goto(direccion + ruta)
        hoja.evaluate("() => document.fonts.ready.then(() => true)")
        movido = hoja.evaluate("() => window.movido")
        if movido > SE_MUEVE:
            defectos.append(f"{ruta} se mueve {movido:.3f}")
        for ancho in anchos:
            defectos += _defectos(hoja, ruta, ancho, ancho in axe)
    contexto.close()
    assert defectos == []


@con_navegador
def test_de_cada_clase_ninguna_palabra_se_parte_ni_nada_se_mueve(navegador, direccion: str) -> None:
    _recorrer(navegador, direccion, list(DE_CADA_CLASE), (320, 390, 768, 1280), ())


DE_LADO = """() => {
  document.querySelectorAll("details").forEach((d) => { d.open = true });
  return document.documentElement.scrollWidth > innerWidth;
}"""
TABLA_ANCHA = """() => {
  const tabla = document.createElement("table");
  tabla.innerHTML = `<tr>${"<td>presupuesto</td>".repeat(9)}</tr>`;
  document.querySelector("main").append(tabla);
}"""


def _con_letra(hoja, porcentaje: int) -> None:
    """Como quien pide la letra más grande en los ajustes de su navegador."""
    letra = {"standard": 16 * porcentaje // 100, "fixed": 13 * porcentaje // 100}
    hoja.context.new_cdp_session(hoja).send("Page.setFontSizes", {"fontSizes": letra})


@con_navegador
@pytest.mark.parametrize(("ancho", "letra"), [(320, 100), (390, 200)])
def test_de_cada_clase_ninguna_se_desplaza_de_lado(
    navegador, direccion: str, ancho: int, letra: int
) -> None:
    hoja = navegador.new_page(viewport={"width": ancho, "height": 844})
    _con_letra(hoja, letra)
    de_lado = []
    for ruta in (*DE_CADA_CLASE, *DEL_PIE):
        hoja.goto(direccion + ruta)
        assert hoja.evaluate("() => getComputedStyle(document.documentElement).fontSize") == (
            f"{16 * letra // 100}px"
        )
        if hoja.evaluate(DE_LADO):
            de_lado.append(ruta)
    hoja.evaluate(TABLA_ANCHA)
    assert not hoja.evaluate(DE_LADO), "una tabla ancha de una página del autor"
    hoja.close()
    assert de_lado == []


class _LetraTardia(_Comprimido):
    def do_GET(self) -> None:
        if self.path.endswith(".woff2"):
            time.sleep(0.4)
        super().do_GET()


@con_navegador
def test_nada_se_mueve_cuando_la_letra_llega_tarde(navegador, sitio: Path) -> None:
    movido = {}
    with servido(sitio, atiende=_LetraTardia) as base:
        for ruta in ("index.html", MISION):
            contexto = navegador.new_context(viewport={"width": 390, "height": 844})
            contexto.add_init_script(MEDIR_LO_QUE_SE_MUEVE)
            hoja = contexto.new_page()
            with hoja.expect_response("**/letra-*.woff2"):
                hoja.goto(base + ruta)
            hoja.evaluate("() => document.fonts.ready.then(() => true)")
            hoja.evaluate("() => new Promise(f => requestAnimationFrame(() => setTimeout(f, 100)))")
            movido[ruta] = hoja.evaluate("() => window.movido")
            contexto.close()
    assert max(movido.values()) <= SE_MUEVE, movido


@pytest.mark.largo
@con_navegador
def test_toda_pagina_a_todo_ancho(navegador, direccion: str, sitio: Path, tmp_path: Path) -> None:
    assert faltas_de_html(sitio, todas(sitio), tmp_path) == []
    _recorrer(navegador, direccion, todas(sitio), ANCHOS, (390, 1280))


@pytest.mark.largo
@pytest.mark.skipif(CHROMIUM_ENTERO is None, reason="Lighthouse pide un Chromium con ventanas")
@pytest.mark.parametrize("ruta", [r for r in DE_CADA_CLASE if r != "404.html"])
def test_lighthouse_en_un_telefono(direccion: str, tmp_path: Path, ruta: str) -> None:
    orden = de_npm("lighthouse", "lighthouse")
    informes = []
    for n in range(3):
        salida = tmp_path / f"{n}.json"
        subprocess.run(
            [
                *orden,
                direccion + ruta,
                "--quiet",
                "--output=json",
                f"--output-path={salida}",
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            ],
            env=os.environ | {"CHROME_PATH": str(CHROMIUM_ENTERO)},
            check=True,
            capture_output=True,
        )
        informes.append(json.loads(salida.read_text(encoding="utf-8")))

    def mediana(leer) -> float:
        return statistics.median(leer(i) for i in informes)

    notas = {
        c: mediana(lambda i, c=c: i["categories"][c]["score"] * 100)
        for c in ("performance", "accessibility", "best-practices", "seo")
    }
    tiempos = {
        a: mediana(lambda i, a=a: i["audits"][a]["numericValue"])
        for a in ("cumulative-layout-shift", "total-blocking-time")
    }
    assert notas["performance"] >= 98 and set(list(notas.values())[1:]) == {100}, notas
    assert tiempos["cumulative-layout-shift"] <= SE_MUEVE
    assert tiempos["total-blocking-time"] <= BLOQUEA_MS, tiempos
