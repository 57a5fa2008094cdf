"""Por qué se rehace cada producto: las partes de su clave, recordadas de una construcción a la
siguiente.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..base.escritura import escribir_json_atomico
from ..base.huellas import huella

ARCHIVO = "claves.json"


@dataclass(frozen=True, slots=True)
class Decision:
    """Qué se decidió sobre un producto y qué partes de su clave cambiaron desde la última vez."""

    producto: str
    rehecho: bool
    cambios: tuple[str, ...] = ()
    nuevo: bool = False

    def __str__(self) -> str:
        if not self.rehecho:
            return f"igual      {self.producto}"
        if self.nuevo:
            return f"se rehace  {self.producto}: no se había hecho antes"
        motivo = f"cambió {', '.join(self.cambios)}" if self.cambios else "su archivo ya no estaba"
        return f"se rehace  {self.producto}: {motivo}"


class Registro:
    """Las claves de la última construcción y las decisiones de la presente."""

    def __init__(self, trabajo: Path) -> None:
        self._archivo = trabajo / ARCHIVO
        self._antes: dict[str, dict[str, str]] = _leer(self._archivo)
        self._ahora: dict[str, dict[str, str]] = {}
        self.decisiones: list[Decision] = []

    def anotar(self, producto: str, partes: Mapping[str, str], rehecho: bool) -> None:
        """Anota las partes de la clave de ``producto`` y si hubo que rehacerlo."""
        antes = self._antes.get(producto)
        self._ahora[producto] = dict(partes)
        cambios = (
            ()
            if antes is None
            else tuple(sorted(p for p in {*antes, *partes} if antes.get(p) != partes.get(p)))
        )
        self.decisiones.append(Decision(producto, rehecho, cambios, antes is None))

    def anotar_contenido(self, producto: str, ruta: Path) -> None:
        """Anota un producto que se publica tal cual: se rehízo si su contenido no es el de la
        última vez.
        """
        partes = {"su contenido": huella(ruta.read_bytes())}
        self.anotar(producto, partes, self._antes.get(producto) != partes)

    def sin_cambios(self) -> list[Decision]:
        """La respuesta cuando nada cambió: todo lo conocido queda igual."""
        return [Decision(producto, False) for producto in sorted(self._antes)]

    def guardar(self) -> None:
        """Recuerda las claves de lo hecho y olvida lo que ya no es producto."""
        escribir_json_atomico(self._archivo, self._ahora)


def clave(partes: Mapping[str, str]) -> str:
    """Clave de un producto a partir de sus partes con nombre."""
    return huella(*(f"{nombre}={valor}" for nombre, valor in sorted(partes.items())))


def _leer(archivo: Path) -> dict[str, dict[str, str]]:
    try:
        leido: dict[str, dict[str, str]] = json.loads(archivo.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return leido
