"""La tabla de KPI de una misión en la página, con Great Tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

from ..metodo.estados import ESTADOS, POR_NOMBRE
from . import boletin
from .filas import CAMBIO_DE_METODO, NIVELES, Fila, Objetivo
from .pieza import Pieza, esc

ROTULO_NATURALEZA = {
    "demostracion": ("demo", "cifra de demostración, no describe la realidad"),
    "declarado": ("decl.", "declarado por una fuente secundaria"),
}
_SENDA = '<svg class="chispa" width="40" height="12" viewBox="0 0 40 12" aria-hidden="true"><path d="M2 9 20 6" stroke="#334155" stroke-width="1.5"/><path d="M2 9 38 3" stroke="#94a3b8" stroke-dasharray="2 2"/><circle cx="20" cy="6" r="2.5" fill="#b45309"/></svg>'


def sello_html(estado: str) -> str:
    """Etiqueta de estado: icono, palabra y color."""
    e = POR_NOMBRE[estado]
    return f'<span class="estado e-{e.id}"><span aria-hidden="true">{e.icono}</span> {esc(e.nombre)}</span>'


def marca_html(naturaleza: str) -> str:
    """Etiqueta junto a una cifra que no está documentada: se entiende sola en una captura o en papel."""
    corta, larga = ROTULO_NATURALEZA.get(naturaleza, ("", ""))
    return f' <abbr class="marca m-{naturaleza}" title="{larga}">{corta}</abbr>' if corta else ""


def leyenda_html(naturalezas: Iterable[str]) -> str:
    """Qué quiere decir cada etiqueta, al pie de donde se usa."""
    usadas = [n for n in ROTULO_NATURALEZA if n in set(naturalezas)]
    return "".join(
        f'<span class="leyenda">{marca_html(n).strip()} {ROTULO_NATURALEZA[n][1]}</span>'
        for n in usadas
    )


def tabla_kpis(identificador: str, filas: list[Fila], okrs: dict[str, Objetivo]) -> Pieza:
    """Una fila por KPI, agrupadas por OKR (``okrs``: código → su franja)."""
    html = filtros_html(identificador, filas) + _html(identificador, filas, okrs)
    return Pieza(f"tabla-{identificador}", html, boletin.tabla_kpis(filas, okrs))


def filtros_html(identificador: str, filas: Sequence[Fila]) -> str:
    """Casillas por nivel y estado, con su recuento; sin guion no se ven y la tabla está entera."""
    niveles = Counter(f.nivel for f in filas)
    estados = Counter(f.estado for f in filas)
    por_nivel = [("nivel", str(n), f"{n}, {NIVELES[n]}", niveles[n]) for n in NIVELES if niveles[n]]
    por_estado = [
        ("estado", e.id, sello_html(e.nombre), estados[e.nombre])
        for e in ESTADOS
        if estados[e.nombre]
    ]
    return (
        f'<form class="filtros" data-tabla="{identificador}" hidden>{_casillas("Nivel", por_nivel)}{_casillas("Estado", por_estado)}'
        '<p><output aria-live="polite"></output> <button type="button" class="boton secundario" hidden>Ver todos</button></p></form>'
    )


def _casillas(titulo: str, opciones: Sequence[tuple[str, str, str, int]]) -> str:
    etiquetas = "".join(
        f'<label><input type="checkbox" name="{nombre}" value="{valor}"> {texto} <span class="cuenta">{cuenta}</span></label>'
        for nombre, valor, texto, cuenta in opciones
    )
    return f"<fieldset><legend>{titulo}</legend>{etiquetas}</fieldset>"


def _html(identificador: str, filas: list[Fila], okrs: dict[str, Objetivo]) -> str:
    from great_tables import GT  # 0.25 s que no pagan las páginas de prosa

    cuadro = pl.DataFrame(
        {
            "okr": [f.okr for f in filas],
            "codigo": [
                f'<a class="ancla" id="{f.codigo}" href="#{f.codigo}" title="Enlace permanente a este indicador">{f.codigo}</a>'
                for f in filas
            ],
            "indicador": [
                f'<span class="nombre" data-nivel="{f.nivel}" data-estado="{POR_NOMBRE[f.estado].id}">{esc(f.nombre)}</span> '
                f'<a class="vinculo-ficha" href="#ficha-{f.codigo}">Ficha<span class="oculto"> de {f.codigo}</span></a>{sello_de_fila(f)}'
                for f in filas
            ],
            "nivel": [f'<span class="solo-angosto">Nivel </span>{f.nivel}' for f in filas],
            "base": [_cifra("Línea de base", f.base, f.base_periodo, f.marca_base) for f in filas],
            "ultimo": [
                _cifra("Último dato", f.ultimo, f.ultimo_periodo, f.marca_ultimo) for f in filas
            ],
            "meta": [_cifra("Meta", f.meta, f.meta_periodo) for f in filas],
            "avance": [
                _cifra(
                    "Avance",
                    f.avance,
                    f"ritmo {f.ritmo}" if f.avance != "—" else "",
                    f.marca_avance,
                )
                for f in filas
            ],
            "chispa": [
                f.chispa + (marca_html(f.marca_serie) if f.marca_serie != f.marca_ultimo else "")
                for f in filas
            ],
            "estado": [
                sello_html(f.estado)
                + azar_html(f)
                + (f'<small class="motivo">{esc(f.motivo)}</small>' if f.motivo else "")
                for f in filas
            ],
        }
    )
    columnas = [
        "codigo",
        "indicador",
        "nivel",
        "base",
        "ultimo",
        "meta",
        "avance",
        "chispa",
        "estado",
    ]
    gt = (
        GT(cuadro, id=identificador, rowname_col="codigo", groupname_col="okr", locale="es-PE")
        .cols_label(
            indicador="Indicador",
            nivel="Nivel",
            base="Línea de base",
            ultimo="Último dato",
            meta="Meta",
            avance="Avance",
            chispa="Serie",
            estado="Estado",
        )
        .tab_stubhead("KPI")
        .cols_align("right", ["base", "ultimo", "meta", "avance"])
        .cols_align("center", ["nivel"])
        .fmt(lambda v: v, columns=columnas)
        .tab_options(quarto_disable_processing=True)
    )
    leyenda = leyenda_html(n for f in filas for n in (f.marca_base, f.marca_ultimo, f.marca_serie))
    cambio = (
        f"; raya vertical: {CAMBIO_DE_METODO}"
        if any(CAMBIO_DE_METODO in f.serie for f in filas)
        else ""
    )
    pie = f'<p class="leyendas">{leyenda}<span class="leyenda">{_SENDA} medido, hasta el último dato; en puntos, el camino a la meta{cambio}</span></p>'
    return sin_estilo(gt.as_raw_html(), okrs) + pie


def sello_de_fila(f: Fila) -> str:
    """De dónde viene y de cuándo es el último dato; entero, en la ficha."""
    return (
        f'<small class="procedencia"><a href="#ficha-{f.codigo}">{esc(f.sello)}</a></small>'
        if f.sello
        else ""
    )


def azar_html(f: Fila) -> str:
    """Junto al estado: si el cambio puede ser azar, con el enlace a qué quiere decir."""
    return (
        f'<small class="azar"><a href="../../metodologia.html#intervalo">{esc(f.azar)}</a></small>'
        if f.azar
        else ""
    )


def sin_estilo(html: str, okrs: dict[str, Objetivo]) -> str:
    """La tabla de Great Tables sin hoja de estilo propia, con la franja de cada OKR en lugar de su código."""
    tabla = html[html.index("<table") : html.rindex("</table>") + len("</table>")]
    for codigo, o in okrs.items():
        sello = f'<span class="procedencia"><a href="#fuentes">{esc(o.sello)}</a></span>'
        tabla = tabla.replace(
            f">{codigo}</th>",
            f">{esc(o.titulo)} <small>{esc(o.resumen)}{marca_html(o.marca)} · {sello}</small></th>",
        )
    identificador = _atributo(html[html.index("<div") :], "id")
    return f'<div class="tabla tabla-kpis" id="{identificador}" tabindex="0" role="region" aria-label="Tabla de indicadores">{tabla}</div>'


def _atributo(html: str, nombre: str) -> str:
    inicio = html.index(f'{nombre}="') + len(nombre) + 2
    return html[inicio : html.index('"', inicio)]


def _cifra(rotulo: str, valor: str, periodo: str, marca: str = "") -> str:
    """Una cifra con su etiqueta y su periodo; el rótulo solo se ve cuando la fila es una tarjeta."""
    return f'<span class="solo-angosto">{rotulo}</span>{esc(valor)}{marca_html(marca)}<small>{esc(periodo)}</small>'
