"""Lo que quien ataca conserva de las ediciones anteriores: las celdas que ya no se informan y, en una tabla cruzada, lo que sumaba un total."""

from __future__ import annotations

import numpy as np
import polars as pl

from ..base.periodos import expr_meses_fin
from .historial import CLAVE
from .primaria import con_familia, cuentas
from .secundaria import CUENTAS

DEL_KPI = ("recuento", "proporcion", "cruzado")


def con_vistas_idas(
    tabla: pl.DataFrame, anterior: pl.DataFrame, niveles: pl.DataFrame, lugar_total: str
) -> pl.DataFrame:
    """Añade, como celdas virtuales ya conocidas, las que una edición mostró y ninguna fila trae ya; marca ``virtual``.

    Una cifra que se vio no se olvida porque su fila falte: el total que se retiró sigue sirviendo para restar las
    partes que llegan después. La que solo decía una tasa entra sin cuentas, y se le suponen.
    """
    c = pl.col
    marcada = tabla.with_columns(pl.lit(False).alias("virtual"))
    idas = anterior.filter(c("vista") > 0).join(tabla, on=CLAVE, how="anti")
    if idas.is_empty():
        return marcada
    verdaderas, falsas = ("virtual", "escasa", "conocida"), ("primaria", "cambiada", "antes_oculta")
    completas = (
        con_familia(idas, lugar_total)
        .drop("cruzado")
        .join(tabla.group_by("kpi").agg(c(*DEL_KPI).first()), on="kpi")
        .join(niveles, on=["kpi", "familia"], how="left")
        .with_columns(
            c("nivel", "nivel_total").fill_null(0),
            expr_meses_fin(c("periodo").str.split("/").list.last()).cast(pl.Int32).alias("fin"),
            *(x.alias(q) for q, x in cuentas("valor", "numerador", "denominador").items()),
            *(pl.lit(x in verdaderas).alias(x) for x in (*verdaderas, *falsas)),
        )
    )
    return pl.concat(
        [marcada, completas.select(x for x in completas.columns if x in marcada.columns)],
        how="diagonal_relaxed",
    )


def previas(
    grupo: pl.DataFrame, signos: np.ndarray, cuentas: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """``(coeficientes, valores)`` de los totales ya vistos con otra cifra: ecuaciones × celdas, y lo que valían.

    Suman las partes que ya estaban; de las que también cambiaron se pone la cifra que se vio, y una parte virtual se
    cambia por las suyas. Lo que llegó después queda fuera: es lo que la resta descubriría.
    """
    coeficientes, valores = [], {q: [] for q in CUENTAS}
    de_antes = grupo.select(
        "desde", "vista", "cambiada", "virtual", *(f"p_{q}" for q in CUENTAS)
    ).to_dict(as_series=False)
    tamano = sum(cuentas.values())
    vistos = [
        i
        for i, cambio in enumerate(de_antes["cambiada"])
        if cambio and de_antes["p_a"][i] is not None
    ]
    for total in vistos:
        for fila in np.flatnonzero(signos[:, total] == -1):
            suma, fijo = np.zeros(signos.shape[1]), dict.fromkeys(CUENTAS, 0.0)
            for parte in _reales(
                np.flatnonzero(signos[fila] == 1), signos, de_antes["virtual"], tamano
            ):
                desde = de_antes["desde"][parte]
                if desde is None or desde > de_antes["vista"][total]:
                    continue
                if de_antes["cambiada"][parte]:
                    fijo = {q: fijo[q] + de_antes[f"p_{q}"][parte] for q in CUENTAS}
                else:
                    suma[parte] += 1
            coeficientes.append(suma)
            for q in CUENTAS:
                valores[q].append(de_antes[f"p_{q}"][total] - fijo[q])
    return np.array(coeficientes).reshape(-1, signos.shape[1]), {
        q: np.array(v) for q, v in valores.items()
    }


def _reales(
    partes: np.ndarray, signos: np.ndarray, virtual: list[bool], tamano: np.ndarray
) -> list[int]:
    """Las celdas que de verdad se informan entre ``partes``, con cada virtual cambiada por su familia que más suma."""
    salida: list[int] = []
    for parte in partes:
        if not virtual[parte]:
            salida.append(int(parte))
            continue
        familias = [np.flatnonzero(signos[f] == 1) for f in np.flatnonzero(signos[:, parte] == -1)]
        if familias:
            salida += _reales(max(familias, key=lambda f: tamano[f].sum()), signos, virtual, tamano)
    return salida
