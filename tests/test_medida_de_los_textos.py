"""Los gráficos miden sus textos con una tabla: el árbitro es vl-convert, que los compone con la
tipografía abierta.
"""

import json
from pathlib import Path

import polars as pl
import pytest
import vl_convert

from observatorio.base.tipografia import carpeta_de_fuentes, para_medir
from observatorio.errores import ErrorDeEjecucion
from observatorio.presentacion.graficos.dibujo import dibujar
from observatorio.presentacion.graficos.impresion import LETRA, medidas
from observatorio.presentacion.graficos.recetas.avances import ANCHO, en_renglones
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

CARAS = [
    {},
    {"fontWeight": "bold"},
    {"fontWeight": 600, "fontSize": 15},
    {"fontStyle": "italic", "fontSize": 12.5},
]
TEXTOS = [
    "Tú y Ávila: AVATAR, «Yo, P. Ñ.»",
    "12,345.67 − 42\u202f% 0.1",
    "  Centro  poblado\tde  La Victoria ",
]


def grafico(texto: str, **letra: object) -> dict:
    """Tan ancho como su texto."""
    return {
        "data": {"values": [{}]},
        "width": 1,
        "height": 1,
        "view": {"stroke": None},
        "mark": {
            "type": "text",
            "align": "left",
            "text": texto,
            "font": "Source Sans Pro, sans-serif",
            "limit": 0,
            **letra,
        },
    }


def ancho(espec: dict) -> float:
    return medidas(dibujar([espec])[0])[0]


@pytest.fixture(scope="module", autouse=True)
def _las_mismas_letras() -> None:
    vl_convert.register_font_directory(str(carpeta_de_fuentes()))


@pytest.mark.parametrize("cara", CARAS, ids=str)
@pytest.mark.parametrize("texto", TEXTOS)
def test_un_texto_mide_lo_que_ocupa(texto: str, cara: dict) -> None:
    espec = grafico(texto, **cara)
    compuesto = medidas(vl_convert.vegalite_to_svg(json.dumps(espec)))[0]
    assert compuesto > 80
    assert ancho(espec) == pytest.approx(compuesto, abs=0.01)


def test_el_nombre_de_un_indicador_no_toca_su_avance(resultados_reales: Resultados) -> None:
    """En papel, con su letra; y ningún nombre se corta."""
    en_papel = {"fontSize": LETRA}
    cifra = ancho(grafico("−99\u202f% demo", fontWeight="bold", **en_papel))
    kpis = resultados_reales.catalogo.kpis.items()
    nombres = pl.DataFrame({"indicador": [f"{c} {k.nombre_corto}" for c, k in kpis]})
    rotulos = nombres.select(en_renglones(pl.col("indicador"))).to_series().to_list()
    renglones = [r for rotulo in rotulos for r in rotulo.split("\n")]
    assert len(kpis) < len(renglones) and all(len(r.split("\n")) <= 2 for r in rotulos)
    assert [r for r in renglones if ancho(grafico(r, **en_papel)) + cifra > ANCHO] == []


def test_lo_que_no_cabe_se_corta_a_su_limite() -> None:
    assert ancho(grafico("Centro poblado", limit=40)) < 60 < ancho(grafico("Centro poblado"))


def test_de_otra_letra_se_deja_sitio_de_sobra() -> None:
    """Cuál sale depende de la máquina de quien mira: ninguna de las corrientes es tan ancha."""
    ajena = ancho(grafico("Centro poblado", font="Verdana"))
    assert ajena > 1.2 * ancho(grafico("Centro poblado"))


def test_de_una_letra_que_la_tipografia_no_tiene_se_deja_el_cuerpo() -> None:
    assert ancho(grafico("漢字" * 20)) > 40 * 11


@pytest.mark.largo
def test_las_medidas_son_siempre_las_mismas(tmp_path: Path, proyecto_real: Proyecto) -> None:
    de_nuevo = para_medir(tmp_path)
    assert de_nuevo.read_bytes() == para_medir(proyecto_real.raiz / ".cache").read_bytes()


@pytest.mark.parametrize("defecto", [{"mark": "ninguna"}, {"transform": [{"filter": "datum.x +"}]}])
def test_el_grafico_que_no_se_puede_dibujar_se_dice_por_su_titulo(defecto: dict) -> None:
    with pytest.raises(ErrorDeEjecucion, match="«Camino a la meta» no se puede dibujar: Vega dice"):
        dibujar([grafico("texto") | {"title": "Camino a la meta"} | defecto])
