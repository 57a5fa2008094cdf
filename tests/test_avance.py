"""Avance, esperado, ritmo y estado: cada fórmula con un ejemplo hecho a mano, y los casos que otros
yerran.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from apoyo_metodo import CORTE, evaluado, ficha, senda, serie
from observatorio.catalogo.territorio import Metodo
from observatorio.metodo.agregado import agregar, pesos
from observatorio.metodo.avance import evaluar
from observatorio.productos.casos import CASOS, evaluar_caso, razon_de_tasas


def test_un_ejemplo_a_mano() -> None:
    # De 56 (2020) a 10 (2030), con 40 al cierre de 2024: recorrido 46, avance 16/46, esperado 4/10.
    e = evaluado([("2024", 40)], ("2020", 56), ("2030", 10), "descendente")
    assert e["avance"] == pytest.approx(16 / 46)
    assert e["esperado"] == pytest.approx(0.4)
    assert e["valor_esperado"] == pytest.approx(56 - 0.4 * 46)
    assert e["ritmo"] == pytest.approx(16 / 46 / 0.4)
    assert e["estado"] == "requiere acelerar"


def test_el_semestre_cae_a_mitad_de_anio() -> None:
    # 2024-S1 termina en 2024.5: desde el fin de 2020 (2021.0) van 3.5 de 10 años.
    assert evaluado([("2024-S1", 35)], meses=6)["ritmo"] == pytest.approx(1.0)


def test_los_logros_esperados_mandan_y_se_interpola_entre_ellos() -> None:
    logros = {"2022": 10, "2025": 70}
    assert evaluado([("2022", 10)], logros=logros)["esperado"] == pytest.approx(0.10)
    assert evaluado([("2024", 10)], logros=logros)["esperado"] == pytest.approx(0.10 + 0.60 * 2 / 3)
    assert evaluado([("2026", 10)], logros=logros)["esperado"] == pytest.approx(0.70 + 0.30 / 5)


def test_desde_la_meta_lo_esperado_es_todo() -> None:
    for periodo in ("2025", "2026-S1"):
        e = evaluado([(periodo, 80)], ("2020", 0), ("2025", 100))
        assert (e["esperado"], e["ritmo"]) == (1, pytest.approx(0.8))


@pytest.mark.parametrize(
    ("caso", "ritmo", "estado", "r"),
    list(
        zip(
            CASOS,
            (0.42, 1.00, 1.00, 1.00),
            ("rezagado", "en ruta", "en ruta", "en ruta"),
            (4.11, 0.19, 0.81, 1.26),
            strict=True,
        )
    ),
)
def test_la_tabla_de_casos_de_metodologia(
    caso: tuple[float, float, float], ritmo: float, estado: str, r: float
) -> None:
    e = evaluar_caso(*caso)
    assert round(e["ritmo"], 2) == ritmo and e["estado"] == estado
    assert round(razon_de_tasas(*caso), 2) == r


@pytest.mark.parametrize(
    ("bloque", "base", "estado"),
    [
        ([("2025", 40.0)], ("2020", 0), "requiere acelerar"),
        ([("2024", 40.0)], ("2020", 0), "dato protegido"),
        ([("2024", 40.0)], ("2024-T2", 0), "dato protegido"),
    ],
    ids=["el bloque está vigente", "el bloque venció", "el bloque contiene la línea de base"],
)
def test_donde_el_bloque_no_sirve_cuenta_lo_protegido_que_llego_despues(
    bloque: list, base: tuple[str, float], estado: str
) -> None:
    una = ficha(base=base, meses=3, meses_medida=12, meses_plazo=3, gracia=9)
    agrupada, despues = serie(bloque, agrupado=12), serie([("2026-T2", None), ("2026-T3", None)])
    e = evaluar(agrupada, una, senda(base, ("2030", 100)), Metodo(), CORTE, despues).row(
        0, named=True
    )
    assert (e["estado"], e["periodo"]) == (
        estado,
        "2025" if estado != "dato protegido" else "2026-T3",
    )
    assert evaluar(agrupada, una, senda(base, ("2030", 100)), Metodo(), CORTE, despues.clear())[
        "estado"
    ].item() == {"2025": estado}.get(
        bloque[0][0], "sin datos" if base[0] == "2024-T2" else "dato vencido"
    )


OTROS_YERRAN = {
    "descendente que baja": (
        dict(base=("2020", 50), meta=("2030", 10), sentido="descendente"),
        [("2024", 30)],
        0.5,
        "en ruta",
    ),
    "descendente que sube": (
        dict(base=("2020", 50), meta=("2030", 10), sentido="descendente"),
        [("2024", 54)],
        -0.1,
        "en retroceso",
    ),
    "base cero": (dict(base=("2020", 0), meta=("2030", 30)), [("2024", 5)], 5 / 30, "rezagado"),
    "meta cero": (
        dict(base=("2020", 20), meta=("2030", 0), sentido="descendente"),
        [("2024", 12)],
        0.4,
        "en ruta",
    ),
    "bajo la base": (
        dict(base=("2020", 10), meta=("2030", 20)),
        [("2024", 9)],
        -0.1,
        "en retroceso",
    ),
    "decimales": (
        dict(base=("2020", 0.31), meta=("2030", 0.37)),
        [("2024", 0.334)],
        0.4,
        "en ruta",
    ),
    "meta ya cumplida": (
        dict(base=("2020", 10), meta=("2030", 20)),
        [("2024", 26)],
        1.6,
        "alcanzado",
    ),
    "un solo punto": (dict(), [("2021", 10)], 0.1, "en ruta"),
    "años sin medir": (dict(), [("2021", 90), ("2025", 50)], 0.5, "en ruta"),
    "valores negativos": (
        dict(base=("2020", -30), meta=("2030", 10)),
        [("2024", -14)],
        0.4,
        "en ruta",
    ),
    "igual que la base": (
        dict(base=("2020", 80), meta=("2030", 90)),
        [("2024", 80)],
        0.0,
        "rezagado",
    ),
}


@pytest.mark.parametrize("caso", OTROS_YERRAN)
def test_los_casos_que_otras_herramientas_yerran(caso: str) -> None:
    datos, puntos, avance, estado = OTROS_YERRAN[caso]
    e = evaluado(puntos, **datos)
    assert e["avance"] == pytest.approx(avance) and e["estado"] == estado


def test_sentidos_mezclados_en_un_okr_se_promedian_como_avance() -> None:
    # Uno sube la mitad del camino y el otro baja la mitad del suyo: el OKR va por la mitad.
    tabla = pl.concat(
        [
            evaluar(serie([("2024", v)], k), ficha(k, b, m, s), senda(b, m, kpi=k), Metodo(), CORTE)
            for k, b, m, s, v in (
                ("A", ("2020", 10), ("2030", 20), "ascendente", 15),
                ("B", ("2020", 40), ("2030", 20), "descendente", 30),
            )
        ]
    )
    okrs, misiones = agregar(tabla, Metodo())
    assert okrs["avance"].to_list() == misiones["avance"].to_list() == [pytest.approx(0.5)]


@pytest.mark.parametrize(
    ("valor", "estado"),
    [(10.5, "alcanzado"), (10.500001, "en retroceso"), (9.5, "alcanzado"), (3, "alcanzado")],
)
def test_mantener_castiga_solo_el_lado_malo(valor: float, estado: str) -> None:
    e = evaluado([("2024", valor)], ("2020", 10), ("2030", 10), "descendente", tolerancia=0.5)
    assert (e["estado"], e["avance"]) == (estado, None)


@pytest.mark.parametrize(
    ("valor", "estado"),
    [(7, "alcanzado"), (13, "alcanzado"), (6.9, "en retroceso"), (13.1, "en retroceso")],
)
def test_no_definido_castiga_los_dos_lados(valor: float, estado: str) -> None:
    e = evaluado([("2024", valor)], ("2020", 5), ("2030", 10), "no definido", tolerancia=3)
    assert (e["estado"], e["avance"]) == (estado, None)


@pytest.mark.parametrize(
    ("valor", "estado"), [(100, "alcanzado"), (10, "en ruta"), (0, "en ruta"), (-1, "en retroceso")]
)
def test_si_no_se_esperaba_nada_aun_no_hay_ritmo(valor: float, estado: str) -> None:
    e = evaluado([("2022", valor)], logros={"2023": 0})
    assert (e["esperado"], e["ritmo"], e["estado"]) == (0, None, estado)


@pytest.mark.parametrize(
    ("ritmo", "estado"),
    [
        (0.95, "en ruta"),
        (0.95 - 2e-9, "requiere acelerar"),
        (0.60, "requiere acelerar"),
        (0.60 - 2e-9, "rezagado"),
        (0, "rezagado"),
        (-1e-8, "en retroceso"),
        (1.4, "en ruta"),
    ],
)
def test_las_bandas_incluyen_su_limite(ritmo: float, estado: str) -> None:
    assert evaluado([("2024", 40 * ritmo)])["estado"] == estado


@pytest.mark.parametrize("b", [0.1 * i for i in range(1, 40)])
def test_el_95_por_ciento_exacto_es_en_ruta_pese_al_redondeo(b: float) -> None:
    m = b + 0.7
    assert (
        evaluado([("2024", b + 0.95 * 0.4 * (m - b))], ("2020", b), ("2030", m))["estado"]
        == "en ruta"
    )


PRECEDENCIA = {
    "sin datos": (dict(base=None, meta=None), []),
    "sin datos ": (dict(), [("2020", 5)]),
    "dato protegido": (dict(base=None, meta=None), [("2023", 5), ("2024", None)]),
    "sin meta": (dict(base=None, meta=None), [("2000", 5)]),
    "sin línea de base": (dict(base=None), [("2000", 5)]),
    "sin línea de base ": (dict(quiebres=[2024 * 12 + 3.2]), [("2024", 150)]),
    "dato vencido": (dict(gracia=3, base=("2020", 100)), [("2023", 150)]),
    "alcanzado": (dict(meta=("2023", 100), base=("2019", 0)), [("2024", 100)]),
}


@pytest.mark.parametrize("caso", PRECEDENCIA)
def test_precedencia(caso: str) -> None:
    datos, puntos = PRECEDENCIA[caso]
    assert evaluado(puntos, **datos)["estado"] == caso.strip()


def test_lo_restringido_no_dice_ni_si_hay_datos() -> None:
    for puntos in ([], [("2024", 50)]):
        assert evaluado(puntos, acceso="decisor")["estado"] == "dato protegido"


def test_fuente_sin_cobertura_distrital_es_un_motivo_propio() -> None:
    assert evaluado([], cobertura_distrital=False)["motivo"] == "fuente sin cobertura distrital"


@pytest.mark.parametrize(
    ("corte", "vencido"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True)]
)
def test_vence_al_pasar_su_frecuencia_y_su_gracia(corte: date, vencido: bool) -> None:
    # El dato de 2024 cierra el 31 de diciembre; el siguiente (12 meses) más 3 de gracia se debía el
    # 31 de marzo de 2026.
    assert (evaluado([("2024", 50)], gracia=3, corte=corte)["estado"] == "dato vencido") is vencido


def test_un_flujo_por_trimestres_se_compara_por_anios_y_no_vence_a_mitad_del_siguiente() -> None:
    e = evaluado([("2025", 50)], meses=3, meses_medida=12, gracia=3)
    assert e["estado"] == "en ruta"


@pytest.mark.parametrize(
    ("quiebre", "estado"),
    [
        (2020 * 12, "en ruta"),
        (2020 * 12 + 0.1, "sin línea de base"),
        (2021 * 12 - 0.1, "sin línea de base"),
        (2021 * 12, "sin línea de base"),
        (2025 * 12 - 0.5, "sin línea de base"),
        (2025 * 12, "en ruta"),
    ],
)
def test_un_quiebre_corta_si_cae_desde_que_empezo_a_medirse_la_base_hasta_el_dato(
    quiebre: float, estado: str
) -> None:
    assert evaluado([("2024", 50)], quiebres=[quiebre])["estado"] == estado


def _con_bloques(
    bloques: list[tuple[str, int, float]], base: tuple[str, float], corte: date
) -> dict:
    """Un KPI trimestral con cuatro meses de gracia del que solo se publican periodos agrupados
    (periodo, meses, valor).
    """
    puntos = pl.concat([serie([(p, v)], agrupado=meses) for p, meses, v in bloques])
    f = ficha("X", base, ("2030", 100), meses=3, meses_medida=36, meses_plazo=3, gracia=4)
    return evaluar(puntos, f, senda(base, ("2030", 100)), Metodo(), corte).row(0, named=True)


@pytest.mark.parametrize(
    ("corte", "vencido"),
    [(date(2025, 7, 31), False), (date(2025, 8, 1), True), (date(2026, 10, 31), True)],
)
def test_agrupar_periodos_no_alarga_la_vigencia(corte: date, vencido: bool) -> None:
    # El trienio cierra con 2024: el trimestre siguiente más cuatro meses de gracia llegan hasta
    # julio de 2025.
    e = _con_bloques([("2022/2024", 36, 50.0)], ("2021", 0), corte)
    assert (e["estado"] == "dato vencido") is vencido


def test_un_bloque_que_contiene_la_linea_de_base_no_es_posterior_a_ella() -> None:
    corte = date(2025, 6, 30)
    assert _con_bloques([("2022/2024", 36, 50.0)], ("2022", 0), corte)["estado"] == "sin datos"
    assert _con_bloques([("2022/2024", 36, 50.0)], ("2021", 0), corte)["valor"] == 50


def test_pesos_de_ceplan() -> None:
    assert pesos(Metodo()) == {
        1: pytest.approx(3 / 6),
        2: pytest.approx(2 / 6),
        3: pytest.approx(1 / 6),
    }


def _agregados(filas: list[tuple[str, int, str, float | None]], metodo: Metodo | None = None):
    """``filas``: OKR, nivel, estado, avance."""
    tabla = pl.DataFrame(
        [
            {
                "mision": "m",
                "okr": o,
                "nivel_okr": 1,
                "nivel": n,
                "estado": e,
                "avance": a,
                "mantener": a is None,
                "naturaleza_resultado": "documentado",
            }
            for o, n, e, a in filas
        ],
        schema_overrides={"avance": pl.Float64},
    )
    okrs, misiones = agregar(tabla, metodo or Metodo())
    return okrs.rows_by_key("okr", named=True, unique=True), misiones.row(0, named=True)


def test_agregado_a_mano() -> None:
    okrs, mision = _agregados(
        [
            ("A", 1, "en ruta", 0.5),
            ("A", 2, "alcanzado", 1.6),
            ("A", 3, "en retroceso", -0.4),
            ("A", 1, "sin datos", None),
            ("B", 1, "alcanzado", None),
            ("B", 2, "en retroceso", None),
        ]
    )
    # A: (3·0.5 + 2·1 + 1·0) / 6; sus cotas reparten el nivel 1 que falta: /9 y (+3)/9. B es
    # mantener: (3·1 + 2·0) / 5.
    assert okrs["A"]["avance"] == pytest.approx(3.5 / 6)
    assert (okrs["A"]["minimo"], okrs["A"]["maximo"]) == (
        pytest.approx(3.5 / 9),
        pytest.approx(6.5 / 9),
    )
    assert (okrs["A"]["kpis"], okrs["A"]["evaluados"], okrs["A"]["en_retroceso"]) == (4, 3, 1)
    assert okrs["B"]["avance"] == pytest.approx(0.6)
    assert mision["avance"] == pytest.approx((3.5 / 6 + 0.6) / 2)


def test_con_menos_de_la_mitad_evaluada_no_hay_cifra_y_el_okr_queda_fuera() -> None:
    okrs, mision = _agregados(
        [
            ("A", 1, "en ruta", 0.8),
            ("B", 1, "en ruta", 0.1),
            ("B", 1, "sin datos", None),
            ("B", 1, "dato vencido", 0.5),
        ]
    )
    assert (okrs["B"]["avance"], okrs["B"]["motivo"]) == (None, "cobertura insuficiente")
    assert mision["avance"] == pytest.approx(0.8)
    # Las cotas leen como 0 y como 1 los dos KPI de B sin evaluar; la media, solo de A, puede quedar
    # por encima de ellas.
    assert (mision["minimo"], mision["maximo"]) == (
        pytest.approx((0.8 + 0.1 / 3) / 2),
        pytest.approx((0.8 + 2.1 / 3) / 2),
    )


def test_mision_cubierta_con_todos_sus_okr_sin_numero_dice_por_que() -> None:
    # 3 de 6 KPI evaluados, pero ningún OKR llega a la mitad salvo por empate: con mínimo 0.6
    # ninguno tiene número.
    _, mision = _agregados(
        [(o, 1, e, a) for o in "AB" for e, a in (("en ruta", 0.5), ("sin datos", None))],
        Metodo(cobertura_minima=0.6),
    )
    assert (mision["avance"], mision["motivo"]) == (None, "cobertura insuficiente")


def test_solo_marca_lo_que_entra_en_la_cuenta() -> None:
    filas = [
        {
            "mision": "m",
            "okr": o,
            "nivel_okr": 1,
            "nivel": 1,
            "estado": e,
            "avance": a,
            "mantener": False,
            "naturaleza_resultado": n,
        }
        for o, e, a, n in (
            ("A", "en ruta", 0.5, "documentado"),
            ("A", "dato vencido", 0.9, "demostracion"),
            ("B", "en ruta", 0.5, "demostracion"),
        )
    ]
    okrs, misiones = agregar(pl.DataFrame(filas), Metodo())
    assert (
        okrs.sort("okr")["demostracion"].to_list() == [False, True]
        and misiones["demostracion"].item()
    )


def test_lo_vencido_no_cuenta_como_evaluado() -> None:
    okrs, _ = _agregados([("A", 1, "dato vencido", 0.9), ("A", 1, "en ruta", 0.3)])
    assert (okrs["A"]["evaluados"], okrs["A"]["avance"]) == (1, pytest.approx(0.3))


@pytest.mark.parametrize(
    ("ultima", "base", "resultado"),
    [
        ("documentado", "documentado", "documentado"),
        ("documentado", "declarado", "declarado"),
        ("declarado", "demostracion", "demostracion"),
    ],
)
def test_el_resultado_es_tan_firme_como_su_insumo_mas_debil(
    ultima: str, base: str, resultado: str
) -> None:
    tabla = evaluar(
        serie([("2024", 5)], naturaleza=ultima),
        ficha(naturaleza_base=base),
        senda(("2020", 0), ("2030", 100)),
        Metodo(),
        CORTE,
    )
    assert tabla["naturaleza_resultado"].item() == resultado
