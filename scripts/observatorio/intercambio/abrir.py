"""Reconocer qué archivo llegó (planilla, tabla del observatorio o reporte con mapeo) y leerlo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ..catalogo import Catalogo
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ..rutas import Proyecto
from .cuadricula import Hoja, leer_hojas
from .leer_planilla import es_planilla, leer_planilla
from .leer_tabla import leer_tabla, tabla_de
from .lote import Defecto, Lote
from .mapear import Contexto, columnas_de_recuentos_y_codigos, hoja_del_mapeo, leer_con_mapeo
from .mapeo import Mapeo, leer_mapeos
from .personas import REMEDIO, en_tabla, en_textos, sena_del_titulo

NUMERICAS = {"valor", "numerador", "denominador"}


@dataclass(frozen=True, slots=True)
class Opciones:
    """Lo que la orden dice sobre el archivo."""

    mapeo: str | None = None
    periodo: str | None = None
    fecha_dato: str | None = None
    motivo: str | None = None
    quien: str | None = None


def abrir(proyecto: Proyecto, catalogo: Catalogo, unidades: pl.DataFrame, ruta: Path, opciones: Opciones) -> Lote:
    """El archivo como lote. Lanza ``DatosInvalidos`` si no se puede leer y ``ErrorDeUso`` si no se reconoce."""
    hojas = leer_hojas(ruta)
    if es_planilla(hojas):
        return leer_planilla(ruta, hojas)
    tabla = tabla_de(hojas)
    if tabla is not None and opciones.mapeo is None:
        return leer_tabla(ruta, hojas, tabla, catalogo)
    nombre, mapeo, hoja = _mapeo(proyecto, ruta, hojas, opciones)
    lugar_de = dict(unidades.select("codigo", "lugar").iter_rows())
    return leer_con_mapeo(ruta, hojas, hoja, nombre, mapeo, Contexto(opciones.periodo, opciones.fecha_dato, lugar_de))


def _mapeo(proyecto: Proyecto, ruta: Path, hojas: list[Hoja], opciones: Opciones) -> tuple[str, Mapeo, Hoja]:
    """El mapeo pedido, o el único cuyas columnas están todas en el archivo."""
    mapeos = leer_mapeos(proyecto)
    if opciones.mapeo is not None:
        nombre = Path(opciones.mapeo).stem
        if nombre not in mapeos:
            raise ErrorDeUso(f"no hay un mapeo «{opciones.mapeo}». Hay: {', '.join(mapeos) or 'ninguno en data/mapeos/'}")
        hoja = hoja_del_mapeo(mapeos[nombre], hojas)
        if hoja is None:
            raise DatosInvalidos(_columnas_ausentes(ruta, hojas, mapeos[nombre]))
        return nombre, mapeos[nombre], hoja
    caben = [(n, m, h) for n, m in mapeos.items() if (h := hoja_del_mapeo(m, hojas)) is not None]
    if len(caben) == 1:
        return caben[0]
    if caben:
        raise ErrorDeUso(f"«{ruta.name}» se puede leer de varias maneras: elija con --mapeo {' | '.join(n for n, _, _ in caben)}")
    _rechazar_personas_sin_mapeo(ruta, hojas)
    raise ErrorDeUso(
        f"no se reconoce «{ruta.name}»: no es una planilla del observatorio, no tiene sus columnas (kpi, periodo, lugar…) y ningún mapeo "
        f"de data/mapeos/ coincide con sus títulos. Hay: {', '.join(mapeos) or 'ninguno'}. La guía está en guias/mapeos.md"
    )


def _columnas_ausentes(ruta: Path, hojas: list[Hoja], mapeo: Mapeo) -> list[ErrorDeDatos]:
    filas = [h.filas[mapeo.fila_titulos - 1] for h in hojas if len(h.filas) >= mapeo.fila_titulos]
    hay = {str(v).strip() for fila in filas for v in fila if v is not None}
    return [
        ErrorDeDatos(ruta.name, mapeo.fila_titulos, c, None, "columna-ausente", "el reporte cambió o es otro: revise el mapeo o vuelva a exportar")
        for c in sorted(mapeo.columnas() - hay)
    ]


def _rechazar_personas_sin_mapeo(ruta: Path, hojas: list[Hoja]) -> None:
    """Un archivo que nadie sabe leer, pero que trae columnas de personas, se rechaza por eso y no por lo otro."""
    errores = []
    for hoja in hojas:
        for fila in range(1, min(len(hoja.filas), 20) + 1):
            for columna in range(1, len(hoja.filas[fila - 1]) + 1):
                regla = sena_del_titulo(hoja.texto(fila, columna))
                if regla:
                    errores.append(ErrorDeDatos(ruta.name, fila, hoja.texto(fila, columna)[:60], None, regla, REMEDIO))
    if errores:
        raise DatosInvalidos(errores)


def revisar_personas(lote: Lote, catalogo: Catalogo, unidades: pl.DataFrame, proyecto: Proyecto) -> Iterator[Defecto]:
    """Las señas de personas del archivo entero, también en las columnas que no se leen."""
    codigos = {*unidades["codigo"], *catalogo.lugares}
    if lote.tipo == "planilla":
        textos = [(m.celdas["nota"], m.campos["nota"]) for m in (*lote.medidas, *lote.no_medidas)]
        yield from en_textos([*textos, *_cargo(lote)], codigos)
        return
    for hoja in lote.hojas:
        if lote.tipo == "tabla":
            titulos = [hoja.texto(1, c).lower() for c in range(1, len(hoja.filas[0]) + 1)] if hoja.filas else []
            yield from en_tabla(hoja, 1, [i for i, t in enumerate(titulos, 1) if t in NUMERICAS], codigos)
        else:
            mapeo = leer_mapeos(proyecto)[lote.mapeo or ""]
            yield from en_tabla(hoja, mapeo.fila_titulos, columnas_de_recuentos_y_codigos(mapeo, hoja), codigos)


def _cargo(lote: Lote) -> Iterator[tuple]:
    from .cuadricula import Celda
    from .planilla import CARGO, HOJA

    if lote.cargo:
        yield Celda(HOJA, int(CARGO[1:]), 2, "cargo"), lote.cargo
