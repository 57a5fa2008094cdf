"""Revelación por diferencia (*differencing*): restar lo publicado antes de lo de hoy.

Un total que cambió delata a la única parte oculta que llegó después, o que se corrigió. Si lo
nuevo que reúne un total ya visto son celdas ocultas, la diferencia es su suma: deben ser dos o más
y sumar ``k``. Lo mismo si se veían y hoy, corregidas, se ocultan. Si no, se oculta otra parte
nueva o, si no la hay, el total. Si un periodo llega tarde a un bloque ya publicado se oculta
siempre lo que con él cambió en el bloque, porque sus diferencias se cruzan. Si un total cambió más
de lo que dicen sus partes a la vista, se movió una oculta; quien sepa cuál aprende cuánto, y se
oculta el total. Con un total se
ocultan las demás cifras que cambiaron a la vez. Y lo mismo entre cortes: si los sexos a la vista
cambiaron lo que los anexos a la vista no dicen, se movió un anexo oculto.

Las cinco pruebas toman la tabla de trabajo (``columnas.DECIDIDA``) y devuelven números de
``celda`` que ocultar.
"""

from __future__ import annotations

import polars as pl

from ..base.periodos import expr_meses_fin
from . import ecuaciones
from .columnas import CUENTAS, PARTE, TOTAL_EC
from .historial import CLAVE, ultima_publicacion
from .parametros import Reglas
from .primaria import con_familia
from .secundaria import MINIMO

INICIO = pl.col("fin") - pl.when(pl.col("agrupado") == 0).then("meses").otherwise("agrupado")
"""El mes tras el que empieza lo que la cifra cuenta."""
COLUMNAS = (
    "celda",
    "kpi",
    "fin",
    "lugar",
    "grupo",
    "unidad",
    "familia",
    "agrupado",
    "nivel",
    "cruzado",
    "a",
    "b",
    "p_a",
    "p_b",
    "oculta",
    "cambiada",
    "desde",
    "vista",
)
LLEGO_DESPUES = pl.col("desde").is_null() | (pl.col("desde") > pl.col("vista_total"))
"""La parte no estaba cuando el total se vio por última vez."""
SE_CORRIGIO = pl.col("cambiada") & (pl.col("vista") >= pl.col("vista_total"))
"""La parte se vio con el total, y hoy dice otra cosa."""


def expuestas_por_diferencia(tabla: pl.DataFrame, sumas: pl.DataFrame, k: int) -> set[int]:
    """Lo que oculta una resta de totales de dos ediciones; ``sumas``: ``sumas_con_retiradas``."""
    if sumas.is_empty():
        return set()
    con_oculta = sumas.join(tabla.select("celda", "oculta"), on="celda", how="left")
    return _por_llegadas(con_oculta.with_columns(pl.col("oculta").fill_null(True)), k)


def sumas_con_retiradas(tabla: pl.DataFrame, anterior: pl.DataFrame, r: Reglas) -> pl.DataFrame:
    """Cada suma con sus celdas, también las retiradas; ``ajena`` si junta familias distintas.

    No dice cuáles se ocultan: es lo único que cambia mientras se decide. Vacía si no hay
    ``anterior``.
    """
    if anterior.is_empty():
        return pl.DataFrame()
    con_ellas = pl.concat(
        [
            tabla.filter(~pl.col("virtual")).select(*COLUMNAS, pl.lit(False).alias("retirada")),
            _retiradas(tabla, anterior, r.lugar_total),
        ]
    )
    propias = ecuaciones.juntar(
        ecuaciones.del_periodo(con_ellas, r),
        ecuaciones.del_tiempo(con_ellas),
    )
    todas = ecuaciones.juntar(propias, ecuaciones.del_bloque_ajeno(con_ellas))
    ajena = (pl.col("ecuacion") >= propias["ecuacion"].n_unique()).alias("ajena")
    return todas.with_columns(ajena).join(con_ellas.drop("oculta"), on="celda")


