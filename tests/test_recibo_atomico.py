"""Un corte a mitad de la recepción deja data/ exactamente como estaba o exactamente como queda, y
la siguiente orden sigue.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import date
from pathlib import Path

import pytest

from observatorio.errores import ErrorDeEjecucion
from observatorio.recojo.abrir import Opciones
from observatorio.recojo.recepcion import recibir
from observatorio.recojo.recibos import entregar
from observatorio.rutas import Proyecto
from test_importar import arbol

CSV = (
    "kpi,periodo,lugar,numerador,denominador,fecha_dato\n"
    "M4-K13,2026-08,130809,30,45,2026-10-10\n"
    "M4-K13,2026-09,130809,33,46,2026-10-10\n"
)
PASOS = (
    pytest.param("preparado", marks=pytest.mark.largo),
    pytest.param("antes de sincronizar", marks=pytest.mark.largo),
    pytest.param("antes de mover", marks=pytest.mark.largo),
    "después de mover",
)


def _recibir(raiz: Path, archivo: Path, paso_mortal: str) -> None:
    def paso(nombre: str) -> None:
        if nombre == paso_mortal:
            os.kill(os.getpid(), signal.SIGKILL)

    recibir(Proyecto(raiz), archivo, Opciones(), lambda *_: True, date(2026, 11, 2), paso)


@pytest.fixture
def archivo(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(CSV, encoding="utf-8")
    return tmp_path / "t.csv"


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL no existe en Windows")
@pytest.mark.parametrize("paso", PASOS)
def test_matar_en_cada_paso(minimo: Proyecto, archivo: Path, paso: str) -> None:
    antes = arbol(minimo.data)
    proceso = multiprocessing.get_context("spawn").Process(
        target=_recibir, args=(minimo.raiz, archivo, paso)
    )
    proceso.start()
    proceso.join(60)
    assert proceso.exitcode == -signal.SIGKILL
    tras_el_corte = arbol(minimo.data)
    r = recibir(minimo, archivo, Opciones(), lambda *_: True, date(2026, 11, 2))
    assert r.repetida == (paso == "después de mover")
    despues = arbol(minimo.data)
    assert tras_el_corte == (despues if paso == "después de mover" else antes)
    assert len(despues) == len(antes) + 2


def test_si_falla_el_disco_al_mover_no_queda_nada(
    minimo: Proyecto, archivo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    antes = arbol(minimo.data)

    def sin_espacio(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("observatorio.recojo.recibos.os.rename", sin_espacio)
    with pytest.raises(OSError, match="No space left"):
        recibir(minimo, archivo, Opciones(), lambda *_: True, date(2026, 11, 2))
    assert arbol(minimo.data) == antes and not list(minimo.trabajo.glob("recepcion-*"))


def test_dos_a_la_vez_entra_uno(minimo: Proyecto, tmp_path: Path) -> None:
    for nombre in ("a", "b"):
        (tmp_path / nombre).mkdir()
        (tmp_path / nombre / "procedencia.yml").write_text(nombre, encoding="utf-8")
    entregar(minimo, tmp_path / "a", "r-0123456789")
    with pytest.raises(ErrorDeEjecucion, match="entró mientras tanto"):
        entregar(minimo, tmp_path / "b", "r-0123456789")
    assert (minimo.recibos / "r-0123456789" / "procedencia.yml").read_text(encoding="utf-8") == "a"
