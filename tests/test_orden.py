"""La orden ante lo inesperado: una frase en español, código 1, y el rastro solo si se pide."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from observatorio import validar
from observatorio.cli import principal
from observatorio.rutas import Proyecto


@pytest.fixture
def averiado(monkeypatch: pytest.MonkeyPatch) -> None:
    def fallar(*_: object) -> None:
        raise KeyError("niño \udcf1")

    monkeypatch.setattr(validar, "pasar", fallar)


@pytest.mark.usefixtures("averiado")
def test_lo_inesperado_se_dice_en_espanol(
    proyecto_real: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    assert principal(["--raiz", str(proyecto_real.raiz), "validar"]) == 1
    dicho = capsys.readouterr().err
    assert (
        "defecto del programa" in dicho
        and "--detalle" in dicho
        and "KeyError" in dicho
        and "Traceback" not in dicho
    )


@pytest.mark.usefixtures("averiado")
@pytest.mark.parametrize("forma", ["opción", "variable"])
def test_el_rastro_sale_si_se_pide(
    proyecto_real: Proyecto,
    forma: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if forma == "variable":
        monkeypatch.setenv("OBSERVATORIO_DETALLE", "1")
    assert (
        principal(
            [
                "--raiz",
                str(proyecto_real.raiz),
                *(["--detalle"] if forma == "opción" else []),
                "validar",
            ]
        )
        == 1
    )
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argumentos", "dicho"),
    [
        (["nada"], "'nada' no se admite; use uno de"),
        ([], "faltan estos argumentos: ORDEN"),
        (["validar", "--xx"], "argumentos que no existen: --xx"),
        (["construir", "--motor"], "lleva un valor"),
    ],
)
def test_los_errores_de_uso_estan_en_espanol(
    argumentos: list[str], dicho: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as e:
        principal(argumentos)
    escrito = capsys.readouterr().err
    assert (
        e.value.code == 2
        and dicho in escrito
        and escrito.startswith("uso: ")
        and "error:" not in escrito
    )


def test_una_carpeta_que_ya_no_esta_se_dice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if os.name == "nt":
        pytest.skip("Windows no deja borrar la carpeta en la que se está")
    (tmp_path / "borrada").mkdir()
    monkeypatch.delenv("OBSERVATORIO_RAIZ", raising=False)
    monkeypatch.chdir(tmp_path / "borrada")
    (tmp_path / "borrada").rmdir()
    assert principal(["validar"]) == 2
    error = capsys.readouterr().err
    assert "ya no existe" in error and "Algo inesperado" not in error
    monkeypatch.chdir(tmp_path)


def test_la_ayuda_esta_en_espanol(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        principal(["validar", "--help"])
    ayuda = capsys.readouterr().out
    assert (
        "muestra esta ayuda y sale" in ayuda
        and "opciones:" in ayuda
        and "options" not in ayuda
        and "usage" not in ayuda
    )
