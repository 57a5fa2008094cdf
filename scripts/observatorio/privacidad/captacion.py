"""Las sumas entre las unidades que informan y los anexos que atienden.

Una unidad cubre su ``captacion``, no el anexo de su sede: un puesto con sede en un anexo cuenta a
la gente de varios, y sumarlo a uno solo enlazaría lo que no suma. Donde las captaciones se tocan,
las unidades de ese tramo suman sus anexos; las que caen enteras en una captación no la pasan, y los
anexos que solo atienden unas unidades no pasan de ellas.

Solo se enlaza lo que de verdad suma: unidades y anexos de un KPI que salen de registros distintos
(atendidos y residentes) no coinciden casi nunca, y nadie puede restar lo que no cuadra. Si los
tramos completos del KPI cuadran en la mitad de sus periodos o más, o no hay ninguno con que verlo,
se enlazan todos.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from .columnas import CUENTAS, ECUACIONES, PARTE, TOTAL_EC

TOTAL = "total"
MINIMO = 1e-6
CASI_SIEMPRE = 0.5

Captaciones = Mapping[str, tuple[str, ...]]
"""Los lugares que cubre cada unidad; solo las que cubren otra cosa que el lugar en que están."""
Suma = tuple[frozenset[str], frozenset[str]]


def con_captacion(celdas: pl.DataFrame, captaciones: Captaciones) -> list[str]:
    """Los KPI que informa alguna unidad con captación propia y que también se abren por lugares."""
    if not captaciones:
        return []
    c = pl.col
    por_lugar = celdas.filter(c("unidad") == "")["kpi"].unique().cast(pl.String)
    por_unidad = (
        celdas.select("kpi", c("unidad").cast(pl.String))
        .filter(c("unidad").is_in(list(captaciones)))["kpi"]
        .unique()
        .cast(pl.String)
    )
    return sorted(set(por_unidad) & set(por_lugar))


def de_la_captacion(
    celdas: pl.DataFrame, captaciones: Captaciones, lugar_total: str
) -> pl.DataFrame:
    """Las sumas de unidades y lugares de cada periodo y grupo; ``columnas.ECUACIONES``.

    ``celdas``: ``celda, kpi, fin, lugar, grupo, unidad, a, b``, sin agrupar.
    """
    c = pl.col
    kpis = con_captacion(celdas, captaciones)
    if not kpis:
        return ECUACIONES.vacia()
    propias = celdas.filter(
        c("kpi").is_in(kpis), (c("unidad") != "") | (c("lugar") != lugar_total)
    ).select(
        "celda",
        c("kpi").cast(pl.String),
        "fin",
        c("grupo").cast(pl.String),
        pl.when(c("unidad") != "")
        .then(pl.format("u:{}", c("unidad").cast(pl.String)))
        .otherwise(pl.format("l:{}", c("lugar").cast(pl.String)))
        .alias("quien"),
        c("lugar").cast(pl.String).alias("sede"),
        *CUENTAS,
    )
    quienes = propias.select("kpi", "quien", "sede").unique().sort("kpi", "quien")
    filas = [
        (kpi, numero, quien, papel, entera)
        for kpi in kpis
        for numero, (totales, partes, entera) in enumerate(
            _sumas(quienes.filter(c("kpi") == kpi), captaciones)
        )
        for papel, juntos in ((TOTAL_EC, totales), (PARTE, partes))
        for quien in sorted(juntos)
    ]
    molde = pl.DataFrame(
        filas,
        schema={
            "kpi": pl.String,
            "suma": pl.UInt32,
            "quien": pl.String,
            "papel": pl.String,
            "entera": pl.Boolean,
        },
        orient="row",
    ).with_columns(
        (c("papel") == TOTAL_EC).sum().over("kpi", "suma").alias("totales"),
        (c("papel") == PARTE).sum().over("kpi", "suma").alias("partes"),
    )
    clave = ["kpi", "suma", "fin", "grupo"]
    hay_total, hay_parte = c("papel") == TOTAL_EC, c("papel") == PARTE
    puestas = (
        propias.join(molde, on=["kpi", "quien"])
        .with_columns(
            hay_total.sum().over(clave).alias("con_total"),
            hay_parte.sum().over(clave).alias("con_parte"),
        )
        .filter(c("con_total") == c("totales"), c("con_parte") > 0)
    )
    if puestas.is_empty():
        return ECUACIONES.vacia()
    puestas = puestas.join(_enlazados(puestas, clave), on="kpi", how="semi")
    numeros = puestas.select(clave).unique().sort(clave).with_row_index("ecuacion")
    return (
        puestas.join(numeros, on=clave)
        .select(*(c(n).cast(t) for n, t in ECUACIONES.esquema.items()))
        .sort("ecuacion", "papel", "celda")
    )


def _enlazados(puestas: pl.DataFrame, clave: list[str]) -> pl.DataFrame:
    """``kpi`` cuyos tramos completos cuadran casi siempre, o que no tiene ninguno completo."""
    c = pl.col
    signo = pl.when(c("papel") == TOTAL_EC).then(1.0).otherwise(-1.0)
    completos = (
        puestas.filter("entera", c("grupo") == TOTAL, c("con_parte") == c("partes"))
        .filter(c("a").is_not_null().all().over(clave))
        .group_by(clave)
        .agg(
            pl.any_horizontal((c(q) * signo).sum().abs() <= MINIMO for q in CUENTAS).alias("cuadra")
        )
        .group_by("kpi")
        .agg(c("cuadra").mean())
    )
    discordes = completos.filter(c("cuadra") < CASI_SIEMPRE)
    return puestas.select("kpi").unique().join(discordes, on="kpi", how="anti")


def _sumas(
    quienes: pl.DataFrame, captaciones: Captaciones
) -> Iterator[tuple[frozenset[str], frozenset[str], bool]]:
    """``(totales, partes, si es un tramo entero)`` de un KPI, sin repetir."""
    lugares = {q for q in quienes["quien"] if q.startswith("l:")}
    cubre = {
        q: frozenset(f"l:{x}" for x in captaciones.get(q[2:], (sede,)))
        for q, sede in quienes.filter(pl.col("quien").str.starts_with("u:"))
        .select("quien", "sede")
        .iter_rows()
    }
    vistas: set[Suma] = set()
    for unidades, tramo in _tramos(cubre):
        if not tramo <= lugares:
            continue
        posibles: list[Suma] = [(tramo, unidades)]
        posibles += [
            (s, frozenset(u for u in unidades if cubre[u] <= s))
            for s in sorted({cubre[u] for u in unidades}, key=sorted)
        ]
        for lugar in sorted(tramo):
            suyas = frozenset(u for u in unidades if lugar in cubre[u])
            solo_suyos = frozenset(
                x for x in tramo if all(u in suyas for u in unidades if x in cubre[u])
            )
            if suyas != unidades:
                posibles.append((suyas, solo_suyos))
        for suma in posibles:
            if suma not in vistas:
                vistas.add(suma)
                yield (*suma, suma == (tramo, unidades))


def _tramos(cubre: Mapping[str, frozenset[str]]) -> Iterator[Suma]:
    """Las unidades cuyas captaciones se tocan, una con otra, y todo lo que cubren."""
    quedan = sorted(cubre)
    while quedan:
        juntas, tramo = {quedan[0]}, cubre[quedan[0]]
        while mas := {u for u in quedan if u not in juntas and cubre[u] & tramo}:
            juntas |= mas
            tramo = tramo.union(*(cubre[u] for u in mas))
        quedan = [u for u in quedan if u not in juntas]
        yield frozenset(juntas), tramo
