"""El lado impreso de las piezas: cada función da el marcado de Typst que la plantilla del boletín
dibuja.

Las funciones de Typst que aquí se llaman (``titular``, ``matriz``, ``tabla-kpis``…) están en
``boletin.typ``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..base.numeros import FINO, numero, porcentaje
from ..catalogo.naturalezas import ROTULOS
from ..metodo.estados import POR_NOMBRE, Estado
from .filas import Fila, Objetivo, avance_dicho, cotas_dichas
from .pieza import SILABA, tcadena, tesc

if TYPE_CHECKING:
    from ..catalogo.fuentes import Fuente
    from ..catalogo.territorio import Metodo
    from ..metodo.registros import AvanceDeMision


CABE = 12  # caracteres de una cifra en una columna de la tabla
NOTA_DE_NATURALEZA = (
    "Letras junto a una cifra: "
    + "; ".join(f"{r.letra or 'sin letra'}, {r.femenino}" for r in ROTULOS.values())
    + "."
)


def sello(estado: str, posible: bool = False) -> str:
    """Etiqueta de estado: forma, palabra y color; la de un retroceso ``posible`` es hueca."""
    e = POR_NOMBRE[estado]
    partes = _estado(replace(e, id=f"{e.id}-posible") if posible else e)
    return f"#sello{partes}"


def _estado(e: Estado) -> str:
    return f'({tcadena(e.id)}, {tcadena(e.nombre)}, "{e.tinta}", "{e.fondo}")'


def marca(naturaleza: str) -> str:
    """Letra que acompaña a una cifra que no está documentada."""
    letra = ROTULOS[naturaleza].letra
    return f'#marca("{letra}")' if letra else ""


def lista(elementos: Iterable[str]) -> str:
    """Arreglo de Typst; la coma final hace que uno de un solo elemento también lo sea."""
    return "(" + "".join(f"{e}, " for e in elementos) + ")"


def titular(meta: str, resumen: AvanceDeMision, salvedad: str, principales: Sequence[Fila]) -> str:
    """La meta, las cifras de la misión (su avance), la ``salvedad`` de sus retrocesos y el
    recorrido de cada KPI principal.
    """
    demostracion = marca("demostracion") if resumen.demostracion else ""
    valores = [
        "none" if v is None else f"{v:.4f}"
        for v in (resumen.avance, resumen.minimo, resumen.maximo)
    ]
    return (
        f"#titular(meta: [{tesc(meta)}],"
        f" avance: [{tesc(avance_dicho(resumen.avance))}{demostracion}],"
        f" cotas: [{tesc(cotas_dichas(resumen.minimo, resumen.maximo))}],"
        f" valores: {lista(valores)}, cobertura:"
        f" ([{resumen.evaluados}{demostracion}], [{resumen.kpis}]), retroceso:"
        f" [{resumen.en_retroceso}{demostracion}], salvedad: [{tesc(salvedad)}], tarjetas:"
        f" {lista(map(_tarjeta, principales))})"
    )


def _tarjeta(f: Fila) -> str:
    return (
        f"(nombre: [{tesc(f.nombre)}], base: [{tesc(f.base)}{marca(f.marca_base)}], base_periodo:"
        f" [{tesc(f.base_periodo)}], hoy: [{tesc(f.ultimo)}{marca(f.marca_ultimo)}], hoy_periodo:"
        f" [{tesc(f.ultimo_periodo)}], meta: [{tesc(f.meta)}], meta_periodo:"
        f" [{tesc(f.meta_periodo)}], estado: [{sello(f.estado, f.posible)}], motivo:"
        f" [{tesc(f.motivo)}], certeza: [{_en_lineas(f.certeza)}])"
    )


def matriz(
    cuenta: Mapping[tuple[int, str], int],
    usados: Sequence[Estado],
    naturaleza: str,
    metodo: Metodo,
) -> str:
    """``cuenta``: (nivel, estado) → cuántos KPI; una columna por estado usado. Detrás van los
    gráficos.

    ``naturaleza`` de los estados contados: su letra va en la esquina y en los totales.
    """
    filas = [
        (
            f"[Nivel {n}: {tesc(metodo.nombre_de_nivel(n))}]",
            [cuenta.get((n, e.nombre), 0) for e in usados],
        )
        for n in metodo.numeros_de_nivel
    ]
    filas.append(
        (
            f"[*Todos*{marca(naturaleza)}]",
            [sum(c) for c in zip(*(c for _, c in filas), strict=True)],
        )
    )
    escritas = lista(f"({nivel}, {lista(map(str, cuentas))})" for nivel, cuentas in filas)
    return (
        f"#matriz([Nivel de contribución{marca(naturaleza)}], {lista(map(_estado, usados))},"
        f" {escritas})\n#galeria()"
    )


def tabla_kpis(filas: Sequence[Fila], okrs: Mapping[str, Objetivo]) -> str:
    """Tabla nativa que se parte entre páginas; ``okrs``: código → su franja."""
    por_okr = {codigo: [f for f in filas if f.okr == codigo] for codigo in okrs}
    franjas = (
        "\n(titulo:"
        f" [{tesc(f'{okrs[codigo].titulo} — {okrs[codigo].resumen}')}{marca(okrs[codigo].marca)}],"
        f" kpis: {lista(map(_fila, propias))})"
        for codigo, propias in por_okr.items()
        if propias
    )
    return f"#tabla-kpis({lista(franjas)})"


def _fila(f: Fila) -> str:
    motivo = f" #menor[({tesc(f.motivo)})]" if f.motivo else ""
    certeza = f" \\ #menor[{_en_lineas(f.certeza_en_breve)}]" if f.certeza_en_breve else ""
    serie = (
        f"[#chispa({tcadena(f.chispa)},"
        f" {tcadena(f.serie)}){marca(f.marca_serie) if f.marca_serie != f.marca_ultimo else ''}]"
        if f.chispa
        else "[]"
    )
    return "\n  " + lista(
        (
            f"[*{tesc(f.codigo)}* #menor[nivel {f.nivel}] \\ {tesc(f.nombre)}{motivo}]",
            (
                f"dato([{_muy_partible(f.base)}{marca(f.marca_base)}],"
                f" [{tesc(f.base_periodo)}{_llamada(f.fuente_base)}])"
            ),
            (
                f"dato([{_muy_partible(f.ultimo)}{marca(f.marca_ultimo)}],"
                f" [{tesc(f.ultimo_periodo)}{_llamada(f.fuente if f.sello else None)}])"
            ),
            f"dato([{_muy_partible(f.meta)}], [{tesc(f.meta_periodo)}])",
            (
                f"dato([{tesc(f.avance)}{marca(f.marca_avance)}],"
                f" [{f'ritmo {tesc(f.ritmo)}' if f.avance != '—' else ''}])"
            ),
            serie,
            f"[{sello(f.estado, f.posible)}{certeza}]",
        )
    )


def _en_lineas(partes: Iterable[str]) -> str:
    return " \\ ".join(map(tesc, partes))


def _llamada(fuente: int | None) -> str:
    """Número de la fuente en la lista del final."""
    return f" \\[{fuente}\\]" if fuente else ""


def partible(cifra: str) -> str:
    """Una cifra con unidad larga se parte tras el número: su columna es estrecha."""
    return tesc(cifra.replace(FINO, " ", 1) if len(cifra) > CABE else cifra)


def _muy_partible(cifra: str) -> str:
    """``partible`` donde ni la unidad sola cabe: en una sílaba suya, con guion."""
    unidad = cifra.partition(FINO)[2]
    return partible(SILABA.sub("\u00ad", cifra) if len(unidad) > CABE else cifra)


def grafico(svg: str, alt: str, titulo: str, subtitulo: str, ancho: float, alto: float) -> str:
    """Un gráfico ya dibujado para papel: título y subtítulo van como texto, fuera del SVG."""
    return (
        f"#grafico({tcadena(svg)}, titulo: [{tesc(titulo)}], subtitulo: [{tesc(subtitulo)}], alt:"
        f" {tcadena(alt)}, ancho: {ancho:g}, alto: {alto:g})"
    )


def fuentes(
    usadas: Mapping[str, Fuente],
    datos: Mapping[str, Sequence[str]],
    metodo: Metodo,
    interes: str = "",
) -> str:
    """Las fuentes de las cifras, en el orden de su número, con su fecha de acceso, su fiabilidad y
    la fecha de cada dato (``datos``), el método en pocas líneas y la declaración de interés, si la
    hay.
    """
    entradas = (
        f"[*{tesc(f.institucion)}*: {tesc(f.titulo)}"
        f" ({tesc(f'consultada el {f.fecha_acceso.isoformat()}, fiabilidad {f.fiabilidad}')})"
        + (f". {tesc('; '.join(datos[i]))}." if i in datos else "")
        + "]"
        for i, f in usadas.items()
    )
    ruta, acelerar = (
        numero(b, 2) for b in (metodo.bandas.en_ruta, metodo.bandas.requiere_acelerar)
    )
    declarado = (f"*Declaración de interés*: {tesc(interes)}",) if interes else ()
    lineas = (
        *declarado,
        (
            "*Avance*: parte del camino recorrida entre la línea de base y la meta. *Ritmo*:"
            f" avance dividido entre el avance esperado a la fecha del dato; en ruta desde {ruta},"
            f" requiere acelerar desde {acelerar}, rezagado desde 0, en retroceso bajo 0."
        ),
        (
            "*Objetivos y misión*: media del avance de sus KPI, donde pesan más los niveles más"
            " directos. Se dice cuántos KPI se evaluaron; con menos del"
            f" {tesc(porcentaje(metodo.cobertura_minima))} no hay cifra. Las cotas leen lo no"
            " evaluado como 0 y como 100 por ciento."
        ),
        (
            "*Cuán seguro es*: ¿está peor que la línea de base? ¿va al paso de la meta? Lo que los"
            " casos sostienen: señal clara (probabilidad de 0.95 o más, y el intervalo concuerda),"
            " probable (0.75 o más) o no se distingue. Un retroceso sin señal clara es posible: ▽."
        ),
        (
            f"*Privacidad y naturaleza*: las cuentas de menos de {metodo.k} personas se protegen."
            f" {NOTA_DE_NATURALEZA}"
        ),
    )
    return f"#fuentes({lista(entradas)})\n#metodo({', '.join(f'[{x}]' for x in lineas)})"
