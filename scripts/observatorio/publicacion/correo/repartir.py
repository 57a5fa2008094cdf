"""El reparto: destinatario por destinatario, con cada paso en el diario."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ...base.avisos import Avisar, callar
from ...errores import ErrorDeEjecucion
from .diario import POR_ENVIAR, Diario, Estado, Punto, Respuesta, ahora
from .servidor import Servidor, conectar
from .sobre import Destino, Imprenta

INTENTOS = 2
"""Cuántas veces se prueba con un destinatario si la conexión se corta antes de terminar."""
SEGUIDOS = 3
"""Con cuántos destinatarios seguidos tiene que cortarse para dejarlo."""
CIERRA = 421
"""El servidor avisa que cierra la conexión (RFC 5321, 3.8)."""
LARGO = 200
"""Cuántas letras se guardan de lo que dice el servidor."""
EN_PALABRAS: tuple[tuple[type[OSError], str], ...] = (
    (ConnectionRefusedError, "nadie atiende en ese puerto"),
    (socket.gaierror, "ese nombre no se encuentra, o no hay internet"),
    (TimeoutError, "tarda demasiado"),
)
"""Por qué no se pudo conectar, cuando el sistema lo dice en inglés."""


class _Corte(Exception):
    """La conexión se perdió antes de terminar el mensaje: no salió."""


class _Imposible(Exception):
    """El servidor no admite nada de este remitente, o nada tan grande."""


@dataclass(frozen=True, slots=True)
class _Dicha:
    """Cómo terminó un mensaje y qué dijo el servidor."""

    estado: Estado
    codigo: int | None
    dicho: str


def repartir(
    diario: Diario,
    servidor: Servidor,
    imprenta: Imprenta,
    destinos: Sequence[Destino],
    avisar: Avisar = callar,
    pausa: float = 1,
) -> None:
    """Envía a cada destino que esté por enviar; lo demás no se toca.

    ``pausa``: segundos antes de conectar de nuevo. Lanza ``ErrorDeEjecucion`` si no se puede
    seguir: lo hecho queda en el diario, y repetir la orden sigue desde ahí.
    """
    unicos = {d.clave: d for d in destinos}.values()
    faltan = [d for d in unicos if diario.de(d.clave).estado in POR_ENVIAR]
    reparto = _Reparto(diario, servidor, imprenta, pausa)
    seguidos = 0
    try:
        for n, destino in enumerate(faltan, 1):
            dicha = reparto.entregar(destino)
            seguidos = seguidos + 1 if dicha.codigo is None else 0
            avisar(f"{n} de {len(faltan)}: {destino.direccion}: {dicha.estado}")
            if seguidos == SEGUIDOS and n < len(faltan):
                raise _no_se_puede_seguir(servidor, "la conexión se corta una y otra vez")
        reparto.despedirse()
    finally:
        reparto.cerrar()


def _no_se_puede_seguir(servidor: Servidor, que: str) -> ErrorDeEjecucion:
    return ErrorDeEjecucion(
        f"el servidor de correo {servidor.nombre}:{servidor.puerto}: {que}\n    lo enviado queda"
        " anotado\n    remedio: revise la conexión y repita la orden: sigue donde quedó"
    )


@dataclass
class _Reparto:
    diario: Diario
    servidor: Servidor
    imprenta: Imprenta
    pausa: float
    conexion: smtplib.SMTP | None = None

    def entregar(self, destino: Destino) -> _Dicha:
        """Lo intenta y anota cómo terminó."""
        dicha = self._intentar(destino)
        self.diario.anotar(
            Respuesta(destino.clave, dicha.estado, dicha.codigo, dicha.dicho, ahora())
        )
        return dicha

    def _intentar(self, destino: Destino) -> _Dicha:
        porque = ""
        for intento in range(INTENTOS):
            if intento:
                time.sleep(self.pausa)
            conexion = self.conexion or self._conectar()
            try:
                return self._enviar(conexion, destino)
            except _Imposible as e:
                raise ErrorDeEjecucion(str(e)) from e
            except (_Corte, OSError, smtplib.SMTPException) as e:
                porque = str(e)
                self.cerrar()
        return _Dicha("aplazada", None, f"la conexión se cortó antes de terminar: {porque}")

    def _conectar(self) -> smtplib.SMTP:
        for intento in range(INTENTOS):
            if intento:
                time.sleep(self.pausa)
            try:
                self.conexion = conectar(self.servidor)
                return self.conexion
            except (OSError, smtplib.SMTPException) as e:
                porque = e
        raise _no_se_puede_seguir(
            self.servidor, f"no responde ({_en_palabras(porque)})"
        ) from porque

    def _enviar(self, conexion: smtplib.SMTP, destino: Destino) -> _Dicha:
        """Una transacción. Lo que lance es de antes del punto: el mensaje no salió."""
        crudo = self.imprenta.mensaje(destino)
        self._remite(conexion, len(crudo))
        codigo, dicho = conexion.rcpt(destino.direccion)
        if codigo // 100 == 2:
            codigo, dicho = conexion.docmd("DATA")
            if codigo == 354:
                return self._terminar(conexion, destino, crudo)
        _exigir_abierta(codigo, dicho)
        try:
            conexion.rset()
        except (OSError, smtplib.SMTPException):
            self.cerrar()  # ya dijo que no: lo que sigue va por otra conexión
        return _Dicha(_rechazo(codigo), codigo, _legible(dicho))

    def _remite(self, conexion: smtplib.SMTP, largo: int) -> None:
        opciones = [f"size={largo}"] if conexion.has_extn("size") else []
        remitente = self.imprenta.carta.remitente.direccion
        codigo, dicho = conexion.mail(remitente, opciones)
        if codigo // 100 == 5:
            raise _Imposible(
                f"el servidor de correo no admite la carta: {codigo} {_legible(dicho)}\n    lo"
                f" enviado queda anotado\n    remedio: revise el remitente («{remitente}») y el"
                f" tamaño que admite el servidor: la carta ocupa {largo:,} bytes"
            )
        if codigo // 100 != 2:
            raise _Corte(f"{codigo} {_legible(dicho)}")

    def _terminar(self, conexion: smtplib.SMTP, destino: Destino, crudo: bytes) -> _Dicha:
        # Una línea que empieza con punto lleva otro (RFC 5321, 4.5.2); la primera es un encabezado.
        conexion.send(crudo.replace(b"\r\n.", b"\r\n.."))
        identificacion = self.imprenta.identificacion(destino)
        self.diario.anotar(Punto(destino.clave, identificacion, ahora()))
        try:
            if conexion.sock is not None:
                conexion.sock.settimeout(self.servidor.espera_final)
            conexion.send(b".\r\n")
            codigo, dicho = conexion.getreply()
            if conexion.sock is not None:
                conexion.sock.settimeout(self.servidor.espera)
        except (OSError, smtplib.SMTPException) as e:
            self.cerrar()
            return _Dicha("dudosa", None, f"el servidor no llegó a responder: {e}")
        if codigo == CIERRA:
            self.cerrar()
        if codigo // 100 == 2:
            return _Dicha("entregada", codigo, _legible(dicho))
        if codigo // 100 in (4, 5):
            return _Dicha(_rechazo(codigo), codigo, _legible(dicho))
        self.cerrar()
        return _Dicha(
            "dudosa", None, f"el servidor respondió algo que no se entiende: {_legible(dicho)}"
        )

    def despedirse(self) -> None:
        if self.conexion is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.conexion.quit()

    def cerrar(self) -> None:
        """Sin esperar nada del servidor."""
        if self.conexion is not None:
            self.conexion.close()
        self.conexion = None


def _en_palabras(error: Exception) -> str:
    return next((dicho for tipo, dicho in EN_PALABRAS if isinstance(error, tipo)), str(error))


def _exigir_abierta(codigo: int, dicho: bytes) -> None:
    if codigo == CIERRA or codigo < 400:
        raise _Corte(f"{codigo} {_legible(dicho)}")


def _rechazo(codigo: int) -> Estado:
    """Un 4xx es para más tarde; un 5xx, para siempre."""
    return "aplazada" if codigo // 100 == 4 else "rechazada"


def _legible(dicho: bytes) -> str:
    """En una línea y sin signos que muevan la terminal de quien lo lee."""
    texto = " ".join(dicho.decode("utf-8", "replace").split())
    return "".join(c if c.isprintable() else "·" for c in texto)[:LARGO]
