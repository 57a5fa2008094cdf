"""La procedencia de cada cifra: de qué fuente viene, de cuándo es, cómo se revisó, quién la aprobó
y qué la produjo.

Es la forma entera del sello; cómo se ve, entera y corta, está en ``presentacion/sellos.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...presentacion.sellos import corta
from ...resultados.procedencia import Procedencia, ProcedenciaReunida, reunir
from ...resultados.resultados import Resultados


def de_okrs(r: Resultados) -> dict[str, ProcedenciaReunida]:
    """``código → procedencia`` de lo que resume cada OKR."""
    return {
        o.codigo: reunir(r.procedencias[k.codigo] for k in o.kpis)
        for m in r.catalogo.misiones
        for o in m.okrs
    }


def de_misiones(r: Resultados) -> dict[str, ProcedenciaReunida]:
    """``slug → procedencia`` de lo que resume cada misión."""
    return {m.slug: reunir(r.procedencias[k.codigo] for k in m.kpis) for m in r.catalogo.misiones}


def reunidas(
    r: Resultados, productos: Mapping[str, str]
) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, object]]]:
    """Como se publica: ``(código de OKR → la suya, slug de misión → la suya)``, con el producto que
    la muestra.
    """
    por_okr, por_mision = de_okrs(r), de_misiones(r)
    okrs: dict[str, dict[str, object]] = {}
    misiones: dict[str, dict[str, object]] = {}
    for m in r.catalogo.misiones:
        producto = {"producto": productos.get(m.slug)}
        misiones[m.slug] = por_mision[m.slug].como_dict() | producto
        okrs |= {o.codigo: por_okr[o.codigo].como_dict() | producto for o in m.okrs}
    return okrs, misiones


def con_producto(procedencia: Procedencia, clave: str | None) -> dict[str, object]:
    """Como se publica: con su sello corto y la clave del producto que la muestra."""
    return {**procedencia.como_dict(), "sello": corta(procedencia), "producto": clave}
