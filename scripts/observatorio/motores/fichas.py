"""Las fichas ejecutivas del sitio, compuestas como las que se llevan a una sesión: con Typst y sin
Quarto, sea cual sea el motor de páginas. Solo se compone la que cambió.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..base.archivos import quitar_sobrantes
from ..base.escritura import escribir_atomico
from ..base.huellas import huella
from ..edicion.claves import clave_de
from ..edicion.registro import Registro, clave
from ..rutas import Proyecto
from .comun import dia_de_los_datos, partes_del_programa
from .sesion import Compositor

FUENTES, COMPUESTAS = "fichas", "fichas-compuestas"
"""Carpetas de ``.trabajo/``: el marcado que deja ``preparar`` y los PDF, por su clave."""


def componer(proyecto: Proyecto, registro: Registro) -> dict[str, Path]:
    """Compone las que falten; devuelve ruta en el sitio → archivo en la caché. Lanza
    ``ErrorDeEjecucion``.
    """
    comunes, cache = _partes_comunes(proyecto), proyecto.trabajo / COMPUESTAS
    salidas: dict[str, Path] = {}
    faltan: dict[Path, str] = {}
    for fuente in sorted((proyecto.trabajo / FUENTES).glob("*.typ")):
        texto = fuente.read_text(encoding="utf-8")
        partes = comunes | {"su ficha": huella(texto)}
        salida, destino = f"misiones/{fuente.stem}/ficha.pdf", cache / f"{clave(partes)}.pdf"
        salidas[salida] = destino
        falta = not destino.is_file()
        registro.anotar(salida, partes, falta)
        if falta:
            faltan[destino] = texto
    _escribir(proyecto, faltan)
    quitar_sobrantes(cache, set(salidas.values()))
    return salidas


def _escribir(proyecto: Proyecto, faltan: Mapping[Path, str]) -> None:
    if not faltan:
        return
    compositor = Compositor(proyecto, dia_de_los_datos(proyecto))
    with ThreadPoolExecutor(os.cpu_count()) as hilos:
        hechas = [hilos.submit(compositor.pdf, texto, "papel") for texto in faltan.values()]
    for destino, hecha in zip(faltan, hechas, strict=True):
        escribir_atomico(destino, hecha.result())


def _partes_comunes(proyecto: Proyecto) -> dict[str, str]:
    return partes_del_programa(proyecto) | {
        "extensión": clave_de(proyecto.extension, ["*.typ"]),
        "fecha de corte": dia_de_los_datos(proyecto).isoformat(),
    }
