"""Señas de personas que no deben entrar: documentos, historias clínicas, nacimientos, nombres, teléfonos, correos.

El observatorio trabaja con recuentos; un dato que señala a alguien no se anonimiza aquí, se rechaza. La lista de
apellidos y nombres son los más frecuentes del Perú: atrapa el descuido, no a quien quiera burlarla. Ningún mensaje repite lo hallado.
"""

from __future__ import annotations

import polars as pl

_APELLIDOS = (
    "quispe flores sanchez sánchez garcia garcía rodriguez rodríguez rojas huaman huamán mamani vasquez vásquez ramos ramirez ramírez "
    "lopez lópez torres mendoza gonzales gonzáles castillo espinoza chavez chávez diaz díaz perez pérez fernandez fernández gutierrez "
    "gutiérrez vargas castro condori cruz ruiz reyes salazar romero silva martinez martínez leon león campos aguilar morales guzman "
    "guzmán herrera guevara palomino cardenas cárdenas villanueva ponce paredes alvarado medina jimenez jiménez valverde carranza "
    "layza araujo"
)
_NOMBRES = (
    "maria maría jose josé juan luis carlos rosa ana jorge carmen victor víctor julio cesar césar pedro manuel miguel luz elena "
    "martha marta miriam gladys norma sonia yolanda flor segundo santos wilmer edwin percy nelly teresa teodoro jesus jesús "
    "yesenia lucia lucía karina milagros diego daniel david marco antonio"
)
# También son palabras corrientes: solo cuentan con mayúscula.
_COMUNES = (
    "flores flor rojas ramos torres castillo cruz reyes leon león campos silva paredes medina "
    "luz rosa segundo santos marco carmen milagros jesus jesús"
)


def _cualquiera(palabras: str) -> str:
    """Alternativa que admite minúsculas salvo en los nombres que también son palabras corrientes."""
    comunes = _COMUNES.split()
    formas = [f"(?i:{p})" if p not in comunes else f"{p.capitalize()}|{p.upper()}" for p in palabras.split()]
    return f"(?:{'|'.join(formas)})"


_NOMBRE, _APELLIDO = _cualquiera(_NOMBRES), _cualquiera(_APELLIDOS)
_FECHA = r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}\s+de\s+[a-z]+)"
_PALABRA = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñA-ZÁÉÍÓÚÑ]+"

SENAS: dict[str, tuple[str, str]] = {
    "numero-de-documento": (r"(?:^|[^\d.,/\-])\d{8,9}(?:$|[^\d,/\-])|(?i:\bdni\b)[\s:.n°º]*\d", "quite el número: un DNI, un carné o un celular señalan a una persona"),
    "historia-clinica": (r"(?i)\b(?:h\.?\s?c\.?(?:\s?l\.?)?|historia\s+cl[ií]nica|hcl)\s*[:n.°º#]*\s*\d{3,}", "quite el número de historia clínica"),
    "fecha-de-nacimiento": (
        rf"(?i)\b(?:f\.?\s*nac|fec\w*\.?\s+(?:de\s+)?nac)\w*\b\D{{0,10}}\d|\bnaci(?:ó|o|d[oa])\b\D{{0,12}}{_FECHA}", "quite la fecha de nacimiento: escriba el grupo de edad"
    ),
    "correo-personal": (r"[\w.+\-]+@[\w\-]+\.[\w.]+", "quite el correo"),
    "nombre-de-persona": (
        rf"\b(?i:sra?|srta|don|doña|paciente|niñ[oa]|menor|madre|padre|apellidos?|nombres?)\b[.:]*\s+{_PALABRA}\s+{_PALABRA}"
        rf"|\b{_NOMBRE}\s+(?:\w+\s+)?{_APELLIDO}\b|\b{_APELLIDO}[,\s]+(?:\w+[,\s]+)?(?:{_NOMBRE}|{_APELLIDO})\b",
        "quite el nombre: en el observatorio no entra ninguna persona identificable",
    ),
}


def expr_sena(columna: str, sena: str) -> pl.Expr:
    """Verdadera donde el texto de ``columna`` lleva la seña (una clave de ``SENAS``)."""
    return pl.col(columna).cast(pl.String).str.contains(SENAS[sena][0])


def senas_de(texto: str) -> list[str]:
    """Las señas que lleva un texto suelto: para hojas de cálculo, formularios y motivos."""
    if not texto:
        return []
    uno = pl.DataFrame({"texto": [texto]})
    return [s for s, hay in uno.select(expr_sena("texto", s).alias(s) for s in SENAS).row(0, named=True).items() if hay]
