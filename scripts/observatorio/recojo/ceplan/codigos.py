"""Los códigos del libro: cada uno una vez y conocido, o con su ficha. De un código mal escrito se
dice eso y no lo que de él se sigue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import get_args

from ...catalogo.defectos import con_propuesta, parecido
from ...catalogo.formas import CodigoKpi, Forma
from ...errores import ErrorDeDatos
from .defectos import hoja
from .matriz import FICHA, OKR

Fila = dict[str, str]
FORMA_DE_KPI = next(x for x in get_args(CodigoKpi) if isinstance(x, Forma))


@dataclass(frozen=True, slots=True)
class Conocidos:
    """Lo que el catálogo ya tiene: OKR y nombre de cada KPI, y los códigos de los OKR."""

    okr_de: Mapping[str, str]
    nombre_de: Mapping[str, str]
    okrs: frozenset[str]


def filas_en_duda(
    archivo: str, filas: Sequence[tuple[int, Fila]], fichas: Iterable[str], hay: Conocidos
) -> tuple[dict[int, ErrorDeDatos], list[ErrorDeDatos]]:
    """``({fila: defecto de su código}, otros defectos)``: lo que dice una fila en duda no se lleva
    al catálogo.
    """
    fichas = set(fichas)
    de_fila = dict(_repetidos(archivo, filas, hay))
    for n, fila in filas:
        codigo = fila["Código"]
        if n not in de_fila and codigo not in hay.okr_de and codigo not in fichas:
            de_fila[n] = _desconocido(archivo, n, fila, filas, hay)
    sanas = [(n, f) for n, f in filas if n not in de_fila]
    return de_fila, list(_okr_cambiado(archivo, sanas, hay))


def codigos_sueltos(
    archivo: str,
    filas: Sequence[tuple[int, Fila]],
    fichas: Sequence[tuple[int, Fila]],
    okrs: Sequence[tuple[int, Fila]],
    hay: Conocidos,
) -> Iterator[ErrorDeDatos]:
    """Fichas y OKR nuevos que ningún indicador de la matriz nombra: su código, o el que debía
    nombrarlos, está mal escrito.
    """
    indicadores, usados = {f["Código"] for _, f in filas}, {f.get("OKR", "") for _, f in filas}
    for n, ficha in fichas:
        codigo = ficha["codigo"]
        if codigo and codigo not in indicadores and codigo not in hay.okr_de:
            remedio = con_propuesta(
                _parecido_o_unico(codigo, indicadores - {f["codigo"] for _, f in fichas}),
                "ningún indicador de la matriz lleva ese código: corríjalo o borre la fila",
                codigo,
            )
            yield ErrorDeDatos(
                hoja(archivo, FICHA), n, "codigo", codigo, "ficha-sin-indicador", remedio
            )
    for n, okr in okrs:
        if okr["codigo"] and okr["codigo"] not in hay.okrs and okr["codigo"] not in usados:
            remedio = con_propuesta(
                _parecido_o_unico(okr["codigo"], hay.okrs - {o["codigo"] for _, o in okrs}),
                "ningún indicador de la matriz es de ese OKR: corrija el código o borre la fila",
                okr["codigo"],
            )
            yield ErrorDeDatos(
                hoja(archivo, OKR), n, "codigo", okr["codigo"], "okr-sin-indicadores", remedio
            )


def _repetidos(
    archivo: str, filas: Sequence[tuple[int, Fila]], hay: Conocidos
) -> Iterator[tuple[int, ErrorDeDatos]]:
    """De cada código que está varias veces, las filas que no parecen suyas: las de otro OKR o, si
    no lo dicen, las que siguen a la primera.
    """
    for codigo, veces in Counter(f["Código"] for _, f in filas).items():
        if veces == 1:
            continue
        suyas = [(n, f) for n, f in filas if f["Código"] == codigo]
        propia = next((n for n, f in suyas if f.get("OKR") == hay.okr_de.get(codigo)), suyas[0][0])
        for n, fila in suyas:
            if n != propia:
                remedio = con_propuesta(
                    _propuesto(fila, filas, hay),
                    f"ese código está también en la fila {propia}: deje una sola fila por"
                    " indicador",
                )
                yield n, ErrorDeDatos(archivo, n, "Código", codigo, "codigo-repetido", remedio)


def _desconocido(
    archivo: str, n: int, fila: Fila, filas: Sequence[tuple[int, Fila]], hay: Conocidos
) -> ErrorDeDatos:
    codigo = fila["Código"]
    regla, que = (
        "kpi-desconocido",
        (
            f"el catálogo no tiene ese código ni la hoja «{FICHA}» lo describe: corríjalo, o añada"
            " allí la ficha del indicador nuevo"
        ),
    )
    if not re.fullmatch(FORMA_DE_KPI.patron, codigo):
        regla, que = "ficha-forma", FORMA_DE_KPI.remedio
    remedio = con_propuesta(_propuesto(fila, filas, hay), que, codigo)
    return ErrorDeDatos(archivo, n, "Código", codigo, regla, remedio)


def _propuesto(fila: Fila, filas: Sequence[tuple[int, Fila]], hay: Conocidos) -> str | None:
    """De los indicadores que el libro no nombra, el que se llama igual o, si no, el de código
    parecido.
    """
    libres = hay.okr_de.keys() - {f["Código"] for _, f in filas}
    iguales = [c for c in sorted(libres) if hay.nombre_de[c] == fila.get("Indicador")]
    return iguales[0] if len(iguales) == 1 else parecido(fila["Código"], sorted(libres))


def _okr_cambiado(
    archivo: str, filas: Sequence[tuple[int, Fila]], hay: Conocidos
) -> Iterator[ErrorDeDatos]:
    """Un indicador que cambia de OKR no se adivina."""
    for n, fila in filas:
        codigo, okr = fila["Código"], fila.get("OKR", "")
        previo = hay.okr_de.get(codigo)
        if okr and previo and okr != previo:
            yield ErrorDeDatos(
                archivo,
                n,
                "OKR",
                okr,
                "okr-cambiado",
                f"{codigo} pertenece a {previo}: para moverlo, pase su ficha al otro OKR en"
                " misiones/*/hoja-de-ruta.yml",
            )


def _parecido_o_unico(codigo: str, libres: Set[str]) -> str | None:
    return next(iter(libres)) if len(libres) == 1 else parecido(codigo, sorted(libres))
