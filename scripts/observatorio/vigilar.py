"""``observatorio vigilar``: en un servidor propio, publica cada vez que cambian los datos, y sobrevive a los malos.

Cada construcción corre en un proceso nuevo: si cambia el programa, corre el programa nuevo.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from .edicion import claves
from .rutas import Proyecto

ESPERA_MS = 2000
IGNORADAS = {".git", ".venv", ".cache", ".trabajo", "ediciones", "_site", "_borrador", "datos", "activos", "__pycache__", ".ipynb_checkpoints"}


def vigilar(
    proyecto: Proyecto, destino: str | None = None, motor: str = "auto", detener: threading.Event | None = None,
    decir: Callable[[str], None] = print, espera_ms: int = ESPERA_MS,
) -> int:
    """Construye (y publica en ``destino``) al empezar y tras cada cambio de las entradas, hasta Ctrl-C o ``detener``.

    ``espera_ms``: calma que debe haber tras un guardado antes de construir.
    """
    orden = ["publicar", "--a", destino] if destino else ["construir"]
    antes = None
    for motivo in _motivos(proyecto, detener, espera_ms):
        ahora = claves.entradas(proyecto.raiz)
        if ahora == antes:
            continue
        distintas = "" if antes is None else f" ({', '.join(n for n in ahora if ahora[n] != antes[n])})"
        decir(f"{motivo}{distintas}")
        bien = _correr(proyecto, [*orden, "--motor", motor], decir)
        decir("al día" if bien else "no se publicó nada nuevo: sigue viva la última edición buena; se espera la corrección")
        antes = claves.entradas(proyecto.raiz)
    return 0


def _motivos(proyecto: Proyecto, detener: threading.Event | None, espera_ms: int) -> Iterator[str]:
    from watchfiles import watch

    cambios = watch(
        proyecto.raiz, watch_filter=lambda _, ruta: _interesa(proyecto.raiz, Path(ruta)), debounce=espera_ms, step=min(espera_ms, 200),
        stop_event=detener, raise_interrupt=False, yield_on_timeout=True, rust_timeout=1000,
    )
    yield "primera construcción"
    for tanda in cambios:
        if tanda:
            yield "cambió " + ", ".join(sorted({Path(r).name for _, r in tanda})[:5])


def _interesa(raiz: Path, ruta: Path) -> bool:
    partes = ruta.relative_to(raiz).parts
    generado = partes[0] == "misiones" and ruta.suffix == ".ipynb"
    return not (IGNORADAS & set(partes) or generado or ruta.name.startswith((".", "~")))


def _correr(proyecto: Proyecto, orden: list[str], decir: Callable[[str], None]) -> bool:
    r = subprocess.run(
        [sys.executable, "-m", "observatorio", "--raiz", str(proyecto.raiz), *orden], capture_output=True, text=True, encoding="utf-8", check=False
    )
    dicho = (r.stdout if r.returncode == 0 else r.stderr or r.stdout).strip()
    decir(dicho.splitlines()[-1] if r.returncode == 0 and dicho else dicho)
    return r.returncode == 0
