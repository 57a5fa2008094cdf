"""«¿Quiso decir…?»: de un código o una palabra que no existe, el que más se le parece entre los que
sí.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..base.cifras import sin_exponente
from ..base.fechas import propuesta_de_dia
from ..catalogo import Catalogo
from ..catalogo.defectos import con_propuesta, parecido
from ..catalogo.naturalezas import NATURALEZAS
from ..errores import ErrorDeDatos
from .advertencias import ADVERTENCIAS
from .columnas import ESTADOS
from .correcciones import CORREGIBLES

CIFRAS = re.compile(r"[0-9]+")


def con_sugerencias(errores: Iterable[ErrorDeDatos], catalogo: Catalogo) -> Iterator[ErrorDeDatos]:
    """Los mismos errores; el remedio de los de vocabulario empieza por la palabra admitida que se
    parece a la escrita, y el de una fecha escrita de otro modo dice cuál parece ser.
    """
    vocabularios = _vocabularios(catalogo)
    dichas: dict[tuple[str, str | None], str | None] = {}
    for e in errores:
        if e.regla == "fecha-imposible" and e.valor and (propuesta := propuesta_de_dia(e.valor)):
            yield replace(e, remedio=propuesta)
            continue
        clave = (e.regla, e.valor)
        if e.regla in vocabularios and e.valor and clave not in dichas:
            dichas[clave] = _sugerida(e.valor, vocabularios[e.regla])
        sugerida = dichas.get(clave)
        remedio = con_propuesta(sugerida, f"si no, {e.remedio}", e.valor or "")
        yield replace(e, remedio=remedio) if sugerida else e


def _sugerida(escrita: str, admitidas: Mapping[str, str]) -> str | None:
    """La admitida que se parece; de un lugar escrito por su nombre, su código.

    Que dos números se parezcan no dice nada (M5-K05 no es M7-K05): los suyos han de ser los mismos,
    aunque les falten ceros o la hoja de cálculo los haya abreviado.
    """
    if (entero := sin_exponente(escrita)) in admitidas:
        return entero
    numeros = _numeros(escrita)
    cerca = parecido(escrita, (a for a in admitidas if _numeros(a) == numeros))
    return admitidas[cerca] if cerca and admitidas[cerca] != escrita else None


def _numeros(texto: str) -> list[int]:
    return [int(n) for n in CIFRAS.findall(texto)]


def _vocabularios(catalogo: Catalogo) -> dict[str, dict[str, str]]:
    """Regla → lo que se puede escribir → lo que vale."""
    fuentes, kpis = ({x: x for x in y} for y in (catalogo.fuentes, catalogo.kpis))
    codigos = {c: c for c in catalogo.lugares}
    lugares = (
        codigos
        | {nombre: codigo for codigo, nombre in catalogo.lugares.items()}
        | {catalogo.territorio.nombre: catalogo.territorio.ubigeo}
    )
    return {
        "fuente-desconocida": fuentes,
        "fuente-fuera-de-vocabulario": fuentes,
        "kpi-desconocido": kpis,
        "kpi-fuera-de-vocabulario": kpis,
        "quiebre-de-kpi-desconocido": kpis,
        "lugar-desconocido": lugares,
        "lugar-fuera-de-vocabulario": lugares,
        "estado-desconocido": {x: x for x in ESTADOS},
        "naturaleza-desconocida": {x: x for x in NATURALEZAS},
        "naturaleza-fuera-de-vocabulario": {x: x for x in NATURALEZAS},
        "correccion-de-columna": {x: x for x in CORREGIBLES},
        "justificacion-de-regla": {x: x for x in ADVERTENCIAS},
    }
