"""Las páginas de los KPI y sus láminas, de los resultados."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from ..base.escapes import markdown
from ..base.huellas import huella
from ..base.periodos import fecha_larga
from ..base.por_clave import PorClave
from ..catalogo.direcciones import de_mision, pagina_de_kpi
from ..presentacion.kpi import incrustada
from ..presentacion.kpi.abierto import Abierto, abiertos
from ..presentacion.kpi.pagina import DeFuera, Sitio, direccion, pagina_html
from ..presentacion.kpi.serie import serie_de
from ..presentacion.lamina import Lamina
from ..recojo.seguimiento import Seguida
from ..resultados.abierta import abiertas
from ..resultados.resultados import Resultados
from .paginas import Generada

GRAFICO, SIN_GRAFICO = "grafico.png", "lamina.png"
"""Cómo se llama su lámina, si lleva dibujo y si no."""


class PaginasDeKpi:
    """Las de todos los KPI, o las de ``solo`` estos códigos; ``laminas`` primero, que se componen
    en otros procesos.
    """

    def __init__(self, r: Resultados, solo: Collection[str] | None = None) -> None:
        self.r, self.solo = r, solo
        t = r.catalogo.territorio
        self.sitio = Sitio(
            t.sitio.titulo,
            t.sitio.direccion.rstrip("/"),
            fecha_larga(t.fecha_corte.isoformat()),
            not t.en_periodo_electoral,
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
    def laminas(self) -> dict[str, Lamina]:
        """``código → su lámina``; ninguna en periodo electoral."""
        if not self.sitio.comparte:
            return {}
        return {k.kpi.codigo: self._lamina(k) for k in self.todos}

    @cached_property
    def nombres(self) -> dict[str, str]:
        """``código → cómo se llama el archivo de su lámina``."""
        return {
            codigo: SIN_GRAFICO if lamina.dibujo is None else GRAFICO
            for codigo, lamina in self.laminas.items()
        }

    def _lamina(self, k: Abierto) -> Lamina:
        fuente = k.m.fuentes[k.kpi.fuente].institucion
        return Lamina(
            self.sitio.titulo,
            f"{k.kpi.codigo} {k.kpi.nombre}",
            k.hallazgo.texto,
            serie_de(k) if k.publico and not k.medidas.is_empty() else None,
            f"Fuente: {fuente}. Datos al {self.sitio.fecha}.",
            direccion(k.kpi.codigo, self.sitio).partition("//")[2],
            "demostracion" in {k.hallazgo.naturaleza, *k.medidas["naturaleza"]},
        )

    def de_laminas(self, imagenes: Mapping[str, bytes]) -> dict[str, bytes]:
        """Ruta dentro de ``indicadores/`` → su lámina; ``imagenes``: las ``laminas`` compuestas."""
        return {f"{c}/{nombre}": imagenes[c] for c, nombre in self.nombres.items()}

    def de_fuera(
        self, productos: Mapping[str, str], seguidas: Sequence[Seguida]
    ) -> dict[str, dict[str, DeFuera]]:
        """Misión → código → lo que su página dice y no está en los resultados de su misión.

        ``productos``: clave del producto de cada misión.
        """
        por_kpi: dict[str, list[Seguida]] = {}
        for s in seguidas:
            por_kpi.setdefault(s.entrega.kpi, []).append(s)
        correcciones = PorClave(self.r.correcciones_publicas, "kpi")
        fuera: dict[str, dict[str, DeFuera]] = {}
        for k in self.todos:
            codigo, slug = k.kpi.codigo, k.m.hoja.slug
            fuera.setdefault(slug, {})[codigo] = DeFuera(
                productos.get(slug, ""),
                correcciones.de(codigo),
                [c for c in self.r.catalogo.cambios if c.codigo == codigo],
                por_kpi.get(codigo, []),
            )
        return fuera

    def claves(self, fuera: Mapping[str, DeFuera]) -> dict[str, str]:
        """De lo que una misión no tiene en sus resultados, las partes de la clave de sus
        páginas.
        """
        return {
            "el sitio": huella(repr(self.sitio)),
            "su producto": huella(*(f.producto for f in fuera.values())),
            "sus correcciones": huella(*(repr(f.correcciones.rows()) for f in fuera.values())),
            "los cambios de sus fichas": huella(*(repr(f.cambios) for f in fuera.values())),
            "sus entregas": huella(*(repr(f.entregas) for f in fuera.values())),
        }

    def fuentes(self, fuera: Mapping[str, DeFuera]) -> dict[str, bytes]:
        """Ruta dentro de ``indicadores/`` → la fuente de la página de cada KPI de ``fuera`` y, si
        se ofrece, la que otros sitios muestran.
        """
        salida: dict[str, bytes] = {}
        for k in self.todos:
            codigo = k.kpi.codigo
            if codigo not in fuera:
                continue
            con_lamina = self.nombres.get(codigo) == GRAFICO
            pagina = Generada(
                k.kpi.nombre,
                k.hallazgo.compartible,
                pagina_html(k, self.sitio, fuera[codigo], con_lamina)
                + incrustada.seccion(k, self.sitio),
                self._frente(k, fuera[codigo].producto),
            )
            salida[f"{codigo}/index.ipynb"] = pagina.fuente(pagina_de_kpi(codigo))
            if not incrustada.por_que_no(k, self.sitio):
                suya = incrustada.pagina(k, self.sitio)
                salida[f"{codigo}/{incrustada.ARCHIVO}"] = suya.encode()
        return salida

    def _frente(self, k: Abierto, producto: str) -> dict[str, object]:
        mision = k.m.hoja
        return {
            "miga": {
                "href": markdown(de_mision(mision.slug)),
                "texto": markdown(f"{mision.codigo} · {mision.nombre_corto}"),
            },
            "indicador": markdown(k.kpi.codigo),
            "clave": producto,
        }
