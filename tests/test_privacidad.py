"""La protección, probada como atacante: programa lineal, restas entre ediciones y tasas."""

from __future__ import annotations

import itertools
import os

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from apoyo_ataque import DISTRITO, REGLAS, Caso, K, aciertan, anterior_de, atacar, caso_al_azar
from apoyo_atomos import atacar_atomos, caso_de_atomos
from apoyo_ediciones import (
    atacar_ediciones,
    con_cifras_corregidas,
    con_cifras_que_suben_o_bajan,
    con_totales_antes_que_sus_partes,
    historia_al_azar,
)
from observatorio.base.tablas import TablaDistinta
from observatorio.catalogo import cargar
from observatorio.catalogo.modelos import Kpi
from observatorio.edicion import diario, memoria
from observatorio.errores import DatosInvalidos
from observatorio.privacidad import acumular, como_csv, leer_historial, proteger, supresion
from observatorio.privacidad.columnas import COSTO, PUBLICA
from observatorio.privacidad.historial import vacia
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

LARGO = bool(os.environ.get("OBSERVATORIO_LARGO"))
TANDAS = 8
TABLAS = 1000 if LARGO else 8
EDICIONES = 304 if LARGO else 4
ATOMOS = 800 if LARGO else 8
DE_ANTES = [
    1000176,
    1000205,
    1000246,
    1000406,
    1000445,
    1000527,
    1000628,
    1000860,
    1001751,
]
"""Las semillas con que alguna vez se recuperó una celda."""
HISTORIAS = [*DE_ANTES, *range(400)] if LARGO else [*DE_ANTES[::3], 0]

TOTALES_ANTES = range(400) if LARGO else [1, 32, 73, 93]


def anexos(
    *pares: tuple[int, int],
    clase: str = "porcentaje",
    periodo: str = "2024",
    mas: dict | None = None,
) -> Caso:
    """Un periodo con estos anexos y su total exacto."""
    cuentas = {(periodo, f"99999900{i:02d}", "total", "", 0): p for i, p in enumerate(pares)}
    cuentas[periodo, DISTRITO, "total", "", 0] = tuple(sum(p[q] for p in pares) for q in (0, 1))
    return Caso(clase, 12, cuentas | (mas or {}), {})


def protegidas(tabla: pl.DataFrame) -> set[str]:
    return set(tabla.filter("protegido")["lugar"])


@pytest.mark.parametrize("tanda", range(TANDAS))
def test_ningun_ataque_recupera_una_celda(tanda: int) -> None:
    fallos = {
        s: f
        for s in range(tanda, TABLAS, TANDAS)
        if (f := atacar(caso := caso_al_azar(np.random.default_rng(s)), caso.publicar().tabla))
    }
    assert not fallos


@pytest.mark.parametrize("tanda", range(min(TANDAS, EDICIONES)))
def test_restar_ediciones_no_descubre_nada(tanda: int) -> None:
    for s in range(tanda, EDICIONES, TANDAS):
        azar = np.random.default_rng(s)
        ahora = caso_al_azar(azar)
        antes = anterior_de(azar, ahora)
        primera = antes.publicar()
        ya = acumular(vacia(), primera.tabla, {"M1-K01"})
        assert antes.publicar(ya).tabla.equals(primera.tabla), (
            f"{s}: publicar no puede cambiar lo que se publica"
        )
        assert not atacar(ahora, ahora.publicar(ya).tabla, (antes, primera.tabla)), s


@pytest.mark.parametrize("semilla", HISTORIAS)
def test_guardar_tres_ediciones_no_descubre_nada(semilla: int) -> None:
    assert not atacar_ediciones(historia_al_azar(np.random.default_rng(semilla)))


@pytest.mark.parametrize("semilla", TOTALES_ANTES)
def test_un_total_que_se_vio_antes_que_sus_partes_no_las_descubre_aunque_ya_no_este(
    semilla: int,
) -> None:
    assert not atacar_ediciones(con_totales_antes_que_sus_partes(np.random.default_rng(semilla)))


@pytest.mark.parametrize("semilla", range(300) if LARGO else [39, 92, 247])
def test_una_cifra_corregida_no_descubre_lo_que_se_oculto_antes(semilla: int) -> None:
    assert not atacar_ediciones(con_cifras_corregidas(np.random.default_rng(semilla)))


