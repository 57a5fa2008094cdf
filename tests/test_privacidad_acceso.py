"""Lo que se protege fuera de la tabla: correcciones y líneas de base."""

from __future__ import annotations

import re

import polars as pl
import pytest

from apoyo_ataque import DISTRITO, REGLAS, Caso
from apoyo_catalogo import con_kpi
from observatorio.calculo import calcular_validado
from observatorio.catalogo import cargar
from observatorio.metodo.fichas import fichas
from observatorio.metodo.registros import Analisis, Evaluacion
from observatorio.presentacion.kpi.pasos import explicar
from observatorio.privacidad import (
    bases_protegidas,
    catalogo_publico,
    correcciones_publicas,
    metas_protegidas,
    proteger,
)
from observatorio.productos.datos_abiertos.publicos import lista_kpis
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

CON_UNA_OCULTA = {
    DISTRITO: (64, 64),
    "9999990000": (25, 25),
    "9999990001": (35, 35),
    "9999990002": (4, 4),
}


def test_la_correccion_de_un_total_calla_mientras_se_oculte_una_parte() -> None:
    correcciones = pl.DataFrame(
        [
            {
                "kpi": "M1-K01",
                "periodo": periodo,
                "lugar": lugar,
                "grupo": "total",
                "unidad": "",
                "columna": "numerador",
                "antes": antes,
                "despues": despues,
                "motivo": f"se contó de nuevo: eran {despues}",
            }
            for periodo, lugar, antes, despues in [
                ("2023", DISTRITO, "50", "55"),
                ("2024", DISTRITO, "50", "57"),
                ("2024", "9999990002", "0", "7"),
            ]
        ]
    )
    cuentas = {
        ("2023", DISTRITO): (55, 100),
        ("2023", "9999990000"): (55, 100),
        ("2024", DISTRITO): (57, 120),
        ("2024", "9999990000"): (25, 60),
        ("2024", "9999990001"): (25, 40),
        ("2024", "9999990002"): (7, 20),
    }
    tabla = (
        Caso(
            "porcentaje",
            12,
            {(t, lugar, "total", "", 0): par for (t, lugar), par in cuentas.items()},
            {},
        )
        .publicar()
        .tabla
    )
    publicas = correcciones_publicas(correcciones, tabla).select(
        "periodo", "antes", "despues", "motivo"
    )
    assert publicas.row(0) == ("2023", "50", "55", "se contó de nuevo: eran 55")
    assert set(publicas.filter(pl.col("periodo") == "2024").rows()) == {
        ("2024", *["dato protegido"] * 3)
    }
    lugares = correcciones_publicas(correcciones, tabla)["lugar"].to_list()
    assert lugares == [
        DISTRITO,
        DISTRITO,
        "dato protegido",
    ], "qué celda oculta se corrigió diría a quién atribuir lo que el total cambió"


@pytest.mark.parametrize(
    ("periodo", "valor", "filas", "motivo"),
    [
        ("2022-S2", 4, {}, True),
        ("2022-S2", 24, {}, False),
        ("2022-S2", 0, {}, False),
        ("2022-S2", 0, {DISTRITO: 4}, True),
        ("2022-S2", 33, {"9999990000": 29, "9999990001": 4}, True),
        ("2022-S2", 64, {DISTRITO: 64, "9999990000": 25, "9999990001": 35, "9999990002": 4}, False),
        ("2022-S2", 60, {DISTRITO: 64, "9999990000": 25, "9999990001": 35, "9999990002": 4}, True),
    ],
    ids=[
        "menos de k",
        "k o más",
        "no había programa",
        "se midió y se oculta",
        "sería el total de unas partes",
        "el total se ve",
        "otro total",
    ],
)
def test_la_linea_de_base_se_protege_como_una_celda(
    periodo: str, valor: float, filas: dict[str, int], motivo: bool, proyecto_real: Proyecto
) -> None:
    catalogo = cargar(proyecto_real)
    base = catalogo.kpis["M1-K21"].linea_base.model_copy(
        update={"periodo": periodo, "valor": float(valor)}
    )
    con_base = con_kpi(catalogo, "M1-K21", linea_base=base)
    obs = Caso(
        "recuento", 6, {(periodo, lugar, "total", "", 0): (n, n) for lugar, n in filas.items()}, {}
    ).observaciones()
    todas = fichas(con_base)
    obs = obs.with_columns(pl.lit("M1-K21").alias("kpi"))
    sin_base = bases_protegidas(con_base, todas, obs, proteger(obs, todas, REGLAS).tabla, REGLAS)
    assert ("M1-K21" in sin_base) == motivo
    assert (catalogo_publico(con_base, sin_base).kpis["M1-K21"].linea_base is None) == motivo


