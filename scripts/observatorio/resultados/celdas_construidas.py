"""Las celdas que una edición muestra, guardadas al construirla:
publicarla las suma a las ya vistas sin calcular otra vez.

Van con el identificador de su edición, que es la huella de todas sus entradas: con otras entradas,
otro archivo.
"""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from ..base.archivos import escribir_carpeta
from ..privacidad.historial import CIFRAS, CLAVE
from .resultados import Resultados

CARPETA = "celdas"
COLUMNAS = (*CLAVE, *CIFRAS, "fuente", "protegido")


def celdas_de(resultados: Resultados) -> pl.DataFrame:
    """Sus celdas (columnas ``COLUMNAS``), también las que no son sobre personas: si mañana se
    protegen, se sabe qué se vio.
    """
    return resultados.publica.select(COLUMNAS)


def guardar(resultados: Resultados, trabajo: Path, edicion: str) -> None:
    """Deja en ``trabajo`` las de esa edición, y solo las suyas."""
    memoria = io.BytesIO()
    celdas_de(resultados).write_ipc(memoria)
    escribir_carpeta(trabajo / CARPETA, {f"{edicion}.arrow": memoria.getvalue()})


def guardadas(trabajo: Path, edicion: str) -> pl.DataFrame | None:
    """Las de esa edición; nada si se construyó en otra parte o ya se construyó otra."""
    ruta = trabajo / CARPETA / f"{edicion}.arrow"
    return pl.read_ipc(ruta) if ruta.is_file() else None
