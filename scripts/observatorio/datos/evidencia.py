"""Que ninguna cifra diga ser más firme de lo que su evidencia sostiene.

La evidencia de una cifra ``documentado`` es el archivo de donde se tomó: el que guarda su recibo,
o el que nombra la tarjeta de su fuente, con su huella. Una cifra es a lo sumo tan firme como la
tarjeta que cita, y la que ya se publicó como menos firme no sube sin evidencia que entonces no
había.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from ..base.texto import con_textos
from ..catalogo import Catalogo
from ..catalogo.naturalezas import GRADO
from ..edicion.cambios.naturalezas import CUADROS, firmeza_publicada
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .tablas import ruta_de

DOCUMENTADO = "documentado"
SIN_RESPALDO, SUBE = "naturaleza-sin-respaldo", "naturaleza-sube-sin-evidencia"
RESPALDO = (
    "su fuente, «{fuente}», es «{de_fuente}» en data/fuentes.yml: escriba aquí «{de_fuente}» o,"
    " si tiene el documento, anote en esa tarjeta su dirección exacta (documento) o el archivo, su"
    " fecha y su sha256, y naturaleza: {naturaleza}{recibo}"
)
POR_RECIBO = "; lo que llega con «observatorio importar» trae la suya en su recibo"


def mas_firmes_que_su_fuente(
    proyecto: Proyecto,
    catalogo: Catalogo,
    observaciones: pl.DataFrame,
    cuadros: Mapping[str, pl.DataFrame],
) -> Iterator[ErrorDeDatos]:
    """Un error por KPI y fuente (en su primera medida) y uno por fila de un cuadro cuya naturaleza
    es más firme que la de la tarjeta que cita.

    ``observaciones``: las ya leídas, con ``archivo`` y ``fila``; las de un recibo traen su
    evidencia. ``cuadros``: como los lee ``leer_tablas``.
    """
    grado = {i: GRADO[f.naturaleza] for i, f in catalogo.fuentes.items()}
    for fila in _fuera_de_recibo(proyecto, observaciones).iter_rows(named=True):
        if GRADO.get(fila["naturaleza"], 0) > grado.get(fila["fuente"], len(GRADO)):
            yield _sin_respaldo(fila, catalogo, POR_RECIBO)
    for cuadro in CUADROS:
        tabla = cuadros[cuadro]
        for fila in tabla.iter_rows(named=True) if "archivo" in tabla.columns else ():
            if GRADO.get(fila["naturaleza"], 0) > grado.get(fila["fuente"], len(GRADO)):
                yield _sin_respaldo(fila, catalogo, "")


def suben_sin_evidencia(
    proyecto: Proyecto,
    catalogo: Catalogo,
    observaciones: pl.DataFrame,
    cuadros: Mapping[str, pl.DataFrame],
    ultima: Mapping | None,
) -> Iterator[ErrorDeDatos]:
    """Un error por KPI y periodo, y por fila de un cuadro, que hoy dice ``documentado``, se publicó
    como menos firme y cita una tarjeta con la misma huella de entonces.

    ``ultima``: el registro de la última edición publicada, o nada.
    """
    if not ultima:
        return
    de_entonces = ultima.get("evidencias", {})
    nueva = {i for i, f in catalogo.fuentes.items() if f.sha256 and de_entonces.get(i) != f.sha256}
    publicada = firmeza_publicada(ultima["resumen"])
    propias = con_textos(
        observaciones.filter(
            pl.col("naturaleza") == DOCUMENTADO,
            ~pl.col("fuente").cast(pl.String).is_in(sorted(nueva)),
            ~_de_recibo(proyecto),
        )
    )
    dichos: set[tuple[str, str]] = set()
    for f in propias.iter_rows(named=True):
        de_antes = publicada.de_medida(f["kpi"], f["periodo"], f["lugar"], f["grupo"], f["unidad"])
        if de_antes and (f["kpi"], f["periodo"]) not in dichos:
            dichos.add((f["kpi"], f["periodo"]))
            yield _sube(f, de_antes)
    for cuadro, clave in CUADROS.items():
        archivo = proyecto.relativa(ruta_de(proyecto, cuadro))
        for fila, f in enumerate(cuadros[cuadro].iter_rows(named=True), 2):
            de_antes = publicada.de_cuadro(cuadro, tuple(f[c] for c in clave))
            if f["naturaleza"] == DOCUMENTADO and f["fuente"] not in nueva and de_antes:
                yield _sube(f | {"archivo": archivo, "fila": fila}, de_antes)


def _de_recibo(proyecto: Proyecto) -> pl.Expr:
    return pl.col("archivo").cast(pl.String).str.starts_with(proyecto.relativa(proyecto.recibos))


def _fuera_de_recibo(proyecto: Proyecto, observaciones: pl.DataFrame) -> pl.DataFrame:
    """La primera medida de cada KPI, fuente y naturaleza que no es de demostración."""
    return con_textos(
        observaciones.filter(pl.col("naturaleza") != "demostracion", ~_de_recibo(proyecto))
        .select("kpi", "fuente", "naturaleza", "archivo", "fila")
        .unique(["kpi", "fuente", "naturaleza"], keep="first", maintain_order=True)
    )


def _sin_respaldo(fila: Mapping, catalogo: Catalogo, recibo: str) -> ErrorDeDatos:
    return ErrorDeDatos(
        fila["archivo"],
        fila["fila"],
        "naturaleza",
        fila["naturaleza"],
        SIN_RESPALDO,
        RESPALDO.format(
            fuente=fila["fuente"],
            de_fuente=catalogo.fuentes[fila["fuente"]].naturaleza,
            naturaleza=fila["naturaleza"],
            recibo=recibo,
        ),
    )


def _sube(fila: Mapping, de_antes: str) -> ErrorDeDatos:
    return ErrorDeDatos(
        fila["archivo"],
        fila["fila"],
        "naturaleza",
        fila["naturaleza"],
        SUBE,
        f"se publicó como «{de_antes}» y su fuente, «{fila['fuente']}», no trae otro documento:"
        f" devuelva «{de_antes}», o anote en su tarjeta el archivo nuevo con su fecha y su sha256",
    )
