"""Una misión con sus resultados, tal como la reciben un cuaderno y sus piezas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ..base.numeros import con_unidad
from ..base.periodos import MESES_DEL_ANIO, mes_legible
from ..base.por_clave import PorClave
from ..catalogo.fuentes import Fuente
from ..catalogo.modelos import Kpi, Mision
from ..catalogo.territorio import Territorio
from ..cualitativo.modelos import Voces
from ..datos.columnas import entera
from ..metodo.quiebres import con_tramos
from ..metodo.registros import Analisis, AvanceDeMision, AvanceDeOkr, Control, Evaluacion
from ..metodo.senda import puntos
from .columnas import CAMBIOS_DE_METODO, POR_ANEXO, TEMAS
from .control import controles
from .procedencia import Procedencia


@dataclass(frozen=True)
class MisionAbierta:
    """Una misión con sus resultados. Las tablas son de polars; ``.to_pandas()`` las da en
    pandas.
    """

    hoja: Mision
    territorio: Territorio
    fuentes: dict[str, Fuente]
    observaciones: pl.DataFrame
    series: pl.DataFrame
    evaluacion: pl.DataFrame
    analisis: pl.DataFrame
    brechas: pl.DataFrame
    okrs: pl.DataFrame
    resumen: AvanceDeMision
    procedencia: dict[str, Procedencia]
    publicadas: Voces

    @cached_property
    def fichas(self) -> dict[str, Kpi]:
        return {k.codigo: k for k in self.hoja.kpis}

    @cached_property
    def evaluados(self) -> dict[str, Evaluacion]:
        """``código → evaluación`` de cada KPI."""
        return Evaluacion.por(self.evaluacion, "kpi")

    @cached_property
    def analizados(self) -> dict[str, Analisis]:
        """``código → lo que acompaña a su estado``."""
        return Analisis.por(self.analisis, "kpi")

    @cached_property
    def de_okrs(self) -> dict[str, AvanceDeOkr]:
        """``código → avance`` de cada OKR, en el orden de la hoja de ruta."""
        return AvanceDeOkr.por(self.okrs, "okr")

    @cached_property
    def kpis(self) -> pl.DataFrame:
        """Evaluación con los nombres de la ficha (``KPIS``): lo que un gráfico necesita, en orden
        del catálogo.
        """
        nombres = pl.DataFrame(
            [
                (k.codigo, k.nombre, k.nombre_corto, k.unidad, k.decimales, k.principal, o.nombre)
                for o in self.hoja.okrs
                for k in o.kpis
            ],
            schema=[
                "kpi",
                "nombre",
                "nombre_corto",
                "unidad",
                "decimales",
                "principal",
                "okr_nombre",
            ],
            orient="row",
        )
        return self.evaluacion.join(nombres, on="kpi", how="left", maintain_order="left")

    @cached_property
    def _publicas_por_kpi(self) -> PorClave:
        return PorClave(self.observaciones, "kpi")

    def publicas_de(self, kpi: str) -> pl.DataFrame:
        """Las filas de ``observaciones`` de un KPI."""
        return self._publicas_por_kpi.de(kpi)

    @cached_property
    def controles(self) -> dict[str, Control | str]:
        """``código →`` su control XmR, o por qué no lo lleva."""
        return controles(self.observaciones, self.hoja.kpis, self.evaluados, self.territorio.ubigeo)

    @cached_property
    def _de_anexos(self) -> pl.DataFrame:
        """Las medidas de anexos enteros: ni de un grupo ni de una unidad."""
        return self.observaciones.filter(pl.col("lugar").is_in(list(self.lugares)), entera())

    @cached_property
    def _de_anexos_por_kpi(self) -> PorClave:
        return PorClave(self._de_anexos, "kpi")

    @cached_property
    def lugares(self) -> dict[str, str]:
        return {a.codigo: a.nombre for a in self.territorio.anexos}

    @cached_property
    def medidas(self) -> pl.DataFrame:
        """La serie del territorio entero, con el ``tramo`` de cada medida (``MEDIDAS``): un cambio
        de método de la fuente empieza otro.
        """
        return con_tramos(
            self.series.filter(pl.col("lugar") == self.territorio.ubigeo), self.evaluacion
        )

    @cached_property
    def _medidas_por_kpi(self) -> PorClave:
        return PorClave(self.medidas, "kpi")

    def medidas_de(self, kpi: str) -> pl.DataFrame:
        """Las ``medidas`` de un KPI; vacía si no tiene ninguna."""
        return self._medidas_por_kpi.de(kpi)

    @cached_property
    def _publicadas_por_kpi(self) -> PorClave:
        return PorClave(self.medidas.filter(pl.col("valor").is_not_null()), "kpi")

    def medidas_publicadas(self, kpi: str) -> pl.DataFrame:
        """Lo mismo sin lo protegido."""
        return self._publicadas_por_kpi.de(kpi)

    @cached_property
    def con_base_comparable(self) -> set[str]:
        """Los KPI entre cuya línea de base y su último dato no cambió el método."""
        return set(self.evaluacion.filter(pl.col("b").is_not_null(), ~pl.col("quebrada"))["kpi"])

    def cambios_de_metodo(self, kpi: str) -> pl.DataFrame:
        """Cuándo cambió el método dentro de lo medido (``CAMBIOS_DE_METODO``); vacía si nunca."""
        return pl.DataFrame(
            [
                (q / MESES_DEL_ANIO, mes_legible(q), f"cambió el método, {mes_legible(q)}")
                for q in self.meses_de_cambio(kpi)
            ],
            schema=CAMBIOS_DE_METODO.esquema,
            orient="row",
        )

    def meses_de_cambio(self, kpi: str) -> list[float]:
        """Lo mismo como meses absolutos: casi ningún KPI tiene, y se pregunta por todos."""
        ficha = self.evaluados[kpi]
        if not ficha.quiebres:
            return []
        cierres = self.medidas_de(kpi)["fin"].to_list()
        return [
            q
            for q in ficha.quiebres
            if cierres and min(cierres) - ficha.meses_medida < q < max(cierres)
        ]

    def trayectoria(self, kpi: str) -> pl.DataFrame:
        """Serie observada y senda esperada de un KPI (``TRAYECTORIA``).

        Sin senda si la línea de base no es comparable con el último dato.
        """
        ficha = self.fichas[kpi]
        medida = (
            self.medidas_de(kpi)
            .filter(~pl.col("protegido"))
            .select(
                (pl.col("fin") / 12).alias("t"),
                "periodo",
                "valor",
                pl.lit("medido").alias("serie"),
                "tramo",
                "mixta",
            )
        )
        senda: list[tuple[float, str, float, str, int, bool]] = []
        if kpi in self.con_base_comparable:
            senda = [
                (p.fin / MESES_DEL_ANIO, p.periodo, p.valor, "esperado", 0, False)
                for p in puntos(ficha)
            ]
        esperada = pl.DataFrame(senda, schema=medida.schema, orient="row")
        return pl.concat([medida, esperada]).with_columns(
            pl.col("valor")
            .map_elements(
                lambda v: con_unidad(v, ficha.unidad, ficha.decimales), return_dtype=pl.String
            )
            .alias("escrito")
        )

    def por_anexo(self, kpi: str) -> pl.DataFrame:
        """Última medida publicable de cada anexo con dato (``POR_ANEXO``)."""
        return (
            self.ultimas_de_anexos(kpi)
            .with_columns(pl.col("lugar").replace_strict(self.lugares).alias("anexo"))
            .select(POR_ANEXO.nombres)
            .sort("anexo")
        )

    def ultimas_de_anexos(self, kpi: str) -> pl.DataFrame:
        """La fila entera de la tabla pública con la última medida de cada anexo: la publicable si
        la hay y, si no, la protegida.
        """
        return (
            self._de_anexos_por_kpi.de(kpi)
            .sort("protegido", "fin", descending=[True, False])
            .group_by("lugar", maintain_order=True)
            .last()
        )

    def anexos_con_algo_mas_nuevo_protegido(self, kpi: str) -> set[str]:
        """Los anexos cuya última cifra publicable es anterior a otra que se protege."""
        c = pl.col
        cierres = (
            self._de_anexos_por_kpi.de(kpi)
            .group_by("lugar")
            .agg(c("fin").max(), c("fin").filter(~c("protegido")).max().alias("visto"))
        )
        return set(cierres.filter(c("fin") > c("visto"))["lugar"])

    @cached_property
    def kpis_con_anexos(self) -> list[str]:
        """KPI con alguna cifra publicable por anexo, los principales primero."""
        con = set(self._de_anexos.filter(~pl.col("protegido"))["kpi"])
        return sorted(
            (k.codigo for k in self.hoja.kpis if k.codigo in con),
            key=lambda c: (not self.fichas[c].principal, c),
        )

    @cached_property
    def temas(self) -> pl.DataFrame:
        """Temas de las narraciones (``TEMAS``), del más frecuente al protegido."""
        return pl.DataFrame(
            [(t.nombre, t.narraciones, t.protegido, t.naturaleza) for t in self.publicadas.temas],
            schema=TEMAS.esquema,
            orient="row",
        ).sort("protegido", "narraciones", "tema", descending=[False, True, False])
