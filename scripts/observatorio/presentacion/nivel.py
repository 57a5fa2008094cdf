"""Cómo se dice que una edición es restringida, igual en la página, en el papel y en los datos."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import polars as pl

from ..base.archivos import json_en_bytes
from ..base.tablas import texto
from ..catalogo import Catalogo

USO = texto("uso", "para qué nivel es el archivo; solo en una edición restringida")
"""La última columna de cada tabla de una edición restringida, y el campo de cada objeto."""
FIRMADAS = "versiones/"
"""Lo que un comité firmó, byte por byte: no se le añade nada, y es lo mismo en todo nivel."""
ARCHIVO = "uso-restringido.txt"
"""El aviso que va en la carpeta de datos de una edición restringida, y en ninguna pública."""


def aviso(catalogo: Catalogo) -> str:
    """El de su nivel; nada, en la edición pública."""
    nivel = catalogo.territorio.nivel
    if nivel == "ciudadano":
        return ""
    return f"USO RESTRINGIDO · nivel {nivel} · no se reenvía ni se cuelga en la web"


def archivos(catalogo: Catalogo) -> dict[str, bytes]:
    """``uso-restringido.txt``, con los indicadores que por ella no son públicos."""
    dicho = aviso(catalogo)
    if not dicho:
        return {}
    suyos = "".join(f"{c}: {a}\n" for c, a in sorted(catalogo.reservados.items()))
    return {ARCHIVO: f"{dicho}\n\nIndicadores que el público no ve:\n{suyos}".encode()}


def con_marca(archivos: Mapping[str, bytes], catalogo: Catalogo) -> dict[str, bytes]:
    """Los mismos ``archivos`` (nombre → contenido); en una edición restringida, cada tabla y cada
    JSON dice su nivel, porque uno suelto se reenvía sin los demás. En la pública no cambia nada.
    """
    dicho = aviso(catalogo)
    if not dicho:
        return dict(archivos)
    return {
        n: c if n.startswith(FIRMADAS) else _con_marca(n.rsplit(".", 1)[-1], c, dicho)
        for n, c in archivos.items()
    }


def _con_marca(extension: str, contenido: bytes, dicho: str) -> bytes:
    con_uso = pl.lit(dicho).alias(USO.nombre)
    if extension == "csv":
        # Como texto: cada cifra sigue escrita igual.
        tabla = pl.read_csv(contenido, infer_schema=False)
        return tabla.with_columns(con_uso).write_csv().encode()
    if extension == "parquet":
        memoria = io.BytesIO()
        tabla = pl.read_parquet(io.BytesIO(contenido))
        tabla.with_columns(con_uso).write_parquet(memoria, compression="zstd")
        return memoria.getvalue()
    if extension in ("json", "jsonld"):
        leido = json.loads(contenido)
        if isinstance(leido, dict):
            return json_en_bytes(leido | {USO.nombre: dicho})
        return json_en_bytes([x | {USO.nombre: dicho} if isinstance(x, dict) else x for x in leido])
    return contenido
