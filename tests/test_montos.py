"""Un monto se publica solo si se sabe de cuántos es: se pregunta, y callar lo protege."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from apoyo_hojas import llenar, respuestas
from observatorio.calculo import calcular_validado
from observatorio.catalogo import cargar
from observatorio.datos.aportes import con_aportes, expr_respondido
from observatorio.privacidad.montos import es_monto
from observatorio.recojo.hojas.cuadricula import leer_hojas
from observatorio.recojo.planillas.forma import NO_PASA, PASA
from observatorio.recojo.planillas.leer import leer_planilla
from observatorio.recojo.planillas.planilla import Encabezado, escribir_planilla
from observatorio.recojo.planillas.preguntas import Pregunta
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto
from observatorio.validar import pasar

MONTO, K = "M3-K05", 10


@pytest.mark.parametrize(
    ("nota", "publica"),
    [
        ("aportan 24, ninguno pasa de la mitad", True),
        ("aportan 10, ninguno pasa de la mitad. Cierre del año", True),
        ("aportan 9, ninguno pasa de la mitad", False),
        ("aportan 24, uno pasa de la mitad", False),
        ("aportan 24", False),
        ("", False),
        ("Dicen que aportan 24, ninguno pasa de la mitad", False),
        ("aportan 24, ninguno pasa de la mitadera", False),
    ],
)
def test_solo_responde_quien_dice_las_dos_cosas(nota: str, publica: bool) -> None:
    tabla = pl.DataFrame({"nota": [nota]})
    assert tabla.select(expr_respondido("nota", K)).item() is publica


def test_lo_que_se_escribe_se_lee() -> None:
    notas = [con_aportes("", 12, False), con_aportes("Va tarde", 12, False)]
    notas.append(con_aportes("", 12, True))
    tabla = pl.DataFrame({"nota": notas})
    assert tabla.select(expr_respondido("nota", K)).to_series().to_list() == [True, True, False]


def test_el_monto_que_nadie_respondio_se_protege_y_el_otro_no(
    proyecto_real: Proyecto, resultados_reales: Resultados
) -> None:
    """El último año de ventas, sin respuesta, dice «dato protegido»; los de antes siguen, y ningún
    otro indicador cambia.
    """
    import dataclasses

    catalogo, validado = pasar(proyecto_real)
    assert {c for c, k in catalogo.kpis.items() if es_monto(k)} == {"M3-K05", "M3-K07", "M3-K13"}
    c = pl.col
    ultimo = validado.compacta.filter(c("kpi") == MONTO)["periodo"].cast(pl.String).max()
    callada = validado.compacta.with_columns(
        pl.when((c("kpi") == MONTO) & (c("periodo").cast(pl.String) == ultimo))
        .then(pl.lit(""))
        .otherwise(c("nota"))
        .alias("nota")
    )
    hoy = calcular_validado(catalogo, dataclasses.replace(validado, compacta=callada))
    suyas = hoy.publica.filter(c("kpi") == MONTO).sort("fin")
    assert suyas["protegido"].to_list() == [False] * (suyas.height - 1) + [True]
    assert suyas["valor"][-1] is None and suyas["fecha_dato"][-1] is None
    assert hoy.evaluados[MONTO].estado == "dato protegido"
    otros = {k: e.estado for k, e in resultados_reales.evaluados.items() if k != MONTO}
    assert {k: hoy.evaluados[k].estado for k in otros} == otros


def pregunta(monto: bool, denominador: str | None) -> Pregunta:
    return Pregunta(
        kpi=MONTO,
        periodo="2026",
        lugar="130809",
        grupo="total",
        unidad="",
        titulo=f"{MONTO} · Ventas · 2026",
        medida="miles de S/",
        factor=1,
        numerador="Ventas del año",
        denominador=denominador,
        enteros=False,
        fuente="registro-emprendimientos",
        naturaleza="documentado",
        vence=date(2026, 12, 31),
        ultimo="",
        ultimo_valor=None,
        ya="",
        monto=monto,
    )


@pytest.mark.parametrize("denominador", [None, "Hectáreas"])
@pytest.mark.parametrize(
    ("dicho", "nota", "defectos"),
    [
        ((12, NO_PASA), "aportan 12, ninguno pasa de la mitad", []),
        ((12, PASA), "aportan 12, uno pasa de la mitad", []),
        ((12, None), "", []),
        ((None, None), "", []),
        (("varios", NO_PASA), "", ["cuantos-aportan"]),
        ((12, "quizá"), "", ["uno-pasa-de-la-mitad"]),
    ],
)
def test_la_planilla_lo_pregunta_y_lo_lee(
    proyecto_real: Proyecto,
    tmp_path: Path,
    denominador: str | None,
    dicho: tuple[object, object],
    nota: str,
    defectos: list[str],
) -> None:
    vacia = tmp_path / "vacia.xlsx"
    encabezado = Encabezado("Municipalidad", "Municipalidad", "2026")
    escribir_planilla(vacia, cargar(proyecto_real), encabezado, [pregunta(True, denominador)])
    numeros = {(MONTO, "2026"): (350,) if denominador is None else (350, 40)}
    sigue = 13 if denominador is None else 14
    celdas = respuestas(vacia, numeros) | {
        f"B{sigue + i}": d for i, d in enumerate(dicho) if d is not None
    }
    ruta = llenar(vacia, tmp_path / "llena.xlsx", celdas)
    lote = leer_planilla(ruta, leer_hojas(ruta))
    assert [d.regla for d in lote.defectos] == defectos
    if not defectos:
        (medida,) = lote.medidas
        assert medida.campos["nota"] == nota


def test_a_lo_que_no_es_un_monto_no_se_le_pregunta(proyecto_real: Proyecto, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    ruta = tmp_path / "otra.xlsx"
    encabezado = Encabezado("Municipalidad", "Municipalidad", "2026")
    escribir_planilla(ruta, cargar(proyecto_real), encabezado, [pregunta(False, None)])
    dichos = {c.value for hoja in load_workbook(ruta) for f in hoja.iter_rows() for c in f}
    assert not any("mitad" in str(d) for d in dichos)
