"""Los cuadros de diagnóstico, provincia y contexto como datos públicos, cada fila con su procedencia."""

from __future__ import annotations

import polars as pl

from ..calculo import Resultados
from ..metodo.comparacion import frente_a_distritos
from ..presentacion.numeros import canonico
from ..rutas import Proyecto
from .procedencia import PENDIENTE

TRANSCRITO, REVISADO = "preliminar", "4 de 4 sin reparos"
"""Cifras copiadas de su fuente, que la validación dejó entrar: un defecto en cualquiera de los cuatro controles la detiene."""
CUADROS = {
    "diagnostico": "Los problemas de partida, según el artículo del observatorio", "provincia": "Los distritos de la provincia: cifras de años distintos",
    "contexto": "Contexto provincial, regional y nacional",
}


def cuadros(proyecto: Proyecto, r: Resultados) -> dict[str, pl.DataFrame]:
    """``nombre → tabla`` de los cuadros que el proyecto tiene, con ``valor`` numérico y las columnas de su fuente."""
    fuentes = pl.DataFrame(
        [(i, f.institucion, f.fecha_acceso, f.fiabilidad) for i, f in r.catalogo.fuentes.items()],
        schema=["fuente", "fuente_institucion", "fuente_acceso", "fiabilidad"], orient="row",
    )
    salida = {}
    for nombre in CUADROS:
        ruta = proyecto.data / f"{nombre}.csv"
        if ruta.is_file():
            tabla = pl.read_csv(ruta, infer_schema=False).with_columns(pl.col("valor").cast(pl.Float64))
            salida[nombre] = tabla.join(fuentes, on="fuente", how="left", maintain_order="left").with_columns(
                pl.lit(TRANSCRITO).alias("validacion"), pl.lit(REVISADO).alias("controles"), pl.lit(PENDIENTE).alias("aprobacion")
            )
    return salida


def comparacion(provincia: pl.DataFrame, r: Resultados) -> list[dict[str, object]]:
    """``comparacion.json``: el territorio frente a los demás distritos, indicador por indicador y año por año, con su origen."""
    filas = frente_a_distritos(provincia, r.catalogo.territorio.ubigeo).iter_rows(named=True)
    origen = {i: f for i, f in provincia.select("indicador", "fuente").unique(maintain_order=True).iter_rows()}
    return [
        {c: canonico(v) if isinstance(v, float) else v for c, v in f.items()} | {"procedencia": _origen(r, origen[f["indicador"]])} for f in filas
    ]


def _origen(r: Resultados, fuente: str) -> dict[str, object]:
    tarjeta = r.catalogo.fuentes[fuente]
    return {
        "fuente": {"id": fuente, "institucion": tarjeta.institucion, "titulo": tarjeta.titulo, "fecha_acceso": tarjeta.fecha_acceso.isoformat()},
        "naturaleza": tarjeta.naturaleza, "validacion": TRANSCRITO, "controles": REVISADO, "aprobacion": {"estado": PENDIENTE, "acta": None},
        "datos": "datos/provincia.csv",
    }
