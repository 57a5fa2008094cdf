"""Las diferencias entre grupos y entre anexos de una misión: la tabla de la página y las líneas del
boletín.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..base.numeros import canonico, con_unidad, numero
from ..base.periodos import legible
from ..catalogo.modelos import DimensionDeGrupo
from ..metodo.comparacion import ANEXO, cuentas_de_brechas, partes_de
from ..metodo.estados import PROTEGIDO
from ..metodo.registros import Brecha
from ..resultados.procedencia import reunir
from . import boletin
from .apilada import tabla_html
from .pieza import MARCA_DE_CUADERNO, Pieza, esc, tesc
from .sello_conjunto import linea_html
from .tablas import marca_html

if TYPE_CHECKING:
    from ..resultados.mision import MisionAbierta

A_LA_VISTA, EN_EL_BOLETIN = 5, 3
DEL_AZAR = {
    True: "se distingue del azar",
    False: "no se distingue del azar",
    None: "no se puede saber si es azar",
}
EDAD = re.compile(r"(\d+)(?:-(\d+))?([ma])(\+?)")


@dataclass(frozen=True, slots=True)
class Diferencia:
    """Una comparación ya escrita. ``partes``: ``(quién, cifra)``; de los anexos, el menor y el
    mayor, y ``resto`` dice los demás.
    """

    codigo: str
    nombre: str
    entre: str
    partes: tuple[tuple[str, str], ...]
    resto: str
    brecha: str
    razon: str
    distinguible: bool | None
    naturaleza: str


def diferencias(m: MisionAbierta) -> Pieza:
    """Cuánto separa a los grupos y a los anexos en cada KPI, lo que se distingue del azar
    primero.
    """
    filas = escritas(m)
    if not filas:
        return Pieza(
            "diferencias",
            "<p>Esta misión no tiene cifras publicables de dos grupos o dos anexos en un mismo"
            " periodo.</p>",
        )
    resumen = _resumen(cuentas_de_brechas(m.brechas, m.hoja.slug))
    sello = linea_html(
        reunir(m.procedencia[c] for c in sorted({f.codigo for f in filas})),
        ("Fuentes", "#fuentes"),
        ("cuaderno", MARCA_DE_CUADERNO),
        ("datos", "../../datos/observaciones.csv"),
    )
    demas = filas[A_LA_VISTA:]
    resto = (
        '<details class="diferencias"><summary>Ver las demás'
        f" comparaciones</summary>{_tabla('Las demás comparaciones', demas)}</details>"
        if demas
        else ""
    )
    html = (
        f"<p>{esc(resumen)}</p>"
        f"{_tabla('Diferencias dentro de un mismo periodo', filas[:A_LA_VISTA])}"
        f"{resto}{_ocultas(m)}{sello}"
    )
    return Pieza("diferencias", html, _typst(resumen, filas))


def escritas(m: MisionAbierta) -> list[Diferencia]:
    """Las comparaciones en orden: las que se distinguen del azar, los grupos de personas y los
    anexos; en cada clase, las de mayor razón.
    """
    orden = sorted(
        Brecha.lista(m.brechas),
        key=lambda b: (
            not b.distinguible,
            b.ambito == ANEXO,
            -(b.razon or 0),
            b.kpi,
            b.ambito,
        ),
    )
    return [_escrita(m, b) for b in orden]


def _escrita(m: MisionAbierta, b: Brecha) -> Diferencia:
    k = m.fichas[b.kpi]

    def cifra(v: float | None) -> str:
        return con_unidad(canonico(v), k.unidad, k.decimales, PROTEGIDO)

    if b.ambito == ANEXO:
        partes = tuple(
            (m.lugares[quien], cifra(valor))
            for quien, valor in ((b.menor, b.menor_valor), (b.mayor, b.mayor_valor))
        )
        ocultas = f"; {b.protegidas} con {PROTEGIDO}" if b.protegidas else ""
        resto = f"el menor y el mayor de {b.cuantos} anexos{ocultas}"
    else:
        valores, resto = {p["parte"]: p["valor"] for p in b.partes}, ""
        partes = tuple(
            (categoria(c), cifra(valores[c]))
            for c in m.territorio.categorias[cast(DimensionDeGrupo, b.ambito)]
            if c in valores
        )
    return Diferencia(
        k.codigo,
        k.nombre_corto,
        f"por {b.ambito}, {legible(b.periodo)}",
        partes,
        resto,
        con_unidad(canonico(b.brecha), "puntos" if k.unidad == "%" else k.unidad, k.decimales),
        numero(canonico(b.razon), 2, ""),
        b.distinguible,
        b.naturaleza,
    )


def categoria(codigo: str) -> str:
    """``6-11m`` → «6 a 11 meses»; ``60a+`` → «60 años a más»; lo demás, como está."""
    edad = EDAD.fullmatch(codigo)
    if not edad:
        return codigo
    desde, hasta, letra, abierta = edad.groups()
    unidad = {"m": "meses", "a": "años"}[letra]
    return (
        f"{desde} {unidad} a más"
        if abierta
        else f"{desde} a {hasta} {unidad}"
        if hasta
        else f"{desde} {unidad}"
    )


def _resumen(cuentas: dict[str, int]) -> str:
    n, d = cuentas["comparadas"], cuentas["distinguibles"]
    dichas = "en ninguna" if d == 0 else "en 1" if d == 1 else f"en {d}"
    return (
        f"Se comparan grupos de personas y anexos dentro de un mismo periodo. De {n} comparaciones,"
        f" {dichas} la diferencia se distingue del azar."
    )


def _tabla(titulo: str, filas: Sequence[Diferencia]) -> str:
    return tabla_html(
        titulo, ["Indicador", "En cada uno", "Diferencia"], [_fila(f) for f in filas], "diferencias"
    )


def _fila(f: Diferencia) -> list[str]:
    marca = marca_html(f.naturaleza)
    valores = "<br>".join(
        f"{esc(quien)} <strong>{esc(cifra)}</strong>{marca if cifra != PROTEGIDO else ''}"
        for quien, cifra in f.partes
    )
    resto = f"<small>{esc(f.resto)}</small>" if f.resto else ""
    azar = f"<strong>{DEL_AZAR[True]}</strong>" if f.distinguible else DEL_AZAR[f.distinguible]
    return [
        f'<a href="#{f.codigo}">{f.codigo}</a> {esc(f.nombre)}<small>{esc(f.entre)}</small>',
        valores + resto,
        (
            f"<strong>{esc(f.brecha)}</strong>{marca}"
            f"<small>{f'razón {esc(f.razon)}; ' if f.razon else ''}{azar}</small>"
        ),
    ]


def _ocultas(m: MisionAbierta) -> str:
    """Los KPI que se abren por grupos o anexos y de los que la privacidad no deja comparar nada."""
    con = set(m.brechas.select("kpi", "ambito").iter_rows())
    celdas = (
        partes_de(m.observaciones, m.territorio.ubigeo)
        .filter("protegido")
        .select("kpi", "ambito")
        .unique()
        .sort("kpi", "ambito")
    )
    sin = [
        f'<a href="#{k}">{k}</a> por {esc(ambito)}'
        for k, ambito in celdas.iter_rows()
        if (k, ambito) not in con
    ]
    return (
        f"<p><small>Sin comparación, por {PROTEGIDO}: {', '.join(sin)}.</small></p>" if sin else ""
    )


def _typst(resumen: str, filas: Sequence[Diferencia]) -> str:
    """El resumen y las primeras comparaciones: las que se distinguen o, si no hay ninguna, la
    mayor.
    """
    elegidas = [f for f in filas if f.distinguible][:EN_EL_BOLETIN] or list(filas[:1])
    return f"#diferencias([{tesc(resumen)}], {boletin.lista(map(_caso, elegidas))})"


def _caso(f: Diferencia) -> str:
    marca = boletin.marca(f.naturaleza)
    valores = ", ".join(
        f"{tesc(quien)} {tesc(cifra)}{marca if cifra != PROTEGIDO else ''}"
        for quien, cifra in f.partes
    )
    resto = f" ({tesc(f.resto)})" if f.resto else ""
    razon = f", razón {tesc(f.razon)}" if f.razon else ""
    return (
        f"[*{tesc(f.codigo)}* {tesc(f.nombre)}, {tesc(f.entre)}: {valores}{resto}. Brecha"
        f" {tesc(f.brecha)}{marca}{razon}; {DEL_AZAR[f.distinguible]}.]"
    )
