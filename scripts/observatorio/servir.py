"""``observatorio ver``: sirve el sitio en esta máquina y lo rehace cuando se guarda un cuaderno, un
dato o una página.

Lo que se está mirando se rehace primero, en este proceso, que ya tiene todo cargado; lo demás
detrás, en otro, que se abandona si se vuelve a guardar. Una construcción abandonada no deja nada a
medias: la edición viva cambia de una vez o no cambia.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

from .adelanto import Adelanto
from .edicion.claves import la_guarda_una_persona
from .errores import DatosInvalidos, ErrorDeEjecucion, ErrorDeUso
from .procesos import hasta_senal
from .rutas import Proyecto
from .servidor import Servidor
from .vivo import Vivo

VIGILADAS = ("data", "misiones", "notebooks", "_extensions", "scripts")
SUELTAS = (".qmd", ".yml", ".bib", ".csl")
ESPERA_MS, PASO_MS = 400, 30
"""Lo más que dura una tanda de guardados, y la calma que la termina."""
PRIMERO = 2
"""Cuántas de las páginas abiertas se adelantan: las últimas que se abrieron."""
PARAR_S = 0.3
"""Lo que tarda, como mucho, en notarse que hay que terminar."""
AMABLE = 10
"""Cuánto cede la construcción de lo demás a lo que se está mirando."""


def servir(proyecto: Proyecto, puerto: int, detener: threading.Event | None = None) -> int:
    """Construye, sirve en ``http://127.0.0.1:puerto`` y rehace al guardar, hasta Ctrl-C o
    ``detener``.

    Un dato malo se explica, en la terminal y en la página, y el último sitio bueno sigue servido.
    Lanza ``ErrorDeUso`` si el puerto está ocupado.
    """
    detener, vivo = detener or threading.Event(), Vivo()
    cola: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    # Desde antes de construir: lo que se guarde mientras tanto también cuenta.
    threading.Thread(target=_escuchar, args=(proyecto, cola, detener), daemon=True).start()
    resto = _Resto(proyecto, vivo)
    with hasta_senal(detener):
        resto.empezar(cede=False)
        resto.esperar(detener)
        if detener.is_set() or not proyecto.sitio.exists():
            resto.abandonar()
            detener.set()
            return 1
        try:
            servidor = Servidor(proyecto.sitio, puerto, vivo)
        except OSError as e:
            raise ErrorDeUso(
                f"el puerto {puerto} está ocupado: use observatorio ver --puerto {puerto + 1}"
            ) from e
        threading.Thread(target=servidor.serve_forever, daemon=True).start()
        print(f"Sitio en http://127.0.0.1:{puerto}/   (Ctrl-C para terminar)", flush=True)
        try:
            with Adelanto(proyecto) as adelanto:
                _adelantar(adelanto, vivo, [])
                while (tocados := _siguiente(cola, detener)) is not None:
                    print(f"cambió {', '.join(tocados)}", flush=True)
                    resto.abandonar()
                    if _adelantar(adelanto, vivo, vivo.mirando()[:PRIMERO]):
                        resto.empezar()
        finally:
            detener.set()
            resto.abandonar()
            servidor.shutdown()
            servidor.server_close()
    return 0


def _escuchar(
    proyecto: Proyecto, cola: queue.SimpleQueue[list[str]], detener: threading.Event
) -> None:
    """Los nombres de lo que se guarda, tanda a tanda."""
    from watchfiles import watch

    carpetas = [proyecto.raiz / c for c in VIGILADAS if (proyecto.raiz / c).is_dir()]
    sueltos = [p for p in proyecto.raiz.iterdir() if p.suffix in SUELTAS]
    for cambios in watch(
        *carpetas,
        *sueltos,
        debounce=ESPERA_MS,
        step=PASO_MS,
        stop_event=detener,
        raise_interrupt=False,
    ):
        tocados = sorted(
            {Path(r).name for _, r in cambios if la_guarda_una_persona(proyecto.relativa(Path(r)))}
        )
        if tocados:
            cola.put(tocados)


def _siguiente(cola: queue.SimpleQueue[list[str]], detener: threading.Event) -> list[str] | None:
    while not detener.is_set():
        with contextlib.suppress(queue.Empty):
            return cola.get(timeout=PARAR_S)
    return None


def _adelantar(adelanto: Adelanto, vivo: Vivo, mirando: list[str]) -> bool:
    """Rehace lo que se está mirando; falso si no se puede, y entonces lo demás tampoco."""
    try:
        vivo.adelantar(adelanto.hacer(mirando))
    except (DatosInvalidos, ErrorDeEjecucion) as e:
        _explicar(str(e), vivo)
        return False
    except ErrorDeUso as e:  # cambió el programa: lo rehace, entero, el proceso de lo demás
        print(e, flush=True)
    else:
        if mirando:
            print(f"lista {', '.join(mirando)}", flush=True)
    return True


def _explicar(fallo: str, vivo: Vivo) -> None:
    print(f"{fallo}\nEl sitio servido sigue siendo el último bueno.", flush=True)
    vivo.fallar(fallo)


class _Resto:
    """La construcción entera, en su propio proceso."""

    def __init__(self, proyecto: Proyecto, vivo: Vivo) -> None:
        self.proyecto, self.vivo = proyecto, vivo
        self._proceso: subprocess.Popen[str] | None = None
        self._hilo: threading.Thread | None = None

    def empezar(self, cede: bool = True) -> None:
        """``cede``: si lo que se está mirando va antes que ella en el procesador."""
        self._proceso = subprocess.Popen(
            [
                *(sys.executable, "-m", "observatorio", "--raiz", str(self.proyecto.raiz)),
                *("construir", "--motor", "embebido"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        if cede and hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, self._proceso.pid, AMABLE)
        self._hilo = threading.Thread(target=self._contar, args=(self._proceso,), daemon=True)
        self._hilo.start()

    def esperar(self, detener: threading.Event) -> None:
        while self._hilo and self._hilo.is_alive() and not detener.is_set():
            self._hilo.join(PARAR_S)

    def abandonar(self) -> None:
        """Termina la que esté en marcha; lo que ya dejó en las cachés sirve a la siguiente."""
        proceso, self._proceso = self._proceso, None
        if proceso:
            proceso.kill()
            proceso.wait()

    def _contar(self, proceso: subprocess.Popen[str]) -> None:
        salida, errores = proceso.communicate()
        if proceso is not self._proceso:
            return
        if proceso.returncode:
            _explicar((errores or salida).strip(), self.vivo)
        else:
            self.vivo.al_dia()
            print(_resumen(salida), flush=True)


def _resumen(salida: str) -> str:
    dichas = [x for x in salida.splitlines() if x.startswith("Edición")]
    return dichas[-1] if dichas else salida.strip()
