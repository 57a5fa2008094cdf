"""Lectura estricta de los CSV: la forma del archivo antes que su contenido.

El camino normal lee por bloques con polars y comprueba la forma contando separadores; solo si algo
no cuadra se recorre el bloque fila a fila para decir dónde y rescatar lo demás.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import polars as pl

from ..base import lecturas
from ..base.acceso import defecto_de_acceso
from ..base.tablas import nombres
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .columnas import ESCRITAS
from .forma import columnas_de_la_cabecera, filas_legibles, remedio_de_forma

COLUMNAS = nombres(ESCRITAS)
BLOQUE = 48 * 2**20
BLOQUE_GRANDE = 8 * 2**20


def leer_csv(
    proyecto: Proyecto,
    ruta: Path,
    columnas: Sequence[str],
    errores: list[ErrorDeDatos],
    origen: str = "archivo",
    parcial: bool = False,
) -> pl.DataFrame | None:
    """Tabla de textos con ``fila`` (cabecera = 1) y la columna ``origen``; nada si la forma del
    archivo falla.

    Los defectos de forma se añaden a ``errores``, todos los del archivo. Con ``parcial`` da lo que
    se pudo leer.
    """
    antes = len(errores)
    bloques = list(leer_bloques(proyecto, ruta, columnas, errores))
    if len(errores) > antes and not (parcial and bloques):
        return None
    tabla = (
        pl.concat(bloques)
        if bloques
        else pl.DataFrame(schema=dict.fromkeys(columnas, pl.String) | {"fila": pl.UInt32})
    )
    return tabla.with_columns(pl.lit(proyecto.relativa(ruta)).alias(origen))


def leer_bloques(
    proyecto: Proyecto,
    ruta: Path,
    columnas: Sequence[str],
    errores: list[ErrorDeDatos],
    tipos: Mapping[str, type[pl.DataType]] | None = None,
) -> Iterator[pl.DataFrame]:
    """El archivo por bloques de filas con sus ``columnas`` y ``fila``: todas las que conservan su
    forma.

    ``tipos`` pide columnas como ``pl.Categorical`` en vez de texto. Un campo vacío es siempre
    ``""``.
    """
    inaccesible = defecto_de_acceso(proyecto, ruta)
    if inaccesible:
        errores.append(inaccesible)
        return
    archivo = proyecto.relativa(ruta)
    with lecturas.abrir(ruta) as f:
        entrada = _con_saltos_de_linea(f, archivo, errores)
        cabecera = entrada.readline().rstrip(b"\r\n")
        if not cabecera.strip():
            errores.append(_sin_cabecera(archivo, bool(entrada.read().strip())))
            return
        hay = columnas_de_la_cabecera(archivo, cabecera, columnas, errores)
        fila = 2
        while hay and (bloque := entrada.read(_hasta_fin_de_linea(entrada, BLOQUE))):
            tabla = _tabla_regular(bloque, hay, tipos or {})
            if tabla is None:
                tabla = _tabla_rescatada(archivo, bloque, fila, hay, tipos or {}, errores)
                fila += bloque.count(b"\n")
            else:
                tabla = tabla.with_columns(
                    pl.int_range(fila, pl.len() + fila, dtype=pl.UInt32).alias("fila")
                )
                fila += tabla.height
            yield tabla.select(*columnas, "fila")


def _hasta_fin_de_linea(entrada: BinaryIO, cuantos: int) -> int:
    """Cuántos bytes leer para que un bloque de al menos ``cuantos`` acabe con su última línea
    entera.
    """
    aqui = entrada.tell()
    entrada.seek(cuantos, 1)
    entrada.readline()
    hasta = entrada.tell()
    entrada.seek(aqui)
    return hasta - aqui


def _con_saltos_de_linea(f: BinaryIO, archivo: str, errores: list[ErrorDeDatos]) -> BinaryIO:
    """El mismo archivo, o su copia con ``\\n`` si sus líneas terminan solo en ``\\r``."""
    suelto = b"\r" in f.readline().rstrip(b"\r\n")
    f.seek(0)
    if not suelto:
        return f
    errores.append(
        ErrorDeDatos(
            archivo,
            1,
            None,
            "U+000D",
            "fin-de-linea",
            f"{remedio_de_forma(archivo)}: las líneas terminan como en los Mac antiguos",
        )
    )
    return io.BytesIO(f.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


def _sin_cabecera(archivo: str, hay_mas: bool) -> ErrorDeDatos:
    if hay_mas:
        return ErrorDeDatos(
            archivo,
            1,
            None,
            None,
            "fila-en-blanco",
            "borre las filas en blanco antes de la cabecera",
        )
    return ErrorDeDatos(
        archivo,
        None,
        None,
        None,
        "archivo-vacio",
        "escriba al menos la cabecera, o borre el archivo",
    )


def _tabla_rescatada(
    archivo: str,
    bloque: bytes,
    fila: int,
    hay: Sequence[str],
    tipos: Mapping[str, type[pl.DataType]],
    errores: list[ErrorDeDatos],
) -> pl.DataFrame:
    """Lo que se puede leer de un bloque con defectos de forma, o escrito como solo lo entiende el
    lector de CSV.
    """
    legibles = list(filas_legibles(archivo, bloque, fila, hay, errores))
    tabla = pl.DataFrame(
        [campos for _, campos in legibles], schema=dict.fromkeys(hay, pl.String), orient="row"
    )
    numeros = pl.Series("fila", [n for n, _ in legibles], dtype=pl.UInt32)
    return tabla.with_columns(*(pl.col(c).cast(t) for c, t in tipos.items() if c in hay), numeros)


def _tabla_regular(
    bloque: bytes, columnas: Sequence[str], tipos: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame | None:
    """El bloque como tabla si cada línea tiene exactamente sus campos; nada si hay que mirar de
    cerca.
    """
    if b"\r" in bloque:
        bloque = bloque.replace(b"\r\n", b"\n")
    if b"\x00" in bloque or b"\r" in bloque:
        return None
    filas = _veces(bloque, b"\n") + (not bloque.endswith(b"\n"))
    if not _comas_exactas(bloque, filas, len(columnas) - 1):
        return None
    try:
        tabla = pl.read_csv(
            bloque,
            has_header=False,
            schema={c: tipos.get(c, pl.String) for c in columnas},
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if tabla.width != len(columnas) or tabla.height != filas:
        return None
    completa = (
        tabla.with_columns(pl.col(c).fill_null("") for c in tipos if c in columnas)
        if tipos
        else tabla
    )
    # Una fila de puras comas tiene sus campos, pero está en blanco: la busca el camino detallado.
    return None if (completa[columnas[0]] == "").any() else completa


def _veces(bloque: bytes, caracter: bytes) -> int:
    """Cuántas veces está; en bloques grandes numpy cuenta diez veces más rápido, en los demás no
    paga importarlo.
    """
    if len(bloque) < BLOQUE_GRANDE:
        return bloque.count(caracter)
    import numpy as np

    letras, codigo, paso = np.frombuffer(bloque, dtype=np.uint8), caracter[0], 2**18
    return sum(
        int(np.count_nonzero(letras[i : i + paso] == codigo)) for i in range(0, len(letras), paso)
    )


def _comas_exactas(bloque: bytes, filas: int, comas: int) -> bool:
    """¿Tiene cada fila sus comas? Sin comillas basta el total: polars ya rechaza la fila que tiene
    de más.
    """
    if b'"' not in bloque:
        return _veces(bloque, b",") == filas * comas
    try:
        lineas = pl.Series(bloque.decode("utf-8").removesuffix("\n").split("\n"))
    except UnicodeDecodeError:
        return False
    return bool(
        (lineas.str.replace_all(r'"[^"]*"', "").str.count_matches(",", literal=True) == comas).all()
    )
