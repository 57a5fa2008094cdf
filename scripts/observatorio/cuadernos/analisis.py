"""Lo que un análisis propio abre: sus entradas declaradas, ya públicas."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ..base.yaml_estricto import leer_ya_revisado
from ..catalogo.cuadernos.analisis import (
    CON_TRAMOS,
    FICHAS,
    TABLAS,
    archivos_de,
    metodo_de,
    procedencia_de,
    reservada,
)
from ..catalogo.fuentes import Fuente
from ..catalogo.modelos import Mision
from ..catalogo.territorio import Territorio
from ..errores import ErrorDeUso
from ..metodo.quiebres import con_tramos
from ..presentacion import gran_tabla
from ..presentacion.apilada import tabla_html
from ..presentacion.graficos import graficos
from ..presentacion.pieza import Pieza, esc
from ..presentacion.sello_conjunto import dicho_con_naturaleza
from ..presentacion.tablas import leyenda_html, marca_html
from ..resultados.cuadros import con_origen, reunida
from ..resultados.procedencia import Procedencia, ProcedenciaReunida, de_json, reunir
from ..rutas import Proyecto
from .mostrar import leido

CABEN = 12
DE_TEXTO = ("ubigeo", "codigo", "lugar", "periodo", "kpi")


@dataclass(frozen=True)
class AnalisisAbierto:
    """Entradas de un análisis: ``tabla("publica")`` o ``tabla("data/provincia.csv")``, como tabla
    de polars.
    """

    proyecto: Proyecto
    entradas: tuple[str, ...]
    territorio: Territorio

    @property
    def lugares(self) -> dict[str, str]:
        """Código → nombre de cada anexo."""
        return {a.codigo: a.nombre for a in self.territorio.anexos}

    def tabla(self, entrada: str) -> pl.DataFrame:
        """Una entrada declarada. Lanza ``ErrorDeUso`` si no se declaró: así se sabe cuándo rehacer
        el análisis.
        """
        if entrada not in self.entradas or reservada(entrada):
            raise ErrorDeUso(
                f"«{entrada}» no está entre las entradas declaradas: {', '.join(self.entradas)}"
            )
        rutas = archivos_de(self.proyecto, entrada)
        if entrada == FICHAS:
            tabla = _fichas(rutas)
        elif entrada in TABLAS:
            tabla = pl.concat([pl.read_ipc(r) for r in rutas])
            if entrada in CON_TRAMOS:
                tabla = _con_tramos(self.proyecto, tabla)
        else:
            cabecera = pl.read_csv(rutas[0], n_rows=0).columns
            formas = dict.fromkeys(DE_TEXTO, pl.String) | {"valor": pl.Float64}
            tabla = pl.read_csv(
                rutas[0], schema_overrides={c: t for c, t in formas.items() if c in cabecera}
            )
        if "naturaleza" in tabla.columns:
            graficos.anunciar(tabla["naturaleza"].drop_nulls().unique())
        if entrada in TABLAS:
            graficos.anunciar([], _de_kpis(procedencia_de(self.proyecto, entrada)))
        elif "fuente" in tabla.columns and tabla.height:
            graficos.anunciar([], cuadros={Path(entrada).name: self._de_cuadro(tabla)})
        leido()
        return tabla

    def _de_cuadro(self, tabla: pl.DataFrame) -> ProcedenciaReunida:
        tarjetas = leer_ya_revisado(self.proyecto.fuentes.read_text(encoding="utf-8"))
        fuentes = {
            f: Fuente.model_validate(tarjetas[f]) for f in tabla["fuente"].unique().to_list()
        }
        return reunida(con_origen(tabla, fuentes), fuentes)

    def sello(self, tabla: pl.DataFrame, entrada: str = "publica") -> dict[str, str]:
        """El sello de las filas de ``tabla``, para un gráfico que dibuja solo esas:
        ``.properties(usermeta=a.sello(tabla))``.

        Con columna ``kpi``, el de sus KPI; si no, el de las tarjetas de su columna ``fuente``, y
        ``entrada`` es el cuadro que se descarga entero.
        """
        if "kpi" in tabla.columns:
            return {
                "procedencia": dicho_con_naturaleza(reunir(graficos.procedencias_de(tabla["kpi"]))),
                "datos": "observaciones.csv",
            }
        return {
            "procedencia": dicho_con_naturaleza(self._de_cuadro(tabla)),
            "datos": Path(entrada).name,
        }

    def cuadro(
        self,
        titulo: str,
        cabecera: Sequence[str],
        filas: Iterable[Sequence[str]],
        tabla: pl.DataFrame,
        entrada: str = "publica",
    ) -> Pieza:
        """Una tabla con su sello; las de más de ``CABEN`` filas, plegada.

        ``filas``: textos, una por fila de ``tabla``, de donde salen su marca y su ``sello``; con
        columna ``kpi``, la primera celda enlaza a su ficha.
        """
        if not titulo.strip():
            raise ErrorDeUso(
                "un cuadro que se publica lleva título: lo primero que recibe a.cuadro"
            )
        naturalezas = (
            tabla["naturaleza"].to_list() if "naturaleza" in tabla.columns else [""] * tabla.height
        )
        escritas = [
            [esc(f[0]), esc(f[1]) + marca_html(n), *map(esc, f[2:])]
            for f, n in zip(filas, naturalezas, strict=True)
        ]
        if "kpi" in tabla.columns:
            escritas = [
                [_a_su_ficha(c, f[0]), *f[1:]] for f, c in zip(escritas, tabla["kpi"], strict=True)
            ]
        leyenda = leyenda_html(naturalezas)
        cuerpo = tabla_html(titulo, list(map(esc, cabecera)), escritas) + (
            f'<p class="leyendas">{leyenda}</p>' if leyenda else ""
        )
        if tabla.height > CABEN:
            cuerpo = (
                f'<details class="ficha"><summary>{esc(titulo)}'
                f" ({tabla.height})</summary>{cuerpo}</details>"
            )
        sello = self.sello(tabla, entrada)
        return Pieza("cuadro", cuerpo + graficos.sello_html(sello["procedencia"], sello["datos"]))

    def marca(self, tabla: pl.DataFrame) -> str:
        """La marca de demostración, para el texto que da una cifra de ``tabla``; vacía si no la
        contiene.
        """
        if "naturaleza" not in tabla.columns:
            return graficos.MARCA if graficos.hay_demostracion() else ""
        return graficos.MARCA if "demostracion" in tabla["naturaleza"].to_list() else ""


def _a_su_ficha(kpi: str, texto: str) -> str:
    """El texto, ya seguro, con el enlace a la procedencia entera de su KPI."""
    paginas = [p.pagina for p in graficos.procedencias_de([kpi])]
    return f'<a href="../../{esc(paginas[0])}#procedencia">{texto}</a>' if paginas else texto


def _con_tramos(proyecto: Proyecto, tabla: pl.DataFrame) -> pl.DataFrame:
    """La tabla, en su orden, con su ``tramo``: un cambio de método empieza otro."""
    fichas = pl.concat([pl.read_ipc(r) for r in metodo_de(proyecto, CON_TRAMOS[0])])
    return con_tramos(tabla.with_row_index("orden"), fichas).sort("orden").drop("orden", "mixta")


def _de_kpis(rutas: Iterable[Path]) -> dict[str, Procedencia]:
    """La procedencia de cada KPI con dato."""
    return {
        kpi: p for ruta in rutas for kpi, p in de_json(ruta.read_bytes()).items() if p.fecha_dato
    }


def _fichas(hojas: Iterable[Path]) -> pl.DataFrame:
    """Nombre, unidad y misión de cada KPI."""
    misiones = [Mision.model_validate_json(h.read_bytes()) for h in hojas]
    return pl.DataFrame(
        [(k.codigo, k.nombre, k.nombre_corto, k.unidad, m.slug) for m in misiones for k in m.kpis],
        schema=["kpi", "nombre", "nombre_corto", "unidad", "mision"],
        orient="row",
    )


def abrir_analisis(entradas: Iterable[str], desde: str | None = None) -> AnalisisAbierto:
    """Abre las entradas de un análisis; fuera de la construcción recalcula antes si los datos
    cambiaron.
    """
    proyecto = Proyecto.encontrar(Path(desde) if desde else None)
    if not os.environ.get(graficos.EN_CONSTRUCCION):
        from .al_dia import calcular_si_hace_falta

        calcular_si_hace_falta(proyecto)
    gran_tabla.activar()
    guardado = next((proyecto.trabajo / "misiones").glob("*/territorio.json"))
    return AnalisisAbierto(
        proyecto, tuple(entradas), Territorio.model_validate_json(guardado.read_bytes())
    )