@pytest.mark.parametrize("semilla", range(300) if LARGO else [13, 51])
def test_una_cifra_que_baja_hasta_protegerse_no_sale_de_lo_que_su_total_cambio(
    semilla: int,
) -> None:
    assert not atacar_ediciones(con_cifras_que_suben_o_bajan(np.random.default_rng(semilla)))


@pytest.mark.parametrize(
    ("ahora", "oculto"),
    [
        pytest.param(
            [(3, 60), (41, 61), (42, 62), (43, 63)], True, id="30 pasa a 3 y el total baja 27"
        ),
        pytest.param(
            [(30, 60), (41, 61), (42, 62), (45, 63)], False, id="lo explica una parte a la vista"
        ),
    ],
)
def test_el_total_que_delata_la_correccion_de_una_parte_se_oculta(
    ahora: list, oculto: bool
) -> None:
    ya = acumular(
        vacia(), anexos((30, 60), (41, 61), (42, 62), (43, 63)).publicar().tabla, {"M1-K01"}
    )
    protegida = protegidas(anexos(*ahora).publicar(ya).tabla)
    assert (DISTRITO in protegida) == oculto, protegida


def test_al_corregir_un_anexo_oculto_se_oculta_el_total_que_diria_cuanto_se_movio() -> None:
    """Quien sabe cuál se movió leería en el total que hoy vale al menos uno."""
    ya = acumular(vacia(), anexos((6, 60), (5, 61), (42, 62)).publicar().tabla, {"M1-K01"})
    ahora = anexos((7, 60), (5, 61), (42, 62)).publicar(ya).tabla
    assert protegidas(ahora) == {DISTRITO, "9999990000", "9999990001"}
    otro = anexos((6, 60), (5, 61), (43, 62)).publicar(ya).tabla
    assert protegidas(otro) == {"9999990000", "9999990001"}, "lo explica una parte a la vista"


@pytest.mark.parametrize("semilla", range(50) if LARGO else range(4))
def test_quien_sabe_que_celda_oculta_se_corrigio_no_aprende_cuanto(semilla: int) -> None:
    azar = np.random.default_rng(semilla)
    pares = [tuple(int(x) for x in azar.poisson(azar.gamma(1.5, 12, 2) + 1)) for _ in range(5)]
    primera = anexos(*pares).publicar().tabla
    ocultos = [i for i in range(5) if f"999999000{i}" in protegidas(primera)]
    if not ocultos:
        return
    cual = int(azar.choice(ocultos))
    despues = list(pares)
    despues[cual] = tuple(max(0, x + int(azar.integers(-4, 9))) for x in pares[cual])
    segunda = anexos(*despues).publicar(acumular(vacia(), primera, {"M1-K01"})).tabla
    movidas = _con_la_movida(pares, despues, cual, protegidas(primera), protegidas(segunda))
    assert not movidas


def _con_la_movida(antes: list, ahora: list, cual: int, uno: set, dos: set) -> list[str]:
    """Las partes de las dos ediciones, iguales salvo la que se movió, contra lo que se vio."""
    n, fallos = len(antes), []
    for q in (0, 1):
        verdad = np.array([*(float(p[q]) for p in antes), float(ahora[cual][q])])
        filas = []
        for ocultas, vieja in ((uno, True), (dos, False)):
            de = [i if vieja or i != cual else n for i in range(n)]
            filas += [np.eye(n + 1)[de[i]] for i in range(n) if f"999999000{i}" not in ocultas]
            filas += [np.eye(n + 1)[de].sum(axis=0)] if DISTRITO not in ocultas else []
        a = np.array(filas)
        for i in range(n + 1):
            if any((f == np.eye(n + 1)[i]).all() for f in filas):
                continue
            bajo, alto = (
                s
                * linprog(
                    s * np.eye(n + 1)[i], A_eq=a, b_eq=a @ verdad, bounds=(0, 1e5), method="highs"
                ).fun
                for s in (1, -1)
            )
            x = verdad[i]
            if (bajo > 1e-4 or alto < K - 1 - 1e-4) if x < K else alto - bajo < K - 1e-4:
                fallos.append(f"cuenta {q}, {i}: vale {x:g}, en [{bajo:g}, {alto:g}]")
    return fallos