def _por_llegadas(sumas: pl.DataFrame, k: int) -> set[int]:
    """Lo que ocultar donde lo que se movió es una sola parte o suma menos de ``k``.

    Se movió lo que llegó después, y lo que se vio y hoy se oculta con otra cifra.
    """
    c = pl.col
    totales = sumas.filter(c("papel") == TOTAL_EC, c("desde") > 0, ~c("oculta")).select(
        "ecuacion",
        c("celda").alias("total"),
        pl.max_horizontal("vista", "desde").alias("vista_total"),
        c("cambiada").alias("cambio"),
        (c("agrupado") > 0).alias("en_bloque"),
        *((c(q) - c(f"p_{q}")).alias(f"crece_{q}") for q in CUENTAS),
    )
    partes = sumas.filter(c("papel") == PARTE).join(totales, on="ecuacion")
    movida = c("oculta") & (LLEGO_DESPUES | SE_CORRIGIO) & ~c("retirada")
    resumen = partes.group_by("ecuacion", "total", "cambio", "en_bloque", "ajena").agg(
        (c("retirada") & ~LLEGO_DESPUES).sum().alias("retiradas"),
        movida.sum().alias("movidas"),
        *_lo_que_se_sabe(k),
        *(c(q).filter(movida).sum().alias(f"suma_{q}") for q in CUENTAS),
        c("celda")
        .filter(LLEGO_DESPUES & ~c("oculta"))
        .sort_by((c("a") + c("b")).filter(LLEGO_DESPUES & ~c("oculta")))
        .first()
        .alias("complementaria"),
    )
    escasas = (c("movidas") > 0) & (
        c("en_bloque") | (c("movidas") < 2) | (c("suma_a") < k) | (c("suma_b") < k)
    )
    delata_retirada = c("cambio") & (c("retiradas") > 0)
    delata_corregida = _delata_corregida()
    malas = resumen.filter(c("cambio") | ~c("ajena"), delata_retirada | escasas | delata_corregida)
    ocultar = malas.select(
        pl.when(delata_retirada | delata_corregida)
        .then("total")
        .otherwise(pl.coalesce("complementaria", "total"))
        .alias("celda")
    )
    return set(ocultar["celda"].to_list())


def _lo_que_se_sabe(k: int) -> list[pl.Expr]:
    """De cada suma: lo que cambiaron sus partes a la vista (``explica_a`` y ``explica_b``), si
    alguna se ocultaba cuando el total se vio (``destapada``), y si alguna que ya estaba se oculta y
    tiene menos de ``k`` (``fragil``).
    """
    c = pl.col
    a_la_vista = ~c("oculta")
    con_antes = c("vista") >= c("vista_total")
    cambio = {
        q: pl.when(LLEGO_DESPUES)
        .then(c(q))
        .when(c("cambiada") & con_antes)
        .then(c(q) - c(f"p_{q}"))
        .otherwise(0.0)
        for q in CUENTAS
    }
    return [
        *(x.filter(a_la_vista).sum().alias(f"explica_{q}") for q, x in cambio.items()),
        *(c(f"crece_{q}").first() for q in CUENTAS),
        (a_la_vista & ~LLEGO_DESPUES & ~con_antes).any().alias("destapada"),
        (c("oculta") & ~LLEGO_DESPUES & ~c("retirada") & ((c("a") < k) | (c("b") < k)))
        .any()
        .alias("fragil"),
    ]


def _delata_corregida() -> pl.Expr:
    """El total cambió y sus partes a la vista no lo explican: lo que falta es una oculta."""
    c = pl.col
    sin_explicar = pl.any_horizontal(
        (c(f"crece_{q}") - c(f"explica_{q}")).abs() > MINIMO for q in CUENTAS
    )
    propia = ~c("ajena") & ~c("en_bloque") & (c("movidas") == 0) & ~c("destapada")
    return (c("cambio") & propia & c("fragil") & sin_explicar).fill_null(False)


