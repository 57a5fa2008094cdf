"""Mide la protección: el tiempo por fila no debe crecer con el número de filas.

    python scripts/bancos/privacidad.py [filas …]

Cada KPI tiene un total y 15 anexos por 40 trimestres, con grupos por sexo; un tercio de las celdas
es pequeño.
"""

from __future__ import annotations

import sys
import time
from datetime import date

import numpy as np
import polars as pl

from observatorio.privacidad import Reglas, proteger

TOTAL, ANEXOS, TRIMESTRES = "999999", 15, 40


def tabla(filas: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``(observaciones, fichas)`` con unas ``filas`` filas sintéticas y sumas exactas."""
    azar = np.random.default_rng(1)
    kpis = max(1, filas // (TRIMESTRES * (ANEXOS + 3)))
    forma = (kpis, TRIMESTRES, ANEXOS)
    media = azar.gamma(2, 14, (kpis, 1, ANEXOS))
    a, b = azar.poisson(media * 0.4, forma), azar.poisson(media * 0.6, forma) + 1
    hombres = [azar.binomial(x.sum(axis=2), 0.5) for x in (a, b)]
    partes = [(f"{TOTAL}00{i:02d}", "total", a[:, :, i], b[:, :, i]) for i in range(ANEXOS)]
    partes.append((TOTAL, "total", a.sum(axis=2), b.sum(axis=2)))
    partes.append((TOTAL, "sexo:hombre", *hombres))
    partes.append(
        (TOTAL, "sexo:mujer", *(x.sum(axis=2) - h for x, h in zip((a, b), hombres, strict=True)))
    )
    k, t = np.repeat(np.arange(kpis), TRIMESTRES), np.tile(np.arange(TRIMESTRES), kpis)
    comun = pl.DataFrame({"n": k, "t": t}).select(
        pl.format("M{}", "n").alias("kpi"),
        pl.format("{}-T{}", 2016 + pl.col("t") // 4, pl.col("t") % 4 + 1).alias("periodo"),
        ((2016 + pl.col("t") // 4) * 12 + 3 * (pl.col("t") % 4 + 1)).cast(pl.Int32).alias("fin"),
    )
    fijas = {
        "unidad": "",
        "fuente": "f",
        "estado": "validado",
        "naturaleza": "demostracion",
        "nota": "",
        "mision": "m1-salud",
        "archivo": "x",
    }
    observaciones = pl.concat(
        comun.with_columns(
            pl.lit(lugar).alias("lugar"),
            pl.lit(grupo).alias("grupo"),
            pl.Series("numerador", x.ravel().astype(float)),
            pl.Series("denominador", (x + y).ravel().astype(float)),
            pl.lit(date(2026, 1, 1)).alias("fecha_dato"),
            pl.lit(1, dtype=pl.Int64).alias("fila"),
            *(pl.lit(v).alias(c) for c, v in fijas.items()),
        )
        for lugar, grupo, x, y in partes
    ).with_columns((pl.col("numerador") / pl.col("denominador") * 100).alias("valor"))
    fichas = pl.DataFrame({"kpi": [f"M{i}" for i in range(kpis)]}).with_columns(
        pl.lit(True).alias("sobre_personas"),
        pl.lit(False).alias("recuento"),
        pl.lit(True).alias("proporcion"),
        pl.lit("ciudadano").alias("acceso"),
        pl.lit("razon").alias("agregacion"),
        pl.lit(100.0).alias("factor"),
        pl.lit(3, dtype=pl.Int32).alias("meses"),
        pl.lit([], dtype=pl.List(pl.Float64)).alias("quiebres"),
        pl.lit(True).alias("agrupable"),
    )
    return observaciones, fichas


def principal(tamanos: list[int]) -> None:
    reglas = Reglas(k=10, lugar_total=TOTAL, horizonte=2030, ultimo_mes=2026 * 12, poblacion=1e6)
    primero = None
    for pedidas in tamanos:
        observaciones, fichas = tabla(pedidas)
        inicio = time.process_time()
        publicada = proteger(observaciones, fichas, reglas)
        segundos = time.process_time() - inicio
        por_fila = segundos / observaciones.height * 1e6
        primero = primero or por_fila
        ocultas = int(publicada.tabla["protegido"].sum())
        print(
            f"{observaciones.height:>9,} filas  {segundos:7.2f} s de CPU  {por_fila:6.1f} µs/fila  "
            f"razón con la primera {por_fila / primero:4.2f}  ocultas {ocultas:,}"
        )


if __name__ == "__main__":
    principal([int(x) for x in sys.argv[1:]] or [20_000, 80_000, 320_000])
