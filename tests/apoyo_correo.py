"""Un servidor SMTP de verdad, con su certificado y con las mañas que la prueba le pida."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from observatorio.publicacion.correo.servidor import Cifrado, Servidor

NOMBRE = "localhost"


@dataclass
class Buzon:
    """Lo que el servidor recibió y cómo se porta.

    ``rcpt`` y ``datos``: qué contesta a cada dirección, una respuesta por vez (la última se
    repite); ``demora``: segundos que tarda en responder un mensaje ya recibido; ``al``: qué hacer
    cuando pasa algo (``rcpt``, ``datos``, ``recibido``) con una dirección.
    """

    rcpt: dict[str, list[str]] = field(default_factory=dict)
    datos: dict[str, list[str]] = field(default_factory=dict)
    demora: dict[str, float] = field(default_factory=dict)
    al: Callable[[str, str], None] = lambda que, a: None
    corta_al_desistir: bool = False
    recibidos: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def veces(self) -> Counter[str]:
        """Cuántas veces se recibió para cada dirección."""
        return Counter(a for a, _ in self.recibidos)

    def correos(self, direccion: str) -> list[EmailMessage]:
        leidos = (
            message_from_bytes(c, policy=default) for a, c in self.recibidos if a == direccion
        )
        return [m for m in leidos if isinstance(m, EmailMessage)]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, opciones: list[str]
    ) -> str:
        self.al("rcpt", address)
        dicho = _siguiente(self.rcpt, address) or "250 OK"
        if dicho == CORTAR:
            server.transport.abort()
        elif dicho.startswith("250"):
            envelope.rcpt_tos.append(address)
        return dicho

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.corta_al_desistir:
            server.transport.abort()
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (direccion,) = envelope.rcpt_tos
        self.al("datos", direccion)
        dicho = _siguiente(self.datos, direccion) or "250 OK"
        if dicho.startswith("250") or dicho == CORTAR:
            assert isinstance(envelope.content, bytes)
            self.recibidos.append((direccion, envelope.content))
        self.al("recibido", direccion)
        await asyncio.sleep(self.demora.get(direccion, 0))
        if dicho == CORTAR:
            server.transport.abort()
        return dicho


CORTAR = "cortar la conexión"
A_MEDIO_MENSAJE = "cortar tras aceptar DATA"


def _siguiente(respuestas: dict[str, list[str]], direccion: str) -> str | None:
    cola = respuestas.get(direccion, [])
    return cola.pop(0) if len(cola) > 1 else (cola or [None])[0]


class _Servidor(SMTP):
    """El de aiosmtpd, que además sabe cortar cuando ya dijo 354."""

    async def smtp_DATA(self, arg: str) -> None:
        assert self.envelope is not None
        cola = self.event_handler.datos.get((self.envelope.rcpt_tos or [""])[0], [])
        if cola and cola[0] == A_MEDIO_MENSAJE:
            cola.pop(0)
            await self.push("354 adelante")
            self.transport.abort()
            raise asyncio.CancelledError
        await super().smtp_DATA(arg)


class _Controlador(Controller):
    def factory(self) -> SMTP:
        return _Servidor(self.handler, **self.SMTP_kwargs)


@dataclass(frozen=True)
class Autoridad:
    """Una autoridad de certificados hecha para la prueba; ``pem``: donde está el suyo."""

    propia: trustme.CA
    pem: Path

    @classmethod
    def en(cls, carpeta: Path) -> Autoridad:
        propia = trustme.CA()
        propia.cert_pem.write_to_path(str(carpeta / "autoridad.pem"))
        return cls(propia, carpeta / "autoridad.pem")

    def contexto(self, certificado: trustme.LeafCert | None = None) -> ssl.SSLContext:
        contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (certificado or self.propia.issue_cert(NOMBRE)).configure_cert(contexto)
        return contexto


@contextmanager
def sirviendo(
    buzon: Buzon,
    autoridad: Autoridad,
    cifrado: Cifrado | None = "starttls",
    certificado: trustme.LeafCert | None = None,
    clave: tuple[str, str] | None = None,
) -> Iterator[Servidor]:
    """Un servidor escuchando; se da cómo conectarse a él. ``cifrado`` nulo: no ofrece ninguno."""
    contexto = autoridad.contexto(certificado)
    propio = _Controlador(
        buzon,
        hostname="127.0.0.1",
        port=_libre(),
        server_hostname=NOMBRE,
        ssl_context=contexto if cifrado == "tls" else None,
        tls_context=contexto if cifrado == "starttls" else None,
        require_starttls=cifrado == "starttls",
        authenticator=_autenticador(clave) if clave else None,
        auth_required=clave is not None and cifrado == "starttls",
        auth_require_tls=cifrado == "starttls",
    )
    propio.start()
    try:
        yield Servidor(
            NOMBRE,
            propio.port,
            cifrado or "starttls",
            autoridad=autoridad.pem,
            espera=5,
            espera_final=5,
        )
    finally:
        propio.stop()


def con(servidor: Servidor, **cambios: object) -> Servidor:
    return replace(servidor, **cambios)  # type: ignore[arg-type]  # los nombres los dice la prueba


def _autenticador(clave: tuple[str, str]) -> Callable[..., AuthResult]:
    def autenticar(servidor: SMTP, sesion: Session, sobre: Envelope, como: str, dicho: object):
        bien = (
            isinstance(dicho, LoginPassword)
            and (
                dicho.login.decode(),
                dicho.password.decode(),
            )
            == clave
        )
        return AuthResult(success=bien, handled=False)

    return autenticar


def _libre() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
