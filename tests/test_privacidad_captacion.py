"""Una unidad cubre su captación y no el anexo de su sede: ni se deduce ni se oculta de más."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from apoyo_ataque import DISTRITO, K, aciertan
from apoyo_captacion import ConCaptacion, averigua, con_captacion_al_azar, ocultas
from observatorio.base.texto import con_textos
from observatorio.catalogo import Catalogo
from observatorio.metodo.fichas import fichas
from observatorio.metodo.series import inferir_totales
from observatorio.privacidad import Reglas, proteger
from observatorio.rutas import Proyecto
from observatorio.validar import Validado, pasar

TABLAS = 300 if os.environ.get("OBSERVATORIO_LARGO") else 8
SUELTAS = pl.col("agrupado") == 0


@pytest.fixture(scope="module")
def validado(proyecto_real: Proyecto) -> tuple[Catalogo, Validado]:
    return pasar(proyecto_real)


def test_sabiendo_que_anexos_atiende_cada_unidad_no_se_deduce_ninguna_celda() -> None:
    for semilla in range(TABLAS):
        con = con_captacion_al_azar(np.random.default_rng(semilla))
        hallado = averigua(con.caso.cuentas, ocultas(con.publicar()), con.captaciones)
        assert not hallado, (semilla, hallado)


@pytest.mark.largo
def test_sin_mirar_la_captacion_ese_ataque_acierta() -> None:
    ciegas = (con_captacion_al_azar(np.random.default_rng(s)) for s in range(12))
    assert aciertan(
        (
            averigua(c.caso.cuentas, ocultas(ConCaptacion(c.caso, {}).publicar()), c.captaciones)
            for c in ciegas
        ),
        2,
    )


def _con_puestos(
    validado: tuple[Catalogo, Validado], kpi: str, de_mas: int
) -> tuple[pl.DataFrame, Reglas]:
    """El KPI con una fila por establecimiento: la suma de los anexos que atiende, y ``de_mas``."""
    catalogo, datos = validado
    propias = con_textos(datos.compacta).filter(pl.col("kpi") == kpi)
    azar = np.random.default_rng(0)
    juntas = [propias]
    for codigo, tipo, lugar, captacion in datos.unidades.select(
        "codigo", "tipo", "lugar", "captacion"
    ).iter_rows():
        if tipo != "establecimiento de salud":
            continue
        sumadas = (
            propias.filter(pl.col("lugar").is_in(captacion.split("|")), pl.col("grupo") == "total")
            .group_by("periodo", maintain_order=True)
            .agg(
                pl.all().exclude("periodo", "numerador", "denominador").first(),
                pl.col("numerador", "denominador").sum(),
            )
        )
        mas = azar.integers(0, de_mas + 1, sumadas.height) + bool(de_mas)
        juntas.append(
            sumadas.with_columns(
                pl.lit(codigo).alias("unidad"),
                pl.lit(lugar).alias("lugar"),
                pl.col("numerador") + mas,
                pl.col("denominador") + 2 * mas,
            )
            .with_columns((pl.col("numerador") / pl.col("denominador") * 100).alias("valor"))
            .select(propias.columns)
            .cast(dict(propias.schema))
        )
    return pl.concat(juntas), Reglas.de(catalogo.territorio, datos.unidades)


@pytest.mark.parametrize("de_mas", [0, 9], ids=["suman lo que atienden", "son de otro registro"])
def test_las_filas_de_los_puestos_no_borran_el_total_del_distrito(
    validado: tuple[Catalogo, Validado], de_mas: int
) -> None:
    catalogo, _ = validado
    ubigeo, tabla_fichas = catalogo.territorio.ubigeo, fichas(catalogo)
    filas, reglas = _con_puestos(validado, "M4-K03", de_mas)
    tabla = proteger(filas, tabla_fichas, reglas).tabla.filter(SUELTAS)
    solas = proteger(filas.filter(pl.col("unidad") == ""), tabla_fichas, reglas).tabla
    sin_unidad = tabla.filter(pl.col("unidad") == "")
    totales = sin_unidad.filter(pl.col("lugar") == ubigeo, pl.col("grupo") == "total")
    assert totales.height and not totales["protegido"].any()
    de_antes = solas.filter(SUELTAS)["protegido"].sum()
    if de_mas:
        assert sin_unidad["protegido"].sum() == de_antes, "lo que no suma no se resta"
    else:
        assert tabla["protegido"].sum() <= de_antes * 2 and not sin_unidad["protegido"].all()


def _familia(fila: dict[str, str], ubigeo: str) -> frozenset[str]:
    """Por qué se abre una fila: anexo, unidad y la dimensión de su grupo."""
    partes = {
        "unidad" if fila["unidad"] else "anexo" if fila["lugar"] != ubigeo else "",
        "" if fila["grupo"] == "total" else fila["grupo"].split(":")[0],
    }
    return frozenset(partes - {""})


def test_en_ninguna_combinacion_de_cortes_se_pierde_un_total_que_ninguna_suma_pide(
    validado: tuple[Catalogo, Validado],
) -> None:
    """Cada KPI, en cada combinación de los cortes que trae: si un total se oculta, mostrarlo
    descubriría algo.
    """
    catalogo, datos = validado
    ubigeo = catalogo.territorio.ubigeo
    reglas = replace(Reglas.de(catalogo.territorio, datos.unidades))
    anexos = [a.codigo for a in catalogo.territorio.anexos]
    todas = fichas(catalogo)
    completas = con_textos(inferir_totales(datos.compacta, todas, ubigeo, anexos))
    marcadas = completas.with_columns(
        pl.Series(
            "corte",
            [
                "+".join(sorted(_familia(f, ubigeo)))
                for f in completas.select("lugar", "grupo", "unidad").iter_rows(named=True)
            ],
        )
    )
    partes, de_fichas = [], []
    for (kpi,), filas in marcadas.group_by("kpi", maintain_order=True):
        cortes = sorted(set(filas["corte"]) - {""})
        for n in range(1, len(cortes) + 1):
            for juntos in itertools.combinations(cortes, n):
                nombre = f"{kpi}·{'·'.join(juntos)}"
                partes.append(
                    filas.filter(pl.col("corte").is_in(["", *juntos])).with_columns(
                        pl.lit(nombre).alias("kpi")
                    )
                )
                de_fichas.append(
                    todas.filter(pl.col("kpi") == kpi).with_columns(pl.lit(nombre).alias("kpi"))
                )
    publica = proteger(pl.concat(partes).drop("corte"), pl.concat(de_fichas), reglas).tabla
    agrupados = publica.filter(~SUELTAS)["kpi"].unique().to_list()
    perdidos = publica.filter(
        SUELTAS,
        "protegido",
        ~pl.col("kpi").is_in(agrupados),
        pl.col("lugar") == ubigeo,
        pl.col("grupo") == "total",
        pl.col("unidad") == "",
    )
    captaciones = {
        u: tuple(c.split("|")) if c else (lugar,)
        for u, lugar, c in datos.unidades.select("codigo", "lugar", "captacion").iter_rows()
    }
    de_mas = [
        (kpi, periodo)
        for kpi, periodo in perdidos.select("kpi", "periodo").iter_rows()
        if not _lo_pide(
            pl.concat(partes).filter(pl.col("kpi") == kpi, pl.col("periodo") == periodo),
            publica.filter(SUELTAS, pl.col("kpi") == kpi, pl.col("periodo") == periodo),
            captaciones,
            ubigeo,
        )
    ]
    assert len(partes) > 50 and not de_mas, de_mas


def _lo_pide(verdad: pl.DataFrame, publica: pl.DataFrame, captaciones: dict, ubigeo: str) -> bool:
    """Si el total señala por sí solo a menos de k, o mostrarlo descubriría otra celda."""
    con_cuentas = verdad.with_columns(
        pl.coalesce("numerador", "valor").alias("a"),
        (pl.coalesce("denominador", "valor") - pl.col("numerador").fill_null(0)).alias("b"),
        pl.when(pl.col("lugar") == ubigeo).then(pl.lit(DISTRITO)).otherwise("lugar").alias("donde"),
    )
    cuentas = {
        (t, lugar, grupo, unidad, 0): (a, b)
        for t, lugar, grupo, unidad, a, b in con_cuentas.select(
            "periodo", "donde", "grupo", "unidad", "a", "b"
        ).iter_rows()
    }
    protegida = {
        (c[0], DISTRITO if c[1] == ubigeo else c[1], *c[2:]): oculta
        for c, oculta in ocultas(publica).items()
    }
    total = next(c for c in protegida if c[1:4] == (DISTRITO, "total", ""))
    return min(cuentas[total]) < K or bool(
        averigua(cuentas, protegida | {total: False}, captaciones)
    )
