"""Textos con una forma: la expresión para la máquina y, para la persona, qué es con palabras y un
ejemplo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

SIN_FORMA = "sin_forma"
"""El tipo de defecto que da un texto sin su forma; su mensaje es el remedio."""


@dataclass(frozen=True, slots=True)
class Forma:
    """Anota un texto que cumple ``patron``: «escriba ``dice``, como ``ejemplos``».

    El esquema para los editores lleva las mismas palabras y los mismos ejemplos.
    """

    patron: str
    dice: str
    ejemplos: tuple[str, ...]

    @property
    def remedio(self) -> str:
        return f"escriba {self.dice}, como {' o '.join(self.ejemplos)}"

    def __get_pydantic_core_schema__(self, tipo: Any, seguir: GetCoreSchemaHandler) -> CoreSchema:
        con_forma = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.patron),
            custom_error_type=SIN_FORMA,
            custom_error_message=self.remedio,
        )
        return core_schema.chain_schema([seguir(tipo), con_forma])

    def __get_pydantic_json_schema__(
        self, esquema: CoreSchema, seguir: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(seguir(core_schema.str_schema(pattern=self.patron))) | {
            "description": self.dice,
            "examples": list(self.ejemplos),
        }


CodigoMision = Annotated[str, Forma(r"^M[0-9]$", "el código de una misión: M y una cifra", ("M1",))]
CodigoOkr = Annotated[
    str,
    Forma(
        r"^M[0-9]-O[0-9]{2}$",
        "el código de un OKR: el de su misión, guion, O y dos cifras",
        ("M1-O01",),
    ),
]
CodigoKpi = Annotated[
    str,
    Forma(
        r"^M[0-9]-K[0-9]{2}$",
        "el código de un KPI: el de su misión, guion, K y dos cifras",
        ("M1-K01",),
    ),
]
Slug = Annotated[
    str,
    Forma(
        r"^m[0-9]-[a-z]+$",
        "el nombre de la carpeta de una misión: su código y una palabra, en minúsculas y sin"
        " tildes",
        ("m1-salud",),
    ),
]
Identificador = Annotated[
    str,
    Forma(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        "un identificador en minúsculas, sin tildes ni espacios, con guiones entre palabras",
        ("padron-nominal",),
    ),
]
Periodo = Annotated[
    str,
    Forma(
        r"^[0-9]{4}(-(S[12]|T[1-4]|0[1-9]|1[0-2]))?$",
        "un periodo entre comillas: año, semestre, trimestre o mes",
        ("2025", "2025-S1", "2025-T3", "2025-05"),
    ),
]
MetaOds = Annotated[
    str,
    Forma(
        r"^[0-9]{1,2}\.([0-9]{1,2}|[a-d])$",
        "una meta de los ODS entre comillas: número del objetivo, punto y número o letra de la"
        " meta",
        ("2.2", "13.b"),
    ),
]
Ubigeo = Annotated[
    str,
    Forma(
        r"^[0-9]{2}([0-9]{2}([0-9]{2})?)?$",
        "el ubigeo del INEI entre comillas: dos, cuatro o seis cifras",
        ("010203",),
    ),
]
CodigoLugar = Annotated[
    str,
    Forma(
        r"^[0-9]{6}([0-9]{4})?$",
        "el código del INEI entre comillas: seis cifras de un distrito o diez de un centro poblado",
        ("0102030001",),
    ),
]
PUESTO = re.compile(
    r"(?:^|, |\bcon (?:el|la) )(?:encargad[oa]|responsable|analista|funcionari[oa]|jef[ea]"
    r"|director|directora|coordinador|coordinadora|secretari[oa]|alcalde|alcaldesa"
    r"|(?:sub)?gerente|especialista|dr|dra|ing|lic|sr|sra|prof)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def institucion(nombre: str) -> str:
    """El nombre, si es el de una institución o una de sus oficinas. Lanza ``ValueError`` si es el
    puesto de una sola persona: publicado junto a un atraso, la señala.
    """
    if hallado := PUESTO.search(nombre):
        raise ValueError(
            f"«{hallado[0].strip(' ,')}» es el puesto de una sola persona: diga la oficina o el"
            " área, como «Municipalidad distrital, área de ambiente»"
        )
    return nombre


SERVIDOR = r"[0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ]([0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ-]*[0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ])?"
DOMINIO = rf"({SERVIDOR}\.)+{SERVIDOR}"
Direccion = Annotated[
    str,
    Forma(
        rf"^https?://{DOMINIO}(:[0-9]{{1,5}})?([/?#][^\s<>\"\\^`{{|}}\x00-\x1f\x7f]*)?$",
        "una dirección de internet completa: https:// o http://, un servidor sin usuario ni clave,"
        " y sin espacios ni comillas",
        ("https://ejemplo.pe",),
    ),
]
"""Toda dirección que el sitio enlaza. Otro esquema, como ``javascript:``, sería un programa en la
página.
"""
Correo = Annotated[
    str,
    Forma(
        rf"^[0-9A-Za-z._-][0-9A-Za-z._+-]*@{DOMINIO}$",
        "una dirección de correo",
        ("observatorio@ejemplo.pe",),
    ),
]
Categoria = Annotated[
    str,
    Forma(
        r"^[^:\s]([^:]*[^:\s])?$",
        "una categoría sin dos puntos ni espacios a los lados",
        ("6-35 meses",),
    ),
]
Huella = Annotated[
    str,
    Forma(
        r"^[0-9a-f]{64}$",
        "la huella SHA-256 del archivo: 64 cifras y letras de la a a la f",
        ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",),
    ),
]
NumeroDeRecibo = Annotated[
    str,
    Forma(
        r"^r-[0-9a-f]{10}$",
        "un número de recibo: r, guion y diez cifras o letras de la a a la f",
        ("r-0a1b2c3d4e",),
    ),
]
Seudonimo = Annotated[
    str, Forma(r"^C[0-9]$", "el seudónimo de quien codifica: C y una cifra", ("C1",))
]
