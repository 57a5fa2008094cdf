"""La conexión con el servidor de correo: cifrada siempre, y con su certificado comprobado."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ...errores import ErrorDeEjecucion

Cifrado = Literal["starttls", "tls"]


@dataclass(frozen=True, slots=True)
class Servidor:
    """Con qué servidor y cómo. ``autoridad``: el certificado de quien firmó el suyo, si no es una
    de las conocidas; ``espera`` y ``espera_final``: segundos que se aguarda cada respuesta y la del
    mensaje terminado, que RFC 5321 (4.5.3.2.6) quiere de diez minutos.
    """

    nombre: str
    puerto: int
    cifrado: Cifrado = "starttls"
    usuario: str | None = None
    clave: str | None = field(default=None, repr=False)
    autoridad: Path | None = None
    espera: float = 60
    espera_final: float = 600


def conectar(s: Servidor) -> smtplib.SMTP:
    """La sesión abierta. Lanza ``ErrorDeEjecucion`` si repetir no sirve (certificado, cifrado,
    clave) y ``OSError`` o ``SMTPException`` si quizá sí.
    """
    contexto = _contexto(s)
    conexion: smtplib.SMTP | None = None
    try:
        if s.cifrado == "tls":
            conexion = smtplib.SMTP_SSL(s.nombre, s.puerto, timeout=s.espera, context=contexto)
        else:
            conexion = smtplib.SMTP(s.nombre, s.puerto, timeout=s.espera)
        conexion.ehlo_or_helo_if_needed()
        if s.cifrado == "starttls":
            _cifrar(conexion, s, contexto)
        # El punto va aparte del mensaje: sin esto, espera 40 ms a que el servidor acuse el resto.
        assert conexion.sock is not None
        conexion.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if s.usuario:
            conexion.login(s.usuario, s.clave or "")
    except ssl.SSLCertVerificationError as e:
        _cerrar(conexion)
        raise _no_sirve(
            s,
            f"su certificado no vale: {e.verify_message}",
            "diga el nombre del servidor como está en su certificado; si lo firmó una autoridad"
            " propia, diga su archivo en «autoridad»",
        ) from e
    except smtplib.SMTPAuthenticationError as e:
        _cerrar(conexion)
        raise _no_sirve(
            s, f"no admite el usuario o la clave ({e.smtp_code})", "revise «usuario» y «clave»"
        ) from e
    except smtplib.SMTPNotSupportedError as e:
        _cerrar(conexion)
        raise _no_sirve(
            s,
            "no admite entrar con usuario y clave por ese puerto",
            "pida a quien lo administra el puerto para enviar correo",
        ) from e
    except BaseException:
        _cerrar(conexion)
        raise
    return conexion


def _contexto(s: Servidor) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(s.autoridad) if s.autoridad else None)
    except (OSError, ssl.SSLError) as e:
        raise ErrorDeEjecucion(
            f"no se pudo leer el certificado de la autoridad «{s.autoridad}»\n    remedio: diga un"
            " archivo .pem que exista, o quite «autoridad»"
        ) from e


def _cifrar(conexion: smtplib.SMTP, s: Servidor, contexto: ssl.SSLContext) -> None:
    if not conexion.has_extn("starttls"):
        raise _no_sirve(
            s,
            "no ofrece STARTTLS, y nada se envía sin cifrar",
            "si cifra desde el comienzo (puerto 465), escriba «cifrado: tls»",
        )
    conexion.starttls(context=contexto)
    conexion.ehlo()


def _no_sirve(s: Servidor, que: str, remedio: str) -> ErrorDeEjecucion:
    return ErrorDeEjecucion(
        f"el servidor de correo {s.nombre}:{s.puerto} {que}\n    remedio: {remedio}"
    )


def _cerrar(conexion: smtplib.SMTP | None) -> None:
    if conexion is not None:
        conexion.close()
