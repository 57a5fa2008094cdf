"""Los nombres oficiales se escriben de una sola manera, cada sigla tiene su tarjeta y cada oficina,
un nombre.

Sin ``data/nombres-oficiales.yml``, o con él vacío, no se revisa ninguna sigla.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..base.plegado import plegado
from .hallazgos import Hallazgo
from .modelos import Kpi
from .nombres import NombreOficial

if TYPE_CHECKING:
    from .catalogo import Catalogo

ARCHIVO = "data/nombres-oficiales.yml"
SIGLA = re.compile(r"(?<![\w-])[A-ZÁÉÍÓÚÑ]{3,}(?:-[A-ZÁÉÍÓÚÑ]{2,})*(?![\w-])")
PALABRA = re.compile(r"\w+")
LARGO_SIN_MAYUSCULA = 5
"""Desde cuántas letras una sigla escrita en minúscula ya no puede ser otra palabra."""
GENERICAS = frozenset(
    [
        "a",
        "al",
        "con",
        "de",
        "del",
        "el",
        "en",
        "la",
        "las",
        "los",
        "o",
        "para",
        "por",
        "su",
        "un",
        "una",
        "y",
        "area",
        "coordinacion",
        "equipo",
        "especialista",
        "estrategia",
        "gerencia",
        "oficina",
        "responsable",
        "secretaria",
        "subgerencia",
        "unidad",
    ]
)
"""Lo que no distingue a una oficina de otra."""


def revisar(catalogo: Catalogo) -> Iterator[Hallazgo]:
    """Los nombres mal escritos, las siglas sin tarjeta y las oficinas con dos nombres."""
    yield from _del_archivo(catalogo)
    yield from _oficinas(catalogo)
    if not catalogo.nombres:
        return
    malos = [(e.casefold(), m, n) for n in catalogo.nombres for e, m in _escrituras(n)]
    conocidas = {p for n in catalogo.nombres for p in (n.nombre, *SIGLA.findall(n.nombre))}
    for mision, _, kpi in catalogo.recorrer():
        archivo = f"misiones/{mision.slug}/hoja-de-ruta.yml"
        for campo, texto in _textos(kpi):
            sin_mayusculas = texto.casefold()
            for escrita, patron, oficial in malos:
                # Buscar la letra es diez veces más barato que la expresión, y casi nunca está.
                for hallado in patron.finditer(texto) if escrita in sin_mayusculas else ():
                    if hallado[0] != oficial.nombre and not _otra_palabra(hallado[0], oficial):
                        yield (
                            archivo,
                            kpi.codigo,
                            campo,
                            hallado[0],
                            "nombre-oficial-mal-escrito",
                            f"en {kpi.codigo} escriba «{oficial.nombre}»: {oficial.que_es}",
                        )
            for sigla in dict.fromkeys(SIGLA.findall(texto)):
                if sigla not in conocidas and not conocidas.issuperset(sigla.split("-")):
                    yield (
                        archivo,
                        kpi.codigo,
                        campo,
                        sigla,
                        "sigla-sin-tarjeta",
                        (
                            f"{kpi.codigo} la usa: añádala a {ARCHIVO} con lo que es, o escríbala"
                            " como allí"
                        ),
                    )


def _escrituras(oficial: NombreOficial) -> Iterator[tuple[str, re.Pattern[str]]]:
    for escrita in (oficial.nombre, *oficial.variantes):
        yield escrita, re.compile(rf"(?<![\w-]){re.escape(escrita)}(?![\w-])", re.IGNORECASE)


def _otra_palabra(hallada: str, oficial: NombreOficial) -> bool:
    """Si en minúscula puede ser una palabra corriente: «ana», «sis»."""
    return hallada.islower() and len(oficial.nombre) < LARGO_SIN_MAYUSCULA


def _textos(kpi: Kpi) -> Iterator[tuple[str, str]]:
    for campo in (
        "nombre",
        "nombre_corto",
        "definicion",
        "responsable",
        "justificacion",
        "limitaciones",
    ):
        yield campo, getattr(kpi, campo)
    yield "formula.numerador", kpi.formula.numerador
    yield "formula.denominador", kpi.formula.denominador or ""
    if kpi.linea_base:
        yield "linea_base.nota", kpi.linea_base.nota or ""
    if kpi.meta:
        yield "meta.nota", kpi.meta.nota or ""


def _del_archivo(catalogo: Catalogo) -> Iterator[Hallazgo]:
    vistos: dict[str, str] = {}
    for n in catalogo.nombres:
        if n.fuente and n.fuente not in catalogo.fuentes:
            yield (
                ARCHIVO,
                n.nombre,
                "fuente",
                n.fuente,
                "fuente-desconocida",
                f"«{n.nombre}» cita una tarjeta que no está en data/fuentes.yml: añádala o corrija",
            )
        for escrita in (n.nombre, *n.variantes):
            if vistos.setdefault(escrita.casefold(), n.nombre) != n.nombre:
                yield (
                    ARCHIVO,
                    n.nombre,
                    "nombre",
                    escrita,
                    "nombre-oficial-repetido",
                    "deje una sola entrada por nombre, con sus variantes",
                )


def _oficinas(catalogo: Catalogo) -> Iterator[Hallazgo]:
    vistas: dict[frozenset[str], str] = {}
    for mision, _, kpi in catalogo.recorrer():
        palabras = frozenset(PALABRA.findall(plegado(kpi.responsable))) - GENERICAS
        primera = vistas.setdefault(palabras, kpi.responsable) if palabras else kpi.responsable
        if primera != kpi.responsable:
            yield (
                f"misiones/{mision.slug}/hoja-de-ruta.yml",
                kpi.codigo,
                "responsable",
                kpi.responsable,
                "oficina-con-dos-nombres",
                (
                    f"otro KPI la llama «{primera}»: escríbala igual en {kpi.codigo}, o diga qué la"
                    " distingue"
                ),
            )
