"""Cuán seguro es un estado: las dos preguntas, sus señales y las pruebas que las sostienen, contra
``statsmodels`` y ``scipy``.
"""

from __future__ import annotations

import json
import random
import re

import numpy as np
import polars as pl
import pytest
import yaml
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportions_ztest,
)
from statsmodels.stats.rates import confint_poisson
from statsmodels.stats.rates import test_poisson_2indep as prueba_de_tasas

from apoyo_metodo import CORTE, ficha, senda, serie
from observatorio.calculo import calcular
from observatorio.catalogo.fuentes import Fuente
from observatorio.catalogo.territorio import Metodo
from observatorio.metodo import dos_muestras, posterior
from observatorio.metodo.avance import evaluar
from observatorio.metodo.certeza import CLARA, NO_SE_DISTINGUE, PROBABLE
from observatorio.metodo.indicios import analizar, retrocesos
from observatorio.metodo.intervalos import byar, garwood
from observatorio.metodo.registros import Retrocesos
from observatorio.presentacion.certeza import (
    POSIBLE,
    en_breve,
    en_renglones,
    en_una_linea,
    salvedad,
)
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

PARES = [((5, 40), (14, 45)), ((0, 12), (3, 9)), ((480, 1000), (530, 1000)), ((1, 10), (9, 10))]
TASAS = [((3, 120.0), (11, 150.0)), ((0, 40.0), (6, 35.0)), ((80, 900.0), (130, 1100.0))]


def senales(
    hoy: float,
    n: float | None = 50,
    base: float = 50,
    n_base: float | None = 50,
    meta: float = 100,
    logro: float | None = None,
    **otros,
) -> dict:
    """Un porcentaje que partió de ``base`` en 2020 y en 2024 está en ``hoy``, con sus casos."""
    f = ficha(
        "X",
        ("2020", base),
        ("2030", meta),
        otros.pop("sentido", "ascendente"),
        proporcion=True,
        num_base=None if n_base is None else base / 100 * n_base,
        den_base=n_base,
        **otros,
    )
    s = serie(
        [("2024", hoy)],
        numerador=None if n is None else hoy / 100 * n,
        denominador=n,
    )
    camino = senda(("2020", base), ("2030", meta), None if logro is None else {"2024": logro})
    return analizar(evaluar(s, f, camino, Metodo(), CORTE), s, f, Metodo()).row(0, named=True)


@pytest.mark.parametrize(("una", "otra"), PARES)
def test_dos_proporciones_como_statsmodels(una: tuple[int, int], otra: tuple[int, int]) -> None:
    (x, n), (y, m) = una, otra
    assert dos_muestras.p_de_proporciones(una, otra) == pytest.approx(
        proportions_ztest([x, y], [n, m])[1]
    )
    assert dos_muestras.newcombe(una, otra) == pytest.approx(
        confint_proportions_2indep(y, m, x, n, method="newcomb", compare="diff")
    )


@pytest.mark.parametrize(("una", "otra"), TASAS)
def test_dos_tasas_como_statsmodels(una: tuple[int, float], otra: tuple[int, float]) -> None:
    (x, e), (y, f) = una, otra
    assert dos_muestras.p_de_tasas(una, otra) == pytest.approx(
        prueba_de_tasas(x, e, y, f, method="exact-cond").pvalue
    )
    bajo, alto = dos_muestras.diferencia_de_tasas(una, otra)
    assert bajo < y / f - x / e < alto


def test_con_muchos_sucesos_la_z_y_la_exacta_dan_casi_lo_mismo() -> None:
    una, otra = (700, 10_000.0), (790, 10_000.0)
    assert dos_muestras.p_de_tasas(una, otra) == pytest.approx(
        prueba_de_tasas(*una, *otra, method="exact-cond").pvalue, abs=0.002
    )


@pytest.mark.parametrize("x", [0, 1, 4, 9])
def test_pocos_sucesos_llevan_los_limites_exactos(x: int) -> None:
    assert garwood(x) == pytest.approx(confint_poisson(x, 1, method="exact-c"), abs=1e-9)


