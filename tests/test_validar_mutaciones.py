"""Celdas estropeadas al azar: cada una se detecta, o se demuestra que no hace daño.

Una mutación queda en una de tres clases, que se comprueban y no se suponen:

- *detectada*: la compuerta la rechaza, por error o por advertencia sin justificar;
- *inocua*: pasa, y todo lo que se publica (tabla pública, evaluación, OKR y misiones) es idéntico;
- *plausible*: pasa y cambia algo. Es otra medida posible: ninguna regla interna puede distinguirla.
  Se exige que sean pocas, que solo toquen su KPI (y los resúmenes que lo suman) y que el **sello**
  del archivo (``archivo`` y ``sha256`` en la tarjeta de la fuente) las detecte todas: con el sello
  puesto no queda ninguna sin detectar.
"""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from observatorio.calculo import calcular_validado
from observatorio.catalogo.adjuntos import huella_de
from observatorio.errores import DatosInvalidos
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

MUTACIONES = 2000 if os.environ.get("OBSERVATORIO_LARGO") else 24
PLAUSIBLES_COMO_MUCHO = 0.10
PUBLICADO = ("publica", "evaluacion", "okrs", "misiones")
TECLAS = "abcdefghijklmnñopqrstuvwxyzáéíóú0123456789 ,.;:-_/\"'\u00a0"


def _cambiar(t: str, azar: random.Random) -> str:
    i = azar.randrange(len(t) + 1)
    operaciones = [
        lambda: t[:i] + azar.choice(TECLAS) + t[i:],
        lambda: t[:i] + azar.choice(TECLAS) + t[i + 1 :],
        lambda: t[:i] + t[i + 1 :],
        lambda: t[:i] + t[i : i + 2][::-1] + t[i + 2 :],
        lambda: t + t[-1:],
        lambda: "",
        lambda: t + " ",
        lambda: "-" + t,
        lambda: t + "0",
        lambda: t.replace("0", "O"),
        lambda: t.upper(),
        lambda: t.replace(".", ","),
        lambda: "#N/A",
        lambda: t[: len(t) // 2],
    ]
    return azar.choice(operaciones)()


def mutar(ruta: Path, azar: random.Random) -> tuple[str, str, str]:
    """Estropea una celda de un CSV de observaciones; devuelve su KPI, lo que decía y lo que
    dice.
    """
    filas = list(csv.reader(ruta.read_text(encoding="utf-8").splitlines()))
    while True:
        fila, columna = azar.choice(filas[1:]), azar.randrange(len(filas[0]))
        kpi, antes = fila[0], fila[columna]
        fila[columna] = _cambiar(antes, azar)
        if fila[columna] != antes:
            break
    with ruta.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(filas)
    return kpi, antes, fila[columna]


def _calculado(proyecto: Proyecto) -> Resultados | None:
    try:
        return calcular_validado(*pasar(proyecto))
    except DatosInvalidos:
        return None


def _igual(a: Resultados, b: Resultados, sin: str | None = None) -> bool:
    for nombre in PUBLICADO:
        ta, tb = getattr(a, nombre), getattr(b, nombre)
        if sin and "kpi" not in ta.columns:
            continue
        if sin:
            ta, tb = (t.filter(pl.col("kpi") != sin) for t in (ta, tb))
        if not ta.drop("nota", strict=False).equals(tb.drop("nota", strict=False)):
            return False
    return True


@pytest.fixture
def sellado(minimo: Proyecto) -> Proyecto:
    """El proyecto mínimo con sus archivos de observaciones sellados en una tarjeta de fuente."""
    tarjetas = minimo.fuentes.read_text(encoding="utf-8")
    modelo = (
        "\nsello-{n}:\n  institucion: Comité Impulsor\n  titulo: Observaciones cerradas del"
        " periodo\n  licencia: CC BY 4.0\n  direccion: https://ejemplo.pe\n  fecha_acceso:"
        " 2026-10-31\n  frecuencia: única\n  fiabilidad: A\n  conteo: completo\n"
        "  archivo: {archivo}\n  sha256: {sha}\n"
    )
    for n, ruta in enumerate(sorted(minimo.observaciones.glob("*.csv"))):
        tarjetas += modelo.format(n=n, archivo=minimo.relativa(ruta), sha=huella_de(ruta))
    minimo.fuentes.write_text(tarjetas, encoding="utf-8")
    return minimo


def test_detectada_o_inocua(sellado: Proyecto) -> None:
    rutas = sorted(sellado.observaciones.glob("*.csv"))
    originales = {r: r.read_bytes() for r in rutas}
    con_sello = sellado.fuentes.read_bytes()
    sin_sello = con_sello.split(b"\nsello-0:")[0] + b"\n"
    sellado.fuentes.write_bytes(sin_sello)
    bueno = _calculado(sellado)
    assert bueno is not None
    clases: Counter[str] = Counter()
    for i in range(MUTACIONES):
        azar = random.Random(i)
        ruta = azar.choice(rutas)
        kpi, antes, despues = mutar(ruta, azar)
        resultado = _calculado(sellado)
        if resultado is None:
            clases["detectada"] += 1
        elif _igual(resultado, bueno):
            clases["inocua"] += 1
        else:
            clases["plausible"] += 1
            assert _igual(resultado, bueno, sin=kpi), (
                f"{i}: {antes!r} → {despues!r} tocó otro KPI que {kpi}"
            )
            sellado.fuentes.write_bytes(con_sello)
            assert _calculado(sellado) is None, f"{i}: el sello no vio {antes!r} → {despues!r}"
            sellado.fuentes.write_bytes(sin_sello)
        ruta.write_bytes(originales[ruta])
    print(dict(clases))
    assert sum(clases.values()) == MUTACIONES
    assert clases["plausible"] <= PLAUSIBLES_COMO_MUCHO * MUTACIONES, clases
    assert clases["detectada"] >= MUTACIONES / 2, clases
