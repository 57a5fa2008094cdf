"""Tendencia: igual que scipy en mil series, exacta con empates, por estaciones y nunca a través de
un quiebre.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
import pytest

from apoyo_metodo import ficha, serie
from observatorio.metodo.kendall import EXACTO, puede_probarse, valores_p
from observatorio.metodo.tendencia import INSUFICIENTE, SIN_CAMBIO, tendencias, theil_sen


def test_un_ejemplo_a_mano() -> None:
    # 1, 3, 2, 5, 8: pendientes 2, 1/2, 4/3, 7/4, −1, 1, 5/3, 3, 3, 3; mediana (1.75 + 5/3) / 2. S =
    # 9 − 1 = 8. Con 5 puntos, 4 de las 120 permutaciones tienen a lo sumo una inversión más la
    # identidad: p = 2 · 5/120.
    r = tendencias(serie([(str(2020 + i), v) for i, v in enumerate((1, 3, 2, 5, 8))]), ficha()).row(
        0, named=True
    )
    assert r["pendiente"] == pytest.approx((1.75 + 5 / 3) / 2)
    assert r["p"] == pytest.approx(2 * 5 / 120)
    assert (r["tendencia"], r["puntos"], r["desde"], r["hasta"]) == (SIN_CAMBIO, 5, "2020", "2024")
    assert (r["pivote_t"], r["pivote_valor"]) == (2023, 3)


def test_igual_que_scipy_en_mil_series_al_azar() -> None:
    stats = pytest.importorskip("scipy.stats")
    azar = np.random.default_rng(7)
    for n in (5, 6, 8, 12, 30):
        t = np.cumsum(azar.integers(1, 4, (200, n)), axis=1).astype(float)
        y = azar.normal(size=(200, n)) + azar.normal(size=(200, 1)) * t / n
        y[::4] = np.round(y[::4])  # una de cada cuatro, con empates
        nuestras = theil_sen(t, y, np.zeros(n, dtype=int))
        for i in range(200):
            sen = stats.theilslopes(y[i], t[i])
            assert nuestras[i, :3] == pytest.approx([sen.slope, sen.low_slope, sen.high_slope])
            if len(set(y[i])) == n:
                assert nuestras[i, 3] == pytest.approx(
                    stats.kendalltau(t[i], y[i], method="exact").pvalue
                )


@pytest.mark.parametrize(
    "valores",
    [(1, 1, 2, 3, 4), (1, 2, 2, 2, 3, 0), (5, 5, 1, 1, 3), (0, 0, 0, 0, 1), (3, 3, 3, 3, 3)],
)
def test_con_empates_la_p_es_la_de_contar_todas_las_permutaciones(valores: tuple[int, ...]) -> None:
    def s(orden: tuple[int, ...]) -> int:
        return sum(int(np.sign(b - a)) for i, a in enumerate(orden) for b in orden[i + 1 :])

    todas = [abs(s(p)) for p in permutations(valores)]
    p = theil_sen(
        np.arange(len(valores), dtype=float)[None],
        np.array(valores, float)[None],
        np.zeros(len(valores), int),
    )[0, 3]
    assert p == pytest.approx(sum(x >= abs(s(valores)) for x in todas) / len(todas))


def test_por_estaciones_se_comparan_solo_las_mismas_y_la_p_es_la_de_todas_las_combinaciones() -> (
    None
):
    # Dos semestres con niveles muy distintos y una subida lenta: sin estaciones no se vería.
    puntos = [(f"{2020 + i}-S{s}", v + i) for i in range(4) for s, v in ((1, 10), (2, 50))]
    r = tendencias(serie(puntos), ficha(meses=6, meses_medida=6)).row(0, named=True)
    assert r["pendiente"] == pytest.approx(1.0) and r["tendencia"] == "mejora"
    assert r["p"] == pytest.approx(2 / (24 * 24))  # las dos estaciones perfectamente crecientes


def test_la_distribucion_suma_uno_y_empata_con_la_normal_al_crecer() -> None:
    exacta = valores_p((tuple([1] * EXACTO),))
    normal = valores_p((tuple([1] * (EXACTO + 1)),))
    assert exacta[0] == 1 and np.all(np.diff(exacta) <= 1e-15)
    assert exacta[200] == pytest.approx(normal[208], rel=0.05)


@pytest.mark.parametrize(
    ("estaciones", "puede"),
    [((4,), False), ((5,), True), ((3, 3), False), ((3, 3, 3), True), ((1, 1, 1, 1, 1), False)],
)
def test_cuantos_puntos_hacen_falta(estaciones: tuple[int, ...], puede: bool) -> None:
    assert puede_probarse(estaciones, 0.05) is puede


@pytest.mark.parametrize(
    ("n", "palabra"), [(0, None), (1, INSUFICIENTE), (4, INSUFICIENTE), (5, "mejora")]
)
def test_desde_cinco_puntos(n: int, palabra: str | None) -> None:
    tabla = tendencias(serie([(str(2015 + i), i) for i in range(n)]), ficha())
    assert tabla["tendencia"].to_list() == ([palabra] if palabra else [])


@pytest.mark.parametrize(
    ("sentido", "palabra"),
    [("ascendente", "mejora"), ("descendente", "empeora"), ("no definido", "mejora")],
)
def test_las_palabras_dependen_del_sentido(sentido: str, palabra: str) -> None:
    subida = serie([(str(2015 + i), i) for i in range(6)])
    assert tendencias(subida, ficha(sentido=sentido))["tendencia"].item() == palabra


def test_una_serie_plana_no_es_insuficiente_sino_sin_cambio() -> None:
    r = tendencias(serie([(str(2015 + i), 3) for i in range(6)]), ficha()).row(0, named=True)
    assert (r["tendencia"], r["p"], r["pendiente"]) == (SIN_CAMBIO, 1, 0)


def test_nunca_a_traves_de_un_quiebre() -> None:
    puntos = [(str(2015 + i), v) for i, v in enumerate((60, 58, 56, 54, 52, 30, 31, 32, 33, 34))]
    # El quiebre cae a mitad de 2020: ese año mezcla los dos métodos y tampoco cuenta.
    r = tendencias(serie(puntos), ficha(quiebres=[2020 * 12 + 5.5])).row(0, named=True)
    assert (r["puntos"], r["desde"], r["tendencia"]) == (4, "2021", INSUFICIENTE)
    r = tendencias(serie(puntos), ficha(quiebres=[2020 * 12.0])).row(0, named=True)
    assert (r["puntos"], r["desde"], r["pendiente"], r["tendencia"]) == (5, "2020", 1, "mejora")


def test_lo_protegido_no_cuenta_y_el_orden_de_las_filas_no_importa() -> None:
    s = serie([("2015", 1), ("2016", None), *((str(2017 + i), i + 2) for i in range(4))])
    r = tendencias(s, ficha())
    assert r["puntos"].item() == 5
    assert tendencias(s.sample(fraction=1, shuffle=True, seed=3), ficha()).equals(r)


def test_muchas_series_juntas_dan_lo_mismo_que_una_a_una() -> None:
    azar = np.random.default_rng(1)
    partes, fichas = [], []
    for i in range(40):
        n = int(azar.integers(1, 12))
        partes.append(
            serie(
                [(str(2010 + j), float(v)) for j, v in enumerate(azar.integers(0, 6, n))],
                f"K{i:02d}",
            )
        )
        fichas.append(ficha(f"K{i:02d}"))
    juntas = tendencias(pl.concat(partes), pl.concat(fichas))
    sueltas = pl.concat([tendencias(s, f) for s, f in zip(partes, fichas, strict=True)])
    assert juntas.equals(sueltas)


def test_un_quiebre_posterior_al_ultimo_dato_no_borra_la_tendencia() -> None:
    puntos = [(str(2010 + i), float(i)) for i in range(8)]  # el último termina en 2018.0
    sin_quiebre = tendencias(serie(puntos), ficha())
    for futuro in (2018 * 12.0, 2026 * 12 + 5.0):
        assert tendencias(serie(puntos), ficha(quiebres=[futuro])).equals(sin_quiebre)
    # Con uno anterior además, manda el anterior: quedan los periodos de 2012 en adelante.
    r = tendencias(serie(puntos), ficha(quiebres=[2012 * 12.0, 2026 * 12 + 5.0])).row(0, named=True)
    assert (r["puntos"], r["desde"], r["tendencia"]) == (6, "2012", "mejora")


def test_la_tendencia_es_tan_firme_como_su_punto_mas_debil() -> None:
    puntos = [(str(2015 + i), float(i)) for i in range(6)]
    firme, dudosa = (
        serie(puntos),
        pl.concat(
            [serie(puntos[:2]), serie(puntos[2:3], naturaleza="demostracion"), serie(puntos[3:])]
        ),
    )
    assert tendencias(firme, ficha())["naturaleza_tendencia"].item() == "documentado"
    assert tendencias(dudosa, ficha())["naturaleza_tendencia"].item() == "demostracion"
    assert tendencias(dudosa.tail(2), ficha())["naturaleza_tendencia"].item() is None, (
        "sin cifras no hay qué marcar"
    )
    # Un punto de demostración de antes del quiebre no entra en la recta.
    assert tendencias(dudosa, ficha(quiebres=[2018 * 12.0]))["naturaleza_tendencia"].item() is None
