"""Lo que se ve al compartir una página y lo que otras máquinas leen en su cabeza."""

from __future__ import annotations

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from PIL import Image

from observatorio.presentacion.composicion import componer
from observatorio.presentacion.graficos.dibujante import POCAS, Dibujante
from observatorio.presentacion.lamina import Lamina, Reparto, icono, pagina
from observatorio.presentacion.serie import Punto, Serie
from observatorio.productos import activos
from observatorio.productos.cabezas import archivos, de_kpis
from observatorio.productos.laminas import PORTADA, Laminas
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

SITIO = "https://observatorio.misionesdistritopataz.pe/"
TOPE = 40 * 1024
PROPIEDAD = re.compile(r'<meta property="(og:[\w:]+)" content="([^"]*)">')
BLOQUE = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
ROMBO = "l5 5-5 5-5-5z"
MESES = re.compile(r"\d{4}-(0[1-9]|1[0-2])/\d{4}-(0[1-9]|1[0-2])")
BASE = Lamina("S", "T <b>", "H. #x", Serie([Punto(2020, 1)]), "Fuente: F.", "e.pe/x", True)


@pytest.fixture(scope="module")
def sitio(minimo_de_todos: Proyecto) -> Path:
    return minimo_de_todos.sitio


@pytest.fixture(scope="module")
def compartidas(sitio: Path) -> dict[str, str]:
    """``salida → su HTML`` de las que se comparten."""
    rutas = [sitio / "index.html", *sitio.glob("misiones/*/*.html")]
    rutas += [r for r in sitio.glob("indicadores/*/*.html")]
    return {r.relative_to(sitio).as_posix(): r.read_text(encoding="utf-8") for r in rutas}


def propiedades(html: str) -> dict[str, str]:
    return {nombre: unescape(dicho) for nombre, dicho in PROPIEDAD.findall(html)}


def test_toda_mision_y_todo_kpi_se_comparte_con_su_imagen(
    sitio: Path, compartidas: dict[str, str]
) -> None:
    imagenes = set()
    for salida, html in compartidas.items():
        og = propiedades(html)
        assert og["og:url"] == SITIO + salida.removesuffix("index.html")
        assert (og["og:image:width"], og["og:image:height"]) == ("1200", "630"), salida
        assert html.count('<meta name="twitter:card" content="summary_large_image">') == 1
        ruta = sitio / og["og:image"].removeprefix(SITIO)
        imagenes.add(ruta)
        with Image.open(ruta) as imagen:
            assert (imagen.format, imagen.mode, imagen.size) == ("PNG", "P", (1200, 630))
        assert ruta.stat().st_size <= TOPE, salida
        if "m-demostracion" in html.partition('<p class="hallazgo">')[2].partition("</p>")[0]:
            assert og["og:description"].startswith("Cifra de demostración."), salida
            assert "no describen la realidad" in og["og:image:alt"], salida
    assert len(imagenes) == len(compartidas) > 30, "cada página, su imagen"


def test_de_un_anexo_no_hay_imagen(sitio: Path) -> None:
    de_anexos = list(sitio.glob("anexos/**/*.html"))
    assert de_anexos
    assert not any("og:image" in r.read_text(encoding="utf-8") for r in de_anexos)
    assert not list(sitio.glob("anexos/**/*.png"))


def test_en_periodo_electoral_no_hay_imagenes_y_los_datos_siguen(
    resultados_reales: Resultados,
) -> None:
    laminas = Laminas(resultados_reales)
    antes = archivos(laminas, dict.fromkeys(laminas.del_sitio, "x.png"), ["kpis.csv"])
    assert "og:image" in antes["index.html"]
    callado = Laminas(resultados_reales)
    callado.sitio = callado.de_kpis.sitio = replace(callado.sitio, comparte=False)
    assert not callado.paginas
    cabezas = archivos(callado, {}, ["kpis.csv"]) | de_kpis(callado, {})
    assert "index.html" not in cabezas
    assert not any("og:" in html for html in cabezas.values())
    assert all(BLOQUE.findall(html) for html in cabezas.values())


def conjuntos(html: str) -> list[dict]:
    (bloque,) = BLOQUE.findall(html)
    datos = json.loads(bloque)
    assert datos["@context"] == "https://schema.org"
    return datos["dataset"] if datos["@type"] == "DataCatalog" else [datos]


def test_las_paginas_con_datos_los_describen_para_los_buscadores(
    sitio: Path, compartidas: dict[str, str], resultados_reales: Resultados
) -> None:
    todas = [s for s in compartidas if s != "index.html"]
    con_datos = [s for s in todas if BLOQUE.search(compartidas[s])]
    callados = {s.split("/")[1] for s in todas} - {s.split("/")[1] for s in con_datos}
    assert all(resultados_reales.catalogo.kpis[c].acceso != "ciudadano" for c in callados)
    for salida in con_datos:
        (datos,) = conjuntos(compartidas[salida])
        assert datos["@type"] == "Dataset" and datos["license"].endswith("/by/4.0/")
        assert 50 <= len(datos["description"]) <= 5000
        assert datos["url"] == SITIO + salida.removesuffix("index.html")
        assert datos["distribution"]
        for archivo in datos["distribution"]:
            assert (sitio / archivo["contentUrl"].removeprefix(SITIO)).is_file(), archivo
        if 'class="serie"' in compartidas[salida] or "misiones/" in salida:
            assert MESES.fullmatch(datos["temporalCoverage"]), salida


