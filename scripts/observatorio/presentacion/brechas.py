"""Las diferencias entre grupos y entre anexos de una misión: la tabla de la página y las líneas del
boletín.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..base.edades import EDAD
from ..base.numeros import con_unidad, numero
from ..base.palabras import contados
from ..base.periodos import legible
from ..base.plegado import plegado
from ..catalogo.modelos import DimensionDeGrupo
from ..catalogo.nombre_de_lugar import NombreDeLugar
from ..metodo.comparacion import (
    ANEXO,
    RECUENTO_COMPLETO,
    SE_PISAN,
    SIN_CASOS,
    cuentas_de_brechas,
    partes_de,
)
from ..metodo.estados import PROTEGIDO
from ..metodo.registros import Brecha
from ..resultados.procedencia import reunir
from . import boletin
from .apilada import tabla_html
from .pieza import MARCA_DE_CUADERNO, Pieza, a_los_datos, esc, tesc
from .sello_conjunto import linea_html
from .tablas import marca_de_tarjeta, marca_html

if TYPE_CHECKING:
    from ..resultados.mision import MisionAbierta

A_LA_VISTA, EN_EL_BOLETIN = 5, 3
SE_DISTINGUE = "se distingue del azar"
SIN_PRUEBA = {
    RECUENTO_COMPLETO: "recuento completo, sin azar de muestreo",
    SE_PISAN: "los grupos comparten personas: no se prueba",
    SIN_CASOS: "no se puede saber si es azar",
}
NO_SE_PRUEBAN = "se contó a todos, o no consta cuántos casos hay"
"""Por qué una diferencia se muestra sin decir si es azar; junto a cada una va su razón exacta."""


@dataclass(frozen=True, slots=True)
class Diferencia:
    """Una comparación ya escrita. ``partes``: ``(quién, cifra)``; de los anexos, los dos más
    distantes en orden alfabético, y ``resto`` dice los demás. ``azar``: si se distingue y en qué
    familia de comparaciones.
    """

    codigo: str
    nombre: str
    entre: str
    partes: tuple[tuple[str, str], ...]
    resto: str
    brecha: str
    razon: str
    distinguible: bool
    azar: str
    naturaleza: str


def diferencias(m: MisionAbierta) -> Pieza:
    """Cuánto separa a los grupos y a los anexos en cada KPI, lo que se distingue del azar
    primero.
    """
    filas = escritas(m)
    if not filas:
        return Pieza(
            "diferencias",
            "<p>Esta misión no tiene cifras publicables de dos grupos o dos"
            f" {m.territorio.anexos_se_llaman.plural} en un mismo periodo.</p>",
        )
    sin_prueba = m.brechas["distinguible"].null_count()
    lugar = m.territorio.anexos_se_llaman
    resumen = _resumen(cuentas_de_brechas(m.brechas, m.hoja.slug), sin_prueba, lugar)
    sello = linea_html(
        reunir(m.procedencia[c] for c in sorted({f.codigo for f in filas})),
        ("Fuentes", "#fuentes"),
        ("cuaderno", MARCA_DE_CUADERNO),
        a_los_datos("observaciones.csv"),
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
    return Pieza("diferencias", html, _typst(resumen, filas, lugar))


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
    k, lugar = m.fichas[b.kpi], m.territorio.anexos_se_llaman

    def cifra(v: float | None) -> str:
        return con_unidad(v, k.unidad, k.decimales, PROTEGIDO)

    if b.ambito == ANEXO:
        extremos = ((b.menor, b.menor_valor), (b.mayor, b.mayor_valor))
        partes = tuple(
            sorted(
                ((m.lugares[quien], cifra(valor)) for quien, valor in extremos),
                key=lambda parte: plegado(parte[0]),
            )
        )
        ocultas = f"; {b.protegidas} con {PROTEGIDO}" if b.protegidas else ""
        resto = (
            f"{lugar.concordado('los')} dos más distantes de {lugar.contados(b.cuantos)}{ocultas}"
        )
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
        f"por {m.territorio.se_dice(b.ambito)}, {legible(b.periodo)}",
        partes,
        resto,
        con_unidad(b.brecha, "puntos" if k.unidad == "%" else k.unidad, k.decimales),
        numero(b.razon, 2, ""),
        bool(b.distinguible),
        _azar(b),
        b.naturaleza,
    )


def _azar(b: Brecha) -> str:
    """Si la diferencia se distingue, y en qué familia de comparaciones se eligió su par."""
    if b.distinguible is None:
        return SIN_PRUEBA[b.prueba]
    familia = f", entre {b.comparaciones} comparaciones" if b.comparaciones > 1 else ""
    return f"{'' if b.distinguible else 'no '}{SE_DISTINGUE}{familia}"


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


def _resumen(cuentas: dict[str, int], sin_prueba: int, lugar: NombreDeLugar) -> str:
    """``sin_prueba``: en cuántas no se pregunta por el azar; de ellas no se dice que no se
    distingan.
    """
    n, d = cuentas["comparadas"], cuentas["distinguibles"]
    que = f"Se comparan grupos de personas {lugar.y_plural} dentro de un mismo periodo."
    if sin_prueba == n:
        hechas = "La única comparación no se prueba" if n == 1 else f"Las {n} no se prueban"
        return f"{que} {hechas} frente al azar: {NO_SE_PRUEBAN}."
    dichas = "en ninguna" if d == 0 else "en 1" if d == 1 else f"en {d}"
    salvo = f"; {sin_prueba} no se prueban: {NO_SE_PRUEBAN}" if sin_prueba > 1 else ""
    salvo = f"; 1 no se prueba: {NO_SE_PRUEBAN}" if sin_prueba == 1 else salvo
    return (
        f"{que} De {contados(n, 'comparaciones')},"
        f" {dichas} la diferencia se distingue del azar{salvo}."
    )


def _tabla(titulo: str, filas: Sequence[Diferencia]) -> str:
    naturalezas = {f.naturaleza for f in filas}
    toda = naturalezas == {"demostracion"}
    return tabla_html(
        titulo,
        ["Indicador", "En cada uno", "Diferencia"],
        [_fila(f, marca_de_tarjeta if toda else marca_html) for f in filas],
        "diferencias",
        marca_html("demostracion") if "demostracion" in naturalezas else "",
    )


def _fila(f: Diferencia, marca: Callable[[str], str]) -> list[str]:
    """Sus celdas, con la marca junto al nombre: vale por todas las cifras de la fila."""
    valores = "<br>".join(
        f"{esc(quien)} <strong>{esc(cifra)}</strong>" for quien, cifra in f.partes
    )
    resto = f"<small>{esc(f.resto)}</small>" if f.resto else ""
    azar = f"<strong>{esc(f.azar)}</strong>" if f.distinguible else esc(f.azar)
    return [
        (
            f'<a href="#{f.codigo}">{f.codigo}</a> {esc(f.nombre)}'
            f"{marca(f.naturaleza)}<small>{esc(f.entre)}</small>"
        ),
        valores + resto,
        (
            f"<strong>{esc(f.brecha)}</strong>"
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
        f'<a href="#{k}">{k}</a> por {esc(m.territorio.se_dice(ambito))}'
        for k, ambito in celdas.iter_rows()
        if (k, ambito) not in con
    ]
    return (
        f"<p><small>Sin comparación, por {PROTEGIDO}: {', '.join(sin)}.</small></p>" if sin else ""
    )


def _typst(resumen: str, filas: Sequence[Diferencia], lugar: NombreDeLugar) -> str:
    """El resumen y las primeras comparaciones: las que se distinguen o, si no hay ninguna, la
    mayor.
    """
    elegidas = [f for f in filas if f.distinguible][:EN_EL_BOLETIN] or list(filas[:1])
    titulo = f"Diferencias entre grupos {lugar.y_plural}."
    return (
        f"#diferencias([{tesc(titulo)}], [{tesc(resumen)}], {boletin.lista(map(_caso, elegidas))})"
    )


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
        f" {tesc(f.brecha)}{marca}{razon}; {tesc(f.azar)}.]"
    )
