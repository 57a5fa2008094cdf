"""Lo ya publicado: ``data/publicada/celdas.csv``, que solo ``publicar`` cambia y que se guarda con los datos.

Acumula, por celda sobre personas, la última cifra que se vio (``vista``: en qué publicación; 0, nunca) y la
publicación en que la celda apareció (``desde``). Con eso una edición nueva no descubre por diferencia lo que
ocultaba otra. Sin archivo no hay nada publicado.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ..datos.forma import REMEDIO_PUBLICADA
from ..datos.lectura import leer_csv
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto

CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad", "agrupado")
CIFRAS = ("valor", "numerador", "denominador")
COLUMNAS = (*CLAVE, *CIFRAS, "desde", "vista")
ENTERAS = ("agrupado", "desde", "vista")
ESQUEMA = {
    c: pl.Float64 if c in CIFRAS else pl.Int32 if c in ENTERAS else pl.String for c in COLUMNAS
}
IGUAL = 1e-9


def vacia() -> pl.DataFrame:
    """Tabla anterior de un observatorio que nunca publicó."""
    return pl.DataFrame(schema=ESQUEMA)


def leer(proyecto: Proyecto, ruta: Path) -> pl.DataFrame:
    """La tabla anterior, del archivo ``ruta``; lanza ``DatosInvalidos`` si está estropeado."""
    if not ruta.exists():
        return vacia()
    errores: list[ErrorDeDatos] = []
    tabla = leer_csv(proyecto, ruta, COLUMNAS, errores)
    if tabla is not None:
        errores += _defectos(tabla)
    if errores or tabla is None:
        raise DatosInvalidos(errores)
    textos = [c for c in COLUMNAS if ESQUEMA[c] == pl.String]
    numeros = [pl.col(c).replace("", None).cast(ESQUEMA[c]) for c in COLUMNAS if c not in textos]
    return tabla.select(*textos, *numeros).select(COLUMNAS)


def _defectos(tabla: pl.DataFrame) -> list[ErrorDeDatos]:
    salida = []
    for columna in (*CIFRAS, *ENTERAS):
        vacio = (pl.col(columna) == "") if columna in CIFRAS else pl.lit(False)
        forma = r"^-?\d+(\.\d+)?(e-?\d+)?$" if columna in CIFRAS else r"^\d+$"
        for archivo, fila, valor in (
            tabla.filter(~vacio & ~pl.col(columna).str.contains(forma))
            .select("archivo", "fila", columna)
            .iter_rows()
        ):
            salida.append(
                ErrorDeDatos(
                    archivo, fila, columna, valor, "publicada-no-es-numero", REMEDIO_PUBLICADA
                )
            )
    repetidas = tabla.filter(
        pl.struct(CLAVE).is_duplicated() & ~pl.struct(CLAVE).is_first_distinct()
    )
    salida += [
        ErrorDeDatos(archivo, fila, "kpi", kpi, "publicada-repetida", REMEDIO_PUBLICADA)
        for archivo, fila, kpi in repetidas.select("archivo", "fila", "kpi").iter_rows()
    ]
    return salida


def ultima_publicacion(celdas: pl.DataFrame) -> int:
    """El número de la última publicación que añadió o mostró alguna de esas celdas; 0 si no hubo ninguna."""
    return celdas.select(pl.max_horizontal("desde", "vista").max()).item() or 0


def acumular(
    anterior: pl.DataFrame, publica: pl.DataFrame, sobre_personas: set[str]
) -> pl.DataFrame:
    """La tabla que queda tras publicar: lo de antes, con lo visto ahora y las celdas nuevas."""
    c = pl.col
    turno = ultima_publicacion(anterior) + 1
    ahora = publica.filter(c("kpi").is_in(sorted(sobre_personas))).select(
        *CLAVE, *(c(x).alias(f"hoy_{x}") for x in CIFRAS), c("protegido")
    )
    unida = anterior.join(ahora, on=list(CLAVE), how="full", coalesce=True)
    visible = (~c("protegido")).fill_null(False)
    return unida.select(
        *CLAVE,
        *(pl.when(visible).then(c(f"hoy_{x}")).otherwise(c(x)).alias(x) for x in CIFRAS),
        c("desde").fill_null(turno).cast(pl.Int32),
        pl.when(visible)
        .then(turno)
        .otherwise(c("vista").fill_null(0))
        .cast(pl.Int32)
        .alias("vista"),
    ).sort(CLAVE)


def como_csv(tabla: pl.DataFrame) -> bytes:
    """La tabla como se guarda: una celda por línea, en el orden de su clave."""
    return tabla.select(COLUMNAS).sort(CLAVE).write_csv().encode()


def con_anterior(celdas: pl.DataFrame, anterior: pl.DataFrame) -> pl.DataFrame:
    """Añade ``conocida`` (ya se vio esta misma cifra), ``cambiada`` (se vio otra), ``antes_oculta``, ``desde``, ``vista``.

    ``antes_oculta``: la última publicación ya la tenía y no la mostró. Y ``p_a`` y ``p_b``, las cuentas de la cifra que se vio.
    """
    from .primaria import cuentas

    c = pl.col
    previa = anterior.rename({x: f"p_{x}" for x in CIFRAS})
    ultima = ultima_publicacion(anterior)
    unida = celdas.join(previa, on=list(CLAVE), how="left", maintain_order="left")
    iguales = (
        pl.when(c("numerador").is_null())
        .then((c("valor") - c("p_valor")).abs() <= IGUAL * c("valor").abs().clip(lower_bound=1))
        .otherwise((c("numerador") == c("p_numerador")) & (c("denominador") == c("p_denominador")))
    )
    vista = (c("vista") > 0).fill_null(False)
    previas = cuentas(*(f"p_{x}" for x in CIFRAS))
    return (
        unida.with_columns(
            (vista & iguales.fill_null(False)).alias("conocida"),
            *(x.alias(f"p_{q}") for q, x in previas.items()),
        )
        .with_columns(
            (vista & ~c("conocida")).alias("cambiada"),
            ((c("desde") > 0) & (c("vista") < ultima) & ~c("conocida"))
            .fill_null(False)
            .alias("antes_oculta"),
        )
        .drop([f"p_{x}" for x in CIFRAS])
    )


def niveles_publicados(anterior: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """``kpi, familia, nivel`` de las familias con alguna cifra ya vista: su nivel no cambia."""
    from .primaria import con_familia

    vistas = anterior.filter(pl.col("vista") > 0)
    return (
        con_familia(vistas, lugar_total)
        .group_by("kpi", "familia")
        .agg(pl.col("agrupado").max().alias("nivel"))
        .sort("kpi", "familia")
    )
