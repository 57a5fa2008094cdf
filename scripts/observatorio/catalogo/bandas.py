"""Bandas: el límite permisible va con su sentido y del lado que le toca.

CEPLAN llama *no definido* al indicador que no debe subir ni bajar sin fin, y pide decir si su
límite es un máximo o un mínimo permisible. Aquí la banda es ``meta ± tolerancia``: el límite es uno
de sus bordes, y la nota de la meta lo escribe, para que nadie tome el centro de la banda por el
límite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..base.numeros import numero
from .hallazgos import DeUnKpi
from .modelos import Kpi

LADO = {"máximo permisible": 1, "mínimo permisible": -1}
"""El borde de la banda que es el límite."""
LIMITE = re.compile(r"\b(máximo|mínimo) permisible es (?:de )?([0-9]+(?:\.[0-9]+)?)", re.IGNORECASE)
IGUAL = 1e-9


def revisar(kpi: Kpi) -> Iterator[DeUnKpi]:
    """Los defectos de la banda de un KPI."""
    permisible = kpi.tipo_agregacion in LADO
    if permisible != (kpi.sentido == "no definido"):
        yield (
            kpi.codigo,
            "tipo_agregacion",
            kpi.tipo_agregacion,
            "banda-sin-su-sentido",
            f"{kpi.codigo} es de sentido {kpi.sentido}: "
            + (
                "use agregable o no agregable, o cambie el sentido a «no definido»"
                if permisible
                else "use «máximo permisible» o «mínimo permisible»"
            ),
        )
    elif permisible and kpi.meta:
        yield from _limite(kpi, kpi.meta.valor, kpi.meta.nota or "")


def _limite(kpi: Kpi, centro: float, nota: str) -> Iterator[DeUnKpi]:
    debe = centro + LADO[kpi.tipo_agregacion] * kpi.tolerancia
    frase = f"El {kpi.tipo_agregacion} es {numero(debe, kpi.decimales)}"
    hallado = LIMITE.search(nota)
    if hallado is None:
        yield (
            kpi.codigo,
            "meta.nota",
            nota or None,
            "limite-sin-decir",
            f"escriba en la nota de la meta de {kpi.codigo}: «{frase}.»",
        )
        return
    tipo, limite = f"{hallado[1].lower()} permisible", float(hallado[2])
    if tipo != kpi.tipo_agregacion or abs(limite - debe) > IGUAL:
        yield (
            kpi.codigo,
            "meta.nota",
            hallado[0],
            "limite-al-reves",
            (
                f"la banda de {kpi.codigo} va de {numero(centro - kpi.tolerancia, kpi.decimales)} a"
                f" {numero(centro + kpi.tolerancia, kpi.decimales)} y su tipo es"
                f" «{kpi.tipo_agregacion}»: corrija el tipo, la tolerancia o la nota («{frase}»)"
            ),
        )
