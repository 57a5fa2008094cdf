"""La página de un KPI se guarda con la clave de lo que dice: si algo de fuera de su misión cambia,
la clave también.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from observatorio.catalogo.gobernanza import CambioDelCatalogo
from observatorio.presentacion.kpi.pagina import DeFuera
from observatorio.productos import plan
from observatorio.productos.indicadores import PaginasDeKpi
from observatorio.resultados.resultados import Resultados

CODIGO = "M1-K01"
CAMBIO = CambioDelCatalogo(codigo=CODIGO, que="la meta", por_que="acta 3", fecha=date(2026, 1, 2))
CAMBIOS: dict[str, Callable[[DeFuera], DeFuera]] = {
    "su producto": lambda f: replace(f, producto="otro"),
    "los cambios de sus fichas": lambda f: replace(f, cambios=[*f.cambios, CAMBIO]),
    "sus entregas": lambda f: replace(f, entregas=[replace(f.entregas[0], dias=99)]),
    "sus correcciones": lambda f: replace(
        f, correcciones=f.correcciones.clear(n=f.correcciones.height + 1)
    ),
}


@pytest.fixture(scope="module")
def paginas(resultados_reales: Resultados) -> PaginasDeKpi:
    return PaginasDeKpi(resultados_reales, [CODIGO])


@pytest.fixture(scope="module")
def fuera(paginas: PaginasDeKpi) -> dict[str, DeFuera]:
    (suyas,) = paginas.de_fuera({}, plan.seguimiento(paginas.r)).values()
    return suyas


@pytest.mark.parametrize("parte", CAMBIOS)
def test_lo_de_fuera_cambia_su_parte_de_la_clave(
    paginas: PaginasDeKpi, fuera: dict[str, DeFuera], parte: str
) -> None:
    antes = paginas.claves(fuera)
    ahora = paginas.claves({CODIGO: CAMBIOS[parte](fuera[CODIGO])})
    assert {p for p in antes if antes[p] != ahora[p]} == {parte}


def test_el_periodo_electoral_cambia_la_clave(
    paginas: PaginasDeKpi, fuera: dict[str, DeFuera]
) -> None:
    callada = PaginasDeKpi(paginas.r, [CODIGO])
    callada.sitio = replace(callada.sitio, comparte=False)
    assert callada.claves(fuera)["el sitio"] != paginas.claves(fuera)["el sitio"]
