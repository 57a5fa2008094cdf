"""Los defectos que halla pydantic en una ficha, dichos en español: qué regla se rompe, dónde y cómo
se remedia.

Una clave mal escrita es un solo defecto, aunque para el modelo sobre un campo y falte otro. Lo que
solo se sigue de un defecto ya dicho (la rama de una unión que no es la escrita, la lista que queda
corta porque sus elementos fallan) no se dice.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ..base.cifras import defecto_de_cifra
from ..base.fechas import propuesta_de_dia
from ..base.palabras import y_en_lista
from .formas import SIN_FORMA

FALTA, SOBRA = "missing", "extra_forbidden"
NUMERO = ("ficha-no-es-numero", "escriba un número con punto decimal, sin comillas")
ENTERO = ("ficha-no-es-entero", "escriba un número entero, sin comillas")
SI_O_NO = ("ficha-no-es-si-o-no", "escriba true o false")
FECHA = ("ficha-no-es-fecha", "escriba una fecha real y sin hora, como 2025-07-31")
BLOQUE = ("ficha-no-es-bloque", "escriba un bloque de campos, uno por línea")
LISTA = ("ficha-no-es-lista", "escriba una lista, un guion por elemento")
RANGO, SIN_SU_FORMA, INCOHERENTE = "ficha-fuera-de-rango", "ficha-forma", "ficha-incoherente"
NO_ES_TEXTO = "ficha-no-es-texto"
REGLAS = {
    FALTA: ("ficha-falta-campo", "añada el campo: es obligatorio en la ficha"),
    SOBRA: ("ficha-campo-desconocido", "borre el campo o corrija su nombre: la ficha no lo tiene"),
    SIN_FORMA: (SIN_SU_FORMA, "{mensaje}"),
    "literal_error": ("ficha-palabra-no-admitida", "use una de las palabras admitidas: {expected}"),
    "float_type": NUMERO,
    "float_parsing": NUMERO,
    "finite_number": ("ficha-numero-sin-fin", "escriba un número, ni infinito ni NaN"),
    "int_type": ENTERO,
    "int_parsing": ENTERO,
    "int_from_float": ENTERO,
    "int_parsing_size": (
        "ficha-numero-desmedido",
        "revise la cifra: es mayor que cualquier medida posible",
    ),
    "bool_type": SI_O_NO,
    "bool_parsing": SI_O_NO,
    "date_type": FECHA,
    "date_parsing": FECHA,
    "date_from_datetime_parsing": FECHA,
    "date_from_datetime_inexact": FECHA,
    "dict_type": BLOQUE,
    "model_type": BLOQUE,
    "list_type": LISTA,
    "tuple_type": LISTA,
    "string_type": (NO_ES_TEXTO, "escríbalo entre comillas: se espera un texto"),
    "string_unicode": (NO_ES_TEXTO, "escríbalo de nuevo: tiene letras que no son UTF-8"),
    "string_too_short": ("ficha-texto-corto", "complete el texto: mínimo {min_length} caracteres"),
    "string_too_long": ("ficha-texto-largo", "acorte el texto: máximo {max_length} caracteres"),
    "greater_than_equal": (RANGO, "use un valor de {ge} o más"),
    "less_than_equal": (RANGO, "use un valor de {le} o menos"),
    "greater_than": (RANGO, "use un valor mayor que {gt}"),
    "less_than": (RANGO, "use un valor menor que {lt}"),
    "too_short": ("ficha-lista-corta", "complete la lista: mínimo {min_length}"),
    "too_long": ("ficha-lista-larga", "acorte la lista: máximo {max_length}"),
    "value_error": (INCOHERENTE, "{error}"),
}
OTRA = (
    "ficha-valor-no-admitido",
    "corrija el valor: no tiene la forma que pide la ficha (véase su esquema en data/esquemas)",
)
PARECIDO = 0.75
PARECIDAS = str.maketrans(
    "АВЕЅІЈКМНОРСТХУасеіјорѕхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧο\u2010\u2011\u2012\u2013\u2212",
    "ABESIJKMHOPCTXYaceijopsxyABEZHIKMNOPTYXo-----",
)
"""Letras cirílicas y griegas, y guiones, que se ven como los corrientes y no lo son."""
ALFABETOS = {"CYRILLIC": "cirílica", "GREEK": "griega"}
Camino = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class DefectoDeFicha:
    """Un defecto y su ``camino`` en el archivo: claves y posiciones desde la raíz."""

    camino: Camino
    valor: str | None
    regla: str
    remedio: str


def defectos_de_ficha(
    error: ValidationError, crudo: object, tipo: TypeAdapter
) -> Iterator[DefectoDeFicha]:
    """Los defectos de ``crudo``, que ``tipo`` rechazó con ``error``."""
    hallados = [(_camino(crudo, x), x) for x in error.errors(include_url=False)]
    hallados = [(c, x) for c, x in hallados if not _se_sigue(c, x)]
    propuestas = _propuestas(hallados, crudo, tipo)
    faltas_dichas = {(*c[:-1], campo) for c, (campo, falta) in propuestas.items() if falta}
    for camino, x in hallados:
        if x["type"] == FALTA and camino in faltas_dichas:
            continue
        regla, remedio = regla_y_remedio(x)
        if x["type"] == FALTA and isinstance(camino[-1], int):
            remedio = "complete la lista: le falta un elemento"
        if x["type"] == "literal_error" and (
            palabra := parecido(str(x["input"]), re.findall("«([^»]*)»", remedio))
        ):
            remedio = con_propuesta(palabra, f"si no, {remedio}", str(x["input"]))
        if camino in propuestas:
            campo, falta = propuestas[camino]
            remedio = con_propuesta(
                campo,
                (
                    "es obligatorio y así escrito falta: corrija el nombre del campo"
                    if falta
                    else "si no, borre el campo: la ficha no lo tiene"
                ),
                str(camino[-1]),
            )
        yield DefectoDeFicha(
            camino, None if x["type"] == FALTA else _valor(x["input"]), regla, remedio
        )


def regla_y_remedio(x: ErrorDetails) -> tuple[str, str]:
    """El nombre de la regla y su remedio, con los límites y las palabras que el modelo declara."""
    if x["type"] == "float_parsing" and (escrita := defecto_de_cifra(x["input"])):
        return escrita
    regla, plantilla = REGLAS.get(x["type"], OTRA)
    if regla == FECHA[0] and (propuesta := propuesta_de_dia(str(x["input"]))):
        return regla, propuesta
    contexto = {c: _dicho(v) for c, v in (x.get("ctx") or {}).items()} | {"mensaje": x["msg"]}
    return regla, plantilla.format_map(contexto)


def _dicho(valor: object) -> str:
    """Un límite o una lista de palabras de pydantic, como se escribe aquí."""
    if isinstance(valor, int | float):
        return f"{valor:g}"
    return re.sub(r"'([^']*)'", r"«\1»", str(valor).replace(" or ", " o "))


def _camino(crudo: object, x: ErrorDetails) -> Camino:
    """Dónde está en el archivo: la ruta de pydantic sin los nombres de sus modelos, que en el
    archivo no están.
    """
    camino: list[str | int] = []
    for i, paso in enumerate(x["loc"]):
        hijo = _hijo(crudo, paso)
        if hijo is not None:
            crudo = hijo[0]
        elif x["type"] != FALTA or i < len(x["loc"]) - 1:
            continue
        camino.append(paso)
    return tuple(camino)


def _hijo(nodo: object, paso: str | int) -> tuple[object] | None:
    if isinstance(nodo, dict):
        return next(((v,) for c, v in nodo.items() if str(c) == str(paso)), None)
    return (
        (nodo[paso],)
        if isinstance(nodo, list) and isinstance(paso, int) and paso < len(nodo)
        else None
    )


def _se_sigue(camino: Camino, x: ErrorDetails) -> bool:
    """¿Lo causa otro defecto que también se dice?"""
    if x["type"] == "too_short":
        return len(x["input"]) >= x["ctx"]["min_length"]
    en_union = len(camino) < sum(p != "[key]" for p in x["loc"])
    return en_union and (
        x["type"] == "model_type" or (x["type"] == "literal_error" and isinstance(x["input"], dict))
    )


def _propuestas(
    hallados: Iterable[tuple[Camino, ErrorDetails]], crudo: object, tipo: TypeAdapter
) -> dict[Camino, tuple[str, bool]]:
    """De cada campo que sobra y se parece a uno que no está: cuál, y si ese es obligatorio."""
    sobran = [c for c, x in hallados if x["type"] == SOBRA]
    faltan = {c for c, x in hallados if x["type"] == FALTA}
    salida: dict[Camino, tuple[str, bool]] = {}
    for camino in sobran:
        padre = camino[:-1]
        ya_dichos = {str(c) for c in _en(crudo, padre)} | {
            campo for c, (campo, _) in salida.items() if c[:-1] == padre
        }
        posibles = {
            campo: (*padre, campo) in faltan for campo in sorted(campos_en(tipo, padre) - ya_dichos)
        }
        campo = parecido(str(camino[-1]), posibles)
        if campo:
            salida[camino] = campo, posibles[campo]
    return salida


def _en(nodo: object, camino: Camino) -> Mapping:
    for paso in camino:
        nodo = (_hijo(nodo, paso) or (None,))[0]
    return nodo if isinstance(nodo, dict) else {}


def parecido(escrito: str, posibles: Iterable[str]) -> str | None:
    """El nombre que más se parece a lo escrito, sin mirar tildes, mayúsculas ni guiones; ninguno si
    todos quedan lejos.
    """
    por_llano = {_llano(p): p for p in posibles}
    cerca = difflib.get_close_matches(_llano(escrito), por_llano, 1, PARECIDO)
    return por_llano[cerca[0]] if cerca else None


def con_propuesta(palabra: str | None, que: str, escrita: str = "") -> str:
    """Qué pasa o qué hacer y, delante, la palabra que quizá se quiso escribir, si se sabe.

    De una ``escrita`` que a la vista es la misma, solo se dice qué letras suyas no lo son.
    """
    if palabra and escrita != palabra and con_letras_latinas(escrita) == palabra:
        return f"escriba de nuevo «{palabra}»: se ve igual, y {_que_lleva(escrita)}"
    return f"¿quiso decir «{palabra}»? {que[0].upper()}{que[1:]}" if palabra else que


def con_letras_latinas(texto: str) -> str:
    """El texto con las letras y guiones corrientes en lugar de los que solo se les parecen."""
    return texto.translate(PARECIDAS)


def _que_lleva(escrita: str) -> str:
    """Cuáles de sus signos solo se parecen a los corrientes: ``su letra 1 («М») es cirílica``."""
    dichos = []
    for i, c in enumerate(escrita, 1):
        if c != con_letras_latinas(c):
            alfabeto = ALFABETOS.get(unicodedata.name(c).split()[0])
            dichos.append(
                f"su letra {i} («{c}») es {alfabeto}"
                if alfabeto
                else f"su signo {i} («{c}») no es el guion corriente"
            )
    return y_en_lista(dichos)


def _llano(texto: str) -> str:
    sin_tildes = "".join(
        c
        for c in unicodedata.normalize("NFD", con_letras_latinas(texto))
        if not unicodedata.combining(c)
    )
    return re.sub(r"[-\s]+", "_", sin_tildes.lower())


def campos_en(tipo: TypeAdapter, camino: Camino) -> set[str]:
    """Los campos que la ficha admite en ``camino``, según su esquema."""
    esquema = tipo.json_schema()
    definidos = esquema.get("$defs", {})
    nodos = list(_ramas(esquema, definidos))
    for paso in camino:
        nodos = [r for n in nodos for h in _dentro(n, paso) for r in _ramas(h, definidos)]
    return {campo for n in nodos for campo in n.get("properties", {})}


def _ramas(nodo: Mapping, definidos: Mapping) -> Iterator[Mapping]:
    propio = definidos[nodo["$ref"].rpartition("/")[2]] if "$ref" in nodo else nodo
    if "anyOf" not in propio:
        yield propio
    for rama in propio.get("anyOf", ()):
        yield from _ramas(rama, definidos)


def _dentro(nodo: Mapping, paso: str | int) -> Iterable[Mapping]:
    if isinstance(paso, int) and "items" in nodo:
        return [nodo["items"]]
    propio, otros = nodo.get("properties", {}).get(paso), nodo.get("additionalProperties")
    return (
        [propio]
        if propio
        else [otros]
        if isinstance(otros, dict)
        else nodo.get("patternProperties", {}).values()
    )


def _valor(entrada: object) -> str | None:
    """Lo que se escribió: nada si se dejó vacío; de un bloque, solo si cabe en una línea, con sus
    campos sencillos.
    """
    if entrada is None:
        return None
    if (
        isinstance(entrada, dict)
        and entrada
        and not any(isinstance(v, dict | list | BaseModel) for v in entrada.values())
    ):
        return ", ".join(f"{c}: {v}" for c, v in entrada.items())
    return None if isinstance(entrada, dict | list | BaseModel) else str(entrada)
