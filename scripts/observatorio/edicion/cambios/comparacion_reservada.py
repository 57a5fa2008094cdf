"""Qué cambió entre dos ediciones, donde otros lo leen antes de que se publique: de qué KPI y en
cuántas celdas, sin ninguna cifra.

Lo que dice una propuesta no lo recuerda ``data/publicada/``: una cifra dicha ahí podría despejar,
por resta, otra protegida.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMO = {
    "KPI": "entra o sale del sitio",
    "estado": "cambia su estado",
    "naturaleza": "cambia la naturaleza de su cifra",
    "valor": "cambia su último valor",
    "cálculo": "cambia su cálculo",
    "ficha": "cambia su ficha",
}
"""Cada tipo de cambio de un KPI, dicho sin cifras."""
OTROS = {"agregado": "misiones u objetivos", "gráfico": "gráficos"}
CABECERA = (
    "Lo que cambiaría, sin ninguna cifra: las cifras se ven con «observatorio comparar» en una"
    " computadora que tenga los datos."
)


@dataclass(frozen=True, slots=True)
class CambioDeKpi:
    """Un KPI que cambia: en cuántas celdas y en qué."""

    codigo: str
    celdas: int
    que: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reservada:
    """Los KPI que cambian y cuántas otras cosas: misiones u objetivos, gráficos, tablas."""

    kpis: tuple[CambioDeKpi, ...]
    otros: tuple[tuple[str, int], ...]

    def como_dict(self) -> dict[str, object]:
        return {
            "kpis": [
                {"codigo": k.codigo, "celdas": k.celdas, "que": list(k.que)} for k in self.kpis
            ],
            "otros": dict(self.otros),
        }


def reservar(comparacion: Mapping[str, Any]) -> Reservada:
    """De lo que da ``comparar_ediciones``, lo que se puede decir antes de publicar."""
    de_kpi = [
        c
        for c in comparacion["cambios"]
        if c["tipo"] in (*COMO, "observaciones") and "-K" in c["codigo"]
    ]
    celdas = Counter(m["kpi"] for m in comparacion["medidas"])
    if not comparacion["medidas"]:
        for c in de_kpi:
            if c["tipo"] == "observaciones":
                celdas[c["codigo"]] += int(c["despues"].split()[0])
    codigos = sorted({c["codigo"] for c in de_kpi} | set(celdas))
    que = {
        codigo: tuple(
            COMO[t] for t in COMO if any(c["codigo"] == codigo and c["tipo"] == t for c in de_kpi)
        )
        for codigo in codigos
    }
    cuentas = Counter(
        OTROS.get(c["tipo"], "tablas y otros datos")
        for c in comparacion["cambios"]
        if c not in de_kpi
    )
    return Reservada(
        tuple(CambioDeKpi(k, celdas[k], que[k]) for k in codigos), tuple(sorted(cuentas.items()))
    )


def en_texto(r: Reservada) -> str:
    """Una línea por KPI."""
    if not r.kpis and not r.otros:
        return "Ninguna cifra, estado, resumen ni gráfico cambió."
    lineas = [CABECERA, "", f"Cambian {len(r.kpis)} KPI."]
    lineas += [f"  {k.codigo}: {'; '.join(_dicho(k))}" for k in r.kpis]
    lineas += [f"  {n} {que}" for que, n in r.otros]
    return "\n".join(lineas)


def en_html(r: Reservada) -> str:
    """Lo mismo como página suelta, sin gráficos: un gráfico es sus cifras."""
    cuerpo = html.escape(en_texto(r))
    return (
        '<!DOCTYPE html>\n<html lang="es">\n<head>\n<meta charset="utf-8">\n<title>Qué'
        " cambió</title>\n</head>\n<body>\n<h1>Qué cambió entre dos"
        f" ediciones</h1>\n<pre>{cuerpo}</pre>\n</body>\n</html>\n"
    )


def _dicho(k: CambioDeKpi) -> list[str]:
    celdas = [f"{k.celdas} {'celda' if k.celdas == 1 else 'celdas'}"] if k.celdas else []
    return [*celdas, *k.que]