def delatan_una_correccion(tabla: pl.DataFrame, r: Reglas) -> set[int]:
    """Las cifras que cambiaron lo que otro corte del mismo periodo no explica.

    Cada corte (el total, los anexos, una dimensión, las unidades, sueltos o agrupados) suma lo
    mismo. Si en uno se oculta una celda frágil —menor que ``k``, o que se vio y hoy dice otra
    cosa— y sus partes a la vista no cambiaron lo que cambió otro, la diferencia es lo que la oculta
    se movió, y quien sepa cuál aprende que vale al menos eso. Donde llegaron celdas nuevas a otro
    corte no se sabe cuál creció, y no se mira.
    """
    c = pl.col
    visibles_cambiadas = ~c("oculta") & c("cambiada") & c("p_a").is_not_null()
    con_cambio = tabla.filter(visibles_cambiadas)["kpi"].unique()
    if con_cambio.is_empty():
        return set()
    celdas = (
        tabla.filter(
            c("kpi").is_in(con_cambio.implode()),
            ~c("virtual"),
            ~c("escasa"),
            c("a").is_not_null(),
        )
        .with_columns(
            INICIO.alias("inicio"),
            pl.concat_str(
                c("lugar") != r.lugar_total,
                c("grupo").str.split(":").list.first(),
                c("unidad") != "",
                "agrupado",
                separator="/",
            ).alias("corte"),
            (c("desde").is_null()).alias("nueva"),
            visibles_cambiadas.alias("delatora"),
        )
        .with_columns(
            (
                c("oculta")
                & ~c("nueva")
                & ~c("conocida")
                & ((c("a") < r.k) | (c("b") < r.k) | (c("vista") > 0))
            ).alias("fragil"),
            *(
                pl.when(c("oculta"))
                .then(0.0)
                .when("nueva")
                .then(c(q))
                .when("delatora")
                .then(c(q) - c(f"p_{q}"))
                .otherwise(0.0)
                .alias(f"cambio_{q}")
                for q in CUENTAS
            ),
        )
    )
    movidos = celdas.filter("delatora").select("kpi", "inicio", "fin").unique()
    tramos = (
        celdas.filter(c("fragil") | c("delatora"))
        .select("kpi", c("inicio").alias("desde_mes"), c("fin").alias("hasta_mes"))
        .unique()
        .join(movidos, on="kpi")
        .filter(c("inicio") >= c("desde_mes"), c("fin") <= c("hasta_mes"))
        .select("kpi", "desde_mes", "hasta_mes")
        .unique()
        .with_row_index("tramo")
    )
    dentro = celdas.join(tramos, on="kpi").filter(
        c("inicio") >= c("desde_mes"), c("fin") <= c("hasta_mes")
    )
    cortes = dentro.group_by("tramo", "corte").agg(
        c("fragil").any(),
        (c("nueva") & c("oculta")).any().alias("llega_oculta"),
        c("nueva").any(),
        c("nueva").all().alias("toda_nueva"),
        c("delatora").any(),
        *(c(f"cambio_{q}").sum() for q in CUENTAS),
    )
    con_nuevas = cortes.with_columns(c("nueva").any().over("tramo").alias("hay_nuevas"))
    testigos = con_nuevas.filter(
        "fragil", ~c("llega_oculta"), ~c("hay_nuevas") | c("nueva")
    ).select("tramo", *(c(f"cambio_{q}").alias(f"dice_{q}") for q in CUENTAS))
    discordes = (
        cortes.filter("delatora", ~c("toda_nueva"))
        .join(testigos, on="tramo")
        .filter(
            pl.any_horizontal((c(f"cambio_{q}") - c(f"dice_{q}")).abs() > MINIMO for q in CUENTAS)
        )
        .select("tramo", "corte")
        .unique()
    )
    return set(
        dentro.filter("delatora").join(discordes, on=["tramo", "corte"], how="semi")["celda"]
    )


