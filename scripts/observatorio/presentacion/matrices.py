"""Una matriz de recuentos por estado: la de la portada (misión × estado) y la de una misión (nivel
× estado).

Los estados se agrupan en cuatro respuestas que se entienden sin saber el método. En pantallas
angostas cada columna conserva su icono y su palabra, escrita hacia arriba: nada se desplaza de
lado.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ..base.palabras import contados
from ..metodo.estados import ESTADOS, Estado
from .pieza import enlace, esc


@dataclass(frozen=True, slots=True)
class Respuesta:
    """Qué contesta un grupo de estados a «¿cómo va?»."""

    id: str
    nombre: str
    icono: str
    estados: tuple[str, ...]


RESPUESTAS = (
    Respuesta("bien", "Van bien", "●", ("alcanzado", "en ruta")),
    Respuesta("lento", "Van lento", "▲", ("requiere acelerar", "rezagado")),
    Respuesta("mal", "Retroceden", "▼", ("en retroceso",)),
    Respuesta(
        "duda",
        "Aún no se sabe",
        "?",
        ("dato vencido", "sin línea de base", "sin meta", "dato protegido", "sin datos"),
    ),
)


@dataclass(frozen=True, slots=True)
class Renglon:
    """Una fila: su título en HTML y en texto, cuántos KPI hay en cada estado y adónde lleva cada
    cifra: ``pagina?consulta&estado=…#ancla``.
    """

    titulo: str
    texto: str
    cuenta: Mapping[str, int]
    pagina: str
    consulta: str = ""
    ancla: str = ""

    def destino(self, estado: str = "") -> str:
        """La vista de los KPI de la fila, de un estado (su ``id``) o de todos."""
        partes = [self.consulta, f"estado={estado}" if estado else ""]
        consulta = "&".join(p for p in partes if p)
        return (
            self.pagina
            + (f"?{consulta}" if consulta else "")
            + (f"#{self.ancla}" if self.ancla else "")
        )


def usados(renglones: Sequence[Renglon]) -> list[Estado]:
    """Los estados que ocurren, en el orden de siempre."""
    return [e for e in ESTADOS if any(r.cuenta.get(e.nombre) for r in renglones)]


def respuestas(cuenta: Mapping[str, int]) -> list[tuple[Respuesta, int]]:
    """Cuántos KPI caen en cada respuesta."""
    return [(r, sum(cuenta.get(e, 0) for e in r.estados)) for r in RESPUESTAS]


def matriz_html(
    titulo: str, esquina: str, renglones: Sequence[Renglon], todos: Renglon, nota: str = ""
) -> str:
    """Tabla con una fila por renglón, su total y una fila de totales (``todos``, cuya cuenta sale
    de las demás).

    ``nota`` (HTML) va en el título, una vez para toda la tabla.
    """
    columnas = usados(renglones)
    total = {e.nombre: sum(r.cuenta.get(e.nombre, 0) for r in renglones) for e in columnas}
    suma = replace(todos, cuenta=total)
    filas = "".join(_fila(r, columnas) for r in renglones)
    pie = "".join(_celda(suma, e) for e in columnas) + _suma(suma)
    return (
        f'<table class="matriz"><caption>{esc(titulo)}{nota}</caption><thead>{_grupos(columnas)}<tr'
        ' class="estados"><th'
        f' scope="col">{esc(esquina)}</th>{"".join(map(_cabeza, columnas))}<th'
        f' scope="col">KPI</th></tr></thead><tbody>{filas}<tr class="total"><th'
        f' scope="row">{todos.titulo}</th>{pie}</tr></tbody></table>'
    )


def _grupos(columnas: Collection[Estado]) -> str:
    celdas = ""
    for r in RESPUESTAS:
        if ancho := sum(e.nombre in r.estados for e in columnas):
            celdas += (
                f'<th scope="colgroup" colspan="{ancho}"'
                f' class="r-{r.id}"><span>{esc(r.nombre)}</span></th>'
            )
    return f'<tr class="grupos"><td></td>{celdas}<td></td></tr>'


def _cabeza(e: Estado) -> str:
    return (
        f'<th scope="col"><span class="rotulo e-{e.id}"><span aria-hidden="true">{e.icono}</span>'
        f" {esc(e.nombre)}</span></th>"
    )


def _fila(r: Renglon, columnas: Sequence[Estado]) -> str:
    celdas = "".join(_celda(r, e) for e in columnas)
    return f'<tr><th scope="row">{r.titulo}</th>{celdas}{_suma(r)}</tr>'


def _suma(r: Renglon) -> str:
    n = sum(r.cuenta.values())
    return (
        f'<td class="suma"><a href="{enlace(r.destino())}" aria-label="'
        f'{contados(n, "indicadores")}, {esc(r.texto)}: ver cuáles">{n}</a></td>'
    )


def _celda(r: Renglon, e: Estado) -> str:
    n = r.cuenta.get(e.nombre, 0)
    if not n:
        return '<td class="nada"><span class="oculto">0</span></td>'
    return (
        f'<td class="e-{e.id}"><a href="{enlace(r.destino(e.id))}"'
        f' aria-label="{n} {esc(e.contado(n))}, {esc(r.texto)}: ver cuáles">{n}</a></td>'
    )
