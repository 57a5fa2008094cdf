"""Dónde viven los datos: en un repositorio que cualquiera lee solo cabe la demostración.

``repositorio_de_datos`` de ``data/territorio.yml`` lo declara; quien aloja el repositorio dice si
es cierto.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ..base import lecturas
from ..base.lineas import linea_de
from ..base.yaml_estricto import arbol
from ..catalogo import Catalogo
from ..errores import ErrorDeDatos
from ..rutas import Proyecto

Visibilidad = Literal["privado", "publico"]
PUBLICO: Visibilidad = "publico"
CLAVE, DEMOSTRACION = "repositorio_de_datos", "demostracion"
REGLA = "dato-real-en-repositorio-publico"
MUDANZA = (
    "en un repositorio público solo va la demostración: borre esta fila, o lleve los datos a un"
    " repositorio privado y escriba repositorio_de_datos: privado en data/territorio.yml"
    " (guias/despliegue.md dice cómo)"
)


CLAVE_PUBLICA = "demostracion-publica-"
"""Cómo empieza la clave de la demostración, que cualquiera conoce."""


def _clave_publica(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error si las huellas de datos privados llevarían una clave que cualquiera conoce, o
    ninguna.
    """
    ruta = proyecto.clave_de_huellas
    primera = lecturas.texto(ruta).partition("\n")[0].strip() if ruta.is_file() else ""
    if not primera or primera.startswith(CLAVE_PUBLICA):
        yield ErrorDeDatos(
            proyecto.relativa(ruta),
            1 if primera else None,
            None,
            primera or None,
            "clave-de-huellas-publica",
            'reemplace su primera línea, una sola vez, por un texto al azar (python -c "import'
            ' secrets; print(secrets.token_hex(32))"): con esta, quien adivine los datos comprueba'
            " si acertó; en un repositorio solo de demostración, escriba repositorio_de_datos:"
            " publico en data/territorio.yml",
        )


def revisar_custodia(
    proyecto: Proyecto, catalogo: Catalogo, alojado: Visibilidad | None = None
) -> Iterator[ErrorDeDatos]:
    """Un error por fila que no es de demostración en un repositorio público, y uno si lo declarado
    no es lo que dice quien lo aloja.

    ``alojado``: quién puede leer de verdad el repositorio, si se sabe.
    """
    declarado = catalogo.territorio.repositorio_de_datos
    if alojado and alojado != declarado:
        yield ErrorDeDatos(
            *_donde_se_declara(proyecto),
            declarado,
            "repositorio-mal-declarado",
            f"el repositorio es {alojado}: escriba repositorio_de_datos: {alojado}, o cambie quién"
            " puede leerlo en su configuración (guias/despliegue.md)",
        )
    if PUBLICO not in (declarado, alojado):
        yield from _clave_publica(proyecto)
        return
    if proyecto.tanda.is_file():
        yield ErrorDeDatos(
            proyecto.relativa(proyecto.tanda),
            None,
            None,
            None,
            "dato-real-en-repositorio-publico",
            MUDANZA.replace("borre esta fila", "borre este archivo"),
        )
    for ruta in (*proyecto.archivos_de_observaciones(), proyecto.cualitativo / "narraciones.csv"):
        if not ruta.is_file():
            continue
        for fila, naturaleza in _naturalezas(ruta):
            if naturaleza != DEMOSTRACION:
                yield ErrorDeDatos(
                    proyecto.relativa(ruta), fila, "naturaleza", naturaleza, REGLA, MUDANZA
                )


def _naturalezas(ruta: Path) -> Iterator[tuple[int, str]]:
    """``(fila, naturaleza)`` de cada fila que se puede leer.

    De un archivo sin esa columna (separado por punto y coma, en UTF-16) o de una fila que una coma
    partió no se sabe qué dicen: ya las rechaza su forma, y aquí se pediría borrarlas.
    """
    with io.TextIOWrapper(
        lecturas.abrir(ruta), encoding="utf-8", errors="replace", newline=""
    ) as archivo:
        lector = csv.reader(archivo)
        titulos = next(lector, [])
        if "naturaleza" not in titulos:
            return
        columna = titulos.index("naturaleza")
        for campos in lector:
            if len(campos) == len(titulos):
                yield lector.line_num, campos[columna]


def al_recibir(proyecto: Proyecto, cuantas: int) -> ErrorDeDatos:
    """Por qué un archivo con ``cuantas`` medidas reales no entra en un repositorio público: nada
    está mal en el archivo, y quien lo envió no puede arreglarlo.
    """
    traidas = "una medida real" if cuantas == 1 else f"{cuantas:,} medidas reales"
    return ErrorDeDatos(
        *_donde_se_declara(proyecto),
        PUBLICO,
        REGLA,
        f"el archivo trae {traidas} y este repositorio es público, donde solo va la demostración."
        " Reciba el archivo en el repositorio privado de los datos; si es este, escriba aquí"
        f" {CLAVE}: privado (guias/despliegue.md dice cómo se hace uno). El archivo no hay que"
        " cambiarlo",
    )


def _donde_se_declara(proyecto: Proyecto) -> tuple[str, int | None, str]:
    linea = linea_de(arbol(lecturas.texto(proyecto.territorio)), [CLAVE])
    return proyecto.relativa(proyecto.territorio), linea, CLAVE
