"""La construcción por partes da lo mismo que la limpia, dice por qué rehace cada cosa y no tiene
entradas ocultas.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from apoyo_publicacion import CAMBIOS, copia_limpia, otra, vueltas
from conftest import con_programa
from observatorio.construir import construir
from observatorio.edicion import claves, ediciones
from observatorio.edicion.citados import citados, imagenes
from observatorio.edicion.registro import Registro
from observatorio.errores import ErrorDeEjecucion
from observatorio.motores import embebido
from observatorio.paginas.fuentes import imagenes_citadas, paginas
from observatorio.rutas import Proyecto

TANDAS = vueltas(1, 10)
CAMBIOS_POR_TANDA = vueltas(1, 10)
JUNTOS = vueltas(6, 2)


@pytest.mark.parametrize("tanda", range(TANDAS))
def test_por_partes_da_lo_mismo_que_desde_cero(
    construido: Proyecto, tmp_path: Path, tanda: int
) -> None:
    azar = random.Random(20261031 + tanda)
    cambios = list(CAMBIOS)
    azar.shuffle(cambios)
    for i in range(CAMBIOS_POR_TANDA):
        hecho = [cambios[(JUNTOS * i + j) % len(cambios)](construido, azar) for j in range(JUNTOS)]
        por_partes = construir(construido, "embebido")
        limpia = construir(copia_limpia(construido, tmp_path / f"limpio-{i}"), "embebido")
        assert por_partes.identificador == limpia.identificador, hecho
        a, b = (ediciones.manifiesto(e.carpeta) for e in (por_partes, limpia))
        distintos = sorted(r for r in a.keys() | b.keys() if a.get(r) != b.get(r))
        assert not distintos, (hecho, distintos)


def test_un_dato_rehace_solo_lo_suyo_y_lo_explica(construido: Proyecto, cambiar) -> None:
    csv = construido.observaciones / "m4-nutricion.csv"
    cambiar(csv, ",validado,demostracion,", ",preliminar,demostracion,")
    edicion = construir(construido, "embebido")
    rehechos = {d.producto: d.cambios for d in edicion.decisiones if d.rehecho}
    assert any("sus datos" in c for c in rehechos["cuaderno m4-nutricion"])
    assert {
        "misiones/m4-nutricion/index.html",
        "misiones/m4-nutricion/boletin.pdf",
    } <= rehechos.keys()
    assert not {p for p in rehechos if "m7" in p or "M7-" in p}
    assert {p for p in rehechos if p.startswith("indicadores/M4-") and p.endswith(".html")}
    assert {"datos/observaciones.csv", "datos/kpis.json"} <= rehechos.keys() and rehechos[
        "datos/kpis.json"
    ] == ("su contenido",)
    iguales = {d.producto for d in edicion.decisiones if not d.rehecho}
    assert {"sitemap.xml", "datos/provincia.csv"} <= iguales and any(
        p.startswith("activos/estilo-") for p in iguales
    )
    de_la_otra = {f"misiones/m7-institucionalidad/{n}.pdf" for n in ("boletin", "ficha")}
    assert {"cuaderno m7-institucionalidad", *de_la_otra} <= iguales


def test_una_pagina_adelantada_sale_igual_y_cuenta_como_rehecha(construido: Proyecto) -> None:
    hechas = embebido.renderizar(construido)
    kpi = next(s for s in hechas if s.startswith("indicadores/M4-"))
    con_piezas = "index.html"
    antes = {salida: hechas[salida].read_bytes() for salida in (kpi, con_piezas)}
    for salida in antes:
        hechas[salida].unlink()
    with embebido.Adelantadas(construido) as adelantadas:
        adelantadas.pedir(antes)
    assert adelantadas.hechas == {hechas[kpi]}, "una pieza aún puede cambiar: su página espera"
    with embebido.Adelantadas(construido) as otras:
        otras.pedir(antes, ["novedades"])
    assert otras.hechas == {hechas[con_piezas]}, "lo que ya está no se escribe otra vez"
    assert {salida: hechas[salida].read_bytes() for salida in antes} == antes
    registro = Registro(construido.trabajo)
    embebido.renderizar(
        construido, registro=registro, adelantadas=adelantadas.hechas | otras.hechas
    )
    assert {d.producto for d in registro.decisiones if d.rehecho} == set(antes)


def test_una_pagina_espera_a_sus_piezas_y_sale_con_lo_que_acaban_diciendo(
    construido: Proyecto,
) -> None:
    portada, pieza = construido.raiz / "index.qmd", construido.trabajo / "piezas/novedades.html"
    with portada.open("a", encoding="utf-8") as f:
        f.write('\n::: {.pieza nombre="novedades"}\n:::\n')
    escritas = embebido.renderizar(construido)
    with embebido.Adelantadas(construido) as adelantadas:
        adelantadas.pedir(["index.html"], ["novedades", "edicion"])
        pieza.write_text("<p>Lo último.</p>", encoding="utf-8")
        adelantadas.pedir([], [])
    (hecha,) = adelantadas.hechas
    assert "Lo último." in hecha.read_text(encoding="utf-8")
    assert embebido.renderizar(construido) == {**escritas, "index.html": hecha}


def test_lo_que_falla_al_adelantarse_lo_dice_quien_lo_repite(construido: Proyecto) -> None:
    portada = construido.raiz / "index.qmd"
    portada.write_text(portada.read_text(encoding="utf-8") + "\n\n![](x.png)\n", encoding="utf-8")
    with embebido.Adelantadas(construido) as adelantadas:
        adelantadas.pedir(["index.html"], [])
    with pytest.raises(ErrorDeEjecucion, match="texto alternativo"):
        embebido.renderizar(construido)


def test_si_la_preparacion_se_detiene_no_se_espera_a_lo_adelantado(construido: Proyecto) -> None:
    adelantadas = embebido.Adelantadas(construido)
    with pytest.raises(ErrorDeEjecucion, match="a media"), adelantadas:
        adelantadas.pedir(["acerca.html"])
        raise ErrorDeEjecucion("a media preparación")
    assert not adelantadas.hechas


def test_la_edicion_de_antes_sigue_entera_y_solo_se_comparte_lo_igual(
    construido: Proyecto, cambiar
) -> None:
    primera = construir(construido, "embebido").carpeta
    cambiar(
        construido.observaciones / "m4-nutricion.csv",
        ",validado,demostracion,",
        ",preliminar,demostracion,",
    )
    segunda = construir(construido, "embebido").carpeta
    assert ediciones.sana(primera) and ediciones.sana(segunda)
    antes, ahora = ediciones.manifiesto(primera), ediciones.manifiesto(segunda)
    for ruta in antes.keys() & ahora.keys():
        assert (primera / ruta).samefile(segunda / ruta) == (antes[ruta] == ahora[ruta]), ruta
    assert antes["sitio.zip"] != ahora["sitio.zip"]


def test_sin_cambios_lo_dice_de_cada_producto(construido: Proyecto) -> None:
    otra(construido, "primera")
    primera, segunda = (construir(construido, "embebido") for _ in range(2))
    assert primera.nueva and not segunda.nueva
    assert {d.producto for d in segunda.decisiones} == {d.producto for d in primera.decisiones}
    assert all(not d.rehecho for d in segunda.decisiones)


def test_lo_generado_cambiado_a_mano_se_rehace(construido: Proyecto) -> None:
    (construido.raiz / "datos/kpis.json").write_text("[]")
    (construido.misiones / "m4-nutricion/index.ipynb").unlink()
    (construido.raiz / "index.qmd").write_text(
        '---\ntitle: "Otro"\n---\n\nTexto.\n', encoding="utf-8"
    )
    edicion = construir(construido, "embebido")
    assert (edicion.carpeta / "datos/kpis.json").stat().st_size > 1000


def test_edicion_danada_se_detecta_y_se_rehace(construido: Proyecto) -> None:
    edicion = construir(construido, "embebido")
    antes = ediciones.manifiesto(edicion.carpeta)
    (edicion.carpeta / "index.html").write_text("roto")
    (edicion.carpeta / "404.html").unlink()
    assert ediciones.defectos(edicion.carpeta) == [
        "404.html: falta",
        "index.html: su contenido cambió",
    ]
    rehecha = construir(construido, "embebido")
    assert rehecha.nueva and rehecha.identificador == edicion.identificador
    assert ediciones.manifiesto(rehecha.carpeta) == antes and not ediciones.defectos(
        rehecha.carpeta
    )


@pytest.mark.parametrize(
    ("ruta", "familia"),
    [
        ("data/provincia.csv", "datos"),
        ("data/gobernanza/comites.yml", "datos"),
        ("misiones/m4-nutricion/hoja-de-ruta.yml", "hojas de ruta"),
        ("requirements.txt", "versiones fijadas"),
        ("_environment", "configuración"),
        ("_quarto.yml", "configuración"),
        ("_extensions/observatorio/boletin.typ", "extensión"),
        ("notebooks/mision.ipynb", "cuadernos"),
        ("index.qmd", "páginas"),
        ("scripts/observatorio/rutas.py", "programa"),
    ],
)
def test_toda_entrada_cambia_su_familia_y_la_edicion(
    minimo: Proyecto, ruta: str, familia: str
) -> None:
    con_programa(minimo)
    antes = claves.entradas(minimo.raiz)
    with (minimo.raiz / ruta).open("a", encoding="utf-8") as archivo:
        archivo.write("\n")
    ahora = claves.entradas(minimo.raiz)
    assert familia in {n for n in ahora if ahora[n] != antes[n]}
    assert claves.identificador(ahora, "x") != claves.identificador(antes, "x")
    assert claves.identificador(antes, "x") != claves.identificador(antes, "otro motor")


def test_lo_citado_y_lo_declarado_fuera_de_las_familias_cambia_la_edicion(
    minimo: Proyecto, cambiar
) -> None:
    fotos, otras = minimo.raiz / "fotos", minimo.raiz / "otras"
    fotos.mkdir(), otras.mkdir()
    cambiar(
        minimo.raiz / "_quarto.yml",
        "    - /*.qmd\n",
        "    - /*.qmd\n    - /otras/*.qmd # más páginas\n",
    )
    cambiar(
        minimo.cuadernos / "mision.ipynb",
        "## ¿Cómo va cada indicador?",
        "![Un mapa](../../fotos/mapa.png) ## ¿Cómo va cada indicador?",
    )
    with (minimo.raiz / "index.qmd").open("a", encoding="utf-8") as archivo:
        archivo.write("\n![La posta](fotos/posta.png)\n")
    for familia, ruta in (
        ("cuadernos", fotos / "mapa.png"),
        ("páginas", fotos / "posta.png"),
        ("páginas", otras / "x.qmd"),
    ):
        antes = claves.entradas(minimo.raiz)
        ruta.write_bytes(b"uno")
        con = claves.entradas(minimo.raiz)
        ruta.write_bytes(b"dos")
        assert (
            claves.distintas(antes, con)
            == claves.distintas(con, claves.entradas(minimo.raiz))
            == [familia]
        )
    assert set(imagenes_citadas(minimo, paginas(minimo))) == {"fotos/posta.png"}


def test_lo_que_no_entra_en_la_clave_tampoco_se_lee(minimo: Proyecto) -> None:
    antes, leidos = claves.entradas(minimo.raiz), minimo.archivos_de_observaciones()
    for nombre in (".resto.csv", "~resto.csv"):
        (minimo.observaciones / nombre).write_text("x")
    assert claves.entradas(minimo.raiz) == antes and minimo.archivos_de_observaciones() == leidos


def test_las_versiones_fijadas_estan_en_la_clave_de_cada_pagina(minimo: Proyecto, cambiar) -> None:
    (minimo.trabajo / "piezas").mkdir(parents=True)
    (minimo.trabajo / "piezas/sello.json").write_text("{}")
    antes = embebido._partes_comunes(minimo, {})
    cambiar(minimo.raiz / "requirements.txt", "altair==", "# altair==")
    ahora = embebido._partes_comunes(minimo, {})
    assert [n for n in ahora if ahora[n] != antes[n]] == ["versiones fijadas"]


def test_una_version_instalada_distinta_de_la_fijada_cambia_las_claves(
    minimo: Proyecto, cambiar
) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert version in claves.entorno(minimo.raiz).removeprefix("python-").split("/")
    cambiar(minimo.raiz / "requirements.txt", "polars==", "polars==0.0.")
    assert "polars=" in claves.entorno(minimo.raiz)


def test_los_archivos_que_un_texto_nombra_son_entradas(tmp_path: Path) -> None:
    (tmp_path / "fotos").mkdir()
    (tmp_path / "fotos/posta.png").write_bytes(b"1")
    (tmp_path / "datos").mkdir()
    (tmp_path / "datos/kpis.csv").write_bytes(b"1")
    assert list(
        citados(
            "![La posta](fotos/posta.png) y [datos](datos/kpis.csv) y fotos/no.png.",
            tmp_path,
            tmp_path,
        )
    ) == ["fotos/posta.png"]
    assert list(citados('pl.read_csv("../fotos/posta.png")', tmp_path / "datos", tmp_path)) == [
        "fotos/posta.png"
    ]
    (tmp_path / "fotos/la posta.png").write_bytes(b"1")
    for texto in (
        "![Una](../../fotos/posta.png)",
        "![Una][f]\n\n[f]: fotos/posta.png",
        '<img alt="x" src="/fotos/posta.png">',
    ):
        assert (
            list(imagenes(texto, tmp_path / "notebooks", tmp_path))
            == list(citados(texto, tmp_path / "notebooks", tmp_path))
            == ["fotos/posta.png"]
        )
    assert list(imagenes('![Dos](fotos/la%20posta.png "Título")', tmp_path, tmp_path)) == [
        "fotos/la posta.png"
    ]
    assert not imagenes("se nombra fotos/posta.png y [enlaza](datos/kpis.csv)", tmp_path, tmp_path)


ESPIA = """
import os, sys
RAIZ, REGISTRO = os.environ["ESPIA_RAIZ"], os.environ["ESPIA_REGISTRO"]
def espiar(suceso, datos):
    if suceso == "open" and isinstance(datos[0], str):
        ruta = os.path.realpath(datos[0])
        if ruta.startswith(RAIZ + os.sep) and not os.path.isdir(ruta):
            d = os.open(REGISTRO, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(d, (ruta + "\\n").encode())
            os.close(d)
sys.addaudithook(espiar)
"""


@pytest.mark.largo
def test_la_construccion_no_abre_ningun_archivo_que_no_sea_entrada_o_generado(
    minimo: Proyecto, tmp_path: Path
) -> None:
    """Un espía en cada proceso de Python anota lo que abre dentro del proyecto."""
    (tmp_path / "espia").mkdir()
    (tmp_path / "espia/sitecustomize.py").write_text(ESPIA, encoding="utf-8")
    registro = tmp_path / "abiertos.txt"
    entorno = os.environ | {
        "PYTHONPATH": str(tmp_path / "espia"),
        "ESPIA_RAIZ": str(minimo.raiz.resolve()),
        "ESPIA_REGISTRO": str(registro),
    }
    subprocess.run(
        [
            sys.executable,
            "-m",
            "observatorio",
            "--raiz",
            str(minimo.raiz),
            "construir",
            "--motor",
            "embebido",
        ],
        env=entorno,
        check=True,
        capture_output=True,
    )
    abiertos = {
        Path(r).relative_to(minimo.raiz.resolve()).as_posix()
        for r in registro.read_text(encoding="utf-8").splitlines()
    }
    entradas = {
        p.relative_to(minimo.raiz).as_posix()
        for patrones in claves.FAMILIAS.values()
        for p in claves.archivos(minimo.raiz, patrones)
    }
    generadas = (
        ".trabajo/",
        ".cache/",
        "datos/",
        "activos/",
        "indicadores/",
        "anexos/",
        "cambios/",
        "buscar/",
        "ediciones/",
        "data/publicada/",
        "misiones/m4-nutricion/",
        "misiones/m7-institucionalidad/",
    )
    sueltas = {"404.html", "sitemap.xml", "novedades.xml", "robots.txt"}
    ocultas = {
        a
        for a in abiertos - entradas
        if not a.startswith(generadas)
        and a.lstrip(".").rsplit(".", 1)[0] not in sueltas
        and a not in sueltas
    }
    assert len(abiertos & entradas) > 30
    assert not ocultas
