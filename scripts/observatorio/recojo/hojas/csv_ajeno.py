"""Los CSV que otro programa guarda de modo que sus campos no se separan, o no caen bajo su título:
qué son y cómo guardarlos.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import pairwise

from ...base.texto_plano import SEPARADORES, muestra_de

CON_R = "en R, guárdelo con write.csv(tabla, «archivo.csv», row.names = FALSE)"
CABECERA_CORTA = (
    "cabecera-corta",
    "los títulos son uno menos que los campos de cada fila: si el primero es el número de la fila,"
    f" como guarda write.table de R, {CON_R}, o borre esos números; si no, escriba el título que"
    " falta",
)
CON_ESPACIOS = (
    "separado-por-espacios",
    f"los campos se separan con espacios, como guarda write.table de R: {CON_R}; en otro programa,"
    " expórtelo como CSV separado por comas",
)
ENTRE_COMILLAS = (
    "filas-entre-comillas",
    "cada fila está entera entre comillas y es un solo campo: expórtelo de nuevo como CSV; si no"
    " puede, ábralo en un editor de texto, quite la comilla con que empieza y con que termina cada"
    " fila y deje en una las que están dobles",
)
MINIMO_DE_CAMPOS = 3
Filas = list[list[str]]


def forma_ajena(texto: str, separador: str) -> tuple[str, str] | None:
    """``(regla, remedio)`` de un CSV así; nada si no lo es. Se miran sus primeras líneas."""
    muestra = muestra_de(texto)
    filas = _filas(muestra, separador)
    if len(filas) < 2:
        return None
    if _entre_comillas(filas):
        return ENTRE_COMILLAS
    if _con_numeros_sin_titulo(filas):
        return CABECERA_CORTA
    if all(len(f) == 1 for f in filas) and _con_espacios(_filas(muestra, " ")):
        return CON_ESPACIOS
    return None


def _filas(texto: str, separador: str) -> Filas:
    try:
        return [f for f in csv.reader(io.StringIO(texto, newline=""), delimiter=separador) if f]
    except csv.Error:
        return []


def _entre_comillas(filas: Filas) -> bool:
    """Si cada fila, salvo quizá la de títulos, es un campo que lleva dentro otros tantos."""
    primera, *demas = filas
    if any(len(f) > 1 for f in demas):
        return False
    for signo in SEPARADORES:
        dentro = {len(x) for (campo,) in demas for x in _filas(campo, signo)}
        suya = primera if len(primera) > 1 else next(iter(_filas(primera[0], signo)), [])
        if dentro == {len(suya)} and len(suya) >= MINIMO_DE_CAMPOS:
            return len(primera) > 1 or signo in primera[0]
    return False


def _con_numeros_sin_titulo(filas: Filas) -> bool:
    titulos, *demas = filas
    return (
        len(titulos) >= MINIMO_DE_CAMPOS
        and all(len(f) == len(titulos) + 1 for f in demas)
        and _van_subiendo([f[0] for f in demas])
        and any(f[-1] for f in demas)
    )


def _van_subiendo(textos: Sequence[str]) -> bool:
    """Si son los números de unas filas: enteros, cada uno mayor que el anterior."""
    if not all(t.isascii() and t.isdigit() and len(t) < 10 for t in textos):
        return False
    numeros = [int(t) for t in textos]
    return all(a < b for a, b in pairwise(numeros))


def _con_espacios(filas: Filas) -> bool:
    if len(filas) < 2:
        return False
    titulos, *demas = filas
    anchos = {len(f) for f in demas}
    return len(titulos) >= MINIMO_DE_CAMPOS and anchos in ({len(titulos)}, {len(titulos) + 1})