def test_la_tapa_de_una_celda_que_crecio_sigue_tapada_si_el_total_de_entonces_se_vio() -> None:
    antes = anexos((3, 60), (41, 61), (42, 62), (43, 63))
    primera = antes.publicar().tabla
    assert protegidas(primera) == {"9999990000", "9999990001"}
    ya = acumular(vacia(), primera, {"M1-K01"})
    ahora = anexos((13, 60), (41, 61), (42, 62), (43, 63))
    assert not protegidas(ahora.publicar().tabla)
    assert protegidas(ahora.publicar(ya).tabla) == {
        "9999990000",
        "9999990001",
    }, "129 − 41 − 42 − 43 = 3"
    oculto = ya.with_columns(
        pl.when(pl.col("lugar") != DISTRITO).then("vista").otherwise(0).alias("vista")
    )
    assert not protegidas(ahora.publicar(oculto).tabla), (
        "sin el total de entonces no hay de qué restar"
    )


@pytest.mark.parametrize(
    "antes", [300 / 11, 27.3, 31.0], ids=["la misma", "la misma redondeada", "otra"]
)
@pytest.mark.parametrize("sigue", [True, False], ids=["sigue", "se retira"])
def test_las_partes_que_llegan_despues_de_la_tasa_de_su_total_no_salen_de_ella(
    antes: float, sigue: bool
) -> None:
    partes = anexos((45, 145), (25, 60), (15, 30), (5, 5))
    solo = (
        solo_con_tasa(anexos((90, 240)), DISTRITO)
        .filter(pl.col("lugar") == DISTRITO)
        .with_columns(pl.lit(antes).alias("valor"))
    )
    ya = acumular(vacia(), solo, {"M1-K01"})
    obs = (
        partes.observaciones()
        .with_columns(
            pl.when(pl.col("lugar") != DISTRITO).then(c).alias(c)
            for c in ("numerador", "denominador")
        )
        .filter((pl.col("lugar") != DISTRITO) | sigue)
    )
    t = proteger(obs, partes.fichas, REGLAS, ya).tabla
    assert protegidas(t) - {DISTRITO} == {
        "9999990002",
        "9999990003",
    }, "la menor acompaña a la que se protege"


def test_la_parte_que_se_vio_y_ya_no_se_informa_sirve_para_restar() -> None:
    ya = acumular(
        vacia(),
        anexos((45, 145), mas={("2024", DISTRITO, "total", "", 0): (80, 250)}).publicar().tabla,
        {"M1-K01"},
    )
    tarde = {("2024", f"999999000{i}", "total", "", 0): p for i, p in ((1, (30, 100)), (2, (5, 5)))}
    t = (
        Caso("porcentaje", 12, {("2024", DISTRITO, "total", "", 0): (80, 250)} | tarde, {})
        .publicar(ya)
        .tabla
    )
    assert protegidas(t) == {"9999990001", "9999990002"}, "80 − 45 − 30 = 5"


def test_lo_que_falta_a_un_total_por_un_anexo_que_no_informo_no_sale_de_restar() -> None:
    incompleto = anexos((45, 145), (25, 60), mas={("2024", DISTRITO, "total", "", 0): (75, 210)})
    assert protegidas(incompleto.publicar().tabla) == {"9999990001"}, (
        "75 − 45 − 25 = 5 de un anexo que llegará después"
    )
    assert not protegidas(
        anexos((45, 145), (25, 60), mas={("2024", DISTRITO, "total", "", 0): (90, 225)})
        .publicar()
        .tabla
    )
    sexos = {("2024", DISTRITO, f"sexo:{i}", "", 0): p for i, p in enumerate([(45, 145), (25, 60)])}
    assert (
        not Caso("porcentaje", 12, {("2024", DISTRITO, "total", "", 0): (75, 210)} | sexos, {})
        .publicar()
        .tabla["protegido"]
        .any()
    ), "de nadie son 5"


def test_el_ataque_tiene_dientes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supresion, "_primeras_inseguras", lambda pruebas, tabla: set())
    casos = (caso_al_azar(np.random.default_rng(s)) for s in range(30))
    assert aciertan((atacar(c, c.publicar().tabla) for c in casos), 10)


