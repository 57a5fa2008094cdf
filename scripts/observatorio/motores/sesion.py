"""Los boletines de sesión con pandoc y Typst, sin Quarto: no son páginas del sitio.

La misma fuente se compone en A4 y en una columna de teléfono. En A4 el cuerpo de letra se elige,
entre pocos y nunca bajo 9 puntos, para que la última página no quede medio vacía.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from ..base.impreso import explicado, instante
from ..base.pandoc import a_typst
from ..errores import ErrorDeEjecucion
from ..rutas import CARPETA_DE_TYPST, Proyecto
from .comun import copiar_biblioteca

if TYPE_CHECKING:
    import typst

Edicion = Literal["papel", "telefono", "imagen"]
BIBLIOTECA = "sesion.typ"
CUERPOS = (9.5, 10.0, 10.5, 11.0, 9.0)
"""Cuerpos de letra que se prueban en papel, en puntos, por orden de preferencia."""
ALTOS = (600, 660, 540, 700)
"""Altos de página que se prueban en el teléfono, en puntos; un teléfono corriente muestra unos
600.
"""
LLENA = 0.55
PUNTOS_POR_PULGADA = 144
FIN = "<fin>"
DE_DONDE_SALE = "los acuerdos, en las fichas o en el cuaderno"


@dataclass(frozen=True)
class Compositor:
    """Compone fuentes de Typst con la biblioteca de la extensión y la fecha de los datos."""

    proyecto: Proyecto
    fecha: date

    def a_typst(self, markdown: str) -> str:
        """El texto de un cuaderno ya publicado, en Typst. Lanza ``ErrorDeEjecucion``."""
        r = a_typst(markdown)
        if r.returncode or r.stderr.strip():
            raise ErrorDeEjecucion(f"el boletín: {r.stderr.decode(errors='replace').strip()}")
        return r.stdout.decode("utf-8")

    def pdf(self, fuente: str, edicion: Edicion) -> bytes:
        """PDF/UA en la edición pedida, con la última página llena hasta donde se puede."""
        return self._componer(fuente, edicion, "pdf")

    def png(self, fuente: str) -> bytes:
        """La imagen, a 144 puntos por pulgada."""
        return self._componer(fuente, "imagen", "png")

    def _componer(self, fuente: str, edicion: Edicion, formato: Literal["pdf", "png"]) -> bytes:
        with TemporaryDirectory(prefix=CARPETA_DE_TYPST, dir=self.proyecto.trabajo) as aparte:
            raiz = Path(aparte)
            biblioteca = copiar_biblioteca(self.proyecto, raiz, BIBLIOTECA)
            principal = raiz / "principal.typ"
            principal.write_text(f'#import "{biblioteca}": *\n{fuente}', encoding="utf-8")
            try:
                compilador = self._el_mejor(principal, edicion)
                hecho = compilador.compile(
                    format=formato,
                    ppi=PUNTOS_POR_PULGADA if formato == "png" else None,
                    pdf_standards=["ua-1"] if formato == "pdf" else [],
                    timestamp=instante(self.fecha),
                )
            except RuntimeError as e:  # el de Typst; al preguntar, uno corriente
                raise explicado(e, "el boletín de sesión", DE_DONDE_SALE) from e
        if not isinstance(hecho, bytes):
            raise ErrorDeEjecucion("la imagen del mensaje no cabe en una sola hoja")
        return hecho

    def _el_mejor(self, principal: Path, edicion: Edicion) -> typst.Compiler:
        """El que compone con el cuerpo de letra o el alto de página que deja la última página más
        llena: el primero que la llena lo bastante y, si ninguno, el mejor.
        """
        mejor, lleno = None, -1.0
        for entradas in _variantes(edicion):
            compilador = self._compilador(principal, {"edicion": edicion, **entradas})
            if edicion == "imagen":
                return compilador
            este = _llenado(compilador)
            if este > lleno:
                mejor, lleno = compilador, este
            if lleno >= LLENA:
                break
        assert mejor is not None
        return mejor

    def _compilador(self, principal: Path, entradas: dict[str, str]) -> typst.Compiler:
        import typst

        return typst.Compiler(
            str(principal),
            root=str(principal.parent),
            font_paths=self.letras,
            ignore_system_fonts=True,
            sys_inputs=entradas,
        )

    @cached_property
    def letras(self) -> typst.Fonts:
        """Las de los boletines, leídas una vez."""
        import typst

        return typst.Fonts(
            include_system_fonts=False, font_paths=[str(self.proyecto.trabajo / "fuentes")]
        )


def _variantes(edicion: Edicion) -> list[dict[str, str]]:
    if edicion == "imagen":
        return [{}]
    nombre, valores = ("alto", ALTOS) if edicion == "telefono" else ("cuerpo", CUERPOS)
    return [{nombre: f"{v:g}"} for v in valores]


def _llenado(compilador: typst.Compiler) -> float:
    """Qué parte de la página menos llena ocupa el texto, de las que acaban sin que siga otro
    renglón; la última de una sola página siempre está bien.
    """
    fines = json.loads(compilador.query(FIN, field="value"))
    return 1.0 if fines[-1]["pagina"] == 1 else min(float(f["y"]) / float(f["alto"]) for f in fines)
