"""Una tabla partida una sola vez por los textos de una columna, para preguntar por cada uno."""

from __future__ import annotations

import polars as pl


class PorClave:
    """Las filas de cada clave, en su orden: partir la tabla cuesta lo mismo que filtrarla por una,
    y se pregunta por todas.
    """

    def __init__(self, tabla: pl.DataFrame, columna: str) -> None:
        partes = tabla.partition_by(columna, as_dict=True, maintain_order=True)
        self._partes = {str(clave): parte for (clave,), parte in partes.items()}
        self._vacia = tabla.clear()

    def de(self, clave: str) -> pl.DataFrame:
        """Las de ``clave``; si no tiene ninguna, la tabla vacía con sus columnas."""
        return self._partes.get(clave, self._vacia)
