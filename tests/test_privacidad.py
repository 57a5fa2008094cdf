"""La puerta de la privacidad, probada como atacante: programa lineal, restas entre ediciones y tasa por denominador."""

from __future__ import annotations

import itertools
import os

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apoyo_ataque import DISTRITO, REGLAS, Caso, K, anterior_de, atacar, caso_al_azar
from observatorio.errores import DatosInvalidos
from observatorio.privacidad import acumular, escribir, leer, publicar, puerta
from observatorio.privacidad.anterior import vacia
from observatorio.rutas import Proyecto

LARGO = bool(os.environ.get("OBSERVATORIO_LARGO"))
TANDAS = 8
TABLAS = 1000 if LARGO else 64
EDICIONES = 304 if LARGO else 16


def anexos(*pares: tuple[int, int], clase: str = "porcentaje", periodo: str = "2024", mas: dict | None = None) -> Caso:
    """Un periodo con estos anexos y su total exacto."""
    cuentas = {(periodo, f"99999900{i:02d}", "total", "", 0): p for i, p in enumerate(pares)}
    cuentas[periodo, DISTRITO, "total", "", 0] = tuple(sum(p[q] for p in pares) for q in (0, 1))
    return Caso(clase, 12, cuentas | (mas or {}), {})


def protegidas(tabla: pl.DataFrame) -> set[str]:
    return set(tabla.filter("protegido")["lugar"])


@pytest.mark.parametrize("tanda", range(TANDAS))
def test_ningun_ataque_recupera_una_celda(tanda: int) -> None:
    fallos = {s: f for s in range(tanda, TABLAS, TANDAS) if (f := atacar(caso := caso_al_azar(np.random.default_rng(s)), caso.publicar().tabla))}
    assert not fallos


@pytest.mark.parametrize("tanda", range(TANDAS))
def test_restar_ediciones_no_descubre_nada(tanda: int) -> None:
    for s in range(tanda, EDICIONES, TANDAS):
        azar = np.random.default_rng(s)
        ahora = caso_al_azar(azar)
        antes = anterior_de(azar, ahora)
        primera = antes.publicar()
        ya = acumular(vacia(), primera.tabla, {"M1-K01"})
        assert antes.publicar(ya).tabla.equals(primera.tabla), f"{s}: publicar no puede cambiar lo que se publica"
        assert not atacar(ahora, ahora.publicar(ya).tabla, (antes, primera.tabla)), s


def test_el_ataque_tiene_dientes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(puerta, "_primeras", lambda pruebas, tabla: set())
    casos = [caso_al_azar(np.random.default_rng(s)) for s in range(30)]
    assert sum(bool(atacar(c, c.publicar().tabla)) for c in casos) >= 10


def test_una_sola_celda_oculta_se_tapa_con_la_menor() -> None:
    t = anexos((3, 40), (25, 60), (12, 13), (30, 80)).publicar().tabla
    assert protegidas(t) == {"9999990000", "9999990002"}


def test_dos_ocultas_que_suman_menos_de_k_piden_otra() -> None:
    assert len(protegidas(anexos((2, 40), (3, 50), (25, 60), (30, 80)).publicar().tabla)) == 3
    assert len(protegidas(anexos((8, 40), (7, 50), (25, 60), (30, 80)).publicar().tabla)) == 2


def test_nueve_de_nueve_y_el_complemento_se_ocultan() -> None:
    t = anexos((40, 0), (25, 60), (30, 80), (9, 0)).publicar().tabla
    assert protegidas(t) >= {"9999990000", "9999990003"}
    assert t.filter("protegido").select(pl.col("valor", "numerador", "denominador").is_null().all()).row(0) == (True, True, True)


@settings(max_examples=40 if not LARGO else 400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=2, max_size=5))
def test_pierde_el_minimo_de_celdas(pares: list[tuple[int, int]]) -> None:
    caso = anexos(*pares)
    tabla = caso.publicar().tabla
    if tabla.filter(pl.col("lugar") == DISTRITO)["protegido"].item():
        return
    ocultas = protegidas(tabla)
    primarias = {i for i, p in enumerate(pares) if min(p) < K}
    for n in range(len(primarias), len(ocultas)):
        for mas in itertools.combinations(sorted(set(range(len(pares))) - primarias), n - len(primarias)):
            juntas = primarias | set(mas)
            assert not _basta(pares, juntas), f"bastaba ocultar {juntas}"


def _basta(pares: list[tuple[int, int]], juntas: set[int]) -> bool:
    """La regla escrita a mano: dos o más, que sumen k en las dos cuentas y aunque se sepan los denominadores."""
    if not juntas:
        return True
    a, b = (sum(pares[i][q] for i in juntas) for q in (0, 1))
    con_base = all(
        (pares[i][0] >= K or b >= sum(pares[i])) and (pares[i][1] >= K or a >= sum(pares[i])) for i in juntas if sum(pares[i]) >= K
    )
    return len(juntas) >= 2 and a >= K and b >= K and con_base


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.randoms())
def test_el_orden_de_las_filas_no_cambia_nada(semilla: int, azar) -> None:
    caso = caso_al_azar(np.random.default_rng(semilla))
    filas = list(caso.cuentas.items())
    azar.shuffle(filas)
    assert Caso(caso.clase, caso.meses, dict(filas), caso.lugar_de).publicar().tabla.equals(caso.publicar().tabla)


