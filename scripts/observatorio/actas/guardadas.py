"""Las versiones guardadas: el contenido exacto de lo que se envió a un comité, por su huella."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .cadena import canonico


@dataclass(frozen=True)
class Guardada:
    """Una versión, en su escritura canónica. Su contenido solo se lee si alguien lo pide: son
    muchas, y de casi todas basta saber de qué producto son.
    """

    crudo: bytes

    def es_de(self, producto: str) -> bool:
        """¿Es de ese producto? En la escritura canónica una comilla suelta solo abre una clave o un
        valor: ningún texto de dentro puede parecer esto.
        """
        return b'"producto":' + canonico(producto) in self.crudo

    @property
    def demostracion(self) -> bool:
        """¿Lleva cifras de demostración?"""
        return b'"demostracion":true' in self.crudo

    @cached_property
    def contenido(self) -> Mapping[str, Any]:
        dicho: dict[str, Any] = json.loads(self.crudo)
        return dicho


Guardadas = Mapping[str, Guardada]
"""``huella → versión``."""
