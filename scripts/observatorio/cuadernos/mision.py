"""Abre una misión para un cuaderno: sus datos públicos ya validados, al día, y sus piezas."""

from __future__ import annotations

import json
import os
from functools import cached_property
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from ..base.escapes import markdown as en_markdown
from ..base.numeros import con_unidad, numero, porcentaje
from ..base.periodos import legible
from ..catalogo.fuentes import Fuente
from ..catalogo.modelos import Mision
from ..catalogo.territorio import Territorio
from ..cualitativo.modelos import Voces
from ..errores import ErrorDeUso
from ..metodo.registros import AvanceDeMision
from ..presentacion import gran_tabla
from ..presentacion.graficos import graficos, recetas
from ..presentacion.graficos.graficos import EN_CONSTRUCCION, eje_de_porcentaje, estados
from ..resultados.columnas import CAMBIOS_POR_KPI, POR_MISION
from ..resultados.mision import MisionAbierta
from ..resultados.procedencia import de_json
from ..rutas import Proyecto
from .analisis import abrir_analisis

graficos.activar()
ANEXOS_DE = 3
"""De cuántos KPI se dibujan las medidas anexo por anexo."""


class MisionDeCuaderno(MisionAbierta):
    """La misión tal como la recibe un cuaderno: sus tablas, las de las recetas y las piezas ya
    compuestas.
    """

    # Las tablas que dibujan las recetas
    @cached_property
    def avances(self) -> pl.DataFrame:
        """Los KPI con avance, como los dibuja ``recetas.avances``."""
        return recetas.tabla_de_avances(self.kpis)

    @cached_property
    def objetivos(self) -> pl.DataFrame:
        """Los OKR con avance, como los dibuja ``recetas.objetivos``."""
        return recetas.tabla_de_objetivos(self.okrs, {o.codigo: o.nombre for o in self.hoja.okrs})

    @cached_property
    def trayectorias(self) -> pl.DataFrame:
        """La ``trayectoria`` de cada KPI de la meta, con su ``kpi`` y su ``indicador`` delante;
        para ``recetas.caminos``.
        """
        de_la_meta = [k.codigo for k in self.hoja.kpis if k.principal and k.publico]
        return self._juntas({k: self.trayectoria(k) for k in de_la_meta})

    @cached_property
    def cambios(self) -> pl.DataFrame:
        """Los ``cambios_de_metodo`` de los KPI de ``trayectorias``: ``CAMBIOS_POR_KPI``."""
        dibujados = self.trayectorias["kpi"].unique(maintain_order=True)
        propios = [
            self.cambios_de_metodo(k).select(pl.lit(k).alias("kpi"), pl.all()) for k in dibujados
        ]
        return pl.concat([CAMBIOS_POR_KPI.vacia(), *propios])

    @cached_property
    def medidas_de_anexos(self) -> pl.DataFrame:
        """Las medidas ``por_anexo`` de los primeros ``kpis_con_anexos``, con su ``kpi`` y su
        ``indicador`` delante; para ``recetas.por_anexo``.
        """
        return self._juntas({k: self.por_anexo(k) for k in self.kpis_con_anexos[:ANEXOS_DE]})

    def _juntas(self, tablas: dict[str, pl.DataFrame]) -> pl.DataFrame:
        """Una tabla bajo otra, cada una con su ``kpi`` y su ``indicador`` («código nombre
        (unidad)»).
        """
        if not tablas:
            return pl.DataFrame(schema={"kpi": pl.String, "indicador": pl.String})
        fichas = {k: self.fichas[k] for k in tablas}
        return pl.concat(
            tabla.select(
                pl.lit(k).alias("kpi"),
                pl.lit(f"{k} {fichas[k].nombre_corto} ({fichas[k].unidad})").alias("indicador"),
                pl.all(),
            )
            for k, tabla in tablas.items()
        )

    # Piezas ya compuestas
    def titular(self):
        from ..presentacion.mision import titular

        return titular(self)

    def matriz(self):
        from ..presentacion.mision import matriz

        return matriz(self)

    def tabla(self):
        from ..presentacion.mision import tabla

        return tabla(self)

    def voces(self):
        from ..presentacion.voces import de_mision

        return de_mision(self.publicadas)

    def diferencias(self):
        from ..presentacion.brechas import diferencias

        return diferencias(self)

    def mapa(self):
        from ..presentacion.mapa import mapa

        return mapa(self)

    def fuentes_y_notas(self):
        from ..presentacion.mision import fuentes_y_notas

        return fuentes_y_notas(self)


def abrir(mision: str, desde: str | Path | None = None) -> MisionDeCuaderno:
    """Abre una misión por su ``slug``; fuera de la construcción recalcula antes si los datos
    cambiaron.

    Lanza ``ErrorDeUso`` si no existe y ``DatosInvalidos`` si los datos no pasan la validación.
    """
    proyecto = Proyecto.encontrar(Path(desde) if desde else None)
    carpeta = proyecto.trabajo / "misiones" / mision
    if not os.environ.get(EN_CONSTRUCCION):
        from .al_dia import calcular_si_hace_falta

        calcular_si_hace_falta(proyecto)
    if not (carpeta / "hoja.json").is_file():
        hay = ", ".join(sorted(p.name for p in proyecto.misiones.iterdir() if p.is_dir()))
        raise ErrorDeUso(f"no hay ninguna misión «{mision}»; las que hay: {hay}")
    territorio = Territorio.model_validate_json((carpeta / "territorio.json").read_bytes())
    fuentes = json.loads((carpeta / "fuentes.json").read_bytes())
    tablas = {n: pl.read_ipc(carpeta / f"{n}.arrow") for n in POR_MISION}
    procedencia = {
        kpi: p.numerada(fuentes)
        for kpi, p in de_json((carpeta / "procedencia.json").read_bytes()).items()
    }
    gran_tabla.activar()
    graficos.anunciar(tablas["publica"]["naturaleza"].unique(), procedencia)
    return MisionDeCuaderno(
        Mision.model_validate_json((carpeta / "hoja.json").read_bytes()),
        territorio,
        {i: Fuente.model_validate(f) for i, f in fuentes.items()},
        tablas["publica"],
        tablas["series"],
        tablas["evaluacion"],
        tablas["analisis"],
        tablas["brechas"],
        tablas["okrs"],
        AvanceDeMision.lista(tablas["misiones"])[0],
        procedencia,
        TypeAdapter(Voces).validate_json((carpeta / "voces.json").read_bytes()),
    )


__all__ = [
    "MisionAbierta",
    "abrir",
    "abrir_analisis",
    "con_unidad",
    "eje_de_porcentaje",
    "en_markdown",
    "estados",
    "legible",
    "numero",
    "porcentaje",
    "recetas",
]
