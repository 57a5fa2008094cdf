"""Catálogos con una ficha cambiada, para probar reglas sin escribir archivos."""

from __future__ import annotations

from dataclasses import replace

from observatorio.catalogo import Catalogo


def con_kpi(catalogo: Catalogo, codigo: str, **cambios: object) -> Catalogo:
    """El catálogo con una ficha cambiada."""
    misiones = tuple(
        m.model_copy(
            update={
                "okrs": tuple(
                    o.model_copy(
                        update={
                            "kpis": tuple(
                                k.model_copy(update=cambios) if k.codigo == codigo else k
                                for k in o.kpis
                            )
                        }
                    )
                    for o in m.okrs
                )
            }
        )
        for m in catalogo.misiones
    )
    return replace(catalogo, misiones=misiones)
