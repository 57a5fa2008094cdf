"""El catálogo entero en un registro: territorio, fuentes y misiones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .fuentes import Fuente
from .gobernanza import CambioDelCatalogo, Gobernanza
from .modelos import Acceso, Kpi, Mision, Okr
from .nombres import NombreOficial
from .territorio import Territorio


@dataclass(frozen=True)
class Catalogo:
    """Todo lo que el proyecto declara sobre su territorio, sus fuentes y sus misiones.

    ``ilegible``: misiones (por su slug) y «fuentes» que no se pudieron leer bien; vacío en un
    catálogo sano.
    ``gobernanza``: los comités y su revisión; nada, si no se pudieron leer.
    ``cambios``: qué cambió en cada ficha y por qué, en el orden de su archivo. ``nombres``: los
    oficiales. ``reservados``: en una edición restringida, el acceso de los KPI que su nivel deja
    ver y el público no; vacío en la pública.
    """

    territorio: Territorio
    fuentes: dict[str, Fuente]
    misiones: tuple[Mision, ...]
    ilegible: frozenset[str] = frozenset()
    gobernanza: Gobernanza | None = None
    cambios: tuple[CambioDelCatalogo, ...] = ()
    nombres: tuple[NombreOficial, ...] = ()
    reservados: Mapping[str, Acceso] = field(default_factory=dict)

    @cached_property
    def kpis(self) -> dict[str, Kpi]:
        return {k.codigo: k for m in self.misiones for k in m.kpis}

    @cached_property
    def okrs(self) -> dict[str, Okr]:
        return {o.codigo: o for m in self.misiones for o in m.okrs}

    def acceso_de(self, kpi: Kpi) -> Acceso:
        """El de su ficha, también donde su nivel lo deja ver."""
        return self.reservados.get(kpi.codigo, kpi.acceso)

    def mision(self, slug: str) -> Mision:
        return next(m for m in self.misiones if m.slug == slug)

    def recorrer(self) -> Iterator[tuple[Mision, Okr, Kpi]]:
        for mision in self.misiones:
            for okr in mision.okrs:
                for kpi in okr.kpis:
                    yield mision, okr, kpi

    @property
    def lugares(self) -> dict[str, str]:
        """Código INEI → nombre, el territorio entero y sus anexos."""
        propio = {
            self.territorio.ubigeo: (
                f"{self.territorio.tipo.capitalize()} de {self.territorio.nombre}"
            )
        }
        return propio | {a.codigo: a.nombre for a in self.territorio.anexos}
