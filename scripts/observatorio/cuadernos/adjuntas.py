"""Las imágenes de las celdas de texto: las pegadas en el cuaderno y las de los archivos de al lado.

Al ejecutar, las de al lado pasan a ir dentro del cuaderno; al publicar, todas van a un archivo con
un nombre que sale de su contenido.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from ..base.imagenes import TIPOS
from ..catalogo.cuadernos.imagenes import leida
from ..catalogo.cuadernos.texto import ADJUNTO, IMAGEN, destino_de, imagenes_en
from ..errores import ErrorDeUso
from ..presentacion.imagenes import Imagen
from .salidas import del_autor


def adjuntar(cuaderno: NotebookNode, carpeta: Path) -> list[str]:
    """Mete en el cuaderno las imágenes que sus textos toman de ``carpeta``; devuelve lo que no se
    puede publicar, con su celda y su remedio.
    """
    return [
        f"celda {numero}: {defecto}"
        for numero, celda in _de_texto(cuaderno)
        for defecto in _adjuntar_en(celda, carpeta)
    ]


def _de_texto(cuaderno: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for numero, celda in del_autor(cuaderno):
        if celda.cell_type == "markdown":
            yield numero, celda


def _adjuntar_en(celda: NotebookNode, carpeta: Path) -> Iterator[str]:
    for citada in list(imagenes_en(celda.source)):
        try:
            hecha = leida(citada, celda, carpeta)
        except ErrorDeUso as e:
            yield f"la imagen «{citada.destino}»: {e}"
            continue
        imagen = Imagen(hecha.tipo, hecha.contenido, " ".join(citada.alt.split()))
        tipo = next(t for t, final in TIPOS.items() if final == imagen.tipo)
        contenido = base64.b64encode(imagen.contenido).decode("ascii")
        celda.setdefault("attachments", {})[imagen.nombre] = {tipo: contenido}
        celda.source = _con_destino(celda.source, citada.destino, f"{ADJUNTO}{imagen.nombre}")
    usadas = {c.destino.removeprefix(ADJUNTO) for c in imagenes_en(celda.source)}
    for sobra in set(celda.get("attachments", {})) - usadas:
        del celda.attachments[sobra]


def _con_destino(texto: str, antes: str, despues: str) -> str:
    def cambiada(hallada: re.Match[str]) -> str:
        if destino_de(hallada) != antes:
            return hallada[0]
        return f"![{hallada['alt']}]({despues})"

    return IMAGEN.sub(cambiada, texto)


def en_archivos(celda: NotebookNode, imagenes: dict[str, bytes]) -> None:
    """Cambia en la celda cada imagen adjunta por el nombre de su archivo, que se añade a
    ``imagenes``.
    """
    for nombre, formas in (celda.get("attachments") or {}).items():
        ((_, datos),) = formas.items()
        imagenes[nombre] = base64.b64decode("".join(datos))
        celda.source = _con_destino(celda.source, f"{ADJUNTO}{nombre}", nombre)
    celda.pop("attachments", None)
