"""Activos del navegador con nombre por contenido: estilo, guion, tipografía y Vega, tomados de la
extensión y de los paquetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path

from ..base.archivos import hecho_una_vez, json_en_bytes
from ..base.huellas import huella
from ..base.tipografia import (
    ARCHIVOS,
    DEL_NAVEGADOR,
    MODULO,
    VERSIONES,
    carpeta_de_fuentes,
    para_medir,
    recortada,
)
from ..catalogo.territorio import Sitio
from ..presentacion.graficos import vega
from ..rutas import Proyecto

ICONOS = (180, 192, 512)
"""Píxeles de cada icono: el de iOS y los dos del manifiesto."""
PRESENTACION = Path(__file__).resolve().parents[1] / "presentacion"


def de_boletines() -> dict[str, bytes]:
    """Las fuentes con que se componen los boletines: nombre → contenido."""
    return {nombre: (carpeta_de_fuentes() / nombre).read_bytes() for nombre in ARCHIVOS}


def archivos(
    proyecto: Proyecto, buscable: bytes, sitio: Sitio
) -> tuple[dict[str, str], dict[str, bytes]]:
    """``(nombre lógico → ruta desde la raíz, lo de activos/: nombre → contenido)``.

    ``buscable``: lo que se busca, que va delante del guion que lo busca.
    """
    extension = {
        n: (proyecto.extension / n).read_bytes()
        for n in ("estilo.css", "sitio.js", "explorador.js", "buscador.js", "icono.svg")
    }
    ajenos = de_paquetes(proyecto)
    letras = {n: c for n, c in ajenos.items() if n.endswith(".woff2")}
    rutas: dict[str, str] = {}
    hechos: dict[str, bytes] = {}
    for logico, nombre, contenido in (
        ("guion", "sitio.js", extension["sitio.js"]),
        ("explorador", "explorador.js", extension["explorador.js"]),
        ("buscador", "buscador.js", buscable + extension["buscador.js"]),
        ("icono", "icono.svg", extension["icono.svg"]),
        *((Path(n).stem, n, c) for n, c in ajenos.items()),
        ("estilo", "estilo.css", _con_letras(extension["estilo.css"], letras)),
        ("aplicacion", "aplicacion.webmanifest", _aplicacion(sitio, ajenos)),
    ):
        marcado = _con_huella(nombre, contenido)
        rutas[logico], hechos[marcado] = f"{proyecto.activos.name}/{marcado}", contenido
    return rutas, hechos


def de_laminas(
    proyecto: Proyecto, imagenes: Mapping[str, bytes]
) -> tuple[dict[str, str], dict[str, bytes]]:
    """Como ``archivos``, de las láminas. Van aparte: lo de ``archivos`` lo cita toda página, y una
    lámina cambia con las cifras.
    """
    marcadas = {n: _con_huella(f"lamina-{n}.png", c) for n, c in imagenes.items()}
    rutas = {n: f"{proyecto.activos.name}/{marcada}" for n, marcada in marcadas.items()}
    return rutas, {marcadas[n]: c for n, c in imagenes.items()}


def de_paquetes(proyecto: Proyecto) -> dict[str, bytes]:
    """Lo del navegador que sale entero de los paquetes, hecho una vez por versión en ``.cache/``:
    nombre → contenido.
    """
    cache_ = proyecto.raiz / ".cache"
    letras = {
        f"{n}.woff2": hecho_una_vez(
            cache_, f"{n}.woff2", VERSIONES, [MODULO], partial(recortada, a)
        )
        for n, a in DEL_NAVEGADOR.items()
    }
    para_medir(cache_)
    hechos = {"vega.js": vega.paquete(cache_)} | letras | _iconos(proyecto)
    return {nombre: ruta.read_bytes() for nombre, ruta in hechos.items()}


def _iconos(proyecto: Proyecto) -> dict[str, Path]:
    """El icono en puntos, para donde el teléfono no lo admite en trazos."""
    svg = (proyecto.extension / "icono.svg").read_text(encoding="utf-8")

    def hacer(lado: int) -> bytes:
        from ..presentacion.composicion import componer
        from ..presentacion.lamina import icono

        return componer([icono(svg, lado)], carpeta_de_fuentes())[0]

    claves = (*map(version, ("typst", "pypdfium2", "pillow")), svg)
    modulos = [PRESENTACION / nombre for nombre in ("composicion.py", "lamina.py")]
    return {
        f"icono-{n}.png": hecho_una_vez(
            proyecto.raiz / ".cache", f"icono-{n}.png", claves, modulos, partial(hacer, n)
        )
        for n in ICONOS
    }


def _aplicacion(sitio: Sitio, hechos: Mapping[str, bytes]) -> bytes:
    """Lo que un teléfono pide para instalar el sitio (W3C Web Application Manifest); las rutas
    parten de ``activos/``.
    """
    return json_en_bytes(
        {
            "name": sitio.titulo,
            "short_name": sitio.titulo.split(" de ")[0],
            "description": sitio.lema,
            "lang": "es",
            "id": "../",
            "scope": "../",
            "start_url": "../index.html",
            "display": "minimal-ui",
            "background_color": "#fdfbf7",
            "theme_color": "#17343d",
            "icons": [
                {
                    "src": _con_huella(f"icono-{n}.png", hechos[f"icono-{n}.png"]),
                    "sizes": f"{n}x{n}",
                    "type": "image/png",
                    "purpose": "any",
                }
                for n in ICONOS[1:]
            ],
        }
    )


def _con_letras(estilo: bytes, letras: Mapping[str, bytes]) -> bytes:
    """El estilo, con cada tipografía por su nombre con huella."""
    for nombre, contenido in letras.items():
        estilo = estilo.replace(
            f"url({nombre})".encode(), f"url({_con_huella(nombre, contenido)})".encode()
        )
    return estilo


def _con_huella(nombre: str, contenido: bytes) -> str:
    base, extension = nombre.rsplit(".", 1)
    return f"{base}-{huella(contenido)[:10]}.{extension}"
