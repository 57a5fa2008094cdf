"""Lo que los dos motores dicen a las plantillas y a Typst por igual."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from ..base.impreso import instante
from ..edicion.claves import FAMILIAS, clave_de, entorno
from ..rutas import Proyecto
from .versiones import motor_embebido

T = TypeVar("T")

PUBLICA = "OBSERVATORIO_PUBLICA"
"""Con esta variable la página lleva su política de seguridad; sin ella la hace alguien a mano, con
``quarto preview``, que recarga con un guion en línea.
"""
BIBLIOTECA_COMUN = "comun.typ"
"""Lo que importan todas las plantillas de boletín: colores, marcas y la forma de cada estado."""


def dia_de_los_datos(proyecto: Proyecto) -> date:
    """La fecha de corte, como la dejó ``preparar``."""
    piezas = proyecto.trabajo / "piezas"
    sello = json.loads((piezas / "sello.json").read_text(encoding="utf-8"))["sello"]
    return date.fromisoformat(sello["fecha_iso"])


def fecha_de_los_datos(proyecto: Proyecto) -> int:
    """La fecha de corte como segundos: la fecha que el PDF declara no depende del reloj."""
    return instante(dia_de_los_datos(proyecto))


def partes_del_programa(proyecto: Proyecto) -> dict[str, str]:
    """Lo que entra en la clave de todo lo que se compone: quién lo compone y con qué versiones."""
    return {
        "programa": clave_de(proyecto.raiz, FAMILIAS["programa"]),
        "versiones fijadas": clave_de(proyecto.raiz, FAMILIAS["versiones fijadas"]),
        "entorno": entorno(proyecto.raiz),
        "motor de páginas": motor_embebido(),
    }


def copiar_biblioteca(proyecto: Proyecto, raiz: Path, *mas: str) -> str:
    """Deja bajo ``raiz``, más allá de la cual Typst no lee, la biblioteca que comparten los
    boletines y lo que diga ``mas``, donde las plantillas las importan; devuelve cómo se importa la
    última.
    """
    nombres = (BIBLIOTECA_COMUN, *mas)
    ultima = proyecto.extension / nombres[-1]
    for nombre in nombres:
        origen = proyecto.extension / nombre
        importada = raiz / proyecto.relativa(origen)
        importada.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origen, importada)
    return f"/{proyecto.relativa(ultima)}"


def repartir(encargos: Sequence[T], trabajo: Callable[[T], int], partes: int) -> list[list[T]]:
    """En tantos lotes de parecido trabajo como ``partes``, sin lotes vacíos."""
    lotes: list[list[T]] = [[] for _ in range(partes)]
    pesos = [0] * partes
    for encargo in sorted(encargos, key=lambda e: -trabajo(e)):
        menor = pesos.index(min(pesos))
        lotes[menor].append(encargo)
        pesos[menor] += trabajo(encargo)
    return [lote for lote in lotes if lote]
