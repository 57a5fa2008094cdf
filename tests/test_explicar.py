"""¿Cómo se calculó?: los pasos llevan los números puestos, y rehacer la cuenta escrita da el
resultado escrito.
"""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

from observatorio.base.numeros import con_unidad
from observatorio.cli import principal
from observatorio.metodo.registros import Analisis, Evaluacion
from observatorio.presentacion.kpi.ficha import linea_de_base
from observatorio.presentacion.kpi.pasos import Paso, anio, cifra, explicar, partes_de
from observatorio.presentacion.kpi.pasos_escritos import calculo_html, calculo_texto
from observatorio.presentacion.kpi.por_que import por_que
from observatorio.productos.datos_abiertos.series_publicas import calculos
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

CUENTAS = {
    "Último dato",
    "Valor esperado",
    "Avance",
    "Avance esperado",
    "Ritmo",
    "Cambio necesario por año",
    "Segunda opinión, CEPLAN tipo I (por verificar con CERPLAN)",
}


@pytest.fixture(scope="module")
def r(resultados_reales: Resultados) -> Resultados:
    return resultados_reales


@pytest.fixture(scope="module")
def pasos(r: Resultados) -> dict[str, list[dict[str, str]]]:
    return calculos(r)


def _vale(cuenta: str) -> float | None:
    """El valor de una cuenta escrita, si lo es."""
    limpia = cuenta.partition(";")[0].replace("−", "-").replace("×", "*").replace(",", "")
    return (
        float(eval(limpia, {"__builtins__": {}}))
        if re.fullmatch(r"[-\d.+*/() e]+", limpia)
        else None
    )


def test_rehacer_cada_cuenta_escrita_da_su_resultado(
    pasos: dict[str, list[dict[str, str]]],
) -> None:
    rehechas = 0
    for codigo, lista in pasos.items():
        for p in lista:
            valor = _vale(p["numeros"]) if p["paso"] in CUENTAS and p["formula"] else None
            if valor is not None:
                escrito = float(p["resultado"].partition(":")[0].replace("−", "-").replace(",", ""))
                if p["paso"].startswith("Segunda"):
                    valor = min(valor, 100)
                assert valor == pytest.approx(escrito, rel=2e-4, abs=2e-4), (codigo, p)
                rehechas += 1
    assert rehechas > 400


def test_los_pasos_llegan_al_estado_publicado_y_traen_los_insumos(
    r: Resultados, pasos: dict[str, list[dict[str, str]]]
) -> None:
    for e in r.evaluacion.iter_rows(named=True):
        lista = pasos[e["kpi"]]
        assert any(p["resultado"].endswith(e["estado"]) for p in lista), e["kpi"]
        if e["avance"] is not None:
            por_nombre = {p["paso"]: p["resultado"] for p in lista}
            assert por_nombre["Línea de base"] == cifra(e["b"]) and por_nombre["Meta"] == cifra(
                e["m"]
            )
            assert por_nombre["Último dato"] == cifra(e["valor"]) and por_nombre["Avance"] == cifra(
                e["avance"]
            )


def test_un_anio_sumado_da_sus_partes(r: Resultados) -> None:
    kpi, fin = r.catalogo.kpis["M5-K16"], 2026 * 12

    def fila(tabla: pl.DataFrame) -> dict:
        return tabla.row(by_predicate=pl.col("kpi") == kpi.codigo, named=True)

    e = fila(r.evaluacion) | {
        "meses": 3,
        "meses_medida": 12,
        "periodo": "2025",
        "fin": fin,
        "valor": 6100.0,
        "denominador": None,
    }
    publica = pl.DataFrame(
        [
            {
                "kpi": kpi.codigo,
                "lugar": "D",
                "grupo": "total",
                "unidad": "",
                "agrupado": 0,
                "periodo": f"{a}-T{t}",
                "fin": a * 12 + 3 * t,
                "valor": v,
            }
            for a, t, v in (
                (2024, 4, 9.0),
                (2025, 1, 1000.0),
                (2025, 2, 2000.0),
                (2025, 3, 1500.5),
                (2025, 4, 1599.5),
            )
        ]
    )
    e = Evaluacion.de(e)
    partes = partes_de(publica, e, "D")
    ultimo = next(
        p
        for p in explicar(
            kpi,
            e,
            Analisis.de(fila(r.analisis)),
            r.catalogo.territorio.metodo,
            r.catalogo.territorio.fecha_corte,
            partes,
        )
        if p.paso == "Último dato"
    )
    assert (ultimo.formula, ultimo.resultado) == ("suma de las partes del año", "6,100")
    assert ultimo.numeros.startswith(
        "1,000 + 2,000 + 1,500.5 + 1,599.5; de 2025-T1 a 2025-T4; y, de 2025"
    )


def test_lo_restringido_y_lo_protegido_no_llevan_cifras(
    r: Resultados, pasos: dict[str, list[dict[str, str]]]
) -> None:
    restringidos = [k.codigo for k in r.catalogo.kpis.values() if k.acceso != "ciudadano"]
    assert restringidos
    for c in restringidos:
        assert len(pasos[c]) == 1 and not re.search(r"\d", json.dumps(pasos[c], ensure_ascii=False))
    for c in r.evaluacion.filter(pl.col("protegido"))["kpi"]:
        assert (
            next(p for p in pasos[c] if p["paso"] == "Último dato")["resultado"] == "dato protegido"
        )


