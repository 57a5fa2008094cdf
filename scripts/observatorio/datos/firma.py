"""Todo acto que cambia o excusa un dato lleva motivo, quién (un cargo) y fecha; las señas de
personas las busca ``textos_libres``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ..errores import ErrorDeDatos

LARGO_MINIMO = 15


def defectos_de_firma(
    archivo: str, fila: Mapping[str, Any], corte: date, que: str
) -> Iterator[ErrorDeDatos]:
    """Los defectos de ``motivo``, ``quien`` y ``fecha`` de una fila de correcciones o de
    justificaciones.
    """

    def falta(columna: str, regla: str, remedio: str) -> ErrorDeDatos:
        return ErrorDeDatos(archivo, fila["fila"], columna, str(fila[columna]), regla, remedio)

    for campo in ("motivo", "quien", "fecha"):
        if not str(fila[campo]).strip():
            yield falta(campo, f"{que}-sin-firma", "diga motivo, quién y fecha")
    motivo, escrita = str(fila["motivo"]).strip(), str(fila["fecha"]).strip()
    if motivo and len(motivo) < LARGO_MINIMO:
        yield falta(
            "motivo",
            f"{que}-sin-motivo",
            f"explique el motivo con al menos {LARGO_MINIMO} letras: se publica",
        )
    if escrita:
        try:
            if date.fromisoformat(escrita) > corte:
                yield falta(
                    "fecha",
                    "fecha-futura",
                    f"la fecha es posterior a la fecha de corte ({corte.isoformat()})",
                )
        except ValueError:
            yield falta("fecha", "fecha-imposible", "escriba una fecha real como 2025-07-31")
