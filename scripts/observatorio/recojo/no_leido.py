"""Lo que un archivo trae y nadie va a leer, y lo que se lee aunque en la hoja no se vea, dicho
antes de que entre: nada de eso pasa en silencio.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .hojas.cuadricula import Hoja, letra
from .lote import Lote
from .titulos import es_de_sistema

MOSTRADAS = 12
BORRARLAS = "borre lo que no va y vuelva a enviar el archivo"


def no_leido(lote: Lote) -> Iterator[str]:
    """Una frase con las hojas que no se leen y otra, por cada hoja leída, con sus columnas que no
    se leen (salvo las que pone la máquina).
    """
    leidas = {x.hoja for x in lote.lecturas}
    sin_leer = [
        h
        for h in lote.hojas
        if h.nombre not in leidas and any(v not in (None, "") for f in h.filas for v in f)
    ]
    otras = [h.nombre for h in sin_leer if not h.oculta]
    if otras:
        yield f"No se {'lee la hoja' if len(otras) == 1 else 'leen las hojas'} {lista(otras)}."
    # La de la planilla sí se lee: dice dónde está cada respuesta.
    ocultas = [h.nombre for h in sin_leer if h.oculta and lote.tipo != "planilla"]
    if ocultas:
        cuales = "lee la hoja oculta" if len(ocultas) == 1 else "leen las hojas ocultas"
        yield f"No se {cuales} {lista(ocultas)}."
    de_nombre = {h.nombre: h for h in lote.hojas}
    for lectura in lote.lecturas:
        yield from ocultas_que_se_leen(
            de_nombre[lectura.hoja],
            lectura.fila_titulos,
            lectura.declaradas,
            lote.filas_fuera if lectura.hoja == lote.hoja else frozenset(),
        )
        faltan = _columnas(de_nombre[lectura.hoja], lectura.fila_titulos, lectura.declaradas)
        if faltan:
            yield (
                f"De «{lectura.hoja}» no se"
                f" {'lee la columna' if len(faltan) == 1 else 'leen las columnas'}"
                f" {lista(faltan)}."
            )


def ocultas_que_se_leen(
    hoja: Hoja,
    fila_titulos: int,
    leidas: frozenset[int] | None = None,
    fuera: frozenset[int] = frozenset(),
    remedio: str = BORRARLAS,
) -> Iterator[str]:
    """Una frase con las filas ocultas de una hoja que se lee y otra con sus columnas ocultas.

    Un filtro no borra: quien mira la hoja ve menos filas que las que se suman. ``leidas``: las
    columnas que se leen; sin ellas, solo se miran las filas. ``fuera``: las filas que no se
    cuentan, de las que ya se dice por qué. ``remedio``: qué hacer si alguna no va.
    """
    filas = sorted(f for f in hoja.filas_ocultas - fuera if f > fila_titulos)
    if filas:
        una = len(filas) == 1
        cuantas = "lee también 1 fila oculta" if una else f"leen también {len(filas)} filas ocultas"
        yield (
            f"«{hoja.nombre}»: se {cuantas} por un filtro o a mano ({tramos(filas)}): {remedio}."
        )
    columnas = [
        hoja.texto(fila_titulos, c) or letra(c)
        for c in sorted(hoja.columnas_ocultas & (leidas or frozenset()))
    ]
    if columnas:
        cuales = "lee la columna oculta" if len(columnas) == 1 else "leen las columnas ocultas"
        yield f"De «{hoja.nombre}» se {cuales} {lista(columnas)}."


def tramos(filas: Sequence[int]) -> str:
    """``[3, 4, 5, 9] → "filas 3 a 5 y 9"``."""
    hallados: list[list[int]] = []
    for f in filas:
        if hallados and f == hallados[-1][1] + 1:
            hallados[-1][1] = f
        else:
            hallados.append([f, f])
    dichos = [str(a) if a == b else f"{a} a {b}" for a, b in hallados[:MOSTRADAS]]
    if len(hallados) > MOSTRADAS:
        dichos.append(f"{sum(b - a + 1 for a, b in hallados[MOSTRADAS:])} más")
    unidos = " y ".join(x for x in (", ".join(dichos[:-1]), dichos[-1]) if x)
    return f"{'fila' if len(filas) == 1 else 'filas'} {unidos}"


def _columnas(hoja: Hoja, fila: int, declaradas: frozenset[int]) -> list[str]:
    ancho = max((len(f) for f in hoja.filas[fila - 1 :]), default=0)
    sin_titulo = {c for f in hoja.filas[fila:] for c, v in enumerate(f, 1) if v not in (None, "")}
    salida = []
    for c in (c for c in range(1, ancho + 1) if c not in declaradas):
        titulo = hoja.texto(fila, c)
        if titulo and not es_de_sistema(titulo):
            salida.append(titulo)
        elif not titulo and c in sin_titulo:
            salida.append(f"{letra(c)}, sin título")
    return salida


def lista(nombres: list[str]) -> str:
    """``["a", "b"] → "«a», «b»"``; de muchos, los primeros."""
    dichos = ", ".join(f"«{n}»" for n in nombres[:MOSTRADAS])
    return dichos + (f" y {len(nombres) - MOSTRADAS} más" if len(nombres) > MOSTRADAS else "")