def suprimidas_antes(tabla: pl.DataFrame) -> set[int]:
    """Partes que la última edición ocultó y que hay que seguir ocultando.

    Lo piden otra parte de su suma o su total, si siguen ocultos, y lo que su total dijo entonces,
    si se sabe: mostrarlas descubriría a la otra, o lo que la otra decía antes de corregirse. En
    una tabla cruzada todas se enlazan: basta cualquiera de su periodo.
    """
    c = pl.col
    publicables = tabla.filter(c("agrupado") == c("nivel"), ~c("escasa"), c("familia") != "total")
    candidatas = publicables.filter("antes_oculta", ~c("oculta"))
    en_familia = publicables.filter("oculta").select("kpi", "familia", "fin").unique()
    atadas = (
        tabla.filter("cruzado", (c("vista") > 0) | (c("oculta") & ~c("virtual")))
        .select("kpi", "fin")
        .unique()
    )
    en_cruzada = candidatas.filter("cruzado").join(atadas, on=["kpi", "fin"])
    ocultos = tabla.filter(c("familia") == "total", c("agrupado") == c("nivel"), "oculta")
    totales = pl.concat(
        [
            t.select("kpi", c("familia").alias("familia_t"), c("fin").alias("fin_t"))
            for t in (ocultos, tabla.filter(c("vista") > 0), _que_crecieron(tabla))
        ]
    ).unique()
    junto_a_total = candidatas.join(totales, on="kpi").filter(
        c("fin_t") > INICIO, c("fin_t") <= c("fin"), c("familia_t") != c("familia")
    )
    return {
        *candidatas.join(en_familia, on=["kpi", "familia", "fin"])["celda"],
        *en_cruzada["celda"],
        *junto_a_total["celda"],
        *_totales_que_se_ocultaron(tabla)["celda"],
    }


def _totales_que_se_ocultaron(tabla: pl.DataFrame) -> pl.DataFrame:
    """Los totales que nunca se vieron, de periodos a los que nadie llegó y donde algo se oculta.

    Si hoy pasan de ``k`` es que una parte se corrigió: con lo que dicen las demás se acota cuánto
    valían.
    """
    c = pl.col
    sueltas = tabla.filter(c("agrupado") == 0, ~c("virtual"))
    periodos = (
        sueltas.group_by("kpi", "fin")
        .agg(
            c("desde").is_null().any().alias("llega"),
            (c("oculta") & (c("familia") != "total")).any().alias("oculta"),
        )
        .filter(~c("llega"), "oculta")
    )
    return sueltas.filter(
        c("familia") == "total", "antes_oculta", ~c("oculta"), c("vista") == 0
    ).join(periodos, on=["kpi", "fin"], how="semi")


def _que_crecieron(tabla: pl.DataFrame) -> pl.DataFrame:
    """Los totales que la última edición ocultó y a los que después llegó una parte.

    Las que ya estaban dirían cuánto valían.
    """
    c = pl.col
    totales = tabla.filter(c("familia") == "total", "antes_oculta")
    tramos = totales.select(
        "kpi",
        c("celda").alias("total"),
        INICIO.alias("inicio"),
        c("fin").alias("cierre"),
        c("desde").alias("vista_total"),
    )
    partes = tabla.filter(c("familia") != "total", c("agrupado") == 0, ~c("virtual")).join(
        tramos, on="kpi"
    )
    con_llegada = partes.filter(c("fin") > c("inicio"), c("fin") <= c("cierre"), LLEGO_DESPUES)[
        "total"
    ].unique()
    return totales.filter(c("celda").is_in(con_llegada.implode()))


