"""El explorador: cada número de la portada lleva a las filas que cuenta, y nada restringido tiene
cifra.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from observatorio.catalogo import direcciones
from observatorio.productos import explorador
from observatorio.productos.portada import matriz_misiones
from observatorio.resultados.resultados import Resultados

FILA = re.compile(r'<tr (data-mision[^>]*)><th scope="row"><span class="codigo">([^<]+)<')
ENLACE = re.compile(r'<a href="@raiz@/([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture(scope="module")
def filas(resultados_reales: Resultados) -> dict[str, dict[str, str]]:
    """``código → sus data-``."""
    html = explorador.pagina(resultados_reales)
    return {
        codigo: {n: unescape(v) for n, v in re.findall(r'data-(\w+)="([^"]*)"', datos)}
        for datos, codigo in FILA.findall(html)
    }


def _cumplen(filas: dict[str, dict[str, str]], consulta: str) -> int:
    pedidos = parse_qsl(consulta)
    return sum(all(v in f[n].split() for n, v in pedidos) for f in filas.values())


def test_cada_numero_de_la_portada_cuenta_las_filas_a_las_que_lleva(
    resultados_reales: Resultados, filas: dict[str, dict[str, str]]
) -> None:
    hallados = 0
    for destino, dentro in ENLACE.findall(matriz_misiones(resultados_reales)):
        partes = urlsplit(unescape(destino))
        numero = re.search(r"(?<!\w)(\d+)(?!\w)", re.sub(r"<abbr.*?</abbr>|<[^>]+>", " ", dentro))
        if partes.path != direcciones.INDICADORES or numero is None:
            continue
        assert _cumplen(filas, partes.query) == int(numero[1]), destino
        hallados += 1
    assert hallados > 4 + 2 * len(resultados_reales.catalogo.misiones)


def test_estan_todos_los_kpi_y_lo_restringido_sin_cifra(
    resultados_reales: Resultados, filas: dict[str, dict[str, str]]
) -> None:
    kpis = resultados_reales.catalogo.kpis
    assert list(filas) == list(kpis)
    restringidos = [c for c, k in kpis.items() if k.acceso != "ciudadano"]
    assert restringidos
    for codigo in restringidos:
        assert filas[codigo]["valor"] == filas[codigo]["periodo"] == ""


def test_lo_sensible_lo_responde_el_comite_y_no_un_cargo(
    resultados_reales: Resultados, filas: dict[str, dict[str, str]]
) -> None:
    r = resultados_reales
    sensibles = [c for c, k in r.catalogo.kpis.items() if k.sensible]
    assert {filas[c]["responsable"] for c in sensibles} <= {"comite-impulsor"}


def test_dos_anexos_que_se_escriben_igual_no_comparten_pagina(
    resultados_reales: Resultados,
) -> None:
    catalogo = resultados_reales.catalogo
    t = catalogo.territorio
    doble = t.anexos[0].model_copy(update={"codigo": "1308099999", "nombre": "PATÁZ"})
    junto = type(catalogo)(
        t.model_copy(update={"anexos": (*t.anexos, doble)}), catalogo.fuentes, catalogo.misiones
    )
    paginas = direcciones.de_anexos(junto)
    assert len(set(paginas.values())) == len(paginas) == len(t.anexos) + 1
    assert set(paginas.values()) <= set(direcciones.generadas(junto))
