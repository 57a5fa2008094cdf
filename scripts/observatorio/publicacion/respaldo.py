"""Respaldo del protocolo de seguridad: datos, memoria de lo publicado, programa, historia de git y
ediciones en un solo zip que se comprueba, cifrado si se pide.

Mismo proyecto, mismos bytes (cifrado, no). ``SUMAS.sha256`` va dentro: un solo bit cambiado se
nombra con su archivo, y como el zip se sella, también se nota fuera de los archivos. Es un zip
común: dentro de diez años se abre con lo que haya.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..base import cifrado
from ..base.avisos import Avisar, callar
from ..base.empaquetar import agregar
from ..base.escritura import de_una_vez, exigir_camino, motivo_de, sincronizar
from ..base.huellas import sumas
from ..edicion import ediciones
from ..edicion.claves import es_generada
from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..rutas import DE_LA_CONSTRUCCION, Proyecto
from . import historia
from .historia import Historia
from .zip_estricto import (
    CORRIENTE,
    EJECUTABLE,
    ENLACE,
    SIN_SELLO,
    SUMAS,
    VIVA,
    Contenidos,
    desmedido,
    enlaces_que_salen,
    leer,
    sellado,
)

FUERA = {
    ".venv",
    ".cache",
    ".trabajo",
    "_site.apartado",
    "_sesiones",
    ".hypothesis",
    ".ruff_cache",
    ".quarto",
    *DE_LA_CONSTRUCCION,
}
CACHES = {"__pycache__", ".ipynb_checkpoints", ".git"}
MEMORIA_DE_NIVEL = ("data", "publicada")
SUELTA = "historia-restaurada.bundle"


@dataclass(frozen=True, slots=True)
class Guardado:
    """Cuántos archivos guarda un respaldo y, si no lleva la historia de git, por qué."""

    archivos: int
    sin_historia: str


def crear(proyecto: Proyecto, destino: Path, para: Sequence[str] = ()) -> Guardado:
    """Escribe el respaldo: entero o nada, y solo lo lee su dueño.

    ``para``: llaves públicas para las que se cifra; ninguna, sin cifrar. Un enlace a otro sitio del
    proyecto se guarda como enlace; de uno que sale del proyecto, lo que hay al otro lado. Lanza
    ``ErrorDeEjecucion`` si no se puede leer o escribir, o si ``destino`` no es, ni por un enlace,
    un archivo corriente; y ``ErrorDeUso`` si una llave no lo es.
    """
    if os.path.exists(destino) and not os.path.isfile(destino):
        raise ErrorDeEjecucion(
            f"no se pudo escribir el respaldo «{destino}»: no es un archivo\n    remedio: diga un"
            f" archivo, como {proyecto.raiz.parent / 'respaldo.zip'}"
        )
    cifrado.exigir_publicas(para)
    propios = {os.path.realpath(destino)}
    hecha = historia.reunir(proyecto.raiz)
    try:
        contenidos = _reunir(proyecto, propios) | _memoria(proyecto, hecha)
        crudo = _empaquetar(contenidos)
        with de_una_vez(destino) as temporal:
            _escribir(temporal, cifrado.cifrar(crudo, para) if para else crudo)
        sincronizar(destino.parent)
    except OSError as e:
        raise ErrorDeEjecucion(
            f"no se pudo escribir el respaldo «{destino}»: {motivo_de(e)}"
            f" ({e.filename or destino})\n    remedio: libere espacio, o escríbalo en una carpeta"
            " en la que tenga permiso, y repita la orden"
        ) from e
    return Guardado(len(contenidos), hecha.falta)


def comprobar(ruta: Path, llave: Path | None = None) -> list[str]:
    """Qué está mal en el respaldo, archivo por archivo; vacío si está sano."""
    return leer(ruta, llave)[1]


def restaurar(
    ruta: Path, destino: Path, llave: Path | None = None, avisar: Avisar = callar
) -> Proyecto:
    """Deja el proyecto en ``destino``, que debe estar vacío o no existir, con la edición que estaba
    viva y la historia de git que se guardó.

    Lanza ``ErrorDeUso`` si ``destino`` no sirve y ``ErrorDeEjecucion`` si el respaldo está dañado o
    no se puede escribir: todo se revisa antes y se escribe aparte, así que entonces no queda nada a
    medias.
    """
    _exigir_libre(destino)
    contenidos, danos = leer(ruta, llave)
    if danos:
        raise ErrorDeEjecucion(
            "el respaldo está dañado y no se restaura:\n" + "\n".join(f"  {d}" for d in danos)
        )
    memoria = json.loads(contenidos[VIVA][0])
    lugar, habia = destino.resolve(), destino.exists()
    aparte = (lugar if habia else lugar.parent) / f".restaurando-{os.getpid()}"
    try:
        fuera = (SUMAS, VIVA, historia.BUNDLE)
        _volcar({r: c for r, c in contenidos.items() if r not in fuera}, aparte)
        if historia.BUNDLE in contenidos:
            bundle, _ = contenidos[historia.BUNDLE]
            if not historia.reponer(aparte, Historia(bundle, memoria["cabeza"])):
                (aparte / SUELTA).write_bytes(bundle)
                avisar(
                    f"la historia de git quedó en {SUELTA}, sin reponer: instale git y restaure"
                    f" otra vez, o use git clone {SUELTA}"
                )
        if memoria["viva"]:
            ediciones.activar(Proyecto(aparte), memoria["viva"])
        ediciones.al_disco(aparte)
        _mudar(aparte, lugar, habia)
    except OSError as e:
        raise ErrorDeEjecucion(f"no se pudo restaurar en «{destino}»: {motivo_de(e)}") from e
    finally:
        shutil.rmtree(aparte, ignore_errors=True)
    return Proyecto(lugar)


def _mudar(aparte: Path, lugar: Path, habia: bool) -> None:
    """Lo restaurado pasa a su lugar: de una vez o, si ya había una carpeta vacía, dentro de
    ella.
    """
    if not habia:
        os.rename(aparte, lugar)
    else:
        for hijo in sorted(aparte.iterdir()):
            os.rename(hijo, lugar / hijo.name)
    sincronizar(lugar)
    sincronizar(lugar.parent)


def _exigir_libre(destino: Path) -> None:
    if destino.exists() and not destino.is_dir():
        raise ErrorDeUso(f"«{destino}» es un archivo: restaure en una carpeta nueva")
    exigir_camino(destino)
    if destino.exists() and any(destino.iterdir()):
        raise ErrorDeUso(f"«{destino}» no está vacía: restaure en una carpeta nueva")


def _reunir(proyecto: Proyecto, propios: set[str]) -> Contenidos:
    """Lo que se guarda, con su modo; ``propios``: el respaldo mismo, que no se lleva."""
    rutas = {r: p for r, p in _archivos(proyecto) if os.path.realpath(p) not in propios}
    raiz = proyecto.raiz.resolve()
    enlaces = {r: os.readlink(p) for r, p in rutas.items() if p.is_symlink()}
    salen = set(enlaces_que_salen(enlaces)) | {
        r for r in enlaces if not Path(os.path.realpath(rutas[r])).is_relative_to(raiz)
    }
    hay: Contenidos = {}
    for relativa, ruta in rutas.items():
        if relativa in enlaces and relativa not in salen:
            hay[relativa] = enlaces[relativa].encode(), ENLACE
        elif ruta.is_dir():
            otros = (p for p in sorted(ruta.rglob("*")) if p.is_file())
            hay |= {f"{relativa}/{p.relative_to(ruta).as_posix()}": _contenido(p) for p in otros}
        else:
            hay[relativa] = _contenido(ruta)
    return hay


def _contenido(ruta: Path) -> tuple[bytes, int]:
    ejecutable = ruta.stat().st_mode & stat.S_IXUSR
    return ruta.read_bytes(), EJECUTABLE if ejecutable else CORRIENTE


def _memoria(proyecto: Proyecto, hecha: Historia) -> Contenidos:
    """Qué edición estaba viva y, si la hay, la historia de git y dónde estaba."""
    viva = ediciones.actual(proyecto)
    dicho = {"viva": viva if viva in {e.name for e in ediciones.conservadas(proyecto)} else None}
    if hecha.falta:
        return {VIVA: _json(dicho)}
    return {
        VIVA: _json(dicho | {"cabeza": hecha.cabeza}),
        historia.BUNDLE: (hecha.bundle, CORRIENTE),
    }


def _json(objeto: Mapping[str, str | None]) -> tuple[bytes, int]:
    return (json.dumps(objeto) + "\n").encode(), CORRIENTE


def _empaquetar(contenidos: Contenidos) -> bytes:
    """El zip entero. Se hace en la memoria: lo que va a cifrarse no toca antes el disco."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        agregar(archivo, SUMAS, sumas({r: c for r, (c, _) in contenidos.items()}))
        for relativa, (contenido, modo) in sorted(contenidos.items()):
            agregar(archivo, relativa, contenido, modo)
        archivo.comment = SIN_SELLO
        expandido = sum(ficha.file_size for ficha in archivo.infolist())
    crudo = sellado(salida.getvalue())
    if dicho := desmedido(expandido, len(crudo)):
        raise ErrorDeEjecucion(f"el respaldo no se podría restaurar: {dicho}")
    return crudo


