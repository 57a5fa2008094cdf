"""La ficha de una edición, ``ediciones/<id>.json``, que el sitio guarda de todas: cómo se lee, qué
forma tiene y dónde hay una sana.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from . import ediciones

VERSION = re.compile(r"\d+\.\d+\.\d+")


def ficha_de(carpeta: Path) -> dict[str, Any]:
    """La ficha de la edición que hay en una carpeta: de qué entradas salió, su versión, sus
    frases… Lanza ``ErrorDeUso`` si no es una edición.
    """
    ruta = carpeta / "ediciones" / f"{ediciones.identificador_de(carpeta)}.json"
    ficha: dict[str, Any] = json.loads(ruta.read_text(encoding="utf-8"))
    return ficha


def defecto_de_ficha(identificador: str, contenido: bytes) -> str | None:
    """Por qué ``contenido`` no es la ficha de esa edición; nada si lo es."""
    try:
        ficha = json.loads(contenido)
    except ValueError:
        return "no es JSON"
    if not isinstance(ficha, dict) or ficha.get("edicion") != identificador:
        return "no es la de esa edición"
    malos = [campo for campo, sirve in _campos(ficha).items() if not sirve]
    return f"faltan o no tienen su forma: {', '.join(malos)}" if malos else None


def _campos(ficha: dict[str, Any]) -> dict[str, bool]:
    frases, graficos = ficha.get("frases"), ficha.get("graficos", {})
    return {
        "version": (
            isinstance(ficha.get("version"), str)
            and VERSION.fullmatch(ficha["version"]) is not None
        ),
        "contenido": isinstance(ficha.get("contenido"), str) and bool(ficha["contenido"]),
        "fecha_corte": _es_fecha(ficha.get("fecha_corte")),
        "frases": isinstance(frases, list) and all(isinstance(f, str) for f in frases),
        "graficos": (
            isinstance(graficos, dict) and all(isinstance(g, dict) for g in graficos.values())
        ),
        "entradas": isinstance(ficha.get("entradas", {}), dict),
    }


def _es_fecha(texto: object) -> bool:
    try:
        return isinstance(texto, str) and date.fromisoformat(texto).isoformat() == texto
    except ValueError:
        return False


def ficha_sana(identificador: str, carpetas: Iterable[Path]) -> Path | None:
    """La primera ficha de esa edición que tiene su forma y, donde está el manifiesto de su edición,
    también su suma; nada si no hay.
    """
    relativa = f"ediciones/{identificador}.json"
    for carpeta in carpetas:
        suma = ediciones.manifiesto(carpeta).get(relativa)
        ruta = carpeta / relativa
        if (
            ruta.is_file()
            and not defecto_de_ficha(identificador, ruta.read_bytes())
            and suma in (None, ediciones.suma(ruta))
        ):
            return ruta
    return None


def queda_fuera(identificador: str, defecto: str | None) -> str:
    """El aviso de que una ficha publicada no se hereda."""
    return (
        f"la ficha de la edición {identificador} está dañada en lo publicado"
        f" ({defecto or 'su contenido cambió'}) y aquí no se conserva: queda fuera"
    )
