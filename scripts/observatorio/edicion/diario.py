"""Escribir la memoria de lo publicado de una vez, aunque se corte la luz entre dos archivos.

    .nueva-PID/ (todo lo nuevo, en el disco) → se llama .nueva → cada archivo a su lugar, el
    registro al final → se quita

Antes del cambio de nombre vale lo de antes; después, lo nuevo, esté cada archivo donde esté
(``memoria`` lee primero en ``.nueva``). No hay estado intermedio, y la siguiente escritura termina
de poner en su lugar lo que quedó.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..base.escritura import sincronizar
from . import memoria

EN_ORDEN = (*memoria.ACOMPANANTES, memoria.REGISTRO)


def guardar(raiz: Path, registro: Mapping[str, Any], nuevos: Mapping[str, bytes]) -> None:
    """Anota ``registro`` (las sumas las pone esto) con los archivos ``nuevos``; los demás siguen
    como están.

    Lanza ``DatosInvalidos`` si la memoria está dañada: sobre un daño no se escribe.
    """
    contenidos = {**memoria.leer(raiz).contenidos, **nuevos}
    terminar(raiz)
    carpeta = raiz / memoria.CARPETA
    aparte = carpeta / f"{memoria.NUEVA}-{os.getpid()}"
    try:
        aparte.mkdir()
        for nombre, contenido in {
            **nuevos,
            memoria.REGISTRO: memoria.con_sumas(registro, contenidos),
        }.items():
            (aparte / nombre).write_bytes(contenido)
            sincronizar(aparte / nombre)
        sincronizar(aparte)
        os.rename(aparte, carpeta / memoria.NUEVA)
    except BaseException:
        shutil.rmtree(aparte, ignore_errors=True)
        raise
    sincronizar(carpeta)
    terminar(raiz)


def terminar(raiz: Path) -> None:
    """Pone en su lugar lo que una escritura cortada dejó en ``.nueva`` y borra lo que otra no llegó
    a reunir.
    """
    carpeta = raiz / memoria.CARPETA
    for resto in carpeta.glob(f"{memoria.NUEVA}-*"):
        shutil.rmtree(resto)
    nueva = carpeta / memoria.NUEVA
    if not nueva.is_dir():
        return
    for nombre in EN_ORDEN:
        if (nueva / nombre).is_file():
            os.replace(nueva / nombre, carpeta / nombre)
    sincronizar(nueva)
    sincronizar(carpeta)
    shutil.rmtree(nueva)
    sincronizar(carpeta)
