"""Lo que deja leer una edición sin internet: el trabajador que guarda sus páginas en el aparato y
el zip con el sitio entero.

Se hacen al final, cuando todo lo demás está reunido, porque dicen cuánto pesa y qué suma tiene. De
la edición son los dos: están en su manifiesto. El zip lleva el suyo, que lo nombra todo menos a él.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..base.archivos import texto_si_hay
from ..base.empaquetar import COMPRESOR, Comprimido, agregar, comprimidos, comprimir, va_tal_cual
from ..base.escritura import escribir_atomico
from ..base.huellas import en_lineas, suma_de
from ..rutas import Proyecto
from . import ediciones

TRABAJADOR, ZIP = "sin-conexion.js", "sitio.zip"
HECHOS = (TRABAJADOR, ZIP)
ANOTADO = "zip.txt"
PESO = '<span class="peso"></span>'
"""Donde una página dice cuánto pesa el zip: hasta que se hace, no se sabe."""
NUCLEO = 1_500_000
"""Bytes, sin comprimir, de lo que se guarda sin que nadie lo abra."""
PRIMERO = (
    "index.html",
    "buscar/index.html",
    "indicadores/index.html",
    "anexos/index.html",
    "anexos/*/index.html",
    "cambios/index.html",
    "misiones/*/index.html",
)
"""En qué orden se guarda, mientras quepa: cada grupo entra entero o no entra."""
SOLO_CON_RED, NO_HALLADA = "vega-", "404.html"
LARGO_DE_SUMA = 16
MEGA = 1_000_000
LEAME = """Observatorio de Misiones, edición {}

