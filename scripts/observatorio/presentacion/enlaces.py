"""Cómo se escribe un enlace a un KPI dentro de una página."""

from __future__ import annotations

from ..catalogo.direcciones import de_kpi
from ..resultados.resultados import Resultados


def enlace_kpi(r: Resultados, codigo: str) -> str:
    """El código de un KPI, enlazado a su página."""
    return f'<a href="@raiz@/{de_kpi(r.catalogo, codigo)}">{codigo}</a>'
