"""Cómo se dice que una edición es restringida, igual en la página, en el papel y en los datos."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping

import polars as pl

from ..base.archivos import json_en_bytes
from ..base.tablas import texto
from ..catalogo import Catalogo
from ..catalogo.modelos import CIUDADANO

USO = texto("uso", "para qué nivel es el archivo; solo en una edición restringida")
"""La última columna de cada tabla de una edición restringida, y el campo de cada objeto."""
DERECHOS = "dct:accessRights"
"""Su lugar en el catálogo DCAT."""
FIRMADAS = "versiones/"
"""Lo que un comité firmó, byte por byte: no se le añade nada, y es lo mismo en todo nivel."""
ARCHIVO = "uso-restringido.txt"
"""El aviso que va en la carpeta de datos de una edición restringida, y en ninguna pública."""


def aviso(catalogo: Catalogo) -> str:
    """El de su nivel; nada, en la edición pública."""
    nivel = catalogo.territorio.nivel
    if nivel == CIUDADANO:
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

    Lanza ``ValueError`` si alguno ya usa ese campo para otra cosa.
    """
    dicho = aviso(catalogo)
    if not dicho:
        return dict(archivos)
    return {
        n: c if n.startswith(FIRMADAS) else _con_marca(n, c, dicho) for n, c in archivos.items()
    }


def _con_marca(nombre: str, contenido: bytes, dicho: str) -> bytes:
    con_uso, extension = pl.lit(dicho).alias(USO.nombre), nombre.rsplit(".", 1)[-1]
    if extension == "csv":
        # Como texto: cada cifra sigue escrita igual.
        tabla = pl.read_csv(contenido, infer_schema=False)
        _exigir_libre(nombre, USO.nombre, tabla.columns)
        return tabla.with_columns(con_uso).write_csv().encode()
    if extension == "parquet":
        memoria = io.BytesIO()
        tabla = pl.read_parquet(io.BytesIO(contenido))
        _exigir_libre(nombre, USO.nombre, tabla.columns)
        tabla.with_columns(con_uso).write_parquet(memoria, compression="zstd")
        return memoria.getvalue()
    if extension == "json":
        leido = json.loads(contenido)
        if isinstance(leido, dict):
            return json_en_bytes(_con_campo(nombre, leido, USO.nombre, dicho))
        return json_en_bytes(
            [_con_campo(nombre, x, USO.nombre, dicho) if isinstance(x, dict) else x for x in leido]
        )
    if extension == "jsonld":
        # Un campo que no está en su «@context» no lo lee ningún programa.
        derechos = {
            "@type": "dct:RightsStatement",
            "rdfs:label": {"@language": "es", "@value": dicho},
        }
        return json_en_bytes(_con_campo(nombre, json.loads(contenido), DERECHOS, derechos))
    return contenido


def _con_campo(
    nombre: str, objeto: dict[str, object], campo: str, valor: object
) -> dict[str, object]:
    _exigir_libre(nombre, campo, objeto)
    return objeto | {campo: valor}


def _exigir_libre(nombre: str, campo: str, usados: Collection[str]) -> None:
    if campo in usados:
        raise ValueError(f"{nombre} ya tiene «{campo}»: ahí va el nivel de una edición restringida")