def agrupadas_con_tardias(tabla: pl.DataFrame) -> set[int]:
    """Cifras agrupadas aún no vistas en que entra una celda que llegó después que su periodo.

    El total de ese periodo ya se vio, o se ocultó, sin ella: lo que creció es esa celda, y la cifra
    agrupada lo diría.
    """
    c = pl.col
    sueltas = tabla.filter(c("agrupado") == 0, ~c("virtual")).with_columns(
        c("desde").fill_null(ultima_publicacion(tabla) + 1).alias("llegada")
    )
    tarde = sueltas.filter(
        c("familia") != "total",
        c("nivel") > 0,
        c("llegada") > c("llegada").min().over("kpi", "fin"),
    )
    if tarde.is_empty():
        return set()
    serie = ["kpi", "familia", "lugar", "grupo", "unidad"]
    nuevas = tabla.filter(c("agrupado") > 0, ~c("oculta"), ~c("conocida"), ~c("escasa")).select(
        *serie, "celda", "agrupado", c("fin").alias("bloque")
    )
    dentro = nuevas.join(tarde.select(*serie, "fin"), on=serie).filter(
        c("fin") > c("bloque") - c("agrupado"), c("fin") <= c("bloque")
    )
    return set(dentro["celda"].to_list())


def cambiadas_a_la_vez(tabla: pl.DataFrame) -> set[int]:
    """Las cifras que cambiaron con un total que se dejó de mostrar: sumadas, dirían cuánto cambió.

    También las agrupadas que no se habían visto. No las que salen de sumar partes a la vista.
    """
    c = pl.col
    tramos = tabla.with_columns(INICIO.alias("inicio"))
    totales = tramos.filter(
        "oculta", c("vista") > 0, (c("familia") == "total") | (c("agrupado") > 0)
    ).select("kpi", c("fin").alias("fin_t"), c("inicio").alias("inicio_t"))
    otras = tramos.filter(~c("oculta"), c("cambiada") | ((c("agrupado") > 0) & ~c("conocida")))
    juntas = otras.join(totales, on="kpi").filter(
        c("fin") > c("inicio_t"), c("inicio") < c("fin_t")
    )
    return set(juntas["celda"].to_list()) - _de_partes_visibles(tabla)


def _de_partes_visibles(tabla: pl.DataFrame) -> set[int]:
    """Grupos del territorio que un tercero rehace sumando los de los lugares, todos ya sabidos."""
    c = pl.col
    lugares = tabla.filter("cruzado", c("grupo") != "total", c("unidad") == "")
    nuevas_ocultas = (
        lugares.filter("oculta", c("vista").is_null()).select("kpi", "fin", "grupo").unique()
    )
    return set(
        lugares.filter("cambiada")
        .join(nuevas_ocultas, on=["kpi", "fin", "grupo"], how="anti")["celda"]
        .to_list()
    )


def _retiradas(tabla: pl.DataFrame, anterior: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """Las celdas que una edición anterior ocultó y que ya no existen, con cuentas en 0."""
    c = pl.col
    retiradas = anterior.filter(c("vista") == 0, c("agrupado") == 0).join(
        tabla.select(CLAVE), on=CLAVE, how="anti"
    )
    niveles, cruzados = (
        tabla.select("kpi", "familia", "nivel").unique(),
        tabla.select("kpi", "cruzado").unique(),
    )
    fijas = {"a": 0.0, "b": 0.0, "p_a": 0.0, "p_b": 0.0, "oculta": True, "cambiada": False}
    return (
        con_familia(retiradas, lugar_total)
        .drop("cruzado")
        .join(niveles, on=["kpi", "familia"], how="left")
        .join(cruzados, on="kpi")
        .with_columns(
            expr_meses_fin(c("periodo")).cast(pl.Int32).alias("fin"), c("nivel").fill_null(0)
        )
        .with_row_index("n")
        .with_columns((c("n") + tabla.height).cast(pl.UInt32).alias("celda"))
        .with_columns(pl.lit(x, dtype=tabla.schema[n]).alias(n) for n, x in fijas.items())
        .select(*COLUMNAS, pl.lit(True).alias("retirada"))
    )
