"""Los defectos que una importación causaría, dichos en el libro: hoja, fila y título de la columna
que los trae.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic_core import ErrorDetails

from ...base.lineas import codigo_en
from ...base.yaml_estricto import arbol
from ...catalogo.defectos import regla_y_remedio
from ...errores import ErrorDeDatos
from ...rutas import Proyecto
from .celdas import en_una_celda, titulo_de_meta
from .ficha_plana import EN_LA_MATRIZ
from .matriz import FICHA, FINALES, IDENTIDAD

TITULOS = {campo: titulo for titulo, campo in (IDENTIDAD | FINALES).items() if campo}
RECUENTO = "recuento-del-catalogo"


def titulo_de(campo: str, periodo_de_meta: str | None) -> str | None:
    """La columna de la matriz en que se lee un campo; nula si es de la hoja *Ficha*."""
    if campo == "meta.valor" and periodo_de_meta:
        return titulo_de_meta(periodo_de_meta)
    raiz, _, anio = campo.partition(".")
    if raiz == "logros_esperados":
        return f"LE {anio}".strip()
    return TITULOS.get(campo) or (campo if campo in EN_LA_MATRIZ else None)


@dataclass(frozen=True, slots=True)
class Libro:
    """El libro que se importa: su nombre y la fila de cada indicador en la *Matriz* y en la
    *Ficha*.
    """

    archivo: str
    filas: Mapping[str, int]
    fichas: Mapping[str, int]

    def celda(
        self, codigo: str, campo: str, periodo_de_meta: str | None, fila: int | None = None
    ) -> tuple[str, int, str]:
        """Archivo, fila y columna en que se lee un campo de un indicador; ``fila``: la de la
        matriz, si el código se repite.
        """
        titulo = titulo_de(campo, periodo_de_meta)
        if titulo is None and codigo in self.fichas:
            return hoja(self.archivo, FICHA), self.fichas[codigo], campo
        return self.archivo, fila or self.filas[codigo], titulo or campo

    def que_no_se_siguen(
        self, del_ensayo: Iterable[ErrorDeDatos], de_celdas: Iterable[ErrorDeDatos]
    ) -> Iterator[ErrorDeDatos]:
        """De los defectos del ensayo, los que estarían aunque las filas con defectos en sus celdas,
        que no se llevaron, estuvieran bien.
        """
        codigo_de = {(self.archivo, n): c for c, n in self.filas.items()} | {
            (hoja(self.archivo, FICHA), n): c for c, n in self.fichas.items()
        }
        malos = {codigo_de.get((e.archivo, e.fila or 0)) for e in de_celdas} | {None}
        for e in del_ensayo:
            if e.regla != RECUENTO and codigo_de.get((e.archivo, e.fila or 0)) not in malos:
                yield e

    def de_la_ficha(
        self, codigo: str, x: ErrorDetails, periodo_de_meta: str | None, fila: int
    ) -> ErrorDeDatos:
        """Un defecto que halló pydantic, en su celda y con el mismo remedio que da ``validar``."""
        celda = self.celda(
            codigo, ".".join(str(p) for p in x["loc"] if p != "[key]"), periodo_de_meta, fila
        )
        regla, remedio = regla_y_remedio(x)
        remedio = en_una_celda(remedio)
        if x["type"].startswith("bool"):
            remedio = "escriba sí o no"
        valor = (
            codigo
            if isinstance(x["input"], dict) or celda[2] == TITULOS["codigo"]
            else f"{codigo}: {x['input']}"
        )
        return ErrorDeDatos(*celda, valor, regla, remedio)


@dataclass(frozen=True, slots=True)
class Ensayo:
    """El catálogo de prueba: la copia donde está, el periodo de cada meta, los indicadores nuevos y
    los que el libro no nombra.
    """

    libro: Libro
    copia: Proyecto
    metas: Mapping[str, str]
    nuevos: Sequence[str]
    ausentes: Sequence[str]

    def dichos(self, errores: Iterable[ErrorDeDatos]) -> Iterator[ErrorDeDatos]:
        """Cada defecto del catálogo, en la celda que lo causa; el que no viene del libro, como
        está.
        """
        raices = {
            self.copia.relativa(r): arbol(r.read_text(encoding="utf-8"))
            for r in self.copia.misiones.glob("*/hoja-de-ruta.yml")
        }
        for e in errores:
            codigo = (
                codigo_en(raices[e.archivo], e.fila) if e.archivo in raices and e.fila else None
            )
            nuevo = next(
                (c for c in self.nuevos if codigo and c.split("-")[0] == codigo.split("-")[0]), None
            )
            if e.regla == RECUENTO and nuevo:
                yield self._de_mas(nuevo, e)
            elif codigo and codigo in self.libro.filas:
                archivo, fila, columna = self.libro.celda(
                    codigo, (e.columna or "").removeprefix("okrs.kpis."), self.metas.get(codigo)
                )
                yield replace(
                    e,
                    archivo=archivo,
                    fila=fila,
                    columna=columna,
                    valor=codigo if e.valor is None else f"{codigo}: {e.valor}",
                )
            else:
                yield e

    def _de_mas(self, nuevo: str, e: ErrorDeDatos) -> ErrorDeDatos:
        """Un indicador nuevo que no cabe en el recuento acordado: quizá sea uno de los que el libro
        no nombra, mal escrito.
        """
        callados = [c for c in self.ausentes if c.split("-")[0] == nuevo.split("-")[0]]
        quiza = (
            f". Si es uno de los que el libro no nombra ({', '.join(callados)}), corrija su código"
            " en las hojas"
            if callados
            else ""
        )
        return ErrorDeDatos(
            self.libro.archivo,
            self.libro.filas[nuevo],
            TITULOS["codigo"],
            nuevo,
            RECUENTO,
            f"es un indicador nuevo, y {e.remedio}{quiza}",
        )


def hoja(archivo: str, nombre: str) -> str:
    """Cómo se nombra una hoja que no es la *Matriz*."""
    return f"{archivo}, hoja «{nombre}»"