@pytest.mark.parametrize(
    ("valor", "texto"),
    [
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333"),
        (-1234.5, "−1,234.5"),
        (8460.0, "8,460"),
        (12345678.9, "12,345,679"),
        (2.5e-7, "2.5e−07"),
        (None, "—"),
        (0.0, "0"),
    ],
)
def test_las_cifras_se_escriben_con_lo_justo(valor: float | None, texto: str) -> None:
    assert cifra(valor) == texto


def test_lo_que_se_pide_no_se_confunde_con_lo_que_se_hallo() -> None:
    no_cumple = Paso(
        "¿Hay una línea de base comparable?",
        "un punto de partida, sin cambios de método",
        "la fuente cambió de método",
        "no → sin línea de base",
    )
    cuenta = Paso("Avance", "(y − b) / (m − b)", "(3 − 1) / (5 − 1)", "0.5")
    texto, pagina = calculo_texto([no_cumple, cuenta]), calculo_html([no_cumple, cuenta], None)
    for dicho in (texto, pagina):
        assert (
            "Se pide: un punto de partida, sin cambios de método. Se halló: la fuente cambió de"
            " método" in dicho
        )
        assert "(y − b) / (m − b) = (3 − 1) / (5 − 1)" in dicho


def test_la_ficha_dice_la_linea_de_base_entera(r: Resultados) -> None:
    k = next(k for k in r.catalogo.kpis.values() if k.linea_base and k.linea_base.cota)
    base = k.linea_base.model_copy(
        update={
            "periodo": None,
            "periodo_asumido": "2019-S1",
            "naturaleza": "demostracion",
            "nota": "Una nota.",
        }
    )
    dicha = linea_de_base(k.model_copy(update={"linea_base": base}), False)
    assert (
        dicha
        == f"{base.cota}{con_unidad(base.valor, k.unidad, k.decimales)}, año no declarado (se asume"
        " 1.er semestre de 2019); cifra de demostración. Una nota."
    )
    assert linea_de_base(k, True) == "dato protegido"
    assert linea_de_base(k.model_copy(update={"linea_base": None}), False) == ""


def test_los_instantes_se_escriben_como_anios() -> None:
    assert [anio(m) for m in (2025 * 12, 2024 * 12 + 6, 2024 * 12 + 1)] == [
        "2025",
        "2024.5",
        "2024.0833",
    ]


def test_la_orden_explicar(
    proyecto_real: Proyecto,
    capsys: pytest.CaptureFixture[str],
    pasos: dict[str, list[dict[str, str]]],
) -> None:
    raiz = ["--raiz", str(proyecto_real.raiz)]
    assert principal([*raiz, "explicar", "m4-k03"]) == 0
    salida = capsys.readouterr().out
    assert "M4-K03" in salida and "(y − b) / (m − b)" in salida and "demostración" in salida
    assert principal([*raiz, "explicar", "M4-K03", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == pasos["M4-K03"]
    assert principal([*raiz, "explicar", "M9-K99"]) == 2
    assert "M1-K01" in capsys.readouterr().err


def test_junto_al_estado_va_el_porque_y_los_pasos_despues(
    proyecto_real: Proyecto, resultados_reales: Resultados, capsys: pytest.CaptureFixture[str]
) -> None:
    de_cada_estado = {e["estado"]: e for e in resultados_reales.evaluacion.iter_rows(named=True)}
    assert len(de_cada_estado) >= 7
    for estado, e in de_cada_estado.items():
        frase = por_que(
            resultados_reales.catalogo.kpis[e["kpi"]],
            Evaluacion.de(e),
            resultados_reales.catalogo.territorio.metodo,
        )
        assert frase and "None" not in frase and "—" not in frase, estado
        assert (
            e["ritmo"] is None
            or e["estado"] in ("alcanzado", "en retroceso")
            or f"ritmo {e['ritmo']:.2f}" in frase
            or e["motivo"]
        )
    codigo = de_cada_estado["rezagado"]["kpi"]
    assert principal(["--raiz", str(proyecto_real.raiz), "explicar", codigo]) == 0
    lineas = capsys.readouterr().out.splitlines()
    assert lineas[0].startswith(codigo) and lineas[1].startswith(
        "Estado: rezagado — avanza mucho menos de lo que pide la meta: "
    )
    assert lineas.index("Paso a paso:") < next(
        i for i, x in enumerate(lineas) if x.startswith(" 1. ")
    )


def test_el_porque_de_lo_restringido_o_protegido_no_dice_ninguna_cifra(
    resultados_reales: Resultados,
) -> None:
    protegidos = [
        e
        for e in resultados_reales.evaluacion.iter_rows(named=True)
        if e["estado"] == "dato protegido"
    ]
    assert protegidos
    for e in protegidos:
        frase = por_que(
            resultados_reales.catalogo.kpis[e["kpi"]],
            Evaluacion.de(e),
            resultados_reales.catalogo.territorio.metodo,
        )
        assert frase == e["motivo"]
