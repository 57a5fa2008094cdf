"""Lo que hay que recordar de una edición para decir después qué cambió: solo datos públicos."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ...base.huellas import huella
from ..ficha import ficha_de
from . import naturalezas

Resumen = dict[str, Any]
CLAVE = ("lugar", "grupo", "unidad")
VALORES = (
    "valor",
    "numerador",
    "denominador",
    "estado_publico",
    "fuente",
    "fecha_dato",
    "controles",
    "estado",
    "naturaleza",
    "aprobacion",
)
DEL_KPI = (
    "avance",
    "esperado",
    "ritmo",
    "motivo",
    "fuente",
    "responsable",
    "frecuencia",
    "validacion",
    "aprobacion",
    "naturaleza",
    "acceso",
)
TABLAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "provincia": ("indicador", ("ubigeo", "periodo")),
    "contexto": ("indicador", ("ambito", "periodo")),
    "diagnostico": ("clave", ()),
    "agrupadas": ("kpi", ("periodo", "agrupado", "lugar", "grupo", "unidad")),
    "temas": ("mision", ("codigo",)),
}
"""Las demás tablas publicadas: por qué columna se reparten sus filas y cuáles las distinguen dentro
de cada parte.
"""
SIN_CIFRA = {"producto", "cuaderno"}
LARGO = 6


def de_edicion(carpeta: Path) -> Resumen:
    """Resumen de una edición ya construida. Lanza ``ErrorDeUso`` si la carpeta no lo es."""
    dicha = ficha_de(carpeta)
    return de_datos(
        carpeta / "datos", dicha["graficos"], dicha["fecha_corte"], dicha.get("titulos")
    )


def de_datos(
    datos: Path,
    graficos: Mapping[str, Mapping[str, str]],
    fecha_corte: str,
    titulos: Mapping[str, str] | None = None,
) -> Resumen:
    """Resumen a partir de la carpeta ``datos/``, de los gráficos de cada misión o análisis (título
    → identificador) y del título de cada análisis.
    """
    return {
        "fecha_corte": fecha_corte,
        "kpis": {
            k["codigo"]: _kpi(k) | _ficha(datos / "kpi" / f"{k['codigo']}.json")
            for k in _json(datos / "kpis.json")
        },
        "agregados": {
            a["codigo"]: _agregado(a)
            for nombre in ("misiones", "okrs")
            for a in _json(datos / f"{nombre}.json")
        },
        "graficos": de_graficos(graficos),
        "titulos": dict(titulos or {}),
        "observaciones": _observaciones(datos / "observaciones.csv"),
        "tablas": {
            nombre: _tabla(datos / f"{nombre}.csv", *columnas)
            for nombre, columnas in TABLAS.items()
        },
        naturalezas.CAMPO: naturalezas.de_medidas(filas(datos / "observaciones.csv"))
        | {
            cuadro: guardada
            for nombre in naturalezas.CUADROS
            if (ruta := datos / f"{nombre}.csv").is_file()
            for cuadro, guardada in naturalezas.de_cuadro(nombre, filas(ruta)).items()
        },
    }


def de_graficos(graficos: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {slug: dict(sorted(de_mision.items())) for slug, de_mision in sorted(graficos.items())}


def titulos_de(*resumenes: Resumen) -> dict[str, str]:
    """Cómo se llama cada misión y cada análisis que tiene gráficos: lo dice el último resumen que
    lo conoce.
    """
    nombres: dict[str, str] = {}
    for resumen in resumenes:
        nombres |= {
            a["slug"]: a["nombre"] for a in resumen["agregados"].values() if a.get("slug")
        } | resumen.get("titulos", {})
    return nombres


def _json(ruta: Path) -> Any:
    return json.loads(ruta.read_text(encoding="utf-8"))


def _kpi(k: dict[str, Any]) -> dict[str, Any]:
    ultimo, base, meta = k["ultimo"] or {}, k["linea_base"] or {}, k["meta"] or {}
    return {n: k.get(n) for n in DEL_KPI} | {
        "nombre": k["nombre"],
        "unidad": k["unidad"],
        "decimales": k["decimales"],
        "estado": k["estado"],
        "valor": ultimo.get("valor"),
        "periodo": ultimo.get("periodo"),
        "sentido": k["sentido"],
        "naturaleza_ultimo": ultimo.get("naturaleza"),
        "naturaleza_base": base.get("naturaleza"),
        "base": base.get("valor"),
        "base_periodo": base.get("periodo"),
        "meta": meta.get("valor"),
        "meta_periodo": meta.get("periodo"),
    }


def _ficha(ruta: Path) -> dict[str, Any]:
    """La definición, entera, y una huella del resto de la ficha técnica."""
    ficha = _json(ruta).get("ficha") or {} if ruta.is_file() else {}
    return {
        "definicion": ficha.get("definicion"),
        "ficha": huella(json.dumps(ficha, sort_keys=True)),
    }


def _agregado(a: dict[str, Any]) -> dict[str, Any]:
    return {
        n: a.get(n)
        for n in ("nombre", "slug", "avance", "minimo", "maximo", "evaluados", "kpis", "motivo")
    }


def _observaciones(ruta: Path) -> dict[str, dict[str, str]]:
    """``kpi → periodo → "filas:claves:valores"``, con una huella corta por celda: pequeño y
    suficiente para comparar.
    """
    grupos: dict[str, dict[str, list[tuple[str, str, bool]]]] = {}
    for f in filas(ruta):
        fila = (
            "|".join(f[c] for c in CLAVE),
            "|".join(f.get(c, "") for c in VALORES),
            bool(f["valor"]),
        )
        grupos.setdefault(f["kpi"], {}).setdefault(f["periodo"], []).append(fila)
    return {
        kpi: {p: _marca(filas_) for p, filas_ in sorted(periodos.items())}
        for kpi, periodos in sorted(grupos.items())
    }


def _tabla(ruta: Path, reparto: str, clave: tuple[str, ...]) -> dict[str, str]:
    grupos: dict[str, list[tuple[str, str, bool]]] = {}
    for f in filas(ruta) if ruta.is_file() else []:
        resto = "|".join(v for c, v in f.items() if c not in SIN_CIFRA)
        grupos.setdefault(f[reparto], []).append(
            (
                "|".join(f[c] for c in clave),
                resto,
                f.get("estado_publico", "publicado") == "publicado",
            )
        )
    return {grupo: _marca(filas_) for grupo, filas_ in sorted(grupos.items())}


def filas(ruta: Path) -> list[dict[str, str]]:
    """Las observaciones públicas de un CSV, como textos."""
    with ruta.open(encoding="utf-8", newline="") as archivo:
        return list(csv.DictReader(archivo))


def _marca(filas_: list[tuple[str, str, bool]]) -> str:
    """``"filas:claves:valores"``; en ``valores``, una celda sin cifra pública empieza por ``~``."""
    ordenadas = sorted(filas_)
    claves = ",".join(_corta(clave) for clave, _, _ in ordenadas)
    valores = ",".join(("" if publica else "~") + _corta(v) for _, v, publica in ordenadas)
    return f"{len(ordenadas)}:{claves}:{valores}"


def _corta(texto: str) -> str:
    return huella(texto)[:LARGO]


def celdas(marca: str | None) -> dict[str, str]:
    """Celda → valor, en huellas, de lo que escribió ``_marca``."""
    _, claves, valores = (marca or "0::").split(":")
    return dict(zip_longest(claves.split(","), valores.split(","), fillvalue="")) if claves else {}
