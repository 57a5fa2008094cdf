"""El remedio de un defecto, dicho a quien puede hacerlo: quien llenó una planilla tiene todo
protegido menos sus celdas, y escribió sus cifras en vez de exportarlas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..base.cifras import sin_abreviar, sin_exponente, solo_el_numero
from ..base.fechas import propuesta_de_dia
from .lote import Defecto, Tipo
from .personas import REMEDIO, REMEDIO_DE_PLANILLA
from .planillas.forma import NO

SIN_MEDIR = f"si no se midió, elija «{NO}» y deje vacías sus cifras"
DE_PLANILLA = {
    "no-es-numero": f"escriba solo el número, sin palabras; {SIN_MEDIR}",
    "celda-con-error": (
        f"la celda muestra un error y no un dato: escriba el número que vale; {SIN_MEDIR}"
    ),
    "formula-sin-resultado": "borre la fórmula y escriba el número que vale",
    "celda-combinada": "borre lo escrito y escriba cada cifra en su celda amarilla",
    "formula-en-celda": "borre la fórmula y escriba su resultado",
    "denominador-cero": (
        f"si no hubo ningún caso en el total, elija «{NO}» y deje vacías sus cifras"
    ),
    "numerador-mayor": (
        "la primera cifra cuenta una parte de la segunda y no puede ser mayor: revise las dos"
    ),
    "recuento-negativo": "escriba el número sin el signo menos",
    "recuento-con-decimales": "aquí se cuentan personas o cosas: escriba el número entero",
    "porcentaje-fuera-de-rango": "escriba un número de 0 a 100",
    "valor-ausente": f"escriba el número; {SIN_MEDIR}",
    "razon-incompleta": f"escriba las dos cifras; {SIN_MEDIR}",
    "campo-desmedido": "acorte el texto",
    "caracter-de-control": "borre lo escrito y escríbalo de nuevo",
    "periodo-futuro": (
        "ese periodo aún no termina a la fecha de corte del observatorio: guarde la planilla y"
        " envíela cuando termine"
    ),
    "fecha-futura": (
        "escriba el día en que cerró estas cifras: no puede ser posterior a la fecha de corte del"
        " observatorio"
    ),
    "fecha-antes-del-periodo": (
        "escriba el día en que cerró estas cifras: la escrita es anterior al comienzo del periodo"
    ),
}
"""Lo que las celdas abiertas de una planilla pueden romper; lo demás lo escribe el observatorio."""
DE_LA_ESTRUCTURA = frozenset(
    {
        "kpi-desconocido",
        "lugar-desconocido",
        "fuente-desconocida",
        "unidad-desconocida",
        "grupo-no-declarado",
        "categoria-desconocida",
        "unidad-no-declarada",
        "lugar-no-declarado",
        "unidad-de-otro-lugar",
        "periodo-sin-forma",
        "razon-sin-formula",
    }
)
PIDA_OTRA = (
    "el catálogo cambió desde que se hizo esta planilla: pida otra y copie en ella sus números"
)
SIN_COPIAR = frozenset({REMEDIO, REMEDIO_DE_PLANILLA})
"""Con ellos el archivo trae datos de personas: no se hace de él ninguna copia."""


def en_sus_palabras(tipo: Tipo, defectos: Iterable[Defecto]) -> Iterator[Defecto]:
    """Los mismos defectos, con el remedio de quien llenó el archivo."""
    for d in defectos:
        remedio = _remedio(tipo, d)
        yield d if remedio == d.remedio else replace(d, remedio=remedio)


def _remedio(tipo: Tipo, d: Defecto) -> str:
    if d.regla == "no-es-numero" and (numero := solo_el_numero(d.valor or "")):
        return f"escriba solo el número: {numero}"
    if d.regla == "no-es-numero" and (numero := sin_exponente(d.valor or "")):
        return sin_abreviar(numero)
    if d.regla == "fecha-imposible" and (propuesta := propuesta_de_dia(d.valor or "")):
        return propuesta
    if tipo != "planilla":
        return d.remedio
    if d.remedio == REMEDIO:
        return REMEDIO_DE_PLANILLA
    if d.regla in DE_LA_ESTRUCTURA:
        return PIDA_OTRA
    return DE_PLANILLA.get(d.regla, d.remedio)