@pytest.mark.parametrize(("denominador", "protegida"), [(14, True), (28, False), (3000, False)])
def test_una_base_que_es_razon_se_mira_con_el_denominador_mas_cercano(
    denominador: int, protegida: bool, proyecto_real: Proyecto
) -> None:
    codigo, catalogo = "M6-K11", cargar(proyecto_real)
    base = catalogo.kpis[codigo].linea_base.model_copy(update={"periodo": "2022-T2", "valor": 35.7})
    todas = fichas(con_base := con_kpi(catalogo, codigo, linea_base=base))
    cuentas = {
        ("2023-T1", DISTRITO, "total", "", 0): (denominador // 2, denominador - denominador // 2),
        ("2026-T1", DISTRITO, "total", "", 0): (20, 20),
    }
    obs = (
        Caso("porcentaje", 3, cuentas, {}).observaciones().with_columns(pl.lit(codigo).alias("kpi"))
    )
    sin_base = bases_protegidas(con_base, todas, obs, proteger(obs, todas, REGLAS).tabla, REGLAS)
    assert (codigo in sin_base) == protegida, "35.7 % de 14 son 5; de 28, 10"


@pytest.mark.parametrize(
    ("casos", "filas", "protegida"),
    [
        ((12.0, 30.0), {}, False),
        ((4.0, 10.0), {}, True),
        ((28.0, 30.0), {}, True),
        ((0.0, 30.0), {}, True),
        ((64.0, 128.0), CON_UNA_OCULTA, False),
        ((32.0, 64.0), CON_UNA_OCULTA, True),
    ],
    ids=[
        "casos de sobra",
        "numerador menor que k",
        "complemento menor que k",
        "un 0 que sí se midió",
        "el total se ve",
        "la misma tasa con otros casos",
    ],
)
def test_los_casos_de_una_linea_de_base_tambien_la_protegen(
    casos: tuple[float, float],
    filas: dict[str, tuple[int, int]],
    protegida: bool,
    proyecto_real: Proyecto,
) -> None:
    catalogo, kpi, periodo = cargar(proyecto_real), "M1-K14", "2021"
    valor = round(100 * casos[0] / casos[1], catalogo.kpis[kpi].decimales)
    base = catalogo.kpis[kpi].linea_base.model_copy(
        update={
            "periodo": periodo,
            "periodo_asumido": None,
            "valor": valor,
            "numerador": casos[0],
            "denominador": casos[1],
        }
    )
    con_base = con_kpi(catalogo, kpi, linea_base=base)
    obs = Caso(
        "porcentaje",
        12,
        {(periodo, lugar, "total", "", 0): par for lugar, par in filas.items()},
        {},
    ).observaciones()
    obs, todas = obs.with_columns(pl.lit(kpi).alias("kpi")), fichas(con_base)
    assert (
        kpi in bases_protegidas(con_base, todas, obs, proteger(obs, todas, REGLAS).tabla, REGLAS)
    ) == protegida


def test_una_linea_de_base_protegida_no_deja_cifra_en_ningun_paso(proyecto_real: Proyecto) -> None:
    catalogo, validacion = pasar(proyecto_real)
    base = catalogo.kpis["M1-K21"].linea_base.model_copy(update={"valor": 4.0})
    r = calcular_validado(con_kpi(catalogo, "M1-K21", linea_base=base), validacion)
    e, a = (
        t.row(by_predicate=pl.col("kpi") == "M1-K21", named=True)
        for t in (r.evaluacion, r.analisis)
    )
    assert (
        e["estado"] == "sin línea de base"
        and "la línea de base es un dato protegido" in e["motivo"]
    )
    assert [e[x] for x in ("b", "avance", "esperado", "ritmo", "fin_base")] == [None] * 5
    pasos = explicar(
        r.catalogo.kpis["M1-K21"],
        Evaluacion.de(e),
        Analisis.de(a),
        r.catalogo.territorio.metodo,
        r.catalogo.territorio.fecha_corte,
    )
    assert pasos[0].paso == "Línea de base" and pasos[0].resultado == "dato protegido"
    assert next(k for k in lista_kpis(r) if k["codigo"] == "M1-K21")["linea_base"] is None


@pytest.mark.parametrize("acceso", ["ciudadano", "decisor"])
def test_la_meta_de_mantener_y_los_logros_no_dicen_la_base_que_se_protege(
    acceso: str, proyecto_real: Proyecto
) -> None:
    codigo, (catalogo, validacion) = "M1-K21", pasar(proyecto_real)
    previo = catalogo.kpis[codigo]
    base, meta = (
        previo.linea_base.model_copy(update={"valor": 4.0}),
        previo.meta.model_copy(update={"valor": 4.0, "nota": "que sigan siendo 4"}),
    )
    mantener = con_kpi(
        catalogo, codigo, linea_base=base, meta=meta, logros_esperados={2028: 4.0}, acceso=acceso
    )
    r = calcular_validado(mantener, validacion)
    ficha = next(k for k in lista_kpis(r) if k["codigo"] == codigo)
    assert (ficha["meta"], ficha["linea_base"]) == (None, None) and "meta" in ficha["protegidos"]
    assert not {"4", "4.0"} & set(
        re.findall(
            r"[\d.]+",
            r.catalogo.kpis[codigo].model_dump_json(
                include={"linea_base", "meta", "logros_esperados"}
            ),
        )
    )
    e, a = (
        t.row(by_predicate=pl.col("kpi") == codigo, named=True) for t in (r.evaluacion, r.analisis)
    )
    assert e["m"] is None and e["estado"] == (
        "sin línea de base" if acceso == "ciudadano" else "dato protegido"
    )
    pasos = explicar(
        r.catalogo.kpis[codigo],
        Evaluacion.de(e),
        Analisis.de(a),
        r.catalogo.territorio.metodo,
        r.catalogo.territorio.fecha_corte,
    )
    assert (
        acceso != "ciudadano"
        or [p.resultado for p in pasos if p.paso in ("Línea de base", "Meta")]
        == ["dato protegido"] * 2
    )
    assert not any(
        re.search(r"(?<![\d.])4(?![\d.])", p.numeros + p.resultado)
        for p in pasos
        if p.paso in ("Línea de base", "Meta")
    )


def test_otra_meta_y_otros_logros_siguen_a_la_vista(proyecto_real: Proyecto) -> None:
    catalogo = cargar(proyecto_real)
    base = catalogo.kpis["M1-K21"].linea_base.model_copy(update={"valor": 4.0})
    otro = con_kpi(catalogo, "M1-K21", linea_base=base)
    assert (
        not metas_protegidas(otro, {"M1-K21"}) & {"M1-K21"}
        and catalogo_publico(otro, {"M1-K21"}).kpis["M1-K21"].meta
    )
    assert metas_protegidas(catalogo, set()) <= {
        c for c, k in catalogo.kpis.items() if k.acceso != "ciudadano"
    }, "una base a la vista no protege su meta"
