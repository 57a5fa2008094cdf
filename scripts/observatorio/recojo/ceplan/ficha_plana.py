"""Un KPI del catálogo como fila de hoja de cálculo, y de vuelta: los campos anidados llevan punto y
las listas, barra.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from ...catalogo.modelos import Enlace, Kpi
from ...datos.reglas import NUMERO

LISTAS = {"desagregaciones"}
ENLACES = "enlaces"
ENLACE = re.compile(r"^(\w+) (\w+) (\S+ \w+(?: \+ \S+ \w+)*)(?: hace (\d+) meses)?$")
"""Un enlace en palabras: «denominador igual M1-K10 denominador», o «… hace 12 meses»."""
BOOLEANOS = {nombre for nombre, campo in Kpi.model_fields.items() if campo.annotation is bool}
NUMEROS = {
    "formula.factor",
    "linea_base.numerador",
    "linea_base.denominador",
    "gracia",
    "tolerancia",
    "nivel",
    "decimales",
}
ASUMIDO, DECLARADOS = "linea_base.asumido", "logros_declarados"
EN_LA_MATRIZ = {
    "codigo",
    "nombre",
    "unidad",
    "sentido",
    "tipo_agregacion",
    "relevancia",
    "responsable",
    "fuente",
    "justificacion",
    "limitaciones",
    "linea_base.periodo",
    "linea_base.periodo_asumido",
    "linea_base.valor",
    "meta.valor",
    "logros_esperados",
}
SI, NO = "sí", "no"
BINARIOS = {SI: True, "si": True, NO: False}
"""Lo único que vale en un campo de sí o no; lo demás queda como texto, para que la ficha diga el
error.
"""


def aplanar(kpi: Kpi) -> dict[str, object]:
    """Todos los campos de la ficha, con punto; ``linea_base.asumido`` y ``logros_declarados``
    resumen lo que la matriz no dice.
    """
    salida: dict[str, object] = {}
    for campo, valor in kpi.model_dump(mode="json", exclude_none=True).items():
        if campo == "logros_esperados":
            continue
        if isinstance(valor, dict):
            salida |= {f"{campo}.{c}": v for c, v in valor.items()}
        else:
            salida[campo] = "|".join(valor) if campo in LISTAS else valor
    salida[ENLACES] = "|".join(_en_palabras(e) for e in kpi.enlaces)
    salida |= {c: SI if salida[c] else NO for c in BOOLEANOS}
    if kpi.linea_base:
        salida[ASUMIDO] = NO if kpi.linea_base.periodo else SI
    salida[DECLARADOS] = "|".join(str(a) for a in sorted(kpi.logros_esperados))
    return salida


def anidar(plana: Mapping[str, str]) -> dict[str, object]:
    """Lo inverso de ``aplanar`` sobre textos; los campos vacíos se omiten y los números se leen
    como tales.
    """
    salida: dict[str, Any] = {"linea_base": None, "meta": None}
    for campo, texto in plana.items():
        if texto == "" or campo in (ASUMIDO, DECLARADOS):
            continue
        valor: object = texto
        if campo in LISTAS:
            valor = texto.split("|")
        elif campo == ENLACES:
            valor = [_enlace(e) for e in texto.split("|")]
        elif campo in BOOLEANOS:
            valor = BINARIOS.get(texto.strip().lower(), f"«{texto}»")
        elif campo in NUMEROS or campo.endswith(".valor"):
            valor = numero(texto)
        raiz, _, hoja = campo.partition(".")
        if hoja:
            salida[raiz] = {**(salida.get(raiz) or {}), hoja: valor}
        else:
            salida[raiz] = valor
    return salida


def _en_palabras(enlace: Enlace) -> str:
    con = " + ".join(f"{o.kpi} {o.parte}" for o in enlace.con)
    antes = f" hace {enlace.meses_antes} meses" if enlace.meses_antes else ""
    return f"{enlace.parte} {enlace.tipo} {con}{antes}"


def _enlace(texto: str) -> object:
    """Lo que la ficha escribe de un enlace; el texto tal cual si no se entiende, para que ella diga
    el error.
    """
    hallado = ENLACE.match(texto.strip())
    if hallado is None:
        return texto
    parte, tipo, con, antes = hallado.groups()
    otros = [otro.split(" ") for otro in con.split(" + ")]
    return {
        "parte": parte,
        "tipo": tipo,
        "con": [{"kpi": kpi, "parte": suya} for kpi, suya in otros],
        **({"meses_antes": int(antes)} if antes else {}),
    }


def numero(texto: str) -> float | int | str:
    """Entero si lo es; el texto tal cual si no es un número, para que la ficha diga el error.

    Python lee como número más de lo que aquí se admite («1_028», «2.8e1»), y la ficha también: va
    entre comillas, para que ella no lo tome por uno.
    """
    try:
        valor = float(texto)
    except ValueError:
        return texto
    if isfinite(valor) and not re.match(NUMERO, texto):
        return f"«{texto}»"
    return int(valor) if valor.is_integer() else valor
