"""Una fila que repite la clave de otra, dicha igual en todo cuadro: cuál es la otra."""

from __future__ import annotations

from ..errores import ErrorDeDatos


def repetida(
    archivo: str,
    fila: int,
    columna: str,
    valor: str,
    primera: tuple[str, int],
    si_no: str = "",
) -> ErrorDeDatos:
    """``primera``: el archivo y la fila que ya decían esa clave. ``si_no``: qué hacer si las dos
    hacían falta.
    """
    otro, cual = primera
    donde = f"repite la fila {cual}" if otro == archivo else f"repite la fila {cual} de {otro}"
    remedio = f"{donde}: deje una sola{si_no}"
    return ErrorDeDatos(archivo, fila, columna, valor, "clave-duplicada", remedio)
