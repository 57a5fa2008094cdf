"""El título que Vega-Lite pondría en inglés a lo que resume («Mean of valor», «Count of Records»,
«fecha (year-month)»), en español. El que escribió el autor queda como está.
"""

from __future__ import annotations

import re
from typing import Any

from ...base.palabras import y_en_lista
from .vistas import canales, hijas, vistas

REGISTROS = "Número de registros"
RESUMIDO = {
    "average": "Promedio de",
    "distinct": "Valores distintos de",
    "max": "Máximo de",
    "mean": "Promedio de",
    "median": "Mediana de",
    "min": "Mínimo de",
    "missing": "Valores que faltan de",
    "product": "Producto de",
    "q1": "Primer cuartil de",
    "q3": "Tercer cuartil de",
    "stderr": "Error estándar de",
    "stdev": "Desviación estándar de",
    "stdevp": "Desviación estándar de",
    "sum": "Suma de",
    "valid": "Valores válidos de",
    "variance": "Varianza de",
    "variancep": "Varianza de",
}
"""``aggregate`` de Vega-Lite → lo que se lee delante del campo."""
UNIDADES = {
    "year": "año",
    "quarter": "trimestre",
    "month": "mes",
    "week": "semana",
    "dayofyear": "día del año",
    "date": "día",
    "day": "día de la semana",
    "hours": "hora",
    "minutes": "minuto",
    "seconds": "segundo",
    "milliseconds": "milésima",
}
UNIDAD = re.compile("|".join(UNIDADES))
CON_PAREJA = ("x2", "y2")
"""Los canales que llevan el título de su pareja."""


def con_rotulos(vista: dict[str, Any], callados: frozenset[str] = frozenset()) -> None:
    """Pone a cada canal su título en español, si Vega-Lite le haría uno y nadie escribió otro.

    Las capas de un gráfico comparten ejes, y Vega-Lite juntaría con el título escrito en una el que
    aquí se pusiera en otra: a esos canales, los ``callados``, no se les pone.
    """
    if "layer" in vista:
        callados |= {
            nombre for una in vistas(vista) for nombre, canal in canales(una) if _titulado(canal)
        }
    for nombre, canal in canales(vista):
        if nombre not in callados and nombre not in CON_PAREJA and not _titulado(canal):
            rotulo = _rotulo(canal)
            if rotulo:
                canal["title"] = rotulo
    for hija in hijas(vista):
        con_rotulos(hija, callados)


def _titulado(canal: dict[str, Any]) -> bool:
    guias = (canal.get(g) for g in ("axis", "legend", "header"))
    return "title" in canal or any(isinstance(g, dict) and "title" in g for g in guias)


def _rotulo(canal: dict[str, Any]) -> str:
    resumen, unidad = canal.get("aggregate"), canal.get("timeUnit")
    if resumen == "count":
        return REGISTROS
    campo = canal.get("field")
    if not isinstance(campo, str):
        return ""
    campo = campo.replace("\\", "")
    if isinstance(resumen, dict):
        return _del_extremo(campo, resumen)
    if isinstance(resumen, str):
        return f"{RESUMIDO[resumen]} {campo}" if resumen in RESUMIDO else ""
    if isinstance(unidad, dict):
        unidad = unidad.get("unit")
    if isinstance(unidad, str) and not unidad.startswith("binned"):
        partes = [UNIDADES[u] for u in UNIDAD.findall(unidad.removeprefix("utc"))]
        return f"{campo} ({y_en_lista(partes)})" if partes else ""
    if canal.get("bin") and canal["bin"] != "binned":
        return f"{campo} (por tramos)"
    return ""


def _del_extremo(campo: str, resumen: dict[str, Any]) -> str:
    """El de un campo donde otro es el mayor o el menor: ``{"argmax": "otro"}``."""
    for clave, dicho in (("argmax", "mayor"), ("argmin", "menor")):
        if clave in resumen:
            return f"{campo} donde {resumen[clave]} es {dicho}"
    return ""
