"""Respaldo del protocolo de seguridad: datos, memoria de lo publicado, programa y ediciones en un
solo zip que se comprueba.

Mismo proyecto, mismos bytes. ``SUMAS.sha256`` va dentro: un solo bit cambiado se nombra con su
archivo, y como el zip se sella, también se nota fuera de los archivos. Es un zip común: dentro de
diez años se abre con lo que haya.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from ..base.escritura import exigir_camino, motivo_de
from ..edicion import ediciones
from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..rutas import PAGINAS_GENERADAS, Proyecto
from .destinos.zip import agregar
from .zip_estricto import SIN_SELLO, SUMAS, VIVA, fuera, leer, sellar

FUERA = {
    ".git",
    ".venv",
    ".cache",
    ".trabajo",
    "_site",
    "_site.apartado",
    "_borrador",
    "datos",
    "activos",
    "analisis",
    "ediciones",
    ".hypothesis",
    ".ruff_cache",
    ".quarto",
    *PAGINAS_GENERADAS,
}
CACHES = {"__pycache__", ".ipynb_checkpoints"}
GENERADOS = {"index.ipynb", "indicadores.ipynb"}


def crear(proyecto: Proyecto, destino: Path) -> int:
    """Escribe el respaldo (entero o nada) y devuelve cuántos archivos guarda.

    Un enlace a otro sitio del proyecto se guarda como enlace; de uno que sale del proyecto, lo que
    hay al otro lado. Lanza ``ErrorDeEjecucion`` si no se puede leer o escribir, o si ``destino`` no
    es, ni por un enlace, un archivo corriente.
    """
    if os.path.exists(destino) and not os.path.isfile(destino):
        raise ErrorDeEjecucion(
            f"no se pudo escribir el respaldo «{destino}»: no es un archivo\n    remedio: diga un"
            f" archivo, como {proyecto.raiz.parent / 'respaldo.zip'}"
        )
    temporal = destino.with_name(f".{destino.name}.{os.getpid()}")
    propios = {os.path.realpath(destino), os.path.realpath(temporal)}
    try:
        contenidos = {
            r: _contenido(r, p)
            for r, p in _archivos(proyecto)
            if os.path.realpath(p) not in propios
        }
        viva = next(
            (
                e.name
                for e in ediciones.conservadas(proyecto)
                if e.name == ediciones.actual(proyecto)
            ),
            None,
        )
        contenidos[VIVA] = (json.dumps({"viva": viva}) + "\n").encode(), False
        destino.parent.mkdir(parents=True, exist_ok=True)
        _escribir(temporal, contenidos)
        os.replace(temporal, destino)
    except OSError as e:
        raise ErrorDeEjecucion(
            f"no se pudo escribir el respaldo «{destino}»: {motivo_de(e)}"
            f" ({e.filename or destino})\n    remedio: libere espacio, o escríbalo en una carpeta"
            " en la que tenga permiso, y repita la orden"
        ) from e
    finally:
        with suppress(OSError):
            temporal.unlink()
    return len(contenidos)


def comprobar(ruta: Path) -> list[str]:
    """Qué está mal en el respaldo, archivo por archivo; vacío si está sano."""
    return leer(ruta)[1]


def restaurar(ruta: Path, destino: Path) -> Proyecto:
    """Deja el proyecto en ``destino``, que debe estar vacío o no existir, con la edición que estaba
    viva.

    Lanza ``ErrorDeUso`` si ``destino`` no sirve y ``ErrorDeEjecucion`` si el respaldo está dañado o
    no se puede escribir: todo se revisa antes y se escribe aparte, así que entonces no queda nada a
    medias.
    """
    _exigir_libre(destino)
    contenidos, danos = leer(ruta)
    if danos:
        raise ErrorDeEjecucion(
            "el respaldo está dañado y no se restaura:\n" + "\n".join(f"  {d}" for d in danos)
        )
    viva = json.loads(contenidos[VIVA][0])["viva"]
    lugar, habia = destino.resolve(), destino.exists()
    aparte = lugar / f".restaurando-{os.getpid()}"
    try:
        _volcar({r: c for r, c in contenidos.items() if r not in (SUMAS, VIVA)}, aparte)
        if viva:
            ediciones.activar(Proyecto(aparte), viva)
        for hijo in sorted(aparte.iterdir()):
            os.rename(hijo, lugar / hijo.name)
        aparte.rmdir()
    except OSError as e:
        shutil.rmtree(aparte if habia else lugar, ignore_errors=True)
        raise ErrorDeEjecucion(f"no se pudo restaurar en «{destino}»: {motivo_de(e)}") from e
    return Proyecto(lugar)


def _exigir_libre(destino: Path) -> None:
    if destino.exists() and not destino.is_dir():
        raise ErrorDeUso(f"«{destino}» es un archivo: restaure en una carpeta nueva")
    exigir_camino(destino)
    if destino.exists() and any(destino.iterdir()):
        raise ErrorDeUso(f"«{destino}» no está vacía: restaure en una carpeta nueva")


def _contenido(relativa: str, ruta: Path) -> tuple[bytes, bool]:
    """``(contenido, es un enlace)``; el contenido de un enlace es adónde apunta."""
    if ruta.is_symlink() and not fuera(relativa, os.readlink(ruta)):
        return os.readlink(ruta).encode(), True
    return ruta.read_bytes(), False


def _escribir(temporal: Path, contenidos: Mapping[str, tuple[bytes, bool]]) -> None:
    sumas = "".join(
        f"{hashlib.sha256(c).hexdigest()}  {r}\n" for r, (c, _) in sorted(contenidos.items())
    )
    with zipfile.ZipFile(temporal, "w", zipfile.ZIP_DEFLATED) as archivo:
        agregar(archivo, SUMAS, sumas.encode())
        for relativa, (contenido, enlace) in sorted(contenidos.items()):
            agregar(archivo, relativa, contenido, stat.S_IFLNK | 0o777 if enlace else 0o644)
        archivo.comment = SIN_SELLO
    sellar(temporal)


def _volcar(contenidos: Mapping[str, tuple[bytes, bool]], carpeta: Path) -> None:
    """Los archivos primero y los enlaces al final: nada se escribe a través de un enlace."""
    carpeta.mkdir(parents=True)
    for relativa, (contenido, enlace) in sorted(contenidos.items(), key=lambda par: par[1][1]):
        salida = carpeta / relativa
        salida.parent.mkdir(parents=True, exist_ok=True)
        if enlace:
            salida.symlink_to(contenido.decode())
        else:
            salida.write_bytes(contenido)


def _archivos(proyecto: Proyecto) -> Iterator[tuple[str, Path]]:
    """Todo lo que no se puede volver a generar, y las ediciones conservadas."""
    for carpeta, subcarpetas, nombres in os.walk(proyecto.raiz):
        base = Path(carpeta)
        arriba = base == proyecto.raiz
        propias = sorted(
            s
            for s in subcarpetas
            if not (arriba and s in FUERA) and s not in CACHES and not s.endswith(".egg-info")
        )
        subcarpetas[:] = propias
        enlazadas = [s for s in propias if (base / s).is_symlink()]
        for nombre in sorted([*nombres, *enlazadas]):
            generado = (
                nombre in FUERA
                if arriba
                else base.parent == proyecto.misiones and nombre in GENERADOS
            )
            ruta = base / nombre
            if not generado and (ruta.is_file() or ruta.is_symlink()):
                yield ruta.relative_to(proyecto.raiz).as_posix(), ruta
    for edicion in ediciones.conservadas(proyecto):
        for relativa in ediciones.rutas(edicion):
            yield f"ediciones/{edicion.name}/{relativa}", edicion / relativa
