"""Cómo nombra un reporte a todos los lugares del territorio, con la palabra de cada territorio."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...base.plegado import plegado
from ...catalogo.nombre_de_lugar import ANEXO, NombreDeLugar
from ...catalogo.territorio import Territorio

_SIEMPRE = ("anexos", "distritos")
"""Como los llama un reporte que viene de fuera, se llamen aquí como se llamen."""


@dataclass(frozen=True, slots=True)
class DelTerritorio:
    """Lo que hace falta saber del territorio para reconocerlo en una celda."""

    se_llaman: NombreDeLugar = ANEXO

    @classmethod
    def segun(cls, territorio: Territorio) -> DelTerritorio:
        return cls(territorio.anexos_se_llaman)

    def son_todos(self, texto: str) -> bool:
        """«Todos los anexos», «TODAS LAS COMUNIDADES»."""
        plurales = "|".join(map(re.escape, (*_SIEMPRE, plegado(self.se_llaman.plural))))
        return re.fullmatch(f"tod[oa]s l[oa]s (?:{plurales})", plegado(texto)) is not None
