"""Cada número de cada página de misión, de cada boletín y de las páginas con cuadros está en los
datos públicos.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apoyo_cifras import Pagina, Publico, Trozo, de_boletin, leer, numeros, perdidas
from observatorio.base.numeros import numero
from observatorio.rutas import Proyecto

CON_CUADROS = ("index.html", "diagnostico.html", "datos.html")
FIGURAS_POR_MISION = 300


@pytest.fixture(scope="module")
def sitio(real_construido: Proyecto) -> Path:
    return real_construido.sitio


def ejes_de_papel(sitio: Path) -> set[str]:
    """Las marcas de eje de los gráficos del boletín, que en el PDF son texto como cualquier
    otro.
    """
    leidos = Pagina()
    for svg in (sitio.parent / ".trabajo" / "svg").glob("*-papel.svg"):
        leidos.feed(svg.read_text(encoding="utf-8"))
    return leidos.ejes


def test_cada_cifra_esta_en_los_datos_publicos_y_una_cambiada_se_nota(sitio: Path) -> None:
    publico, faltan, cuantas = Publico(sitio / "datos"), [], 0
    ejes = ejes_de_papel(sitio)
    for slug in publico.misiones:
        pagina = leer(sitio / f"misiones/{slug}/index.html")
        admitidas = publico.en_graficos(slug)
        faltan += [f"{slug} página · {x}" for x in perdidas(pagina.trozos, publico, admitidas)]
        faltan += [
            f"{slug} boletín · {x}"
            for x in perdidas(
                de_boletin(sitio / f"misiones/{slug}/boletin.pdf", publico.producto(slug)),
                publico,
                admitidas | ejes,
            )
        ]
        faltan += [f"{slug} gráfico · {x}" for x in de_graficos(pagina, publico.reales(slug))]
        de_pagina = sum(len(numeros(t.texto)) for t in pagina.trozos)
        cuantas += de_pagina
        assert de_pagina > FIGURAS_POR_MISION
        assert cambiadas(pagina.trozos, publico, admitidas) > 0.7
    for nombre in CON_CUADROS:
        prosa = " ".join(
            (sitio.parent / nombre.replace(".html", ".qmd")).read_text(encoding="utf-8").split()
        )
        pagina = leer(sitio / nombre)
        escritas = set(numeros(prosa))
        generadas = [t for t in pagina.trozos if not set(numeros(t.texto)) <= escritas]
        faltan += [
            f"{nombre} · {x}"
            for x in perdidas(generadas, publico, publico.de_prosa() | escritas | tamanos(sitio))
        ]
    assert not faltan, f"{len(faltan)} cifras sin dato público:\n" + "\n".join(faltan[:40])
    assert cuantas > 7 * FIGURAS_POR_MISION


def de_graficos(pagina: Pagina, publicos: set[str]) -> list[str]:
    """Los valores con decimales de los datos de cada gráfico; ``t`` es una fecha en años."""
    filas = (f for g in pagina.graficos for tabla in g.get("datasets", {}).values() for f in tabla)
    return [
        f"{c} = {v}"
        for f in filas
        for c, v in f.items()
        if isinstance(v, float) and c != "t" and f"{v:.6g}" not in publicos
    ]


def tamanos(sitio: Path) -> set[str]:
    """Lo que pesa cada descarga, que la página de datos dice."""
    return {numero(p.stat().st_size / 1024, 0) for p in (sitio / "datos").iterdir()}


def cambiadas(trozos: list[Trozo], publico: Publico, mision: set[str]) -> float:
    """De las cifras con decimales, parte que se echaría en falta si cambiara una décima: la prueba
    no deja pasar cualquier cosa.
    """
    alteradas = [
        Trozo(t.kpi, re.sub(r"(\d)\.(\d)", lambda m: f"{m[1]}.{(int(m[2]) + 3) % 10}", t.texto))
        for t in trozos
        if t.kpi and re.search(r"\d\.\d", t.texto) and len(numeros(t.texto)) == 1
    ]
    return len(perdidas(alteradas, publico, mision)) / len(alteradas)


def test_los_numeros_que_no_son_cifras_se_saltan_por_regla() -> None:
    assert numeros("M4-K03, nivel 2, 2026-S1, al 2026-08-27 y el 31 de octubre de 2026") == []
    assert numeros("de 6–35 meses: −1,234.5 y 41.0 %") == ["6", "35", "−1,234.5", "41.0"]


def test_una_cifra_se_redondea_desde_la_que_dicen_los_datos_publicos() -> None:
    """153 de 240 es 63.75 en el CSV: la página no puede leerlo como 63.74999…"""
    assert 153 / 240 * 100 < 63.75
    assert (numero(153 / 240 * 100), numero(31.25), numero(-0.04)) == ("63.8", "31.3", "0.0")
