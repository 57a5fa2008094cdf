"""Cuánto tardan estados, agregados y tendencias: los KPI del proyecto y un país entero inventado.

    python scripts/bancos/indicadores.py [--distritos 1891] [--anios 8]

Imprime segundos, memoria máxima y, con scipy instalado, la razón frente a llamarlo serie por serie.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from observatorio.calculo import calcular
from observatorio.catalogo import Catalogo
from observatorio.metodo.agregado import agregar
from observatorio.metodo.avance import evaluar
from observatorio.metodo.fichas import fichas
from observatorio.metodo.senda import trayectorias
from observatorio.metodo.tendencia import tendencias, theil_sen
from observatorio.rutas import Proyecto

SUELTAS = 1000


def medir(nombre: str, hacer: Callable[[], object], limite: float) -> tuple[float, object]:
    inicio = time.perf_counter()
    resultado = hacer()
    segundos = time.perf_counter() - inicio
    print(
        f"{nombre}: {segundos:.2f} s (límite {limite:g} s, razón {segundos / limite:.2f}); memoria"
        f" máxima {memoria():.2f} GB",
        flush=True,
    )
    return segundos, resultado


def memoria() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def pais(tabla: pl.DataFrame, distritos: int, anios: int) -> pl.DataFrame:
    """Una serie anual por distrito y KPI: paseo al azar alrededor de su senda."""
    azar, n = np.random.default_rng(5), tabla.height
    b, m = (tabla[c].fill_null(0).to_numpy() for c in ("b", "m"))
    paso = (m - b)[None, :, None] / 10
    ruido = azar.normal(0, 1, (distritos, n, anios)) * np.abs(paso + 1e-3)
    valores = np.round(b[None, :, None] + paso * np.arange(anios) + ruido, 2)
    primero = 2026 - anios
    return pl.DataFrame(
        {
            "kpi": np.tile(np.repeat(tabla["kpi"].to_numpy(), anios), distritos),
            "lugar": np.repeat(np.array([f"{i:06d}" for i in range(distritos)]), n * anios),
            "fin": np.tile(
                np.arange(primero + 1, primero + 1 + anios, dtype=np.int32) * 12, distritos * n
            ),
            "valor": valores.ravel(),
        }
    ).with_columns(
        (pl.col("fin") // 12 - 1).cast(pl.String).alias("periodo"),
        pl.lit(False).alias("protegido"),
        pl.lit("f").alias("fuente"),
        pl.lit(date(2026, 1, 31)).alias("fecha_dato"),
        pl.lit(None, dtype=pl.Float64).alias("numerador"),
        pl.lit(None, dtype=pl.Float64).alias("denominador"),
        pl.lit("validado").alias("estado"),
        pl.lit("demostracion").alias("naturaleza"),
        pl.lit(0, dtype=pl.Int32).alias("agrupado"),
    )


def estados(series: pl.DataFrame, tabla: pl.DataFrame, catalogo: Catalogo) -> pl.DataFrame:
    t = catalogo.territorio
    return evaluar(series, tabla, trayectorias(catalogo), t.metodo, t.fecha_corte)


def nacional(
    series: pl.DataFrame, tabla: pl.DataFrame, catalogo: Catalogo
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Estados de todos los distritos y, por distrito, sus OKR y misiones."""
    evaluacion = estados(series, tabla, catalogo).with_columns(
        pl.concat_str("mision", pl.col("lugar").fill_null("")).alias("mision"),
        pl.concat_str("okr", pl.col("lugar").fill_null("")).alias("okr"),
    )
    return agregar(evaluacion, catalogo.territorio.metodo)


def frente_a_scipy() -> None:
    try:
        from scipy import stats
    except ImportError:
        print("scipy no está instalado: no se compara (uv pip install -r requirements-pruebas.txt)")
        return
    azar = np.random.default_rng(3)
    t, y = np.tile(np.arange(8.0), (SUELTAS, 1)), azar.normal(size=(SUELTAS, 8))
    inicio = time.perf_counter()
    suyas = np.array(
        [
            (*stats.theilslopes(v, x)[:1], stats.kendalltau(x, v, method="exact").pvalue)
            for x, v in zip(t, y, strict=True)
        ]
    )
    medio = time.perf_counter()
    nuestras = theil_sen(t, y, np.zeros(8, dtype=int))[:, [0, 3]]
    fin = time.perf_counter()
    diferencia = np.abs(suyas - nuestras).max()
    print(
        f"{SUELTAS:,} series: scipy una a una {medio - inicio:.3f} s, en lote {fin - medio:.4f} s:"
        f" {(medio - inicio) / (fin - medio):.0f} veces; mayor diferencia {diferencia:.1e}"
    )


def principal() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--distritos", type=int, default=1891)
    p.add_argument("--anios", type=int, default=8)
    opciones = p.parse_args()
    proyecto = Proyecto.encontrar(Path(__file__).resolve().parent)
    r = calcular(proyecto)
    catalogo = r.catalogo
    tabla = fichas(catalogo).with_columns(pl.lit("ciudadano").alias("acceso"))
    propias = r.series.filter(pl.col("lugar") == catalogo.territorio.ubigeo)
    medir(
        "los KPI del proyecto, estados y agregados",
        lambda: agregar(estados(propias, tabla, catalogo), catalogo.territorio.metodo),
        0.3,
    )
    series = pais(tabla, opciones.distritos, opciones.anios)
    print(
        f"{series.height:,} medidas inventadas de {opciones.distritos:,} distritos; memoria"
        f" {memoria():.2f} GB"
    )
    medir("El país, estados y agregados", lambda: nacional(series, tabla, catalogo), 20)
    _, salida = medir(
        f"Tendencias de {opciones.distritos * tabla.height:,} series",
        lambda: tendencias(series, tabla),
        30,
    )
    print(salida["tendencia"].value_counts(sort=True).to_dict(as_series=False))
    frente_a_scipy()


if __name__ == "__main__":
    principal()
