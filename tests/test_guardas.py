"""Guardas para las personas: lo sensible, los cargos, los anexos y el periodo electoral."""

from __future__ import annotations

import csv
import json
import re
from datetime import date

import polars as pl
import pytest
import yaml
from pydantic import ValidationError

from observatorio.base.periodos import mes_de, meses_fin
from observatorio.base.plegado import plegado
from observatorio.calculo import calcular
from observatorio.catalogo import cargar
from observatorio.catalogo.territorio import PeriodoElectoral
from observatorio.presentacion.graficos.dibujo import dibujar
from observatorio.presentacion.graficos.recetas import por_anexo
from observatorio.privacidad.guardas import COMITE_IMPULSOR, DE_UNA_PERSONA, responsable_publico
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

ELECTORAL = """periodo_electoral:
  desde: 2026-10-01
  hasta: 2026-11-30
  opinion_legal: {documento: Informe 12, fecha: 2026-09-20, resumen: No se nombran cargos}
"""


@pytest.fixture(scope="module")
def sensibles(proyecto_real: Proyecto) -> set[str]:
    hallados = {c for c, k in cargar(proyecto_real).kpis.items() if k.sensible}
    assert hallados
    return hallados


def test_de_lo_sensible_solo_sale_el_distrito_y_con_retraso(
    resultados_reales: Resultados, sensibles: set[str]
) -> None:
    r, t = resultados_reales, resultados_reales.catalogo.territorio
    suyas = r.publica.filter(pl.col("kpi").is_in(list(sensibles)))
    assert suyas.height and set(suyas["lugar"]) == {t.ubigeo} and set(suyas["unidad"]) == {""}
    assert suyas["fin"].max() <= mes_de(t.fecha_corte) - t.sensibles.retraso_meses
    assert (suyas["fecha_dato"] == suyas["fecha_dato"].dt.month_end()).all()
    assert not sensibles & set(r.brechas.filter(pl.col("ambito") == "anexo")["kpi"])
    assert all(r.catalogo.kpis[c].responsable == COMITE_IMPULSOR for c in sensibles)


def test_los_estados_no_cambian_por_callar_lo_sensible(copia: Proyecto) -> None:
    con = calcular(copia).evaluacion.select("kpi", "estado")
    for hoja in copia.misiones.glob("*/hoja-de-ruta.yml"):
        texto = hoja.read_text(encoding="utf-8")
        hoja.write_text(re.sub(r"\n +sensible: \w+", "", texto), encoding="utf-8")
    assert calcular(copia).evaluacion.select("kpi", "estado").equals(con)


def test_en_lo_publicado_no_hay_rastro(real_construido: Proyecto, sensibles: set[str]) -> None:
    datos = real_construido.sitio / "datos"
    for nombre in ("observaciones.csv", "agrupadas.csv"):
        with (datos / nombre).open(encoding="utf-8") as tabla:
            assert {f["lugar"] for f in csv.DictReader(tabla) if f["kpi"] in sensibles} <= {
                cargar(real_construido).territorio.ubigeo
            }
    plan = "".join(p.read_text(encoding="utf-8") for p in (datos / "plan").iterdir())
    assert not any(codigo in plan for codigo in sensibles)
    calendarios = {p.name for p in (datos / "plan").glob("*.ics")}
    assert calendarios and not any("vigilancia-ambiental" in n for n in calendarios)
    kpis = json.loads((datos / "kpis.json").read_text(encoding="utf-8"))
    nombres = {k["responsable"] for k in kpis}
    with (datos / "plan" / "plan.csv").open(encoding="utf-8") as tabla:
        nombres |= {f["responsable"] for f in csv.DictReader(tabla)}
    assert not [n for n in nombres if DE_UNA_PERSONA.search(n)]
    pagina = (real_construido.sitio / "plan.html").read_text(encoding="utf-8")
    assert not any(f">{codigo}" in pagina for codigo in sensibles)


