"""Lo que acompaña a cada estado: intervalo, segunda opinión, tendencia, cambio necesario y
proyección.
"""

from __future__ import annotations

import polars as pl

from ..base.periodos import MESES_DEL_ANIO
from ..catalogo.territorio import Metodo
from .avance import EPSILON
from .ceplan import con_semaforo
from .certeza import CLARA, con_certeza
from .columnas import ANALISIS
from .estados import RETROCESO
from .intervalos import con_intervalos
from .naturaleza import menos_firme_de
from .registros import Retrocesos
from .tendencia import INSUFICIENTE, tendencias


def analizar(
    evaluacion: pl.DataFrame,
    series: pl.DataFrame,
    fichas: pl.DataFrame,
    metodo: Metodo,
) -> pl.DataFrame:
    """Una fila por fila de ``evaluacion``, en su orden: la tabla ``ANALISIS``.

    ``series`` son las comparables, ya públicas; de ellas salen la tendencia y, si la ficha no los
    declara, los casos que midió la línea de base. ``naturaleza_tendencia`` es la menos firme de los
    puntos de la recta; ``naturaleza_analisis``, la de todo lo demás con ella.
    """
    con_base = _con_casos_de_base(evaluacion, series, fichas)
    con_senales = con_certeza(con_intervalos(con_base), metodo)
    tabla = con_semaforo(con_senales).join(
        tendencias(series, fichas), on=["kpi", "lugar"], how="left", maintain_order="left"
    )
    tabla = tabla.with_columns(
        pl.col("puntos").fill_null(0), pl.col("tendencia").fill_null(INSUFICIENTE)
    )
    tabla = tabla.with_columns(
        menos_firme_de("naturaleza_resultado", "naturaleza_tendencia").alias("naturaleza_analisis")
    )
    return con_proyeccion(tabla).select(ANALISIS.nombres)


def retrocesos(evaluacion: pl.DataFrame, analisis: pl.DataFrame) -> dict[str, Retrocesos]:
    """``misión → sus retrocesos``, claros y posibles; las que no tienen ninguno no están."""
    suyos = evaluacion.filter(pl.col("estado") == RETROCESO).join(
        analisis.select("kpi", "senal_base"), on="kpi", how="left"
    )
    por_mision = suyos.group_by("mision").agg(
        (pl.col("senal_base") == CLARA).fill_null(False).sum().alias("claros"), pl.len().alias("n")
    )
    return {
        mision: Retrocesos(claros, n - claros)
        for mision, claros, n in por_mision.sort("mision").iter_rows()
    }


def _con_casos_de_base(
    evaluacion: pl.DataFrame, series: pl.DataFrame, fichas: pl.DataFrame
) -> pl.DataFrame:
    """Añade ``base_numerador`` y ``base_denominador``: los que declara la ficha y, si no, los de la
    observación de su periodo.
    """
    c, declara = pl.col, pl.col("den_base").is_not_null()
    medida = evaluacion.join(
        _base_medida(series, fichas), on=["kpi", "lugar"], how="left", maintain_order="left"
    )
    return medida.with_columns(
        pl.when(declara).then("num_base").otherwise("base_numerador").alias("base_numerador"),
        pl.when(declara)
        .then("den_base")
        .otherwise(c("base_denominador"))
        .alias("base_denominador"),
    )


def _base_medida(series: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    """Numerador y denominador de la línea de base, si su periodo se observó y dio el mismo
    valor.
    """
    c = pl.col
    return (
        series.join(fichas.select("kpi", c("fin_base").alias("fin"), "b"), on=["kpi", "fin"])
        .filter((c("valor") - c("b")).abs() <= 0.005 * c("b").abs())
        .select(
            "kpi",
            "lugar",
            c("numerador").alias("base_numerador"),
            c("denominador").alias("base_denominador"),
        )
    )


def con_proyeccion(tabla: pl.DataFrame) -> pl.DataFrame:
    """Añade ``necesario_por_anio`` y ``proyeccion`` con sus límites; nulos desde T y donde no hay
    avance o tendencia.

    ``necesario = (m − y) / (T − t)`` y ``proyección = pivote + pendiente · (T − t_pivote)``: la
    recta de Theil–Sen pasa por el punto mediano y sus límites son los de la pendiente. Un
    porcentaje no sale de 0–100 ni un recuento baja de 0.
    """
    c = pl.col
    faltan = (c("fin_meta") - c("fin")) / MESES_DEL_ANIO
    abierta = c("avance").is_not_null() & (faltan > 0)
    plazo = c("fin_meta") / MESES_DEL_ANIO - c("pivote_t")
    suelo, techo = (
        pl.when(c("proporcion") | c("recuento")).then(0.0),
        pl.when("proporcion").then(c("factor")),
    )

    def en_meta(pendiente: str) -> pl.Expr:
        recta = c("pivote_valor") + c(pendiente) * plazo
        conocida = abierta & recta.is_not_null()
        acotada = pl.min_horizontal(pl.max_horizontal(recta, suelo), techo)
        return pl.when(conocida).then(acotada)

    return tabla.with_columns(
        pl.when(abierta & (c("avance") < 1 - EPSILON))
        .then((c("m") - c("valor")) / faltan)
        .alias("necesario_por_anio"),
        en_meta("pendiente").alias("proyeccion"),
        en_meta("pendiente_min").alias("proyeccion_min"),
        en_meta("pendiente_max").alias("proyeccion_max"),
    )
