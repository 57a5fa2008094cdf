"""``observatorio ver``: sirve el sitio en esta máquina y lo rehace cuando se guarda un cuaderno, un
dato o una página.
"""

from __future__ import annotations

import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .construir import construir
from .errores import DatosInvalidos, ErrorDeEjecucion, ErrorDeUso
from .rutas import Proyecto

VIGILADAS = ("data", "misiones", "notebooks", "_extensions", "scripts")
GENERADOS = ("index.ipynb", "indicadores.ipynb")
ESPERA_MS = 400


class _Servidor(SimpleHTTPRequestHandler):
    """Archivos del sitio, sin caché del navegador, con la 404 del sitio."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".ipynb": "application/json",
        ".parquet": "application/octet-stream",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
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
        self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        pass


def servir(proyecto: Proyecto, puerto: int, detener: threading.Event | None = None) -> int:
    """Construye, sirve en ``http://127.0.0.1:puerto`` y rehace al guardar, hasta Ctrl-C o
    ``detener``.

    Un dato malo se explica y el último sitio bueno sigue servido. Lanza ``ErrorDeUso`` si el puerto
    está ocupado.
    """
    from watchfiles import watch

    _rehacer(proyecto)
    if not proyecto.sitio.exists():
        return 1
    try:
        servidor = ThreadingHTTPServer(
            ("127.0.0.1", puerto), partial(_Servidor, directory=str(proyecto.sitio))
        )
    except OSError as e:
        raise ErrorDeUso(
            f"el puerto {puerto} está ocupado: use observatorio ver --puerto {puerto + 1}"
        ) from e
    threading.Thread(target=servidor.serve_forever, daemon=True).start()
    print(f"Sitio en http://127.0.0.1:{puerto}/   (Ctrl-C para terminar)", flush=True)
    carpetas = [proyecto.raiz / c for c in VIGILADAS if (proyecto.raiz / c).is_dir()]
    paginas = [p for p in proyecto.raiz.iterdir() if p.suffix in (".qmd", ".yml")]
    try:
        for cambios in watch(
            *carpetas, *paginas, debounce=ESPERA_MS, stop_event=detener, raise_interrupt=False
        ):
            tocados = sorted({Path(r).name for _, r in cambios} - set(GENERADOS))
            tocados = [n for n in tocados if not n.startswith((".", "~"))]
            if tocados:
                print(f"cambió {', '.join(tocados)}", flush=True)
                _rehacer(proyecto)
    finally:
        servidor.shutdown()
        servidor.server_close()
    return 0


def _rehacer(proyecto: Proyecto) -> None:
    try:
        edicion = construir(proyecto, "embebido")
    except (DatosInvalidos, ErrorDeEjecucion, ErrorDeUso) as e:
        print(f"{e}\nEl sitio servido sigue siendo el último bueno.", flush=True)
    else:
        print(f"edición {edicion.identificador} lista", flush=True)
