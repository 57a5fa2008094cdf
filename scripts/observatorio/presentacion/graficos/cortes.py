"""Una línea no cruza un cambio de método: lo de un lado no se compara con lo del otro.

Las tablas ``publica`` y ``series`` llevan su ``tramo``; mientras el cuadro que se dibuja lo
conserve, la línea se corta sola.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .vistas import REUNEN

LINEAS = ("line", "area", "trail")
TRAMO = "tramo"
PERMISO = "cruza_cambios"
AGRUPAN = ("detail", "color", "fill", "stroke", "strokeDash", "opacity", "size", "shape")


def con_cortes(especificacion: dict[str, Any]) -> dict[str, Any]:
    """El gráfico con cada línea cortada donde cambia ``tramo``; con
    ``usermeta={"cruza_cambios": True}``, como está.
    """
    if especificacion.get("usermeta", {}).get(PERMISO):
        return especificacion
    datos = especificacion.get("datasets", {})
    return _vista(especificacion, datos, especificacion.get("data"), {})


def _vista(
    vista: dict[str, Any],
    tablas: Mapping[str, list[Any]],
    heredados: Any,
    codificado: Mapping[str, Any],
) -> dict[str, Any]:
    datos = vista.get("data", heredados)
    canales = {**codificado, **vista.get("encoding", {})}
    nueva = dict(vista)
    for clave in REUNEN:
        if isinstance(vista.get(clave), dict):
            nueva[clave] = _vista(vista[clave], tablas, datos, canales)
        elif clave in vista:
            nueva[clave] = [_vista(h, tablas, datos, canales) for h in vista[clave]]
    if _es_linea(vista.get("mark")) and _tiene_tramos(datos, tablas) and not _agrupa(canales):
        propios = vista.get("encoding", {})
        antes = canales.get("detail", [])
        detalle = [*(antes if isinstance(antes, list) else [antes]), _POR_TRAMO]
        nueva["encoding"] = {**propios, "detail": detalle}
    return nueva


_POR_TRAMO = {"field": TRAMO, "type": "nominal"}


def _es_linea(marca: Any) -> bool:
    return (marca.get("type") if isinstance(marca, dict) else marca) in LINEAS


def _tiene_tramos(datos: Any, tablas: Mapping[str, list[Any]]) -> bool:
    if not isinstance(datos, dict):
        return False
    filas = datos.get("values") or tablas.get(str(datos.get("name")), [])
    return len({f.get(TRAMO) for f in filas if isinstance(f, dict)}) > 1


def _agrupa(canales: Mapping[str, Any]) -> bool:
    """¿Ya separa algún canal por tramo?"""
    dichos = [c for n in AGRUPAN for c in _lista(canales.get(n))]
    return any(isinstance(c, dict) and c.get("field") == TRAMO for c in dichos)


def _lista(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]
