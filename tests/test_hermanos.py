"""Los KPI que salen de un mismo registro no se contradicen en los datos que trae el repositorio."""

from __future__ import annotations

import polars as pl
import pytest

from observatorio.catalogo import cargar
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

CALLADOS = ("Todavía no se ha medido", "Sin datos hasta")


@pytest.fixture(scope="module")
def totales(proyecto_real: Proyecto) -> pl.DataFrame:
    ubigeo = cargar(proyecto_real).territorio.ubigeo
    leidas = [
        pl.read_csv(ruta, infer_schema=False) for ruta in proyecto_real.archivos_de_observaciones()
    ]
    todas = pl.concat(leidas).with_columns(
        pl.col("numerador", "denominador").cast(pl.Float64, strict=False)
    )
    return todas.filter(pl.col("lugar") == ubigeo)


def serie(totales: pl.DataFrame, kpi: str, columna: str, grupo: str = "total") -> dict[str, float]:
    suyas = totales.filter(pl.col("kpi") == kpi, pl.col("grupo") == grupo)
    return dict(suyas.select("periodo", columna).iter_rows())


@pytest.mark.parametrize("grupo", ["total", "sexo:mujer", "sexo:hombre"])
def test_quienes_actuan_en_el_anio_son_los_que_habia_al_empezarlo(
    totales: pl.DataFrame, grupo: str
) -> None:
    habia, actuan = (
        serie(totales, "M6-K01", "numerador", grupo),
        serie(totales, "M6-K02", "denominador", grupo),
    )
    assert actuan and all(n == habia[f"{int(anio) - 1}-S2"] for anio, n in actuan.items())


def test_las_altas_del_anio_alcanzan_para_lo_que_crece_el_registro(totales: pl.DataFrame) -> None:
    habia, altas = serie(totales, "M6-K01", "numerador"), serie(totales, "M6-K03", "denominador")
    crece = {
        a: habia[f"{a}-S2"] - habia[f"{int(a) - 1}-S2"]
        for a in altas
        if f"{int(a) - 1}-S2" in habia
    }
    assert crece and all(altas[a] >= c for a, c in crece.items())


def test_las_preguntas_de_un_mismo_modulo_tienen_la_misma_muestra(totales: pl.DataFrame) -> None:
    modulo = [serie(totales, k, "denominador") for k in ("M6-K05", "M6-K19", "M6-K20")]
    comunes = set.intersection(*map(set, modulo))
    assert comunes and all(len({m[a] for m in modulo}) == 1 for a in comunes)


def test_el_pilar_menos_vinculado_es_parte_del_directorio(totales: pl.DataFrame) -> None:
    parte, todo = (
        {c: serie(totales, k, c) for c in ("numerador", "denominador")}
        for k in ("M7-K18", "M7-K01")
    )
    assert parte["numerador"]
    for anio, n in parte["numerador"].items():
        de, hay = parte["denominador"][anio], todo["denominador"][f"{anio}-S2"]
        assert (
            n <= todo["numerador"][f"{anio}-S2"]
            and de < hay
            and n / de <= todo["numerador"][f"{anio}-S2"] / hay
        )


def test_lo_que_su_texto_dice_no_medido_no_tiene_datos(
    resultados_reales: Resultados, totales: pl.DataFrame
) -> None:
    kpis = resultados_reales.catalogo.kpis
    callados = {c for c, k in kpis.items() if k.limitaciones.startswith(CALLADOS)}
    assert (
        callados
        and not callados & set(totales["kpi"])
        and all(kpis[c].linea_base is None for c in callados)
    )
