"""Lectura estricta de los CSV: la forma del archivo antes que su contenido.

El camino normal lee por bloques con polars y comprueba la forma contando separadores; solo si algo no cuadra
se recorre el archivo fila a fila para decir dónde.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .forma import defectos_de_cabecera, defectos_de_filas

COLUMNAS = (
    "kpi", "periodo", "lugar", "grupo", "unidad", "valor", "numerador", "denominador",
    "fuente", "fecha_dato", "estado", "naturaleza", "nota",
)
LARGO_MAXIMO = 2000
BLOQUE = 48 * 2**20
BLOQUE_GRANDE = 8 * 2**20
BOM = b"\xef\xbb\xbf"


def leer_csv(
    proyecto: Proyecto, ruta: Path, columnas: Sequence[str], errores: list[ErrorDeDatos], origen: str = "archivo"
) -> pl.DataFrame | None:
    """Tabla de textos con ``fila`` (cabecera = 1) y la columna ``origen``; nada si la forma del archivo falla.

    Los defectos de forma se añaden a ``errores``, todos los del archivo.
    """
    antes = len(errores)
    bloques = list(leer_bloques(proyecto, ruta, columnas, errores))
    if len(errores) > antes:
        return None
    tabla = pl.concat(bloques) if bloques else pl.DataFrame(schema=dict.fromkeys(columnas, pl.String) | {"fila": pl.UInt32})
    return tabla.with_columns(pl.lit(proyecto.relativa(ruta)).alias(origen))


def leer_bloques(
    proyecto: Proyecto,
    ruta: Path,
    columnas: Sequence[str],
    errores: list[ErrorDeDatos],
    tipos: Mapping[str, type[pl.DataType]] | None = None,
) -> Iterator[pl.DataFrame]:
    """El archivo por bloques de filas con sus ``columnas`` y ``fila``; se detiene en el primer bloque sin forma.

    ``tipos`` pide columnas como ``pl.Categorical`` en vez de texto. Un campo vacío es siempre ``""``.
    """
    archivo = proyecto.relativa(ruta)
    if not _accesible(proyecto, ruta, archivo, errores):
        return
    with ruta.open("rb") as f:
        cabecera = f.readline()
        if not _cabecera_correcta(f.read() if not cabecera.strip() else b"", cabecera, archivo, columnas, errores):
            return
        fila = 2
        while bloque := f.read(BLOQUE):
            bloque += f.readline()
            tabla = _tabla_regular(bloque, columnas, tipos or {})
            if tabla is None:
                yield from _con_detalle(ruta, archivo, fila, bloque, columnas, tipos or {}, errores)
                if errores:
                    return
                fila += bloque.count(b"\n")
                continue
            yield tabla.with_columns(pl.int_range(fila, pl.len() + fila, dtype=pl.UInt32).alias("fila"))
            fila += tabla.height


def _accesible(proyecto: Proyecto, ruta: Path, archivo: str, errores: list[ErrorDeDatos]) -> bool:
    regla, remedio = "", ""
    if ruta.resolve() != proyecto.raiz.resolve() / archivo:
        regla, remedio = "ruta-fuera-del-proyecto", "copie el archivo dentro de la carpeta; no se siguen enlaces"
    elif not ruta.exists():
        regla, remedio = "archivo-ausente", "restituya el archivo: la construcción lo necesita"
    elif not ruta.is_file():
        regla, remedio = "no-es-archivo", "ponga en su lugar el archivo CSV"
    if regla:
        errores.append(ErrorDeDatos(archivo, None, None, None, regla, remedio))
    return not regla


def _cabecera_correcta(
    resto: bytes, cabecera: bytes, archivo: str, columnas: Sequence[str], errores: list[ErrorDeDatos]
) -> bool:
    def falta(regla: str, remedio: str, fila: int | None = 1, valor: str | None = None) -> bool:
        errores.append(ErrorDeDatos(archivo, fila, None, valor, regla, remedio))
        return False

    if not cabecera.strip():
        if resto.strip():
            return falta("fila-en-blanco", "borre las filas en blanco antes de la cabecera")
        return falta("archivo-vacio", "escriba al menos la cabecera, o borre el archivo", None)
    if cabecera.startswith(BOM):
        return falta("marca-bom", "ejecute: observatorio validar --reparar (o guarde como CSV UTF-8 sin BOM)", 1, "U+FEFF")
    if b"\x00" in cabecera:
        return falta("byte-nulo", "el archivo no es texto: expórtelo de nuevo como CSV UTF-8")
    try:
        texto = cabecera.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as e:
        return falta("no-es-utf8", "guarde el archivo como «CSV UTF-8»", 1, f"byte 0x{cabecera[e.start]:02x}")
    defectos = defectos_de_cabecera(archivo, texto, columnas)
    errores.extend(defectos)
    return not defectos


def _tabla_regular(
    bloque: bytes, columnas: Sequence[str], tipos: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame | None:
    """El bloque como tabla si cada línea tiene exactamente sus campos; nada si hay que mirar de cerca."""
    if b"\r" in bloque:
        bloque = bloque.replace(b"\r\n", b"\n")
    if b"\x00" in bloque or b"\r" in bloque:
        return None
    filas = _veces(bloque, b"\n") + (not bloque.endswith(b"\n"))
    if not _comas_exactas(bloque, filas, len(columnas) - 1):
        return None
    try:
        tabla = pl.read_csv(
            bloque, has_header=False, schema={c: tipos.get(c, pl.String) for c in columnas}, empty_string_is_null=False
        )
    except pl.exceptions.PolarsError:
        return None
    if tabla.width != len(columnas) or tabla.height != filas:
        return None
    completa = tabla.with_columns(pl.col(*tipos).fill_null("")) if tipos else tabla
    # Una fila de puras comas tiene sus campos, pero está en blanco: la busca el camino detallado.
    return None if (completa[columnas[0]] == "").any() else completa


def _veces(bloque: bytes, caracter: bytes) -> int:
    """Cuántas veces está; en bloques grandes numpy cuenta diez veces más rápido, en los demás no paga importarlo."""
    if len(bloque) < BLOQUE_GRANDE:
        return bloque.count(caracter)
    import numpy as np

    letras, codigo, paso = np.frombuffer(bloque, dtype=np.uint8), caracter[0], 2**18
    return sum(int(np.count_nonzero(letras[i : i + paso] == codigo)) for i in range(0, len(letras), paso))


def _comas_exactas(bloque: bytes, filas: int, comas: int) -> bool:
    """¿Tiene cada fila sus comas? Sin comillas basta el total: polars ya rechaza la fila que tiene de más."""
    if b'"' not in bloque:
        return _veces(bloque, b",") == filas * comas
    try:
        lineas = pl.Series(bloque.decode("utf-8").removesuffix("\n").split("\n"))
    except UnicodeDecodeError:
        return False
    return bool((lineas.str.replace_all(r'"[^"]*"', "").str.count_matches(",", literal=True) == comas).all())


def _con_detalle(
    ruta: Path, archivo: str, fila: int, bloque: bytes, columnas: Sequence[str],
    tipos: Mapping[str, type[pl.DataType]], errores: list[ErrorDeDatos],
) -> Iterator[pl.DataFrame]:
    """Busca los defectos de forma en todo el archivo; si no hay ninguno, lee el bloque con el lector estándar."""
    antes = len(errores)
    errores.extend(_defectos(ruta.read_bytes(), archivo, len(columnas)))
    if len(errores) > antes:
        return
    filas = list(csv.reader(bloque.decode("utf-8").splitlines()))
    tabla = pl.DataFrame(filas, schema=dict.fromkeys(columnas, pl.String), orient="row")
    yield tabla.with_columns(
        *(pl.col(c).cast(t) for c, t in tipos.items()), pl.int_range(fila, pl.len() + fila, dtype=pl.UInt32).alias("fila")
    )


def _defectos(contenido: bytes, archivo: str, ancho: int) -> list[ErrorDeDatos]:
    def en(posicion: int, regla: str, valor: str | None, remedio: str) -> list[ErrorDeDatos]:
        return [ErrorDeDatos(archivo, contenido[:posicion].count(b"\n") + 1, None, valor, regla, remedio)]

    if b"\x00" in contenido:
        return en(contenido.index(b"\x00"), "byte-nulo", None, "el archivo no es texto: expórtelo de nuevo como CSV UTF-8")
    try:
        texto = contenido.decode("utf-8")
    except UnicodeDecodeError as e:
        return en(e.start, "no-es-utf8", f"byte 0x{contenido[e.start]:02x}", "guarde el archivo como «CSV UTF-8»")
    return defectos_de_filas(archivo, texto, ancho)
