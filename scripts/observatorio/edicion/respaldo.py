"""Respaldo del protocolo de seguridad: datos, memoria de lo publicado, programa y ediciones en un solo zip que se comprueba.

Mismo proyecto, mismos bytes. ``SUMAS.sha256`` va dentro: un solo bit cambiado se nombra con su archivo. Es un zip común:
dentro de diez años se abre con lo que haya.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..rutas import PAGINAS_GENERADAS, Proyecto
from . import ediciones
from .destinos.zip import agregar

SUMAS, VIVA = "SUMAS.sha256", "EDICION-VIVA.json"
FUERA = {".git", ".venv", ".cache", ".trabajo", "_site", "_site.apartado", "_borrador", "datos", "activos", "analisis", "ediciones", ".hypothesis", ".ruff_cache", ".quarto", *PAGINAS_GENERADAS}
GENERADOS = {"index.ipynb", "indicadores.ipynb"}


def crear(proyecto: Proyecto, destino: Path) -> int:
    """Escribe el respaldo (entero o nada) y devuelve cuántos archivos guarda."""
    viva = json.dumps({"viva": ediciones.actual(proyecto)}) + "\n"
    contenidos = {r: p.read_bytes() for r, p in _archivos(proyecto)} | {VIVA: viva.encode()}
    sumas = "".join(f"{hashlib.sha256(c).hexdigest()}  {r}\n" for r, c in sorted(contenidos.items()))
    temporal = destino.with_name(f".{destino.name}.{os.getpid()}")
    try:
        destino.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(temporal, "w", zipfile.ZIP_DEFLATED) as archivo:
            agregar(archivo, SUMAS, sumas.encode())
            for relativa, contenido in sorted(contenidos.items()):
                agregar(archivo, relativa, contenido)
        os.replace(temporal, destino)
    except OSError as e:
        raise ErrorDeEjecucion(f"no se pudo escribir el respaldo «{destino}»: {e.strerror or e}") from e
    finally:
        temporal.unlink(missing_ok=True)
    return len(contenidos)


def comprobar(ruta: Path) -> list[str]:
    """Qué está mal en el respaldo, archivo por archivo; vacío si está sano."""
    try:
        with zipfile.ZipFile(ruta) as archivo:
            return _revisar(archivo)
    except FileNotFoundError as e:
        raise ErrorDeUso(f"no existe «{ruta}»") from e
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, UnicodeDecodeError) as e:
        return [f"índice del zip: no se puede leer ({e})"]


def restaurar(ruta: Path, destino: Path) -> Proyecto:
    """Deja el proyecto en ``destino``, que debe estar vacío o no existir, con la edición que estaba viva.

    Lanza ``ErrorDeUso`` si ``destino`` tiene algo y ``ErrorDeEjecucion`` si el respaldo está dañado: no escribe nada.
    """
    if destino.exists() and any(destino.iterdir()):
        raise ErrorDeUso(f"«{destino}» no está vacía: restaure en una carpeta nueva")
    if danos := comprobar(ruta):
        raise ErrorDeEjecucion("el respaldo está dañado y no se restaura:\n" + "\n".join(f"  {d}" for d in danos))
    with zipfile.ZipFile(ruta) as archivo:
        for nombre in archivo.namelist():
            salida = (destino / nombre).resolve()
            if not salida.is_relative_to(destino.resolve()):
                raise ErrorDeEjecucion(f"el respaldo nombra un archivo fuera de su carpeta: {nombre}")
            if nombre not in (SUMAS, VIVA):
                salida.parent.mkdir(parents=True, exist_ok=True)
                salida.write_bytes(archivo.read(nombre))
        viva = json.loads(archivo.read(VIVA))["viva"]
    proyecto = Proyecto(destino.resolve())
    if viva:
        ediciones.activar(proyecto, viva)
    return proyecto


def _revisar(archivo: zipfile.ZipFile) -> list[str]:
    malos, hay = [], {}
    for ficha in archivo.infolist():
        try:
            hay[ficha.filename] = hashlib.sha256(archivo.read(ficha)).hexdigest()
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as e:
            malos.append(f"{ficha.filename}: dañado ({e})")
            hay[ficha.filename] = ""
    if not hay.get(SUMAS):
        return malos or [f"{SUMAS}: falta; esto no es un respaldo del observatorio"]
    lineas = archivo.read(SUMAS).decode("utf-8").splitlines()
    dichas = {ruta: suma for suma, _, ruta in (linea.partition("  ") for linea in lineas)}
    malos += [f"{r}: falta" for r in sorted(dichas.keys() - hay.keys())]
    malos += [f"{r}: sobra" for r in sorted(hay.keys() - dichas.keys() - {SUMAS})]
    return malos + [f"{r}: su contenido cambió" for r in sorted(dichas.keys() & hay.keys()) if hay[r] and hay[r] != dichas[r]]


def _archivos(proyecto: Proyecto) -> Iterator[tuple[str, Path]]:
    """Todo lo que no se puede volver a generar, y las ediciones conservadas."""
    for carpeta, subcarpetas, nombres in os.walk(proyecto.raiz):
        base = Path(carpeta)
        arriba = base == proyecto.raiz
        subcarpetas[:] = sorted(s for s in subcarpetas if not (arriba and s in FUERA) and s not in ("__pycache__", ".ipynb_checkpoints") and not s.endswith(".egg-info"))
        for nombre in sorted(nombres):
            ruta = base / nombre
            generado = nombre in FUERA if arriba else base.parent == proyecto.misiones and nombre in GENERADOS
            if not generado and not ruta.is_symlink() and not nombre.endswith((".zip", ".pyc")):
                yield ruta.relative_to(proyecto.raiz).as_posix(), ruta
    for edicion in ediciones.conservadas(proyecto):
        for relativa in ediciones.rutas(edicion):
            yield f"ediciones/{edicion.name}/{relativa}", edicion / relativa