@pytest.mark.parametrize("tanda", range(TANDAS))
@pytest.mark.parametrize("descuadre", [False, True], ids=["cuadra", "no cuadra"])
def test_ningun_ataque_por_atomos_recupera_una_celda_aunque_falten_filas(
    tanda: int, descuadre: bool
) -> None:
    cuentas = (0,) if descuadre else (0, 1)
    for s in range(tanda, ATOMOS, TANDAS):
        caso, filas = caso_de_atomos(np.random.default_rng(s), 0.25, descuadre)
        assert not caso.cuentas or not atacar_atomos(caso, filas, caso.publicar().tabla, cuentas), s


def test_sin_la_fila_de_un_anexo_sus_sexos_no_salen_de_restar() -> None:
    cuentas = {("2025", DISTRITO, "total", "", 0): (60, 160)}
    for lugar, grupo, par in [
        ("00", "mujer", (20, 60)),
        ("00", "hombre", (20, 60)),
        ("01", "mujer", (15, 30)),
        ("01", "hombre", (5, 10)),
    ]:
        cuentas["2025", f"99999900{lugar}", f"sexo:{grupo}", "", 0] = par
    t = Caso("porcentaje", 12, cuentas, {}).publicar().tabla
    assert t.filter("protegido")["lugar"].to_list() == ["9999990001"] * 2, (
        "las dos del anexo y ninguna más"
    )


def test_la_fila_que_falta_pero_se_deduce_no_ayuda_a_restar() -> None:
    filas = [
        (DISTRITO, "total", 43),
        (DISTRITO, "sexo:m", 31),
        (DISTRITO, "sexo:h", 12),
        ("9999990000", "sexo:m", 10),
        ("9999990001", "total", 11),
        ("9999990001", "sexo:m", 9),
        ("9999990002", "total", 22),
        ("9999990002", "sexo:h", 10),
    ]
    cuentas = {("2024", lugar, grupo, "", 0): (n, n) for lugar, grupo, n in filas}
    t = Caso("recuento", 12, cuentas, {}).publicar().tabla
    assert t["protegido"].sum() >= 2, "22 − 10 = 12 mujeres, y 31 − 10 − 12 = 9"


def test_sin_la_fila_del_anexo_sus_unidades_suman_al_territorio_aunque_otro_periodo_si() -> None:
    otro = {
        ("2023", x, "total", "", 0): p
        for x, p in ((DISTRITO, (75, 180)), ("9999990000", (45, 140)), ("9999990001", (30, 40)))
    }
    unidades = {
        ("2024", f"999999000{i}", "total", f"U{i}", 0): p
        for i, p in enumerate([(45, 140), (5, 10)])
    }
    t = (
        Caso(
            "porcentaje",
            12,
            {("2024", DISTRITO, "total", "", 0): (50, 150), **otro, **unidades},
            {},
        )
        .publicar()
        .tabla
    )
    assert set(t.filter("protegido")["unidad"]) == {"U0", "U1"}


def test_sin_total_dos_familias_se_enlazan_por_el() -> None:
    sexos = {("2024", DISTRITO, f"sexo:{i}", "", 0): p for i, p in enumerate([(40, 60), (5, 30)])}
    lugares = {
        ("2024", f"999999000{i}", "total", "", 0): p for i, p in enumerate([(25, 50), (20, 40)])
    }
    assert (
        Caso("porcentaje", 12, sexos | lugares, {})
        .publicar()
        .tabla.filter(pl.col("grupo") != "total")["protegido"]
        .all()
    )
    assert Caso("porcentaje", 12, sexos, {}).publicar().tabla["protegido"].sum() == 1, (
        "sin otra familia, nada se resta"
    )


@pytest.mark.parametrize("total", [(50, 150), (60, 150)], ids=["cuadra una", "cuadra ninguna"])
def test_una_cuenta_que_no_cuadra_no_deja_de_proteger_la_otra(total: tuple[int, int]) -> None:
    caso = Caso(
        "porcentaje",
        12,
        {
            ("2024", DISTRITO, "total", "", 0): total,
            ("2024", "9999990000", "total", "", 0): (45, 145),
            ("2024", "9999990001", "total", "", 0): (5, 7),
        },
        {},
    )
    assert protegidas(caso.publicar().tabla) >= {"9999990000", "9999990001"}


