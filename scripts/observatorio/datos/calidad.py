"""El resultado de los cuatro controles: qué se revisó, qué se advirtió y quién lo explicó."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from .advertencias import (
    ADVERTENCIAS,
    Contexto,
    con_esquema,
    debiles,
    desgloses,
    por_clase,
    quiebres,
    saltos,
    tardios,
)
from .columnas import EXPLICADAS, RECUENTO
from .control_de_regla import CONTROLES, control_de
from .hermanos import hermanos, sin_enlazar
from .partes import suma_de_partes
from .primeras import primeras
from .reglas import CLAVE

CUMPLE, JUSTIFICADO = "cumple", "cumple con justificación"


@dataclass(frozen=True)
class Calidad:
    """Calidad de unas observaciones que ya pasaron la compuerta: ningún error y toda advertencia
    explicada.

    ``advertencias``: la tabla ``EXPLICADAS``. ``recuento``: la tabla ``RECUENTO``. ``reglas``:
    cuántas reglas tiene cada control.
    """

    advertencias: pl.DataFrame = field(default_factory=EXPLICADAS.vacia)
    recuento: pl.DataFrame = field(default_factory=RECUENTO.vacia)
    reglas: dict[str, int] = field(default_factory=dict)

    def con_control(self) -> pl.DataFrame:
        """Las advertencias con su ``control``."""
        return self.advertencias.with_columns(
            pl.col("regla")
            .replace_strict({r: control_de(r) for r in ADVERTENCIAS}, return_dtype=pl.String)
            .alias("control")
        )


def advertir(tabla: pl.DataFrame, contexto: Contexto, superada: pl.DataFrame) -> pl.DataFrame:
    """Todas las advertencias de la tabla ordenada por serie y fin, en orden estable.

    ``superada``: la demostración que ya no está en ella, porque una medida real la reemplaza.
    """
    comparan = [
        f(clase, contexto)
        for clase in por_clase(tabla, superada)
        for f in (saltos, suma_de_partes, hermanos, sin_enlazar)
    ]
    de_la_tabla = (primeras, quiebres, tardios, debiles, desgloses)
    todas = comparan + [f(tabla, contexto) for f in de_la_tabla]
    return pl.concat([con_esquema(t) for t in todas]).sort("regla", *CLAVE, "fuente", "cifra")


def por_control(calidad: Calidad) -> list[dict[str, Any]]:
    """Por cada control: cuántas reglas tiene, sobre cuántas observaciones y cuántas advertencias se
    justificaron.
    """
    advertidas = dict(calidad.con_control().group_by("control").len().iter_rows())
    total = int(calidad.recuento["observaciones"].sum())
    return [
        {
            "control": c,
            "reglas": calidad.reglas.get(c, 0),
            "observaciones": total,
            "advertencias": advertidas.get(c, 0),
        }
        for c in CONTROLES
    ]


class Controles:
    """Los cuatro resultados de cada cifra, por búsqueda directa."""

    def __init__(self, con_control: pl.DataFrame) -> None:
        self._celdas: dict[str, list[dict]] = {}
        for a in con_control.iter_rows(named=True):
            self._celdas.setdefault(a["kpi"], []).append(a)

    def de(
        self, kpi: str, periodo: str, lugar: str, grupo: str, unidad: str, fuente: str
    ) -> dict[str, str]:
        """Resultado de cada control para una observación publicada."""
        suyas = self.advertencias(kpi, periodo, lugar, grupo, unidad, fuente)
        tocados = {a["control"] for a in suyas}
        return {c: JUSTIFICADO if c in tocados else CUMPLE for c in CONTROLES}

    def advertencias(
        self, kpi: str, periodo: str, lugar: str, grupo: str, unidad: str, fuente: str
    ) -> list[dict]:
        """Las advertencias que tocan esa observación."""
        celda = {
            "periodo": periodo,
            "lugar": lugar,
            "grupo": grupo,
            "unidad": unidad,
            "fuente": fuente,
        }
        return [
            a
            for a in self._celdas.get(kpi, ())
            if all(_toca(a, campo, v) for campo, v in celda.items())
        ]

    def explicadas(self, kpi: str) -> list[dict]:
        """Las advertencias de un KPI con su explicación, sin cifras ni nombres de archivo."""
        campos = ("regla", "control", *CLAVE[1:], "fuente", "motivo", "quien", "fecha")
        return [{c: a[c] for c in campos if a[c]} for a in self._celdas.get(kpi, ())]


def _toca(a: dict, campo: str, valor: str) -> bool:
    if campo == "unidad" and a["lugar"]:
        return a[campo] == valor
    return (
        not a[campo]
        or a[campo] == valor
        or (campo == "periodo" and len(valor) == 4 and a[campo].startswith(valor))
    )
