"""Si lo instalado es lo que ``requirements.txt`` fija: a un entorno viejo le faltan paquetes, y lo
que entonces falla no es un defecto del programa.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FIJADO = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)[ \t]*(;)?")
CASOS = 4
"""Cuántos paquetes se nombran: con uno basta para saber qué hacer."""


def fuera_de_lo_fijado(requisitos: Path) -> list[str]:
    """Lo que falta o está en otra versión, en palabras; vacío si todo es lo fijado.

    Un paquete de una sola plataforma puede faltar, y de dos versiones fijadas vale cualquiera.
    """
    try:
        fijados = FIJADO.findall(requisitos.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return []
    versiones: dict[str, set[str]] = {}
    for nombre, fijada, _ in fijados:
        versiones.setdefault(nombre, set()).add(fijada)
    condicionados = {nombre for nombre, _, condicion in fijados if condicion}
    salida = []
    for nombre, valen in versiones.items():
        try:
            instalada = version(nombre)
        except PackageNotFoundError:
            if nombre not in condicionados:
                salida.append(f"falta {nombre} {' o '.join(sorted(valen))}")
            continue
        if instalada not in valen:
            salida.append(f"{nombre} es {instalada} y va {' o '.join(sorted(valen))}")
    return salida


def otro_entorno(e: Exception, requisitos: Path) -> str | None:
    """Qué decir de un error que nadie previó si se debe a lo instalado; nulo si no."""
    ausente = e.name if isinstance(e, ModuleNotFoundError) and e.name else ""
    fuera = fuera_de_lo_fijado(requisitos)
    if ausente and not ausente.startswith("observatorio"):
        fuera = [f"falta el módulo {ausente}", *fuera]
    if not fuera:
        return None
    mas = f" y {len(fuera) - CASOS} más" if len(fuera) > CASOS else ""
    return (
        f"Este entorno no es el fijado en requirements.txt: {'; '.join(fuera[:CASOS])}{mas}."
        f" Con él se detuvo la orden ({type(e).__name__}), y lo publicado sigue igual.\n"
        "    remedio: ejecute «make entorno» en la carpeta del proyecto y repita la orden"
    )
