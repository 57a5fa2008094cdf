"""Los boletines en PDF: accesibles, breves, marcados en cada página y con los mismos bytes cada
vez.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import altair as alt
import nbformat
import pandas as pd
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import yaml
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from apoyo_pdf import cuerpos, paginas
from conftest import con_respaldo, copia_de
from observatorio.catalogo.lectura import cargar
from observatorio.construir import construir
from observatorio.metodo.estados import ESTADOS
from observatorio.motores import embebido
from observatorio.presentacion.graficos.dibujo import dibujar
from observatorio.presentacion.graficos.impresion import (
    ANCHO,
    ajustar,
    medidas,
    para_papel,
    titulos,
)
from observatorio.rutas import Proyecto

MARCA = "CIFRAS DE DEMOSTRACIÓN"
MISIONES = (
    "m1-salud",
    "m2-educacion",
    "m3-economia",
    "m4-nutricion",
    "m5-ambiente",
    "m6-comunidades",
    "m7-institucionalidad",
)
TODAS = pytest.mark.parametrize("mision", MISIONES)


def _ruta(proyecto: Proyecto, mision: str) -> Path:
    return proyecto.sitio / "misiones" / mision / "boletin.pdf"


def _leer(proyecto: Proyecto, mision: str) -> PdfReader:
    return PdfReader(_ruta(proyecto, mision))


def _textos(proyecto: Proyecto, mision: str) -> list[str]:
    return [" ".join(p.split()) for p in paginas(_ruta(proyecto, mision))]


def _elementos(nodo: object) -> list[DictionaryObject]:
    """Los elementos de la estructura de un PDF etiquetado, en orden de lectura."""
    nodo = nodo.get_object() if hasattr(nodo, "get_object") else nodo
    if isinstance(nodo, ArrayObject):
        return [e for hijo in nodo for e in _elementos(hijo)]
    if not isinstance(nodo, DictionaryObject):
        return []
    return ([nodo] if "/S" in nodo else []) + (_elementos(nodo["/K"]) if "/K" in nodo else [])


def _figuras(pdf: PdfReader) -> list[str]:
    return [
        str(e.get("/Alt", ""))
        for e in _elementos(pdf.trailer["/Root"]["/StructTreeRoot"])
        if e["/S"] == "/Figure"
    ]


@TODAS
def test_se_lee_en_una_sesion_y_nombra_todos_sus_kpi(
    real_construido: Proyecto, mision: str
) -> None:
    hojas = _textos(real_construido, mision)
    assert 2 <= len(hojas) <= 6
    for numero, texto in enumerate(hojas, 1):
        assert f"página {numero} de {len(hojas)}" in texto
        assert MARCA in texto
    todo = " ".join(hojas)
    hoja = cargar(real_construido).mision(mision)
    assert not [k.codigo for k in hoja.kpis if k.codigo not in todo]
    assert not [o.codigo for o in hoja.okrs if o.codigo not in todo]
    assert "pendiente de aprobación" in todo and f"/misiones/{mision}/" in todo
    comites = yaml.safe_load(
        (real_construido.data / "gobernanza" / "comites.yml").read_text(encoding="utf-8")
    )["comites"]
    assert all(c["nombre"] in hojas[-1] for c in comites) and "Firma" in hojas[-1]


@TODAS
def test_ninguna_letra_baja_de_nueve_puntos(real_construido: Proyecto, mision: str) -> None:
    assert min(cuerpos(_ruta(real_construido, mision))) >= 9


@TODAS
def test_es_un_documento_accesible(real_construido: Proyecto, mision: str) -> None:
    pdf = _leer(real_construido, mision)
    raiz = pdf.trailer["/Root"]
    assert (
        raiz["/MarkInfo"]["/Marked"]
        and raiz["/Lang"] == "es"
        and raiz["/ViewerPreferences"]["/DisplayDocTitle"]
    )
    assert "<pdfuaid:part>1</pdfuaid:part>" in raiz["/Metadata"].get_data().decode()
    assert (
        pdf.metadata.title
        == f"{mision[:2].upper()} · {cargar(real_construido).mision(mision).nombre}"
    )
    clases = [e["/S"] for e in _elementos(raiz["/StructTreeRoot"])]
    assert (
        clases.count("/H1") == 1
        and clases.count("/H2") >= 4
        and clases.index("/H1") < clases.index("/H2")
    )
    assert clases.count("/Table") == 3 and clases.count("/TH") > 15
    figuras = _figuras(pdf)
    assert len(
        [f for f in figuras if not re.fullmatch(r".+ en (\d+ medidas|una sola medida)", f)]
    ) in (
        3,
        4,
    ), "tres o cuatro gráficos, y minigráficos"
    assert all(len(f) > 15 for f in figuras)


@pytest.mark.largo
def test_lleva_la_fecha_de_los_datos_y_los_mismos_bytes_la_segunda_vez(
    real_construido: Proyecto, tmp_path: Path
) -> None:
    proyecto = copia_de(real_construido, tmp_path / "p")
    antes = {m: (proyecto.sitio / "misiones" / m / "boletin.pdf").read_bytes() for m in MISIONES}
    shutil.rmtree(proyecto.trabajo / "render")
    rutas = embebido.renderizar(proyecto)
    assert {m: rutas[f"misiones/{m}/boletin.pdf"].read_bytes() for m in MISIONES} == antes
    corte = cargar(proyecto).territorio.fecha_corte
    assert _leer(proyecto, MISIONES[0]).metadata.creation_date.date() == corte


@pytest.mark.largo
def test_sin_demostracion_no_hay_marca(construido: Proyecto, cambiar) -> None:
    cambiar(construido.territorio, "incluir_demostracion: true", "incluir_demostracion: false")
    # Las líneas de base de la ficha también pueden ser de demostración.
    for hoja in construido.misiones.glob("*/hoja-de-ruta.yml"):
        hoja.write_text(
            hoja.read_text(encoding="utf-8").replace(
                "naturaleza: demostracion", "naturaleza: declarado"
            ),
            encoding="utf-8",
        )
    construir(con_respaldo(construido), "embebido")
    assert MARCA not in " ".join(_textos(construido, "m4-nutricion"))


@pytest.mark.largo
def test_una_sola_linea_de_base_de_demostracion_marca_todas_las_paginas(
    sin_demostracion: Proyecto,
) -> None:
    assert "naturaleza: demostracion" in (
        sin_demostracion.misiones / "m4-nutricion" / "hoja-de-ruta.yml"
    ).read_text(encoding="utf-8")
    assert all(MARCA in t for t in _textos(sin_demostracion, "m4-nutricion"))


def test_el_boletin_dice_cuan_seguro_es_y_lo_que_no_se_une(
    real_construido: Proyecto,
) -> None:
    texto = " ".join(_textos(real_construido, "m4-nutricion"))
    assert (
        "¿Peor que la base?" in texto
        and "posible" in texto
        and "cambió el método, abril de 2024" in texto
    )
    assert any(
        re.fullmatch(r"de .+ medidas; cambió el método; de .+ medidas", f)
        for f in _figuras(_leer(real_construido, "m4-nutricion"))
    )


@pytest.mark.largo
def test_un_grafico_puede_quedar_solo_en_la_pagina(construido: Proyecto, cambiar) -> None:
    cambiar(
        construido.cuadernos / "mision.ipynb",
        'title=alt.Title(\\"Avance de cada objetivo\\")',
        'usermeta={\\"boletin\\": False}, title=alt.Title(\\"Avance de cada objetivo\\")',
    )
    construir(construido, "embebido")
    assert "Avance de cada objetivo" not in " ".join(_textos(construido, "m4-nutricion"))
    assert "Avance de cada objetivo" in (
        construido.sitio / "misiones/m4-nutricion/index.html"
    ).read_text(encoding="utf-8")


def test_cada_estado_tiene_su_forma(proyecto_real: Proyecto) -> None:
    plantilla = (proyecto_real.extension / "comun.typ").read_text(encoding="utf-8")
    formas = re.findall(
        r"^    ([a-z-]+): \w",
        plantilla[plantilla.index("#let icono") : plantilla.index("#let sello(")],
        re.M,
    )
    assert sorted(formas) == sorted([*(e.id for e in ESTADOS), "en-retroceso-posible"])


def _barras(ancho: int, filas: int = 3) -> dict:
    datos = pd.DataFrame(
        {"lugar": [f"Un anexo de nombre largo {i}" for i in range(filas)], "valor": range(filas)}
    )
    return (
        alt.Chart(datos)
        .mark_bar()
        .encode(x="valor:Q", y="lugar:N")
        .properties(
            width=ancho,
            height=100,
            title=alt.Title(["Un título", "en dos líneas"], subtitle="y su subtítulo"),
            description="x",
        )
        .to_dict()
    )


@pytest.mark.parametrize("ancho", [150, 400, 900])
def test_en_papel_todo_grafico_cabe_en_media_pagina(ancho: int) -> None:
    espec = _barras(ancho)
    (svg,) = ajustar([para_papel(espec)], dibujar)
    assert medidas(svg)[0] <= ANCHO + 1
    assert "Un título" not in svg and titulos(espec) == (
        "Un título en dos líneas",
        "y su subtítulo",
    )
    assert espec["height"] == 100, "la especificación de la página no se toca"


def test_en_papel_se_estrechan_tambien_las_vistas_de_un_panel() -> None:
    datos = pd.DataFrame({"k": ["a", "b"] * 3, "x": range(6), "y": range(6)})
    panel = (
        alt.Chart(datos)
        .mark_line()
        .encode(x="x:Q", y="y:Q")
        .properties(width=800, height=100)
        .facet(row="k:N")
        .to_dict()
    )
    (svg,) = ajustar([para_papel(panel)], dibujar)
    assert medidas(svg)[0] <= ANCHO + 1


def test_un_grafico_mas_alto_que_la_hoja_se_imprime_entero(construido: Proyecto) -> None:
    """Lo que salía por debajo de la hoja no lo leía quien la firma."""
    alto = (
        "import altair as alt, pandas as pd\n"
        "filas = pd.DataFrame({'r': [f'renglón {n}' for n in range(80)], 'v': range(80)})\n"
        "alt.Chart(filas, title='Alto', description='Uno alto').mark_bar().encode(\n"
        "    x='v:Q', y=alt.Y('r:N', sort=None)).properties(height=alt.Step(30))"
    )
    cuaderno = nbformat.read(construido.cuaderno_de_mision, as_version=4)
    cuaderno.cells.append(nbformat.v4.new_code_cell(alto))
    nbformat.write(cuaderno, construido.cuaderno_de_mision)
    construir(construido, "embebido")
    with pypdfium2.PdfDocument(_ruta(construido, "m4-nutricion")) as pdf:
        hallados = [
            texto.get_charbox(hallado[0])
            for texto in (hoja.get_textpage() for hoja in pdf)
            if (hallado := texto.search("renglón 79").get_next())
        ]
    assert len(hallados) == 1 and hallados[0][1] > 40, hallados


def test_un_svg_sin_medidas_se_rechaza(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="width y height"):
        medidas("<svg></svg>")


def test_las_cajas_de_una_fila_son_del_mismo_alto(real_construido: Proyecto) -> None:
    """La fila de cifras y la de los indicadores de la meta, en la primera página."""
    with pypdfium2.PdfDocument(_ruta(real_construido, "m4-nutricion")) as pdf:
        cajas = [
            tuple(map(round, o.get_bounds()))
            for o in pdf[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])
        ]
    filas: dict[int, list[tuple[int, ...]]] = {}
    for izquierda, abajo, derecha, arriba in cajas:
        if derecha - izquierda > 120 and 40 < arriba - abajo < 200:
            filas.setdefault(arriba, []).append((izquierda, abajo))
    de_varias = [{abajo for _, abajo in f} for f in filas.values() if len({i for i, _ in f}) > 1]
    assert len(de_varias) == 2 and all(len(x) == 1 for x in de_varias), filas


@TODAS
def test_ninguna_cifra_pisa_la_de_al_lado(real_construido: Proyecto, mision: str) -> None:
    """En la tabla de indicadores, donde una unidad puede ser una sola palabra larga."""
    with pypdfium2.PdfDocument(_ruta(real_construido, mision)) as pdf:
        for hoja in pdf:
            texto = hoja.get_textpage()
            trozos = [texto.get_rect(i) for i in range(texto.count_rects())]
            for n, (iz, ab, de, ar) in enumerate(trozos):
                for iz2, ab2, de2, ar2 in trozos[n + 1 :]:
                    ancho, alto = min(de, de2) - max(iz, iz2), min(ar, ar2) - max(ab, ab2)
                    if ancho > 4 and alto > 4:
                        dicho = texto.get_text_bounded(iz, ab, de, ar)
                        assert "%" in dicho, dicho


@TODAS
def test_las_fuentes_van_en_su_orden_aunque_pasen_de_pagina(
    real_construido: Proyecto, mision: str
) -> None:
    todo = "\n".join(paginas(_ruta(real_construido, mision)))
    de_fuentes = todo.split("De dónde sale cada cifra")[1]
    numeros = [int(n) for n in re.findall(r"^(\d+)\. [A-ZÁÉÍÓÚÑ]", de_fuentes, re.MULTILINE)]
    assert len(numeros) > 4 and numeros == [*range(1, len(numeros) + 1)]


def test_quien_firma_sabe_que_firma_y_con_que_se_comprueba(real_construido: Proyecto) -> None:
    todo = " ".join(_textos(real_construido, "m4-nutricion"))
    clave = re.search(r"Su clave es (\w{16}):", todo)
    pagina = (real_construido.sitio / "misiones/m4-nutricion/index.html").read_text("utf-8")
    assert clave and re.search(rf"Producto\s+(<[^>]+>)?{clave[1]}", pagina)


def test_un_estado_concuerda_con_cuantos_son(real_construido: Proyecto) -> None:
    pagina = (real_construido.sitio / "misiones/m5-ambiente/index.html").read_text("utf-8")
    cuentas = re.findall(r"</span>\s(\d+) ([a-z ]+)</span>", pagina)
    dichos = {nombre for n, nombre in cuentas if n != "1"}
    assert dichos & {e.varios for e in ESTADOS if e.varios}
    assert not dichos & {e.nombre for e in ESTADOS if e.varios}
