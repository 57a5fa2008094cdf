"""La carta y el mensaje de cada destinatario, en los bytes que se envían (RFC 5322 y MIME).

La misma carta al mismo destinatario da los mismos bytes: también al repetirla.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

IDIOMA = "es"
ANCHO = 76
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Adjunto:
    """Un archivo que acompaña a la carta; ``tipo``: como ``application/pdf``."""

    nombre: str
    tipo: str
    contenido: bytes


@dataclass(frozen=True, slots=True)
class Destino:
    """A quién: su dirección y con qué nombre se le escribe."""

    direccion: str
    nombre: str

    @property
    def clave(self) -> str:
        """La dirección, como se compara: sin mayúsculas."""
        return self.direccion.lower()


@dataclass(frozen=True, slots=True)
class Carta:
    """Lo que reciben todos. ``asunto_de``: de qué trata, con su identificador estable
    (``impulsor-003``); ``fecha``: con su zona; ``huella``: la de lo que dice, sin quién ni cuándo.
    """

    asunto_de: str
    asunto: str
    texto: str
    html: str
    adjuntos: tuple[Adjunto, ...]
    remitente: Destino
    responder_a: str
    fecha: datetime
    huella: str


@dataclass(frozen=True, slots=True)
class Imprenta:
    """El mensaje de cada uno. Lo común se escribe una vez: los adjuntos no se codifican de nuevo
    por destinatario.
    """

    carta: Carta
    comun: bytes

    @classmethod
    def de(cls, carta: Carta) -> Imprenta:
        """Lanza ``ValueError`` si algún encabezado lleva un salto de línea."""
        return cls(carta, _comun(carta))

    def mensaje(self, destino: Destino) -> bytes:
        """El de ``destino``, con líneas terminadas en CRLF. Lanza ``ValueError`` si su dirección o
        su nombre llevan un salto de línea.
        """
        propio = f"Message-ID: {self.identificacion(destino)}\r\n"
        return _casilla("To", destino) + propio.encode() + self.comun

    def identificacion(self, destino: Destino) -> str:
        """El ``Message-ID``: de la carta y de su destinatario, y de nada más."""
        dominio = self.carta.remitente.direccion.rpartition("@")[2]
        partes = (self.carta.asunto_de, self.carta.huella, destino.clave)
        return f"<{hashlib.sha256('|'.join(partes).encode()).hexdigest()[:24]}@{dominio}>"


def _comun(carta: Carta) -> bytes:
    m = EmailMessage(policy=SMTP)
    m["Subject"] = _sin_saltos(carta.asunto)
    m["Date"] = format_datetime(carta.fecha)
    m["Auto-Submitted"] = "auto-generated"
    # En ASCII: no todo servidor admite ocho bits.
    m.set_content(carta.texto, cte="quoted-printable")
    m.add_alternative(carta.html, subtype="html", cte="quoted-printable")
    for a in carta.adjuntos:
        principal, _, subtipo = a.tipo.partition("/")
        m.add_attachment(a.contenido, principal, subtipo, filename=_sin_saltos(a.nombre))
    m["Content-Language"] = IDIOMA
    for n, parte in enumerate(_partes_multiples(m)):
        parte.set_boundary(f"=_{carta.huella}_{n}")
    de = _casilla("From", carta.remitente) + _casilla("Reply-To", Destino(carta.responder_a, ""))
    return de + m.as_bytes()


def _partes_multiples(m: EmailMessage) -> Iterator[EmailMessage]:
    return (p for p in m.walk() if isinstance(p, EmailMessage) and p.is_multipart())


def _casilla(encabezado: str, d: Destino) -> bytes:
    """El encabezado de una sola dirección, con su nombre codificado (RFC 2047). Lanza
    ``ValueError`` si no lo es.

    La biblioteca, al doblar un nombre largo, pierde sus comillas: una coma haría de él varias
    direcciones.
    """
    _sin_saltos(d.nombre)
    direccion = Address(addr_spec=_sin_saltos(d.direccion)).addr_spec
    nombre = Header(d.nombre, "utf-8", ANCHO, encabezado).encode(linesep="\r\n")
    delante = f"{nombre}\r\n " if nombre else ""
    return f"{encabezado}: {delante}<{direccion}>\r\n".encode("ascii")


def _sin_saltos(texto: str) -> str:
    if CONTROL.search(texto):
        raise ValueError(f"un encabezado de correo no lleva saltos de línea: {texto!r}")
    return texto