def test_byar_queda_a_un_dos_por_ciento_de_la_exacta() -> None:
    tabla = pl.DataFrame({"x": [10.0, 60.0, 400.0, 3.0], "e": [100.0] * 4})
    bajo, alto = byar(pl.col("x"), pl.col("e"), pl.lit(1000.0))
    for x, a, b in tabla.select("x", bajo.alias("a"), alto.alias("b")).iter_rows():
        exacta = confint_poisson(x, 100, method="exact-c")
        assert (a / 1000, b / 1000) == pytest.approx(exacta, rel=0.02)


def test_holm_como_statsmodels() -> None:
    ps = [0.04, 0.001, 0.03, 0.2, 0.012]
    assert dos_muestras.holm(ps) == pytest.approx(multipletests(ps, method="holm")[1])


def test_la_posterior_de_jeffreys_como_scipy() -> None:
    """P(θ < límite) de una beta y de una gamma, y P(θ < θ′) por la integral de su definición."""
    x, n = np.array([0.0, 3, 40, 12, 999]), np.array([8.0, 9, 60, 30.5, 1000])
    limite = np.array([0.02, 0.5, 0.6, 0.45, 0.995])
    casos = posterior.Casos(x, n)
    assert posterior.bajo(casos, limite, tasa=False) == pytest.approx(
        stats.beta.cdf(limite, x + 0.5, n - x + 0.5), abs=1e-4
    )
    tasas = np.array([0.01, 0.2, 0.6, 0.5, 1.0])
    assert posterior.bajo(casos, tasas, tasa=True) == pytest.approx(
        stats.gamma.cdf(tasas, x + 0.5, scale=1 / n), abs=1e-4
    )
    otros = posterior.Casos(x[::-1].copy() / 40, n[::-1].copy())
    theta = np.linspace(0, 1, 200_001)
    for i, hallada in enumerate(posterior.menor_que(casos, otros, tasa=False)):
        otra = stats.beta(otros.x[i] + 0.5, otros.n[i] - otros.x[i] + 0.5)
        propia = stats.beta(x[i] + 0.5, n[i] - x[i] + 0.5)
        pesos = np.diff(otra.cdf(theta))
        centros = (theta[1:] + theta[:-1]) / 2
        assert hallada == pytest.approx(float((pesos * propia.cdf(centros)).sum()), abs=1e-3)


def test_una_previa_bien_puesta_acierta_lo_que_dice() -> None:
    """Con la proporción sorteada de la previa, «probable» (P ≥ 0.75) acierta al menos tres de cada
    cuatro veces.
    """
    azar = np.random.default_rng(7)
    verdad = azar.beta(0.5, 0.5, 4000)
    x = azar.binomial(40, verdad).astype(float)
    p = posterior.bajo(posterior.Casos(x, np.full(4000, 40.0)), np.full(4000, 0.3), tasa=False)
    assert (verdad[p >= 0.75] < 0.3).mean() >= 0.93
    assert abs(p.mean() - (verdad < 0.3).mean()) < 0.02


@pytest.mark.parametrize(
    ("hoy", "n", "peor", "senal"),
    [
        (30, 50, "sí", CLARA),  # 25 de 50 → 15 de 50: Newcombe de −37 a −1 puntos
        (40, 50, "sí", PROBABLE),
        (48, 50, "sí", NO_SE_DISTINGUE),
        (52, 50, "no", NO_SE_DISTINGUE),
        (90, 50, "no", CLARA),
    ],
)
def test_peor_que_la_base(hoy: float, n: float, peor: str, senal: str) -> None:
    a = senales(hoy, n)
    assert (a["peor"], a["senal_base"]) == (peor, senal)


def test_una_base_sin_casos_o_de_anio_asumido_permite_probable_a_lo_mas() -> None:
    assert senales(5, 5000, n_base=None)["senal_base"] == PROBABLE
    assert senales(5, 5000, n_base=5000, base_asumida=True)["senal_base"] == PROBABLE
    assert senales(5, 5000, n_base=5000)["senal_base"] == CLARA
    assert senales(5, 5000, n_base=None)["senal_paso"] == PROBABLE


@pytest.mark.parametrize(
    ("hoy", "n", "al_paso", "senal"),
    [
        (72, 2000, "sí", CLARA),  # el corte es 50 + 0.95 × 16 = 65.2
        (66, 200, "sí", NO_SE_DISTINGUE),
        (60, 200, "no", PROBABLE),
        (55, 2000, "no", CLARA),
    ],
)
def test_al_paso(hoy: float, n: float, al_paso: str, senal: str) -> None:
    a = senales(hoy, n, n_base=2000, logro=66)
    assert (a["al_paso"], a["senal_paso"]) == (al_paso, senal)


