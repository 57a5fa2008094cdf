"""Reportes y encuestas hechos en memoria, y su lectura: las cifras que dan o las reglas que rompen,
sin escribir nada en data/.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import polars as pl
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from observatorio.catalogo import Catalogo
from observatorio.catalogo.mapeo import Mapeo
from observatorio.catalogo.territorio import Territorio
from observatorio.errores import DatosInvalidos, ErrorDeUso
from observatorio.recojo.abrir import Opciones, abrir
from observatorio.recojo.hojas.cuadricula import leer_hojas
from observatorio.recojo.lote import Lote
from observatorio.recojo.reportes.del_territorio import DelTerritorio
from observatorio.recojo.reportes.mapear import Contexto, leer_con_mapeo
from observatorio.recojo.reportes.ubicar import elegir
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

MUESTRAS = Path(__file__).parent / "muestras"
Filas = list[list[object]]
Cifras = dict[tuple[str, ...], tuple[str, str, str]]


@dataclass(frozen=True)
class Leido:
    """Qué se leyó: las cifras por clave, o las reglas rotas con el remedio de cada una."""

    cifras: Cifras
    reglas: frozenset[str]
    dicho: str
    celdas: tuple[str, ...] = ()
    avisos: tuple[str, ...] = ()


def territorio(**otro: object) -> Territorio:
    """El de este repositorio, con lo que cambia en otro."""
    return _real()[1].territorio.model_copy(update=otro)


@cache
def _real() -> tuple[Proyecto, Catalogo, pl.DataFrame]:
    proyecto = Proyecto(Path(__file__).resolve().parent.parent)
    catalogo, validacion = pasar(proyecto)
    return proyecto, catalogo, validacion.unidades


def leer(ruta: Path, **opciones: str | None) -> Leido:
    """Lee un archivo como ``observatorio importar``, hasta antes de comparar con lo publicado."""
    proyecto, catalogo, unidades = _real()
    try:
        return _dicho(abrir(proyecto, catalogo, unidades, ruta, Opciones(**opciones)))
    except DatosInvalidos as e:
        return Leido({}, frozenset(x.regla for x in e.errores), str(e))
    except ErrorDeUso as e:
        return Leido({}, frozenset({"uso"}), str(e))


def leer_con(
    mapeo: Mapping[str, object],
    ruta: Path,
    zona: str | None = "America/Lima",
    hoja: str | None = None,
    territorio: Territorio | None = None,
) -> Leido:
    """Lee un archivo con un mapeo dado aquí; sin ``territorio``, el de este repositorio."""
    hecho, hojas = Mapeo.model_validate(mapeo), leer_hojas(ruta)
    try:
        fuente, avisos = elegir(ruta.name, "prueba", hecho, hojas, hoja)
    except DatosInvalidos as e:
        return Leido({}, frozenset(x.regla for x in e.errores), str(e))
    de_este = DelTerritorio.segun(territorio or _real()[1].territorio)
    contexto = Contexto(None, "2026-01-31", {}, zona, _real()[1].kpis, de_este)
    leido = _dicho(leer_con_mapeo(ruta, hojas, fuente, "prueba", hecho, contexto))
    return replace(leido, avisos=(*avisos, *leido.avisos))


def mapeo_de(*medidas: Mapping[str, object], **otras: object) -> dict[str, object]:
    """Un mapeo de todo el territorio en un año, con estas medidas; ``otras``: lo que lleva de más,
    o en lugar de lo de aquí.
    """
    return {
        "nombre": "prueba",
        "descripcion": "Una fila por puesto.",
        "fuente": "siagie",
        "periodo": {"constante": "2025"},
        "fecha_dato": {"pedir": True},
        "lugares": [{"constante": "130809"}],
        "medidas": list(medidas),
    } | otras


def _dicho(lote: Lote) -> Leido:
    cifras = {
        m.clave: (
            m.campos.get("numerador", ""),
            m.campos.get("denominador", ""),
            m.campos.get("valor", ""),
        )
        for m in lote.medidas
    }
    celdas = tuple(
        f"{d.celda.hoja}!{d.celda.donde} {d.celda.fila}" if d.celda else "" for d in lote.defectos
    )
    dicho = "\n".join(f"{d.valor} {d.regla} {d.remedio}" for d in lote.defectos)
    return Leido(
        {} if lote.defectos else cifras,
        frozenset(d.regla for d in lote.defectos),
        dicho,
        celdas,
        tuple(lote.avisos),
    )


def filas_de(archivo: str, hoja: int = 0) -> Filas:
    """Las filas de una muestra, como valores."""
    if archivo.endswith(".csv"):
        texto = (MUESTRAS / archivo).read_bytes().decode("cp1252")
        return [list(f) for f in csv.reader(io.StringIO(texto), delimiter=";")]
    return [
        list(f)
        for f in (
            CalamineWorkbook.from_path(MUESTRAS / archivo)
            .get_sheet_by_index(hoja)
            .to_python(skip_empty_area=False)
        )
    ]


def libro(ruta: Path, hojas: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Un .xlsx con esas hojas; lo vacío queda vacío."""
    w = Workbook()
    w.remove(w.worksheets[0])
    for nombre, filas in hojas.items():
        h = w.create_sheet(nombre)
        for fila in filas:
            h.append([None if v == "" else v for v in fila])
    w.save(ruta)
    return ruta


def texto_csv(filas: Sequence[Sequence[object]], separador: str = ";") -> str:
    salida = io.StringIO()
    csv.writer(salida, delimiter=separador, lineterminator="\r\n").writerows(filas)
    return salida.getvalue()
