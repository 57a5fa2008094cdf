"""La procedencia de cada cifra: de qué fuente viene, de cuándo es, cómo se revisó, quién la aprobó y qué la produjo.

Es la forma entera del sello; cómo se ve, entera y corta, está en ``presentacion/sellos.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..presentacion.sello_conjunto import reunir
from ..presentacion.sellos import corta
from ..resultados.procedencia import procedencias
from ..resultados.resultados import Resultados


def reunidas(
    r: Resultados, productos: Mapping[str, str]
) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, object]]]:
    """La procedencia de lo que resume: ``(código de OKR → la suya, slug de misión → la suya)``, con el producto que la muestra."""
    todas = procedencias(r)
    okrs, misiones = {}, {}
    for m in r.catalogo.misiones:
        producto = {"producto": productos.get(m.slug)}
        misiones[m.slug] = reunir(todas[k.codigo] for k in m.kpis) | producto
        for o in m.okrs:
            okrs[o.codigo] = reunir(todas[k.codigo] for k in o.kpis) | producto
    return okrs, misiones


def con_producto(procedencia: Mapping[str, object], clave: str | None) -> dict[str, object]:
    """La procedencia con su sello corto y la clave del producto que la muestra."""
    return {**procedencia, "sello": corta(procedencia), "producto": clave}
