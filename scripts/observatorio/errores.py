"""La única familia de errores del observatorio.

Un dato malo nunca se lanza suelto: cada etapa reúne *todos* los suyos y lanza un solo
``DatosInvalidos``. Cada error dice dónde está, qué vale, qué regla rompe y cómo se remedia.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

VALOR_MAXIMO = 80


@dataclass(frozen=True, slots=True, order=True)
class ErrorDeDatos:
    """Un defecto localizado en los datos del usuario.

    ``fila`` cuenta como la ve una hoja de cálculo: la cabecera es la fila 1. En un YAML es la
    línea.
    ``regla`` es el identificador estable que usan las pruebas y las justificaciones.
    """

    archivo: str
    fila: int | None
    columna: str | None
    valor: str | None
    regla: str
    remedio: str

    def __str__(self) -> str:
        lugar = self.archivo
        if self.fila is not None:
            lugar += f", fila {self.fila}"
        if self.columna:
            lugar += f", columna «{_recortado(self.columna)}»"
        valor = "" if self.valor is None else f": «{_recortado(self.valor)}»"
        return f"{lugar}{valor}\n    regla: {self.regla}\n    remedio: {self.remedio}"

    def como_dict(self) -> dict[str, object]:
        return {c.name: getattr(self, c.name) for c in fields(ErrorDeDatos)}


class DatosInvalidos(Exception):
    """Los datos no pasan: lleva todos los errores, ordenados por archivo y fila."""

    def __init__(self, errores: Iterable[ErrorDeDatos]) -> None:
        self.errores = sorted(
            set(errores),
            key=lambda e: (e.archivo, e.fila or 0, e.columna or "", e.regla, e.valor or ""),
        )
        super().__init__("\n".join(str(e) for e in self.errores))


class ErrorDeUso(Exception):
    """La orden está mal escrita o pide algo que no existe (código de salida 2)."""


class ErrorDeEjecucion(Exception):
    """Una celda, una página o un boletín no se pudo producir; dice cuál y por qué (código de salida
    1).
    """


class EntradasCambiadas(ErrorDeEjecucion):
    """Alguien guardó un archivo del proyecto mientras se trabajaba con él: lo hecho no es de nadie
    y se descarta.
    """


def _recortado(texto: str) -> str:
    limpio = "".join(c if c.isprintable() else "·" for c in texto)
    return limpio if len(limpio) <= VALOR_MAXIMO else limpio[: VALOR_MAXIMO - 1] + "…"
