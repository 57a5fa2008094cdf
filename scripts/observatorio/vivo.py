"""Lo que se está mirando mientras se edita: las páginas abiertas, lo adelantado de cada una y el
fallo que hay que decir en ellas.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Callable, Iterator, Mapping

from .base.huellas import huella

GUION = "_vivo.js"
CANAL = "_vivo"
CANALES = 16
"""Páginas abiertas a la vez que se recargan solas; las de más se ven, sin recargarse."""
LATIDO_S = 2.0
"""Cada cuánto se comprueba que quien miraba sigue ahí."""
EN_LA_PAGINA = """(() => {
  const guion = document.currentScript;
  const { pagina, huella } = guion.dataset;
  const canal = new EventSource(
    `/_vivo?pagina=${encodeURIComponent(pagina)}&huella=${huella}`);
  let aviso = null;
  const quitar = () => { aviso?.remove(); aviso = null; };
  const decir = (texto) => {
    quitar();
    aviso = document.createElement("div");
    aviso.setAttribute("role", "alert");
    Object.assign(aviso.style, {
      position: "sticky", top: "0", zIndex: "1000", maxHeight: "60vh", overflow: "auto",
      padding: "1rem", borderLeft: "6px solid #b00020", background: "#fff1f0", color: "#1b1b1b",
      boxShadow: "0 2px 8px rgb(0 0 0 / 30%)",
    });
    const titulo = document.createElement("strong");
    titulo.textContent = "Lo último que se guardó no se puede publicar";
    const detalle = document.createElement("pre");
    detalle.textContent = texto;
    Object.assign(detalle.style, { whiteSpace: "pre-wrap", margin: "0.5rem 0 0" });
    aviso.append(titulo, detalle);
    document.body.prepend(aviso);
  };
  canal.addEventListener("cambio", () => { canal.close(); location.reload(); });
  canal.addEventListener("fallo", (e) => decir(JSON.parse(e.data)));
  canal.addEventListener("bien", quitar);
})();
"""


class Vivo:
    """Lo que sabe el servidor de quien edita; lo cambia quien construye, desde otro hilo."""

    def __init__(self) -> None:
        self._cambio = threading.Condition()
        self._adelantado: dict[str, bytes] = {}
        self._fallo = ""
        self._abiertas: dict[object, str] = {}
        self._vuelta = 0

    def caben(self) -> bool:
        """Si se puede seguir una página más."""
        with self._cambio:
            return len(self._abiertas) < CANALES

    def mirando(self) -> list[str]:
        """Las páginas abiertas (``misiones/x/index.html``), primero la que se abrió la última."""
        with self._cambio:
            return list(dict.fromkeys(reversed(list(self._abiertas.values()))))

    def adelantado(self, ruta: str) -> bytes | None:
        """Lo nuevo de una ruta del sitio, si ya está hecho y su edición todavía no."""
        with self._cambio:
            return self._adelantado.get(ruta)

    def adelantar(self, archivos: Mapping[str, bytes]) -> None:
        """Da lo nuevo de algunas rutas, antes que la edición que las traerá."""
        with self._cambio:
            self._adelantado |= archivos
            self._avisar("")

    def al_dia(self) -> None:
        """Hay edición nueva: lo adelantado ya está en ella."""
        with self._cambio:
            self._adelantado = {}
            self._avisar("")

    def fallar(self, texto: str) -> None:
        """Lo último guardado no se pudo construir: ``texto`` lo dice como en la terminal."""
        with self._cambio:
            self._avisar(texto)

    def _avisar(self, fallo: str) -> None:
        self._fallo, self._vuelta = fallo, self._vuelta + 1
        self._cambio.notify_all()

    def seguir(
        self, pagina: str, vista: str, contenido: Callable[[], bytes | None]
    ) -> Iterator[bytes]:
        """Los avisos para quien tiene abierta ``pagina`` con la huella ``vista``: que cambió, que
        algo falló y que ya no.

        ``contenido``: lo que hoy se serviría. Entre avisos, un latido cada ``LATIDO_S``.
        """
        yo, dicho = object(), ""
        with self._cambio:
            self._abiertas[yo] = pagina
        try:
            while True:
                with self._cambio:
                    vuelta, fallo = self._vuelta, self._fallo
                ahora = contenido()
                if ahora is not None and huella(ahora) != vista:
                    yield _aviso("cambio", "")
                    return
                if fallo != dicho:
                    yield _aviso("fallo" if fallo else "bien", fallo)
                    dicho = fallo
                with self._cambio:
                    if self._vuelta == vuelta:
                        self._cambio.wait(LATIDO_S)
                yield b":\n\n"
        finally:
            with self._cambio:
                del self._abiertas[yo]


def con_guion(contenido: bytes, pagina: str) -> bytes:
    """La página con lo que la recarga sola, que solo lleva mientras se edita."""
    guion = (
        f'<script src="/{GUION}" data-pagina="{html.escape(pagina)}"'
        f' data-huella="{huella(contenido)}"></script>'
    ).encode()
    antes, cierre, despues = contenido.rpartition(b"</body>")
    return antes + guion + cierre + despues if cierre else contenido + guion


def _aviso(nombre: str, datos: str) -> bytes:
    return f"event: {nombre}\ndata: {json.dumps(datos, ensure_ascii=False)}\n\n".encode()
