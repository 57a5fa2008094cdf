"""Lo que no enlaza con riesgo se publica sin mirarlo más, y eso no cambia ninguna decisión."""

from __future__ import annotations

import os

import numpy as np
import polars as pl
import pytest

from apoyo_ataque import DISTRITO, REGLAS, Caso, caso_al_azar
from apoyo_ediciones import EDICIONES, historia_al_azar
from observatorio.base.texto import con_textos
from observatorio.privacidad import acumular, proteger, supresion
from observatorio.privacidad.alcance import Alcance
from observatorio.privacidad.historial import vacia
from observatorio.privacidad.parametros import Reglas
from observatorio.privacidad.primaria import con_familia

LARGO = bool(os.environ.get("OBSERVATORIO_LARGO"))
ORDEN = ["kpi", "lugar", "grupo", "unidad", "fin", "agrupado"]
CATEGORIAS = (
    "kpi",
    "periodo",
    "lugar",
    "grupo",
    "unidad",
    "fuente",
    "estado",
    "naturaleza",
    "nota",
    "mision",
    "archivo",
)


def varios(semilla: int) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """``(observaciones, fichas)`` de KPI con celdas pequeñas, con alguna suelta y sin ninguna."""
    azar = np.random.default_rng(semilla)
    salida = []
    for i, (veces, mas) in enumerate([(1, 0), (9, 12), (30, 12), (5, 0)]):
        caso = caso_al_azar(azar)
        cuentas = {
            celda: tuple(x * veces + (mas if azar.random() < 0.97 else 0) for x in par)
            for celda, par in caso.cuentas.items()
        }
        kpi = pl.lit(f"M1-K0{i + 1}").alias("kpi")
        caso = Caso(caso.clase, caso.meses, cuentas, caso.lugar_de)
        salida.append(
            (
                caso.observaciones().with_columns(kpi),
                caso.fichas.with_columns(kpi, pl.lit(i != 3).alias("agrupable")),
            )
        )
    return salida


def juntos(partes: list[tuple[pl.DataFrame, pl.DataFrame]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return pl.concat([o for o, _ in partes]), pl.concat([f for _, f in partes])


@pytest.mark.parametrize("semilla", range(8 if LARGO else 3))
def test_cada_kpi_se_decide_como_si_estuviera_solo(semilla: int) -> None:
    partes = varios(semilla)
    observaciones, fichas = juntos(partes)
    todos = proteger(observaciones.sample(fraction=1, shuffle=True, seed=semilla), fichas, REGLAS)
    solos = [proteger(o, f, REGLAS) for o, f in partes]
    assert todos.tabla.equals(pl.concat([p.tabla for p in solos]).sort(ORDEN))
    costo = (
        pl.concat([p.costo for p in solos])
        .group_by("mision", "clase")
        .agg(pl.col("celdas").sum())
        .sort("mision", "clase")
    )
    assert todos.costo.equals(costo)
    assert todos.costo["celdas"].sum() >= observaciones.height


@pytest.mark.parametrize("semilla", range(4 if LARGO else 2))
def test_textos_o_categorias_dan_la_misma_tabla(semilla: int) -> None:
    observaciones, fichas = juntos(varios(semilla))
    categorias = observaciones.with_columns(pl.col(CATEGORIAS).cast(pl.Categorical))
    assert con_textos(proteger(categorias, fichas, REGLAS).tabla).equals(
        proteger(observaciones, fichas, REGLAS).tabla
    )


def test_un_periodo_sin_riesgo_se_publica_entero_aunque_otro_lo_tenga() -> None:
    sana = {("2022", f"99999900{i:02d}", "total", "", 0): (40 + i, 60 + i) for i in range(4)}
    sana["2022", DISTRITO, "total", "", 0] = tuple(sum(p[q] for p in sana.values()) for q in (0, 1))
    tocada = {("2023", *celda[1:]): par for celda, par in sana.items()} | {
        ("2023", "9999990000", "total", "", 0): (3, 60)
    }
    tocada["2023", DISTRITO, "total", "", 0] = tuple(
        sum(p[q] for c, p in tocada.items() if c[1] != DISTRITO) for q in (0, 1)
    )
    tabla = Caso("porcentaje", 12, sana | tocada, {}).publicar().tabla
    assert not tabla.filter(pl.col("periodo") == "2022")["protegido"].any()
    assert tabla.filter(pl.col("periodo") == "2023")["protegido"].sum() == 2


def test_lo_que_una_edicion_oculto_sigue_atando_a_un_kpi_que_ya_no_tiene_riesgo() -> None:
    cuentas = {("2022", f"99999900{i:02d}", "total", "", 0): (40 + i, 60 + i) for i in range(4)} | {
        ("2022", "9999990000", "total", "", 0): (3, 60)
    }
    cuentas["2022", DISTRITO, "total", "", 0] = tuple(
        sum(p[q] for p in cuentas.values()) for q in (0, 1)
    )
    antes = Caso("porcentaje", 12, cuentas, {})
    ya = acumular(vacia(), antes.publicar().tabla, {"M1-K01"})
    quedan = {
        celda: par for celda, par in cuentas.items() if celda[1] not in (DISTRITO, "9999990000")
    }
    quedan["2022", DISTRITO, "total", "", 0] = tuple(
        sum(p[q] for p in quedan.values()) for q in (0, 1)
    )
    ahora = Caso("porcentaje", 12, quedan, {})
    assert not ahora.publicar().tabla["protegido"].any()
    assert ahora.publicar(ya).tabla.filter(pl.col("lugar") == DISTRITO)["protegido"].all(), (
        "restar los dos totales diría la celda que se fue"
    )


def _todas(
    celdas: pl.DataFrame,
    agrupables: list[str],
    publicados: pl.DataFrame,
    anterior: pl.DataFrame,
    r: Reglas,
) -> Alcance:
    personas = celdas.filter("sobre_personas").select(
        "orden", "kpi", "fin", "lugar", "grupo", "unidad"
    )
    de_todas = con_familia(personas, r.lugar_total).select("orden", "familia", "cruzado")
    return Alcance(de_todas, agrupables)


@pytest.mark.parametrize(
    "semilla", [0, 1, 2, 3, 226, 228, 235, 248] if LARGO else [0, 226, 228, 248]
)
def test_decidir_solo_sobre_lo_que_enlaza_da_lo_mismo_que_sobre_todo(
    semilla: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """En tres ediciones seguidas, con totales a los que les falta poco de quien no informó."""
    azar = np.random.default_rng(semilla)
    historia = historia_al_azar(azar)
    veces, mas = int(azar.choice([1, 1, 4, 20])), int(azar.choice([0, 0, 11]))
    ya = vacia()
    for n in range(EDICIONES):
        caso = historia.edicion(n)
        cuentas = {
            celda: tuple(int(x * veces + (mas if x else 0)) for x in par)
            for celda, par in caso.cuentas.items()
        }
        if not cuentas:
            continue
        caso = Caso(caso.clase, caso.meses, cuentas, caso.lugar_de)
        con_atajo = caso.publicar(ya)
        with monkeypatch.context() as m:
            m.setattr(supresion, "delimitar", _todas)
            sobre_todo = caso.publicar(ya)
        assert con_atajo.tabla.equals(sobre_todo.tabla)
        ya = acumular(ya, sobre_todo.tabla, {"M1-K01"})
