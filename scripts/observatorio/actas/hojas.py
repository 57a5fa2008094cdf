"""La huella de cada hoja de un PDF: lo que muestra (texto, letras, imágenes), sea cual sea el orden
en que un programa guarde sus partes.

Con ella se sabe si lo que alguien firmó es el acta que se hizo, aunque el programa con que firmó la
haya guardado de otro modo. Las firmas y sus recuadros no cuentan.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.pdf_utils.generic import PdfObject
    from pyhanko.pdf_utils.rw_common import PdfHandler

AJENO = frozenset(
    {
        "/Parent",
        "/Annots",
        "/StructParents",
        "/StructParent",
        "/Tabs",
        "/Metadata",
        "/Length",
        "/Filter",
        "/DecodeParms",
        "/DL",
    }
)
"""Lo que no cambia lo que se ve: cómo se comprime, a qué árbol pertenece, dónde se firma."""
HEREDADO = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
HONDO = 64
"""Más adentro no hay ninguna hoja de verdad: es un círculo."""


def hojas(pdf: PdfHandler) -> list[dict[str, Any]]:
    """Cada hoja, con lo que hereda del árbol. Lanza ``ValueError`` si el árbol no termina."""
    return list(_del_arbol(pdf.root["/Pages"], {}, 0))


def huellas(pdf: PdfHandler) -> tuple[str, ...]:
    """La huella de cada hoja, en orden."""
    vistas: dict[object, bytes] = {}
    return tuple(_resumen(h, vistas, 0).hex() for h in hojas(pdf))


def _del_arbol(nodo: Any, heredado: dict[str, Any], hondo: int) -> Iterator[dict[str, Any]]:
    if hondo > HONDO:
        raise ValueError("el árbol de hojas no termina")
    propio = heredado | {c: nodo.raw_get(c) for c in HEREDADO if c in nodo}
    if "/Kids" not in nodo:
        yield {**propio, **{c: nodo.raw_get(c) for c in nodo}}
        return
    for hijo in nodo["/Kids"]:
        yield from _del_arbol(hijo.get_object(), propio, hondo + 1)


def _resumen(objeto: PdfObject | dict[str, Any], vistas: dict[object, bytes], hondo: int) -> bytes:
    """SHA-256 de un objeto y de todo lo que cita."""
    from pyhanko.pdf_utils import generic

    if hondo > HONDO:
        return b"hondo"
    if isinstance(objeto, generic.IndirectObject):
        cual = objeto.reference.idnum, objeto.reference.generation
        if cual not in vistas:
            vistas[cual] = b"en camino"
            vistas[cual] = _resumen(objeto.get_object(), vistas, hondo + 1)
        return vistas[cual]
    suma = hashlib.sha256(type(objeto).__name__.replace("DictionaryObject", "dict").encode())
    if isinstance(objeto, dict):
        for clave in sorted(c for c in objeto if c not in AJENO):
            valor = (
                objeto.raw_get(clave)
                if isinstance(objeto, generic.DictionaryObject)
                else objeto[clave]
            )
            suma.update(str(clave).encode() + _resumen(valor, vistas, hondo + 1))
        if isinstance(objeto, generic.StreamObject):
            suma.update(_datos(objeto))
    elif isinstance(objeto, generic.ArrayObject):
        for i in range(len(objeto)):
            suma.update(_resumen(objeto.raw_get(i), vistas, hondo + 1))
    elif isinstance(objeto, generic.FloatObject | generic.NumberObject):
        return f"{float(objeto):.4f}".encode()
    elif isinstance(objeto, bytes):
        suma.update(objeto)
    else:
        suma.update(str(objeto).encode())
    return suma.digest()


def _datos(flujo: Any) -> bytes:
    """Lo que lleva un flujo, sin comprimir si se puede: una foto va en su propio formato."""
    from pyhanko.pdf_utils.misc import PdfError

    try:
        return bytes(flujo.data)
    except (NotImplementedError, ValueError, OSError, PdfError, zlib.error):
        return bytes(flujo.encoded_data)