def solo_con_tasa(caso: Caso, lugar: str) -> pl.DataFrame:
    obs = caso.observaciones().with_columns(
        pl.when(pl.col("lugar") != lugar).then(c).alias(c) for c in ("numerador", "denominador")
    )
    return proteger(obs, caso.fichas, REGLAS).tabla


def test_la_tasa_del_total_no_se_dice_mientras_haya_una_parte_oculta() -> None:
    assert protegidas(solo_con_tasa(anexos((45, 145), (5, 5)), DISTRITO)) == {
        DISTRITO,
        "9999990001",
    }
    assert not protegidas(solo_con_tasa(anexos((45, 145), (15, 15)), DISTRITO))


def test_una_parte_de_la_que_solo_se_dice_la_tasa_no_sale_de_restar() -> None:
    assert protegidas(solo_con_tasa(anexos((45, 145), (5, 5)), "9999990001")) == {
        "9999990000",
        "9999990001",
    }


def test_una_sola_celda_oculta_se_tapa_con_la_menor() -> None:
    t = anexos((3, 40), (25, 60), (12, 13), (30, 80)).publicar().tabla
    assert protegidas(t) == {"9999990000", "9999990002"}


def test_dos_ocultas_que_suman_menos_de_k_piden_otra() -> None:
    assert len(protegidas(anexos((2, 40), (3, 50), (25, 60), (30, 80)).publicar().tabla)) == 3
    assert len(protegidas(anexos((8, 40), (7, 50), (25, 60), (30, 80)).publicar().tabla)) == 2


def test_nueve_de_nueve_y_el_complemento_se_ocultan() -> None:
    t = anexos((40, 0), (25, 60), (30, 80), (9, 0)).publicar().tabla
    assert protegidas(t) >= {"9999990000", "9999990003"}
    assert t.filter("protegido").select(
        pl.col("valor", "numerador", "denominador").is_null().all()
    ).row(0) == (True, True, True)


@settings(max_examples=400 if LARGO else 20)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=5))
def test_pierde_el_minimo_de_celdas(pares: list[tuple[int, int]]) -> None:
    caso = anexos(*pares)
    tabla = caso.publicar().tabla
    if tabla.filter(pl.col("lugar") == DISTRITO)["protegido"].item():
        return
    ocultas = protegidas(tabla)
    primarias = {i for i, p in enumerate(pares) if min(p) < K}
    for n in range(len(primarias), len(ocultas)):
        for mas in itertools.combinations(
            sorted(set(range(len(pares))) - primarias), n - len(primarias)
        ):
            juntas = primarias | set(mas)
            assert not _basta(pares, juntas), f"bastaba ocultar {juntas}"


def _basta(pares: list[tuple[int, int]], juntas: set[int]) -> bool:
    """La regla a mano: dos o más, que sumen k en cada cuenta aunque se sepan los denominadores."""
    if not juntas:
        return True
    a, b = (sum(pares[i][q] for i in juntas) for q in (0, 1))
    con_base = all(
        (pares[i][0] >= K or b >= sum(pares[i])) and (pares[i][1] >= K or a >= sum(pares[i]))
        for i in juntas
        if sum(pares[i]) >= K
    )
    return len(juntas) >= 2 and a >= K and b >= K and con_base


@settings(max_examples=400 if LARGO else 10)
@given(st.integers(0, 10**6), st.randoms())
def test_el_orden_de_las_filas_no_cambia_nada(semilla: int, azar) -> None:
    caso = caso_al_azar(np.random.default_rng(semilla))
    filas = list(caso.cuentas.items())
    azar.shuffle(filas)
    assert (
        Caso(caso.clase, caso.meses, dict(filas), caso.lugar_de)
        .publicar()
        .tabla.equals(caso.publicar().tabla)
    )


def test_todo_lo_publicado_es_igual_a_lo_medido() -> None:
    caso = caso_al_azar(np.random.default_rng(7))
    medido = caso.observaciones().select("periodo", "lugar", "grupo", "unidad", "valor")
    visto = caso.publicar().tabla.filter(~pl.col("protegido"), pl.col("agrupado") == 0)
    assert (
        visto.height
        and visto.join(
            medido, on=["periodo", "lugar", "grupo", "unidad", "valor"], how="anti"
        ).is_empty()
    )