def test_bajar_es_mejorar_si_la_meta_esta_debajo() -> None:
    a = senales(20, 400, base=50, n_base=400, meta=10, sentido="descendente")
    assert (a["peor"], a["senal_base"], a["al_paso"], a["senal_paso"]) == (
        "no",
        CLARA,
        "sí",
        CLARA,
    )


@pytest.mark.parametrize(
    ("sentido", "hoy", "n", "dicho"),
    [
        ("ascendente", 70, 10, ("no", PROBABLE)),  # 7 de 10 y se piden 80: [39.7, 89.2] llega a 80
        ("ascendente", 70, 200, ("no", CLARA)),  # [63.3, 75.9] queda entero debajo
        ("ascendente", 99, 200, ("sí", CLARA)),
        ("descendente", 99, 200, ("sí", CLARA)),
        ("descendente", 99.5, 20, ("sí", CLARA)),
        ("no definido", 70, 200, ("no", CLARA)),
        ("no definido", 85, 20, ("sí", NO_SE_DISTINGUE)),
    ],
)
def test_a_quien_debe_mantener_se_le_pregunta_por_sus_limites(
    sentido: str, hoy: float, n: float, dicho: tuple[str, str]
) -> None:
    a = senales(hoy, n, base=90, n_base=None, meta=90, sentido=sentido, tolerancia=10.0)
    assert (a["al_paso"], a["senal_paso"]) == dicho
    assert a["senal_base"] == a["senal_paso"]


def test_al_alcanzado_se_le_pregunta_si_esta_en_su_meta() -> None:
    assert senales(75, 5000, n_base=None, meta=60)["senal_paso"] == CLARA
    assert senales(61, 50, n_base=None, meta=60)["senal_paso"] == NO_SE_DISTINGUE


def test_un_recuento_completo_no_tiene_error_de_muestreo() -> None:
    a = senales(49, 10, n_base=None, conteo="completo", base_conteo="completo")
    assert (a["peor"], a["senal_base"], a["senal_paso"]) == ("sí", CLARA, CLARA)
    assert a["minimo_95"] is None
    otra = senales(49, 10, n_base=None, conteo="completo", base_conteo="muestra")
    assert otra["senal_base"] == PROBABLE, "de la base no se sabe lo bastante"


def test_el_efecto_de_diseno_ensancha() -> None:
    suelta = senales(35, 60, n_base=60)
    muestra = senales(35, 60, n_base=60, conteo="muestra", efecto_de_diseno=4.0)
    assert (suelta["senal_base"], muestra["senal_base"]) == (PROBABLE, PROBABLE)
    assert muestra["maximo_95"] - muestra["minimo_95"] > 1.5 * (
        suelta["maximo_95"] - suelta["minimo_95"]
    )


def test_sin_casos_sin_estado_evaluado_o_con_ventanas_que_se_pisan_no_hay_senal() -> None:
    assert senales(30, None)["senal_base"] is None
    vencido = senales(30, gracia=0)
    assert (vencido["peor"], vencido["senal_base"]) == (None, None)
    pisadas = senales(30, ventana=60)
    assert (pisadas["peor"], pisadas["senal_base"], pisadas["senal_paso"]) == ("sí", None, None)


def test_una_tasa_de_sucesos_lleva_su_gamma() -> None:
    f = ficha(
        "X", ("2020", 10), ("2030", 2), "descendente", tasa=True, factor=1000.0,
        num_base=30, den_base=3000,
    )  # fmt: skip
    s = serie([("2024", 20.0)], numerador=60, denominador=3000)
    evaluacion = evaluar(s, f, senda(("2020", 10), ("2030", 2)), Metodo(), CORTE)
    a = analizar(evaluacion, s, f, Metodo()).row(0, named=True)
    assert (a["peor"], a["senal_base"], a["senal_paso"]) == ("sí", CLARA, CLARA)
    assert a["minimo_95"] < 20 < a["maximo_95"] and a["cambio_min_95"] > 0


