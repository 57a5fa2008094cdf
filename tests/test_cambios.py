"""¿Qué cambió?: con qué se compara cada dato, hacia dónde fue, cuán seguro es y qué falta."""

from __future__ import annotations

import re

import polars as pl
import pytest
from statsmodels.stats.multitest import multipletests

from apoyo_metodo import ficha, serie
from observatorio.metodo.cambios import (
    LAS_MISMAS,
    OTRO_METODO,
    PRIMERO,
    SE_PISAN,
    SIN_CASOS,
    SIN_RUMBO,
    Cambio,
    cambios,
    trimestre_de,
)
from observatorio.metodo.certeza import CLARA, NO_SE_DISTINGUE, PROBABLE
from observatorio.metodo.dos_muestras import benjamini_hochberg
from observatorio.productos import cambios as producto
from observatorio.productos import plan
from observatorio.resultados.resultados import Resultados

T2, T3 = (2026 * 12 + m for m in (6, 9))


def cambio(
    puntos: list[tuple[str, float]],
    n: float | None = 200,
    sentido: str = "ascendente",
    estacional: bool = False,
    **otros,
) -> Cambio:
    """El cambio más nuevo de un porcentaje trimestral con esos datos, cada uno con ``n`` casos."""
    campos = {
        "meses": 3,
        "meses_medida": 3,
        "conteo": "muestra",
        "agrupable": False,
        "sobre_personas": True,
        "proporcion": True,
    }
    f = ficha("X", ("2020", 0), ("2030", 100), sentido, **(campos | otros))
    partes = [
        serie([p], numerador=None if n is None else p[1] / 100 * n, denominador=n) for p in puntos
    ]
    hechos = cambios(pl.concat(partes), f, "L", {"X"} if estacional else ())
    return next(iter(hechos.values()))[0]


@pytest.mark.parametrize(
    ("fin", "cierra"), [(T3, T3), (T3 - 1, T3), (T3 - 2, T3), (T3 - 3, T2), (T3 + 1, T3 + 3)]
)
def test_un_periodo_cae_en_el_trimestre_en_que_cierra(fin: int, cierra: int) -> None:
    assert trimestre_de(fin) == cierra


def test_se_compara_con_lo_ultimo_que_ya_habia_cerrado() -> None:
    meses = [("2026-05", 40.0), ("2026-06", 50.0), ("2026-07", 70.0), ("2026-09", 60.0)]
    c = cambio(meses, meses=1, meses_medida=1)
    assert (c.trimestre, c.periodo, c.antes_periodo) == (T3, "2026-09", "2026-06")
    assert c.sentido == "mejora"


def test_lo_estacional_se_compara_con_el_mismo_trimestre_del_anio_anterior() -> None:
    puntos = [("2025-T3", 30.0), ("2026-T2", 80.0), ("2026-T3", 40.0)]
    assert cambio(puntos).antes_periodo == "2026-T2"
    c = cambio(puntos, estacional=True)
    assert (c.antes_periodo, c.sentido) == ("2025-T3", "mejora")
    assert cambio(puntos[1:], estacional=True).motivo == PRIMERO


@pytest.mark.parametrize(
    ("antes", "ahora", "senal"),
    [(50, 75, CLARA), (50, 54.5, PROBABLE), (50, 50.5, NO_SE_DISTINGUE)],
)
def test_la_senal_sale_de_los_casos(antes: float, ahora: float, senal: str) -> None:
    for sentido, va in (("ascendente", "mejora"), ("descendente", "empeora")):
        c = cambio([("2026-T2", antes), ("2026-T3", ahora)], sentido=sentido)
        assert (c.sentido, c.senal, c.firme) == (va, senal, senal == CLARA)


