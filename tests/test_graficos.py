"""Lo que un gráfico dice de sus datos: la demostración se anuncia dentro, también en los que un
analista agregue.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import altair as alt
import polars as pl
import pytest

from apoyo_metodo import ficha, serie
from observatorio.errores import ErrorDeEjecucion
from observatorio.metodo.quiebres import con_tramos
from observatorio.presentacion.chispas import chispa
from observatorio.presentacion.filas import CAMBIO_DE_METODO
from observatorio.presentacion.graficos import graficos, recetas
from observatorio.presentacion.graficos.dibujante import Dibujante
from observatorio.presentacion.graficos.dibujo import dibujar, dibujar_con_papel
from observatorio.presentacion.graficos.recetas.comun import PROTEGIDO
from observatorio.rutas import Proyecto

ALTO_DE_UN_CAMINO = 150


@pytest.fixture
def con_demostracion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graficos, "_naturalezas", set())
    graficos.anunciar(["demostracion", "declarado"])


def subtitulo(datos: list[dict], titulo: object = "Un título") -> list[str]:
    espec = {"title": titulo, "datasets": {"d": datos}, "description": "x"}
    salida = graficos.con_naturaleza(espec)["title"]
    return salida.get("subtitle", []) if isinstance(salida, dict) else []


@pytest.mark.parametrize(
    ("titulo", "lineas"),
    [("Un título", 1), ({"text": "Un título", "subtitle": "Otra línea"}, 2), ("", 1)],
)
def test_un_grafico_nuevo_lleva_el_aviso(
    con_demostracion: None, titulo: object, lineas: int
) -> None:
    hallado = subtitulo([{"valor": 3}], titulo)
    assert hallado[-1] == graficos.AVISO_DEMO and len(hallado) == lineas


def test_los_datos_que_dicen_su_naturaleza_mandan(con_demostracion: None) -> None:
    assert subtitulo([{"valor": 3, "naturaleza": "documentado"}]) == []
    assert subtitulo(
        [{"valor": 3, "naturaleza": "documentado"}, {"valor": 4, "naturaleza": "demostracion"}]
    ) == [graficos.AVISO_DEMO]
    assert subtitulo([{"valor": 3, "naturaleza": "documentado"}, {"valor": 4}]) == [
        graficos.AVISO_DEMO
    ]


def test_sin_datos_de_demostracion_no_hay_aviso(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graficos, "_naturalezas", {"declarado"})
    assert subtitulo([{"valor": 3}]) == []


def test_cada_grafico_pide_su_texto_alternativo() -> None:
    with pytest.raises(ValueError, match="description"):
        graficos._renderizar({"mark": "point"})


def test_un_dibujo_no_dice_cuantos_se_hicieron_antes() -> None:
    recortado = {
        "description": "Recortado",
        "data": {"values": [{"a": 1}, {"a": 2}]},
        "mark": {"type": "line", "clip": True},
        "encoding": {
            "x": {"field": "a", "type": "quantitative"},
            "color": {"field": "a", "type": "quantitative"},
        },
    }
    uno, otro = dibujar([recortado, recortado])
    assert "clip-path" in uno and "gradient" in uno and uno == otro


def test_un_grafico_que_se_recorre_con_el_raton_se_dibuja() -> None:
    grafico = alt.Chart(alt.Data(values=[{"a": 1}, {"a": 2}])).mark_point().encode(x="a:Q")
    quieto, movil = dibujar([grafico.to_dict(), grafico.interactive().to_dict()])
    assert quieto.count("<path") == movil.count("<path")


def test_de_lo_que_no_se_puede_dibujar_se_dice_cual_y_lo_demas_se_dibuja(tmp_path: Path) -> None:
    def grafico(nombre: str, expresion: str) -> dict:
        return {
            "title": nombre,
            "description": nombre,
            "data": {"values": [{"a": 1}]},
            "transform": [{"calculate": expresion, "as": "b"}],
            "mark": "point",
            "encoding": {"x": {"field": "b", "type": "quantitative"}},
        }

    espec = [grafico("Bueno", "datum.a"), grafico("Malo", "noexiste(1)"), grafico("Peor", "(")]
    claves = [graficos.identificador(e) for e in espec]
    with Dibujante(tmp_path, "v") as dibujante:
        dibujante.encargar(espec)
        dibujante.recoger(claves[:1])
        with pytest.raises(ErrorDeEjecucion) as e:
            dibujante.recoger(claves)
    dicho = str(e.value).splitlines()
    assert [x.split("»")[0] for x in dicho] == ["el gráfico «Malo", "el gráfico «Peor"]


def test_quien_dibuja_no_importa_nada_mas() -> None:
    orden = (
        "import sys; from observatorio.presentacion.graficos.dibujo import calentar; calentar();"
        " print({'altair', 'polars', 'pydantic', 'vl_convert'} & set(sys.modules))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", orden], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "set()"
    )


ANIOS = [(str(a), float(a)) for a in range(2018, 2026)]


@pytest.mark.parametrize(
    ("quiebre", "tramos", "mixtas"),
    [
        ([], [0] * 8, []),
        ([2022.0], [0] * 4 + [1] * 4, []),  # el 1 de enero: nada se midió con los dos métodos
        ([2022.5], [0] * 4 + [1] + [2] * 3, ["2022"]),
        ([2020.0, 2023.0], [0] * 2 + [1] * 3 + [2] * 3, []),
        ([2030.0], [0] * 8, []),
    ],
)
def test_una_serie_se_parte_donde_cambio_el_metodo(
    quiebre: list[float], tramos: list[int], mixtas: list[str]
) -> None:
    partida = con_tramos(serie(ANIOS), ficha(quiebres=[q * 12 for q in quiebre]))
    assert (
        partida["tramo"].to_list() == tramos
        and partida.filter("mixta")["periodo"].to_list() == mixtas
    )


def test_el_minigrafico_no_une_dos_tramos_y_raya_el_cambio() -> None:
    entera = chispa(
        [(2020.0, 1, 0), (2021.0, 2, 0), (2022.0, 3, 0), (2023.0, 4, 0)],
        (2020.0, 1),
        (2030.0, 9),
        "x",
    )
    partida = chispa(
        [(2020.0, 1, 0), (2021.0, 2, 0), (2022.0, 3, 1), (2023.0, 4, 2), (2024.0, 5, 2)],
        None,
        None,
        "x",
        [2021.5],
    )
    assert entera.count("<polyline") == 2 and "<path" not in entera
    assert (
        partida.count("<polyline") == 2
        and partida.count("<path") == 1
        and partida.count("<circle") == 2
    ), "el tramo de una medida es un punto"


def cumple(filtro: str, fila: dict) -> bool:
    """¿Cumple la fila un filtro de Vega de los que aquí se usan?"""
    pruebas = [p.removeprefix("datum.").split(" === ") for p in filtro.split(" && ")]
    return all(
        fila[nombre] == igual[0].strip("'") if igual else fila.get(nombre)
        for nombre, *igual in pruebas
        if not nombre.startswith(("!", "true"))
    )


def _camino(proyecto: Proyecto) -> dict:
    pagina = (proyecto.sitio / "misiones/m4-nutricion/index.html").read_text(encoding="utf-8")
    especs = [json.loads(x) for x in re.findall(r'class="espec">(.*?)</script>', pagina)]
    return next(e for e in especs if "logros esperados" in e["description"])


def test_el_camino_a_la_meta_se_corta_en_el_cambio_de_metodo(real_construido: Proyecto) -> None:
    espec = _camino(real_construido)
    vista = next(v for v in espec["vconcat"] if v["title"]["text"].startswith("M4-K01"))
    filas = espec["datasets"][vista["data"]["name"]]
    assert {f["serie"] for f in filas} == {"medido"}, (
        "lo esperado salía de una línea de base con otro criterio"
    )
    assert len({f["tramo"] for f in filas}) == 3 and [
        f["periodo"] for f in filas if f["mixta"]
    ] == ["2024-S1"]
    assert all(
        c["encoding"].get("detail", {}).get("field") == "tramo"
        for c in vista["layer"]
        if c["mark"]["type"] == "line"
    )
    (cambio,) = next(
        espec["datasets"][c["data"]["name"]] for c in vista["layer"] if c["mark"]["type"] == "rule"
    )
    assert cambio["rotulo"] == "cambió el método, abril de 2024"
    assert (
        "M4-K01: la línea se corta en abril de 2024" in espec["description"]
        and "De M4-K01 no se dibuja lo esperado" in espec["description"]
    )
    otra = next(v for v in espec["vconcat"] if v["title"]["text"].startswith("M4-K04"))
    assert {f["serie"] for f in espec["datasets"][otra["data"]["name"]]} == {"medido", "esperado"}
    filas = espec["datasets"][otra["data"]["name"]]
    for capa in otra["layer"]:
        (filtro,) = [t["filter"] for t in capa.get("transform", ())] or ["true"]
        assert any(cumple(filtro, f) for f in filas), "una capa que no dibuja nada"
    leyendas = [
        canal["legend"]["symbolType"]
        for capa in otra["layer"]
        for canal in capa["encoding"].values()
        if "legend" in canal
    ]
    assert leyendas and set(leyendas) == {"stroke"}, "un punto de borde discontinuo es un borrón"


def test_de_un_solo_cierre_se_dice_el_anio() -> None:
    una = {"kpi": "M1-K01", "indicador": "Uno (%)", "t": 2026.0, "periodo": "2025", "valor": 48.4}
    tabla = pl.DataFrame(
        [una | {"serie": "medido", "tramo": "a", "mixta": False, "escrito": "48.4\u202f%"}]
    )
    sin_cambios = pl.DataFrame(schema=dict.fromkeys(("kpi", "fecha", "rotulo"), pl.String))
    espec = recetas.caminos(tabla, sin_cambios.with_columns(pl.lit(0.0).alias("t"))).to_dict()
    assert ">2025</text>" in dibujar([espec])[0]


@pytest.mark.parametrize("valores", [(1.0, 4.3, 2.0, 30.0), (60.0, 55.0, 62.0, 5.0)])
def test_la_ultima_cifra_no_pisa_el_eje_aunque_sea_pequena(valores: tuple[float, ...]) -> None:
    base = {"kpi": "M1-K01", "indicador": "Uno (%)", "tramo": "a", "mixta": False, "periodo": "-"}
    series = ("medido", "medido", "esperado", "esperado")
    tabla = pl.DataFrame(
        [
            base | {"t": t, "serie": s, "valor": v, "escrito": f"{v}\u202f%", "tramo": s}
            for s, t, v in zip(series, (2024.0, 2026.0, 2024.0, 2031.0), valores, strict=True)
        ]
    )
    sin_cambios = pl.DataFrame(schema=dict.fromkeys(("kpi", "fecha", "rotulo"), pl.String))
    espec = recetas.caminos(tabla, sin_cambios.with_columns(pl.lit(0.0).alias("t"))).to_dict()
    svg = dibujar([espec])[0]
    cifras = re.findall(r'translate\([\d.]+,(-?[\d.]+)\)"[^>]*>[\d.]+\u202f%</text>', svg)
    assert len(cifras) == 2 and all(float(y) < ALTO_DE_UN_CAMINO - 4 for y in cifras)


@pytest.mark.parametrize("protegido", [True, False])
def test_de_un_lugar_protegido_se_dice_y_de_los_demas_no(protegido: bool) -> None:
    medidas = pl.DataFrame(
        [
            ("K", "Uno", "Chagual", "2025", None if protegido else 3.0, protegido),
            ("K", "Uno", "Vijus", "2025", 30.0, False),
        ],
        schema=["kpi", "indicador", "anexo", "periodo", "valor", "protegido"],
        orient="row",
    )
    svg = dibujar([recetas.por_anexo(medidas).to_dict()])[0]
    assert svg.count(f">{PROTEGIDO}</text>") == int(protegido)


def test_el_nombre_de_dos_renglones_no_pisa_su_simbolo() -> None:
    fila = {"nivel": 1, "estado": "en ruta", "naturaleza": "documentado", "esperado": 0.5}
    nombres = ("M4-K08 Hogares con inseguridad alimentaria grave", "M4-K09 Corto")
    kpis = pl.DataFrame(
        [fila | {"kpi": n[:6], "nombre_corto": n[7:], "avance": 0.1} for n in nombres]
    )
    svg = dibujar([recetas.avances(recetas.tabla_de_avances(kpis)).to_dict()])[0]
    simbolos = re.findall(r'roledescription="point" transform="translate\([-\d.]+,([-\d.]+)\)', svg)
    textos = re.findall(r'translate\(0,([-\d.]+)\)"[^>]*>(<tspan.*?)</text>', svg)
    assert len(simbolos) == len(textos) == 2
    for simbolo, (primero, renglones) in zip(simbolos, textos, strict=True):
        ultimo = float(primero) + sum(map(float, re.findall(r'dy="([\d.]+)"', renglones)))
        assert 6 < float(simbolo) - ultimo < 12


def test_el_nombre_de_un_anexo_se_lee_entero_por_largo_que_sea() -> None:
    largo = 'San Francisco de Asís de la Unión de Ñahuimpuquio "Alto"'
    medidas = pl.DataFrame(
        [("K", "Uno", n, "2025", 30.0 + v, False) for v, n in enumerate((largo, "Vijus"))],
        schema=["kpi", "indicador", "anexo", "periodo", "valor", "protegido"],
        orient="row",
    )
    for svg in dibujar_con_papel([recetas.por_anexo(medidas).to_dict()]):
        textos = [unescape(t) for t in re.findall(r">([^<>]+)</(?:text|tspan)>", svg)]
        assert largo in " ".join(textos) and not [t for t in textos if t.endswith("…")]


def test_el_minigrafico_de_una_serie_partida_lo_dice_en_palabras(real_construido: Proyecto) -> None:
    pagina = (real_construido.sitio / "misiones/m4-nutricion/index.html").read_text(
        encoding="utf-8"
    )
    partidos = [
        x
        for x in re.findall(r'<svg [^>]*class="chispa"[^>]*aria-label="([^"]+)"', pagina)
        if CAMBIO_DE_METODO in x
    ]
    assert len(partidos) == 1 and re.fullmatch(
        r"de [\d.]+\s% a [\d.]+\s% en 8 medidas; cambió el método; de [\d.]+\s% a [\d.]+\s% en 4"
        r" medidas",
        partidos[0],
    )


def test_ningun_rotulo_se_corta_en_un_grafico(real_construido: Proyecto) -> None:
    paginas = [
        p
        for p in real_construido.sitio.rglob("*.html")
        if "</svg>" in p.read_text(encoding="utf-8")
    ]
    cortados = [
        (p.name, rotulo)
        for p in paginas
        for rotulo in re.findall(r"[^>]*…(?=</(?:text|tspan)>)", p.read_text(encoding="utf-8"))
    ]
    assert len(paginas) > 100 and not cortados


def _suma(barras: alt.Chart) -> alt.TopLevelMixin:
    return barras + barras.mark_line()


@pytest.mark.parametrize(
    ("partido", "dice"),
    [
        (lambda barras: barras.facet("g:N"), r"póngala tras \.facet\(…\), con el título"),
        (lambda barras: barras.repeat(column=["x", "y"]), r"póngala tras \.repeat\(…\)"),
        (lambda barras: alt.hconcat(barras, barras), r"en el conjunto: \(uno \+ otro\)"),
        (_suma, r"en el conjunto"),
        (lambda barras: alt.Chart(barras.data).mark_bar(), r"póngala con \.properties"),
    ],
)
def test_lo_dicho_de_una_parte_se_pide_donde_es_del_grafico_entero(
    partido: Callable[[alt.Chart], alt.TopLevelMixin], dice: str
) -> None:
    datos = pl.DataFrame({"x": [1, 2], "y": [3, 4], "g": ["a", "b"]})
    barras = alt.Chart(datos).mark_bar().encode(x="x:Q", y="y:Q")
    with pytest.raises(ValueError, match=dice):
        graficos.mostrado(partido(barras.properties(title="Uno", description="Dos barras")))
