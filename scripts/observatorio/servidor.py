"""El servidor de ``observatorio ver``: los archivos del sitio a quien está en esta máquina, y nada
más; mientras se edita, con lo adelantado de lo que se mira (véase ``vivo``).

Una página ajena abierta en el mismo navegador no puede leerlo con otro nombre (``Host``), ni se
sirve lo que no es del sitio: archivos ocultos, listas de carpetas, enlaces que salen de él.
"""

from __future__ import annotations

import io
import os
import socket
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from .vivo import CANAL, EN_LA_PAGINA, GUION, Vivo, con_guion

ANFITRIONES = frozenset({"127.0.0.1", "localhost", "::1"})
HILOS = 32
"""Pedidos a la vez: un navegador abre seis conexiones; lo demás espera su turno."""
ESPERA_S = 20
"""Segundos que se espera a quien pide y calla, o no recibe: después, su turno es de otro."""


class _Pedido(SimpleHTTPRequestHandler):
    """Archivos del sitio, sin caché del navegador, con la 404 del sitio."""

    server: Servidor
    timeout = ESPERA_S
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".ipynb": "application/json",
        ".parquet": "application/octet-stream",
        ".ics": "text/calendar; charset=utf-8",
    }

    def send_head(self):
        """Lo que se responde a un GET o a un HEAD; ``None`` si ya se respondió que no."""
        if not _anfitrion_propio(self.headers.get("Host")):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "Este sitio se abre como localhost")
            return None
        if not self._es_del_sitio():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        vivo = self.server.vivo
        return super().send_head() if vivo is None else self._en_vivo(vivo)

    def _en_vivo(self, vivo: Vivo):
        """Lo adelantado antes que lo del sitio, y las páginas con lo que las recarga."""
        ruta = self._relativa()
        if ruta == GUION:
            return self._dar(EN_LA_PAGINA.encode("utf-8"), "text/javascript; charset=utf-8")
        if ruta == CANAL:
            return self._canal(vivo)
        contenido = vivo.adelantado(ruta)
        if ruta.endswith(".html"):
            contenido = self._contenido(ruta)
            if contenido is not None and self._lleva_a(ruta):
                return self._dar(con_guion(contenido, ruta), "text/html; charset=utf-8")
        elif contenido is not None:
            return self._dar(contenido, self.guess_type(ruta))
        return super().send_head()

    def _relativa(self) -> str:
        """La ruta del sitio que se pide; la de una carpeta es la de su página."""
        carpeta = urlsplit(self.path).path.endswith("/")
        relativa = os.path.relpath(self.translate_path(self.path), self.directory)
        partes = [] if relativa == os.curdir else relativa.split(os.sep)
        return "/".join([*partes, "index.html"] if carpeta else partes)

    def _lleva_a(self, ruta: str) -> bool:
        """Si el archivo, de estar, es del sitio y no lo que hay al final de un enlace."""
        sitio = os.path.realpath(self.directory)
        return os.path.realpath(os.path.join(sitio, ruta)).startswith(sitio + os.sep)

    def _contenido(self, ruta: str) -> bytes | None:
        vivo, archivo = self.server.vivo, Path(self.directory) / ruta
        adelantado = None if vivo is None else vivo.adelantado(ruta)
        if adelantado is not None:
            return adelantado
        try:
            return archivo.read_bytes()
        except OSError:
            return None

    def _dar(self, contenido: bytes, tipo: str):
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", tipo)
        self.send_header("Content-Length", str(len(contenido)))
        self.end_headers()
        return io.BytesIO(contenido)

    def _canal(self, vivo: Vivo) -> None:
        """Los avisos para una página abierta, hasta que se cierre o cambie; si hay demasiadas, que
        no insista.
        """
        pedido = parse_qs(urlsplit(self.path).query)
        ruta, vista = (pedido.get(n, [""])[0] for n in ("pagina", "huella"))
        if not vivo.caben():
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        if self.command == "HEAD" or not self._lleva_a(ruta):
            return
        for aviso in vivo.seguir(ruta, vista, lambda: self._contenido(ruta)):
            self.wfile.write(aviso)

    def list_directory(self, path: object) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def _es_del_sitio(self) -> bool:
        pedida = unquote(urlsplit(self.path).path)
        if "\0" in pedida or any(p.startswith(".") for p in pedida.split("/")):
            return False
        sitio = os.path.realpath(self.directory)
        real = os.path.realpath(self.translate_path(self.path))
        return real == sitio or real.startswith(sitio + os.sep)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        propia = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not propia.is_file():
            super().send_error(code, message, explain)
            return
        cuerpo = propia.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        pass


class Servidor(ThreadingHTTPServer):
    """El sitio de ``carpeta`` en ``127.0.0.1:puerto``; lanza ``OSError`` si el puerto está
    ocupado. Con ``vivo``, además, las páginas dicen lo que cambia.
    """

    daemon_threads = True

    def __init__(self, carpeta: Path, puerto: int, vivo: Vivo | None = None) -> None:
        self.vivo = vivo
        self._turnos = threading.BoundedSemaphore(HILOS)
        super().__init__(("127.0.0.1", puerto), partial(_Pedido, directory=str(carpeta)))

    def process_request(self, request, client_address) -> None:
        """Atiende cuando hay un turno libre; las conexiones de más esperan en la cola del
        sistema.
        """
        self._turnos.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._turnos.release()

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Quien se fue a media respuesta no es noticia; lo demás, en una línea."""
        fallo = sys.exc_info()[1]
        if not isinstance(fallo, ConnectionError | TimeoutError):
            print(f"no se pudo servir un pedido: {fallo}", file=sys.stderr, flush=True)


def _anfitrion_propio(host: str | None) -> bool:
    """Si el navegador pidió esta máquina por su nombre, con el puerto que sea (un túnel usa
    otro).
    """
    if host is None:
        return False
    try:
        return urlsplit(f"//{host}").hostname in ANFITRIONES
    except ValueError:
        return False
