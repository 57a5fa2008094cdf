"""La frase que abre una página: qué dice de cada estado, de cada conjunto y de cada anexo."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from observatorio.catalogo.modelos import Kpi
from observatorio.metodo.certeza import CLARA, NO_SE_DISTINGUE, PROBABLE
from observatorio.metodo.estados import ESTADOS, PROTEGIDO
from observatorio.metodo.registros import Analisis, Evaluacion
from observatorio.presentacion.hallazgo import (
    CuentaDeAnexo,
    Hallazgo,
    cuentas_de_anexos,
    de_anexo,
    de_anexos,
    de_conjunto,
    de_kpi,
)
from observatorio.resultados.resultados import Resultados

CABEN = 280
Suelto = tuple[Kpi, Evaluacion, Analisis]


@pytest.fixture
def suelto(resultados_reales: Resultados) -> Suelto:
    """Un KPI en ruta, de 50 % a 60 % y con meta 80 %, que cada prueba cambia a su gusto."""
    r = resultados_reales
    codigo = next(c for c, e in r.evaluados.items() if e.estado == "en ruta" and not e.mantener)
    kpi, e, a = r.catalogo.kpis[codigo], r.evaluados[codigo], r.analizados[codigo]
    assert kpi.linea_base is not None and kpi.meta is not None
    base = kpi.linea_base.model_copy(update={"valor": 50.0, "cota": None, "periodo": "2020"})
    meta = kpi.meta.model_copy(update={"valor": 80.0, "periodo": "2030"})
    kpi = kpi.model_copy(
        update={"unidad": "%", "decimales": 1, "linea_base": base, "meta": meta},
    )
    e = replace(e, periodo="2025", valor=60.0, b=50.0, m=80.0, ritmo=1.0, avance=1 / 3, motivo=None)
    return kpi, e, replace(a, senal_base=None, senal_paso=None)


def dicho(suelto: Suelto, a: dict | None = None, **cambios) -> str:
    kpi, e, suyo = suelto
    texto = de_kpi(kpi, replace(e, **cambios), replace(suyo, **(a or {}))).texto
    return texto.replace("\u202f", " ")


def test_todo_kpi_real_se_dice_en_una_frase_que_cabe(resultados_reales: Resultados) -> None:
    r = resultados_reales
    estados = set()
    for c, kpi in r.catalogo.kpis.items():
        hallado = de_kpi(kpi, r.evaluados[c], r.analizados[c])
        texto, estado = hallado.texto, r.evaluados[c].estado
        estados.add(estado)
        assert texto[0].isupper() and texto.endswith(".") and ".." not in texto, (c, texto)
        assert len(hallado.compartible) <= CABEN, (c, texto)
        assert not re.search(r"None|nan|—|\ben \d\.|\bde \d\.[ºe]", texto), (c, texto)
        if estado == PROTEGIDO:
            assert not re.search(r"\d", texto) and not hallado.naturaleza, (c, texto)
        elif r.evaluados[c].naturaleza_resultado == "demostracion":
            assert "m-demostracion" in hallado.html, (c, texto)
    assert estados == {e.nombre for e in ESTADOS}


def test_cada_estado_dice_lo_suyo(suelto: Suelto) -> None:
    assert dicho(suelto) == (
        "Va al paso que pide su meta: 60.0 % en 2025, partió de 50.0 % y la meta es 80.0 % para"
        " 2030."
    )
    assert dicho(suelto, estado="alcanzado", valor=81.0) == (
        "Llegó a su meta: 81.0 % en 2025, y se pedía 80.0 % para 2030."
    )
    assert dicho(suelto, estado="rezagado", ritmo=0.37).startswith(
        "Avanza, pero al 37 % del paso que pide su meta: 60.0 %"
    )
    assert dicho(suelto, estado="rezagado", ritmo=0.0, valor=50.0).startswith("Sigue donde partió")
    assert dicho(suelto, estado="en retroceso", valor=44.0) == (
        "Está peor que en su línea de base: 44.0 % en 2025, y partió de 50.0 %."
    )
    assert dicho(suelto, estado="dato vencido", motivo="x") == (
        "Su último dato es 60.0 %, de 2025; es demasiado antiguo para decir cómo va."
    )
    assert "el comité aún no fijó su meta" in dicho(suelto, estado="sin meta")
    assert "su meta es un dato protegido" in dicho(suelto, estado="sin meta", meta_protegida=True)
    assert "no hay línea de base" in dicho(suelto, estado="sin línea de base")
    assert "cambió de método" in dicho(suelto, estado="sin línea de base", quebrada=True)
    protegida = dicho(suelto, estado="sin línea de base", base_protegida=True)
    assert "su línea de base es un dato protegido" in protegida


def test_de_lo_protegido_no_se_dice_ninguna_cifra(suelto: Suelto) -> None:
    assert dicho(suelto, estado=PROTEGIDO, motivo="x") == (
        "Su dato no se publica: permitiría señalar a pocas personas."
    )
    assert dicho(suelto, estado=PROTEGIDO, acceso="decisor") == (
        "Su dato no se publica: es de acceso «decisor»."
    )


def test_sin_datos_dice_lo_que_falta_y_marca_la_linea_de_base(suelto: Suelto) -> None:
    kpi, e, a = suelto
    assert kpi.linea_base is not None
    nada = replace(e, estado="sin datos", valor=None, periodo=None, naturaleza_resultado=None)
    con_base = de_kpi(kpi, nada, a)
    assert con_base.texto.replace("\u202f", " ") == (
        "No hay ningún dato posterior a su línea de base, 50.0 % en 2020: no se puede decir cómo"
        " va."
    )
    assert con_base.naturaleza == kpi.linea_base.naturaleza
    sin_base = kpi.model_copy(update={"linea_base": None})
    assert de_kpi(sin_base, nada, a) == Hallazgo(
        "Todavía no hay ningún dato publicado: no se puede decir cómo va."
    )
    sin_distrito = replace(nada, motivo="fuente sin cobertura distrital")
    assert "no da la cifra del territorio" in de_kpi(kpi, sin_distrito, a).texto


@pytest.mark.parametrize(
    ("senal", "empieza", "termina"),
    [
        (None, "Va al paso que pide su meta: 60.0", "para 2030."),
        (CLARA, "Va al paso que pide su meta (señal clara): 60.0", "para 2030."),
        (PROBABLE, "Va al paso que pide su meta (probable): 60.0", "para 2030."),
        (
            NO_SE_DISTINGUE,
            "Va al paso que pide su meta: 60.0",
            "; con los casos contados no se distingue si va al paso.",
        ),
    ],
)
def test_la_senal_se_dice_con_sus_palabras(
    suelto: Suelto, senal: str | None, empieza: str, termina: str
) -> None:
    texto = dicho(suelto, {"senal_paso": senal})
    assert texto.startswith(empieza) and texto.endswith(termina)


def test_el_retroceso_lleva_la_senal_de_su_pregunta(suelto: Suelto) -> None:
    senales = {"senal_base": NO_SE_DISTINGUE, "senal_paso": CLARA}
    texto = dicho(suelto, senales, estado="en retroceso", valor=49.0)
    assert texto.endswith("; con los casos contados no se distingue si empeoró.")


def test_quien_debe_mantenerse_se_dice_por_sus_limites(suelto: Suelto) -> None:
    limites = {"mantener": True, "m": 60.0, "tolerancia": 3.0}
    assert dicho(suelto, estado="alcanzado", **limites) == (
        "Se mantiene dentro de sus límites: 60.0 % en 2025, y se pide 60.0 % ± 3.0."
    )
    fuera = dicho(suelto, estado="en retroceso", **(limites | {"valor": 70.0}))
    assert fuera.startswith("Está fuera de sus límites: 70.0 %")


def test_los_periodos_y_las_unidades_se_leen_como_espanol(suelto: Suelto) -> None:
    kpi, e, a = suelto
    en_ha = kpi.model_copy(update={"unidad": "horas al día"})
    texto = dicho((en_ha, e, a), periodo="2026-T3")
    assert (
        "60.0 horas al día en el 3.er trimestre de 2026, partió de 50.0 y la meta es 80.0" in texto
    )
    assert "60.0 % de 2023 a 2025" in dicho(suelto, periodo="2023/2025")
    assert ", del 1.er semestre de 2026;" in dicho(suelto, estado="sin meta", periodo="2026-S1")
    assert kpi.linea_base is not None
    mayor = kpi.model_copy(
        update={"linea_base": kpi.linea_base.model_copy(update={"cota": ">"})},
    )
    assert "partió de >50.0 %" in dicho((mayor, e, a))


def conjunto(suelto: Suelto, *estados: str, **cambios) -> str:
    _, e, a = suelto
    e = replace(e, **cambios)
    evaluados = {f"X{i}": replace(e, estado=x) for i, x in enumerate(estados)}
    return de_conjunto(evaluados, dict.fromkeys(evaluados, a)).texto


def test_un_conjunto_concuerda_en_singular_y_en_plural(suelto: Suelto) -> None:
    assert conjunto(suelto) == "Todavía no hay ningún indicador."
    assert conjunto(suelto, "sin datos") == (
        "De su único indicador no se puede decir todavía cómo va."
    )
    assert conjunto(suelto, "sin datos", PROTEGIDO) == (
        "De ninguno de sus 2 indicadores se puede decir todavía cómo va."
    )
    assert conjunto(suelto, "en ruta") == "Su único indicador va al paso que pide su meta."
    assert conjunto(suelto, "en ruta", "alcanzado") == (
        "2 de 2 indicadores van al paso que pide su meta."
    )
    assert conjunto(suelto, "en ruta", "rezagado", "en retroceso", "sin meta") == (
        "1 de 4 indicadores va al paso que pide su meta; 1 va más despacio; 1 está peor que en su"
        " línea de base, sin señal clara. De 1 no se puede decir todavía."
    )
    assert conjunto(suelto, "rezagado", "requiere acelerar") == (
        "Ninguno de 2 indicadores va al paso que pide su meta; 2 van más despacio."
    )


def test_un_conjunto_dice_cuantos_retrocesos_son_claros(suelto: Suelto) -> None:
    _, e, a = suelto
    mal = replace(e, estado="en retroceso")
    evaluados = {c: mal for c in "ABC"}
    for claros, queda in (
        (0, "3 están peor que en su línea de base, ninguno con señal clara."),
        (1, "3 están peor que en su línea de base, 1 con señal clara."),
        (3, "3 están peor que en su línea de base, todos con señal clara."),
    ):
        analizados = {
            c: replace(a, senal_base=CLARA if i < claros else PROBABLE)
            for i, c in enumerate(evaluados)
        }
        assert de_conjunto(evaluados, analizados).texto.endswith(queda)
    sale = {"A": replace(mal, mantener=True), "B": mal}
    assert "base o fuera de sus límites," in de_conjunto(sale, dict.fromkeys(sale, a)).texto


def test_las_cuentas_de_un_conjunto_suman_sus_indicadores(resultados_reales: Resultados) -> None:
    r = resultados_reales
    for m in r.catalogo.misiones:
        suyos = {k.codigo: r.evaluados[k.codigo] for k in m.kpis}
        frase = de_conjunto(suyos, r.analizados).texto
        primero, *otros = re.findall(
            r"(\d+) (?:de \d+ indicadores )?(?:van?|est[áa]n?|no se puede)", frase
        )
        assert int(primero) + sum(map(int, otros)) == len(m.kpis), frase


def anexo(*cuenta: int) -> str:
    return de_anexo("Vijus", CuentaDeAnexo(*cuenta), "el distrito").texto


def test_un_anexo_dice_lo_que_se_publica_y_por_que_no_lo_demas() -> None:
    assert anexo(0, 0, 0, 0, 0) == "De Vijus no se mide ningún indicador por separado."
    assert anexo(1, 0, 1, 0, 0) == (
        "De Vijus no se publica ninguna cifra del único indicador que se mide por anexo: 1 se"
        " protege, para no señalar a nadie."
    )
    assert anexo(9, 0, 7, 0, 0) == (
        "De Vijus no se publica ninguna cifra de los 9 indicadores que se miden por anexo: 7 se"
        " protegen, para no señalar a nadie, y 2 no se midieron aquí."
    )
    assert anexo(1, 1, 0, 0, 0) == (
        "De Vijus se publican cifras del único indicador que se mide por anexo."
    )
    assert anexo(4, 4, 0, 1, 0) == (
        "De Vijus se publican cifras de los 4 indicadores que se miden por anexo; el que se puede"
        " comparar con el distrito no se aparta más de lo que el azar explica."
    )
    assert anexo(4, 3, 1, 1, 2) == (
        "De Vijus se publican cifras de 3 de los 4 indicadores que se miden por anexo; de los 3 que"
        " se pueden comparar con el distrito, 2 se apartan más de lo que el azar explica. De los"
        " demás no: 1 se protege, para no señalar a nadie."
    )


def test_las_cuentas_de_los_anexos_salen_de_la_tabla_publica(
    resultados_reales: Resultados,
) -> None:
    r = resultados_reales
    cuentas = cuentas_de_anexos(r)
    assert list(cuentas) == [a.codigo for a in r.catalogo.territorio.anexos]
    assert list(de_anexos(r)) == list(cuentas)
    sensibles = {c for c, k in r.catalogo.kpis.items() if not k.se_sigue_en_publico}
    vistas = {
        (f["kpi"], f["lugar"])
        for f in r.publica.iter_rows(named=True)
        if f["grupo"] == "total" and not f["unidad"] and not f["protegido"]
    }
    for lugar, cuenta in cuentas.items():
        suyos = {k for k, donde in vistas if donde == lugar} - sensibles
        abiertos = {k for k in suyos if "anexo" in r.catalogo.kpis[k].desagregaciones}
        assert cuenta.publicados == len(abiertos), lugar
        assert 0 <= cuenta.dentro + cuenta.apartados <= cuenta.publicados
        assert cuenta.sin_medir >= 0


def test_lo_que_se_comparte_como_texto_dice_que_es_de_demostracion() -> None:
    assert Hallazgo("Va bien.", "demostracion").compartible == "Cifra de demostración. Va bien."
    assert Hallazgo("Va bien.", "documentado").compartible == "Va bien."
    assert Hallazgo("a < b").html == "a &lt; b"
