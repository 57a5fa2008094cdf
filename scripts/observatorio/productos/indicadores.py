"""Las páginas de los KPI y sus láminas, de los resultados."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import polars as pl

from ..base.escapes import markdown
from ..catalogo.direcciones import de_mision, pagina_de_kpi
from ..presentacion.enlaces import fecha_larga
from ..presentacion.lamina import Lamina, lamina_svg
from ..presentacion.pagina_kpi import (
    Abierto,
    DeFuera,
    Sitio,
    abiertos,
    direccion,
    pagina_html,
    serie_de,
)
from ..recojo.seguimiento import Seguida
from ..resultados.abierta import abiertas
from ..resultados.resultados import Resultados
from .paginas import Generada

LAMINA = "grafico.png"


class PaginasDeKpi:
    """Las de todos los KPI, o las de ``solo`` estos códigos; ``laminas`` primero, que se dibujan en
    otros procesos.
    """

    def __init__(self, r: Resultados, solo: Collection[str] | None = None) -> None:
        self.r, self.solo = r, solo
        t = r.catalogo.territorio
        self.sitio = Sitio(
            t.sitio.titulo,
            t.sitio.direccion.rstrip("/"),
            fecha_larga(t.fecha_corte.isoformat()),
            not t.en_periodo_electoral and t.nivel == "ciudadano",
            t.sitio.correo,
        )

    @cached_property
    def todos(self) -> list[Abierto]:
        if self.solo is None:
            return [k for m in abiertas(self.r) for k in abiertos(m)]
        return [
            k
            for m in abiertas(self.r)
            if any(kpi.codigo in self.solo for kpi in m.hoja.kpis)
            for k in abiertos(m)
            if k.kpi.codigo in self.solo
        ]

    @cached_property
    def laminas(self) -> dict[str, str]:
        """``código → SVG de su lámina``; solo los que tienen serie pública, y ninguno en periodo
        electoral.
        """
        return {
            k.kpi.codigo: lamina_svg(self._lamina(k)) for k in self.todos if self._con_lamina(k)
        }

    def _con_lamina(self, k: Abierto) -> bool:
        return self.sitio.comparte and k.publico and not k.medidas.is_empty()

    def _lamina(self, k: Abierto) -> Lamina:
        fuente = k.m.fuentes[k.kpi.fuente].institucion
        return Lamina(
            self.sitio.titulo,
            f"{k.kpi.codigo} {k.kpi.nombre}",
            k.hallazgo.texto,
            serie_de(k),
            f"Fuente: {fuente}. Datos al {self.sitio.fecha}.",
            direccion(k.kpi.codigo, self.sitio).partition("//")[2],
            "demostracion" in {k.hallazgo.naturaleza, *k.medidas["naturaleza"]},
        )

    def archivos(
        self,
        productos: Mapping[str, str],
        seguidas: Sequence[Seguida],
        imagenes: Mapping[str, bytes],
    ) -> dict[str, bytes]:
        """Ruta dentro de ``indicadores/`` → contenido: la fuente de cada página y su lámina.

        ``productos``: clave del producto de cada misión; ``imagenes``, las ``laminas`` dibujadas.
        """
        return self.fuentes(productos, seguidas) | {
            f"{codigo}/{LAMINA}": imagen for codigo, imagen in imagenes.items()
        }

    def fuentes(
        self, productos: Mapping[str, str], seguidas: Sequence[Seguida]
    ) -> dict[str, bytes]:
        """Ruta dentro de ``indicadores/`` → la fuente de cada página."""
        por_kpi: dict[str, list[Seguida]] = {}
        for s in seguidas:
            por_kpi.setdefault(s.entrega.kpi, []).append(s)
        correcciones = self.r.correcciones_publicas
        salida = {}
        for k in self.todos:
            codigo, slug = k.kpi.codigo, k.m.hoja.slug
            producto = productos.get(slug, "")
            fuera = DeFuera(
                producto,
                correcciones.filter(pl.col("kpi") == codigo),
                [c for c in self.r.catalogo.cambios if c.codigo == codigo],
                por_kpi.get(codigo, []),
            )
            con_lamina = self._con_lamina(k)
            pagina = Generada(
                k.kpi.nombre,
                k.hallazgo.compartible,
                pagina_html(k, self.sitio, fuera, con_lamina),
                self._frente(k, producto, con_lamina),
            )
            salida[f"{codigo}/index.ipynb"] = pagina.fuente(pagina_de_kpi(codigo))
        return salida

    def _frente(self, k: Abierto, producto: str, con_lamina: bool) -> dict[str, object]:
        mision = k.m.hoja
        frente: dict[str, object] = {
            "miga": {
                "href": markdown(de_mision(mision.slug)),
                "texto": markdown(f"{mision.codigo} · {mision.nombre_corto}"),
            },
            "indicador": markdown(k.kpi.codigo),
            "clave": producto,
        }
        if con_lamina:
            frente["lamina"] = markdown(f"{direccion(k.kpi.codigo, self.sitio)}{LAMINA}")
        return frente
