"""Evaluar las reglas: cada una, sobre las combinaciones distintas que mira."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from ...base.texto import LARGO_MAXIMO, con_textos
from ...errores import ErrorDeDatos
from ..personas import SENAS
from .regla import NUMERICAS, Regla

# Qué columnas determinan a cuáles: las reglas de tiempo y de lugar se evalúan sobre estas
# combinaciones.
FAMILIAS = (
    (("kpi", "periodo", "fecha_dato"), ("n_fecha", "n_meses_fin", "f_frecuencia", "f_unidad")),
    (("kpi", "lugar", "grupo", "unidad"), ("f_desagregaciones", "f_unidad")),
)


def aplicar(tabla: pl.DataFrame, reglas: Sequence[Regla]) -> list[ErrorDeDatos]:
    """Todos los defectos de la tabla, que lleva ``archivo``, ``fila`` y lo que miran las reglas.

    Las reglas que solo miran textos se evalúan una vez por combinación distinta: hay pocas aunque
    haya millones de filas.
    """
    grupos: dict[tuple[str, ...], list[Regla]] = defaultdict(list)
    for regla in reglas:
        grupos[_combinacion(set(regla.falla.meta.root_names()))].append(regla)
    por_fila = grupos.pop((), [])
    salida = [
        e for union, suyas in grupos.items() for e in _por_combinacion(tabla, list(union), suyas)
    ]
    return salida + _fallas(tabla, tabla, por_fila, None)


def _combinacion(miradas: set[str]) -> tuple[str, ...]:
    """Las columnas cuyas combinaciones distintas bastan para evaluar lo que se mira; ninguna si hay
    que ir fila a fila.
    """
    for clave, derivadas in FAMILIAS:
        if miradas <= {*clave, *derivadas}:
            usadas = tuple(c for c in clave if c in miradas)
            return usadas if set(usadas) == miradas and len(usadas) == 1 else clave
    escritas = tuple(miradas - {f"n_{c}" for c in NUMERICAS})
    return escritas if len(escritas) == 1 and miradas <= {*escritas, f"n_{escritas[0]}"} else ()


def _por_combinacion(
    tabla: pl.DataFrame, union: list[str], reglas: list[Regla]
) -> list[ErrorDeDatos]:
    base, columna = tabla, union[0]
    if columna in NUMERICAS:
        no_es_cifra = pl.col(f"n_{columna}").is_null() & (pl.col(columna) != "")
        base = tabla.filter(no_es_cifra | (pl.col(columna).str.len_bytes() > LARGO_MAXIMO))
    miradas = dict.fromkeys([*union, *(c for r in reglas for c in r.falla.meta.root_names())])
    return _fallas(base, base.select(list(miradas)).unique(subset=union), reglas, union)


def _fallas(
    tabla: pl.DataFrame, evaluada: pl.DataFrame, reglas: Sequence[Regla], union: list[str] | None
) -> list[ErrorDeDatos]:
    """Evalúa sobre ``evaluada``; con ``union``, lo que falla se busca en ``tabla`` por esas
    columnas.
    """
    textos = [pl.col(c).cast(pl.String) for c, t in evaluada.schema.items() if t == pl.Categorical]
    legible = evaluada.lazy().with_columns(textos)
    marcas = legible.select(
        r.falla.fill_null(False).alias(str(i)) for i, r in enumerate(reglas)
    ).collect()
    salida: list[ErrorDeDatos] = []
    for i, regla in enumerate(reglas):
        if not marcas[str(i)].any():
            continue
        malas = evaluada.filter(marcas[str(i)])
        filas = tabla.join(malas, on=union, how="semi", nulls_equal=True) if union else malas
        filas = con_textos(filas).select(
            "archivo", "fila", pl.col(regla.columna).alias("valor"), regla.remedio.alias("remedio")
        )
        salida += [
            ErrorDeDatos(
                archivo,
                fila,
                regla.columna,
                None if regla.id in SENAS else valor,
                regla.id,
                remedio or "corrija el valor",
            )
            for archivo, fila, valor, remedio in filas.iter_rows()
        ]
    return salida
