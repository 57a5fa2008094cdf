"""Un servidor propio: publica al cambiar los datos, junta los guardados seguidos y sobrevive a los
datos malos.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

import apoyo_publicacion
from observatorio.edicion import diario, ediciones, memoria
from observatorio.publicacion import vigilar as modulo
from observatorio.publicacion.vigilar import vigilar
from observatorio.rutas import Proyecto

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos


def esperar(condicion: Callable[[], bool], segundos: float = 180) -> None:
    limite = time.monotonic() + segundos
    while not condicion():
        assert time.monotonic() < limite, "no ocurrió a tiempo"
        time.sleep(0.1)


def test_publica_lo_bueno_y_sobrevive_a_lo_malo(dos, tmp_path: Path) -> None:
    proyecto, (_, segunda) = dos
    destino, dicho, parar = tmp_path / "web", [], threading.Event()
    hilo = threading.Thread(
        target=vigilar, args=(proyecto, str(destino), "embebido", parar, dicho.append, 400)
    )
    hilo.start()
    try:
        esperar(lambda: dicho.count("al día") == 1)
        assert ediciones.identificador_de(destino) == segunda.name
        csv = proyecto.observaciones / "m4-nutricion.csv"
        bueno = csv.read_bytes()
        csv.write_bytes(
            bueno + b"M4-K99,2025,130809,total,,1,,,sien-his,2026-01-31,validado,demostracion,\n"
        )
        esperar(lambda: any("sigue viva" in d for d in dicho))
        assert (
            any("kpi-desconocido" in d for d in dicho)
            and ediciones.identificador_de(destino) == segunda.name
        )
        csv.write_bytes(bueno)
        for i in range(5):
            with (proyecto.raiz / "index.qmd").open("a", encoding="utf-8") as pagina:
                pagina.write(f"\nLínea {i}.\n")
            time.sleep(0.02)
        esperar(lambda: ediciones.identificador_de(destino) != segunda.name)
        assert "Línea 4" in (destino / "index.html").read_text(encoding="utf-8")
    finally:
        parar.set()
        hilo.join(60)
    assert not hilo.is_alive()
    assert len([d for d in dicho if d.startswith(("cambió", "primera"))]) <= 4, (
        "los guardados seguidos se juntan"
    )


@contextmanager
def vigilando(proyecto: Proyecto, dicho: list[str], espera_ms: int) -> Iterator[None]:
    parar = threading.Event()
    hilo = threading.Thread(
        target=vigilar, args=(proyecto, None, "embebido", parar, dicho.append, espera_ms)
    )
    hilo.start()
    try:
        yield
    finally:
        parar.set()
        hilo.join(60)
    assert not hilo.is_alive()


@pytest.fixture
def chico(tmp_path: Path) -> Proyecto:
    (tmp_path / memoria.CARPETA).mkdir(parents=True)
    (tmp_path / memoria.CARPETA / memoria.REGISTRO).write_bytes(
        memoria.con_sumas(memoria.SEMILLA, {})
    )
    (tmp_path / "_quarto.yml").write_text("project: {}\n", encoding="utf-8")
    (tmp_path / "index.qmd").write_text("Cero.\n", encoding="utf-8")
    return Proyecto(tmp_path)


def test_lo_guardado_durante_una_construccion_se_construye_despues(
    chico: Proyecto, monkeypatch: pytest.MonkeyPatch
) -> None:
    pagina, construido = chico.raiz / "index.qmd", []

    def correr(proyecto: Proyecto, orden: list[str], *_: object) -> bool:
        construido.append(pagina.read_text(encoding="utf-8"))
        if len(construido) < 3:
            pagina.write_text(f"Guardado {len(construido)}.\n", encoding="utf-8")
            diario.guardar(chico.raiz, memoria.SEMILLA | {"en_curso": str(len(construido))}, {})
        return True

    monkeypatch.setattr(modulo, "_correr", correr)
    with vigilando(chico, [], 100):
        esperar(lambda: construido[-1:] == ["Guardado 2.\n"], 20)
        time.sleep(0.6)
    assert construido == [
        "Cero.\n",
        "Guardado 1.\n",
        "Guardado 2.\n",
    ], "lo anotado al publicar no vuelve a construir"


@pytest.mark.parametrize("datos_buenos", [True, False])
def test_un_fallo_pasajero_se_reintenta_y_los_datos_malos_esperan(
    chico: Proyecto, monkeypatch: pytest.MonkeyPatch, datos_buenos: bool
) -> None:
    intentos, dicho = [], []

    def correr(proyecto: Proyecto, orden: list[str], *_: object) -> bool:
        if orden == ["validar"]:
            return datos_buenos
        intentos.append(time.monotonic())
        return len(intentos) > 3

    monkeypatch.setattr(modulo, "_correr", correr)
    with vigilando(chico, dicho, 40):
        if datos_buenos:
            esperar(lambda: "al día" in dicho, 20)
        else:
            time.sleep(1)
    if datos_buenos:
        pausas = [b - a for a, b in pairwise(intentos)]
        assert len(intentos) == 4 and pausas == sorted(pausas) and dicho.count("otro intento") == 3
    else:
        assert len(intentos) == 1 and any("se espera la corrección" in d for d in dicho)


@pytest.mark.parametrize("senal", [signal.SIGINT, signal.SIGTERM])
def test_una_senal_a_media_construccion_termina_con_calma(dos, senal: signal.Signals) -> None:
    proyecto, (_, segunda) = dos
    apoyo_publicacion.otra(proyecto, "tercera")
    orden = [
        sys.executable,
        "-u",
        "-m",
        "observatorio",
        "--raiz",
        str(proyecto.raiz),
        "vigilar",
        "--motor",
        "embebido",
    ]
    with subprocess.Popen(
        orden, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as proceso:
        assert proceso.stdout and "primera construcción" in proceso.stdout.readline()
        time.sleep(0.3)
        proceso.send_signal(senal)
        salida, errores = proceso.communicate(timeout=30)
    assert (proceso.returncode, errores) == (0, "") and "se deja de vigilar" in salida
    assert ediciones.actual(proyecto) == segunda.name