def test_todo_lo_publicado_es_igual_a_lo_medido() -> None:
    caso = caso_al_azar(np.random.default_rng(7))
    medido = caso.observaciones().select("periodo", "lugar", "grupo", "unidad", "valor")
    visto = caso.publicar().tabla.filter(~pl.col("protegido"), pl.col("agrupado") == 0)
    assert visto.height and visto.join(medido, on=["periodo", "lugar", "grupo", "unidad", "valor"], how="anti").is_empty()


def test_una_tasa_por_su_denominador_conocido_descubre_la_cuenta_y_se_oculta() -> None:
    sexos = {("2024", DISTRITO, f"sexo:{i}", "", 0): (a, b) for i, (a, b) in enumerate([(3, 97), (2, 98)])}
    obs = Caso("porcentaje", 12, {("2024", DISTRITO, "total", "", 0): (5, 195), **sexos}, {}).observaciones()
    solo_tasa = obs.with_columns(
        pl.when(pl.col("grupo") != "total").then(c).alias(c) for c in ("numerador", "denominador")
    )
    t = publicar(solo_tasa, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla
    assert t.filter(pl.col("grupo") == "total")["protegido"].item(), "2.5 % de 200 son 5 personas"
    sin_base = solo_tasa.filter(pl.col("grupo") == "total").with_columns(pl.lit(0.05).alias("valor"))
    assert publicar(sin_base, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla["protegido"].item(), "0.05 % de 11,000 son 6"
    comun = sin_base.with_columns(pl.lit(30.0).alias("valor"))
    assert not publicar(comun, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla["protegido"].item()


def test_los_trimestres_siempre_protegidos_se_publican_agrupados_y_asi_lo_dicen() -> None:
    cuentas = {(f"{a}-T{q}", DISTRITO, "total", "", 0): (47, 3) for a in (2023, 2024) for q in range(1, 5)}
    t = Caso("porcentaje", 3, cuentas, {}).publicar().tabla
    anuales = t.filter(pl.col("agrupado") == 12)
    assert anuales["periodo"].to_list() == ["2023", "2024"] and not anuales["protegido"].any()
    assert anuales["numerador"].to_list() == [188.0, 188.0] and anuales["denominador"].to_list() == [200.0, 200.0]
    assert anuales["nota"].to_list()[0] == "4 periodos agrupados, de 2023-T1 a 2023-T4"
    assert t.filter(pl.col("agrupado") == 0)["protegido"].all()


def test_un_bloque_abierto_o_con_quiebre_no_se_publica() -> None:
    cuentas = {(f"2026-T{q}", DISTRITO, "total", "", 0): (47, 3) for q in (1, 2, 3)}
    assert Caso("porcentaje", 3, cuentas, {}).publicar().tabla.filter(pl.col("agrupado") > 0).is_empty()
    caso = Caso("porcentaje", 3, {(f"2024-T{q}", DISTRITO, "total", "", 0): (47, 3) for q in range(1, 5)}, {})
    fichas = caso.fichas.with_columns(pl.Series("quiebres", [[2024 * 12 + 3]], dtype=pl.List(pl.Int32)))
    assert publicar(caso.observaciones(), fichas, REGLAS).tabla.filter(pl.col("agrupado") > 0).is_empty()


def test_las_notas_nunca_pasan() -> None:
    obs = anexos((20, 40), (30, 50)).observaciones().with_columns(pl.lit("la señora Quispe").alias("nota"))
    assert set(publicar(obs, Caso("porcentaje", 12, {}, {}).fichas, REGLAS).tabla["nota"]) == {""}


def test_la_tabla_anterior_va_y_vuelve_y_su_defecto_se_explica(minimo: Proyecto) -> None:
    assert leer(minimo).is_empty()
    tabla = acumular(vacia(), anexos((3, 40), (25, 60), (12, 13)).publicar().tabla, {"M1-K01"})
    escribir(minimo, tabla)
    assert leer(minimo).equals(tabla) and acumular(tabla, anexos((3, 40), (25, 60), (12, 13)).publicar().tabla, {"M1-K01"})["desde"].to_list() == [1] * 4
    texto = minimo.publicada.read_text(encoding="utf-8")
    minimo.publicada.write_text(texto.replace(",25.0,", ",veinticinco,"), encoding="utf-8")
    with pytest.raises(DatosInvalidos, match="publicada-no-es-numero"):
        leer(minimo)


def test_un_anexo_que_llega_tarde_con_pocos_no_se_deduce_de_los_dos_totales() -> None:
    antes = anexos((25, 60), (30, 80))
    ya = acumular(vacia(), antes.publicar().tabla, {"M1-K01"})
    tarde = anexos((25, 60), (30, 80), (3, 20))
    t = tarde.publicar(ya).tabla
    assert DISTRITO in protegidas(t) and "9999990002" in protegidas(t)
    despues = acumular(ya, t, {"M1-K01"})
    assert DISTRITO in protegidas(tarde.publicar(despues).tabla), "publicar otra vez no lo destapa"
