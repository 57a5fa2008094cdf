"""Leyes del método: valen para cualquier KPI, no para unos ejemplos."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apoyo_metodo import CORTE, ficha, senda, serie
from observatorio.catalogo.territorio import Metodo
from observatorio.metodo.agregado import agregar
from observatorio.metodo.avance import evaluar
from observatorio.metodo.fichas import fichas
from observatorio.metodo.indicios import analizar
from observatorio.metodo.senda import trayectorias
from observatorio.metodo.series import callados, con_frecuencia_publicada
from observatorio.resultados.resultados import Resultados

valores = st.floats(-1e4, 1e4, allow_nan=False).map(lambda v: round(v, 3))
factores = st.sampled_from([0.001, 0.5, 2.0, 60.0, 100.0, 1000.0])
ORDEN = ("en retroceso", "rezagado", "requiere acelerar", "en ruta", "alcanzado")
PERIODOS = [str(a) for a in range(2021, 2027)]


@st.composite
def kpis(dibujar: st.DrawFn) -> dict:
    """Un KPI con recorrido, su senda monótona y una medida posterior a la línea de base."""
    b, m = dibujar(valores), dibujar(valores)
    assume(abs(m - b) > 0.01)
    anios = sorted(dibujar(st.sets(st.integers(2021, 2029), max_size=4)))
    partes = sorted(
        dibujar(
            st.lists(
                st.floats(0, 1).map(lambda x: round(x, 3)), min_size=len(anios), max_size=len(anios)
            )
        )
    )
    logros = {str(a): b + (m - b) * p for a, p in zip(anios, partes, strict=True)}
    return {
        "b": b,
        "m": m,
        "logros": logros,
        "y": dibujar(valores),
        "periodo": dibujar(st.sampled_from(PERIODOS)),
    }


def hacer(k: dict, a: float = 1.0, c: float = 0.0, sentido: str | None = None, **otros) -> dict:
    """Evalúa ``k`` con todos sus valores en otra unidad, ``a·v + c``."""

    def en(v: float) -> float:
        return a * v + c

    base, meta = ("2020", en(k["b"])), ("2030", en(k["m"]))
    sentido = sentido or ("ascendente" if meta[1] > base[1] else "descendente")
    f = ficha("X", base, meta, sentido, **otros)
    return evaluar(
        serie([(k["periodo"], en(k["y"]))]),
        f,
        senda(base, meta, {p: en(v) for p, v in k["logros"].items()}),
        Metodo(),
        CORTE,
    ).row(0, named=True)


def _igual(x: float | None, y: float | None) -> bool:
    return (x is None) == (y is None) and (x is None or x == pytest.approx(y, rel=1e-6, abs=1e-6))


def _lejos_de_los_cortes(e: dict) -> bool:
    cerca = [abs((e["avance"] or 0) - x) for x in (0, 1)] + [
        abs((e["ritmo"] or 0) - x) for x in (0.95, 0.60)
    ]
    return min(cerca) > 1e-6 and abs(e["esperado"] or 0) > 1e-6


@given(kpis(), factores, st.sampled_from([0.0, 32.0, -40.0]))
def test_cambiar_de_unidad_no_cambia_nada(k: dict, a: float, c: float) -> None:
    antes, despues = hacer(k), hacer(k, a, c)
    assert _igual(antes["avance"], despues["avance"]) and (
        not _lejos_de_los_cortes(antes) or _igual(antes["ritmo"], despues["ritmo"])
    )
    if _lejos_de_los_cortes(antes):
        assert antes["estado"] == despues["estado"]


@given(kpis(), st.sampled_from([0.0, 100.0]))
def test_un_kpi_reflejado_da_el_mismo_estado(k: dict, c: float) -> None:
    """Medir «sin anemia» en vez de «con anemia» (100 − v) cambia el sentido, y nada más."""
    antes, espejo = hacer(k), hacer(k, -1.0, c)
    assert antes["sentido"] != espejo["sentido"] and _igual(antes["avance"], espejo["avance"])
    if _lejos_de_los_cortes(antes):
        assert antes["estado"] == espejo["estado"]


@given(kpis(), st.floats(0, 1e4))
def test_un_valor_mejor_nunca_empeora_el_estado(k: dict, mejora: float) -> None:
    hacia_la_meta = 1 if k["m"] > k["b"] else -1
    antes, despues = hacer(k), hacer(k | {"y": k["y"] + hacia_la_meta * mejora})
    assert ORDEN.index(despues["estado"]) >= ORDEN.index(antes["estado"])


@given(
    valores,
    st.floats(0, 100),
    st.sampled_from(["ascendente", "descendente"]),
    valores,
    st.floats(0, 1e4),
)
def test_mantener_tampoco_empeora_con_un_valor_mejor(
    m: float, tolerancia: float, sentido: str, y: float, mejora: float
) -> None:
    signo = 1 if sentido == "ascendente" else -1
    k = {"b": m, "m": m, "logros": {}, "y": y, "periodo": "2024"}
    antes = hacer(k, sentido=sentido, tolerancia=tolerancia)
    despues = hacer(k | {"y": y + signo * mejora}, sentido=sentido, tolerancia=tolerancia)
    assert ORDEN.index(despues["estado"]) >= ORDEN.index(antes["estado"])


@given(kpis(), st.floats(0.01, 0.99))
def test_el_ritmo_es_ceplan_tipo_dos(k: dict, p: float) -> None:
    e = hacer(k)
    assume(e["esperado"] and abs(e["esperado"]) > 1e-6)
    assert e["ritmo"] == pytest.approx((k["y"] - k["b"]) / (e["valor_esperado"] - k["b"]), rel=1e-9)


@pytest.fixture(scope="module")
def r(resultados_reales: Resultados) -> Resultados:
    return resultados_reales


@pytest.mark.parametrize("semilla", range(3))
def test_el_orden_de_las_filas_no_cambia_nada(r: Resultados, semilla: int) -> None:
    t, senda_ = r.catalogo.territorio, trayectorias(r.catalogo)
    protegidas = ({*r.evaluacion.filter(x)["kpi"]} for x in ("base_protegida", "meta_protegida"))
    f = con_frecuencia_publicada(fichas(r.catalogo, *protegidas), r.series, t.ubigeo)
    series = r.series.filter(pl.col("lugar") == t.ubigeo)

    def mezclada(tabla: pl.DataFrame) -> pl.DataFrame:
        return tabla.sample(fraction=1, shuffle=True, seed=semilla)

    sin_decir = callados(r.publica, t.ubigeo)
    evaluacion = evaluar(
        mezclada(series), f, mezclada(senda_), t.metodo, t.fecha_corte, mezclada(sin_decir)
    )
    assert evaluacion.equals(r.evaluacion)
    assert analizar(evaluacion, mezclada(series), mezclada(f), r.catalogo.territorio.metodo).equals(
        r.analisis
    )
    okrs, misiones = agregar(mezclada(evaluacion), t.metodo)
    for nuestra, otra, clave in ((r.okrs, okrs, "okr"), (r.misiones, misiones, "mision")):
        a, b = nuestra.sort(clave), otra.sort(clave)
        assert a.drop("avance", "minimo", "maximo").equals(b.drop("avance", "minimo", "maximo"))
        for c in ("avance", "minimo", "maximo"):
            assert all(_igual(x, y) for x, y in zip(a[c], b[c], strict=True))


def test_cada_agregado_esta_entre_sus_cotas(r: Resultados) -> None:
    for tabla in (r.okrs, r.misiones):
        con = tabla.filter(pl.col("avance").is_not_null())
        assert (
            con.height
            and con.filter(
                (pl.col("minimo") > pl.col("avance") + 1e-12)
                | (pl.col("maximo") < pl.col("avance") - 1e-12)
            ).is_empty()
        )
