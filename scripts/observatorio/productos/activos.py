"""Activos del navegador con nombre por contenido: estilo, guion, tipografía y Vega, tomados de la
extensión y de los paquetes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

from ..base.archivos import escribir_bytes, json_en_bytes
from ..base.huellas import huella
from ..base.tipografia import (
    ARCHIVOS,
    DEL_NAVEGADOR,
    LETRAS,
    VERSIONES,
    carpeta_de_fuentes,
    para_dibujar,
    recortada,
)
from ..rutas import Proyecto

ENTRADA_VEGA = "window.vegaEmbed = vegaEmbed;"


def de_boletines() -> dict[str, bytes]:
    """Las fuentes con que se componen los boletines: nombre → contenido."""
    return {nombre: (carpeta_de_fuentes() / nombre).read_bytes() for nombre in ARCHIVOS}


def archivos(
    proyecto: Proyecto, buscable: bytes, iconos: Mapping[int, bytes], titulo: str
) -> tuple[dict[str, str], dict[str, bytes]]:
    """``(nombre lógico → ruta desde la raíz, lo de activos/: nombre → contenido)``.

    ``buscable``: lo que se busca, que va delante del guion que lo busca. ``iconos``: por su lado en
    píxeles; ``titulo``, el del sitio, para el manifiesto que los nombra.
    """
    extension = {
        n: (proyecto.extension / n).read_bytes()
        for n in ("estilo.css", "sitio.js", "explorador.js", "buscador.js", "icono.svg")
    }
    ajenos = de_paquetes(proyecto)
    letras = {n: c for n, c in ajenos.items() if n.endswith(".woff2")}
    dibujados = {lado: f"icono-{lado}.png" for lado in iconos}
    con_huella = {lado: _con_huella(n, iconos[lado]) for lado, n in dibujados.items()}
    rutas: dict[str, str] = {}
    hechos: dict[str, bytes] = {}
    for logico, nombre, contenido in (
        *((Path(n).stem, n, iconos[lado]) for lado, n in dibujados.items()),
        ("manifiesto", "manifiesto.webmanifest", _manifiesto(con_huella, titulo)),
        ("guion", "sitio.js", extension["sitio.js"]),
        ("explorador", "explorador.js", extension["explorador.js"]),
        ("buscador", "buscador.js", buscable + extension["buscador.js"]),
        ("icono", "icono.svg", extension["icono.svg"]),
        *((Path(n).stem, n, c) for n, c in ajenos.items()),
        ("estilo", "estilo.css", _con_letras(extension["estilo.css"], letras)),
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


def _manifiesto(iconos: Mapping[int, str], titulo: str) -> bytes:
    """El de la aplicación web; sus direcciones se leen desde ``activos/``."""
    return json_en_bytes(
        {
            "name": titulo,
            "lang": "es",
            "start_url": "../index.html",
            "scope": "../",
            "display": "minimal-ui",
            "background_color": "#fdfbf7",
            "theme_color": "#17343d",
            "icons": [
                {"src": nombre, "sizes": f"{lado}x{lado}", "type": "image/png"}
                for lado, nombre in iconos.items()
            ],
        }
    )


def de_paquetes(proyecto: Proyecto) -> dict[str, bytes]:
    """Lo del navegador que sale entero de los paquetes, hecho una vez por versión en ``.cache/``:
    nombre → contenido.
    """
    letras = {
        f"{n}.woff2": _guardado(proyecto, f"{n}.woff2", (*VERSIONES, LETRAS), partial(recortada, a))
        for n, a in DEL_NAVEGADOR.items()
    }
    para_dibujar(proyecto.raiz / ".cache")
    return {"vega.js": _vega(proyecto)} | letras


def _con_letras(estilo: bytes, letras: Mapping[str, bytes]) -> bytes:
    """El estilo, con cada tipografía por su nombre con huella."""
    for nombre, contenido in letras.items():
        estilo = estilo.replace(
            f"url({nombre})".encode(), f"url({_con_huella(nombre, contenido)})".encode()
        )
    return estilo


def _guardado(
    proyecto: Proyecto, nombre: str, claves: Sequence[str], hacer: Callable[[], bytes]
) -> bytes:
    """Lo que sale entero de un paquete se hace una vez por versión."""
    base, extension = nombre.rsplit(".", 1)
    guardado = proyecto.raiz / ".cache" / f"{base}-{huella(*claves)}.{extension}"
    if not guardado.is_file():
        escribir_bytes(guardado, hacer())
    return guardado.read_bytes()


def _con_huella(nombre: str, contenido: bytes) -> str:
    base, extension = nombre.rsplit(".", 1)
    return f"{base}-{huella(contenido)[:10]}.{extension}"


def _vega(proyecto: Proyecto) -> bytes:
    """El paquete de Vega para el navegador, que vl-convert arma sin red."""

    def hacer() -> bytes:
        import vl_convert

        from ..presentacion.dibujo import version_vegalite

        return vl_convert.javascript_bundle(ENTRADA_VEGA, vl_version=version_vegalite()).encode()

    return _guardado(proyecto, "vega.js", (version("vl-convert-python"), ENTRADA_VEGA), hacer)
