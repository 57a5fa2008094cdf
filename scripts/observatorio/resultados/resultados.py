"""Todo lo público que se sabe, en un registro que ya no cambia."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from ..actas.ediciones import donde_se_lee
from ..actas.libro import Libro
from ..base.por_clave import PorClave
from ..base.texto import con_textos
from ..catalogo import Catalogo
from ..catalogo.cuadernos.analisis import Analisis as AnalisisPropio
from ..catalogo.plan_de_recojo import Plan
from ..cualitativo import Voces
from ..datos.calidad import Calidad, Controles
from ..metodo.cambios import Cambio, cambios
from ..metodo.indicios import retrocesos
from ..metodo.registros import Analisis, AvanceDeMision, AvanceDeOkr, Embudo, Evaluacion, Retrocesos
from ..recojo.seguimiento import Medida
from .aprobaciones import Aprobacion, Aprobaciones
from .control import embudo_de
from .controles import correcciones_publicas, publicas
from .cuadros import con_origen
from .procedencia import Procedencia, de_un_kpi
from .versiones import Insumos, aprobables


@dataclass(frozen=True)
class Resultados:
    """Todo lo público que se sabe: ninguna etapa posterior vuelve a ``data/``.

    Sus tablas son las que declara ``columnas.DE_RESULTADOS``; ``compacta`` es la pública, con los
    textos como ``pl.Categorical``. ``no_medidas``: las que
    un recibo declaró que no se tomaron. ``leidos``: los cuadros de ``data/``, como textos.
    ``libro``: las sesiones de los comités y lo que decidieron. ``publicadas``: lo que se anotó de
    cada edición publicada antes, de la más nueva a la más vieja. ``publico``: en una edición
    restringida, de dónde sale el contenido público, que es el que los comités aprueban.
    """

    catalogo: Catalogo
    compacta: pl.DataFrame
    series: pl.DataFrame
    evaluacion: pl.DataFrame
    analisis: pl.DataFrame
    brechas: pl.DataFrame
    okrs: pl.DataFrame
    misiones: pl.DataFrame
    correcciones: pl.DataFrame
    unidades: pl.DataFrame
    calidad: Calidad
    voces: Voces
    costo_privacidad: pl.DataFrame
    plan: Plan
    no_medidas: frozenset[Medida]
    leidos: Mapping[str, pl.DataFrame]
    analisis_propios: tuple[AnalisisPropio, ...]
    libro: Libro = field(default_factory=Libro)
    publicadas: tuple[Mapping[str, Any], ...] = ()
    publico: Insumos | None = None

    @cached_property
    def publica(self) -> pl.DataFrame:
        """``compacta`` con sus textos escritos."""
        return con_textos(self.compacta)

    @cached_property
    def _por_kpi(self) -> PorClave:
        return PorClave(self.publica, "kpi")

    def de_kpi(self, codigo: str) -> pl.DataFrame:
        """Las filas públicas de un KPI; la tabla vacía si no tiene ninguna."""
        return self._por_kpi.de(codigo)

    @cached_property
    def embudos(self) -> dict[str, Embudo | None]:
        """``código → embudo de sus anexos``; nulo donde no cabe."""
        t, fuentes = self.catalogo.territorio, self.catalogo.fuentes
        nombres = {a.codigo: a.nombre for a in t.anexos}
        return {
            c: embudo_de(self.de_kpi(c), k, fuentes[k.fuente], t.ubigeo, nombres)
            for c, k in self.catalogo.kpis.items()
        }

    @cached_property
    def cambios(self) -> dict[int, list[Cambio]]:
        """``trimestre → cambios`` del territorio, de lo público y del más nuevo al más viejo."""
        estacionales = {c for c, k in self.catalogo.kpis.items() if k.estacional}
        return cambios(self.series, self.evaluacion, self.catalogo.territorio.ubigeo, estacionales)

    @cached_property
    def evaluados(self) -> dict[str, Evaluacion]:
        """``código → evaluación`` de cada KPI."""
        return Evaluacion.por(self.evaluacion, "kpi")

    @cached_property
    def analizados(self) -> dict[str, Analisis]:
        """``código → lo que acompaña a su estado``."""
        return Analisis.por(self.analisis, "kpi")

    @cached_property
    def retrocesos(self) -> dict[str, Retrocesos]:
        """``slug → sus retrocesos``, claros y posibles; las que no tienen ninguno no están."""
        return retrocesos(self.evaluacion, self.analisis)

    @cached_property
    def de_okrs(self) -> dict[str, AvanceDeOkr]:
        """``código → avance`` de cada OKR."""
        return AvanceDeOkr.por(self.okrs, "okr")

    @cached_property
    def de_misiones(self) -> dict[str, AvanceDeMision]:
        """``slug → avance`` de cada misión."""
        return AvanceDeMision.por(self.misiones, "mision")

    @cached_property
    def advertencias(self) -> pl.DataFrame:
        """Las advertencias que se pueden contar."""
        return publicas(self.catalogo, self.publica, self.calidad)

    @cached_property
    def controles(self) -> Controles:
        """Búsqueda de los cuatro resultados de cada cifra pública."""
        return Controles(self.advertencias)

    @cached_property
    def correcciones_publicas(self) -> pl.DataFrame:
        """Las correcciones que la puerta dejó pasar, con sus columnas públicas."""
        return correcciones_publicas(self.correcciones)

    @cached_property
    def cuadros(self) -> dict[str, pl.DataFrame]:
        """``leidos`` con ``valor`` numérico y lo que se sabe de la fuente de cada fila."""
        return {
            nombre: con_origen(
                tabla.with_columns(pl.col("valor").cast(pl.Float64)), self.catalogo.fuentes
            )
            for nombre, tabla in self.leidos.items()
        }

    @cached_property
    def insumos(self) -> Insumos:
        """De dónde sale el contenido de un producto."""
        if self.publico is not None:
            return self.publico
        cifras = PorClave(aprobables(self.publica), "kpi")
        return Insumos(self.catalogo, cifras, self.evaluados, self.libro.textos)

    @cached_property
    def aprobaciones(self) -> Aprobaciones:
        """Cómo está aprobado cada producto, y qué cambió desde entonces."""
        return Aprobaciones(self.libro, self.insumos)

    @cached_property
    def ediciones_de_lo_aprobado(self) -> dict[tuple[str, str], str]:
        """``(producto, versión aprobada) → edición publicada`` en que se lee."""
        return donde_se_lee(self.libro.caminos, self.publicadas)

    @cached_property
    def procedencias(self) -> dict[str, Procedencia]:
        """``código → procedencia`` de todos los KPI, sin la clave del producto."""
        return {
            kpi.codigo: de_un_kpi(
                mision.slug,
                kpi,
                self.evaluados[kpi.codigo],
                self.catalogo.fuentes,
                self.controles,
                self.catalogo.territorio.ubigeo,
                (
                    Aprobacion()
                    if kpi.codigo in self.catalogo.reservados
                    else self.aprobaciones.de_kpi(mision.slug, kpi.codigo)
                ),
            )
            for mision, _, kpi in self.catalogo.recorrer()
        }
