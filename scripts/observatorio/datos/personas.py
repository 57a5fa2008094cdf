"""Señas de personas que no deben entrar: documentos, historias clínicas, nacimientos, nombres,
teléfonos, correos.

El observatorio trabaja con recuentos; un dato que señala a alguien no se anonimiza aquí, se
rechaza. Las listas de apellidos y nombres (``nombres.py``) son de los más frecuentes del Perú:
atrapan el descuido, no a quien quiera burlarlas. Antes de buscar se apartan las cifras que se
reconocen como tales y los nombres de instituciones. Ningún mensaje repite lo hallado.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ..base.periodos import NOMBRES_DE_MES
from .nombres import APELLIDO, INSTITUCION, NOMBRE, NOMBRE_SUELTO, TITULO

_MESES = "|".join((*NOMBRES_DE_MES, "setiembre"))
_FECHA = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
    r"|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}\s+(?:de\s+)?(?:{_MESES}))"
)
_PALABRA = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñA-ZÁÉÍÓÚÑ]+"
_ENTRE = "[ .\u00b7\u00a0\u2009\u202f\u2010-\u2015-]"
_ANIO = r"(?:199\d|20[0-3]\d)"
_MEDIDA = (
    r"(?:nuevos soles|soles|d[oó]lares"
    r"|habitantes|personas|hogares|familias|viviendas|atenciones"
    r"|hect[aá]reas|has?|km2?|km²|kil[oó]metros|metros"
    r"|m[23²³]?|litros|toneladas|tm?|kg|kilos|kwh|plantas|[aá]rboles|plantones|%)"
)
CIFRAS = "|".join(
    (
        rf"\b{_ANIO}-(?:0[1-9]|1[0-2])(?:-\d{{2}})?\b",
        rf"\b(?:0?[1-9]|[12]\d|3[01])[./ -](?:0?[1-9]|1[0-2])[./ -]{_ANIO}\b",
        rf"\b{_ANIO}\s?[-–/ ]\s?{_ANIO}\b",
        rf"(?i:\b(?:en|de|del|año|al|desde|hasta|y))\s+{_ANIO}\b",
        r"\b\d{1,3}(?:,\d{3})+(?:\.\d+)?\b",
        r"(?:S/\.?|US\$|\$|(?i:\b(?:pen|usd)\b))\s*\d[\d .,]*",
        rf"\b(?:\d{{1,3}}(?:[ .\u00a0]\d{{3}})+|\d+)(?:[.,]\d+)?\s*(?i:{_MEDIDA})(?:\b|$|\s)",
        (
            r"(?i:\b(?:renipress|ipress|renaes|c[oó]d(?:igo|\.)?\s+modular|c[oó]digo de"
            r" local|ubigeo|ruc|snip|expediente|oficio|resoluci[oó]n)\b)[\s:.n°º-]*\d[\d-]*"
        ),
        r"\b[A-Z]{3,}-\d+\b",
        r"\br-[0-9a-f]{10}\b",
    )
)
"""Lo que lleva muchas cifras y no es documento de nadie: fechas, años, miles con su unidad, montos,
códigos de instituciones, números de recibo.
"""
DOCUMENTO_NOMBRADO = (
    r"(?i:\bd\.?\s?n\.?\s?i\b)[\s:.n°º#-]*\d|(?i:\b(?:cui|pasaporte|carn[eé]t? de"
    r" extranjer[ií]a|c\.?\s?e\.)\s?[:n.°º#-]*\s?[a-z]{0,3}-?\d{5,})"
    r"|(?i:\bdoc(?:umento|\.)?\s*(?:de\s+)?(?:nacional\s+de\s+)?id(?:entidad|ent|\.)?\b)\D{0,6}\d"
)
"""Con la palabra delante es un documento, aunque detrás vaya una unidad o le falten cifras."""
_DECIMAL = r"(^|[^\d.])-?\d+\.\d+(\.?(?:$|[^\d.]))"

SENAS: dict[str, tuple[str, str]] = {
    "numero-de-documento": (
        rf"(?:^|[^\d,/\-]|\D-)\d(?:{_ENTRE}?\d){{7,8}}(?:$|[^\d])|\+\s?51{_ENTRE}?9(?:{_ENTRE}?\d){{8}}",
        "quite el número: un DNI, un carné o un celular señalan a una persona",
    ),
    "historia-clinica": (
        r"(?i)\b(?:n\.?\s?)?(?:h\.?\s?c\.?(?:\s?l\.?)?|hist(?:oria|\.)?\s*cl[ií]n(?:ica|\.)?|hcl)\s*[:n.°º#\-]*\s*\d{3,}",
        "quite el número de historia clínica",
    ),
    "fecha-de-nacimiento": (
        rf"(?i)\b(?:f\.?\s*(?:de\s+)?n(?:ac)?|fec\w*\.?\s+(?:de\s+)?nac)\w*\b\D{{0,10}}\d{{1,4}}(?:[/.-]|\s+de\s)|\bnaci(?:ó|o|d[oa])\b\D{{0,12}}{_FECHA}",
        "quite la fecha de nacimiento: escriba el grupo de edad",
    ),
    "correo-personal": (r"[\w.+\-]+@[\w\-]+\.[\w.]+", "quite el correo"),
    "nombre-de-persona": (
        rf"\b(?i:sra?|srta|don|doña|paciente|niñ[oa]|menor|madre|padre|apellidos?|nombres?)\b[.:]*\s+{_PALABRA}\s+{_PALABRA}"
        rf"|\b(?i:{TITULO})\b\.?\s+(?:{_PALABRA}\s+{_PALABRA}|{NOMBRE}|{APELLIDO})\b|(?:^|[\s(,;:])[A-ZÁÉÍÓÚÑ]\.\s*(?:[A-ZÁÉÍÓÚÑ]\.\s*)?{APELLIDO}\b"
        rf"|\b{NOMBRE}\s+(?:\w+\s+)?{APELLIDO}\b|\b{APELLIDO}[,\s]+(?:\w+[,\s]+)?(?:{NOMBRE}|{APELLIDO})\b|\b{NOMBRE_SUELTO}\s+{_PALABRA}",
        "quite el nombre: en el observatorio no entra ninguna persona identificable",
    ),
}


def expr_sena(columna: str, sena: str) -> pl.Expr:
    """Verdadera donde el texto de ``columna`` lleva la seña (una clave de ``SENAS``)."""
    texto = pl.col(columna).cast(pl.String)
    if sena == "numero-de-documento":
        sin_cifras = texto.str.replace_all(CIFRAS, " ; ").str.replace_all(_DECIMAL, "${1};${2}")
        return texto.str.contains(DOCUMENTO_NOMBRADO) | sin_cifras.str.contains(SENAS[sena][0])
    if sena == "nombre-de-persona":
        texto = texto.str.replace_all(INSTITUCION, " ; ")
    return texto.str.contains(SENAS[sena][0])


def primera_sena(textos: Sequence[str]) -> list[str | None]:
    """La primera seña de cada texto, o nada: para hojas de cálculo, formularios, motivos y
    fichas.
    """
    if not textos:
        return []
    distintos = list(dict.fromkeys(textos))
    marcas = pl.DataFrame({"texto": distintos}, schema={"texto": pl.String}).select(
        expr_sena("texto", s).alias(s) for s in SENAS
    )
    sena_de = {
        texto: next((s for s, hay in zip(SENAS, fila, strict=True) if hay), None)
        for texto, fila in zip(distintos, marcas.iter_rows(), strict=True)
    }
    return [sena_de[t] for t in textos]