Extraiga todo el zip y abra index.html con el navegador: no hace falta internet.
Para comprobar que nada se alteró, en esta carpeta: sha256sum -c MANIFEST.sha256
"""


def completar(
    carpeta: Path,
    extension: Path,
    identificador: str,
    de_antes: Mapping[str, Comprimido] | None = None,
) -> dict[str, str]:
    """Añade a la edición reunida en ``carpeta`` su trabajador y su zip, y escribe en las páginas lo
    que el zip pesa. Devuelve las sumas del manifiesto que lleva el zip.

    ``extension``: donde está el guion del trabajador. ``de_antes``: ver ``ya_comprimidos``.
    """
    con_peso = [p for p in sorted(carpeta.glob("*.html")) if PESO in p.read_text("utf-8")]
    ultimos = {p.relative_to(carpeta).as_posix() for p in con_peso}
    destino, raiz = carpeta / ZIP, f"observatorio-{identificador}"
    sumas: dict[str, str] = {}

    def leer(relativa: str) -> tuple[bytes, str, Comprimido | None]:
        contenido = (carpeta / relativa).read_bytes()
        suma = suma_de(contenido)
        ya = None if va_tal_cual(relativa) else (de_antes or {}).get(suma) or comprimir(contenido)
        return contenido, suma, ya

    primeros = [r for r in ediciones.rutas(carpeta) if r not in ultimos]
    with (
        zipfile.ZipFile(destino, "w", zipfile.ZIP_DEFLATED) as archivo,
        ThreadPoolExecutor(os.cpu_count()) as hilos,
    ):
        agregar(archivo, f"{raiz}/LEAME.txt", LEAME.format(identificador).encode())
        for relativa, (contenido, suma, ya) in zip(
            primeros, hilos.map(leer, primeros), strict=True
        ):
            sumas[relativa] = suma
            agregar(archivo, f"{raiz}/{relativa}", contenido, ya=ya)
        peso = max(1, round(archivo.fp.tell() / MEGA)) if archivo.fp else 0
        for pagina in con_peso:
            dicho = PESO.replace("><", f">{peso} MB<")
            # Nunca dentro del archivo que hay: podría ser también el de la edición viva.
            escribir_atomico(pagina, pagina.read_bytes().replace(PESO.encode(), dicho.encode()))
        sumas |= {r: ediciones.suma(carpeta / r) for r in ultimos}
        trabajador = _trabajador(carpeta, extension, identificador, sumas)
        escribir_atomico(carpeta / TRABAJADOR, trabajador)
        sumas[TRABAJADOR] = suma_de(trabajador)
        for relativa in sorted({*ultimos, TRABAJADOR}):
            # Las listas de sumas cambian en cada edición, unas pocas líneas: sin comprimir, git
            # guarda solo esas.
            contenido = (carpeta / relativa).read_bytes()
            agregar(archivo, f"{raiz}/{relativa}", contenido, tal_cual=relativa == TRABAJADOR)
        agregar(archivo, f"{raiz}/{ediciones.MANIFIESTO}", en_lineas(sumas), tal_cual=True)
    return sumas


def ya_comprimidos(proyecto: Proyecto) -> dict[str, Comprimido]:
    """Suma de cada contenido → cómo quedó comprimido en el zip de la última edición hecha aquí, si
    está entero y lo hizo el mismo compresor: comprimir lo que no cambió daría lo mismo.
    """
    anotado = texto_si_hay(proyecto.trabajo / ANOTADO).splitlines()
    if len(anotado) != 2 or anotado[0] != COMPRESOR:
        return {}
    carpeta = proyecto.ediciones / anotado[1]
    sumas = ediciones.manifiesto(carpeta)
    try:
        crudo = (carpeta / ZIP).read_bytes()
        if suma_de(crudo) != sumas.get(ZIP):
            return {}
        hay = comprimidos(crudo)
    except (OSError, zipfile.BadZipFile):
        return {}
    return {
        sumas[relativa]: comprimido
        for nombre, comprimido in hay.items()
        if (relativa := nombre.partition("/")[2]) in sumas
    }


def anotar(proyecto: Proyecto, identificador: str) -> None:
    """Recuerda qué edición se hizo la última y con qué compresor, para ``ya_comprimidos``."""
    escribir_atomico(proyecto.trabajo / ANOTADO, f"{COMPRESOR}\n{identificador}\n".encode())


def nucleo(carpeta: Path) -> list[str]:
    """Lo que se guarda sin que nadie lo abra y cabe en ``NUCLEO``: los activos, los grupos de
    ``PRIMERO`` y, de las páginas de la raíz, las más ligeras.
    """
    sueltas = sorted(_paginas(carpeta, "*.html"), key=lambda r: (carpeta / r).stat().st_size)
    grupos = [_activos(carpeta), *(_paginas(carpeta, p) for p in PRIMERO), *([r] for r in sueltas)]
    elegidas: list[str] = []
    queda = NUCLEO
    for grupo in grupos:
        nuevas = [r for r in grupo if r not in elegidas and r != NO_HALLADA]
        pesa = sum((carpeta / r).stat().st_size for r in nuevas)
        if pesa <= queda:
            elegidas += nuevas
            queda -= pesa
    return elegidas


def _trabajador(
    carpeta: Path, extension: Path, identificador: str, sumas: Mapping[str, str]
) -> bytes:
    ficha = json.loads((carpeta / f"ediciones/{identificador}.json").read_text("utf-8"))
    guardables = sorted({*_activos(carpeta), *_paginas(carpeta, "**/*.html")} - {NO_HALLADA})
    edicion = {
        "id": identificador,
        "fecha": ficha["fecha_corte"],
        "estilo": next(r for r in _activos(carpeta) if r.endswith(".css")),
        "nucleo": nucleo(carpeta),
        "sumas": {r: sumas[r][:LARGO_DE_SUMA] for r in guardables},
    }
    escrita = json.dumps(edicion, ensure_ascii=False, separators=(",", ":"))
    return f"const EDICION = {escrita};\n".encode() + (extension / TRABAJADOR).read_bytes()


def _activos(carpeta: Path) -> list[str]:
    """Los que toda página usa."""
    activos = sorted((carpeta / "activos").iterdir())
    return [f"activos/{p.name}" for p in activos if not p.name.startswith(SOLO_CON_RED)]


def _paginas(carpeta: Path, patron: str) -> list[str]:
    return [p.relative_to(carpeta).as_posix() for p in sorted(carpeta.glob(patron))]
