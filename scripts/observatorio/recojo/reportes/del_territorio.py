"""Cómo nombra un reporte al territorio entero, y a todos sus lugares con la palabra que usa."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...base.plegado import plegado
from ...catalogo.nombre_de_lugar import ANEXO, NombreDeLugar, TipoDeTerritorio
from ...catalogo.territorio import Territorio

_SIEMPRE = ("anexos", "distritos")
"""Como los llama un reporte que viene de fuera, se llamen aquí como se llamen."""
CIFRAS_DE_UBIGEO = 4
"""Con menos, un código es el de una región, y también cualquier otro número."""
_TIPOS: dict[TipoDeTerritorio, tuple[TipoDeTerritorio, ...]] = {
    "distrito": ("distrito", "provincia"),
    "provincia": ("provincia",),
}
"""Lo que dice de una fila que no es de uno de los lugares: los de una provincia son distritos."""
_ENLACES = frozenset({"de", "del", "el", "la", "todo", "toda"})
_PALABRAS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class DelTerritorio:
    """Lo que hace falta saber del territorio para reconocerlo en una celda."""

    ubigeo: str = ""
    tipo: TipoDeTerritorio = "distrito"
    nombre: str = ""
    provincia: str = ""
    se_llaman: NombreDeLugar = ANEXO

    @classmethod
    def segun(cls, territorio: Territorio) -> DelTerritorio:
        t = territorio
        return cls(t.ubigeo, t.tipo, t.nombre, t.provincia, t.anexos_se_llaman)

    def es_el(self, texto: str) -> bool:
        """«Distrito de Tal», «TAL (DISTRITO)», «010203 Tal». No «Tal» a secas: también
        puede llamarse así uno de sus lugares.
        """
        dichas = _palabras(texto)
        que_es = dichas & {*_TIPOS[self.tipo], *self._codigos}
        if not que_es:
            return False
        nombres = [_palabras(self.nombre)]
        if "provincia" in que_es:
            nombres.append(_palabras(self.provincia))
        return dichas - que_es in (frozenset(), *nombres)

    @property
    def _codigos(self) -> set[str]:
        """Su ubigeo, y sin los ceros de delante, que una hoja de cálculo quita."""
        con_el = len(self.ubigeo) >= CIFRAS_DE_UBIGEO
        return {self.ubigeo, self.ubigeo.lstrip("0")} if con_el else set()

    def son_todos(self, texto: str) -> bool:
        """«Todos los anexos», «TODAS LAS COMUNIDADES»."""
        plurales = "|".join(map(re.escape, (*_SIEMPRE, plegado(self.se_llaman.plural))))
        return re.fullmatch(f"tod[oa]s l[oa]s (?:{plurales})", plegado(texto)) is not None


def _palabras(texto: str) -> frozenset[str]:
    return frozenset(_PALABRAS.findall(plegado(texto))) - _ENLACES
