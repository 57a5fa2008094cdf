"""Justificaciones: por qué una advertencia es cierta, quién lo dice y cuándo
(``data/justificaciones.csv``, y las que un recibo trajo consigo).

Un campo vacío vale por cualquiera, pero lo que identifica a cada advertencia se escribe: la de una
celda nombra su cifra, de modo que si la cifra cambia la justificación deja de servir. La que no
excusa nada es un error.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

import polars as pl

from ..base.cifras import con_punto, defecto_de_cifra
from ..base.periodos import FECHA
from ..base.texto import con_textos, defectos_de_texto
from ..catalogo import Catalogo
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .advertencias import ADVERTENCIAS, IDENTIDAD
from .csv_estricto import leer_csv
from .firma import defectos_de_firma
from .reglas import CLAVE
from .tablas import DEL_VOCABULARIO

FIRMA = ("motivo", "quien", "fecha")
DE_LA_CELDA = (*CLAVE, "fuente")
CORRIJALO = "Corríjalo o, si es cierto,"


@dataclass(frozen=True, slots=True)
class Justificacion:
    """Una fila de ``data/justificaciones.csv``: qué advertencia es y quién la explica; sin firma
    lleva, en su lugar, qué debe llenar una persona.
    """

    regla: str
    kpi: str
    periodo: str
    lugar: str
    grupo: str
    unidad: str
    fuente: str
    cifra: str
    motivo: str = "MOTIVO"
    quien: str = "QUIÉN"
    fecha: str = "FECHA"

    def linea(self) -> str:
        """Como se escribe en el CSV, sin salto."""
        salida = io.StringIO()
        csv.writer(salida, lineterminator="").writerow(astuple(self))
        return salida.getvalue()


COLUMNAS_JUSTIFICACION = tuple(c.name for c in fields(Justificacion))


@dataclass(frozen=True, slots=True)
class SinJustificar(ErrorDeDatos):
    """Una advertencia que nadie explicó: ``que`` se advirtió y la ``justificacion`` que falta."""

    que: str
    justificacion: Justificacion


def leer_justificaciones(
    proyecto: Proyecto, catalogo: Catalogo, errores: list[ErrorDeDatos]
) -> list[dict]:
    """Las justificaciones bien escritas; los defectos de las demás van a ``errores``."""
    rutas = [
        ruta
        for ruta in (
            proyecto.justificaciones,
            *sorted(proyecto.recibos.glob("*/justificaciones.csv")),
        )
        if ruta.exists()
    ]
    leidas = [
        leer_csv(proyecto, ruta, COLUMNAS_JUSTIFICACION, errores, parcial=True) for ruta in rutas
    ]
    for ruta, leida in zip(rutas, leidas, strict=True):
        if leida is not None:
            errores.extend(
                defectos_de_texto(leida, COLUMNAS_JUSTIFICACION, proyecto.relativa(ruta))
            )
    escritas = (
        j
        for leida in leidas
        if leida is not None
        for j in leida.iter_rows(named=True)
        if _bien_escrita(j, catalogo, errores)
    )
    return [_con_su_cifra(j, errores) for j in escritas]


def _con_su_cifra(j: dict, errores: list[ErrorDeDatos]) -> dict:
    """La justificación con su cifra como vale: la que lleva coma se dice, y no se toma por la de
    otra advertencia.
    """
    if defecto := defecto_de_cifra(j["cifra"]):
        errores.append(ErrorDeDatos(j["archivo"], j["fila"], "cifra", j["cifra"], *defecto))
    return j | {"cifra": con_punto(j["cifra"])}


def _bien_escrita(j: dict, catalogo: Catalogo, errores: list[ErrorDeDatos]) -> bool:
    antes = len(errores)
    errores.extend(
        defectos_de_firma(j["archivo"], j, catalogo.territorio.fecha_corte, "justificacion")
    )
    if j["fecha"] and not re.search(FECHA, j["fecha"]):
        errores.append(
            ErrorDeDatos(
                j["archivo"],
                j["fila"],
                "fecha",
                j["fecha"],
                "fecha-imposible",
                "escriba una fecha real como 2025-07-31",
            )
        )
    for campo, admitidos, vocabulario in (
        ("kpi", catalogo.kpis, "kpis"),
        ("fuente", catalogo.fuentes, "fuentes"),
        ("lugar", catalogo.lugares, "lugares"),
    ):
        if j[campo] and j[campo] not in admitidos:
            errores.append(
                ErrorDeDatos(
                    j["archivo"],
                    j["fila"],
                    campo,
                    j[campo],
                    f"{campo}-fuera-de-vocabulario",
                    catalogo.territorio.anexos_se_llaman.lleno(DEL_VOCABULARIO[vocabulario]),
                )
            )
    if j["regla"] not in ADVERTENCIAS:
        errores.append(
            ErrorDeDatos(
                j["archivo"],
                j["fila"],
                "regla",
                j["regla"],
                "justificacion-de-regla",
                f"se justifican las advertencias: {', '.join(ADVERTENCIAS)}",
            )
        )
        return False
    for campo in ADVERTENCIAS[j["regla"]].exige:
        if not j[campo]:
            errores.append(
                ErrorDeDatos(
                    j["archivo"],
                    j["fila"],
                    campo,
                    "",
                    "justificacion-incompleta",
                    "diga qué advertencia es: copie la línea que propone «observatorio validar»",
                )
            )
    return len(errores) == antes


def justificar(
    advertencias: pl.DataFrame,
    justificaciones: list[dict],
    tabla: pl.DataFrame,
    superada: pl.DataFrame,
    errores: list[ErrorDeDatos],
) -> pl.DataFrame:
    """Las advertencias con ``motivo, quien, fecha`` (nulos si nadie las explicó), sin las de las
    filas de ``superada``, que ya no se publican.

    Se añade a ``errores`` la justificación que no corresponde a ninguna advertencia, salvo que de
    su KPI y su fuente no haya ninguna medida en ``tabla`` (por ejemplo, con la demostración
    apagada), o que explique más de una celda y de ellas alguna esté en ``superada``.
    """
    marcada = advertencias.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in FIRMA)
    for j in justificaciones:
        cubre = (pl.col("regla") == j["regla"]) & _coincide(j, IDENTIDAD)
        if marcada.select(cubre.any()).item():
            libre = cubre & pl.col("motivo").is_null()
            marcada = marcada.with_columns(
                pl.when(libre).then(pl.lit(j[c])).otherwise(pl.col(c)).alias(c) for c in FIRMA
            )
        elif tabla.select(_coincide(j, ("kpi", "fuente")).any()).item() and (
            j["cifra"] or not superada.select(_coincide(j, DE_LA_CELDA).any()).item()
        ):
            errores.append(
                ErrorDeDatos(
                    j["archivo"],
                    j["fila"],
                    "regla",
                    j["regla"],
                    "justificacion-sin-advertencia",
                    "esa advertencia ya no existe (el dato cambió o se corrigió): borre la línea",
                )
            )
    sus_filas = con_textos(superada.select("archivo", "fila"))
    return marcada.join(sus_filas, on=["archivo", "fila"], how="anti", maintain_order="left")


def _coincide(j: dict, campos: Iterable[str]) -> pl.Expr:
    return pl.all_horizontal(pl.lit(True), *(pl.col(c) == j[c] for c in campos if j[c]))


def sin_justificar(marcada: pl.DataFrame, archivo: str) -> list[SinJustificar]:
    """Un error por advertencia que nadie explicó, con la línea que la justificaría."""
    return [
        _sin_justificar(a, archivo)
        for a in marcada.filter(pl.col("motivo").is_null()).iter_rows(named=True)
    ]


def _sin_justificar(a: dict, archivo: str) -> SinJustificar:
    que = f"{ADVERTENCIAS[a['regla']].dice}: {a['detalle']}."
    falta = Justificacion(**{c: a[c] for c in ("regla", *IDENTIDAD)})
    return SinJustificar(
        a["archivo"],
        a["fila"] or None,
        None,
        a["cifra"] or a["fuente"] or a["grupo"],
        a["regla"],
        f"{que} {CORRIJALO} añada a {archivo}: {falta.linea()}",
        que,
        falta,
    )
