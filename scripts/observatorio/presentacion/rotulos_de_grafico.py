"""El título que Vega-Lite pondría en inglés a lo que resume («Mean of valor», «Count of Records»,
«fecha (year-month)»), en español. El que escribió el autor queda como está.
"""

from __future__ import annotations

import re
from typing import Any

from ..base.palabras import y_en_lista

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


def con_rotulo(canal: dict[str, Any]) -> None:
    """Pone al canal su título en español, si Vega-Lite le haría uno y nadie escribió otro."""
    if "title" not in canal and (rotulo := _rotulo(canal)):
        canal["title"] = rotulo


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