def test_una_tasa_por_su_denominador_conocido_descubre_la_cuenta_y_se_oculta() -> None:
    sexos = {
        ("2024", DISTRITO, f"sexo:{i}", "", 0): (a, b)
        for i, (a, b) in enumerate([(3, 97), (2, 98)])
    }
    obs = Caso(
        "porcentaje", 12, {("2024", DISTRITO, "total", "", 0): (5, 195), **sexos}, {}
    ).observaciones()
    solo_tasa = obs.with_columns(
        pl.when(pl.col("grupo") != "total").then(c).alias(c) for c in ("numerador", "denominador")
    )
    t = proteger(solo_tasa, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla
    assert t.filter(pl.col("grupo") == "total")["protegido"].item(), "2.5 % de 200 son 5 personas"
    sin_base = solo_tasa.filter(pl.col("grupo") == "total").with_columns(
        pl.lit(0.05).alias("valor")
    )
    assert (
        proteger(sin_base, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla["protegido"].item()
    ), "0.05 % de 11,000 son 6"
    comun = sin_base.with_columns(pl.lit(30.0).alias("valor"))
    assert (
        not proteger(comun, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla["protegido"].item()
    )


def test_los_trimestres_siempre_protegidos_se_publican_agrupados_y_asi_lo_dicen() -> None:
    cuentas = {
        (f"{a}-T{q}", DISTRITO, "total", "", 0): (47, 3) for a in (2023, 2024) for q in range(1, 5)
    }
    t = Caso("porcentaje", 3, cuentas, {}).publicar().tabla
    anuales = t.filter(pl.col("agrupado") == 12)
    assert anuales["periodo"].to_list() == ["2023", "2024"] and not anuales["protegido"].any()
    assert anuales["numerador"].to_list() == [188.0, 188.0] and anuales[
        "denominador"
    ].to_list() == [200.0, 200.0]
    assert anuales["nota"].to_list()[0] == "4 periodos agrupados, de 2023-T1 a 2023-T4"
    assert t.filter(pl.col("agrupado") == 0)["protegido"].all()


def test_las_mismas_personas_vistas_cuatro_veces_no_se_agrupan(proyecto_real: Proyecto) -> None:
    caso = Caso(
        "porcentaje",
        3,
        {(f"2024-T{q}", DISTRITO, "total", "", 0): (47, 3) for q in range(1, 5)},
        {},
    )
    padron = proteger(
        caso.observaciones(), caso.fichas.with_columns(pl.lit(False).alias("agrupable")), REGLAS
    ).tabla
    assert padron.filter(pl.col("agrupado") > 0).is_empty() and padron["protegido"].all()
    assert not Kpi.model_fields["agrupable"].default, "agrupar se declara, no se supone"
    kpis = cargar(proyecto_real).kpis
    assert kpis["M1-K10"].agrupable, "nadie nace en dos trimestres"
    assert not kpis["M4-K01"].agrupable, "el mismo niño se mide en dos semestres"


def test_un_monto_sin_cuantos_hay_detras_no_se_publica_por_anexo(
    proyecto_real: Proyecto, resultados_reales: Resultados
) -> None:
    """Mil soles no son mil personas. Lo que se mide en viviendas se protege como ellas."""
    kpis, ubigeo = cargar(proyecto_real).kpis, resultados_reales.catalogo.territorio.ubigeo
    montos = [
        k.codigo
        for k in kpis.values()
        if k.sobre_personas and k.formula.denominador is None and k.formula.medida == "magnitud"
    ]
    assert "M3-K05" in montos and kpis["M1-K02"].sobre_personas and kpis["M4-K10"].sobre_personas
    publica = resultados_reales.publica.with_columns(pl.col("kpi", "lugar").cast(pl.String))
    de_montos = publica.filter(pl.col("kpi").is_in(montos))
    assert (
        de_montos.filter(pl.col("lugar") != ubigeo)["protegido"].all()
        and not de_montos.filter(pl.col("lugar") == ubigeo)["protegido"].any()
    )
    agua = publica.filter(
        pl.col("kpi") == "M4-K10", pl.col("lugar") != ubigeo, ~pl.col("protegido")
    )
    assert agua.filter(
        (pl.col("numerador") < 10) | (pl.col("denominador") - pl.col("numerador") < 10)
    ).is_empty()


def test_un_bloque_abierto_o_con_quiebre_no_se_publica() -> None:
    cuentas = {(f"2026-T{q}", DISTRITO, "total", "", 0): (47, 3) for q in (1, 2, 3)}
    assert (
        Caso("porcentaje", 3, cuentas, {})
        .publicar()
        .tabla.filter(pl.col("agrupado") > 0)
        .is_empty()
    )
    caso = Caso(
        "porcentaje",
        3,
        {(f"2024-T{q}", DISTRITO, "total", "", 0): (47, 3) for q in range(1, 5)},
        {},
    )
    fichas = caso.fichas.with_columns(
        pl.Series("quiebres", [[2024 * 12 + 3]], dtype=pl.List(pl.Float64))
    )
    assert (
        proteger(caso.observaciones(), fichas, REGLAS)
        .tabla.filter(pl.col("agrupado") > 0)
        .is_empty()
    )


def test_las_notas_nunca_pasan() -> None:
    obs = (
        anexos((20, 40), (30, 50))
        .observaciones()
        .with_columns(pl.lit("la señora Quispe").alias("nota"))
    )
    assert set(proteger(obs, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla["nota"]) == {""}


def test_la_tabla_anterior_va_y_vuelve_y_su_defecto_se_explica(minimo: Proyecto) -> None:
    assert leer_historial(minimo, minimo.publicada).is_empty()
    tabla = acumular(vacia(), anexos((3, 40), (25, 60), (12, 13)).publicar().tabla, {"M1-K01"})
    diario.guardar(minimo.raiz, memoria.SEMILLA, {memoria.CELDAS: como_csv(tabla)})
    assert (
        leer_historial(minimo, minimo.publicada).equals(tabla)
        and acumular(tabla, anexos((3, 40), (25, 60), (12, 13)).publicar().tabla, {"M1-K01"})[
            "desde"
        ].to_list()
        == [1] * 4
    )
    diario.guardar(
        minimo.raiz,
        memoria.SEMILLA,
        {memoria.CELDAS: como_csv(tabla).replace(b",25.0,", b",veinticinco,")},
    )
    with pytest.raises(DatosInvalidos, match="publicada-no-es-numero"):
        leer_historial(minimo, minimo.publicada)


def test_un_anexo_que_llega_tarde_con_pocos_no_se_deduce_de_los_dos_totales() -> None:
    antes = anexos((25, 60), (30, 80))
    ya = acumular(vacia(), antes.publicar().tabla, {"M1-K01"})
    tarde = anexos((25, 60), (30, 80), (3, 20))
    t = tarde.publicar(ya).tabla
    assert DISTRITO in protegidas(t) and "9999990002" in protegidas(t)
    despues = acumular(ya, t, {"M1-K01"})
    assert DISTRITO in protegidas(tarde.publicar(despues).tabla), "publicar otra vez no lo destapa"


def test_una_columna_sin_declarar_no_entra_porque_se_publicaria_sin_proteger() -> None:
    caso = anexos((20, 40), (30, 50))
    con_nombre = caso.observaciones().with_columns(pl.lit("la señora Quispe").alias("informante"))
    with pytest.raises(TablaDistinta, match="sobra «informante»"):
        proteger(con_nombre, caso.fichas, REGLAS)
    with pytest.raises(TablaDistinta, match="«fichas»:\nfalta «quiebres»"):
        proteger(caso.observaciones(), caso.fichas.drop("quiebres"), REGLAS)
    with pytest.raises(TablaDistinta, match="«desde» es Int64 y se declara Int32"):
        proteger(caso.observaciones(), caso.fichas, REGLAS, vacia().cast({"desde": pl.Int64}))


def test_lo_que_se_publica_tiene_las_columnas_declaradas(resultados_reales: Resultados) -> None:
    assert tuple(PUBLICA.revisar(resultados_reales.publica).columns) == PUBLICA.nombres
    assert tuple(COSTO.revisar(resultados_reales.costo_privacidad).columns) == COSTO.nombres
