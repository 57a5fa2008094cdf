"""Brechas entre anexos y grupos, y el territorio frente a los demás distritos: nunca entre años
distintos.
"""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import polars as pl
import pytest

from apoyo_metodo import ficha
from apoyo_pdf import paginas
from observatorio.catalogo import cargar
from observatorio.metodo.comparacion import (
    PERIODOS_DISTINTOS,
    brechas,
    cuentas_de_brechas,
    frente_a_distritos,
)
from observatorio.metodo.fichas import fichas
from observatorio.presentacion.brechas import categoria
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

TOTAL = "01"


def publica(filas: list[tuple]) -> pl.DataFrame:
    """``filas``: lugar, grupo, periodo, valor, denominador."""
    return pl.DataFrame(
        [
            {
                "kpi": "X",
                "mision": "m",
                "lugar": lugar,
                "grupo": g,
                "unidad": "",
                "periodo": p,
                "fin": (int(p) + 1) * 12,
                "valor": v,
                "numerador": None if d is None else v / 100 * d,
                "denominador": d,
                "protegido": v is None,
                "naturaleza": "documentado",
                "fecha_dato": date(2025, 1, 1),
            }
            for lugar, g, p, v, d in filas
        ],
        schema_overrides={
            "valor": pl.Float64,
            "numerador": pl.Float64,
            "denominador": pl.Float64,
            "fin": pl.Int32,
        },
    )


def test_brecha_y_razon_a_mano() -> None:
    b = brechas(
        publica(
            [
                ("a", "total", "2024", 20, None),
                ("b", "total", "2024", 50, None),
                ("c", "total", "2024", 35, None),
            ]
        ),
        ficha(),
        TOTAL,
    ).row(0, named=True)
    assert (b["ambito"], b["periodo"], b["cuantos"], b["menor"], b["mayor"]) == (
        "anexo",
        "2024",
        3,
        "a",
        "b",
    )
    assert (b["brecha"], b["razon"], b["distinguible"]) == (30, 2.5, None)


def test_se_compara_dentro_del_ultimo_periodo_con_dos_cifras_y_lo_protegido_no_entra() -> None:
    filas = [
        ("a", "total", "2023", 10, None),
        ("b", "total", "2023", 30, None),
        ("a", "total", "2024", 40, None),
        ("b", "total", "2024", None, None),
        ("c", "total", "2025", 90, None),
    ]
    b = brechas(publica(filas), ficha(), TOTAL).row(0, named=True)
    assert (b["periodo"], b["brecha"]) == ("2023", 20)


def test_grupos_por_dimension_y_razon_sin_sentido_con_cero() -> None:
    filas = [
        (TOTAL, "sexo:mujer", "2024", 0, None),
        (TOTAL, "sexo:hombre", "2024", 8, None),
        (TOTAL, "edad:6-11m", "2024", 9, None),
        (TOTAL, "total", "2024", 4, None),
    ]
    tabla = brechas(publica(filas), ficha(), TOTAL)
    assert tabla["ambito"].to_list() == ["sexo"]
    assert tabla.select("menor", "mayor", "brecha", "razon").row(0) == ("mujer", "hombre", 8, None)


@pytest.mark.parametrize(("n", "distinguible"), [(20, False), (2000, True)])
def test_con_pocos_casos_la_brecha_no_se_distingue(n: int, distinguible: bool) -> None:
    tabla = brechas(
        publica([("a", "total", "2024", 40, n), ("b", "total", "2024", 50, n)]),
        ficha(proporcion=True),
        TOTAL,
    )
    assert tabla["distinguible"].item() is distinguible


def test_entre_quince_anexos_iguales_casi_nunca_se_ve_una_brecha() -> None:
    """Los extremos se eligen entre 105 pares: sin corregir el nivel, más de uno de cada cuatro
    sorteos daría una brecha falsa.
    """
    azar, veces, n = np.random.default_rng(11), 400, 60
    casos = azar.binomial(n, 0.4, (veces, 15))
    kpis = [f"K{i:03d}" for i in range(veces)]
    tabla = pl.concat(
        [
            publica(
                [(f"a{j:02d}", "total", "2024", 100 * c / n, n) for j, c in enumerate(fila)]
            ).with_columns(kpi=pl.lit(k))
            for k, fila in zip(kpis, casos, strict=True)
        ]
    )
    hallado = brechas(tabla, pl.concat([ficha(k, proporcion=True) for k in kpis]), TOTAL)
    assert hallado.height == veces and hallado["distinguible"].mean() <= 0.05


