"""Abre una misión para un cuaderno: sus datos públicos ya validados, al día, y sus piezas."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from ..base.escapes import markdown as en_markdown
from ..base.numeros import con_unidad, numero, porcentaje
from ..base.periodos import legible
from ..catalogo.modelos import Mision
from ..catalogo.territorio import Fuente, Territorio
from ..cualitativo.modelos import Voces
from ..errores import ErrorDeUso
from ..presentacion import graficos
from ..presentacion.graficos import EN_CONSTRUCCION, eje_de_porcentaje, estados
from ..resultados.mision import MisionAbierta
from ..resultados.por_mision import numerada
from ..rutas import Proyecto
from .analisis import abrir_analisis

graficos.activar()


class MisionDeCuaderno(MisionAbierta):
    """La misión tal como la recibe un cuaderno: sus tablas y, además, las piezas ya compuestas."""

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

    def fichas_tecnicas(self):
        from ..presentacion.mision import fichas_tecnicas

        return fichas_tecnicas(self)

    def fuentes_y_notas(self):
        from ..presentacion.mision import fuentes_y_notas

        return fuentes_y_notas(self)


def abrir(mision: str, desde: str | Path | None = None) -> MisionDeCuaderno:
    """Abre una misión por su ``slug``; fuera de la construcción recalcula antes si los datos cambiaron.

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
    tablas = {
        n: pl.read_ipc(carpeta / f"{n}.arrow")
        for n in ("publica", "series", "evaluacion", "analisis", "brechas", "okrs", "misiones")
    }
    procedencia = numerada(json.loads((carpeta / "procedencia.json").read_bytes()), list(fuentes))
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
        tablas["misiones"].to_dicts()[0],
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
]
