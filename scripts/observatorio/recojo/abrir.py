"""Reconocer qué archivo llegó (planilla, tabla del observatorio o reporte con mapeo) y leerlo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ..catalogo import Catalogo
from ..catalogo.mapeo import Mapeo, leer_mapeos
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeUso
from ..rutas import Proyecto
from .hojas.cuadricula import Hoja, leer_hojas
from .leer_planilla import es_planilla, leer_planilla
from .leer_tabla import leer_tabla, tabla_de
from .lote import Lote
from .mapear import Contexto, hoja_del_mapeo, leer_con_mapeo
from .personas import en_titulos


@dataclass(frozen=True, slots=True)
class Opciones:
    """Lo que la orden dice sobre el archivo."""

    mapeo: str | None = None
    periodo: str | None = None
    fecha_dato: str | None = None
    motivo: str | None = None
    quien: str | None = None


def abrir(
    proyecto: Proyecto, catalogo: Catalogo, unidades: pl.DataFrame, ruta: Path, opciones: Opciones
) -> Lote:
    """El archivo como lote. Lanza ``DatosInvalidos`` si no se puede leer y ``ErrorDeUso`` si no se reconoce."""
    hojas = leer_hojas(ruta)
    if es_planilla(hojas):
        return leer_planilla(ruta, hojas)
    tabla = tabla_de(hojas)
    if tabla is not None and opciones.mapeo is None:
        return leer_tabla(ruta, hojas, tabla, catalogo)
    nombre, mapeo, hoja = _mapeo(proyecto, ruta, hojas, opciones)
    lugar_de = dict(unidades.select("codigo", "lugar").iter_rows())
    return leer_con_mapeo(
        ruta, hojas, hoja, nombre, mapeo, Contexto(opciones.periodo, opciones.fecha_dato, lugar_de)
    )


def _mapeo(
    proyecto: Proyecto, ruta: Path, hojas: list[Hoja], opciones: Opciones
) -> tuple[str, Mapeo, Hoja]:
    """El mapeo pedido, o el único cuyas columnas están todas en el archivo."""
    mapeos = leer_mapeos(proyecto)
    if opciones.mapeo is not None:
        nombre = Path(opciones.mapeo).stem
        if nombre not in mapeos:
            raise ErrorDeUso(
                f"no hay un mapeo «{opciones.mapeo}». Hay: {', '.join(mapeos) or 'ninguno en data/mapeos/'}"
            )
        hoja = hoja_del_mapeo(mapeos[nombre], hojas)
        if hoja is None:
            raise DatosInvalidos(_columnas_ausentes(ruta, hojas, mapeos[nombre]))
        return nombre, mapeos[nombre], hoja
    caben = [(n, m, h) for n, m in mapeos.items() if (h := hoja_del_mapeo(m, hojas)) is not None]
    if len(caben) == 1:
        return caben[0]
    if caben:
        raise ErrorDeUso(
            f"«{ruta.name}» se puede leer de varias maneras: elija con --mapeo {' | '.join(n for n, _, _ in caben)}"
        )
    _rechazar_personas_sin_mapeo(ruta, hojas)
    raise ErrorDeUso(
        f"no se reconoce «{ruta.name}»: no es una planilla del observatorio, no tiene sus columnas (kpi, periodo, lugar…) y ningún mapeo "
        f"de data/mapeos/ coincide con sus títulos. Hay: {', '.join(mapeos) or 'ninguno'}. La guía está en guias/mapeos.md"
    )


def _columnas_ausentes(ruta: Path, hojas: list[Hoja], mapeo: Mapeo) -> list[ErrorDeDatos]:
    filas = [h.filas[mapeo.fila_titulos - 1] for h in hojas if len(h.filas) >= mapeo.fila_titulos]
    hay = {str(v).strip() for fila in filas for v in fila if v is not None}
    return [
        ErrorDeDatos(
            ruta.name,
            mapeo.fila_titulos,
            c,
            None,
            "columna-ausente",
            "el reporte cambió o es otro: revise el mapeo o vuelva a exportar",
        )
        for c in sorted(mapeo.columnas() - hay)
    ]


def _rechazar_personas_sin_mapeo(ruta: Path, hojas: list[Hoja]) -> None:
    """Un archivo que nadie sabe leer, pero que trae columnas de personas, se rechaza por eso y no por lo otro."""
    errores = [d.como_error(ruta.name) for hoja in hojas for d in en_titulos(hoja)]
    if errores:
        raise DatosInvalidos(errores)
