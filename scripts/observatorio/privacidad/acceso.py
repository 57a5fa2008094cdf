"""Lo restringido fuera de la tabla: líneas de base, lo que las diría, y correcciones ocultas."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace

import polars as pl

from ..base.texto import con_textos
from ..catalogo import Catalogo
from ..catalogo.modelos import CIUDADANO, Acceso, Kpi
from ..metodo.estados import PROTEGIDO

CELDA = ("kpi", "periodo", "lugar", "grupo", "unidad")
IGUAL = 1e-9
NIVELES: tuple[Acceso, ...] = (CIUDADANO, "decisor", "técnico")
"""De quien ve menos a quien ve más."""


def metas_protegidas(catalogo: Catalogo, sin_base: Set[str]) -> set[str]:
    """KPI de *mantener* cuya línea de base no se publica: su meta es la misma cifra, y la diría.

    Iguales son las que se escriben igual con los decimales del KPI. Otra meta es un compromiso, no
    una medida: se publica.
    """
    return {
        c
        for c, k in catalogo.kpis.items()
        if (c in sin_base or not k.publico)
        and k.linea_base
        and k.meta
        and abs(k.meta.valor - k.linea_base.valor) <= 0.5 / 10**k.decimales + IGUAL
    }


def catalogo_publico(catalogo: Catalogo, sin_base: Set[str]) -> Catalogo:
    """El catálogo sin las líneas de base que no se publican ni lo que las diría.

    No se publican las de ``sin_base`` (códigos de KPI) y las de acceso restringido. Los logros
    esperados van de la línea de base a la meta: la senda, prolongada hacia atrás, llega a ella.
    """
    sin_meta = metas_protegidas(catalogo, sin_base)
    return _con_kpis(catalogo, lambda k: _kpi_publico(k, sin_base, sin_meta))


def _kpi_publico(kpi: Kpi, sin_base: Set[str], sin_meta: Set[str]) -> Kpi:
    if kpi.publico and kpi.codigo not in sin_base:
        return kpi
    return kpi.model_copy(
        update={"linea_base": None, "logros_esperados": {}}
        | ({"meta": None} if kpi.codigo in sin_meta else {})
    )


def catalogo_de_nivel(publico: Catalogo, completo: Catalogo, acceso: Acceso) -> Catalogo:
    """El catálogo que puede leer ``acceso``.

    El ciudadano, el público; el decisor, además las fichas de su nivel; el técnico, todo.
    """
    if acceso == "técnico":
        return completo
    fichas = {c: k for c, k in completo.kpis.items() if k.acceso == acceso != CIUDADANO}
    return _con_kpis(publico, lambda k: fichas.get(k.codigo, k))


def lo_que_ve(acceso: Acceso) -> tuple[Acceso, ...]:
    """Los accesos que puede ver un nivel: cada uno, el suyo y los de antes."""
    return NIVELES[: NIVELES.index(acceso) + 1]


def abierto_a(catalogo: Catalogo, nivel: Acceso) -> Catalogo:
    """El catálogo como lo recorre la edición de ``nivel``: los KPI que ese nivel ve son para ella
    los abiertos, y ``reservados`` guarda de quién son. Al público no le cambia nada.

    El umbral, la supresión y las guardas rigen igual en todos los niveles: ninguno ve una celda
    protegida.
    """
    suyos = {
        c: k.acceso
        for c, k in catalogo.kpis.items()
        if not k.publico and k.acceso in lo_que_ve(nivel)
    }
    if not suyos:
        return catalogo
    abierto = _con_kpis(
        catalogo,
        lambda k: k.model_copy(update={"acceso": CIUDADANO}) if k.codigo in suyos else k,
    )
    return replace(abierto, reservados=suyos)


def _con_kpis(catalogo: Catalogo, cambiado: Callable[[Kpi], Kpi]) -> Catalogo:
    """El catálogo con cada KPI cambiado; lo demás queda como está."""
    misiones = tuple(
        m.model_copy(
            update={
                "okrs": tuple(
                    o.model_copy(update={"kpis": tuple(map(cambiado, o.kpis))}) for o in m.okrs
                )
            }
        )
        for m in catalogo.misiones
    )
    return replace(catalogo, misiones=misiones)


def con_motivo(evaluacion: pl.DataFrame, k: int) -> pl.DataFrame:
    """Dice en ``estado`` y ``motivo`` por qué un KPI con ``base_protegida`` no tiene línea de base.

    Si su meta también se protege, no es que le falte. ``evaluacion``: una fila por KPI; ``k``, el
    umbral, en casos.
    """
    c = pl.col
    porque = c("base_protegida") & (
        (c("estado") == "sin línea de base") | (c("meta_protegida") & (c("estado") == "sin meta"))
    )
    base = (
        pl.when("meta_protegida")
        .then(
            pl.lit(f"la línea de base es un {PROTEGIDO}, y también la meta, que es la misma cifra")
        )
        .otherwise(pl.lit(f"la línea de base es un {PROTEGIDO}"))
    )
    return evaluacion.with_columns(
        pl.when(porque).then(pl.lit("sin línea de base")).otherwise("estado").alias("estado"),
        pl.when(porque)
        .then(
            pl.format("{}: publicarla permitiría señalar a menos de {} personas", base, pl.lit(k))
        )
        .otherwise("motivo")
        .alias("motivo"),
    )


def correcciones_publicas(correcciones: pl.DataFrame, publica: pl.DataFrame) -> pl.DataFrame:
    """Las correcciones de celdas públicas, una por fila, con su ``naturaleza``.

    Donde algo del mismo KPI y periodo se oculta, sin antes, después ni motivo: lo que cambia un
    total a la vista es lo que cambió la parte oculta que se corrigió con él, y basta restar. Por
    eso de una celda oculta tampoco se dice cuál es.
    """
    c = pl.col
    if correcciones.is_empty():
        return correcciones.with_columns(pl.lit("").alias("naturaleza"))
    de_ellas = publica.filter(
        c("agrupado") == 0, c("kpi").is_in(correcciones["kpi"].unique().implode())
    )
    celdas = con_textos(de_ellas).select(
        *CELDA,
        "naturaleza",
        c("protegido").alias("propia"),
        c("protegido").any().over("kpi", "periodo").alias("alguna"),
    )
    callar = {
        "alguna": ("antes", "despues", "motivo"),
        "propia": ("lugar", "grupo", "unidad", "archivo"),
    }
    return (
        correcciones.join(celdas, on=list(CELDA), how="inner", maintain_order="left")
        .with_columns(
            pl.when(marca).then(pl.lit(PROTEGIDO)).otherwise(c(x)).alias(x)
            for marca, columnas in callar.items()
            for x in columnas
            if x in correcciones.columns
        )
        .drop(callar)
    )