@pytest.mark.parametrize(
    ("dicho", "publico"),
    [
        ("Red de Salud, responsable de epidemiología", "Red de Salud"),
        ("Encargado del vivero municipal", COMITE_IMPULSOR),
        ("Funcionaria de transparencia, Municipalidad", "Municipalidad"),
        ("Especialistas de primaria, UGEL", "Especialistas de primaria, UGEL"),
        ("Oficina de Estadística, UGEL", "Oficina de Estadística, UGEL"),
        ("Gerencia de Desarrollo Social", "Gerencia de Desarrollo Social"),
        ("Secretaría técnica", COMITE_IMPULSOR),
        ("Asociación, coordinación de juventudes", "Asociación"),
    ],
)
def test_un_cargo_de_una_sola_persona_no_se_publica(
    dicho: str, publico: str, proyecto_real: Proyecto
) -> None:
    catalogo = cargar(proyecto_real)
    kpi = next(k for k in catalogo.kpis.values() if k.sensible is None)
    assert responsable_publico(dicho, kpi, catalogo.territorio) == publico
    sensible = kpi.model_copy(update={"sensible": "seguridad"})
    assert responsable_publico(dicho, sensible, catalogo.territorio) == COMITE_IMPULSOR


def test_en_periodo_electoral_no_se_publica_ningun_cargo_y_los_datos_siguen(
    copia: Proyecto,
) -> None:
    antes = calcular(copia)
    texto = copia.territorio.read_text(encoding="utf-8")
    copia.territorio.write_text(
        texto.replace("periodo_electoral: null\n", ELECTORAL), encoding="utf-8"
    )
    hecho = calcular(copia)
    assert {k.responsable for k in hecho.catalogo.kpis.values()} == {COMITE_IMPULSOR}
    assert {d.responsable for d in hecho.plan.datos.values()} == {COMITE_IMPULSOR}
    assert hecho.evaluacion.equals(antes.evaluacion) and hecho.publica.equals(antes.publica)


def test_el_periodo_electoral_lleva_su_opinion_legal_y_rige_a_la_fecha_de_corte(
    proyecto_real: Proyecto,
) -> None:
    campos = yaml.safe_load(ELECTORAL)["periodo_electoral"]
    t = cargar(proyecto_real).territorio
    for corte, rige in ((date(2026, 10, 1), True), (date(2026, 12, 1), False)):
        con = t.model_copy(
            update={"periodo_electoral": PeriodoElectoral(**campos), "fecha_corte": corte}
        )
        assert con.en_periodo_electoral is rige
    with pytest.raises(ValidationError):
        PeriodoElectoral(**{c: v for c, v in campos.items() if c != "opinion_legal"})
    with pytest.raises(ValidationError, match="termina antes de empezar"):
        PeriodoElectoral(**campos | {"hasta": date(2026, 9, 1)})


def test_los_anexos_se_dibujan_en_orden_alfabetico() -> None:
    """También los protegidos, que se dibujan en otra capa: ninguno va al final por serlo."""
    nombres = ["Zarza", "Álamo", "Molle", "Aliso"]
    medidas = pl.DataFrame(
        [
            ("K", "Uno", n, "2025", None if n == "Aliso" else float(v), n == "Aliso")
            for v, n in enumerate(nombres)
        ],
        schema=["kpi", "indicador", "anexo", "periodo", "valor", "protegido"],
        orient="row",
    )
    espec = por_anexo(medidas).to_dict()
    (datos,) = espec["datasets"].values()
    assert [d["anexo"] for d in datos] == sorted(nombres, key=plegado)
    eje = re.findall(rf">({'|'.join(nombres)})</text>", dibujar([espec])[0])
    assert list(dict.fromkeys(eje)) == sorted(nombres, key=plegado)


def test_un_trimestre_reciente_de_lo_sensible_espera(
    resultados_reales: Resultados, sensibles: set[str]
) -> None:
    """Lo que terminó el mes anterior a la fecha de corte todavía no se publica."""
    ultimos = {
        c: resultados_reales.evaluados[c].periodo
        for c in sensibles
        if resultados_reales.evaluados[c].periodo
    }
    corte = mes_de(resultados_reales.catalogo.territorio.fecha_corte)
    assert all(meses_fin(str(p)) <= corte - 3 for p in ultimos.values())


def test_quien_firma_una_correccion_se_publica_sin_su_cargo(copia: Proyecto) -> None:
    texto = copia.correcciones.read_text(encoding="utf-8")
    firmas = [f["quien"] for f in csv.DictReader(texto.splitlines())]
    copia.correcciones.write_text(
        texto.replace(firmas[0], '"Responsable de estadística, Red de Salud"'), encoding="utf-8"
    )
    assert set(calcular(copia).correcciones["quien"]) == {"Red de Salud"}
