"""Lo público de cada anexo, KPI por KPI, junto a lo del territorio en los mismos periodos."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ..catalogo.modelos import Kpi
from ..metodo.intervalos import con_intervalo
from ..metodo.quiebres import con_tramos
from .resultados import Resultados


@dataclass(frozen=True, slots=True)
class Medida:
    """Un periodo de un lugar: su cifra con su intervalo al 95 %, en la unidad del KPI, o nula si
    está protegida. ``agrupado``: los meses que reúne, si la privacidad los juntó.
    """

    periodo: str
    fin: int
    valor: float | None
    minimo: float | None
    maximo: float | None
    agrupado: int
    tramo: int
    naturaleza: str


@dataclass(frozen=True, slots=True)
class KpiEnAnexo:
    """Un KPI en un anexo: sus periodos, los del territorio y cómo se lee el último frente a él."""

    kpi: Kpi
    del_anexo: tuple[Medida, ...]
    del_territorio: tuple[Medida, ...]
    lectura: str | None
    lectura_de: str | None

    @property
    def se_suma(self) -> bool:
        """¿Es un total, del que el anexo tiene una parte? Uno y otro no se comparan."""
        return self.kpi.formula.denominador is None and self.kpi.tipo_agregacion == "agregable"

    @property
    def ultima(self) -> Medida | None:
        """La última con cifra pública; nula si todas están protegidas."""
        return next((m for m in reversed(self.del_anexo) if m.valor is not None), None)

    def frente_a(self, m: Medida) -> Medida | None:
        """La del territorio en el mismo periodo, si se publica: con otro no se compara."""
        return next(
            (x for x in self.del_territorio if x.fin == m.fin and x.valor is not None), None
        )

    @property
    def ultima_del_territorio(self) -> Medida | None:
        return next((m for m in reversed(self.del_territorio) if m.valor is not None), None)


def abiertos(r: Resultados) -> list[Kpi]:
    """Los KPI que se publican por anexo: los restringidos y los sensibles, nunca."""
    return [k for k in r.catalogo.kpis.values() if k.publico_por_anexo]


def cuantos_con_medida(r: Resultados) -> int:
    """De los que se publican por anexo, cuántos tienen alguna medida, protegida o no, en alguno."""
    anexos = [a.codigo for a in r.catalogo.territorio.anexos]
    suyos = [k.codigo for k in abiertos(r)]
    c = pl.col
    return r.series.filter(c("lugar").is_in(anexos), c("kpi").is_in(suyos))["kpi"].n_unique()


def por_anexo(r: Resultados) -> dict[str, list[KpiEnAnexo]]:
    """``código del anexo → sus KPI con alguna medida, protegida o no``, en el orden del
    catálogo.
    """
    t = r.catalogo.territorio
    nombres = {a.codigo: a.nombre for a in t.anexos}
    medidas = _medidas(r)
    salida: dict[str, list[KpiEnAnexo]] = {codigo: [] for codigo in nombres}
    for k in abiertos(r):
        embudo = r.embudos[k.codigo]
        lecturas = {a.lugar: a.lectura for a in embudo.anexos} if embudo else {}
        for codigo, suyos in salida.items():
            propias = medidas.get((k.codigo, codigo), ())
            if propias:
                suyos.append(
                    KpiEnAnexo(
                        k,
                        propias,
                        medidas.get((k.codigo, t.ubigeo), ()),
                        lecturas.get(codigo),
                        embudo.periodo if embudo else None,
                    )
                )
    return salida


def _medidas(r: Resultados) -> dict[tuple[str, str], tuple[Medida, ...]]:
    fichas = r.evaluacion.select("kpi", "casos", "tasa", "factor", "conteo", "efecto_de_diseno")
    tabla = con_intervalo(con_tramos(r.series, r.evaluacion).join(fichas, on="kpi", how="left"))
    salida: dict[tuple[str, str], list[Medida]] = {}
    for f in tabla.sort("kpi", "lugar", "fin").iter_rows(named=True):
        salida.setdefault((f["kpi"], f["lugar"]), []).append(
            Medida(
                f["periodo"],
                f["fin"],
                f["valor"],
                f["minimo_95"],
                f["maximo_95"],
                f["agrupado"],
                f["tramo"],
                f["naturaleza"],
            )
        )
    return {clave: tuple(suyas) for clave, suyas in salida.items()}
