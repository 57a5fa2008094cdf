"""Qué gráfico no se admite, y qué hacer: el que no se describe, el que no dibuja nada, el que pide
algo a otro sitio y el que saldría distinto cada vez.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .vistas import REUNEN, hijas

DATOS = ("data", "datasets", "config", "usermeta")
EXPRESIONES = ("calculate", "filter", "expr", "labelExpr", "test", "signal")
POR_REMUESTREO = {"extent": ("ci",), "aggregate": ("ci0", "ci1"), "op": ("ci0", "ci1")}
"""Los intervalos que Vega calcula volviendo a sortear los datos."""
AZAR = re.compile(r"\b(?:now|random|sample(?:Normal|LogNormal|Uniform))\s*\(")


def comprobar(especificacion: dict) -> None:
    """Lanza ``ValueError``, con su remedio, si el gráfico no se admite."""
    if not str(especificacion.get("description") or "").strip():
        raise ValueError(
            "cada gráfico lleva description: es el texto alternativo para quien no lo ve;"
            f" {_donde_se_describe(especificacion)}"
        )
    if _sin_marca(especificacion):
        raise ValueError(
            "el gráfico, o una de sus partes, no dice con qué se dibuja: dé a cada una su marca,"
            " por ejemplo .mark_bar()"
        )
    if _pide_datos(especificacion):
        raise ValueError(
            "el gráfico pide sus datos a una dirección: léalos con a.tabla(…) y déle la tabla"
        )
    filas = [f for tabla in especificacion.get("datasets", {}).values() for f in tabla]
    if fuera := next(_imagenes_de_fuera(especificacion, filas, {}), None):
        raise ValueError(
            f"el gráfico pide la imagen «{fuera}» a otro sitio: use un símbolo (shape), o muestre"
            ' la imagen con Image(…, alt="…")'
        )
    if al_azar := next(_al_azar(especificacion), None):
        raise ValueError(
            f"el gráfico calcula «{al_azar}», que cambia cada vez que se dibuja: calcúlelo antes en"
            " la tabla"
        )


def _donde_se_describe(especificacion: dict) -> str:
    """Dónde va lo que se dice de un gráfico entero: dicho antes, es de una de sus partes."""
    if de := next((f for f in ("facet", "repeat") if f in especificacion), None):
        return (
            f'póngala tras .{de}(…), con el título: .{de}(…).properties(title="…", description="…")'
        )
    if any(reune in especificacion for reune in REUNEN):
        return 'el de varias partes, en el conjunto: (uno + otro).properties(description="…")'
    return 'póngala con .properties(title="…", description="…")'


def _partes(especificacion: object) -> Iterator[dict]:
    """La especificación y cuanto hay dentro de ella que dice cómo se dibuja; los datos no."""
    if isinstance(especificacion, list):
        for parte in especificacion:
            yield from _partes(parte)
    elif isinstance(especificacion, dict):
        yield especificacion
        for clave, valor in especificacion.items():
            if clave not in DATOS:
                yield from _partes(valor)


def _sin_marca(vista: dict) -> bool:
    """¿Le falta su marca a la vista, o a alguna de las que reúne?"""
    reunidas = list(hijas(vista))
    return any(map(_sin_marca, reunidas)) if reunidas else "mark" not in vista


def _pide_datos(especificacion: dict) -> bool:
    """¿Toma alguna vista sus datos de una dirección?"""
    return any(
        isinstance(datos := vista.get("data"), dict) and "url" in datos
        for vista in _partes(especificacion)
    )


def _imagenes_de_fuera(
    vista: dict, filas: Sequence[object], heredados: Mapping[str, Any]
) -> Iterator[str]:
    """Las direcciones de las imágenes que la vista, o alguna de las que reúne, dibuja y no lleva
    dentro; ``heredados``: los canales de la que la contiene.
    """
    canales = {**heredados, **vista.get("encoding", {})}
    marca = vista.get("mark")
    propia = marca if isinstance(marca, dict) else {"type": marca}
    if propia.get("type") == "image":
        suyas = [propia.get("url")]
        for canal in _con_sus_condiciones(canales.get("url", {})):
            suyas.append(canal.get("value"))
            suyas += [f.get(canal.get("field")) for f in filas if isinstance(f, dict)]
        yield from (u for u in suyas if isinstance(u, str) and not u.startswith("data:"))
    for hija in hijas(vista):
        yield from _imagenes_de_fuera(hija, filas, canales)


def _con_sus_condiciones(canal: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Un canal y lo que dice en su lugar si se cumple algo."""
    condiciones = canal.get("condition", [])
    return [canal, *([condiciones] if isinstance(condiciones, dict) else condiciones)]


def _al_azar(especificacion: dict) -> Iterator[str]:
    """Lo que alguna vista calcula con el azar o con el reloj."""
    for parte in _partes(especificacion):
        if "sample" in parte:
            yield "sample"
        for clave, suyos in POR_REMUESTREO.items():
            if isinstance(parte.get(clave), str) and parte[clave] in suyos:
                yield f'{clave}="{parte[clave]}"'
        for clave, valor in parte.items():
            if isinstance(valor, str) and clave in EXPRESIONES:
                yield from (h[0] for h in AZAR.finditer(valor))
