"""Un gráfico dice el mismo día en cualquier huso, en español, y su línea no cruza un cambio de
método.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import altair as alt
import polars as pl
import pytest

from observatorio.base.periodos import NOMBRES_DE_MES
from observatorio.presentacion.graficos import dibujo
from observatorio.presentacion.graficos.admitidos import POR_REMUESTREO
from observatorio.presentacion.graficos.cortes import con_cortes
from observatorio.presentacion.graficos.dibujo import dibujar
from observatorio.presentacion.graficos.fechas import en_espanol
from observatorio.presentacion.graficos.rotulos import RESUMIDO
from observatorio.rutas import Proyecto

DIAS = pl.DataFrame(
    {
        "dia": [date(2024, 2, 29), date(2024, 3, 9), date(2024, 3, 20)],
        "hora": [datetime(2024, 1, d, tzinfo=UTC) for d in (1, 2, 3)],
        "texto": ["2024-02-29", "b", "c"],
        "y": [1234.5, 2000, 3000],
    }
)


def grafico(**canales: object) -> dict:
    return alt.Chart(DIAS).mark_line().encode(y="y:Q", **canales).to_dict()


def fila(espec: dict) -> dict:
    (tabla,) = espec["datasets"].values()
    return tabla[0]


def test_un_dia_va_con_su_hora_y_lo_que_no_es_de_tiempo_queda_como_estaba() -> None:
    antes = grafico(x="dia:T", detail="texto:N")
    despues = en_espanol(antes)
    assert fila(despues)["dia"] == "2024-02-29T00:00:00"
    assert fila(despues)["texto"] == "2024-02-29"
    assert not re.search("Z|[+]", fila(en_espanol(grafico(x="hora:T")))["hora"])
    assert antes == grafico(x="dia:T", detail="texto:N"), "no cambia lo que recibe"


def test_lo_que_dijo_quien_dibuja_se_respeta() -> None:
    propio = en_espanol(grafico(x=alt.X("dia:T", axis=alt.Axis(format="%Y"))))
    assert propio["encoding"]["x"]["axis"]["format"] == "%Y"
    sin_eje = en_espanol(grafico(x=alt.X("dia:T", axis=None)))
    assert sin_eje["encoding"]["x"]["axis"] is None
    rotulado = en_espanol(grafico(x=alt.X("dia:T", axis=alt.Axis(labelExpr="'x'"))))
    assert "format" not in rotulado["encoding"]["x"]["axis"]


def test_una_cifra_que_se_lee_al_pasar_lleva_su_coma_de_miles() -> None:
    (dia, cifra, propia) = en_espanol(
        grafico(x="dia:T", tooltip=["dia:T", "y:Q", alt.Tooltip("y:Q", format=".1f")])
    )["encoding"]["tooltip"]
    assert (cifra["format"], propia["format"]) == (",.4~f", ".1f") and "format" not in dia


def test_en_un_datum_un_dominio_y_una_unidad_de_greenwich_tambien() -> None:
    regla = alt.Chart().mark_rule().encode(x=alt.datum("2024-03-01", type="temporal"))
    linea = (
        alt.Chart(DIAS)
        .mark_line()
        .encode(
            x=alt.X("utcyearmonthdate(dia):T", scale=alt.Scale(type="utc", domain=["2024-02-29"])),
            y="y:Q",
        )
    )
    de_regla, de_linea = en_espanol((regla + linea).to_dict())["layer"]
    assert de_regla["encoding"]["x"]["datum"] == "2024-03-01T00:00:00"
    x = de_linea["encoding"]["x"]
    assert x["timeUnit"] == "yearmonthdate" and x["axis"]["format"] == "%-d %b %Y"
    assert x["scale"] == {"type": "time", "domain": ["2024-02-29T00:00:00"]}


DIBUJA = """
import json, sys
from pathlib import Path
from observatorio.presentacion.graficos.dibujo import a_la_cache
a, b = Path(sys.argv[1]), Path(sys.argv[2])
a_la_cache([((a, b), json.loads(sys.stdin.read()))])
"""


@pytest.fixture(scope="module")
def dibujados(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """El mismo gráfico, dibujado en procesos con otro huso y otra lengua."""
    carpeta = tmp_path_factory.mktemp("husos")
    texto = alt.Chart(DIAS).mark_text().encode(x="dia:T", y="y:Q", text="dia:T")
    espec = en_espanol((alt.Chart(DIAS).mark_line().encode(x="dia:T", y="y:Q") + texto).to_dict())
    hechos = {}
    for huso, lengua in (("UTC", "C"), ("America/Lima", "es_PE.UTF-8"), ("Europe/Madrid", "C")):
        ruta = carpeta / f"{huso.replace('/', '-')}.svg"
        subprocess.run(
            [sys.executable, "-c", DIBUJA, str(ruta), str(ruta.with_suffix(".papel"))],
            input=json.dumps(espec),
            text=True,
            check=True,
            env=os.environ | {"TZ": huso, "LC_ALL": lengua, "PYTHONUTF8": "1"},
        )
        hechos[huso] = ruta.read_text(encoding="utf-8")
    return hechos


def test_los_mismos_bytes_en_cada_huso_y_lengua(dibujados: dict[str, str]) -> None:
    assert len(set(dibujados.values())) == 1


def test_ejes_y_textos_dicen_el_dia_en_espanol(dibujados: dict[str, str]) -> None:
    textos = re.findall(r"<text[^>]*>([^<]+)<", dibujados["America/Lima"])
    assert "29 feb 2024" in textos and "mar 2024" in textos and "3,000" in textos
    assert not set(textos) & {"March", "Mar 03", "Feb 29"}
    assert en_espanol({})["config"]["locale"]["time"]["months"] == list(NOMBRES_DE_MES)


TRAMOS = pl.DataFrame({"x": [1, 2, 3], "y": [1.0, 2, 3], "tramo": [0, 0, 1], "kpi": ["a"] * 3})


def test_una_linea_se_corta_donde_cambia_el_metodo() -> None:
    base = alt.Chart(TRAMOS).encode(x="x:Q", y="y:Q")
    (linea, puntos) = con_cortes((base.mark_line() + base.mark_point()).to_dict())["layer"]
    assert linea["encoding"]["detail"] == [{"field": "tramo", "type": "nominal"}]
    assert "detail" not in puntos["encoding"]
    con_detalle = con_cortes(base.mark_area().encode(detail="kpi:N").to_dict())
    assert [d["field"] for d in con_detalle["encoding"]["detail"]] == ["kpi", "tramo"]


def test_si_se_pide_o_no_hay_cambio_la_linea_sigue() -> None:
    base = alt.Chart(TRAMOS).mark_line().encode(x="x:Q", y="y:Q")
    for igual in (
        base.properties(usermeta={"cruza_cambios": True}),
        base.encode(strokeDash="tramo:N"),
        alt.Chart(TRAMOS.head(2)).mark_line().encode(x="x:Q", y="y:Q"),
        alt.Chart(TRAMOS.drop("tramo")).mark_line().encode(x="x:Q", y="y:Q"),
    ):
        assert con_cortes(igual.to_dict()) == igual.to_dict()


def test_la_tabla_publica_y_las_series_llevan_su_tramo(minimo_de_todos, monkeypatch) -> None:
    from observatorio.cuadernos.analisis import abrir_analisis

    monkeypatch.setenv("OBSERVATORIO_CONSTRUYE", "1")
    a = abrir_analisis(["publica", "series"], str(minimo_de_todos.raiz))
    crudas = sorted(Path(minimo_de_todos.trabajo / "misiones").glob("*/series.arrow"))
    series = a.tabla("series")
    assert series["tramo"].max() > 0, "hay cambios de método que mostrar"
    assert series.drop("tramo").equals(pl.concat([pl.read_ipc(r) for r in crudas]))
    assert a.tabla("publica")["tramo"].null_count() == 0


def letreros(espec: dict) -> list[str]:
    (svg,) = dibujar([en_espanol(espec)])
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_lo_que_se_resume_lleva_su_titulo_en_espanol() -> None:
    """Vega-Lite escribiría «Mean of y», «Count of Records» o «dia (year-month)»."""
    escritos = {
        "mean(y):Q": "Promedio de y",
        "count()": "Número de registros",
        "yearmonth(dia):T": "dia (año y mes)",
        "dayofyear(dia):T": "dia (día del año)",
        "day(dia):O": "dia (día de la semana)",
    }
    for canal, rotulo in escritos.items():
        assert rotulo in letreros(grafico(x=canal)), canal
    assert "y (por tramos)" in letreros(grafico(x=alt.X("y:Q", bin=True)))
    extremo = grafico(x=alt.X(field="texto", type="nominal", aggregate=alt.ArgmaxDef("y")))
    assert en_espanol(extremo)["encoding"]["x"]["title"] == "texto donde y es mayor"


def test_todo_resumen_de_vega_tiene_su_titulo() -> None:
    de_vega = set(alt.load_schema()["definitions"]["NonArgAggregateOp"]["enum"])
    sin_titulo = {"count", "values", "exponential", "exponentialb"}
    assert de_vega - sin_titulo - set(POR_REMUESTREO["aggregate"]) == RESUMIDO.keys()


def de_los_globos(espec: dict) -> str:
    """Lo que el navegador pondría en los globos, como lo compila el paquete que se publica."""
    vega = dibujo._vega(Proyecto.encontrar().raiz / ".cache")
    compilado = f"vegaEmbed.vegaLite.compile({json.dumps(en_espanol(espec))}).spec"
    hecho = str(vega.eval(f"JSON.stringify(vegaEmbed.enEspanol({compilado}))"))
    return " ".join(re.findall(r'"tooltip":\{"signal":"((?:[^"\\]|\\.)*)"', hecho))


@pytest.mark.parametrize(
    ("marca", "dichos"),
    [
        ({"type": "boxplot"}, ("Bigote superior de y", "Tercer cuartil de y", "Mediana de y")),
        ({"type": "boxplot", "extent": "min-max"}, ("Máximo de y", "Mínimo de y")),
        ({"type": "errorbar", "extent": "ci"}, ("Promedio de y", "con 95 % de confianza, de y")),
        ({"type": "errorbar", "extent": "stderr"}, ("Promedio más error estándar de y",)),
        ({"type": "errorband", "extent": "stdev"}, ("Promedio menos desviación estándar de y",)),
        ({"type": "errorband", "extent": "iqr"}, ("Primer cuartil de y",)),
    ],
)
def test_los_globos_de_las_marcas_que_resumen_hablan_espanol(marca: dict, dichos) -> None:
    """Vega-Lite escribe «Q3 of y» y «Mean + stderr of y», con todos los decimales."""
    solo = grafico(x="texto:N") | {"mark": marca}
    capas = {"layer": [grafico(x="texto:N"), solo]}
    for espec in (solo, capas):
        globos = de_los_globos(espec)
        assert " of " not in globos and all(d in globos for d in dichos), globos
        assert ',.4~f\\")' in globos and ', \\"\\")' not in globos


def test_un_campo_que_se_llama_en_ingles_se_queda() -> None:
    propio = grafico(x="texto:N", tooltip=[alt.Tooltip("y:Q", title="Mean of y"), "texto:N"])
    assert "Mean of y" in de_los_globos(propio)


def test_el_titulo_que_alguien_escribio_se_queda() -> None:
    propio = en_espanol(grafico(x=alt.X("mean(y):Q", title="La media")))
    assert propio["encoding"]["x"]["title"] == "La media"
    dichos = letreros(grafico(x=alt.X("mean(y):Q", axis=alt.Axis(title="Otro"))))
    assert "Otro" in dichos and "Promedio de y" not in dichos
    callado = en_espanol(grafico(x=alt.X("mean(y):Q", title=None)))
    assert callado["encoding"]["x"]["title"] is None


def test_el_titulo_escrito_en_una_capa_es_el_del_eje() -> None:
    base = alt.Chart(DIAS)
    barra = base.mark_bar().encode(x="texto:N", y=alt.Y("mean(y):Q", title="Tasa media"))
    dicho = letreros((barra + base.mark_text().encode(x="texto:N", y="mean(y):Q")).to_dict())
    assert "Tasa media" in dicho and not any("Promedio" in x for x in dicho)
    callado = base.mark_bar().encode(x="texto:N", y=alt.Y("min(y):Q", title=None), y2="max(y):Q")
    assert not any("de y" in x for x in letreros(callado.to_dict()))
    juntas = base.mark_bar().encode(x="texto:N", y="mean(y):Q") + base.mark_rule().encode(
        y="mean(y):Q"
    )
    assert letreros(juntas.to_dict()).count("Promedio de y") == 1