def _escribir(temporal: Path, crudo: bytes) -> None:
    """Al disco de verdad, y legible solo por su dueño: lleva narraciones que no son públicas."""
    temporal.unlink(missing_ok=True)
    descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as archivo:
        archivo.write(crudo)
        archivo.flush()
        os.fsync(archivo.fileno())


def _volcar(contenidos: Contenidos, carpeta: Path) -> None:
    """Los archivos primero y los enlaces al final: nada se escribe a través de un enlace."""
    carpeta.mkdir(parents=True)
    for relativa, (contenido, modo) in sorted(contenidos.items(), key=lambda c: c[1][1] == ENLACE):
        salida = carpeta / relativa
        salida.parent.mkdir(parents=True, exist_ok=True)
        if modo == ENLACE:
            salida.symlink_to(contenido.decode())
        else:
            salida.write_bytes(contenido)
            if modo == EJECUTABLE:
                salida.chmod(salida.stat().st_mode | (salida.stat().st_mode & 0o444) >> 2)


def _en_taller(proyecto: Proyecto, base: Path) -> bool:
    """¿Es la raíz o la ``data/`` del taller de un nivel? De él solo se guarda su memoria: lo demás
    sale de este mismo proyecto.
    """
    return base.parent == proyecto.niveles or (
        base.name == "data" and base.parent.parent == proyecto.niveles
    )


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
        if _en_taller(proyecto, base):
            propias, nombres = [s for s in propias if s in MEMORIA_DE_NIVEL], []
        subcarpetas[:] = propias
        enlazadas = [s for s in propias if (base / s).is_symlink()]
        for nombre in sorted([*nombres, *enlazadas]):
            ruta = base / nombre
            relativa = ruta.relative_to(proyecto.raiz).as_posix()
            generado = nombre in FUERA if arriba else es_generada(relativa)
            if not generado and nombre != ".git" and (ruta.is_file() or ruta.is_symlink()):
                yield relativa, ruta
    for edicion in ediciones.conservadas(proyecto):
        for relativa in ediciones.rutas(edicion):
            yield f"ediciones/{edicion.name}/{relativa}", edicion / relativa
