"""Lo que la demostración toma del repositorio: territorio, catálogo, fuentes y unidades
informantes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from math import exp
from pathlib import Path

import yaml

from observatorio.catalogo.fuentes import Fuente, Quiebre
from observatorio.catalogo.modelos import Kpi, Mision
from observatorio.catalogo.territorio import Territorio

from .azar import Azar
from .reparto import repartir

PESO_DE_LA_CAPITAL = 3.2


@dataclass(frozen=True, slots=True)
class Unidad:
    codigo: str
    tipo: str
    lugar: str
    captacion: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Escena:
    """Datos comunes a todas las series; ``poblaciones`` reparte entre los anexos la población en
    uso.
    """

    ubigeo: str
    corte: date
    habitantes: int
    poblaciones: dict[str, int]
    unidades: tuple[Unidad, ...]
    fuentes: dict[str, Fuente]

    def quiebre_de(self, kpi: Kpi) -> Quiebre | None:
        """Primer quiebre de la fuente que alcanza al KPI (sin lista de KPI, alcanza a todos)."""
        for quiebre in self.fuentes[kpi.fuente].quiebres:
            if not quiebre.kpis or kpi.codigo in quiebre.kpis:
                return quiebre
        return None


def leer_escena(raiz: Path) -> Escena:
    """Lee ``data/``; los modelos rechazan un archivo que no cumple."""
    territorio = Territorio.model_validate(_yaml(raiz / "data/territorio.yml"))
    fuentes = {c: Fuente.model_validate(f) for c, f in _yaml(raiz / "data/fuentes.yml").items()}
    habitantes = next(p.habitantes for p in territorio.poblacion if p.en_uso)
    return Escena(
        ubigeo=territorio.ubigeo,
        corte=territorio.fecha_corte,
        habitantes=habitantes,
        poblaciones=_poblaciones(habitantes, [a.codigo for a in territorio.anexos]),
        unidades=_unidades(raiz / "data/unidades.csv"),
        fuentes=fuentes,
    )


def leer_misiones(raiz: Path) -> list[Mision]:
    """Hojas de ruta presentes, en el orden de su carpeta."""
    rutas = sorted(raiz.glob("misiones/*/hoja-de-ruta.yml"), key=lambda r: r.parent.name)
    return [Mision.model_validate(_yaml(ruta)) for ruta in rutas]


def _yaml(ruta: Path) -> dict[str, object]:
    datos: dict[str, object] = yaml.safe_load(ruta.read_text(encoding="utf-8"))
    return datos


def _poblaciones(habitantes: int, lugares: list[str]) -> dict[str, int]:
    """Población inventada de cada anexo: suma la del territorio, y el primero (la capital) es el
    mayor.
    """
    azar = Azar("poblaciones")
    pesos = [PESO_DE_LA_CAPITAL, *(exp(0.75 * azar.ruido()) for _ in lugares[1:])]
    return dict(zip(lugares, repartir(habitantes, pesos), strict=True))


def _unidades(ruta: Path) -> tuple[Unidad, ...]:
    with ruta.open(encoding="utf-8", newline="") as archivo:
        filas = sorted(csv.DictReader(archivo), key=lambda f: f["codigo"])
    return tuple(
        Unidad(f["codigo"], f["tipo"], f["lugar"], tuple(f["captacion"].split("|"))) for f in filas
    )