@pytest.mark.parametrize(
    ("otros", "sentido", "motivo"),
    [
        ({"n": None}, "mejora", SIN_CASOS),
        ({"ventana": 12}, "mejora", SE_PISAN),
        ({"conteo": "atendidos"}, "mejora", LAS_MISMAS),
        ({"conteo": "atendidos", "agrupable": True}, "mejora", ""),
        ({"quiebres": [T2 + 0.0]}, "sin comparar", OTRO_METODO),
        ({"sentido": "no definido", "m": None}, "sin comparar", SIN_RUMBO),
    ],
)
def test_lo_que_no_se_puede_probar_o_comparar_dice_por_que(
    otros: dict, sentido: str, motivo: str
) -> None:
    c = cambio([("2026-T2", 40.0), ("2026-T3", 75.0)], **otros)
    assert (c.sentido, c.motivo) == (sentido, motivo)
    assert (c.senal is None) == bool(motivo)


def test_un_recuento_completo_cambia_lo_que_cambio() -> None:
    c = cambio([("2026-T2", 40.0), ("2026-T3", 41.0)], n=None, conteo="completo")
    assert (c.senal, c.firme, c.motivo) == (CLARA, True, "")


def test_entre_muchas_comparaciones_una_senal_justa_deja_de_ser_firme() -> None:
    campos = {"conteo": "muestra", "agrupable": False, "sobre_personas": True, "proporcion": True}
    fichas, series = [], []
    for i in range(40):
        fichas.append(ficha(f"K{i:02}", meses=3, meses_medida=3, **campos))
        sube = 10 if i == 0 else 0.1
        series += [
            serie([p], kpi=f"K{i:02}", numerador=p[1] * 2.2, denominador=220)
            for p in (("2026-T2", 50.0), ("2026-T3", 50.0 + sube))
        ]
    primero = cambios(pl.concat(series), pl.concat(fichas), "L", ())[T3][0]
    assert primero.senal == CLARA and not primero.firme
    solo = cambios(pl.concat(series[:2]), fichas[0], "L", ())[T3][0]
    assert solo.senal == CLARA and solo.firme


@pytest.mark.parametrize("ps", [[], [0.04], [0.01, 0.04, 0.03, 0.5], [0.2, 0.2, 0.001, 0.9, 0.03]])
def test_benjamini_y_hochberg_como_statsmodels(ps: list[float]) -> None:
    suyas = list(multipletests(ps, method="fdr_bh")[1]) if ps else []
    assert benjamini_hochberg(ps) == pytest.approx(suyas)


def test_cada_cambio_publicado_esta_una_vez_y_dice_lo_que_dicen_los_datos(
    resultados_reales: Resultados,
) -> None:
    r = resultados_reales
    ubigeo = r.catalogo.territorio.ubigeo
    publico = {
        (f["kpi"], f["periodo"]): f["valor"]
        for f in r.series.filter(pl.col("lugar") == ubigeo).iter_rows(named=True)
    }
    vistos = set()
    for trimestre, lista in producto.cambios_de(r).items():
        assert len({c.kpi for c in lista}) == len(lista)
        for c in lista:
            vistos.add(producto.grupo_de(c))
            assert c.valor == publico[c.kpi, c.periodo] and trimestre_de(c.trimestre) == trimestre
            if c.antes_periodo is not None:
                assert c.antes == publico[c.kpi, c.antes_periodo]
            assert not c.firme or c.senal == CLARA
    assert vistos == {g.id for g in producto.GRUPOS}


def test_lo_que_falta_se_pide_a_una_institucion_y_nada_restringido_sale(
    resultados_reales: Resultados,
) -> None:
    r = resultados_reales
    html = producto.pagina(r, plan.seguimiento(r))
    falta = html[html.index('id="que-falta"') :]
    kpis = r.catalogo.kpis
    for codigo, k in kpis.items():
        assert k.acceso == "ciudadano" or codigo not in html
    for m in r.catalogo.misiones:
        assert f'id="falta-{m.codigo}"' in falta
    por_pedir = [
        c
        for c, e in r.evaluados.items()
        if e.estado in producto.POR_QUE and e.acceso == "ciudadano"
    ]
    assert por_pedir and all(f'<span class="codigo">{c}</span>' in falta for c in por_pedir)
    sensibles = [c for c, k in kpis.items() if k.sensible and k.acceso == "ciudadano"]
    for c in sensibles:
        fila = re.search(rf'<tr><th scope="row"><span class="codigo">{c}</span>.*?</tr>', falta)
        assert fila is None or ("Comité" in fila[0] and "vencida" not in fila[0])
