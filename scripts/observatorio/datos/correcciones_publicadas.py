"""Una corrección que se publicó no desaparece: quitar su línea devolvería la cifra errada sin que
nadie lo diga.

``data/publicada/correcciones.csv`` acumula las que rigieron en alguna edición: ``publicar`` añade y
nunca quita. Se exige la de toda celda que está entre las observaciones; si la celda volvió en otro
archivo, solo cuando trae otra vez la cifra errada.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from ..base import lecturas
from ..edicion import memoria
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from .correcciones import COLUMNAS_CORRECCION, linea_de_correccion
from .csv_estricto import leer_csv
from .reglas import CLAVE

CAMBIO = (*CLAVE, "columna", "antes", "despues")
"""Lo que hace de una corrección la misma, aunque su archivo cambie de nombre o su motivo se escriba
mejor.
"""


def retiradas(
    proyecto: Proyecto, declaradas: pl.DataFrame, observaciones: pl.DataFrame
) -> Iterator[ErrorDeDatos]:
    """Un error por corrección publicada que ``declaradas`` ya no tiene y cuya celda sigue en
    ``observaciones``.
    """
    errores = memoria.defectos(proyecto.raiz)
    publicadas = None if errores else _publicadas(proyecto, errores)
    yield from errores
    if publicadas is None:
        return
    faltan = _sin(publicadas, declaradas)
    suyas = observaciones.filter(
        pl.col("kpi").cast(pl.String).is_in(faltan["kpi"].to_list())
    ).with_columns(pl.col(c).cast(pl.String) for c in (*CLAVE, "archivo"))
    de_la_celda = {tuple(f[c] for c in CLAVE): f for f in suyas.iter_rows(named=True)}
    for c in faltan.select(COLUMNAS_CORRECCION).iter_rows(named=True):
        fila = de_la_celda.get(tuple(c[k] for k in CLAVE))
        if fila and (fila["archivo"] == c["archivo"] or _es(fila[c["columna"]], c["antes"])):
            yield ErrorDeDatos(
                proyecto.relativa(proyecto.correcciones),
                None,
                c["columna"],
                "/".join(c[k] for k in CLAVE),
                "correccion-publicada-retirada",
                "ya se publicó: devuelva la línea, y si estaba mal añada otra debajo que la"
                f" corrija: {linea_de_correccion(c.values())}",
            )


def acumuladas(proyecto: Proyecto) -> bytes:
    """El registro de correcciones con las de ahora añadidas: las que ya no rigen, delante. Lanza
    ``DatosInvalidos`` si no se puede leer.
    """
    errores: list[ErrorDeDatos] = []
    ahora = lecturas.leer(proyecto.correcciones)
    declaradas = leer_csv(
        proyecto, proyecto.correcciones, COLUMNAS_CORRECCION, errores, origen="procedencia"
    )
    publicadas = _publicadas(proyecto, errores)
    if errores or declaradas is None:
        raise DatosInvalidos(errores)
    quedan = _sin(publicadas, declaradas) if publicadas is not None else declaradas.clear()
    cabecera, _, lineas = ahora.decode("utf-8").partition("\n")
    de_antes = "".join(
        f"{linea_de_correccion(c)}\n" for c in quedan.select(COLUMNAS_CORRECCION).iter_rows()
    )
    return f"{cabecera}\n{de_antes}{lineas}".encode()


def _publicadas(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> pl.DataFrame | None:
    ruta = memoria.ruta_de(proyecto.raiz, memoria.CORRECCIONES)
    return (
        leer_csv(proyecto, ruta, COLUMNAS_CORRECCION, errores, origen="procedencia")
        if ruta.is_file()
        else None
    )


def _sin(publicadas: pl.DataFrame, declaradas: pl.DataFrame) -> pl.DataFrame:
    return publicadas.join(
        declaradas.select(CAMBIO), on=list(CAMBIO), how="anti", maintain_order="left"
    )


def _es(hay: object, antes: str) -> bool:
    """¿Dice la celda lo mismo que antes de corregirse? Lo que no se puede comparar se toma por
    igual.
    """
    if isinstance(hay, float):
        try:
            return hay == float(antes)
        except ValueError:
            return True
    return hay is None or str(hay) == antes
