"""Un KPI suelto para las pruebas del método: su ficha, su serie y su senda, sin proyecto
alrededor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from observatorio.base.periodos import duracion, meses_fin
from observatorio.catalogo.territorio import Metodo
from observatorio.metodo.avance import evaluar

CORTE = date(2026, 10, 31)
TIPOS_FICHA = {
    "inicio_base": pl.Int32,
    "fin_base": pl.Int32,
    "fin_meta": pl.Int32,
    "meses": pl.Int32,
    "meses_medida": pl.Int32,
    "meses_plazo": pl.Int32,
    "gracia": pl.Int32,
    "b": pl.Float64,
    "num_base": pl.Float64,
    "den_base": pl.Float64,
    "ventana": pl.Int32,
    "m": pl.Float64,
    "tolerancia": pl.Float64,
    "factor": pl.Float64,
    "quiebres": pl.List(pl.Float64),
    "naturaleza_base": pl.String,
}
TIPOS_SERIE = {
    "fin": pl.Int32,
    "valor": pl.Float64,
    "numerador": pl.Float64,
    "denominador": pl.Float64,
    "periodo": pl.String,
    "protegido": pl.Boolean,
    "agrupado": pl.Int32,
    "fecha_dato": pl.Date,
}
Punto = tuple[str, float | None]


def ficha(
    kpi: str = "X",
    base: Punto | None = ("2020", 0),
    meta: Punto | None = ("2030", 100),
    sentido: str = "ascendente",
    **otros,
) -> pl.DataFrame:
    fila = {
        "kpi": kpi,
        "mision": "m",
        "okr": "o",
        "nivel": 1,
        "nivel_okr": 1,
        "sentido": sentido,
        "agregacion": "razon",
        "tipo_agregacion": "no agregable",
        "factor": 100.0,
        "meses": 12,
        "meses_medida": 12,
        "gracia": 96,
        "tolerancia": 0.0,
        "proporcion": False,
        "casos": otros.get("proporcion", False),
        "tasa": False,
        "comparable": True,
        "ventana": None,
        "conteo": "atendidos",
        "efecto_de_diseno": 1.0,
        "base_conteo": "atendidos",
        "base_efecto": 1.0,
        "base_asumida": False,
        "recuento": False,
        "acceso": "ciudadano",
        "inicio_base": (
            meses_fin(base[0]) - max(duracion(base[0]), otros.get("meses", 12)) if base else None
        ),
        "fin_base": meses_fin(base[0]) if base else None,
        "b": base[1] if base else None,
        "num_base": None,
        "den_base": None,
        "naturaleza_base": "documentado" if base else None,
        "fin_meta": meses_fin(meta[0]) if meta else None,
        "m": meta[1] if meta else None,
        "quiebres": [],
        "cobertura_distrital": True,
    }
    return pl.DataFrame(
        [fila | {"meses_plazo": otros.get("meses_medida", 12)} | otros],
        schema_overrides=TIPOS_FICHA,
    )


def serie(puntos: Sequence[Punto], kpi: str = "X", lugar: str = "L", **otros) -> pl.DataFrame:
    filas = [
        {
            "kpi": kpi,
            "lugar": lugar,
            "fin": meses_fin(p),
            "periodo": p,
            "valor": v,
            "protegido": v is None,
            "agrupado": 0,
            "fuente": "f",
            "fecha_dato": date(2025, 1, 1),
            "numerador": None,
            "denominador": None,
            "estado": "validado",
            "naturaleza": "documentado",
        }
        | otros
        for p, v in puntos
    ]
    return (
        pl.DataFrame(filas, schema_overrides=TIPOS_SERIE)
        if filas
        else serie([("2000", 1.0)]).clear()
    )


def senda(
    base: Punto | None,
    meta: Punto | None,
    logros: Mapping[str, float] | None = None,
    kpi: str = "X",
) -> pl.DataFrame:
    puntos = [] if not (base and meta) else [base, *sorted((logros or {}).items()), meta]
    return pl.DataFrame(
        [(kpi, meses_fin(p), v) for p, v in puntos],
        schema={"kpi": pl.String, "fin": pl.Int32, "valor": pl.Float64},
        orient="row",
    ).sort("kpi", "fin")


def evaluado(
    puntos: Sequence[Punto],
    base: Punto | None = ("2020", 0),
    meta: Punto | None = ("2030", 100),
    sentido: str = "ascendente",
    logros: Mapping[str, float] | None = None,
    metodo: Metodo | None = None,
    corte: date = CORTE,
    **otros,
) -> dict:
    """La fila evaluada de un KPI con esa línea de base, esa meta y esas medidas."""
    tabla = evaluar(
        serie(puntos),
        ficha("X", base, meta, sentido, **otros),
        senda(base, meta, logros),
        metodo or Metodo(),
        corte,
    )
    assert tabla.height == 1
    return tabla.row(0, named=True)
