"""Avance, esperado, ritmo y estado de cada KPI (``method.md``, «Progress of a KPI»), en polars.

Con línea de base ``(t0, b)``, meta ``(T, m)``, último valor ``y`` en ``t`` y trayectoria esperada
``e(t)``::

    avance   = (y − b) / (m − b)
    esperado = (e(t) − b) / (m − b)        1 desde T
    ritmo    = avance / esperado           nulo si esperado = 0

Es la aritmética de CEPLAN tipo II, (VO − LB) / (LE − LB), para ambos sentidos y con base cero.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from ..base.periodos import mes_de
from ..catalogo.modelos import CIUDADANO
from ..catalogo.territorio import Metodo
from .naturaleza import menos_firme_de
from .quiebres import cruza
from .senda import con_esperado

EPSILON = 1e-9


def evaluar(
    series: pl.DataFrame,
    fichas: pl.DataFrame,
    trayectorias: pl.DataFrame,
    metodo: Metodo,
    fecha_corte: date,
    callados: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Una fila por KPI y lugar presente en ``series``, más los KPI sin serie (``lugar`` nulo).

    ``series``: filas
    ``kpi, lugar, fin, periodo, valor, protegido, fuente, fecha_dato, estado, naturaleza``.
    ``callados``: con sus mismas columnas, lo protegido que es posterior al último bloque de una
    serie agrupada; cuenta donde el bloque no sirve. Devuelve la tabla ``EVALUACION``, con las
    columnas que traiga ``fichas``.
    """
    ultimo = _ultimo_posterior(series, fichas)
    if callados is not None:
        ultimo = _con_callados(ultimo, _ultimo_posterior(callados, fichas), fichas, fecha_corte)
    tabla = fichas.join(ultimo, on="kpi", how="left", maintain_order="left")
    tabla = con_esperado(tabla, trayectorias)
    tabla = _con_avance(tabla)
    return _con_estado(tabla, metodo, fecha_corte)


