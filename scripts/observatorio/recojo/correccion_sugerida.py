"""Las líneas de ``data/correcciones.csv`` con que una cifra publicada pasaría a ser la que trae un
archivo.

Se pueden pegar tal cual, puestos el motivo y la firma: ``antes`` es lo que dice la celda, vacía si
su cifra se deriva de otras.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isclose

import polars as pl

from ..datos.correcciones import Correcciones, linea_de_correccion
from ..datos.csv_estricto import COLUMNAS, leer_csv
from ..datos.reglas import NUMERICAS
from ..rutas import Proyecto
from .lote import Medida

PARTES = ("numerador", "denominador")


def celdas_escritas(proyecto: Proyecto, corte: date, archivo: str, fila: int) -> dict[str, str]:
    """Lo que dicen hoy las celdas de cifras de una fila, con las correcciones ya declaradas."""
    tabla = leer_csv(proyecto, proyecto.raiz / archivo, COLUMNAS, [])
    if tabla is None:
        return dict.fromkeys(NUMERICAS, "")
    corregida = Correcciones(proyecto, corte, []).aplicar(tabla, archivo)
    return corregida.filter(pl.col("fila") == fila).select(NUMERICAS).row(0, named=True)


def lineas(m: Medida, archivo: str, escritas: Mapping[str, str]) -> dict[str, str]:
    """Columna → línea. Lo que la medida no trae y contradiría a lo que sí trae se deja vacío."""
    traidas = {c: m.campos.get(c, "") for c in NUMERICAS}
    con_partes = all(traidas[c] for c in PARTES)
    despues = traidas if not con_partes or escritas["valor"] else traidas | {"valor": ""}
    return {
        c: linea_de_correccion(
            [archivo, *m.clave, c, escritas[c], despues[c], "MOTIVO", "QUIÉN", "FECHA"]
        )
        for c in NUMERICAS
        if not _misma(escritas[c], despues[c])
    }


def _misma(antes: str, despues: str) -> bool:
    return antes == despues or bool(
        antes and despues and isclose(float(antes), float(despues), rel_tol=1e-9, abs_tol=1e-9)
    )
