"""Datos que la ficha de su propio KPI desmiente: los que dice que nadie midió, y los oficiales que
se inventan.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ..catalogo import Catalogo
from ..catalogo.dichos import Dicho, dichos
from ..errores import ErrorDeDatos

MESES_DEL_ANIO = 12


def desmentidos(tabla: pl.DataFrame, catalogo: Catalogo) -> Iterator[ErrorDeDatos]:
    """Un error por KPI, en su primera medida desmentida. ``tabla`` es la de observaciones ya
    leídas, con ``fin``.
    """
    presentes = set(tabla["kpi"].unique().cast(pl.String))
    for codigo, kpi in catalogo.kpis.items():
        if codigo not in presentes:
            continue
        for dicho in dichos(kpi):
            if dicho.calla_datos and (medida := _primera(tabla, codigo, _callada(dicho))):
                yield _error(
                    medida,
                    "dato-que-su-ficha-niega",
                    f"la ficha de {codigo} dice «{dicho.frase}»: si la medida es cierta, cambie esa"
                    " frase en su hoja de ruta; si no, retire la fila",
                )
                break
        for fuente in (f for f in (catalogo.fuentes.get(kpi.fuente),) if f and f.publica_la_cifra):
            inventada = (pl.col("naturaleza") == "demostracion") & (pl.col("fuente") == kpi.fuente)
            if medida := _primera(tabla, codigo, inventada):
                yield _error(
                    medida,
                    "cifra-oficial-inventada",
                    f"{codigo} lo publica {fuente.institucion}: cargue su cifra, o quite las de"
                    " demostración y el sitio dirá «sin datos»",
                )


def _callada(dicho: Dicho) -> pl.Expr:
    """Las medidas que una frase niega; las que llegan desde el año que la frase admite, no."""
    if dicho.desde is None:
        return pl.lit(True)
    return pl.col("fin") <= dicho.desde * MESES_DEL_ANIO


def _primera(tabla: pl.DataFrame, codigo: str, cuales: pl.Expr) -> dict[str, object] | None:
    suyas = tabla.filter(pl.col("kpi") == codigo, cuales).select("periodo", "archivo", "fila")
    return suyas.row(0, named=True) if suyas.height else None


def _error(medida: dict[str, object], regla: str, remedio: str) -> ErrorDeDatos:
    return ErrorDeDatos(
        str(medida["archivo"]),
        int(str(medida["fila"])),
        "periodo",
        str(medida["periodo"]),
        regla,
        remedio,
    )
