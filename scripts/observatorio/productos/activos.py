"""Activos del navegador con nombre por contenido: estilo, guion, Vega y fuentes, tomados de los paquetes."""

from __future__ import annotations

import shutil
from functools import cache

from ..edicion.claves import huella
from ..presentacion.tipografia import ARCHIVOS, carpeta_de_fuentes
from ..rutas import Proyecto
from .archivos import escribir_bytes, quitar_sobrantes

ENTRADA_VEGA = "window.vegaEmbed = vegaEmbed;"


def escribir(proyecto: Proyecto) -> dict[str, str]:
    """Escribe ``activos/`` y las fuentes de los boletines; devuelve nombre lógico → ruta desde la raíz."""
    fuentes = proyecto.trabajo / "fuentes"
    fuentes.mkdir(parents=True, exist_ok=True)
    for nombre in ARCHIVOS:
        if not (fuentes / nombre).is_file():
            shutil.copyfile(carpeta_de_fuentes() / nombre, fuentes / nombre)
    contenidos = {
        "estilo": ("estilo.css", (proyecto.extension / "estilo.css").read_bytes()),
        "guion": ("sitio.js", (proyecto.extension / "sitio.js").read_bytes()),
        "icono": ("icono.svg", (proyecto.extension / "icono.svg").read_bytes()),
        "vega": ("vega.js", _vega(proyecto)),
    }
    rutas, escritos = {}, set()
    for logico, (nombre, contenido) in contenidos.items():
        destino = proyecto.activos / _con_huella(nombre, contenido)
        escribir_bytes(destino, contenido)
        rutas[logico] = f"{proyecto.activos.name}/{destino.name}"
        escritos.add(destino)
    quitar_sobrantes(proyecto.activos, escritos)
    return rutas


def _con_huella(nombre: str, contenido: bytes) -> str:
    base, extension = nombre.rsplit(".", 1)
    return f"{base}-{huella(contenido)[:10]}.{extension}"


@cache
def _version_vega() -> str:
    from importlib.metadata import version

    return version("vl-convert-python")


def _vega(proyecto: Proyecto) -> bytes:
    """El paquete de Vega para el navegador, que vl-convert arma sin red; se guarda por versión."""
    guardado = proyecto.raiz / ".cache" / f"vega-{huella(_version_vega(), ENTRADA_VEGA)}.js"
    if not guardado.is_file():
        import vl_convert

        from ..presentacion.graficos import version_vegalite

        escribir_bytes(guardado, vl_convert.javascript_bundle(ENTRADA_VEGA, vl_version=version_vegalite()).encode())
    return guardado.read_bytes()


