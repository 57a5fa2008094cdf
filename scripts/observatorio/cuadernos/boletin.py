"""Abre el boletín de una sesión para su cuaderno: lo que el comité vio, y sus piezas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from ..base.numeros import porcentaje
from ..catalogo.naturalezas import ROTULOS
from ..errores import ErrorDeUso
from ..presentacion import apartado, hoja_de_sesion
from ..presentacion.graficos import graficos
from ..presentacion.pieza import Pieza
from ..resultados.boletin import ACUERDOS, CAMBIOS, DECIDIR, ParaLaSesion, leer
from ..rutas import Proyecto

AVANCES = {
    "mision": pl.String,
    "avance": pl.Float64,
    "minimo": pl.Float64,
    "maximo": pl.Float64,
    "escrito": pl.String,
}
ETIQUETA = f" {ROTULOS['demostracion'].etiqueta}"
REUNIDOS = "sesiones"
"""Carpeta de ``.trabajo/`` con lo que un cuaderno puede leer de cada sesión."""


@dataclass(frozen=True)
class BoletinDeCuaderno:
    """Un boletín tal como lo recibe su cuaderno."""

    reunido: ParaLaSesion

    @cached_property
    def avances(self) -> pl.DataFrame:
        """Una fila por misión con avance, como las dibuja ``recetas.misiones``."""
        filas = [
            (
                f"{m.codigo} {m.nombre_corto}",
                m.avance,
                m.minimo,
                m.maximo,
                f"{porcentaje(m.avance)}{ETIQUETA if m.demostracion else ''}",
            )
            for m in self.reunido.misiones
            if m.avance is not None
        ]
        return pl.DataFrame(filas, schema=AVANCES, orient="row")

    def portada(self) -> Pieza:
        """De qué comité y de qué sesión es, y cómo va el conjunto."""
        return hoja_de_sesion.portada(self.reunido)

    def se_pide(self) -> Pieza:
        return self._de_la_primera(DECIDIR)

    def cambios(self) -> Pieza:
        return self._de_la_primera(CAMBIOS)

    def acuerdos(self) -> Pieza:
        return self._de_la_primera(ACUERDOS)

    def cuentas(self) -> Pieza:
        """De cuántos indicadores de cada misión se sabe qué; en papel, junto al gráfico, si lo
        hay.
        """
        if self.avances.is_empty():
            return apartado.pieza(self.reunido.cuentas, con_titulo=False)
        return apartado.junto(self.reunido.cuentas)

    def propio(self) -> Pieza:
        """Los cuadros del papel de este comité, uno tras otro."""
        piezas = [apartado.pieza(a) for a in self.reunido.propio]
        return Pieza(
            "propio", "".join(p.html for p in piezas), "\n\n".join(p.typst for p in piezas)
        )

    def _de_la_primera(self, clave: str) -> Pieza:
        """Un cuadro de la primera página: su título va escrito en el cuaderno."""
        suyo = next(a for a in self.reunido.primera_pagina if a.clave == clave)
        return apartado.pieza(suyo, con_titulo=False)


def abrir_boletin(comite: str, sesion: str, desde: str | Path | None = None) -> BoletinDeCuaderno:
    """Abre el boletín de una sesión, que antes reúne «observatorio sesion boletin».

    Lanza ``ErrorDeUso`` si no está reunido o no es de ese comité.
    """
    proyecto = Proyecto.encontrar(Path(desde) if desde else None)
    ruta = proyecto.trabajo / REUNIDOS / f"{sesion}.json"
    if not ruta.is_file():
        raise ErrorDeUso(
            f"todavía no se reunió el boletín de «{sesion}»: ejecute antes «observatorio sesion"
            f" boletin {sesion}»"
        )
    reunido = leer(ruta.read_bytes())
    if reunido.id_comite != comite:
        raise ErrorDeUso(f"«{sesion}» es del comité «{reunido.id_comite}», no de «{comite}»")
    graficos.anunciar(["demostracion"] if reunido.demostracion else [], {})
    return BoletinDeCuaderno(reunido)
