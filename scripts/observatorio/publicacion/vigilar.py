"""``observatorio vigilar``: en un servidor propio, publica cada vez que cambian los datos, y
sobrevive a los malos.

Cada construcción corre en un proceso nuevo: si cambia el programa, corre el programa nuevo. Manda
el contenido, no los avisos del disco: lo que se guarda mientras se construye se nota en la vuelta
siguiente.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ..base.avisos import Avisar, callar
from ..edicion import claves, memoria
from ..edicion.claves import la_guarda_una_persona
from ..procesos import hasta_senal
from ..rutas import Proyecto

ESPERA_MS = 2000
REINTENTO, REINTENTO_MAXIMO = 5, 300
"""Tras un fallo que no es de los datos, cuántas esperas pasan hasta el primer reintento (luego el
doble) y como mucho.
"""


def vigilar(
    proyecto: Proyecto,
    destino: str | None = None,
    motor: str = "auto",
    detener: threading.Event | None = None,
    decir: Avisar = print,
    espera_ms: int = ESPERA_MS,
) -> int:
    """Construye (y publica en ``destino``) al empezar y tras cada cambio de las entradas, hasta una
    señal o ``detener``.

    ``espera_ms``: calma que debe haber tras un guardado antes de construir. Si falla algo que no
    son los datos (el destino, el disco, la red), lo intenta otra vez, cada vez más tarde; los datos
    malos esperan a que alguien los cambie.
    """
    orden = [*(["publicar", "--a", destino] if destino else ["construir"]), "--motor", motor]
    detener = detener or threading.Event()
    hechas: dict[str, str] | None = None
    fallos, reintento = 0, float("inf")
    with hasta_senal(detener):
        for nombres in _vueltas(proyecto, detener, espera_ms):
            ahora = _entradas(proyecto)
            if ahora is None or (ahora == hechas and time.monotonic() < reintento):
                continue
            decir(_motivo(hechas, ahora, nombres))
            fallos = fallos if ahora == hechas else 0
            hechas, reintento = ahora, float("inf")
            if _correr(proyecto, orden, detener, decir):
                decir("al día")
            elif detener.is_set():
                break
            elif _correr(proyecto, ["validar"], detener):
                segundos = min(REINTENTO * 2**fallos, REINTENTO_MAXIMO) * espera_ms / 1000
                fallos, reintento = fallos + 1, time.monotonic() + segundos
                decir(
                    "no se publicó nada nuevo: sigue viva la última edición buena; se intenta otra"
                    f" vez en {segundos:.0f} s"
                )
            else:
                decir(
                    "no se publicó nada nuevo: sigue viva la última edición buena; se espera la"
                    " corrección"
                )
    decir("se deja de vigilar: sigue viva la última edición publicada")
    return 0


def _entradas(proyecto: Proyecto) -> dict[str, str] | None:
    """Claves de lo que se publica, sin la edición anterior (publicar la cambia), y los daños de la
    memoria, que se arreglan en ella.

    Nada si un archivo se mueve mientras se lee.
    """
    try:
        danos = memoria.mirar(proyecto.raiz).danos
        return claves.de_contenido(proyecto.raiz) | (
            {"memoria de lo publicado": str(danos)} if danos else {}
        )
    except OSError:
        return None


def _motivo(hechas: dict[str, str] | None, ahora: dict[str, str], nombres: list[str]) -> str:
    if hechas is None:
        return "primera construcción"
    if hechas == ahora:
        return "otro intento"
    return (
        f"cambió {', '.join(nombres[:5]) or 'algo mientras se construía'}"
        f" ({', '.join(sorted(n for n in ahora | hechas if ahora.get(n) != hechas.get(n)))})"
    )


def _vueltas(proyecto: Proyecto, detener: threading.Event, espera_ms: int) -> Iterator[list[str]]:
    """Una vuelta al empezar, otra por cada tanda de guardados (con sus nombres) y otra cada dos
    esperas en calma.
    """
    from watchfiles import watch

    yield []
    for tanda in watch(
        proyecto.raiz,
        watch_filter=lambda _, ruta: la_guarda_una_persona(proyecto.relativa(Path(ruta))),
        debounce=espera_ms,
        step=min(espera_ms, 200),
        stop_event=detener,
        raise_interrupt=False,
        yield_on_timeout=True,
        rust_timeout=2 * espera_ms,
    ):
        yield sorted({Path(r).name for _, r in tanda})


def _correr(
    proyecto: Proyecto,
    orden: list[str],
    detener: threading.Event,
    decir: Avisar = callar,
) -> bool:
    """Corre una orden en su propio proceso y su propia sesión (un Ctrl-C no le llega) hasta que
    termina o hay que parar.
    """
    proceso = subprocess.Popen(
        [sys.executable, "-m", "observatorio", "--raiz", str(proyecto.raiz), *orden],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    while True:
        try:
            salida, errores = proceso.communicate(timeout=0.2)
            break
        except subprocess.TimeoutExpired:
            if detener.is_set():
                proceso.kill()
    bien = proceso.returncode == 0
    dicho = (salida if bien else errores or salida).strip()
    if dicho and not detener.is_set():
        decir(dicho.splitlines()[-1] if bien else dicho)
    return bien
