"""Chromium y un servidor callado, para mirar el sitio como lo mira una persona."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ENTERO = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(
    (r for n in ("chromium-headless-shell", *ENTERO) if (r := shutil.which(n))),
    None,
)
"""El que no lleva ventanas abre una página con un tercio del gasto."""
CHROMIUM_ENTERO = next((r for n in ENTERO if (r := shutil.which(n))), None)


@contextmanager
def chromium() -> Iterator:
    """El navegador de Playwright, con el Chromium de la máquina."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        programa = p.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield programa
        programa.close()


def componer_todo(hoja) -> None:
    """De lo que el navegador aún no compone no se puede medir ni el sitio ni el alto."""
    hoja.evaluate(
        "() => document.styleSheets[0]?.insertRule('* { content-visibility: visible !important }')"
    )


class Callado(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def servido(
    carpeta: Path, puerto: int = 0, atiende: type[SimpleHTTPRequestHandler] = Callado
) -> Iterator[str]:
    """La dirección en que se sirve una carpeta; sin ``puerto``, uno libre."""
    servidor = ThreadingHTTPServer(("127.0.0.1", puerto), partial(atiende, directory=str(carpeta)))
    Thread(target=servidor.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{servidor.server_port}/"
    finally:
        servidor.shutdown()
        servidor.server_close()
