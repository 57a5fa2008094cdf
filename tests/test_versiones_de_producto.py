"""El contenido que un comité aprueba: datos públicos, textos y método, y nada de cómo se ven."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from apoyo_catalogo import con_kpi
from observatorio.resultados.aprobaciones import Aprobacion, reunir_aprobaciones
from observatorio.resultados.resultados import Resultados
from observatorio.resultados.versiones import Insumos, contenido_de, en_bytes, huella_de

MISION = "mision/m4-nutricion"
DE_FICHA = ["bases_sin_aprobar", "lineas_base", "metas", "metodo", "texto"]


@pytest.fixture(scope="module")
def insumos(resultados_reales: Resultados) -> Insumos:
    return resultados_reales.insumos


def version(insumos: Insumos, producto: str = MISION) -> str:
    contenido = contenido_de(insumos, producto)
    assert contenido is not None
    return huella_de(en_bytes(contenido))


def test_cada_tipo_de_producto_tiene_su_contenido(insumos: Insumos) -> None:
    con_textos = replace(insumos, textos={"metodologia": "a", "plan-de-recojo": "b"})
    productos = (MISION, "kpi/M4-K01", "planilla", "metodologia", "plan-de-recojo")
    partes = {p: contenido_de(con_textos, p) for p in productos}
    assert {p: sorted(set(c) - {"producto", "demostracion"}) for p, c in partes.items()} == {
        MISION: sorted([*DE_FICHA, "datos", "estados", "con_cifra", "kpis"]),
        "kpi/M4-K01": DE_FICHA,
        "planilla": ["metodo"],
        "metodologia": ["metodo", "texto"],
        "plan-de-recojo": ["texto"],
    }
    assert contenido_de(insumos, "mision/m9-nada") is None


def test_las_cifras_de_demostracion_se_dicen_y_no_entran_las_bases_inventadas(
    insumos: Insumos,
) -> None:
    mision = contenido_de(insumos, MISION)
    assert mision["demostracion"] and mision["con_cifra"] == 0
    inventadas = [
        c
        for c, k in insumos.catalogo.kpis.items()
        if c.startswith("M4-") and k.linea_base and k.linea_base.naturaleza == "demostracion"
    ]
    assert inventadas and all(mision["lineas_base"][c]["linea_base"] is None for c in inventadas)
    assert mision["bases_sin_aprobar"] == sorted(inventadas)
    ficha = contenido_de(insumos, f"kpi/{inventadas[0]}")
    assert not ficha["demostracion"] and ficha["bases_sin_aprobar"] == inventadas[:1]
    assert not contenido_de(insumos, "kpi/M4-K01")["bases_sin_aprobar"], "la suya es declarada"
    catalogo = contenido_de(insumos, "catalogo")
    assert not catalogo["demostracion"] and len(catalogo["metas"]) == len(insumos.catalogo.kpis)


def test_ninguna_celda_protegida_entra_en_una_version(
    insumos: Insumos, resultados_reales: Resultados
) -> None:
    protegidas = resultados_reales.publica.filter("protegido").with_columns(
        cifra=pl.concat_str(
            *(pl.col(c).cast(pl.String) for c in ("periodo", "lugar", "grupo", "unidad", "fuente")),
            separator="|",
        )
    )
    assert protegidas.height
    ocultas = set(protegidas.select("kpi", "cifra").iter_rows())
    guardadas = {
        (kpi, cifra)
        for m in insumos.catalogo.misiones
        for kpi, cifras in contenido_de(insumos, f"mision/{m.slug}")["datos"].items()
        for cifra in cifras
    }
    assert guardadas and not guardadas & ocultas


def test_la_version_cambia_con_la_meta_y_no_con_lo_que_dice_de_su_aprobacion(
    insumos: Insumos,
) -> None:
    kpi = insumos.catalogo.kpis["M4-K01"]
    otra_meta = con_kpi(
        insumos.catalogo, "M4-K01", meta=kpi.meta.model_copy(update={"valor": 12.0})
    )
    aprobada = con_kpi(insumos.catalogo, "M4-K01", estado="aprobado")
    sitio = insumos.catalogo.territorio.sitio.model_copy(update={"titulo": "Otro título"})
    territorio = insumos.catalogo.territorio.model_copy(update={"sitio": sitio})
    antes = version(insumos)
    assert version(replace(insumos, catalogo=otra_meta)) != antes
    assert version(replace(insumos, catalogo=aprobada)) == antes
    otro_sitio = replace(insumos.catalogo, territorio=territorio)
    assert version(replace(insumos, catalogo=otro_sitio)) == antes


@pytest.mark.parametrize(
    ("aprobacion", "dicha"),
    [
        (Aprobacion(), "pendiente de aprobación"),
        (Aprobacion("enviado"), "pendiente de aprobación (enviado a revisión)"),
        (
            Aprobacion(simulacro="simulacro-estrategico-001"),
            "pendiente de aprobación; hay un simulacro, que no aprueba",
        ),
        (
            Aprobacion("aprobado", "3", comite="Comité Estratégico", mes="2027-06", nuevas=1),
            "aprobado (acta 3 del Comité Estratégico, junio de 2027); desde entonces 1 cifra nueva"
            " sin revisar",
        ),
        (
            Aprobacion("pendiente", "3", cambios=("la meta de M4-K01", "el método (parámetros)")),
            "pendiente de aprobación: cambió el método (parámetros) y la meta de M4-K01 desde lo"
            " aprobado (acta 3)",
        ),
    ],
)
def test_cada_estado_se_dice_con_una_frase(aprobacion: Aprobacion, dicha: str) -> None:
    assert aprobacion.dicha == dicha


def test_lo_que_resume_varias_cifras_dice_la_menos_firme_o_suma_lo_que_falta_revisar() -> None:
    una, otra = Aprobacion("aprobado", "3", nuevas=2), Aprobacion("aprobado", "3", nuevas=1)
    assert reunir_aprobaciones([una, otra]).nuevas == 3
    assert reunir_aprobaciones([una, Aprobacion()]).estado == "pendiente"
    assert reunir_aprobaciones([]) is None