def test_una_brecha_verdadera_entre_quince_si_se_ve() -> None:
    tabla = publica([(f"a{j:02d}", "total", "2024", 40.0 if j else 70.0, 200) for j in range(15)])
    assert brechas(tabla, ficha(proporcion=True), TOTAL)["distinguible"].item() is True


def test_la_brecha_lleva_su_prueba_y_los_intervalos_de_sus_extremos() -> None:
    """20 de 50 y 30 de 50: Wilson de cada uno, Newcombe de la diferencia (z = 1.96) y z = 2.0,
    p = 0.0455, en una familia de una sola comparación.
    """
    tabla = publica([("a", "total", "2024", 40.0, 50), ("b", "total", "2024", 60.0, 50)])
    fila = brechas(tabla, ficha(proporcion=True), TOTAL).row(0, named=True)
    assert [
        round(fila[c], 1) for c in ("menor_minimo", "menor_maximo", "mayor_minimo", "mayor_maximo")
    ] == [27.6, 53.8, 46.2, 72.4]
    assert [round(fila[c], 1) for c in ("brecha_min_95", "brecha_max_95")] == [0.5, 37.5]
    assert (fila["distinguible"], fila["prueba"], fila["comparaciones"]) == (
        True,
        "dos proporciones",
        1,
    )
    sin = brechas(tabla, ficha(proporcion=True, casos=False), TOTAL).row(0, named=True)
    assert sin["menor_minimo"] is sin["mayor_maximo"] is sin["brecha_min_95"] is None


def test_un_recuento_completo_no_tiene_azar_de_muestreo() -> None:
    tabla = publica([("a", "total", "2024", 40.0, 50), ("b", "total", "2024", 60.0, 50)])
    fila = brechas(tabla, ficha(proporcion=True, conteo="completo"), TOTAL).row(0, named=True)
    assert (fila["distinguible"], fila["prueba"], fila["menor_minimo"]) == (
        None,
        "recuento completo",
        None,
    )


def test_una_muestra_por_conglomerados_prueba_menos() -> None:
    tabla = publica([("a", "total", "2024", 40.0, 50), ("b", "total", "2024", 60.0, 50)])
    muestra = ficha(proporcion=True, conteo="muestra", efecto_de_diseno=2.0)
    assert brechas(tabla, muestra, TOTAL)["distinguible"].item() is False


def test_dos_grupos_que_comparten_personas_no_se_prueban() -> None:
    filas = [
        (TOTAL, f"edad:{grupo}", "2024", v, 200)
        for grupo, v in (("18-24a", 20.0), ("18-29a", 60.0), ("25-29a", 50.0))
    ]
    fila = brechas(publica(filas), ficha(proporcion=True), TOTAL).row(0, named=True)
    assert (fila["menor"], fila["mayor"], fila["distinguible"]) == ("18-24a", "18-29a", None)
    sin_pisarse = brechas(publica([filas[0], filas[2]]), ficha(proporcion=True), TOTAL)
    assert sin_pisarse["distinguible"].item() is True


def test_mil_soles_no_son_mil_casos() -> None:
    tabla = publica([("a", "total", "2024", 40, 3_000_000), ("b", "total", "2024", 50, 3_000_000)])
    assert brechas(tabla, ficha(proporcion=True, casos=False), TOTAL)["distinguible"].item() is None


def test_da_cada_parte_del_periodo_y_calla_las_protegidas() -> None:
    filas = [
        (TOTAL, "edad:6-11m", "2024", 9, None),
        (TOTAL, "edad:12-23m", "2024", 8, None),
        (TOTAL, "edad:24-35m", "2024", None, None),
        (TOTAL, "edad:6-11m", "2023", 7, None),
    ]
    b = brechas(publica(filas), ficha(), TOTAL).row(0, named=True)
    assert {p["parte"]: p["valor"] for p in b["partes"]} == {
        "6-11m": 9,
        "12-23m": 8,
        "24-35m": None,
    }
    assert (b["cuantos"], b["protegidas"], b["periodo"]) == (2, 1, "2024")
    assert cuentas_de_brechas(
        pl.DataFrame({"mision": ["m", "m", "n"], "distinguible": [True, None, True]}), "m"
    ) == {"comparadas": 2, "distinguibles": 1}


