"""Las fechas de un gráfico: el mismo día en cualquier huso, y sus nombres en español.

Vega entiende ``"2026-01-01"`` como la medianoche de Greenwich y la dibuja en la hora del lugar: en
América, el día anterior. Con su hora (``"2026-01-01T00:00:00"``) la entiende en la hora del lugar,
y el día es el mismo en todas partes. Los nombres van en la propia especificación, así que el dibujo
y el navegador escriben igual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...base.periodos import NOMBRES_DE_MES
from .dibujo import NUMEROS
from .rotulos import con_rotulos
from .vistas import canales, vistas

DIAS = ("domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado")
TIEMPO = {
    "dateTime": "%A, %-d de %B de %Y, %H:%M",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["a. m.", "p. m."],
    "days": list(DIAS),
    "shortDays": [d[:3] for d in DIAS],
    "months": list(NOMBRES_DE_MES),
    "shortMonths": [m[:3] for m in NOMBRES_DE_MES],
}
DIA = "%-d %b %Y"
CIFRA = ",.4~f"
"""Una cifra que se lee al pasar por encima: con su coma de miles, y sin ceros de más."""
EN_EL_EJE = {
    "year": "%Y",
    "quarter": "%b %Y",
    "month": "%b %Y",
    "week": "%-d %b",
    "date": "%-d %b",
    "hours": "%H:%M",
    "minutes": "%H:%M",
    "seconds": "%H:%M:%S",
}
"""Cada marca de un eje de tiempo, según lo que la distingue de la anterior."""
POR_UNIDAD = {
    "yearmonthdate": DIA,
    "monthdate": "%-d %b",
    "yearquarter": "%Y-T%q",
    "quarter": "T%q",
    "week": "semana %U",
    "yearweek": "%Y, semana %U",
    "hours": "%H:%M",
    "hoursminutes": "%H:%M",
    "yearmonthdatehours": f"{DIA} %H:%M",
    "yearmonthdatehoursminutes": f"{DIA} %H:%M",
}
"""``timeUnit`` de Vega-Lite → cómo se escribe aquí; los demás ya salen bien."""
SOLO_DIA = re.compile(r"\d{4}-\d{2}-\d{2}")
CON_HUSO = re.compile(r"(\d{4}-\d{2}-\d{2}T[\d:.]+)(?:Z|[+-]\d{2}:?\d{2})")
CON_EJE = ("x", "y")
CON_LEYENDA = ("color", "fill", "stroke", "size", "opacity", "shape")


def en_espanol(especificacion: dict[str, Any]) -> dict[str, Any]:
    """El gráfico con sus fechas en la hora del lugar, y con números, fechas y títulos como se
    escriben aquí. No cambia lo que recibe.
    """
    nueva: dict[str, Any] = _copia(especificacion)
    conf = nueva.setdefault("config", {})
    conf["locale"] = {"number": NUMEROS, "time": TIEMPO}
    conf.setdefault("timeFormat", DIA)
    con_rotulos(nueva)
    campos = set()
    for vista in vistas(nueva):
        for nombre, canal in canales(vista):
            if _es_de_tiempo(nombre, canal, vista["encoding"]):
                _en_hora_local(canal)
                _con_formato(nombre, canal)
                if isinstance(canal.get("field"), str):
                    campos.add(canal["field"])
            elif nombre in ("tooltip", "text") and canal.get("type") == "quantitative":
                canal.setdefault("format", CIFRA)
    if campos:
        for fila in _filas(nueva):
            for campo in campos & fila.keys():
                fila[campo] = _local(fila[campo])
    return nueva


def _copia(x: Any) -> Any:
    """Copia entera: la especificación es JSON."""
    if isinstance(x, dict):
        return {k: _copia(v) for k, v in x.items()}
    return [_copia(v) for v in x] if isinstance(x, list) else x


def _es_de_tiempo(nombre: str, canal: dict[str, Any], todos: dict[str, Any]) -> bool:
    if nombre in ("x2", "y2"):
        pareja = todos.get(nombre[0])
        return isinstance(pareja, dict) and _es_de_tiempo(nombre[0], pareja, todos)
    return canal.get("type") == "temporal" or "timeUnit" in canal


def _en_hora_local(canal: dict[str, Any]) -> None:
    """Lo escrito en el propio canal, y sus unidades y escalas, en la hora del lugar."""
    if "datum" in canal:
        canal["datum"] = _local(canal["datum"])
    if isinstance(canal.get("timeUnit"), str):
        canal["timeUnit"] = canal["timeUnit"].removeprefix("utc")
    escala = canal.get("scale")
    if isinstance(escala, dict):
        if escala.get("type") == "utc":
            escala["type"] = "time"
        if isinstance(escala.get("domain"), list):
            escala["domain"] = [_local(x) for x in escala["domain"]]


def _con_formato(nombre: str, canal: dict[str, Any]) -> None:
    """Cómo se escribe, si quien dibuja no lo dijo."""
    unidad = canal.get("timeUnit")
    formato = POR_UNIDAD.get(unidad.removeprefix("binned")) if isinstance(unidad, str) else None
    if nombre in CON_EJE:
        _poner(canal, "axis", formato or (None if unidad else EN_EL_EJE))
    elif nombre in CON_LEYENDA:
        _poner(canal, "legend", formato)
    elif nombre in ("tooltip", "text") and formato:
        canal.setdefault("format", formato)


def _poner(canal: dict[str, Any], guia: str, formato: Any) -> None:
    if formato is None or (guia in canal and not isinstance(canal[guia], dict)):
        return
    propia = canal.setdefault(guia, {})
    if not {"format", "labelExpr", "formatType"} & propia.keys():
        propia["format"] = formato


def _filas(vista: Any) -> Iterator[dict[str, Any]]:
    """Las filas de todos los datos que el gráfico lleva dentro."""
    if isinstance(vista, list):
        for x in vista:
            yield from _filas(x)
    elif isinstance(vista, dict):
        for clave, valor in vista.items():
            if clave == "datasets" and isinstance(valor, dict):
                for tabla in valor.values():
                    yield from (f for f in tabla if isinstance(f, dict))
            elif clave == "data" and isinstance(valor, dict):
                propias = valor.get("values")
                if isinstance(propias, list):
                    yield from (f for f in propias if isinstance(f, dict))
            elif clave != "config":
                yield from _filas(valor)


def _local(valor: Any) -> Any:
    """Una fecha escrita, sin huso y con su hora; lo demás, como está."""
    if not isinstance(valor, str):
        return valor
    if SOLO_DIA.fullmatch(valor):
        return f"{valor}T00:00:00"
    con_huso = CON_HUSO.fullmatch(valor)
    return con_huso[1] if con_huso else valor
