"""De las observaciones a la tabla pública: el recorrido entero de la protección."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import polars as pl

from ..base.texto import con_textos
from ..datos.columnas import OBSERVACIONES
from ..datos.serie import MESES_POSIBLES, SERIE, en_orden
from . import agrupacion, ecuaciones, secundaria
from .alcance import delimitar
from .columnas import COSTO, DECIDIDA, FICHAS, HISTORIAL, PUBLICA, TRABAJO
from .definiciones import medidas_de_otro_modo, separar
from .entre_ediciones import (
    agrupadas_con_tardias,
    cambiadas_a_la_vez,
    delatan_una_correccion,
    expuestas_por_diferencia,
    sumas_con_retiradas,
    suprimidas_antes,
)
from .frecuencia import cruzadas_con_otra_frecuencia, sin_otra_frecuencia
from .historial import CLAVE, con_historial, con_retiradas, niveles_publicados, vacia
from .kpis_enlazados import expuestas_por_otro_kpi, pares_enlazados
from .no_informadas import con_no_informadas
from .parametros import Reglas
from .primaria import con_cuentas, con_ficha, con_primaria, fichas_de_privacidad, sin_lo_protegido


@dataclass(frozen=True, slots=True)
class TablaProtegida:
    """La tabla pública y lo que costó protegerla.

    ``tabla``: ``columnas.PUBLICA``, una fila por celda; las cifras protegidas son nulas. ``costo``:
    ``columnas.COSTO``, celdas por misión y clase.
    """

    tabla: pl.DataFrame
    costo: pl.DataFrame


def proteger(
    observaciones: pl.DataFrame,
    fichas: pl.DataFrame,
    reglas: Reglas,
    anterior: pl.DataFrame | None = None,
) -> TablaProtegida:
    """La tabla que puede publicarse: nada de ella permite deducir una celda oculta.

    ``observaciones``: ``columnas.OBSERVACIONES``, una fila por celda, con los totales ya
    inferidos; ``fichas``: ``columnas.FICHAS``, y puede traer más; ``anterior``:
    ``columnas.HISTORIAL``, lo ya publicado, o nada. Lanza ``TablaDistinta`` si alguna no lo es.
    Los textos pueden venir como ``pl.Categorical``, y así salen. Solo se decide sobre las celdas
    que enlazan con alguna de riesgo.
    """
    anterior = vacia() if anterior is None else anterior
    OBSERVACIONES.revisar(observaciones)
    FICHAS.revisar(fichas, abierta=True)
    HISTORIAL.revisar(anterior)
    # De lo que hoy no es sobre personas no hay nada que ocultar, aunque se recuerde.
    anterior = anterior.filter(
        pl.col("kpi").is_in(fichas.filter("sobre_personas")["kpi"].cast(pl.String).implode())
    )
    celdas = _celdas(observaciones, fichas, reglas)
    comparable, ajena = separar(anterior, reglas.formas)
    por_decidir = _por_decidir(celdas, fichas, reglas, comparable, anterior).with_row_index("celda")
    completa = TRABAJO.revisar(con_no_informadas(por_decidir, reglas))
    meses = fichas.select("kpi", "meses")
    decidida = DECIDIDA.revisar(
        _suprimir(completa, reglas, sin_otra_frecuencia(comparable, meses), comparable, ajena)
    )
    return TablaProtegida(
        PUBLICA.revisar(_tabla_publica(celdas, decidida, observaciones.columns)),
        COSTO.revisar(_costo(celdas, decidida)),
    )


def _celdas(observaciones: pl.DataFrame, fichas: pl.DataFrame, reglas: Reglas) -> pl.DataFrame:
    """Las filas de acceso ciudadano, con cuentas, ``primaria`` y ``orden``.

    Van sin su nota, que es texto libre y puede nombrar a alguien; la de una cifra inferida se
    queda.
    """
    libres = (
        con_ficha(observaciones, fichas)
        .with_columns(
            pl.when(pl.col("archivo") == "").then("nota").otherwise(pl.lit("")).alias("nota"),
            pl.lit(0, dtype=pl.Int32).alias("agrupado"),
        )
        .drop("archivo", "fila")
    )
    return con_primaria(
        con_cuentas(libres), reglas.k, reglas.lugar_total, reglas.poblacion
    ).with_row_index("orden")


def _por_decidir(
    celdas: pl.DataFrame,
    fichas: pl.DataFrame,
    r: Reglas,
    anterior: pl.DataFrame,
    todo: pl.DataFrame,
) -> pl.DataFrame:
    """Las celdas sobre personas que enlazan con alguna de riesgo.

    Con las cifras de sus bloques, ``nivel`` y ``escasa``, y lo que ya se publicó de ellas.
    ``anterior``: lo que se medía como hoy; ``todo``, también lo que no.
    """
    de_privacidad = fichas_de_privacidad(fichas)
    # Lo que se agrupaba en años y hoy es anual ya no se agrupa.
    publicados = (
        niveles_publicados(anterior, r.lugar_total)
        .join(fichas.select("kpi", "meses"), on="kpi")
        .with_columns(pl.when(pl.col("nivel") > pl.col("meses")).then("nivel").otherwise(0))
        .drop("meses")
    )
    alcance = delimitar(
        celdas, de_privacidad.filter("agrupable")["kpi"].to_list(), publicados, todo, r
    )
    faltan = [x for x in de_privacidad.drop("acceso").columns if x not in celdas.columns]
    elegidas = alcance.celdas
    personas = con_textos(celdas[elegidas["orden"]].hstack(elegidas.drop("orden"))).join(
        de_privacidad.select("kpi", *faltan), on="kpi", how="left", maintain_order="left"
    )
    aptas = personas.filter(pl.col("kpi").is_in(alcance.agrupables))
    agrupadas = pl.concat(
        agrupacion.agrupar(aptas, meses, r.k, r.horizonte, r.ultimo_mes)
        for meses in (agrupacion.ANIO, agrupacion.TRIENIO)
    )
    niveles = agrupacion.elegir_niveles(aptas, agrupadas, publicados)
    tabla = pl.concat([personas.with_columns(pl.lit(False).alias("escasa")), agrupadas])
    tabla = tabla.join(niveles, on=["kpi", "familia"], how="left").with_columns(
        pl.col("nivel", "nivel_total").fill_null(0)
    )
    tabla = tabla.filter((pl.col("agrupado") == 0) | (pl.col("agrupado") == pl.col("nivel")))
    comparable = sin_otra_frecuencia(anterior, fichas.select("kpi", "meses"))
    return con_retiradas(
        con_historial(tabla.sort(CLAVE), anterior), comparable, niveles, r.lugar_total
    )


def _suprimir(
    tabla: pl.DataFrame,
    r: Reglas,
    anterior: pl.DataFrame,
    todo: pl.DataFrame,
    ajena: pl.DataFrame,
) -> pl.DataFrame:
    """Añade ``oculta``: las supresiones primarias y las secundarias, hasta que nada se deduzca.

    Y los periodos que se publican agrupados, que por sí solos se ocultan. ``anterior``: lo
    publicado con la frecuencia de hoy; ``todo``, con cualquiera; ``ajena``, lo que se medía de otro
    modo.
    """
    # Trae numpy: solo lo carga quien protege, y no quien valida o recibe.
    from . import bloques

    c = pl.col
    de_origen = (
        c("primaria") | ((c("agrupado") == 0) & (c("nivel") > 0)) | (c("virtual") & ~c("conocida"))
    )
    otra_frecuencia = cruzadas_con_otra_frecuencia(tabla, todo, r.lugar_total, r.k)
    tabla = _con_suprimidas(tabla.with_columns(de_origen.alias("oculta")), otra_frecuencia)
    periodo = ecuaciones.del_periodo(tabla, r)
    todas = ecuaciones.juntar(periodo, ecuaciones.de_los_bloques(tabla))
    pares = pares_enlazados(tabla, r.enlaces)
    matrices = bloques.armar_bloques(tabla)
    sumas = cache(partial(sumas_con_retiradas, tabla, anterior, r))
    pruebas: tuple[Callable[[pl.DataFrame], set[int]], ...] = (
        lambda t: secundaria.complementarias(todas, t, secundaria.inseguras(todas, t, r.k)),
        lambda t: secundaria.tasas_reveladoras(periodo, t),
        lambda t: expuestas_por_otro_kpi(t, pares, r.lugar_total),
        lambda t: bloques.expuestas(matrices, t, r.k),
        lambda t: delatan_una_correccion(t, r),
        lambda t: expuestas_por_diferencia(t, sumas(), r.k),
        cambiadas_a_la_vez,
        agrupadas_con_tardias,
        suprimidas_antes,
        lambda t: medidas_de_otro_modo(t, ajena),
        lambda t: _enlazadas_inseguras(periodo, t, r.k),
    )
    while nuevas := _primeras_inseguras(pruebas, tabla):
        tabla = _con_suprimidas(tabla, nuevas)
    return tabla


def _primeras_inseguras(
    pruebas: tuple[Callable[[pl.DataFrame], set[int]], ...], tabla: pl.DataFrame
) -> set[int]:
    """Lo que pide ocultar la primera prueba que falla, de la más barata a la más cara."""
    visibles = set(tabla.filter(~pl.col("oculta"))["celda"].to_list())
    return next((nuevas for prueba in pruebas if (nuevas := prueba(tabla) & visibles)), set())


def _con_suprimidas(tabla: pl.DataFrame, celdas: set[int]) -> pl.DataFrame:
    return tabla.with_columns(
        (pl.col("oculta") | pl.col("celda").is_in(sorted(celdas))).alias("oculta")
    )


def _enlazadas_inseguras(periodo: pl.DataFrame, tabla: pl.DataFrame, k: int) -> set[int]:
    if not (tabla["cruzado"] & tabla["oculta"] & ~tabla["supuesta"]).any():
        return set()
    from .tablas_enlazadas import armar_tablas, suprimir

    return {celda for t in armar_tablas(periodo, tabla) for celda in suprimir(t, k)}


def _tabla_publica(
    celdas: pl.DataFrame, decidida: pl.DataFrame, columnas: list[str]
) -> pl.DataFrame:
    """Cada celda, con sus cifras en nulo si se oculta, y las cifras agrupadas que se publican."""
    c = pl.col
    quedan = [x for x in (*columnas, "agrupado") if x in celdas.columns]
    ocultas = decidida.filter("oculta", c("orden").is_not_null())["orden"]
    protegido = _marcar("protegido", celdas, ocultas)
    agrupadas = decidida.filter(c("agrupado") > 0, ~c("escasa")).select(
        *(c(x).cast(celdas.schema[x]) for x in quedan), c("oculta").alias("protegido")
    )
    juntas = pl.concat([celdas.select(*quedan, protegido), agrupadas], rechunk=False)
    return en_orden(
        sin_lo_protegido(juntas),
        SERIE,
        {"fin": MESES_POSIBLES, "agrupado": agrupacion.TRIENIO + 1},
    )


def _marcar(nombre: str, celdas: pl.DataFrame, filas: pl.Series) -> pl.Series:
    return pl.Series(nombre, [False]).new_from_index(0, celdas.height).scatter(filas, True)


def _costo(celdas: pl.DataFrame, decidida: pl.DataFrame) -> pl.DataFrame:
    """Cuántas celdas se publican, se protegen por sí solas o por su vecina, o se agrupan."""
    c = pl.col
    clase = (
        pl.when((c("agrupado") > 0) & ~c("oculta"))
        .then(pl.lit("cifra agrupada"))
        .when(c("agrupado") > 0)
        .then(None)
        .when(~c("oculta"))
        .then(pl.lit("publicada"))
        .when(c("nivel") > 0)
        .then(pl.lit("en periodos agrupados"))
        .when("primaria")
        .then(pl.lit("primaria"))
        .otherwise(pl.lit("secundaria"))
    )
    dudosa = _marcar("dudosa", celdas, decidida["orden"].drop_nulls())
    sin_duda = celdas.select("mision", "sobre_personas", dudosa).filter(
        "sobre_personas", ~c("dudosa")
    )
    contadas = pl.concat(
        [
            decidida.filter(~c("escasa")).group_by("mision", clase.alias("clase")).len(),
            sin_duda.group_by(c("mision").cast(pl.String))
            .len()
            .select("mision", pl.lit("publicada").alias("clase"), "len"),
        ]
    )
    return (
        contadas.filter(c("clase").is_not_null())
        .group_by("mision", "clase")
        .agg(c("len").sum().cast(pl.Int64).alias("celdas"))
        .sort("mision", "clase")
    )
