"""Lo que un análisis propio abre: sus entradas declaradas, ya públicas."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ..catalogo.modelos import Mision
from ..catalogo.territorio import Territorio
from ..catalogo.yaml_estricto import leer_ya_revisado
from ..errores import ErrorDeUso
from ..presentacion import graficos
from ..rutas import Proyecto
from .analisis import FICHAS, TABLAS, archivos_de, procedencia_de, reservada

DE_TEXTO = ("ubigeo", "codigo", "lugar", "periodo", "kpi")


@dataclass(frozen=True)
class AnalisisAbierto:
    """Entradas de un análisis: ``tabla("publica")`` o ``tabla("data/provincia.csv")``, como tabla de polars."""

    proyecto: Proyecto
    entradas: tuple[str, ...]
    territorio: Territorio

    @property
    def lugares(self) -> dict[str, str]:
        """Código → nombre de cada anexo."""
        return {a.codigo: a.nombre for a in self.territorio.anexos}

    def tabla(self, entrada: str) -> pl.DataFrame:
        """Una entrada declarada. Lanza ``ErrorDeUso`` si no se declaró: así se sabe cuándo rehacer el análisis."""
        if entrada not in self.entradas or reservada(entrada):
            raise ErrorDeUso(f"«{entrada}» no está entre las entradas declaradas: {', '.join(self.entradas)}")
        rutas = archivos_de(self.proyecto, entrada)
        if entrada == FICHAS:
            tabla = _fichas(rutas)
        elif entrada in TABLAS:
            tabla = pl.concat([pl.read_ipc(r) for r in rutas])
        else:
            cabecera = pl.read_csv(rutas[0], n_rows=0).columns
            tabla = pl.read_csv(rutas[0], schema_overrides={c: pl.String for c in DE_TEXTO if c in cabecera})
        if "naturaleza" in tabla.columns:
            graficos.anunciar(tabla["naturaleza"].drop_nulls().unique())
        graficos.anunciar([], self._procedencia(entrada, tabla))
        return tabla

    def _procedencia(self, entrada: str, tabla: pl.DataFrame) -> dict[str, dict]:
        """De dónde viene una entrada: la de sus KPI si es una tabla pública; si es un cuadro con ``fuente``, sus tarjetas."""
        if entrada in TABLAS:
            rutas = procedencia_de(self.proyecto, entrada)
            return {kpi: p for ruta in rutas for kpi, p in json.loads(ruta.read_bytes()).items() if p["fecha_dato"]}
        if "fuente" not in tabla.columns:
            return {}
        tarjetas = leer_ya_revisado(self.proyecto.fuentes.read_text(encoding="utf-8"))
        return {
            f: {"fuente": {"id": f, "institucion": tarjetas[f]["institucion"], "fecha_acceso": str(tarjetas[f]["fecha_acceso"])}, "fecha_dato": None,
                "descarga": Path(entrada).name}
            for f in tabla["fuente"].unique().sort().to_list()
        }

    def marca(self, tabla: pl.DataFrame) -> str:
        """La marca de demostración, para el texto que da una cifra de ``tabla``; vacía si no la contiene."""
        return graficos.MARCA if "demostracion" in tabla["naturaleza"].to_list() else ""


def _fichas(hojas: Iterable[Path]) -> pl.DataFrame:
    """Nombre, unidad y misión de cada KPI."""
    misiones = [Mision.model_validate_json(h.read_bytes()) for h in hojas]
    return pl.DataFrame(
        [(k.codigo, k.nombre, k.nombre_corto, k.unidad, m.slug) for m in misiones for k in m.kpis],
        schema=["kpi", "nombre", "nombre_corto", "unidad", "mision"], orient="row",
    )


def abrir_analisis(entradas: Iterable[str], desde: str | None = None) -> AnalisisAbierto:
    """Abre las entradas de un análisis; fuera de la construcción recalcula antes si los datos cambiaron."""
    proyecto = Proyecto.encontrar(Path(desde) if desde else None)
    if not os.environ.get(graficos.EN_CONSTRUCCION):
        from ..preparar import calcular_si_hace_falta

        calcular_si_hace_falta(proyecto)
    guardado = next((proyecto.trabajo / "misiones").glob("*/territorio.json"))
    return AnalisisAbierto(proyecto, tuple(entradas), Territorio.model_validate_json(guardado.read_bytes()))
