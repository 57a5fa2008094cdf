"""Leer un respaldo sin fiarse de él: ni un bit de más, ni un nombre que escriba fuera, ni un tipo
inesperado.

``SUMAS.sha256`` nombra qué archivo cambió; el comentario del zip lleva la suma de todo lo demás, y
nota lo que no es de ninguno.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..base import cifrado, dichos_ajenos
from ..base.escritura import motivo_de
from ..base.huellas import de_sumas, suma_de
from ..edicion.ediciones import IDENTIFICADOR
from ..errores import ErrorDeUso
from .historia import BUNDLE, CABEZA

SUMAS, VIVA = "SUMAS.sha256", "EDICION-VIVA.json"
ILEGIBLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError)
"""Lo que ``zipfile`` lanza ante algo dañado, cifrado o comprimido de un modo que no conoce
(``NotImplementedError`` es un ``RuntimeError``).
"""
SIN_SELLO = b"sha256:" + b"0" * 64
LARGO_DE_NOMBRE, LARGO_DE_RUTA = 255, 1024
CORRIENTE, EJECUTABLE, ENLACE = 0o644, 0o755, stat.S_IFLNK | 0o777
HOLGURA, VECES, TOPE = 64 * 2**20, 50, 4 * 2**30
"""Cuánto puede ocupar abierto (bytes): la holgura, o tantas veces lo que ocupa cerrado, y nunca más
que el tope. Un respaldo de verdad se abre en unas cinco veces lo suyo.
"""
SALTOS = 40
"""Cuántos enlaces seguidos se siguen, como en Linux: más es un círculo."""
Contenidos = dict[str, tuple[bytes, int]]
"""Ruta → contenido y modo; el contenido de un ``ENLACE`` es adónde apunta."""


def leer(ruta: Path, llave: Path | None = None) -> tuple[Contenidos, list[str]]:
    """Los archivos del respaldo y qué está mal en él; con la lista vacía, restaurarlo es seguro.

    ``llave``: la privada, si está cifrado. Lanza ``ErrorDeUso`` si no existe o le falta su llave, y
    ``ErrorDeEjecucion`` si la llave no lo abre.
    """
    try:
        crudo = ruta.read_bytes()
    except FileNotFoundError as e:
        raise ErrorDeUso(f"no existe «{ruta}»") from e
    except OSError as e:
        raise ErrorDeUso(f"no se puede leer «{ruta}»: {motivo_de(e)}") from e
    if cifrado.esta_cifrado(crudo):
        if llave is None:
            raise ErrorDeUso(f"«{ruta}» está cifrado: añada --llave ARCHIVO, con la privada")
        crudo = cifrado.descifrar(crudo, llave)
    try:
        with zipfile.ZipFile(io.BytesIO(crudo)) as archivo:
            expandido = sum(ficha.file_size for ficha in archivo.infolist())
            if dicho := desmedido(expandido, len(crudo)):
                return {}, [f"índice del zip: {dicho}"]
            contenidos, danos = _contenidos(archivo)
            danos = danos or [
                *_sumas(contenidos),
                *_nombres(contenidos),
                *_enlaces(contenidos),
                *_viva(contenidos),
            ]
            return contenidos, danos or list(_sellado(crudo))
    except (*ILEGIBLE, ValueError) as e:
        return {}, [f"índice del zip: {_en_espanol(e)}"]


def _en_espanol(e: Exception) -> str:
    return dichos_ajenos.en_espanol(e, dichos_ajenos.DE_ZIP, "no se puede leer")


def desmedido(expandido: int, cerrado: int) -> str:
    """Por qué no se abre un zip de ``cerrado`` bytes que dice ocupar ``expandido``; vacío si es
    razonable. ``zipfile`` no lee de un archivo más de lo que el índice declara.
    """
    tope = min(max(HOLGURA, VECES * cerrado), TOPE)
    if expandido <= tope:
        return ""
    return f"abierto ocuparía {expandido / 2**20:,.0f} MB y se admiten {tope / 2**20:,.0f}"


def _contenidos(archivo: zipfile.ZipFile) -> tuple[Contenidos, list[str]]:
    hay: Contenidos = {}
    danos = []
    for ficha in archivo.infolist():
        if ficha.filename in hay:
            danos.append(f"{ficha.filename}: está dos veces")
        try:
            hay[ficha.filename] = archivo.read(ficha), ficha.external_attr >> 16
        except ILEGIBLE as e:
            danos.append(f"{ficha.filename}: dañado; {_en_espanol(e)}")
    if SUMAS not in hay and not danos:
        danos.append(f"{SUMAS}: falta; esto no es un respaldo del observatorio")
    return hay, danos


def _sumas(contenidos: Contenidos) -> Iterator[str]:
    dichas = de_sumas(contenidos[SUMAS][0].decode("utf-8"))
    hay = contenidos.keys() - {SUMAS}
    yield from (f"{r}: falta" for r in sorted(dichas.keys() - hay))
    yield from (f"{r}: sobra" for r in sorted(hay - dichas.keys()))
    yield from (
        f"{r}: su contenido cambió"
        for r in sorted(dichas.keys() & hay)
        if suma_de(contenidos[r][0]) != dichas[r]
    )


def _nombres(contenidos: Contenidos) -> Iterator[str]:
    """Ningún nombre escribe fuera de su carpeta ni en la de git, ni es a la vez archivo y carpeta,
    ni de otro tipo que archivo o enlace.
    """
    for ruta, (_, modo) in sorted(contenidos.items()):
        partes = ruta.split("/")
        if {"", ".", ".."} & set(partes) or "\\" in ruta or PureWindowsPath(ruta).drive:
            yield f"{ruta!r}: nombra un archivo fuera de su carpeta o sin nombre"
        elif ".git" in map(str.casefold, partes):
            yield f"{ruta}: escribe en la carpeta de git, que solo se repone de {BUNDLE}"
        elif (
            len(ruta.encode()) > LARGO_DE_RUTA
            or max(len(p.encode()) for p in partes) > LARGO_DE_NOMBRE
        ):
            yield f"{ruta[:60]}…: su nombre es demasiado largo"
        elif choque := next(
            (str(p) for p in PurePosixPath(ruta).parents if str(p) in contenidos), None
        ):
            yield f"{ruta}: «{choque}» es a la vez un archivo y una carpeta"
        elif modo not in (CORRIENTE, EJECUTABLE, ENLACE):
            yield f"{ruta}: no es ni un archivo ni un enlace corriente"


def _enlaces(contenidos: Contenidos) -> Iterator[str]:
    enlaces = {r: c.decode("utf-8", "replace") for r, (c, m) in contenidos.items() if m == ENLACE}
    yield from (
        f"{r}: es un enlace que apunta fuera del proyecto" for r in enlaces_que_salen(enlaces)
    )


def enlaces_que_salen(enlaces: Mapping[str, str]) -> list[str]:
    """Los enlaces (ruta → adónde apunta) que llevan fuera de la carpeta, por sí solos o a través de
    otros.

    Se siguen como lo haría el sistema: ``..`` tras un enlace sube desde donde el enlace lleva. Los
    nombres se comparan plegados, que es lo que hace un disco que no distingue mayúsculas.
    """
    plegados = {_plegada(ruta): destino for ruta, destino in enlaces.items()}
    return [ruta for ruta in sorted(enlaces) if _sale(ruta, plegados)]


def _sale(ruta: str, enlaces: Mapping[str, str]) -> bool:
    pendientes, aqui, saltos = ruta.split("/")[::-1], list[str](), 0
    while pendientes:
        parte = pendientes.pop()
        if parte == "..":
            if not aqui:
                return True
            aqui.pop()
        elif parte not in ("", "."):
            aqui.append(parte)
            destino = enlaces.get(_plegada("/".join(aqui)))
            if destino is not None:
                saltos += 1
                if saltos > SALTOS or not destino or _absoluto(destino):
                    return True
                aqui.pop()
                pendientes += destino.split("/")[::-1]
    return False


def _absoluto(destino: str) -> bool:
    return destino.startswith("/") or "\\" in destino or bool(PureWindowsPath(destino).drive)


def _plegada(ruta: str) -> str:
    return unicodedata.normalize("NFC", ruta).casefold()


def _viva(contenidos: Contenidos) -> Iterator[str]:
    objeto: object = None
    with contextlib.suppress(KeyError, ValueError):
        objeto = json.loads(contenidos[VIVA][0])
    viva = objeto.get("viva", 0) if isinstance(objeto, dict) else 0
    if viva is not None and not (isinstance(viva, str) and IDENTIFICADOR.fullmatch(viva)):
        yield f"{VIVA}: falta o no dice qué edición estaba viva"
    elif BUNDLE in contenidos and not _cabeza(objeto):
        yield f"{VIVA}: no dice dónde estaba la historia de git"
    elif viva and f"ediciones/{viva}/MANIFEST.sha256" not in contenidos:
        yield f"{VIVA}: la edición viva, {viva}, no está en el respaldo"


def _cabeza(objeto: object) -> bool:
    dicha = objeto.get("cabeza") if isinstance(objeto, dict) else None
    return isinstance(dicha, str) and bool(CABEZA.fullmatch(dicha))


def sellado(crudo: bytes) -> bytes:
    """El zip ya cerrado, y con sitio para ello, con la suma de todo lo de delante en su
    comentario.
    """
    cuerpo = crudo[: -len(SIN_SELLO)]
    return cuerpo + _sello(cuerpo)


def _sello(crudo: bytes) -> bytes:
    return b"sha256:" + hashlib.sha256(crudo).hexdigest().encode()


def _sellado(crudo: bytes) -> Iterator[str]:
    if crudo != sellado(crudo):
        yield (
            "sello del zip: algo cambió fuera de los archivos (fechas, permisos, índice o el propio"
            " sello)"
        )
