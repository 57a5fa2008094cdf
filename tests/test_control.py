"""El control XmR de las series y el embudo de los anexos: a mano, y lo que no llevan."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatorio.catalogo import cargar
from observatorio.catalogo.modelos import Kpi
from observatorio.metodo import embudo as de_embudo
from observatorio.metodo.embudo import AVISO, DENTRO, FUERA, POCOS, embudo
from observatorio.metodo.registros import Control, Evaluacion
from observatorio.metodo.xmr import (
    A_VECES,
    COMUN,
    CUMPLE,
    DOS_DE_TRES,
    LADO,
    MEJORA,
    NO_CUMPLE,
    PREOCUPA,
    SEGUIDAS,
    control,
)
from observatorio.metodo.xmr import FUERA as FUERA_DE_LIMITES
from observatorio.productos.datos_abiertos.series_publicas import embudos_de
from observatorio.resultados.control import controles
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

TRANQUILAS = [10.0, 12.0] * 6
"""Media 11 y recorrido móvil 2: límites 11 ± 5.32, de 5.68 a 16.32; el tercio exterior, desde
14.55 y hasta 7.45."""


def serie(valores: list[float]) -> list[tuple[str, float]]:
    return [(f"2020-{i:02d}", v) for i, v in enumerate(valores)]


def reglas(*despues: float) -> set[str]:
    hecho = control(serie([*TRANQUILAS, *despues]), "ascendente", None)
    assert hecho
    return set(hecho.puntos[-1].reglas)


def test_limites_a_mano_y_fijados_en_las_doce_primeras() -> None:
    for despues in ([], [40.0, 50.0]):
        hecho = control(serie([*TRANQUILAS, *despues]), "ascendente", None)
        assert hecho
        assert (hecho.media, hecho.inferior, hecho.superior) == (
            11,
            pytest.approx(11 - 5.32),
            pytest.approx(11 + 5.32),
        )


@pytest.mark.parametrize(
    ("despues", "hallada"),
    [
        ([11.0], set()),
        ([17.0], {FUERA_DE_LIMITES}),
        ([11.5] * 6, {LADO}),  # la última de las doce ya estaba encima
        ([10.5, 12.5], set()),
        ([10.2, 10.4, 10.6, 11.2, 11.4, 11.6, 11.8], {SEGUIDAS}),
        ([15.0, 10.0, 15.0], {DOS_DE_TRES}),
        ([15.0, 10.0, 7.0], set()),
    ],
)
def test_las_cuatro_reglas(despues: list[float], hallada: set[str]) -> None:
    assert reglas(*despues) == hallada


def test_subir_es_mejorar_o_empeorar_segun_el_sentido() -> None:
    subio = serie([*TRANQUILAS, 20.0])
    for sentido, dicho in (("ascendente", MEJORA), ("descendente", PREOCUPA)):
        hecho = control(subio, sentido, None)
        assert hecho and hecho.variacion == dicho
    quieta = control(serie(TRANQUILAS), "ascendente", None)
    assert quieta and quieta.variacion == COMUN


@pytest.mark.parametrize(
    ("logro", "sentido", "dicho"),
    [
        (5.0, "ascendente", CUMPLE),
        (11.0, "ascendente", A_VECES),
        (17.0, "ascendente", NO_CUMPLE),
        (17.0, "descendente", CUMPLE),
        (5.0, "descendente", NO_CUMPLE),
        (5.0, "no definido", None),
    ],
)
def test_la_seguridad_es_frente_al_logro_del_anio(
    logro: float, sentido: str, dicho: str | None
) -> None:
    hecho = control(serie(TRANQUILAS), sentido, logro)
    assert hecho and hecho.seguridad == dicho


def test_con_once_medidas_o_todas_iguales_no_hay_control() -> None:
    assert control(serie(TRANQUILAS[:11]), "ascendente", None) is None
    assert control(serie([7.0] * 20), "ascendente", None) is None


@given(st.lists(st.integers(0, 100), min_size=12, max_size=40).filter(lambda v: v[0] != v[1]))
def test_la_escala_no_cambia_lo_que_se_senala(valores: list[int]) -> None:
    """Medir en otra unidad no señala otra cosa; los recorridos son los de las doce primeras."""
    uno = control(serie(valores), "ascendente", None)
    otro = control(serie([v * 1024 for v in valores]), "ascendente", None)
    assert uno and otro
    assert [p.reglas for p in uno.puntos] == [p.reglas for p in otro.puntos]
    paso = sum(abs(b - a) for a, b in pairwise(valores[:12])) / 11
    assert uno.superior - uno.media == pytest.approx(2.66 * paso)


def test_una_serie_estacional_o_acumulada_no_lleva_control(proyecto_real: Proyecto) -> None:
    """El acumulado de doce meses de puro ruido se señala casi siempre: por eso se excluye."""
    azar, senaladas = np.random.default_rng(5), 0
    for _ in range(60):
        mensual = azar.normal(50, 5, 60)
        acumulada = np.convolve(mensual, np.ones(12) / 12, mode="valid")
        hecho = control(serie(acumulada.tolist()), "ascendente", None)
        senaladas += bool(hecho and hecho.puntos[-1].reglas)
    assert senaladas > 30
    kpis = [k for k in cargar(proyecto_real).kpis.values() if k.acceso == "ciudadano"]
    mensual_ = next(k for k in kpis if k.frecuencia == "mensual")
    evaluacion = _sin_nada()
    for cambio in ({"estacional": True}, {"ventana": 12, "estacional": False}):
        dicho = _control(mensual_.model_copy(update=cambio), evaluacion)
        assert isinstance(dicho, str) and dicho.startswith("sin control")
    anual = mensual_.model_copy(update={"frecuencia": "anual"})
    assert _control(anual, evaluacion) == ""


def _sin_nada() -> Evaluacion:
    return Evaluacion(**dict.fromkeys(Evaluacion.__dataclass_fields__))


def _control(kpi: Kpi, e: Evaluacion) -> Control | str:
    """El de un KPI sin ninguna medida."""
    vacia = pl.DataFrame(schema=dict.fromkeys(("kpi", "lugar", "grupo", "unidad"), pl.String))
    return controles(vacia, [kpi], {kpi.codigo: e}, "x")[kpi.codigo]


def test_una_sola_medida_con_el_cambio_de_metodo_dentro(proyecto_real: Proyecto) -> None:
    """No hay ninguna comparable: se dice, y nada se rompe."""
    kpi = next(
        k
        for k in cargar(proyecto_real).kpis.values()
        if k.acceso == "ciudadano" and k.frecuencia == "mensual"
    ).model_copy(update={"estacional": False, "ventana": None})
    fin = 2025 * 12 + 6
    medida = {"kpi": kpi.codigo, "lugar": "x", "grupo": "total", "unidad": "", "periodo": "2025-06"}
    publica = pl.DataFrame(medida | {"agrupado": 0, "valor": 1.0, "fin": fin})
    e = replace(_sin_nada(), quiebres=[fin - 0.5])
    dicho = controles(publica, [kpi], {kpi.codigo: e}, "x")[kpi.codigo]
    assert dicho == "sin control: hacen falta 12 medidas comparables y hay 0"


def publicas(anexos: dict[str, tuple[float, float] | None]) -> pl.DataFrame:
    """``anexo → (casos, n)``, o nulo lo protegido; el distrito (``01``) es 400 de 1000."""
    filas = [("01", 400.0, 1000.0), *((a, *(v or (None, None))) for a, v in anexos.items())]
    return pl.DataFrame(
        filas, schema=["lugar", "numerador", "denominador"], orient="row"
    ).with_columns(
        (pl.col("numerador") / pl.col("denominador") * 100).alias("valor"),
        pl.lit("2025").alias("periodo"),
        pl.lit(2026 * 12).alias("fin"),
        pl.lit("total").alias("grupo"),
        pl.lit("").alias("unidad"),
        pl.lit(0).alias("agrupado"),
    )


FICHA = {
    "factor": 100.0,
    "casos": True,
    "tasa": False,
    "conteo": "atendidos",
    "efecto_de_diseno": 1.0,
}
NOMBRES = {"a": "Zarza", "b": "Álamo", "c": "Molle", "d": "Aliso", "e": "Nogal"}


def test_el_embudo_a_mano_y_en_orden_alfabetico() -> None:
    """Con 100 casos, 40 ± 1.96 × 4.90: de 30.4 a 49.6 al 95 %, y de 24.9 a 55.1 al 99.8 %."""
    hecho = embudo(
        publicas({"a": (48, 100), "b": (60, 100), "c": (53, 100), "d": (2, 9), "e": None}),
        FICHA,
        "01",
        NOMBRES,
    )
    assert hecho
    assert [(NOMBRES[a.lugar], a.lectura) for a in hecho.anexos] == [
        ("Álamo", FUERA),
        ("Aliso", POCOS),
        ("Molle", AVISO),
        ("Zarza", DENTRO),
    ]
    zarza = hecho.anexos[-1]
    assert (zarza.inferior_95, zarza.superior_998) == (
        pytest.approx(30.4, abs=0.05),
        pytest.approx(55.1, abs=0.05),
    )
    assert hecho.distrito == 40


def test_un_recuento_completo_o_sin_distrito_no_lleva_embudo() -> None:
    tabla = publicas({"a": (48, 100), "b": (60, 100)})
    assert embudo(tabla, FICHA | {"conteo": "completo"}, "01", NOMBRES) is None
    assert embudo(tabla.filter(pl.col("lugar") != "01"), FICHA, "01", NOMBRES) is None
    assert embudo(publicas({"a": (1, 2), "b": (1, 3)}), FICHA, "01", NOMBRES) is None


def test_pocas_veces_se_senala_a_quien_es_como_los_demas() -> None:
    azar, fuera, todos = np.random.default_rng(3), 0, 0
    for _ in range(200):
        sorteo = azar.binomial(80, 0.4, 5)
        hecho = de_embudo.embudo(
            publicas({a: (float(x), 80.0) for a, x in zip(NOMBRES, sorteo, strict=True)}),
            FICHA,
            "01",
            NOMBRES,
        )
        assert hecho
        fuera += sum(a.lectura == FUERA for a in hecho.anexos)
        todos += len(hecho.anexos)
    assert fuera / todos < 0.006


def test_de_los_datos_reales_no_sale_ningun_anexo_protegido(resultados_reales: Resultados) -> None:
    visibles = set(
        resultados_reales.publica.filter(~pl.col("protegido"))
        .select("kpi", "periodo", "lugar")
        .iter_rows()
    )
    hechos = {c: e for c, e in embudos_de(resultados_reales).items() if e}
    assert hechos
    for codigo, e in hechos.items():
        assert {(codigo, e["periodo"], a["lugar"]) for a in e["anexos"]} <= visibles
