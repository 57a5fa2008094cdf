"""``observatorio ver``: sirve el sitio en esta máquina y lo rehace cuando se guarda un cuaderno, un
dato o una página.
"""

from __future__ import annotations

import threading
from pathlib import Path

from .construir import construir
from .errores import DatosInvalidos, ErrorDeEjecucion, ErrorDeUso
from .rutas import Proyecto
from .servidor import Servidor

VIGILADAS = ("data", "misiones", "notebooks", "_extensions", "scripts")
GENERADOS = ("index.ipynb", "indicadores.ipynb")
ESPERA_MS = 400


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
        servidor = Servidor(proyecto.sitio, puerto)
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