def test_los_retrocesos_se_cuentan_claros_y_posibles() -> None:
    evaluacion = pl.DataFrame(
        [
            ("a", "m", "en retroceso"),
            ("b", "m", "en retroceso"),
            ("c", "m", "rezagado"),
            ("d", "n", "en retroceso"),
        ],
        schema=["kpi", "mision", "estado"],
        orient="row",
    )
    analisis = pl.DataFrame({"kpi": list("abcd"), "senal_base": [CLARA, PROBABLE, CLARA, None]})
    assert retrocesos(evaluacion, analisis) == {"m": Retrocesos(1, 1), "n": Retrocesos(0, 1)}
    assert salvedad(Retrocesos()) == ""
    assert salvedad(Retrocesos(1, 1)) == "1 con señal clara\u00a0▼, 1 posible\u00a0▽", (
        "la marca no queda sola en otra línea"
    )


def test_en_un_renglon_o_en_varios_se_dice_lo_mismo(resultados_reales: Resultados) -> None:
    r = resultados_reales
    dichas = [(en_breve(e, r.analizados[c]), e, r.analizados[c]) for c, e in r.evaluados.items()]
    assert {len(breve) for breve, _, _ in dichas} == {0, 1, 2}
    for breve, e, a in dichas:
        linea = en_una_linea(e, a)
        assert "; A" not in linea and en_renglones(linea) == "\n".join(breve)


def test_una_fuente_declara_que_son_sus_cuentas(proyecto_real: Proyecto) -> None:
    fuentes = yaml.safe_load(proyecto_real.fuentes.read_text(encoding="utf-8"))
    assert all(f["conteo"] in ("muestra", "atendidos", "completo") for f in fuentes.values())
    una = next(iter(fuentes.values())) | {"conteo": "muestra"}
    assert (Fuente(**una).efecto, Fuente(**una | {"efecto_de_diseno": 1.4}).efecto) == (2.0, 1.4)
    with pytest.raises(ValueError, match="efecto_de_diseno es de una muestra"):
        Fuente(**una | {"conteo": "completo", "efecto_de_diseno": 1.4})


def test_el_estado_no_depende_de_las_senales(copia: Proyecto) -> None:
    """Cambie lo que cambie en qué son las cuentas, los estados son los mismos."""
    antes = calcular(copia).evaluacion.select("kpi", "estado", "avance")
    texto = copia.fuentes.read_text(encoding="utf-8")
    for conteo in ("completo", "atendidos"):
        texto = texto.replace(f"conteo: {conteo}\n", "conteo: muestra\n")
    copia.fuentes.write_text(texto, encoding="utf-8")
    hecho = calcular(copia)
    assert hecho.evaluacion.select("kpi", "estado", "avance").equals(antes)
    assert not hecho.analisis["senal_base"].eq(CLARA).any() or texto.count("conteo: muestra") > 20


def test_se_dice_donde_se_decide(real_construido: Proyecto) -> None:
    """Portada, misiones y datos cuentan aparte los claros y los posibles; en la página va una frase
    y la probabilidad, en ninguna parte.
    """
    sitio = real_construido.sitio
    kpis = json.loads((sitio / "datos/kpis.json").read_text(encoding="utf-8"))
    misiones = json.loads((sitio / "datos/misiones.json").read_text(encoding="utf-8"))
    retroceden = [k for k in kpis if k["estado"] == "en retroceso"]
    claros = [k for k in retroceden if k["certeza"]["peor_que_la_base"]["senal"] == CLARA]
    todos = Retrocesos(len(claros), len(retroceden) - len(claros))
    assert sum((Retrocesos(**m["retrocesos"]) for m in misiones), Retrocesos()) == todos
    portada = re.sub(r"<[^>]*>", "", (sitio / "index.html").read_text(encoding="utf-8"))
    assert salvedad(todos) in portada
    for k in random.Random(3).sample(retroceden, min(4, len(retroceden))):
        pagina = (sitio / f"misiones/{k['mision']}/index.html").read_text(encoding="utf-8")
        fila = pagina[pagina.index(f'id="{k["codigo"]}"') :]
        fila = fila[: fila.index("</tr>")]
        assert (POSIBLE in fila) == (k not in claros)
        assert ("¿Peor que la base?" in fila or "sus límites" in fila) == (
            k["certeza"]["peor_que_la_base"]["senal"] is not None
        )
    assert all("probabilidad" not in json.dumps(k["certeza"]) for k in kpis)
