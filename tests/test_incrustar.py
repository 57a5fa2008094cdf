"""Un KPI dentro de la página de otro: solo de una edición aprobada y con cifras de verdad."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape

import polars as pl
import pytest

from observatorio import construir
from observatorio.presentacion.kpi.abierto import Abierto, abiertos
from observatorio.presentacion.kpi.incrustada import ARCHIVO, pagina, por_que_no, seccion
from observatorio.presentacion.kpi.pagina import Sitio
from observatorio.resultados.abierta import abiertas
from observatorio.resultados.aprobaciones import APROBADO, Aprobacion
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

SITIO = Sitio("Observatorio <O>", "https://ejemplo.pe", "31 de octubre de 2026", True)
ACTA = Aprobacion(APROBADO, "7", comite="Comité", mes="2026-09")


@pytest.fixture(scope="module")
def kpis(resultados_reales: Resultados) -> list[Abierto]:
    return [k for m in abiertas(resultados_reales) for k in abiertos(m)]


def de_verdad(k: Abierto, aprobacion: Aprobacion = ACTA) -> Abierto:
    """El mismo KPI con sus cifras documentadas y su edición así aprobada."""
    codigo, firme = k.kpi.codigo, pl.lit("documentado").alias("naturaleza")
    m = replace(
        k.m,
        series=k.m.series.with_columns(firme),
        procedencia=k.m.procedencia
        | {
            codigo: replace(
                k.m.procedencia[codigo], naturaleza="documentado", aprobacion=aprobacion
            )
        },
    )
    e = replace(k.e, naturaleza="documentado", naturaleza_resultado="documentado")
    return replace(k, m=m, e=e)


@pytest.fixture(scope="module")
def uno(kpis: list[Abierto]) -> Abierto:
    """Uno con serie pública."""
    return next(k for k in kpis if k.publico and k.medidas.height > 2 and k.e.valor is not None)


def test_con_demostracion_no_se_ofrece_y_la_pagina_dice_por_que(
    minimo_de_todos: Proyecto, uno: Abierto
) -> None:
    paginas = list(minimo_de_todos.sitio.glob("indicadores/*/index.html"))
    assert paginas and not list(minimo_de_todos.sitio.rglob(ARCHIVO))
    for ruta in paginas:
        html = ruta.read_text(encoding="utf-8")
        assert html.count('id="incrustar"') == 1 and "Todavía no se ofrece: " in html
        assert "iframe" not in html, ruta
    assert "sus cifras son de demostración" in seccion(uno, SITIO)
    with pytest.raises(ValueError, match=f"{uno.kpi.codigo} no se incrusta"):
        pagina(uno, SITIO)


def test_sin_acta_en_elecciones_o_sin_cifra_tampoco(kpis: list[Abierto], uno: Abierto) -> None:
    assert "pendiente de aprobación" in por_que_no(de_verdad(uno, Aprobacion()), SITIO)
    assert "periodo electoral" in por_que_no(de_verdad(uno), replace(SITIO, comparte=False))
    callados = [k for k in kpis if not k.publico or k.medidas.is_empty()]
    assert callados
    for k in callados:
        assert por_que_no(de_verdad(k), SITIO) == "no tiene ninguna cifra publicada"
    # Una sola medida de demostración en la serie basta.
    c = pl.col
    con_una = de_verdad(uno)
    series = con_una.m.series.with_columns(
        pl.when(c("kpi") == uno.kpi.codigo, c("fin") == uno.medidas["fin"][0])
        .then(pl.lit("demostracion"))
        .otherwise(c("naturaleza"))
        .alias("naturaleza")
    )
    assert "demostración" in por_que_no(
        replace(con_una, m=replace(con_una.m, series=series)), SITIO
    )


def test_la_aprobada_se_ofrece_con_su_codigo(uno: Abierto) -> None:
    k = de_verdad(uno)
    html = seccion(k, SITIO)
    (codigo,) = re.findall(r"<pre><code>(.*?)</code></pre>", html)
    assert "<iframe" not in html, "el código se enseña, no se ejecuta"
    (destino,) = re.findall(r'<iframe src="([^"]+)" title="[^"]+"', unescape(codigo))
    assert destino == f"https://ejemplo.pe/indicadores/{k.kpi.codigo}/{ARCHIVO}"
    assert f'href="{ARCHIVO}"' in html


def test_la_pagina_lleva_marca_fecha_acta_y_enlace_y_no_pide_nada(uno: Abierto) -> None:
    k = de_verdad(uno)
    html = pagina(k, SITIO)
    assert "¿Es real?" in html and "aprobado (acta 7 del Comité, septiembre de 2026)" in html
    assert "Datos al 31 de octubre de 2026" in html and "CC BY 4.0" in html
    propia = f"https://ejemplo.pe/indicadores/{k.kpi.codigo}/"
    assert f'<a href="{propia}" target="_blank" rel="noopener">' in html
    assert "Observatorio &lt;O&gt;" in html and "<O>" not in html
    (estilo,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    huella = base64.b64encode(hashlib.sha256(estilo.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{huella}'" in html
    assert not re.search(r"<script|<img|<link rel=\"(?!canonical)| src=| style=", html)
    assert len(html.encode()) < 12_000


def test_las_que_haya_se_publican(construido: Proyecto) -> None:
    suya = construido.raiz / "indicadores" / "M4-K01" / ARCHIVO
    suya.write_text("x", encoding="utf-8")
    assert construir._recursos(construido)[f"indicadores/M4-K01/{ARCHIVO}"] == suya
