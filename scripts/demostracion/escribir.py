"""Escritura de ``data/observaciones/<misión>.csv``: mismas entradas, mismos bytes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from observatorio.base.escritura import escribir_atomico
from observatorio.catalogo.modelos import Mision
from observatorio.datos.aportes import con_aportes
from observatorio.privacidad.montos import es_monto

from .escena import Escena, leer_escena, leer_misiones
from .escenario import estados_previstos
from .series import COLUMNAS, Fila, filas_de

APORTAN = 24
"""Cuántos aportan a cada monto inventado."""


def generar(raiz: Path) -> dict[str, int]:
    """Reescribe los CSV de todas las misiones presentes y devuelve cuántas filas lleva cada uno."""
    escena = leer_escena(raiz)
    carpeta = raiz / "data/observaciones"
    carpeta.mkdir(parents=True, exist_ok=True)
    cuentas = {}
    for mision in leer_misiones(raiz):
        filas = _filas(mision, escena)
        _guardar(carpeta / f"{mision.slug}.csv", filas)
        cuentas[mision.slug] = len(filas)
    return cuentas


def _filas(mision: Mision, escena: Escena) -> list[Fila]:
    previstos = estados_previstos(mision)
    return sorted(
        replace(fila, nota=con_aportes(fila.nota, APORTAN, False)) if es_monto(kpi) else fila
        for kpi in mision.kpis
        for fila in filas_de(kpi, previstos[kpi.codigo], escena)
    )


def _guardar(ruta: Path, filas: list[Fila]) -> None:
    texto = io.StringIO()
    escritor = csv.writer(texto, lineterminator="\n")
    escritor.writerow(COLUMNAS)
    escritor.writerows([getattr(fila, columna) for columna in COLUMNAS] for fila in filas)
    escribir_atomico(ruta, texto.getvalue().encode("utf-8"))
