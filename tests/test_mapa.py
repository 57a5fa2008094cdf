"""El mapa de cada misión: solo cifras de anexos, lo protegido se ve, y la tabla dice lo mismo."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import polars as pl
import pytest

from observatorio.metodo.estados import PROTEGIDO
from observatorio.presentacion.graficos.recetas import croquis
from observatorio.presentacion.mapa import (
    ANCHO,
    BORDE,
    CLASES,
    POR_CONFIRMAR,
    SEPARACION,
    SIN_MEDIR,
    mapa,
    separados,
)
from observatorio.resultados.abierta import abiertas
from observatorio.resultados.mision import MisionAbierta
from observatorio.resultados.resultados import Resultados

SVG = re.compile(r"<svg [^>]*role=\"img\".*?</svg>", re.DOTALL)
FILA = re.compile(r'<span class="numero-de-mapa">(\d+)</span> (.*?)</th><td>(.*?)</td>')


@pytest.fixture(scope="module")
def misiones(resultados_reales: Resultados) -> list[MisionAbierta]:
    return abiertas(resultados_reales)


def con_mapa(misiones: list[MisionAbierta]) -> list[tuple[MisionAbierta, str, str]]:
    """``(misión, su KPI, HTML)`` de las que tienen mapa."""
    hechos = [(m, mapa(m).html) for m in misiones]
    return [(m, re.findall(r"indicadores/([\w-]+)/", h)[0], h) for m, h in hechos if h]


def test_la_tabla_dice_lo_de_cada_anexo_y_el_mapa_lo_mismo(misiones: list[MisionAbierta]) -> None:
    hechos = con_mapa(misiones)
    assert len(hechos) > 3
    for m, codigo, html in hechos:
        filas = {int(n): (nombre, celda) for n, nombre, celda in FILA.findall(html)}
        assert list(filas) == list(range(1, len(m.lugares) + 1))
        medidas = {f["lugar"]: f for f in m.ultimas_de_anexos(codigo).iter_rows(named=True)}
        nombres = {nombre: codigo_ for codigo_, nombre in m.lugares.items()}
        (svg,) = SVG.findall(html)
        for nombre, celda in filas.values():
            f = medidas.get(nombres[nombre.removesuffix(POR_CONFIRMAR)])
            if f is None:
                assert celda == SIN_MEDIR
            elif f["protegido"]:
                assert celda == PROTEGIDO
            else:
                assert f"{f['valor']:.{m.fichas[codigo].decimales}f}"[:3] in celda.replace(",", "")
        protegidos = sum(celda == PROTEGIDO for _, celda in filas.values())
        assert svg.count("stroke-dasharray") == protegidos + bool(m.territorio.limite)
        assert svg.count("<rect") == sum(celda == SIN_MEDIR for _, celda in filas.values())
        assert ("m-demostracion" in html) == ("no describen la realidad" in svg)


def test_la_cifra_del_distrito_no_esta_en_el_mapa(misiones: list[MisionAbierta]) -> None:
    for m, codigo, html in con_mapa(misiones):
        (svg,) = SVG.findall(html)
        textos = set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
        assert {t for t in textos if not t.startswith("Cifras de")} == {
            str(n) for n in range(1, len(m.lugares) + 1)
        }, codigo
        assert f"{m.territorio.tipo.capitalize()} de {m.territorio.nombre}</strong>" in html


def test_es_un_dibujo_accesible_y_legible_en_un_telefono(misiones: list[MisionAbierta]) -> None:
    vistos = set()
    for _, _, html in con_mapa(misiones):
        (svg,) = SVG.findall(html)
        arbol = ElementTree.fromstring(svg)
        claves = arbol.attrib["aria-labelledby"].split()
        assert [arbol.find("title").attrib["id"], arbol.find("desc").attrib["id"]] == claves
        assert all(x.text for x in (arbol.find("title"), arbol.find("desc")))
        vistos.update(claves)
        # En 360 píxeles quedan 328 para el dibujo, y la letra no baja de 12.
        assert float(arbol.attrib["font-size"]) * 328 / ANCHO >= 12
        assert "style=" not in html and "<script" not in html
    assert len(vistos) == 2 * len(con_mapa(misiones)), "ningún id se repite de una misión a otra"


def test_dice_que_es_un_croquis(misiones: list[MisionAbierta]) -> None:
    m, _, html = con_mapa(misiones)[0]
    assert "es un croquis para orientarse, no un límite legal" in html
    sin_limite = replace(m, territorio=m.territorio.model_copy(update={"limite": ()}))
    assert "Es un croquis para orientarse" in mapa(sin_limite).html
    assert "no un límite legal" not in mapa(sin_limite).html


def test_si_todo_se_protege_no_hay_mapa(misiones: list[MisionAbierta]) -> None:
    m = con_mapa(misiones)[0][0]
    callada = replace(
        m,
        observaciones=m.observaciones.with_columns(
            protegido=pl.lit(True), valor=pl.lit(None, pl.Float64)
        ),
    )
    assert mapa(callada).html == ""


def test_con_un_solo_valor_hay_una_sola_clase(misiones: list[MisionAbierta]) -> None:
    m, codigo, _ = con_mapa(misiones)[0]
    iguales = replace(
        m,
        observaciones=m.observaciones.with_columns(
            valor=pl.when(pl.col("protegido")).then(None).otherwise(40.0)
        ),
    )
    html = mapa(iguales).html
    assert CLASES[0][0] in html and CLASES[1][0] not in html, codigo


def test_ningun_simbolo_tapa_a_otro_ni_se_sale() -> None:
    casos = [
        [(100.0 + i % 4, 100.0 + i // 4) for i in range(15)],
        [(50.0, 50.0)] * 6,
        [(BORDE, BORDE), (BORDE + 1, BORDE), (ANCHO, 400.0)],
    ]
    for puntos in casos:
        puestos = separados(puntos, ANCHO, 420.0)
        assert puestos == separados(puntos, ANCHO, 420.0)
        for i, a in enumerate(puestos):
            assert BORDE <= a[0] <= ANCHO - BORDE and BORDE <= a[1] <= 420.0 - BORDE
            assert all(math.dist(a, b) >= SEPARACION - 1 for b in puestos[:i]), puntos
    lejos = [(30.0, 30.0), (90.0, 30.0)]
    assert separados(lejos, ANCHO, 420.0) == lejos


def test_el_croquis_se_ajusta_a_los_lugares_y_a_sus_cifras() -> None:
    """Pocas cifras no piden círculos de doscientas, y un nombre largo va en renglones."""
    largo = "San Íñigo de Ocaña del Santísimo Sacramento"
    puntos = pl.DataFrame(
        [("Ñaz", -9.1, -77.5, 1), (largo, -9.2, -77.4, 3)],
        schema={"anexo": pl.String, "lat": pl.Float64, "lon": pl.Float64, "cifras": pl.Int64},
        orient="row",
    )
    dibujo = croquis(puntos, (), "Cifras").to_dict()
    circulos = next(c for c in dibujo["layer"] if c["mark"]["type"] == "circle")
    assert circulos["encoding"]["size"]["legend"]["values"] == [1, 3]
    assert circulos["encoding"]["size"]["scale"]["domain"] == [0, 3]
    (datos,) = [d for d in dibujo["datasets"].values() if "rotulo" in d[0]]
    assert [d["lado"] for d in datos] == ["derecha", "izquierda"]
    assert all(len(r) <= 26 for r in datos[1]["rotulo"].split("\n"))
    nadie = croquis(puntos.with_columns(cifras=pl.lit(0)), (), "Cifras").to_dict()
    assert "'legend': None" in str(nadie)
