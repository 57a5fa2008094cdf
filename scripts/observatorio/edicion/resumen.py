"""Lo que hay que recordar de una edición para decir después qué cambió: solo datos públicos."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from .claves import huella
from .ediciones import identificador_de

Resumen = dict[str, dict]
CLAVE = ("lugar", "grupo", "unidad")
VALORES = ("valor", "numerador", "denominador", "estado_publico")


def de_edicion(carpeta: Path) -> Resumen:
    """Resumen de una edición ya construida. Lanza ``ErrorDeUso`` si la carpeta no lo es."""
    ficha = carpeta / "ediciones" / f"{identificador_de(carpeta)}.json"
    return de_datos(carpeta / "datos", json.loads(ficha.read_text(encoding="utf-8"))["graficos"])


def de_datos(datos: Path, graficos: Mapping[str, Mapping[str, str]]) -> Resumen:
    """Resumen a partir de la carpeta ``datos/`` y de los gráficos de cada misión (título → identificador)."""
    return {
        "kpis": {k["codigo"]: _kpi(k) for k in _json(datos / "kpis.json")},
        "agregados": {a["codigo"]: _agregado(a) for nombre in ("misiones", "okrs") for a in _json(datos / f"{nombre}.json")},
        "graficos": {slug: dict(sorted(de_mision.items())) for slug, de_mision in sorted(graficos.items())},
        "observaciones": _observaciones(datos / "observaciones.csv"),
    }


def _json(ruta: Path) -> list[dict]:
    return json.loads(ruta.read_text(encoding="utf-8"))


def _kpi(k: dict) -> dict:
    ultimo, base, meta = k["ultimo"] or {}, k["linea_base"] or {}, k["meta"] or {}
    return {
        "nombre": k["nombre"], "unidad": k["unidad"], "decimales": k["decimales"], "estado": k["estado"],
        "valor": ultimo.get("valor"), "periodo": ultimo.get("periodo"), "avance": k["avance"],
        "base": base.get("valor"), "meta": meta.get("valor"), "sentido": k["sentido"],
    }


def _agregado(a: dict) -> dict:
    return {n: a[n] for n in ("nombre", "avance", "evaluados", "kpis", "motivo")}


def _observaciones(ruta: Path) -> dict[str, dict[str, str]]:
    """``kpi → periodo → "filas:huella de las claves:huella de los valores"``: pequeño y suficiente para comparar."""
    grupos: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for f in filas(ruta):
        fila = (*(f[c] for c in CLAVE), *(f[c] for c in VALORES))
        grupos.setdefault(f["kpi"], {}).setdefault(f["periodo"], []).append(fila)
    return {kpi: {p: _marca(filas_) for p, filas_ in sorted(periodos.items())} for kpi, periodos in sorted(grupos.items())}


def filas(ruta: Path) -> list[dict[str, str]]:
    """Las observaciones públicas de un CSV, como textos."""
    with ruta.open(encoding="utf-8", newline="") as archivo:
        return list(csv.DictReader(archivo))


def _marca(filas_: list[tuple[str, ...]]) -> str:
    ordenadas = sorted(filas_)
    n = len(CLAVE)
    claves = huella(*("|".join(f[:n]) for f in ordenadas))[:8]
    return f"{len(ordenadas)}:{claves}:{huella(*('|'.join(f) for f in ordenadas))[:8]}"
