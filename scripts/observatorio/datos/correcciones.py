"""Correcciones declaradas: el archivo crudo no se edita, la corrección se aplica al leer.

Una corrección nombra la celda (archivo, clave y columna), el valor de antes y el de después, por
qué, quién y cuándo. Si el valor de antes no coincide con el crudo, se rechaza. Varias sobre la
misma celda se encadenan.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

import polars as pl

from ..base.cifras import defecto_de_cifra
from ..base.periodos import FECHA
from ..base.tablas import nombres
from ..base.texto import defectos_de_texto
from ..catalogo.defectos import con_propuesta, parecido
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .columnas import CORRECCION, CORRECCIONES
from .csv_estricto import COLUMNAS, leer_csv
from .firma import defectos_de_firma
from .reglas import CLAVE, NUMERICAS

COLUMNAS_CORRECCION = nombres(CORRECCION)
CORREGIBLES = tuple(c for c in COLUMNAS if c not in CLAVE)


class Correcciones:
    """Las correcciones del proyecto, que se aplican bloque a bloque y al final dicen cuáles no
    hallaron su celda.
    """

    def __init__(self, proyecto: Proyecto, corte: date, errores: list[ErrorDeDatos]) -> None:
        self.archivo = proyecto.relativa(proyecto.correcciones)
        leida = (
            leer_csv(
                proyecto,
                proyecto.correcciones,
                COLUMNAS_CORRECCION,
                errores,
                origen="procedencia",
                parcial=True,
            )
            if proyecto.correcciones.exists()
            else None
        )
        self.tabla = leida if leida is not None else CORRECCIONES.vacia()
        errores.extend(defectos_de_texto(self.tabla, COLUMNAS_CORRECCION, self.archivo))
        self._halladas: Counter[int] = Counter()
        self._errores = errores
        carpeta = proyecto.relativa(proyecto.observaciones) + "/"
        self._archivos = {proyecto.relativa(r) for r in proyecto.archivos_de_observaciones()}
        self._utiles = [
            c for c in self.tabla.iter_rows(named=True) if self._bien_escrita(c, carpeta, corte)
        ]

    def aplicar(self, tabla: pl.DataFrame, archivo: str) -> pl.DataFrame:
        """El bloque de ``archivo`` con sus celdas corregidas y su ``estado`` en «corregido»."""
        propias = [c for c in self._utiles if c["archivo"] == archivo]
        if not propias:
            return tabla
        tipos = {c: tabla.schema[c] for c in CORREGIBLES}
        claves = pl.DataFrame(propias).select(
            pl.col("fila").alias("correccion"), *(pl.col(k).cast(tabla.schema[k]) for k in CLAVE)
        )
        numerada = tabla.with_row_index("posicion")
        cruce = (
            numerada.select("posicion", *CLAVE)
            .join(claves, on=list(CLAVE))
            .sort("correccion", "posicion")
        )
        if cruce.is_empty():
            return tabla
        previas: dict[tuple[int, str], int] = {}
        por_fila = {c["fila"]: c for c in propias}
        textos = tabla.with_columns(pl.col(c).cast(pl.String) for c in CORREGIBLES)
        for posicion, numero in cruce.select("posicion", "correccion").iter_rows():
            c = por_fila[numero]
            self._halladas[numero] += 1
            hay = textos[c["columna"]][posicion]
            if hay != c["antes"]:
                self._falta(
                    c,
                    "antes",
                    c["antes"],
                    "correccion-no-coincide",
                    _dice(
                        hay, tabla[c["columna"]][posicion], previas.get((posicion, c["columna"]))
                    ),
                )
                continue
            for columna, valor in ((c["columna"], c["despues"]), ("estado", "corregido")):
                textos = textos.with_columns(textos[columna].scatter(posicion, valor))
                previas[posicion, columna] = numero
        return textos.with_columns(pl.col(c).cast(t) for c, t in tipos.items())

    def cerrar(self) -> None:
        """Anota las correcciones que no nombran exactamente una fila."""
        con_defectos = {e.archivo for e in self._errores if e.columna is None or ", " in e.columna}
        for c in self._utiles:
            veces = self._halladas[c["fila"]]
            if veces != 1 and not (veces == 0 and c["archivo"] in con_defectos):
                clave = "/".join(c[k] for k in CLAVE)
                que = f"{veces} filas tienen esa clave" if veces else "ninguna fila tiene esa clave"
                self._falta(
                    c,
                    "kpi",
                    clave,
                    "correccion-sin-celda",
                    f"{que} en {c['archivo']}: revise kpi, periodo, lugar, grupo y unidad, que"
                    " juntos nombran una sola",
                )

    def _falta(self, c: dict, columna: str, valor: str, regla: str, remedio: str) -> None:
        self._errores.append(ErrorDeDatos(self.archivo, c["fila"], columna, valor, regla, remedio))

    def _bien_escrita(self, c: dict, carpeta: str, corte: date) -> bool:
        self._errores.extend(defectos_de_firma(self.archivo, c, corte, "correccion"))
        if c["fecha"] and not re.search(FECHA, c["fecha"]):
            self._falta(
                c, "fecha", c["fecha"], "fecha-imposible", "escriba una fecha real como 2025-07-31"
            )
        archivo = c["archivo"]
        if (
            not archivo.startswith(carpeta)
            or ".." in archivo.split("/")
            or not archivo.endswith(".csv")
        ):
            self._falta(
                c, "archivo", archivo, "ruta-fuera-del-proyecto", f"nombre un archivo de {carpeta}"
            )
            return False
        if archivo not in self._archivos:
            cerca = parecido(archivo, self._archivos)
            self._falta(
                c,
                "archivo",
                archivo,
                "correccion-sin-archivo",
                con_propuesta(cerca, f"Ese archivo no está en {carpeta}"),
            )
            return False
        if c["columna"] in NUMERICAS and (defecto := defecto_de_cifra(c["despues"])):
            self._falta(c, "despues", c["despues"], *defecto)
            return False
        if c["columna"] not in CORREGIBLES:
            self._falta(
                c,
                "columna",
                c["columna"],
                "correccion-de-columna",
                f"se corrige una de: {', '.join(CORREGIBLES)}",
            )
            return False
        return True


def _dice(hay: str, crudo: str, previa: int | None) -> str:
    """Qué valor tiene ahora la celda y de dónde le viene: del archivo, o de una corrección
    anterior.
    """
    if previa is None:
        return f"el archivo dice «{hay}»: revise si ya se corrigió en la fuente"
    return (
        f"el archivo dice «{crudo}» y la corrección de la fila {previa} lo dejó en «{hay}»: escriba"
        " ese valor en antes"
    )


def linea_de_correccion(campos: Iterable[str]) -> str:
    """La línea de ``data/correcciones.csv`` que dice ``campos``, sin salto al final."""
    salida = io.StringIO()
    csv.writer(salida, lineterminator="").writerow(campos)
    return salida.getvalue()
