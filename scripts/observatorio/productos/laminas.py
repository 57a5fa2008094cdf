"""Todas las imágenes que se componen para una edición: las láminas del sitio, de cada misión y de
cada KPI.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from ..catalogo.direcciones import de_mision
from ..metodo.registros import Analisis, Evaluacion
from ..presentacion.hallazgo import de_conjunto
from ..presentacion.kpi.abierto import Abierto
from ..presentacion.lamina import Lamina, Reparto, pagina
from ..resultados.resultados import Resultados
from .indicadores import PaginasDeKpi

PORTADA = "portada"


class Laminas:
    """``paginas`` es lo que se compone; ninguna lámina en periodo electoral, ni de un anexo."""

    def __init__(self, r: Resultados) -> None:
        self.r = r
        self.de_kpis = PaginasDeKpi(r)
        self.sitio = self.de_kpis.sitio

    @cached_property
    def paginas(self) -> dict[str, str]:
        """``nombre → su página de Typst``."""
        laminas = {**self.del_sitio, **self.de_kpis.laminas} if self.sitio.comparte else {}
        return {nombre: pagina(lamina) for nombre, lamina in laminas.items()}

    @property
    def paginas_del_sitio(self) -> dict[str, str]:
        """De ``paginas``, las que no son de un KPI."""
        return {nombre: p for nombre, p in self.paginas.items() if nombre in self.del_sitio}

    @cached_property
    def por_mision(self) -> dict[str, list[Abierto]]:
        """``slug → sus KPI``."""
        por_mision: dict[str, list[Abierto]] = {m.slug: [] for m in self.r.catalogo.misiones}
        for k in self.de_kpis.todos:
            por_mision[k.m.hoja.slug].append(k)
        return por_mision

    @cached_property
    def del_sitio(self) -> dict[str, Lamina]:
        """La de la portada y la de cada misión, por su slug."""
        r = self.r
        de_misiones = {
            m.slug: self._de_varios(
                f"{m.codigo} {m.nombre}",
                {k.kpi.codigo: k.e for k in self.por_mision[m.slug]},
                {k.kpi.codigo: k.a for k in self.por_mision[m.slug]},
                de_mision(m.slug).removesuffix("index.html"),
            )
            for m in r.catalogo.misiones
        }
        portada = self._de_varios("¿Cómo van las misiones?", r.evaluados, r.analizados, "")
        return {PORTADA: portada, **de_misiones}

    def _de_varios(
        self, titulo: str, e: dict[str, Evaluacion], a: dict[str, Analisis], ruta: str
    ) -> Lamina:
        hallado = de_conjunto(e, a)
        return Lamina(
            self.sitio.titulo,
            titulo,
            hallado.texto,
            Reparto(_cuenta(e.values())),
            f"{len(e)} indicadores. Datos al {self.sitio.fecha}.",
            f"{self.sitio.direccion}/{ruta}".partition("//")[2],
            hallado.naturaleza == "demostracion",
        )


def _cuenta(evaluados: Iterable[Evaluacion]) -> Counter[str]:
    return Counter(e.estado for e in evaluados)
