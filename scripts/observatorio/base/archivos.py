"""Escritura estable: el archivo solo se toca si su contenido cambió."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from json.encoder import encode_basestring
from pathlib import Path

from . import lecturas
from .escritura import escribir_atomico
from .huellas import LARGO, huella


def escribir_bytes(ruta: Path, contenido: bytes) -> None:
    """Escribe de una vez y solo si hace falta."""
    if ruta.is_file() and ruta.read_bytes() == contenido:
        return
    escribir_atomico(ruta, contenido)


def escribir_texto(ruta: Path, texto: str) -> None:
    escribir_bytes(ruta, texto.encode("utf-8"))


def json_estable(objeto: object) -> str:
    """JSON con claves ordenadas, UTF-8 sin escapes y salto final; un elemento de cada lista o clave
    por línea.

    El codificador de Python con ``indent`` es diez veces más lento: aquí cada línea la escribe el
    de C.
    """
    return _por_lineas(objeto, "") + "\n"


def _por_lineas(objeto: object, sangria: str) -> str:
    dentro = sangria + " "
    if isinstance(objeto, dict) and objeto:
        lineas = [
            f"{dentro}{_en_linea(str(c))}: {_por_lineas(v, dentro)}"
            for c, v in sorted(objeto.items())
        ]
        return "{\n" + ",\n".join(lineas) + f"\n{sangria}}}"
    if isinstance(objeto, list) and objeto and isinstance(objeto[0], dict):
        return "[\n" + ",\n".join(dentro + _en_linea(v) for v in objeto) + f"\n{sangria}]"
    return _en_linea(objeto)


_CODIFICADOR = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False)


def _en_linea(objeto: object) -> str:
    """Como lo diría el codificador; lo que casi siempre es, sin armarlo otra vez cada vez."""
    if type(objeto) is str:
        return encode_basestring(objeto)
    if objeto is None:
        return "null"
    return _CODIFICADOR.encode(objeto)


def escribir_json(ruta: Path, objeto: object) -> None:
    escribir_texto(ruta, json_estable(objeto))


def json_en_bytes(objeto: object) -> bytes:
    return json_estable(objeto).encode("utf-8")


def escribir_en(carpeta: Path, archivos: Mapping[str, bytes]) -> None:
    """Escribe ``archivos`` (ruta relativa → contenido) en ``carpeta``; lo demás que haya, queda."""
    for relativa, contenido in archivos.items():
        escribir_bytes(carpeta / relativa, contenido)


def escribir_carpeta(carpeta: Path, archivos: Mapping[str, bytes]) -> None:
    """Deja en ``carpeta`` exactamente ``archivos`` (ruta relativa → contenido): lo demás se
    borra.
    """
    escribir_en(carpeta, archivos)
    quitar_sobrantes(carpeta, {carpeta / relativa for relativa in archivos})


def contenidos(carpeta: Path) -> dict[str, bytes]:
    """Nombre → contenido de los archivos de ``carpeta``; nada si no la hay."""
    return {p.name: p.read_bytes() for p in sorted(carpeta.glob("*")) if p.is_file()}


def quitar_sobrantes(carpeta: Path, esperados: set[Path]) -> None:
    """Borra los archivos de ``carpeta`` que ya no se generan."""
    for ruta in sorted(carpeta.rglob("*")):
        if ruta.is_file() and ruta not in esperados:
            ruta.unlink()


def texto_si_hay(ruta: Path) -> str:
    try:
        return lecturas.texto(ruta)
    except FileNotFoundError:
        return ""


def hecho_una_vez(
    carpeta: Path,
    nombre: str,
    claves: Sequence[str],
    modulos: Sequence[Path],
    hacer: Callable[[], bytes],
) -> Path:
    """Dónde está, en ``carpeta``, lo que sale entero de un paquete: se hace una vez por versión, y
    lo de otras versiones se quita.

    ``claves``: lo que cambia lo hecho, como la versión del paquete. ``modulos``: los archivos del
    programa que lo hacen, que también lo cambian.
    """
    base, extension = nombre.rsplit(".", 1)
    propias = (modulo.read_bytes() for modulo in modulos)
    ruta = carpeta / f"{base}-{huella(*claves, *propias)}.{extension}"
    if not ruta.is_file():
        escribir_bytes(ruta, hacer())
        for vieja in set(carpeta.glob(f"{base}-{'[0-9a-f]' * LARGO}.{extension}")) - {ruta}:
            vieja.unlink(missing_ok=True)
    return ruta
