"""Modelos de ``reservado/correo/``: a quién se envía lo de cada comité y por qué servidor.

Están fuera de git: llevan direcciones y una clave.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from .formas import Forma, Identificador
from .modelos import Acceso, Ficha, Institucion

SALTO = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_PARTE = r"[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?"
_DOMINIO = rf"({_PARTE}\.)+[A-Za-z]([0-9A-Za-z-]{{0,61}}[0-9A-Za-z])?"
_LOCAL = r"[0-9A-Za-z!#$%&'*+/=?^_{|}~-]+(\.[0-9A-Za-z!#$%&'*+/=?^_{|}~-]+)*"


def _en_una_linea(escrita: object) -> object:
    """Lanza ``ValueError`` si un salto de línea añadiría encabezados al correo."""
    if isinstance(escrita, str) and any(s in escrita for s in SALTO):
        raise ValueError(
            "escriba solo la dirección, en una línea: lo que va tras el salto sería otro encabezado"
            " del correo"
        )
    return escrita


DireccionDeCorreo = Annotated[
    str,
    Field(max_length=254),
    Forma(
        rf"^{_LOCAL}@{_DOMINIO}$",
        "una sola dirección de correo, sin nombre, espacios ni tildes",
        ("mesa@ejemplo.pe",),
    ),
    BeforeValidator(_en_una_linea),
]
"""Adónde se escribe: la forma que admite todo servidor (RFC 5321, sin comillas ni SMTPUTF8)."""
NombreDeServidor = Annotated[
    str,
    Forma(
        r"^[0-9A-Za-z]([0-9A-Za-z.-]{0,251}[0-9A-Za-z])?$",
        "el nombre del servidor, sin http ni puerto",
        ("smtp.ejemplo.pe",),
    ),
]


class Destinatario(Ficha):
    """Una casilla de una institución del comité; nunca el nombre de una persona."""

    direccion: DireccionDeCorreo
    institucion: Institucion
    nivel: Acceso = Field(
        default="ciudadano",
        description="qué cifras puede recibir: las de su nivel y las de los de abajo",
    )


class Destinatarios(Ficha):
    """``reservado/correo/destinatarios.yml``."""

    comites: dict[Identificador, tuple[Destinatario, ...]]


class ServidorDeCorreo(Ficha):
    """``reservado/correo/servidor.yml``; cada campo puede venir de su variable
    ``OBSERVATORIO_CORREO_…``.
    """

    servidor: NombreDeServidor | None = None
    puerto: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, description="si no se dice, 587 con starttls y 465 con tls"
    )
    cifrado: Literal["starttls", "tls"] = Field(
        default="starttls",
        description="starttls: cifra después de saludar; tls: desde el comienzo",
    )
    usuario: str | None = None
    clave: str | None = Field(default=None, description="mejor en OBSERVATORIO_CORREO_CLAVE")
    remitente: DireccionDeCorreo | None = None
    autoridad: str | None = Field(
        default=None,
        description="archivo .pem de la autoridad que firmó el certificado, si es propia",
    )
    espera: Annotated[float, Field(gt=0, le=3600)] = Field(
        default=60, description="segundos que se aguarda cada respuesta"
    )
    espera_final: Annotated[float, Field(gt=0, le=3600)] = Field(
        default=600, description="segundos que se aguarda la del mensaje terminado"
    )
