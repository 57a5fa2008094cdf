"""Una tabla ya escrita, celda por celda, y sus dos formas: accesible en la página y nativa en el
boletín.

Aquí llegan las de Great Tables, pandas y polars: lo que cada biblioteca dio a cada celda es texto,
y de ahí salen la tabla de la página (``apilada``) y la de Typst, que se parte entre páginas y
repite su encabezado.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .apilada import tabla_por_grupos
from .graficos import graficos
from .pieza import Pieza, esc, tesc

AUSENTE = "—"
Lado = Literal["left", "right", "center"]


@dataclass(slots=True)
class Celda:
    """Una celda: su texto, cuántas filas y columnas ocupa, a qué lado va y las clases que traía."""

    texto: str = ""
    lado: Lado = "left"
    filas: int = 1
    columnas: int = 1
    clases: frozenset[str] = frozenset()


def con_cabezas_repetidas(filas: Sequence[list[Celda]]) -> list[list[Celda]]:
    """Las filas, con la cabeza que abarca varias repetida en cada una: así cada fila se entiende
    sola.
    """
    completas: list[list[Celda]] = []
    pendientes: dict[int, tuple[Celda, int]] = {}
    for fila in filas:
        completa: list[Celda] = []
        propias = iter(fila)
        for columna in range(len(fila) + len(pendientes)):
            if columna in pendientes:
                celda, quedan = pendientes.pop(columna)
            else:
                celda = next(propias)
                quedan = celda.filas
            if quedan > 1:
                pendientes[columna] = (celda, quedan - 1)
            completa.append(Celda(celda.texto, celda.lado))
        completas.append(completa)
    return completas


@dataclass(slots=True)
class TablaLeida:
    """Las partes de una tabla, como textos; ``grupos``: título (vacío si no hay) y sus filas."""

    titulo: str = ""
    subtitulo: str = ""
    cabezas: list[list[Celda]] = field(default_factory=list)
    grupos: list[tuple[str, list[list[Celda]]]] = field(default_factory=list)
    notas: list[str] = field(default_factory=list)

    @property
    def rotulos(self) -> list[str]:
        """Un rótulo por columna; bajo un encabezado agrupado, los dos: «Cifras: valor»."""
        casillas: dict[tuple[int, int], str] = {}
        for alto, fila in enumerate(self.cabezas):
            columna = 0
            for celda in fila:
                while (alto, columna) in casillas:
                    columna += 1
                for i in range(celda.filas):
                    for j in range(celda.columnas):
                        casillas[alto + i, columna + j] = celda.texto if i == 0 else ""
        # Quien oculta los encabezados deja columnas sin rótulo.
        ancho = max((c + 1 for _, c in casillas), default=len(self.lados))
        return [
            ": ".join(filter(None, (casillas.get((f, c), "") for f in range(len(self.cabezas)))))
            for c in range(ancho)
        ]

    @property
    def lados(self) -> list[Lado]:
        """A qué lado va cada columna, como la primera fila; vacía si no hay filas."""
        primera = next((f for _, filas in self.grupos for f in filas), [])
        return [c.lado for c in primera]

    @property
    def textos(self) -> list[str]:
        """El de cada celda, fila a fila."""
        return [c.texto for _, filas in self.grupos for fila in filas for c in fila]


def pieza(leida: TablaLeida, demostracion: bool) -> Pieza:
    """La tabla con el sello de los KPI que nombra o, si no nombra ninguno, el de lo que abrió el
    cuaderno; con ``demostracion``, también con su aviso.
    """
    sello = graficos.sello_de(" ".join(leida.textos))
    aviso = graficos.AVISO_DEMO if demostracion else ""
    lineas = [x for x in (leida.subtitulo, aviso, *leida.notas) if x]
    html = _a_html(leida, lineas)
    if sello:
        html += graficos.sello_html(sello["procedencia"], sello["datos"])
        lineas.append(sello["procedencia_papel"])
    return Pieza("tabla", html, _a_typst(leida, lineas))


def _a_html(leida: TablaLeida, lineas: Sequence[str]) -> str:
    grupos = [
        (esc(titulo), [[esc(c.texto) for c in fila] for fila in filas])
        for titulo, filas in leida.grupos
    ]
    clase = "numeros apilada" if set(leida.lados[1:]) == {"right"} else ""
    pie = "".join(f'<span class="leyenda">{esc(x)}</span>' for x in lineas)
    return tabla_por_grupos(leida.titulo, [esc(r) for r in leida.rotulos], grupos, clase) + (
        f'<p class="leyendas">{pie}</p>' if pie else ""
    )


def _a_typst(leida: TablaLeida, lineas: Sequence[str]) -> str:
    """Tabla nativa: se parte entre páginas y repite su encabezado."""
    rotulos = leida.rotulos
    lados = leida.lados or ["left"] * len(rotulos)
    partes = [f"table.header(repeat: true, {', '.join(f'[*{tesc(r)}*]' for r in rotulos)})"]
    for titulo, filas in leida.grupos:
        if titulo:
            partes.append(f"table.cell(colspan: {len(rotulos)}, align: left)[*{tesc(titulo)}*]")
        partes += [", ".join(f"[{tesc(c.texto)}]" for c in fila) for fila in filas]
    cuerpo = ",\n  ".join(partes)
    pie = "".join(f"\n#par[{tesc(x)}]" for x in lineas)
    return (
        "#[\n#set text(size: 9pt)\n#set table.cell(breakable: false)\n"
        f"#block(above: 12pt, sticky: true)[*{tesc(leida.titulo)}*]\n"
        f"#table(columns: {len(rotulos)}, inset: 3pt, stroke: (x: none, y: 0.4pt), "
        f"align: ({', '.join(lados)},),\n  {cuerpo},\n){pie}\n]"
    )
