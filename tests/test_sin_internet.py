"""El sitio sin internet: desde una carpeta (``file://``), del zip, e instalado con el servidor
apagado.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from apoyo_navegador import CHROMIUM, servido
from observatorio.base.empaquetar import Comprimido, agregar, comprimir, va_tal_cual
from observatorio.base.huellas import suma_de
from observatorio.edicion import ediciones, para_llevar
from observatorio.rutas import Proyecto

con_navegador = pytest.mark.skipif(
    CHROMIUM is None, reason="no hay Chromium en el PATH: el sitio sin internet no se prueba"
)
MISION = "misiones/m4-nutricion/index.html"


@pytest.fixture(scope="module")
def sitio(minimo_de_todos: Proyecto) -> Path:
    return minimo_de_todos.sitio.resolve()


def _edicion(trabajador: str) -> dict:
    return json.JSONDecoder().raw_decode(trabajador.removeprefix("const EDICION = "))[0]


def test_lo_ya_comprimido_da_el_mismo_zip_y_de_uno_alterado_no_se_toma_nada(
    tmp_path: Path,
) -> None:
    proyecto = Proyecto(tmp_path)
    proyecto.trabajo.mkdir()
    contenidos = {
        "a.html": b"<p>igual</p>" * 50,
        "b.csv": b"1,2\n" * 90,
        "c.pdf": b"%PDF",
        "d.js": b"",
    }

    def empaquetar(destino: Path, de_antes: Mapping[str, Comprimido]) -> bytes:
        with zipfile.ZipFile(destino, "w", zipfile.ZIP_DEFLATED) as archivo:
            for nombre, contenido in contenidos.items():
                agregar(archivo, f"raíz/{nombre}", contenido, ya=de_antes.get(suma_de(contenido)))
        return destino.read_bytes()

    carpeta = ediciones.carpeta_nueva(proyecto)
    for nombre, contenido in contenidos.items():
        (carpeta / nombre).write_bytes(contenido)
    entero = empaquetar(carpeta / para_llevar.ZIP, {})
    sellada = ediciones.sellar(proyecto, carpeta, "0" * 16)
    assert para_llevar.ya_comprimidos(proyecto) == {}, "nadie dijo con qué se comprimió"
    para_llevar.anotar(proyecto, "0" * 16)
    de_antes = para_llevar.ya_comprimidos(proyecto)
    assert de_antes.keys() == {suma_de(contenidos[n]) for n in ("a.html", "b.csv", "d.js")}
    assert empaquetar(tmp_path / "otro.zip", de_antes) == entero
    aparte = {suma_de(c): comprimir(c) for n, c in contenidos.items() if not va_tal_cual(n)}
    assert empaquetar(tmp_path / "aparte.zip", aparte) == entero
    with zipfile.ZipFile(tmp_path / "otro.zip") as otro:
        assert otro.testzip() is None

    (sellada / para_llevar.ZIP).write_bytes(entero.replace(b"%PDF", b"%pdf"))
    assert para_llevar.ya_comprimidos(proyecto) == {}


def test_el_zip_es_el_sitio_entero_y_se_comprueba_solo(sitio: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sitio / para_llevar.ZIP) as archivo:
        archivo.extractall(tmp_path)
        tal_cual = {i.filename for i in archivo.infolist() if i.compress_type == zipfile.ZIP_STORED}
    (carpeta,) = tmp_path.iterdir()
    hay = set(ediciones.rutas(sitio)) - {para_llevar.ZIP}
    assert set(ediciones.rutas(carpeta)) == hay | {"LEAME.txt"}
    assert ediciones.manifiesto(carpeta).keys() == hay - {ediciones.MANIFIESTO}
    assert ediciones.defectos_publicados(carpeta) == []
    assert para_llevar.ZIP in ediciones.manifiesto(sitio)
    de_sumas = {f"{carpeta.name}/{n}" for n in (ediciones.MANIFIESTO, para_llevar.TRABAJADOR)}
    assert tal_cual > de_sumas and any(n.endswith(".pdf") for n in tal_cual), (
        "git guarda de ellos solo lo que cambió"
    )


def test_el_nucleo_cabe_y_cada_suma_es_la_de_su_archivo(sitio: Path) -> None:
    edicion = _edicion((sitio / para_llevar.TRABAJADOR).read_text("utf-8"))
    assert edicion["id"] == ediciones.identificador_de(sitio)
    assert sum((sitio / r).stat().st_size for r in edicion["nucleo"]) <= para_llevar.NUCLEO
    assert {"index.html", "indicadores/index.html"} <= set(edicion["nucleo"])
    for ruta, suma in edicion["sumas"].items():
        assert hashlib.sha256((sitio / ruta).read_bytes()).hexdigest().startswith(suma), ruta
    paginas = {p.relative_to(sitio).as_posix() for p in sitio.rglob("*.html")}
    assert paginas - {"404.html"} <= edicion["sumas"].keys()


def test_el_nucleo_de_un_sitio_grande_deja_fuera_grupos_enteros(tmp_path: Path) -> None:
    for ruta, pesa in (
        ("activos/estilo-1.css", 10),
        ("activos/vega-1.js", 10),
        ("index.html", 1000),
        ("anexos/a/index.html", para_llevar.NUCLEO // 2),
        ("anexos/b/index.html", para_llevar.NUCLEO // 2),
        ("misiones/m/index.html", 1000),
        ("404.html", 1),
        ("larga.html", para_llevar.NUCLEO),
        ("corta.html", 5),
    ):
        (tmp_path / ruta).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ruta).write_bytes(b"x" * pesa)
    assert para_llevar.nucleo(tmp_path) == [
        "activos/estilo-1.css",
        "index.html",
        "misiones/m/index.html",
        "corta.html",
    ]


@con_navegador
def test_instalado_se_lee_con_el_servidor_apagado_y_nunca_atrasado(
    navegador, sitio: Path, tmp_path: Path
) -> None:
    edicion = _edicion((sitio / para_llevar.TRABAJADOR).read_text("utf-8"))
    contexto = navegador.new_context(viewport={"width": 390, "height": 844})
    hoja = contexto.new_page()
    quejas: list[str] = []
    hoja.on("console", lambda m: quejas.append(m.text) if m.type == "error" else None)
    with servido(sitio) as raiz:
        puerto = urlsplit(raiz).port
        hoja.goto(f"{raiz}{MISION}")
        guion = hoja.locator("script[data-sin-conexion]").get_attribute("data-sin-conexion")
        assert guion and (sitio / MISION).parent.joinpath(guion).resolve().is_file()
        hoja.evaluate(
            "g => navigator.serviceWorker.register(g).then(() => navigator.serviceWorker.ready)",
            guion,
        )
        cdp = contexto.new_cdp_session(hoja)
        impiden = cdp.send("Page.getInstallabilityErrors")["installabilityErrors"]
        # El navegador de las pruebas va siempre de incógnito, y así no instala nada.
        assert {e["errorId"] for e in impiden} <= {"in-incognito"}
        hoja.goto(f"{raiz}{MISION}")
        hoja.wait_for_function(
            "u => caches.match(u).then(Boolean)", arg=f"{raiz}{MISION}", timeout=5000
        )
    assert quejas == []

    for ruta in (MISION, "index.html", "", "indicadores/index.html?estado=rezagado"):
        hoja.goto(raiz + ruta)
        aviso = hoja.locator(".sin-conexion").inner_text()
        assert edicion["id"] in aviso and re.search(r"con datos al \d+ de \w+ de 20\d\d", aviso)
    assert hoja.locator("#todos-los-indicadores tbody tr:visible").count() > 0
    hoja.get_by_role("link", name="Buscar", exact=True).click()
    hoja.get_by_label("Buscar en el observatorio").fill("anemia")
    assert hoja.locator(".hallado a").count() > 0
    hoja.goto(f"{raiz}indicadores/M4-K02/index.html")
    assert "no está guardada" in hoja.locator("main").inner_text()
    hoja.get_by_role("link", name="Ir al inicio").click()
    hoja.wait_for_url(f"{raiz}index.html")

    nueva = tmp_path / "nueva"
    nueva.mkdir()
    portada = (sitio / "index.html").read_text("utf-8").replace("</h1>", " de ahora</h1>", 1)
    (nueva / "index.html").write_text(portada, "utf-8")
    with servido(nueva, puerto):
        hoja.goto(f"{raiz}index.html")
        assert "de ahora" in hoja.locator("h1").inner_text()
        assert hoja.locator(".sin-conexion").count() == 0
    hoja.goto(f"{raiz}index.html")
    assert "de ahora" not in hoja.locator("h1").inner_text(), "lo que no es de la edición no entra"
    contexto.close()


@con_navegador
def test_en_una_carpeta_funciona_lo_que_en_la_web(navegador, sitio: Path) -> None:
    contexto = navegador.new_context(viewport={"width": 390, "height": 844})
    hoja = contexto.new_page()
    quejas: list[str] = []
    hoja.on("pageerror", lambda e: quejas.append(str(e)))
    locales = ("file:", "data:", "blob:")
    hoja.on("request", lambda r: None if r.url.startswith(locales) else quejas.append(r.url))

    hoja.goto((sitio / "404.html").as_uri())
    for enlace in hoja.locator("a").evaluate_all("as => as.map(a => a.href)"):
        assert Path(enlace.removeprefix("file://")).is_file(), enlace
    hoja.goto((sitio / MISION).as_uri())
    hoja.locator("label:has([name=estado])").first.click()
    assert "estado=" in hoja.url
    figura = hoja.locator("figure.grafico").first
    figura.locator("button").click()
    figura.locator(".vega-embed svg").wait_for()
    hoja.goto((sitio / "indicadores/index.html").as_uri())
    filas = hoja.locator("#todos-los-indicadores tbody tr:visible")
    antes = filas.count()
    hoja.get_by_label("Buscar", exact=True).press_sequentially("anemia")
    assert 0 < filas.count() < antes
    with hoja.expect_download() as descarga:
        hoja.get_by_role("button", name="Descargar esta vista").click()
    assert "M4-K01" in Path(descarga.value.path()).read_text("utf-8-sig")
    hoja.goto((sitio / "index.html").as_uri())
    hoja.get_by_label("Mi anexo", exact=True).select_option(label="Vijus")
    hoja.get_by_role("button", name="Ver", exact=True).click()
    hoja.wait_for_url("**/anexos/vijus/index.html")
    contexto.close()
    assert quejas == []


def test_la_pagina_de_datos_enlaza_el_zip_y_dice_cuanto_pesa(real_construido: Proyecto) -> None:
    sitio = real_construido.sitio
    pagina = (sitio / "datos.html").read_text("utf-8")
    assert re.search(rf'href="\./{para_llevar.ZIP}"', pagina)
    dicho = int(re.search(r'<span class="peso">(\d+) MB</span>', pagina)[1])
    assert abs(dicho - (sitio / para_llevar.ZIP).stat().st_size / para_llevar.MEGA) <= 0.6
