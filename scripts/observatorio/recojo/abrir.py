"""Reconocer qué archivo llegó (planilla, tabla del observatorio o reporte con mapeo) y leerlo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ..catalogo import Catalogo
from ..catalogo.mapeo import Mapeo, leer_mapeos
from ..errores import DatosInvalidos, ErrorDeUso
from ..rutas import Proyecto
from .defectos_de_celda import anotar
from .defectos_de_fila import otros_defectos
from .definicion import REMEDIO, es_definicion
from .hojas.cuadricula import Hoja, leer_hojas
from .lote import Lote
from .personas import en_titulos
from .planillas.leer import es_planilla, leer_planilla
from .reportes.del_territorio import DelTerritorio
from .reportes.leer_tabla import leer_tabla, tabla_de
from .reportes.mapear import Contexto, leer_con_mapeo
from .reportes.ubicar import Fuente, completas, el_mas_parecido, elegir


@dataclass(frozen=True, slots=True)
class Opciones:
    """Lo que la orden dice sobre el archivo."""

    mapeo: str | None = None
    periodo: str | None = None
    fecha_dato: str | None = None
    motivo: str | None = None
    quien: str | None = None
    hoja: str | None = None


def abrir(
    proyecto: Proyecto, catalogo: Catalogo, unidades: pl.DataFrame, ruta: Path, opciones: Opciones
) -> Lote:
    """El archivo como lote. Lanza ``DatosInvalidos`` si no se puede leer y ``ErrorDeUso`` si no se
    reconoce.
    """
    lote = _leer(proyecto, catalogo, unidades, ruta, opciones)
    anotar(lote, catalogo, leer_mapeos(proyecto)[lote.mapeo] if lote.mapeo else None)
    if lote.mapeo is None:
        # De un reporte, cada medida suma muchas filas: sin las rotas diría otra cosa.
        lote.defectos += list(otros_defectos(lote, catalogo, unidades))
    return lote


def _leer(
    proyecto: Proyecto, catalogo: Catalogo, unidades: pl.DataFrame, ruta: Path, opciones: Opciones
) -> Lote:
    hojas = leer_hojas(ruta)
    if es_planilla(hojas):
        return leer_planilla(ruta, hojas)
    tabla = tabla_de(ruta.name, hojas, opciones.hoja) if opciones.mapeo is None else None
    if tabla is not None:
        return leer_tabla(ruta, hojas, tabla, catalogo, unidades)
    nombre, mapeo, fuente, avisos = _mapeo(proyecto, ruta, hojas, opciones)
    lugar_de = dict(unidades.select("codigo", "lugar").iter_rows())
    contexto = Contexto(
        opciones.periodo,
        opciones.fecha_dato,
        lugar_de,
        catalogo.territorio.zona_horaria,
        catalogo.kpis,
        DelTerritorio.segun(catalogo.territorio),
    )
    lote = leer_con_mapeo(ruta, hojas, fuente, nombre, mapeo, contexto)
    lote.avisos[:0] = avisos
    return lote


def _mapeo(
    proyecto: Proyecto, ruta: Path, hojas: list[Hoja], opciones: Opciones
) -> tuple[str, Mapeo, Fuente, list[str]]:
    """El mapeo pedido, o el único cuyas columnas están todas en el archivo."""
    mapeos = leer_mapeos(proyecto)
    if opciones.mapeo is not None:
        nombre = Path(opciones.mapeo).stem
        if nombre not in mapeos:
            raise ErrorDeUso(
                f"no hay un mapeo «{opciones.mapeo}». Hay:"
                f" {', '.join(mapeos) or 'ninguno en data/mapeos/'}"
            )
        return (
            nombre,
            mapeos[nombre],
            *elegir(ruta.name, nombre, mapeos[nombre], hojas, opciones.hoja),
        )
    caben = [n for n, m in mapeos.items() if completas(m, hojas)]
    if len(caben) == 1:
        return (
            caben[0],
            mapeos[caben[0]],
            *elegir(ruta.name, caben[0], mapeos[caben[0]], hojas, opciones.hoja),
        )
    if caben:
        raise ErrorDeUso(
            f"«{ruta.name}» se puede leer de varias maneras: elija con --mapeo {' | '.join(caben)}"
        )
    if es_definicion(hojas):
        raise ErrorDeUso(f"«{ruta.name}» {REMEDIO}")
    _rechazar_personas_sin_mapeo(ruta, hojas)
    cerca = el_mas_parecido(mapeos, hojas)
    raise ErrorDeUso(
        f"no se reconoce «{ruta.name}»: no es una planilla del observatorio, no tiene sus columnas"
        " (kpi, periodo, lugar…) y ningún mapeo de data/mapeos/ coincide con sus títulos. Hay:"
        f" {', '.join(mapeos) or 'ninguno'}. La guía está en guias/mapeos.md"
        + (f"\n{cerca}" if cerca else "")
    )


def _rechazar_personas_sin_mapeo(ruta: Path, hojas: list[Hoja]) -> None:
    """Un archivo que nadie sabe leer, pero que trae columnas de personas, se rechaza por eso y no
    por lo otro.
    """
    errores = [d.como_error(ruta.name) for hoja in hojas for d in en_titulos(hoja)]
    if errores:
        raise DatosInvalidos(errores)
