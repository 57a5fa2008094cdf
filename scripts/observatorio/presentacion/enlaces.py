"""Cómo se escribe un enlace a un KPI y una fecha dentro de una página."""

from __future__ import annotations

from ..base.periodos import legible
from ..catalogo.direcciones import de_kpi
from ..resultados.resultados import Resultados


def fecha_larga(iso: str) -> str:
    """``2026-10-31`` → «31 de octubre de 2026»."""
    anio, mes, dia = iso.split("-")
    return f"{int(dia)} de {legible(f'{anio}-{mes}')}"


def enlace_kpi(r: Resultados, codigo: str) -> str:
    """El código de un KPI, enlazado a su página."""
    return f'<a href="@raiz@/{de_kpi(r.catalogo, codigo)}">{codigo}</a>'
