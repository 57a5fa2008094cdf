"""Los cuadros de diagnóstico, provincia y contexto como datos públicos, cada fila con su procedencia."""

from __future__ import annotations

import polars as pl

from ..base.numeros import canonico
from ..metodo.comparacion import frente_a_distritos
from ..metodo.firmeza import PENDIENTE
from ..presentacion.cuadros import TRANSCRITO, con_origen, reunida
from ..presentacion.sello_conjunto import linea_html
from ..resultados.resultados import Resultados
from ..rutas import Proyecto

CUADROS = {
    "diagnostico": "Los problemas de partida, según el artículo del observatorio",
    "provincia": "Los distritos de la provincia: cifras de años distintos",
    "contexto": "Contexto provincial, regional y nacional",
}


def cuadros(proyecto: Proyecto, r: Resultados) -> dict[str, pl.DataFrame]:
    """``nombre → tabla`` de los cuadros que el proyecto tiene, con ``valor`` numérico y las columnas de su fuente."""
    salida = {}
    for nombre in CUADROS:
        ruta = proyecto.data / f"{nombre}.csv"
        if ruta.is_file():
            tabla = pl.read_csv(ruta, infer_schema=False).with_columns(
                pl.col("valor").cast(pl.Float64)
            )
            salida[nombre] = con_origen(tabla, r.catalogo.fuentes)
    return salida


def sello(nombre: str, proyecto: Proyecto, r: Resultados) -> str:
    """La línea al pie de un cuadro: sus fuentes, su año más nuevo, los controles y la aprobación."""
    tabla = cuadros(proyecto, r)[nombre]
    return linea_html(
        reunida(tabla, r.catalogo.fuentes),
        ("Cada cifra con su procedencia", f"@raiz@/datos/{nombre}.csv"),
    )


def comparacion(provincia: pl.DataFrame, r: Resultados) -> list[dict[str, object]]:
    """``comparacion.json``: el territorio frente a los demás distritos, indicador por indicador y año por año, con su origen."""
    filas = frente_a_distritos(provincia, r.catalogo.territorio.ubigeo).iter_rows(named=True)
    origen = {
        i: (f, c)
        for i, f, c in provincia.select("indicador", "fuente", "controles")
        .unique(maintain_order=True)
        .iter_rows()
    }
    return [
        {c: canonico(v) if isinstance(v, float) else v for c, v in f.items()}
        | {"procedencia": _origen(r, *origen[f["indicador"]])}
        for f in filas
    ]


def _origen(r: Resultados, fuente: str, controles: str) -> dict[str, object]:
    tarjeta = r.catalogo.fuentes[fuente]
    return {
        "fuente": {
            "id": fuente,
            "institucion": tarjeta.institucion,
            "titulo": tarjeta.titulo,
            "fecha_acceso": tarjeta.fecha_acceso.isoformat(),
        },
        "naturaleza": tarjeta.naturaleza,
        "validacion": TRANSCRITO,
        "controles": controles,
        "aprobacion": {"estado": PENDIENTE, "acta": None},
        "datos": "datos/provincia.csv",
    }
