"""Las celdas de la *Matriz* antes de llevarlas al catálogo: cada defecto con su fila y el título de
su columna.

Qué dice una celda que no trae un valor nuevo: la que falta, o dice «dato protegido», no cambia
nada; la vacía no borra, se pregunta. La excepción son los logros de los años anteriores al de la
meta: vacíos, valen la recta.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite

from ...base.cifras import defecto_de_cifra, sin_abreviar, sin_exponente, solo_el_numero
from ...catalogo.defectos import REGLAS
from ...catalogo.modelos import Kpi
from ...errores import ErrorDeDatos
from ...metodo.estados import PROTEGIDO
from .ficha_plana import aplanar, numero
from .matriz import FINALES, IDENTIDAD

PROTEGIDO_NUEVO = "dato-protegido-de-un-kpi-nuevo"
CIFRA = re.compile(r"LB valor|LE \d{4}")


def sin_defectos(
    archivo: str,
    fila: int,
    celdas: Mapping[str, str],
    previo: Kpi | None,
    errores: list[ErrorDeDatos],
) -> dict[str, str]:
    """Las celdas que se pueden aplicar: sin las protegidas ni las malas, que anota en
    ``errores``.
    """
    codigo, malas = celdas["Código"], set()
    for titulo, regla, remedio in (
        *_cifras(celdas),
        *_vacias(celdas, previo),
        *_protegidas(celdas, previo),
    ):
        malas.add(titulo)
        errores.append(
            ErrorDeDatos(
                archivo,
                fila,
                titulo,
                f"{codigo}: {celdas[titulo]}".removesuffix(": "),
                regla,
                remedio,
            )
        )
    return {t: v for t, v in celdas.items() if t not in malas and v != PROTEGIDO}


def titulo_de_meta(periodo: str) -> str:
    """La columna en que la matriz lleva la meta de ese periodo."""
    return f"LE {periodo[:4]}"


def _cifras(celdas: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for titulo, texto in celdas.items():
        if not CIFRA.fullmatch(titulo) or texto in ("", PROTEGIDO):
            continue
        valor = numero(texto)
        if isinstance(valor, str):
            yield titulo, *(defecto_de_cifra(texto) or _sin_numero(texto))
        elif not isfinite(valor):
            yield titulo, *REGLAS["finite_number"]


def _sin_numero(texto: str) -> tuple[str, str]:
    regla, remedio = REGLAS["float_parsing"]
    if cual := solo_el_numero(texto):
        return regla, f"escriba solo el número: {cual}"
    if cual := sin_exponente(texto):
        return regla, sin_abreviar(cual)
    return regla, en_una_celda(remedio)


def en_una_celda(remedio: str) -> str:
    """El remedio de una ficha, dicho de una celda: las comillas son del YAML."""
    return remedio.replace(" entre comillas", "").replace(", sin comillas", "")


def _vacias(celdas: Mapping[str, str], previo: Kpi | None) -> Iterator[tuple[str, str, str]]:
    """Celdas que el catálogo tiene escritas y el libro trae vacías."""
    if previo is None:
        return
    plana = aplanar(previo)
    dichas = {titulo: plana.get(campo) for titulo, campo in (IDENTIDAD | FINALES).items() if campo}
    if previo.linea_base:
        dichas["LB periodo"] = previo.linea_base.periodo_efectivo
    if previo.meta:
        dichas[titulo_de_meta(previo.meta.periodo)] = previo.meta.valor
    for titulo, valor in dichas.items():
        if valor is not None and celdas.get(titulo) == "":
            yield (
                titulo,
                "celda-vacia",
                (
                    f"vacía no borra nada: escriba «{valor}», que es lo que dice el catálogo, o el"
                    " valor nuevo; para quitarlo, edite misiones/*/hoja-de-ruta.yml"
                ),
            )


def _protegidas(celdas: Mapping[str, str], previo: Kpi | None) -> Iterator[tuple[str, str, str]]:
    """De un indicador que el catálogo no tiene, lo protegido no se puede conservar: hay que
    decirlo.
    """
    if previo is None and celdas.get("LB valor") == PROTEGIDO:
        yield (
            "LB valor",
            PROTEGIDO_NUEVO,
            (
                "el libro calla su línea de base: escríbala, o pida la matriz con «observatorio"
                " exportar ceplan --acceso técnico»"
            ),
        )