@pytest.mark.parametrize(
    ("codigo", "dicho"),
    [
        ("6-11m", "6 a 11 meses"),
        ("60a+", "60 años a más"),
        ("3a", "3 años"),
        ("mujer", "mujer"),
        ("primaria", "primaria"),
    ],
)
def test_las_categorias_se_leen(codigo: str, dicho: str) -> None:
    assert categoria(codigo) == dicho


def test_la_pagina_y_el_boletin_comparan_grupos(real_construido: Proyecto) -> None:
    misiones = json.loads((real_construido.sitio / "datos/misiones.json").read_text("utf-8"))
    cuentas = {m["slug"]: m["comparaciones"]["distinguibles"] for m in misiones}
    assert sum(cuentas.values()) > 0
    for slug in ("m1-salud", "m5-ambiente"):
        carpeta = real_construido.sitio / "misiones" / slug
        pagina = (carpeta / "index.html").read_text(encoding="utf-8")
        seccion = pagina[pagina.index('id="diferencias"') : pagina.index('id="anexos"')]
        assert (
            "por sexo" in seccion
            and "mujer" in seccion
            and "por anexo" in seccion
            and "dato protegido" in seccion
            and "Dato más nuevo" in seccion
        )
        assert (
            seccion.count("<strong>se distingue del azar") == cuentas[slug]
            and "no se distingue del azar" in seccion
        )
        assert "Diferencias entre grupos y anexos." in " ".join(
            " ".join(paginas(carpeta / "boletin.pdf")).split()
        )


def test_los_totales_y_el_ph_no_se_comparan_dividiendo() -> None:
    tabla = publica([("a", "total", "2024", 6, None), ("b", "total", "2024", 8, None)])
    assert brechas(tabla, ficha(comparable=False), TOTAL).select("brecha", "razon").row(0) == (
        2,
        None,
    )


def test_que_kpis_del_catalogo_se_comparan_y_tienen_intervalo(proyecto_real: Proyecto) -> None:
    f = fichas(cargar(proyecto_real)).rows_by_key("kpi", named=True, unique=True)
    for dinero in ("M2-K17", "M3-K13", "M3-K16", "M5-K13", "M7-K05"):
        assert not f[dinero]["casos"] and f[dinero]["comparable"], dinero
    for total in ("M3-K05", "M5-K16", "M5-K14", "M5-K01", "M5-K20"):
        assert not f[total]["comparable"], total
    for razon in ("M4-K01", "M3-K01", "M1-K26"):
        assert f[razon]["comparable"], razon


def test_frente_a_los_otros_doce_distritos(
    proyecto_real: Proyecto, resultados_reales: Resultados
) -> None:
    provincia = pl.read_csv(proyecto_real.data / "provincia.csv", infer_schema=False)
    tabla = frente_a_distritos(provincia, resultados_reales.catalogo.territorio.ubigeo).rows_by_key(
        "indicador", named=True, unique=True
    )
    # Pobreza total 2018: 35.5; en los otros doce, ordenados, la mediana es (52.7 + 54.1) / 2 y por
    # encima hay diez (uno empata).
    pobreza = tabla["pobreza-total"]
    assert (pobreza["periodo"], pobreza["otros"], pobreza["mediana"]) == (
        "2018",
        12,
        pytest.approx(53.4),
    )
    assert pobreza["brecha"] == pytest.approx(35.5 - 53.4) and pobreza["razon"] == pytest.approx(
        35.5 / 53.4
    )
    assert pobreza["puesto"] == 11
    assert (tabla["idh"]["puesto"], tabla["idh"]["periodo"], tabla["idh"]["otros"]) == (
        2,
        "2019",
        12,
    )
    assert pobreza["periodo"] != tabla["pobreza-extrema"]["periodo"]


def test_anios_distintos_no_se_comparan_y_se_dice() -> None:
    tabla = pl.DataFrame(
        {
            "ubigeo": ["1", "2"],
            "indicador": ["x", "x"],
            "periodo": ["2018", "2019"],
            "valor": ["3", "4"],
            "unidad": ["%", "%"],
        }
    )
    assert frente_a_distritos(tabla, "1").select(
        "brecha", "razon", "puesto", "mediana", "motivo"
    ).row(0) == (None, None, None, None, PERIODOS_DISTINTOS)
