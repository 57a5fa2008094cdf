"""Señas de personas en los textos que no son notas de observaciones: fichas, plan, fuentes,
unidades, recibos y firmas.

Todo texto de ``data/`` y de ``misiones/`` acaba en una página, un calendario o una descarga, de
modo que se mira entero, también los campos donde se espera un cargo. Las notas de las observaciones
las mira la compuerta con sus reglas, y las narraciones, ``cualitativo``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from ..base import lecturas
from ..base.texto_plano import TextoIlegible, texto_de
from ..base.yaml_estricto import arbol
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .nombres import parece_nombre
from .personas import SENAS, primera_sena
from .tarjetas_de_recibo import OBSERVACIONES

DE_CARGO = frozenset({"quien", "responsable", "cargo"})
NO_SON_TEXTO = frozenset(
    {
        "antes",
        "despues",
        "cifra",
        "valor",
        "numerador",
        "denominador",
        "codigo",
        "ubigeo",
        "lugar",
        "captacion",
        "unidad",
        "kpi",
        "periodo",
        "fecha",
        "recibo",
        "sha256",
        "huella",
        "huellas",
        "huella_anterior",
        "huella_reglas",
        "version",
        "acta_privada",
        "sello",
        "copias",
        "boletin",
        "direccion",
        "correo",
        "traducir",
        "constante",
        "texto",
    }
)
"""Claves y columnas de números, códigos, huellas y direcciones; el correo del sitio es público, y
``texto`` es el de las narraciones.
"""
Texto = tuple[str, int, str, str]
"""``(archivo, fila, columna, texto)``."""


def senas_en_textos(proyecto: Proyecto) -> Iterator[ErrorDeDatos]:
    """Un error por texto que señala a una persona; nunca repite lo hallado."""
    yield from _senas([*textos_de_las_fichas(proyecto), *textos_de_las_tablas(proyecto)])


def senas_en_fichas(proyecto: Proyecto, rutas: Iterable[Path]) -> Iterator[ErrorDeDatos]:
    """Lo mismo, de unos YAML."""
    yield from _senas([*_textos_de(proyecto, rutas)])


def _senas(textos: list[Texto]) -> Iterator[ErrorDeDatos]:
    senas = _senas_de({t for *_, t in textos})
    for archivo, fila, columna, texto in textos:
        sena = senas[texto]
        if sena is None and columna.rpartition(".")[2] in DE_CARGO and parece_nombre(texto):
            sena = "nombre-de-persona"
        if sena:
            yield ErrorDeDatos(archivo, fila, columna, None, sena, SENAS[sena][1])


TEXTOS_RECORDADOS = 2**17
_VISTAS: dict[str, str | None] = {}


def _senas_de(distintos: set[str]) -> Mapping[str, str | None]:
    """La seña de cada texto; quien vuelve a validar en el mismo proceso (``importar``, ``ver``,
    ``vigilar``) solo busca en lo que no había visto.
    """
    nuevos = sorted(distintos - _VISTAS.keys())
    senas = {t: _VISTAS[t] for t in distintos - set(nuevos)}
    senas.update(zip(nuevos, primera_sena(nuevos), strict=True))
    if len(_VISTAS) + len(nuevos) > TEXTOS_RECORDADOS:
        _VISTAS.clear()
    _VISTAS.update(senas)
    return senas


def textos_de_las_fichas(
    proyecto: Proyecto, sin_mirar: frozenset[str] = NO_SON_TEXTO
) -> Iterator[Texto]:
    """Cada texto de los YAML de ``data/`` y de las misiones, salvo bajo esas claves y los del libro
    de actas, que se miran al leerlo.
    """
    rutas = [*proyecto.data.rglob("*.yml"), *proyecto.misiones.glob("*/hoja-de-ruta.yml")]
    de_fichas = sorted(r for r in rutas if r.parent != proyecto.sesiones)
    yield from _textos_de(proyecto, de_fichas, sin_mirar)


def _textos_de(
    proyecto: Proyecto, rutas: Iterable[Path], sin_mirar: frozenset[str] = NO_SON_TEXTO
) -> Iterator[Texto]:
    """Los de unas rutas, estén como estén: de una ficha que nadie más lee nadie lo diría."""
    for ruta in rutas:
        try:
            texto = _texto(lecturas.leer(ruta))
        except OSError:
            continue
        archivo = proyecto.relativa(ruta)
        yield from ((archivo, *hoja) for hoja in _hojas_de(texto, sin_mirar))


@lru_cache(maxsize=128)
def _hojas_de(texto: str, sin_mirar: frozenset[str]) -> tuple[tuple[int, str, str], ...]:
    try:
        raiz = arbol(texto)
    except yaml.YAMLError:
        return tuple(_renglones(texto, sin_mirar))
    return tuple(_hojas(raiz, (), sin_mirar)) if raiz is not None else ()


def _renglones(texto: str, sin_mirar: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Lo mismo de un YAML mal escrito: cada renglón por su cuenta; el que no se entiende, entero y
    con la clave por la que empieza.
    """
    for numero, renglon in enumerate(texto.splitlines(), 1):
        if (raiz := _arbol_de(renglon.strip())) is not None:
            yield from ((numero, *hoja[1:]) for hoja in _hojas(raiz, (), sin_mirar))
            continue
        clave, dos_puntos, valor = renglon.strip(" -").partition(":")
        suya = clave if dos_puntos else ""
        if suya not in sin_mirar:
            yield numero, suya, valor if dos_puntos else renglon


