"""Lo que las reglas dicen de cada fila de una tabla o de una planilla, antes de compararla con lo
que ya entró.

Así quien la envía recibe a la vez estos defectos y los de las celdas que no se pudieron leer, y
nadie compara lo que no es una cifra. Lo que mira varias filas espera a que todas valgan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import polars as pl

from ..catalogo import Catalogo
from ..datos.observaciones import CATEGORIAS, COLUMNAS, revisar_filas
from ..datos.reglas import NUMERICAS
from ..datos.sugerencias import con_sugerencias
from ..errores import ErrorDeDatos
from .lote import Defecto, Lote, Medida

VACIO = "campo-vacio"
DE_QUE_SALEN = {"n_fecha": "fecha_dato", "n_meses_fin": "periodo"}


def otros_defectos(lote: Lote, catalogo: Catalogo, unidades: pl.DataFrame) -> Iterator[Defecto]:
    """Los de las medidas leídas de ``lote``; de la que tiene celdas rotas, solo los que no las
    miran.
    """
    rotas: dict[tuple[str, int], set[int]] = defaultdict(set)
    for d in lote.defectos:
        if d.celda:
            rotas[d.celda.hoja, d.celda.fila].add(d.celda.columna)
    campos = {c: [m.campos.get(c, "") for m in lote.medidas] for c in COLUMNAS}
    tabla = pl.DataFrame(campos, schema={c: CATEGORIAS.get(c, pl.String) for c in COLUMNAS})
    hallados = list(revisar_filas(tabla, catalogo, unidades, lote.archivo.name))
    dichos = con_sugerencias((e for e, _ in hallados), catalogo)
    for e, (_, miradas) in zip(dichos, hallados, strict=True):
        if e.fila is None:
            continue
        medida = lote.medidas[e.fila]
        if sin_ficha(medida, e):
            continue
        suyas = {
            campo
            for campo, celda in medida.celdas.items()
            if celda.columna in rotas.get((celda.hoja, celda.fila), ())
        }
        if not suyas & {x for m in miradas for x in _escritas(m)}:
            yield Defecto(medida.celda(e.columna), e.valor, e.regla, e.remedio)


def sin_ficha(medida: Medida, e: ErrorDeDatos) -> bool:
    """Si el campo vacío es uno que el archivo no trae: lo pone el catálogo, y no conoce al KPI."""
    return e.regla == VACIO and e.columna not in medida.celdas


def _escritas(mirada: str) -> tuple[str, ...]:
    """Las columnas escritas de las que sale la que mira una regla; una cifra se lee con las
    otras.
    """
    origen = DE_QUE_SALEN.get(mirada) or (
        "kpi" if mirada.startswith("f_") else mirada.removeprefix("n_")
    )
    return NUMERICAS if origen in NUMERICAS else (origen,)
