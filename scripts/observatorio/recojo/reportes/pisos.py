"""Los títulos que están sobre varias columnas: uno arriba («EVALUADOS») y, debajo, el de cada una
(«Hombres», «Mujeres», «Total»). Mientras no se diga cuál se lee, cualquiera daría otra cifra.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..hojas.cuadricula import Celda, Hoja, letra
from ..hojas.encabezados import LETRA, columnas_bajo, columnas_combinadas
from ..lote import Defecto
from .ubicar import Fuente

DOS_FILAS = "o deje en el archivo una sola fila de títulos, con uno por columna"


def titulos_sobre_varias(nombre: str, sumadas: set[str], fuente: Fuente) -> Iterator[Defecto]:
    """Un defecto por cada título que se suma y está sobre varias columnas. ``nombre``: el del
    mapeo.
    """
    for f in fuente.todas():
        hoja, fila = f.hoja, f.encabezado.fila
        for titulo in sorted(sumadas & f.encabezado.columnas.keys()):
            for columna in f.encabezado.columnas[titulo]:
                dicho = hoja.texto(fila, columna)
                remedio = dicho and _cual(hoja, fila, columna, dicho, nombre)
                if remedio:
                    donde = Celda(hoja.nombre, fila, columna, dicho)
                    yield Defecto(donde, None, "titulo-de-varias-columnas", remedio)


def _cual(hoja: Hoja, fila: int, columna: int, dicho: str, nombre: str) -> str:
    """Qué hacer con ese título, o nada si está sobre una sola columna."""
    suyas = columnas_bajo(hoja, fila, columna) if _es_de_titulos(hoja, fila + 1) else ()
    if suyas:
        debajo = [hoja.texto(fila + 1, c) for c in suyas]
        hay = ", ".join(f"«{d}»" for d in debajo)
        return (
            f"«{dicho}» está sobre {len(suyas)} columnas ({hay}): diga en"
            f" data/mapeos/{nombre}.yml cuál se lee, como «{dicho}/{debajo[-1]}», {DOS_FILAS}"
        )
    suyas = columnas_combinadas(hoja, fila, columna)
    if any(_hay_cifras(hoja, fila, c) for c in suyas[1:]):
        return (
            f"«{dicho}» está sobre las columnas {letra(suyas[0])} a {letra(suyas[-1])}, y no se"
            " sabe de cuál es la cifra: separe las celdas y ponga a cada columna su título"
        )
    return ""


def _es_de_titulos(hoja: Hoja, fila: int) -> bool:
    """Si ninguna celda de una fila es una cifra: en una de datos hay alguna."""
    if fila > len(hoja.filas):
        return False
    llenas = [t for c in range(1, len(hoja.filas[fila - 1]) + 1) if (t := hoja.texto(fila, c))]
    return bool(llenas) and all(LETRA.search(t) for t in llenas)


def _hay_cifras(hoja: Hoja, fila: int, columna: int) -> bool:
    """Si bajo el título hay cifras en una columna, y no solo lo que se firma o anota al pie."""
    abajo = (hoja.texto(f, columna) for f in range(fila + 1, len(hoja.filas) + 1))
    return any(t and not LETRA.search(t) for t in abajo)