def _arbol_de(renglon: str) -> yaml.CollectionNode | None:
    """El de un renglón con sus claves o sus partes, como ``- {codigo: "01", nombre: Aguas}``."""
    try:
        raiz = arbol(renglon)
    except yaml.YAMLError:
        return None
    return raiz if isinstance(raiz, yaml.CollectionNode) else None


def _hojas(
    nodo: yaml.Node, camino: tuple[str, ...], sin_mirar: frozenset[str]
) -> Iterator[tuple[int, str, str]]:
    """``(línea, columna, texto)`` de cada texto de un YAML; ``camino`` son las claves que llevan a
    él.
    """
    if isinstance(nodo, yaml.MappingNode):
        for clave, valor in nodo.value:
            if clave.value not in sin_mirar:
                yield from _hojas(valor, (*camino, clave.value), sin_mirar)
    elif isinstance(nodo, yaml.SequenceNode):
        for hijo in nodo.value:
            yield from _hojas(hijo, camino, sin_mirar)
    elif nodo.tag == "tag:yaml.org,2002:str":
        yield nodo.start_mark.line + 1, ".".join(camino), nodo.value


def textos_de_las_tablas(
    proyecto: Proyecto, sin_mirar: frozenset[str] = NO_SON_TEXTO
) -> Iterator[Texto]:
    """Cada texto de los CSV de ``data/`` que no son observaciones, salvo el de esas columnas."""
    for ruta in _tablas(proyecto):
        try:
            filas = _filas(lecturas.leer(ruta))
        except OSError:
            continue
        archivo = proyecto.relativa(ruta)
        for numero, fila in enumerate(filas[1:], 2):
            for columna, texto in zip(filas[0], fila, strict=False):
                if texto and columna not in sin_mirar:
                    yield archivo, numero, columna, texto


def _filas(crudo: bytes) -> list[list[str]]:
    """Las de un CSV, esté como esté: en otra codificación, como lo guarda Excel, o con las comillas
    mal puestas, y entonces cada renglón entero. De una tabla que nadie más lee nadie lo diría.
    """
    texto = _texto(crudo)
    try:
        return list(csv.reader(io.StringIO(texto, newline=""), strict=True))
    except csv.Error:
        return [[""], *([renglon] for renglon in texto.splitlines()[1:])]


def _texto(crudo: bytes) -> str:
    try:
        return crudo.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return texto_de(crudo)
    except TextoIlegible:
        return crudo.decode("utf-8", "replace")


def _tablas(proyecto: Proyecto) -> list[Path]:
    aparte = {*proyecto.observaciones.glob("*.csv"), *proyecto.recibos.glob(f"*/{OBSERVACIONES}")}
    return sorted(
        r
        for r in proyecto.data.rglob("*.csv")
        if r not in aparte and r.is_file() and not r.is_symlink()
    )
