"""Lo que una ficha dice de sus propios datos: que no hay línea de base, que nadie midió, que
todavía no se carga.

Son frases fijas, que las fichas usan y la guía para contribuir enseña: así un texto que calla y una
cifra que habla no llegan juntos a la página. Lo que se mide contra los datos está en
``datos.desmentidos``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ..base.periodos import meses_fin
from .hallazgos import DeUnKpi
from .modelos import Kpi

if TYPE_CHECKING:
    from .catalogo import Catalogo

SIN_BASE = re.compile(
    r"(?:no hay|no tiene|todavía sin|^sin|[.:;] sin) línea de base(?!\s+\w+ada)", re.IGNORECASE
)
SIN_MEDIR = re.compile(
    r"(?:todavía|aún) no se ha medido|nadie ha medido todavía|nunca se (?:ha medido|midió)",
    re.IGNORECASE,
)
SIN_CARGAR = re.compile(r"«?sin datos»? hasta\b|\bhasta\b[^.]*\bdice «sin datos»", re.IGNORECASE)
SIN_ANTES = re.compile(r"\bnadie\b[^.:;]*\bantes de ((?:19|20)[0-9]{2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dicho:
    """Una frase de la ficha que calla datos. ``desde``: primer año del que puede haberlos; nulo,
    ninguno.
    """

    frase: str
    calla_base: bool
    calla_datos: bool
    desde: int | None = None


def dichos(kpi: Kpi) -> tuple[Dicho, ...]:
    """Las frases de la definición, la justificación y las limitaciones que callan datos."""
    textos = (kpi.definicion, kpi.justificacion, kpi.limitaciones)
    return tuple(d for texto in textos for d in _dichos_en(texto))


@lru_cache(maxsize=4096)
def _dichos_en(texto: str) -> tuple[Dicho, ...]:
    """Lo que calla un texto: casi ninguno cambia entre una revisión y la siguiente."""
    hallados = []
    for patron, base, datos in (
        (SIN_BASE, True, False),
        (SIN_MEDIR, True, True),
        (SIN_CARGAR, False, True),
    ):
        hallados += [Dicho(m[0].lstrip(".:; "), base, datos) for m in patron.finditer(texto)]
    hallados += [Dicho(m[0], True, True, int(m[1])) for m in SIN_ANTES.finditer(texto)]
    return tuple(hallados)


def revisar(catalogo: Catalogo, kpi: Kpi) -> Iterator[DeUnKpi]:
    """La línea de base que el texto de su propia ficha niega, o la inventada donde la cifra oficial
    existe.
    """
    base = kpi.linea_base
    if base is None:
        return
    for d in dichos(kpi):
        if d.calla_base and (d.desde is None or meses_fin(base.periodo_efectivo) <= d.desde * 12):
            yield (
                kpi.codigo,
                "linea_base",
                f"{base.valor:g}",
                "base-que-su-texto-niega",
                (
                    f"la ficha de {kpi.codigo} dice «{d.frase}»: ponga linea_base: null, o quite la"
                    " frase"
                ),
            )
            return
    fuente = catalogo.fuentes.get(base.fuente)
    if fuente and fuente.publica_la_cifra and base.naturaleza == "demostracion":
        yield (
            kpi.codigo,
            "linea_base",
            f"{base.valor:g}",
            "cifra-oficial-inventada",
            (
                f"la base de {kpi.codigo} la publica {fuente.institucion}: cargue la suya o ponga"
                " linea_base: null"
            ),
        )