def _ultimo_posterior(series: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    """Última medida de cada serie posterior a la línea de base; protegida cuenta como medida.

    Un bloque de periodos agrupados que empezó antes del cierre de la línea de base la contiene en
    parte: no es posterior.
    """
    bloque_anterior = (pl.col("agrupado") > 0) & (
        pl.col("fin") - pl.col("agrupado") < pl.col("fin_base")
    )
    return (
        series.join(fichas.select("kpi", "fin_base"), on="kpi")
        .filter(
            pl.col("fin_base").is_null() | ((pl.col("fin") > pl.col("fin_base")) & ~bloque_anterior)
        )
        .sort("fin")
        .group_by("kpi", "lugar", maintain_order=True)
        .last()
        .select(
            "kpi",
            "lugar",
            "fin",
            "periodo",
            "valor",
            "protegido",
            "fuente",
            "fecha_dato",
            "numerador",
            "denominador",
            pl.col("estado").alias("validacion"),
            "naturaleza",
        )
        .sort("kpi", "lugar")
    )


def _con_callados(
    ultimo: pl.DataFrame, callados: pl.DataFrame, fichas: pl.DataFrame, fecha_corte: date
) -> pl.DataFrame:
    """La medida protegida en vez del bloque que falta o venció: quien informó a tiempo no debe
    nada, solo no se puede decir.
    """
    vigentes = ultimo.join(fichas.select("kpi", "meses_plazo", "gracia"), on="kpi").filter(
        ~_vencido(fecha_corte)
    )
    sirven = callados.join(vigentes, on=["kpi", "lugar"], how="anti")
    return pl.concat([ultimo.join(sirven, on=["kpi", "lugar"], how="anti"), sirven]).sort(
        "kpi", "lugar"
    )


def _vencido(fecha_corte: date) -> pl.Expr:
    return (pl.col("fin") + pl.col("meses_plazo") + pl.col("gracia")) <= mes_de(fecha_corte)


def _con_avance(tabla: pl.DataFrame) -> pl.DataFrame:
    c = pl.col
    recorrido = c("m") - c("b")
    tabla = tabla.with_columns(
        cruza(tabla, c("inicio_base"), c("fin")).alias("quebrada"),
        ((recorrido.abs() <= _holgura("m", "b")) | (c("sentido") == "no definido")).alias(
            "mantener"
        ),
    )
    medible = c("valor").is_not_null() & ~c("mantener") & ~c("quebrada")
    return tabla.with_columns(
        pl.when(medible).then((c("valor") - c("b")) / recorrido).alias("avance"),
        pl.when(medible).then((c("valor_esperado") - c("b")) / recorrido).alias("esperado"),
    ).with_columns(
        pl.when(c("esperado").abs() > EPSILON).then(c("avance") / c("esperado")).alias("ritmo")
    )


def _holgura(*columnas: str) -> pl.Expr:
    """Tolerancia de comparación a la escala de los valores: cambiar de unidad no cambia el
    resultado.
    """
    return EPSILON * pl.max_horizontal(pl.col(x).abs() for x in columnas)


def _con_estado(tabla: pl.DataFrame, metodo: Metodo, fecha_corte: date) -> pl.DataFrame:
    """Precedencia: sin datos > protegido > sin meta > sin línea de base > vencido > alcanzado >
    bandas.

    De un KPI restringido no se publica ni siquiera si hay datos: siempre es «dato protegido».
    """
    c, lit = pl.col, pl.lit
    restringido = c("acceso") != CIUDADANO
    tabla = tabla.with_columns(
        _vencido(fecha_corte).alias("vencido"), _naturaleza().alias("naturaleza_resultado")
    )
    estado = (
        pl.when(restringido)
        .then(lit("dato protegido"))
        .when(c("fin").is_null())
        .then(lit("sin datos"))
        .when(c("protegido"))
        .then(lit("dato protegido"))
        .when(c("m").is_null())
        .then(lit("sin meta"))
        .when(c("b").is_null() | c("quebrada"))
        .then(lit("sin línea de base"))
        .when(c("vencido"))
        .then(lit("dato vencido"))
        .when(c("mantener"))
        .then(pl.when(_fuera()).then(lit("en retroceso")).otherwise(lit("alcanzado")))
        .when(c("avance") >= 1 - EPSILON)
        .then(lit("alcanzado"))
        .otherwise(_banda(metodo))
    )
    motivo = (
        pl.when(restringido)
        .then(pl.format("de acceso «{}»: no se publica", c("acceso")))
        .when((c("estado") == "sin datos") & ~c("cobertura_distrital"))
        .then(lit("fuente sin cobertura distrital"))
        .when((c("estado") == "sin datos") & c("b").is_null())
        .then(lit("no hay ningún dato"))
        .when(c("estado") == "sin datos")
        .then(lit("nada posterior a la línea de base"))
        .when(c("estado") == "dato protegido")
        .then(lit(f"publicarlo permitiría señalar a menos de {metodo.k} personas"))
        .when((c("estado") == "sin línea de base") & c("b").is_null())
        .then(lit("no hay línea de base"))
        .when(c("estado") == "sin línea de base")
        .then(lit("la fuente cambió de método después de la línea de base"))
        .when(c("estado") == "dato vencido")
        .then(lit("más antiguo que su frecuencia y su gracia"))
    )
    return tabla.with_columns(estado.alias("estado")).with_columns(motivo.alias("motivo"))


def _fuera() -> pl.Expr:
    """*Mantener*: ¿salió de ``m ± tolerancia`` por el lado malo? Ambos lados solo si el sentido es
    no definido.
    """
    c = pl.col
    desvio = c("valor") - c("m")
    malo = (
        pl.when(c("sentido") == "ascendente")
        .then(-desvio)
        .when(c("sentido") == "descendente")
        .then(desvio)
        .otherwise(desvio.abs())
    )
    return malo > c("tolerancia") + _holgura("m", "valor")


def _banda(metodo: Metodo) -> pl.Expr:
    c, lit = pl.col, pl.lit
    return (
        pl.when(c("avance") < -EPSILON)
        .then(lit("en retroceso"))
        .when(c("esperado").abs() <= EPSILON)
        .then(lit("en ruta"))
        .when(c("ritmo") >= metodo.bandas.en_ruta - EPSILON)
        .then(lit("en ruta"))
        .when(c("ritmo") >= metodo.bandas.requiere_acelerar - EPSILON)
        .then(lit("requiere acelerar"))
        .otherwise(lit("rezagado"))
    )


def _naturaleza() -> pl.Expr:
    """La del resultado es la menos firme de sus insumos: último dato y, si se usó, línea de
    base.
    """
    return pl.when(pl.col("naturaleza").is_not_null()).then(
        menos_firme_de("naturaleza", "naturaleza_base")
    )
