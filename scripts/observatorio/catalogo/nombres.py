"""``data/nombres-oficiales.yml``: cómo se escribe cada sistema, institución y sigla que el catálogo
nombra.

Cada nombre tiene una sola escritura y dice qué es; el sistema del que sale un dato cita además su
tarjeta de ``data/fuentes.yml``. Las reglas están en ``escritura``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from .formas import Identificador
from .modelos import Ficha, Nombre, Texto


class NombreOficial(Ficha):
    """Un nombre con su única escritura."""

    nombre: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]
    que_es: Texto
    fuente: Identificador | None = Field(
        default=None, description="la tarjeta de data/fuentes.yml, si de ahí salen datos"
    )
    variantes: tuple[Nombre, ...] = Field(
        default=(), description="otras escrituras que se han visto y no se usan"
    )
