"""Qué hay en cada sitio de una planilla: lo saben quien la escribe y quien la lee.

Aparte de quien la escribe, que carga openpyxl: recibir un archivo no lo necesita.
"""

from __future__ import annotations

HOJA, OCULTA, AYUDA = "Llenar", "_observatorio", "Instrucciones"
VERSION = "2"
SI, NO = "Sí se midió", "No se midió"
PASA, NO_PASA = "Sí, uno solo", "No, ninguno"
COLUMNAS_OCULTAS = (
    "fila",
    "kpi",
    "periodo",
    "lugar",
    "grupo",
    "unidad",
    "fuente",
    "naturaleza",
    "medido",
    "numerador",
    "denominador",
    "valor",
    "nota",
    "aportan",
    "mayor",
)
CARGO, FECHA, FALTAN = "B7", "B8", "C8"
CLAVES, FIRMA, ENTRE = "D", "observatorio planilla", "|"
RAZON, MONTO = "razon", "monto"
DE_LA_CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad", "fuente", "naturaleza")


def filas_del_bloque(fila: int, razon: bool, monto: bool = False) -> dict[str, int | str]:
    """Dónde queda cada respuesta de la pregunta cuyo título está en ``fila``."""
    primera = fila + 2
    cifras: dict[str, int | str] = (
        {"numerador": primera, "denominador": primera + 1, "valor": ""}
        if razon
        else {"numerador": "", "denominador": "", "valor": primera}
    )
    sigue = primera + (2 if razon else 1)
    de_cuantos: dict[str, int | str] = (
        {"aportan": sigue, "mayor": sigue + 1} if monto else {"aportan": "", "mayor": ""}
    )
    nota = sigue + (2 if monto else 0)
    return {"fila": fila, "medido": fila + 1, **cifras, "nota": nota, **de_cuantos}
