"""La tabla de lo que un gráfico dibuja, para quien no lo ve o quiere la cifra.

Sus columnas son lo que cada marca dice al señalarla (``tooltip``), que es lo que su autor pensó que
hay que saber de ella; si ninguna dice nada, los campos de sus ejes, su color y su forma. Vale para
cualquier especificación de Altair con los datos dentro.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...base.numeros import numero
from ..apilada import tabla_html
from ..pieza import esc
from .vistas import hijas

CANALES = ("row", "column", "x", "y", "theta", "color", "shape", "size", "text")
PROTEGIDO = "dato protegido"
FILAS = 400
"""Más no se leen en una página: para eso está la descarga."""

Especificacion = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Columna:
    """Un campo de los datos y cómo se llama ante quien lee."""

    campo: str
    titulo: str


@dataclass(frozen=True, slots=True)
class Cuadro:
    """Las columnas de una vista, sus filas tal como están en los datos y su título, si lo tiene."""

    titulo: str
    columnas: tuple[Columna, ...]
    filas: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Marca:
    """Una vista que dibuja: su juego de datos, su título, sus canales y los campos que la parten en
    recuadros.
    """

    datos: str = ""
    titulo: str = ""
    canales: Especificacion = field(default_factory=dict)
    partes: tuple[Especificacion, ...] = ()


def tabla_de(especificacion: Especificacion, nota: str = "") -> str:
    """El HTML plegado con las tablas de un gráfico; vacío si no dibuja datos que se puedan leer.

    ``nota`` (HTML) va en el título de cada una.
    """
    suyos = cuadros(especificacion)
    if not suyos or sum(len(c.filas) for c in suyos) > FILAS:
        return ""
    general = _texto(especificacion.get("title"))
    tablas = "".join(_tabla(c, general, nota) for c in suyos)
    return (
        '<details class="datos-del-grafico"><summary>Ver los datos en una tabla</summary>'
        f"{tablas}</details>"
    )


def cuadros(especificacion: Especificacion) -> list[Cuadro]:
    """Uno por cada juego de datos distinto que el gráfico señala, en su orden."""
    datos = especificacion.get("datasets", {})
    marcas = list(_marcas(especificacion))
    senaladas = [m for m in marcas if "tooltip" in m.canales] or marcas
    hechos: dict[tuple[str, tuple[Columna, ...]], Cuadro] = {}
    for marca in senaladas:
        columnas = _columnas(marca)
        filas = tuple(f for f in datos.get(marca.datos, ()) if isinstance(f, dict))
        if columnas and filas:
            hechos.setdefault((marca.datos, columnas), Cuadro(marca.titulo, columnas, filas))
    return list(hechos.values())


def _marcas(vista: Especificacion, dentro_de: Marca = Marca()) -> Iterator[Marca]:
    """Cada vista con una marca; lo que una no dice lo hereda de la que la contiene."""
    propios, partida = vista.get("data"), vista.get("facet")
    if "field" in (partida or {}):
        partida = {"facet": partida}
    marca = Marca(
        propios.get("name", "") if isinstance(propios, dict) else dentro_de.datos,
        ("" if "datasets" in vista else _texto(vista.get("title"))) or dentro_de.titulo,
        vista.get("encoding", {}),
        (*dentro_de.partes, *(partida or {}).values()),
    )
    if "mark" in vista:
        yield marca
    for hija in hijas(vista):
        yield from _marcas(hija, marca)


def _columnas(marca: Marca) -> tuple[Columna, ...]:
    dichos = marca.canales.get("tooltip")
    if dichos is None:
        dichos = [marca.canales[c] for c in CANALES if c in marca.canales]
    vistos: dict[str, Columna] = {}
    for canal in (*marca.partes, *([dichos] if isinstance(dichos, dict) else dichos)):
        campo = canal.get("field") if isinstance(canal, dict) else None
        if isinstance(campo, str):
            titulo = _texto(canal.get("title")) or campo.capitalize()
            vistos.setdefault(campo, Columna(campo, titulo))
    return tuple(vistos.values())


def _texto(titulo: object) -> str:
    """El título de una vista o de un canal, en una línea; vacío si no lo tiene."""
    if isinstance(titulo, dict):
        titulo = titulo.get("text")
    if isinstance(titulo, Sequence) and not isinstance(titulo, str):
        return " ".join(str(t) for t in titulo)
    return str(titulo or "")


def _tabla(cuadro: Cuadro, titulo: str, nota: str) -> str:
    filas = [[esc(_escrito(f, c.campo)) for c in cuadro.columnas] for f in cuadro.filas]
    return tabla_html(
        cuadro.titulo or titulo,
        [esc(c.titulo) for c in cuadro.columnas],
        filas,
        "numeros",
        nota,
    )


def _escrito(fila: Mapping[str, Any], campo: str) -> str:
    valor = fila.get(campo)
    if valor is None:
        return PROTEGIDO if fila.get("protegido") else "—"
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, int | float):
        return numero(float(valor), 0 if float(valor).is_integer() else 1)
    return " ".join(str(valor).split())
