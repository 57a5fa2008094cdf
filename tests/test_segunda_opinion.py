"""Intervalo de Wilson, semáforo de CEPLAN, cambio necesario y proyección: a mano y en sus
bordes.
"""

from __future__ import annotations

import polars as pl
import pytest

from apoyo_metodo import CORTE, ficha, senda, serie
from observatorio.catalogo.territorio import Metodo
from observatorio.metodo.avance import evaluar
from observatorio.metodo.indicios import analizar
from observatorio.metodo.intervalos import wilson


def analizado(
    puntos: list[tuple[str, float]],
    base=("2020", 0),
    meta=("2030", 100),
    sentido="ascendente",
    logros=None,
    casos=None,
    naturalezas=None,
    cuenta_casos=None,
    **otros,
) -> dict:
    """``casos``: denominador por periodo, para que cada valor en % lleve su numerador;
    ``naturalezas``: la de los periodos no documentados.
    """
    f = ficha(
        "X",
        base,
        meta,
        sentido,
        **otros | ({} if cuenta_casos is None else {"casos": cuenta_casos}),
    )
    s = serie(puntos).with_columns(
        pl.col("periodo")
        .replace_strict(naturalezas or {}, default=pl.col("naturaleza"), return_dtype=pl.String)
        .alias("naturaleza")
    )
    if casos:
        n = pl.col("periodo").replace_strict(casos, default=None, return_dtype=pl.Float64)
        s = s.with_columns(n.alias("denominador"), (pl.col("valor") / 100 * n).alias("numerador"))
    evaluacion = evaluar(s, f, senda(base, meta, logros), Metodo(), CORTE)
    return analizar(evaluacion, s, f, Metodo()).row(0, named=True)


def test_wilson_a_mano() -> None:
    # 15 de 50, con z = 1.959964: centro (0.3 + 3.8415/100)/(1 + 3.8415/50) = 0.3143; mitad 0.1240.
    t = pl.DataFrame({"a": [15.0, 0.0, 50.0, 60.0], "n": [50.0, 50.0, 50.0, 50.0]})
    bajo, alto = t.select(
        *(x.alias(str(i)) for i, x in enumerate(wilson(pl.col("a"), pl.col("n"), pl.lit(100.0))))
    ).get_columns()
    assert bajo.to_list() == [
        pytest.approx(19.1, abs=0.05),
        0,
        pytest.approx(92.87, abs=0.01),
        None,
    ]
    assert alto.to_list() == [
        pytest.approx(43.75, abs=0.05),
        pytest.approx(7.13, abs=0.01),
        100,
        None,
    ]


def test_wilson_igual_que_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    for a, n in ((1, 10), (7, 13), (0, 25), (400, 1000)):
        t = pl.DataFrame({"a": [float(a)], "n": [float(n)]}).select(
            *(x.alias(str(i)) for i, x in enumerate(wilson(pl.col("a"), pl.col("n"), pl.lit(1.0))))
        )
        assert t.row(0) == pytest.approx(
            tuple(stats.binomtest(a, n).proportion_ci(method="wilson"))
        )


def test_sin_proporcion_no_hay_intervalo() -> None:
    assert analizado([("2024", 50)], casos={"2024": 50}, proporcion=False)["minimo_95"] is None


def test_una_proporcion_de_soles_no_lleva_intervalo() -> None:
    a = analizado([("2024", 50)], casos={"2024": 3_161_880}, proporcion=True, cuenta_casos=False)
    assert (a["minimo_95"], a["senal_base"], a["senal_paso"]) == (None, None, None)


def test_el_analisis_lleva_la_marca_de_los_puntos_de_la_tendencia() -> None:
    recta = [(str(2020 + i), 10.0 * (i + 1)) for i in range(5)]
    assert analizado(recta, ("2019", 0), ("2030", 200))["naturaleza_analisis"] == "documentado"
    inventados = {p: "demostracion" for p, _ in recta[1:3]}
    a = analizado(recta, ("2019", 0), ("2030", 200), naturalezas=inventados)
    assert (a["naturaleza_tendencia"], a["naturaleza_analisis"]) == ("demostracion", "demostracion")


def test_ceplan_tipo_uno_favorece_a_quien_parte_lejos_de_cero() -> None:
    # De 80 a 90 con 84 previsto para 2024; sigue en 80.
    a = analizado([("2024", 80)], ("2020", 80), ("2030", 90), logros={"2024": 84})
    assert (round(a["ceplan_i"], 1), a["ceplan_i_luz"]) == (95.2, "verde")
    assert (a["ceplan_ii"], a["ceplan_ii_luz"]) == (0, "rojo")


@pytest.mark.parametrize(
    ("base", "meta", "sentido", "hoy", "tipo_i", "luz"),
    [
        (50, 10, "descendente", 40, 34 / 40 * 100, "ámbar"),
        (50, 10, "descendente", 20, 100, "verde"),
        (50, 10, "descendente", 0, 100, "verde"),
        (0, 100, "ascendente", 38, 95, "verde"),
        (0, 100, "ascendente", 30, 75, "ámbar"),
        (0, 100, "ascendente", 29, 72.5, "rojo"),
        (-40, -10, "ascendente", -20, None, None),
    ],
)
def test_ceplan_tipo_uno(
    base: float, meta: float, sentido: str, hoy: float, tipo_i: float | None, luz: str | None
) -> None:
    a = analizado([("2024", hoy)], ("2020", base), ("2030", meta), sentido)
    assert (a["ceplan_i"], a["ceplan_i_luz"]) == (
        None if tipo_i is None else pytest.approx(tipo_i),
        luz,
    )


def test_cambio_necesario_por_anio_hasta_la_meta_y_no_despues() -> None:
    assert analizado([("2024", 40)])["necesario_por_anio"] == pytest.approx(
        10
    )  # 60 puntos en 6 años
    assert analizado([("2024-S1", 40)], meses=6, meses_medida=6)[
        "necesario_por_anio"
    ] == pytest.approx(60 / 6.5)
    assert analizado([("2024", 100)])["necesario_por_anio"] is None
    assert analizado([("2024", 40)], meta=("2024", 100))["necesario_por_anio"] is None


def test_proyeccion_a_mano() -> None:
    # 10, 20, 30, 40, 50 de 2020 a 2024: pasa por (2023.0, 30) con 10 al año; en 2031.0, 110, y un
    # porcentaje se detiene en 100.
    recta = [(str(2020 + i), 10.0 * (i + 1)) for i in range(5)]
    a = analizado(recta, ("2019", 0), ("2030", 200))
    assert (a["pendiente"], a["proyeccion"], a["proyeccion_min"], a["proyeccion_max"]) == (
        10,
        110,
        110,
        110,
    )
    assert analizado(recta, ("2019", 0), ("2030", 100), proporcion=True)["proyeccion"] == 100
    assert analizado(recta, ("2019", 0), ("2024", 100))["proyeccion"] is None
    assert analizado(recta[:4], ("2019", 0), ("2030", 200))["proyeccion"] is None


def test_la_proyeccion_lleva_el_intervalo_de_su_pendiente() -> None:
    a = analizado(
        [(str(2018 + i), v) for i, v in enumerate((5, 9, 8, 15, 14, 22, 20))],
        ("2017", 5),
        ("2030", 60),
    )
    assert a["pendiente_min"] < a["pendiente"] < a["pendiente_max"]
    assert a["proyeccion_min"] == pytest.approx(
        a["pivote_valor"] + a["pendiente_min"] * (2031 - a["pivote_t"])
    )
    assert a["proyeccion_min"] < a["proyeccion"] < a["proyeccion_max"]
