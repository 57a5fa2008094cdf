"""Señas de personas en los textos que no son notas de observaciones: fichas, plan, fuentes, unidades, recibos y firmas.

Todo texto de ``data/`` y de ``misiones/`` acaba en una página, un calendario o una descarga, de modo que se mira entero,
también los campos donde se espera un cargo. Las notas de las observaciones las mira la compuerta con sus reglas, y las
narraciones, ``cualitativo``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import yaml

from ..catalogo.lectura import CargadorYaml
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .nombres import parece_nombre
from .personas import SENAS, primera_sena
from .procedencia import OBSERVACIONES

DE_CARGO = frozenset({"quien", "responsable", "cargo"})
NO_SON_TEXTO = frozenset({
    "antes", "despues", "cifra", "valor", "numerador", "denominador", "codigo", "ubigeo", "lugar", "captacion", "unidad", "kpi", "periodo", "fecha",
    "recibo", "sha256", "huella", "huellas", "direccion", "correo", "traducir", "constante", "texto",
})
"""Claves y columnas de números, códigos, huellas y direcciones; el correo del sitio es público, y ``texto`` es el de las narraciones."""
Texto = tuple[str, int, str, str]
"""``(archivo, fila, columna, texto)``."""


def senas_en_textos(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por texto que señala a una persona; nunca repite lo hallado. Lo que no se puede leer lo dice quien lo lee."""
    textos = [*_de_los_yaml(proyecto), *_de_los_csv(proyecto)]
    distintos = list({t for *_, t in textos})
    senas = dict(zip(distintos, primera_sena(distintos), strict=True))
    for archivo, fila, columna, texto in textos:
        sena = senas[texto]
        if sena is None and columna.rpartition(".")[2] in DE_CARGO and parece_nombre(texto):
            sena = "nombre-de-persona"
        if sena:
            yield ErrorDeDatos(archivo, fila, columna, None, sena, SENAS[sena][1])


def _de_los_yaml(proyecto: Proyecto) -> Iterator[Texto]:
    for ruta in sorted([*proyecto.data.rglob("*.yml"), *proyecto.misiones.glob("*/hoja-de-ruta.yml")]):
        try:
            raiz = yaml.compose(ruta.read_text(encoding="utf-8"), Loader=CargadorYaml)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        if raiz is not None:
            yield from _hojas(proyecto.relativa(ruta), raiz, ())


def _hojas(archivo: str, nodo: yaml.Node, camino: tuple[str, ...]) -> Iterator[Texto]:
    """Los textos de un YAML con su línea; ``camino`` son las claves que llevan a él."""
    if isinstance(nodo, yaml.MappingNode):
        for clave, valor in nodo.value:
            if clave.value not in NO_SON_TEXTO:
                yield from _hojas(archivo, valor, (*camino, clave.value))
    elif isinstance(nodo, yaml.SequenceNode):
        for hijo in nodo.value:
            yield from _hojas(archivo, hijo, camino)
    elif nodo.tag == "tag:yaml.org,2002:str":
        yield archivo, nodo.start_mark.line + 1, ".".join(camino), nodo.value


def _de_los_csv(proyecto: Proyecto) -> Iterator[Texto]:
    for ruta in _tablas(proyecto):
        try:
            filas = list(csv.reader(io.StringIO(ruta.read_bytes().decode("utf-8"), newline=""), strict=True))
        except (OSError, UnicodeDecodeError, csv.Error):
            continue
        for numero, fila in enumerate(filas[1:], 2):
            for columna, texto in zip(filas[0], fila, strict=False):
                if texto and columna not in NO_SON_TEXTO:
                    yield proyecto.relativa(ruta), numero, columna, texto


def _tablas(proyecto: Proyecto) -> list[Path]:
    aparte = {*proyecto.observaciones.glob("*.csv"), *proyecto.recibos.glob(f"*/{OBSERVACIONES}")}
    return sorted(r for r in proyecto.data.rglob("*.csv") if r not in aparte and r.is_file() and not r.is_symlink())
