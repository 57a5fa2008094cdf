"""De una hoja con comentarios (de un taller, de una ventanilla) a entradas del registro.

Las columnas: producto, recibido, papel, que y, si la hay, pagina. Los títulos se leen sin tildes ni
mayúsculas; lo demás se deja fuera y se dice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..base.plegado import plegado
from ..errores import DatosInvalidos, ErrorDeDatos
from .hojas.cuadricula import Hoja, leer_hojas

OBLIGATORIAS = ("producto", "recibido", "papel", "que")
COLUMNAS = (*OBLIGATORIAS, "pagina")
FILAS_DE_TITULOS = 20


@dataclass(frozen=True, slots=True)
class Leidos:
    """Los campos de cada comentario, de qué archivo y fila salió, y las columnas que no se usan."""

    campos: tuple[dict[str, str], ...]
    lugares: tuple[tuple[str, int | None], ...]
    de_mas: tuple[str, ...]


def leer_comentarios(ruta: Path) -> Leidos:
    """Lanza ``DatosInvalidos`` si ninguna hoja tiene las columnas, o si no trae ninguna fila."""
    hojas = leer_hojas(ruta)
    hallada = next(((h, f) for h in hojas if (f := _titulos_en(h))), None)
    if hallada is None:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    ruta.name,
                    None,
                    None,
                    None,
                    "sin-columnas-de-comentarios",
                    f"una fila lleva los títulos {', '.join(OBLIGATORIAS)} y, si hay, pagina",
                )
            ]
        )
    hoja, fila = hallada
    titulos = _titulos(hoja, fila)
    campos, lugares = [], []
    for n in range(fila + 1, len(hoja.filas) + 1):
        leida = {
            t: texto
            for c, t in enumerate(titulos, 1)
            if t in COLUMNAS and (texto := hoja.texto(n, c).strip())
        }
        if leida:
            campos.append(leida)
            lugares.append((ruta.name, n))
    if not campos:
        raise DatosInvalidos(
            [
                ErrorDeDatos(
                    ruta.name,
                    fila,
                    None,
                    None,
                    "hoja-sin-comentarios",
                    "escriba un comentario por fila, debajo de los títulos",
                )
            ]
        )
    de_mas = tuple(t for t in titulos if t and t not in COLUMNAS)
    return Leidos(tuple(campos), tuple(lugares), de_mas)


def _titulos_en(hoja: Hoja) -> int | None:
    return next(
        (
            f
            for f in range(1, min(len(hoja.filas), FILAS_DE_TITULOS) + 1)
            if set(_titulos(hoja, f)) >= set(OBLIGATORIAS)
        ),
        None,
    )


def _titulos(hoja: Hoja, fila: int) -> list[str]:
    return [plegado(hoja.texto(fila, c)).strip() for c in range(1, len(hoja.filas[fila - 1]) + 1)]
