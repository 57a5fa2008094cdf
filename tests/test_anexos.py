"""La página de cada anexo: solo lo que la tabla pública deja ver, y de uso también donde todo se
protege.
"""

from __future__ import annotations

import dataclasses
import re

import polars as pl
import pytest

from observatorio.catalogo.direcciones import de_anexos
from observatorio.productos import anexos, plan
from observatorio.resultados.anexos import abiertos, por_anexo
from observatorio.resultados.resultados import Resultados


@pytest.fixture(scope="module")
def paginas(resultados_reales: Resultados) -> dict[str, str]:
    """``código del anexo → su HTML``."""
    r = resultados_reales
    hechas = anexos.paginas(r, plan.seguimiento(r))
    return {anexo.codigo: html for anexo, _, html in hechas.values()}


def test_hay_una_pagina_por_anexo_que_enlaza_todas_las_otras(
    resultados_reales: Resultados, paginas: dict[str, str]
) -> None:
    direcciones = de_anexos(resultados_reales.catalogo)
    assert list(paginas) == [a.codigo for a in resultados_reales.catalogo.territorio.anexos]
    for codigo, html in paginas.items():
        enlazadas = re.findall(r'href="@raiz@/(anexos/[^"]+)"', html)
        nombres = [d for d in enlazadas if d in direcciones.values()]
        assert sorted(nombres) == sorted(set(direcciones.values()) - {direcciones[codigo]})


def test_los_anexos_van_en_orden_alfabetico(resultados_reales: Resultados) -> None:
    nombres = re.findall(r">([^<]+)</a></li>", anexos.lista_html(resultados_reales))
    orden = [a.nombre for a in anexos.alfabeticos(resultados_reales)]
    assert nombres == orden and len(nombres) == len(set(nombres)) > 1


def test_cada_cifra_de_un_anexo_es_publica_y_de_el(resultados_reales: Resultados) -> None:
    r = resultados_reales
    publica = {
        (f["kpi"], f["lugar"], f["periodo"]): f["valor"]
        for f in r.series.filter(~pl.col("protegido")).iter_rows(named=True)
    }
    protegidas = 0
    for lugar, suyos in por_anexo(r).items():
        for k in suyos:
            assert k.kpi.se_sigue_en_publico
            for m in k.del_anexo:
                assert m.valor == publica.get((k.kpi.codigo, lugar, m.periodo))
                protegidas += m.valor is None
                if m.valor is None:
                    assert m.minimo is None and m.maximo is None
            if (m := k.ultima) and (otra := k.frente_a(m)):
                assert otra.fin == m.fin
    assert protegidas


def test_ningun_indicador_sensible_o_restringido_se_nombra_en_un_anexo(
    resultados_reales: Resultados, paginas: dict[str, str]
) -> None:
    kpis = resultados_reales.catalogo.kpis.values()
    callados = [k for k in kpis if not k.se_sigue_en_publico]
    assert callados
    for html in paginas.values():
        assert not [k.codigo for k in callados if k.codigo in html or k.nombre in html]


def test_un_anexo_con_todo_protegido_dice_lo_del_distrito_y_a_quien_preguntar(
    resultados_reales: Resultados,
) -> None:
    r = resultados_reales
    anexo = r.catalogo.territorio.anexos[3]
    suyo = pl.col("lugar") == anexo.codigo
    nulos = [
        pl.when(suyo).then(None).otherwise(pl.col(c)).alias(c)
        for c in ("valor", "numerador", "denominador")
    ]
    oculto = (pl.col("protegido") | suyo).alias("protegido")
    tapado = dataclasses.replace(
        r,
        series=r.series.with_columns(*nulos, oculto),
        compacta=r.compacta.with_columns(*nulos, oculto),
    )
    direccion = de_anexos(r.catalogo)[anexo.codigo]
    _, dicho, html = anexos.paginas(tapado, plan.seguimiento(r))[direccion]
    assert "ninguna cifra" in dicho.texto
    assert 'id="se-sabe"' not in html and 'class="pequenos"' not in html
    filas = re.findall(r'<tr><th scope="row"><span class="codigo">.*?</tr>', html)
    medidos = por_anexo(tapado)[anexo.codigo]
    assert len(filas) == len(medidos) > 10
    con_distrito = [f for f in filas if "entre" in f]
    assert len(con_distrito) > 5, "lo del distrito va con su intervalo"
    assert all(f.count("dato protegido") >= 1 for f in filas)
    assert 'id="a-quien"' in html and "mailto:" in html


def test_un_total_no_se_compara_con_el_de_todo_el_distrito(resultados_reales: Resultados) -> None:
    suyos = [k for ks in por_anexo(resultados_reales).values() for k in ks if k.ultima]
    totales = [k for k in suyos if k.se_suma]
    assert totales and {k.kpi.unidad for k in totales} & {"ha"}
    assert all(k.lectura is None for k in totales)
    assert {k.kpi.codigo for k in suyos} <= {k.codigo for k in abiertos(resultados_reales)}
