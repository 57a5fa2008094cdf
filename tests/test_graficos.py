"""Lo que un gráfico dice de sus datos: la demostración se anuncia dentro, también en los que un analista agregue."""

from __future__ import annotations

import subprocess
import sys

import pytest

from observatorio.presentacion import graficos


@pytest.fixture
def con_demostracion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graficos, "_naturalezas", set())
    graficos.anunciar(["demostracion", "declarado"])


def subtitulo(datos: list[dict], titulo: object = "Un título") -> list[str]:
    espec = {"title": titulo, "datasets": {"d": datos}, "description": "x"}
    salida = graficos.con_naturaleza(espec)["title"]
    return salida.get("subtitle", []) if isinstance(salida, dict) else []


@pytest.mark.parametrize(("titulo", "lineas"), [("Un título", 1), ({"text": "Un título", "subtitle": "Otra línea"}, 2), ("", 1)])
def test_un_grafico_nuevo_lleva_el_aviso(con_demostracion: None, titulo: object, lineas: int) -> None:
    hallado = subtitulo([{"valor": 3}], titulo)
    assert hallado[-1] == graficos.AVISO_DEMO and len(hallado) == lineas


def test_los_datos_que_dicen_su_naturaleza_mandan(con_demostracion: None) -> None:
    assert subtitulo([{"valor": 3, "naturaleza": "documentado"}]) == []
    assert subtitulo([{"valor": 3, "naturaleza": "documentado"}, {"valor": 4, "naturaleza": "demostracion"}]) == [graficos.AVISO_DEMO]
    assert subtitulo([{"valor": 3, "naturaleza": "documentado"}, {"valor": 4}]) == [graficos.AVISO_DEMO]


def test_sin_datos_de_demostracion_no_hay_aviso(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graficos, "_naturalezas", {"declarado"})
    assert subtitulo([{"valor": 3}]) == []


def test_cada_grafico_pide_su_texto_alternativo() -> None:
    with pytest.raises(ValueError, match="description"):
        graficos._renderizar({"mark": "point"})


def test_quien_dibuja_no_importa_nada_mas() -> None:
    orden = "import sys; from observatorio.presentacion.dibujo import version_vegalite; version_vegalite(); print({'altair', 'polars', 'pydantic'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", orden], capture_output=True, text=True, check=True).stdout.strip() == "set()"