def test_la_pagina_de_datos_es_el_catalogo(
    minimo_de_todos: Proyecto, sitio: Path, resultados_reales: Resultados
) -> None:
    guardada = minimo_de_todos.cabeza("datos.html").read_text(encoding="utf-8")
    tablas = conjuntos(guardada)
    assert len(tablas) > 3 and len({t["@id"] for t in tablas}) == len(tablas)
    for tabla in tablas:
        assert tabla["license"] and MESES.fullmatch(tabla["temporalCoverage"])
        for archivo in tabla["distribution"]:
            assert (sitio / archivo["contentUrl"].removeprefix(SITIO)).is_file(), archivo


def test_un_texto_hostil_no_sale_de_la_cabeza(resultados_reales: Resultados) -> None:
    laminas = Laminas(resultados_reales)
    laminas.sitio = replace(laminas.sitio, titulo='"><script>x</script>')
    html = archivos(laminas, {PORTADA: "x.png"}, ["kpis.csv"])
    assert "<script>x" not in html["index.html"] + html["datos.html"]
    assert conjuntos(html["datos.html"])


def test_los_iconos_y_su_manifiesto(sitio: Path) -> None:
    portada = (sitio / "index.html").read_text(encoding="utf-8")
    (de_ios,) = re.findall(r'<link rel="apple-touch-icon" href="\./([^"]+)">', portada)
    with Image.open(sitio / de_ios) as imagen:
        assert imagen.size == (180, 180)
    (ruta,) = re.findall(r'<link rel="manifest" href="\./([^"]+)">', portada)
    manifiesto = json.loads((sitio / ruta).read_text(encoding="utf-8"))
    carpeta = (sitio / ruta).parent
    assert (carpeta / manifiesto["start_url"]).resolve() == (sitio / "index.html").resolve()
    assert {i["sizes"] for i in manifiesto["icons"]} >= {"192x192", "512x512"}
    for i in manifiesto["icons"]:
        with Image.open(carpeta / i["src"]) as imagen:
            assert "{}x{}".format(*imagen.size) == i["sizes"]


def test_la_lamina_lleva_la_marca_dentro() -> None:
    assert "no describen la realidad" in pagina(BASE) and "T \\<b\\>" in pagina(BASE)
    assert "H. \\#x" in pagina(BASE), "un texto de los datos no es una orden de Typst"
    assert "no describen la realidad" not in pagina(replace(BASE, demostracion=False))
    assert "no describen la realidad" in BASE.alternativa


def test_las_laminas_se_componen_de_una_vez_y_cada_una_sale_igual_sola(tmp_path: Path) -> None:
    for nombre, contenido in activos.de_boletines().items():
        (tmp_path / nombre).write_bytes(contenido)
    larga = replace(BASE, titulo="Un título " * 90, hallazgo="Una frase larga. " * 90)
    varias = [
        pagina(BASE),
        pagina(replace(BASE, dibujo=Reparto({"en ruta": 3, "sin datos": 2}))),
        pagina(replace(larga, dibujo=None)),
        icono('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"/>', 180),
    ]
    juntas = componer(varias, tmp_path)
    assert [componer([p], tmp_path)[0] for p in varias] == juntas
    assert all(len(imagen) <= TOPE for imagen in juntas)
    with pytest.raises(ValueError, match="1 láminas ocupan 2 páginas"):
        componer([varias[0] + varias[3]], tmp_path)


def test_la_ya_compuesta_no_se_compone_otra_vez(tmp_path: Path) -> None:
    fuentes = tmp_path / "fuentes"
    fuentes.mkdir()
    for nombre, contenido in activos.de_boletines().items():
        (fuentes / nombre).write_bytes(contenido)

    def muchas(titulo: str) -> dict[str, str]:
        return {f"{i}": pagina(replace(BASE, titulo=f"{titulo} {i}")) for i in range(POCAS + 1)}

    laminas = muchas("Uno")
    with ThreadPoolExecutor(1) as grupo:
        primero = Dibujante(tmp_path / "svg", "v", None, grupo)
        primero.encargar_imagenes(laminas, fuentes)
        hecha = primero.imagenes(laminas)
    # Un grupo cerrado rechaza cualquier encargo.
    segundo = Dibujante(tmp_path / "svg", "v", None, grupo)
    segundo.encargar_imagenes(laminas, fuentes)
    assert segundo.imagenes(laminas) == hecha
    with pytest.raises(RuntimeError):
        segundo.encargar_imagenes(muchas("Otro"), fuentes)


def test_la_marca_de_la_meta_conserva_su_color(
    resultados_reales: Resultados, tmp_path: Path
) -> None:
    for nombre, contenido in activos.de_boletines().items():
        (tmp_path / nombre).write_bytes(contenido)
    con_meta = [p for p in Laminas(resultados_reales).paginas.values() if ROMBO in p][:12]
    for imagen in componer(con_meta, tmp_path):
        with Image.open(io.BytesIO(imagen)) as leida:
            colores = leida.convert("RGB").getcolors(maxcolors=256) or []
        verdes = [n for n, (r, v, a) in colores if abs(r - 46) + abs(v - 125) + abs(a - 79) < 24]
        assert sum(verdes) > 50, "el rombo de la meta es verde, no gris"
