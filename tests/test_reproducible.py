"""Misma entrada, mismos bytes: cambian reloj, zona, idioma, ruta, permisos, semilla y orden de los
archivos, y el manifiesto no.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from apoyo_publicacion import LARGO, copia_limpia
from observatorio.edicion import claves, ediciones
from observatorio.rutas import Proyecto

AQUI = {"TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
ALLA = {
    "TZ": "Asia/Kathmandu",
    "LANG": "es_PE.UTF-8",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "777",
    "HOME": "/nonexistent",
    "COLUMNS": "40",
}


def construida(
    proyecto: Proyecto, entorno: dict[str, str], umask: int, antes: tuple[str, ...] = ()
) -> dict[str, str]:
    r = subprocess.run(
        [
            *antes,
            sys.executable,
            "-m",
            "observatorio",
            "--raiz",
            str(proyecto.raiz),
            "construir",
            "--motor",
            "embebido",
        ],
        env=os.environ | entorno,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert r.returncode == 0, r.stderr
    return ediciones.manifiesto(proyecto.ediciones / "actual")


def barajada(proyecto: Proyecto, destino: Path) -> Proyecto:
    """Las mismas entradas creadas en otro orden y con otras horas."""
    limpia = copia_limpia(proyecto, destino.with_name("intermedia"))
    rutas = [p for p in limpia.raiz.rglob("*") if p.is_file()]
    azar = random.Random(3)
    azar.shuffle(rutas)
    for ruta in rutas:
        nueva = destino / ruta.relative_to(limpia.raiz)
        nueva.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ruta, nueva)
        hora = azar.randrange(10**9)
        os.utime(nueva, (hora, hora))
    return Proyecto(destino)


def test_los_mismos_bytes_en_otra_maquina(minimo_de_todos: Proyecto, tmp_path: Path) -> None:
    otro = barajada(minimo_de_todos, tmp_path / "otra carpeta con espacios y ñ" / "p")
    a, b = ediciones.manifiesto(minimo_de_todos.sitio), construida(otro, ALLA, 0o077)
    assert "misiones/m4-nutricion/boletin.pdf" in a
    assert {r for r in a.keys() | b.keys() if a.get(r) != b.get(r)} == set()
    assert (minimo_de_todos.sitio / ediciones.MANIFIESTO).read_bytes() == (
        otro.sitio / ediciones.MANIFIESTO
    ).read_bytes()


def test_los_mismos_bytes_otro_dia(minimo_de_todos: Proyecto, tmp_path: Path) -> None:
    faketime = shutil.which("faketime")
    if faketime is None:
        pytest.skip("falta faketime (paquete de Debian) para mover el reloj")
    otro = copia_limpia(minimo_de_todos, tmp_path / "otro")
    assert ediciones.manifiesto(minimo_de_todos.sitio) == construida(
        otro, AQUI, 0o022, (faketime, "2031-02-03 04:05:06")
    )


@pytest.mark.skipif(not LARGO, reason="el proyecto entero: en make pruebas-largas")
def test_el_proyecto_entero_dos_veces(copia: Proyecto, tmp_path: Path) -> None:
    otro = barajada(copia, tmp_path / "otro" / "p")
    assert construida(copia, AQUI, 0o022) == construida(otro, ALLA, 0o077)


def test_los_interpretes_que_dan_los_mismos_bytes_comparten_sus_claves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def con(*version: int) -> str:
        monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
        return claves.entorno(tmp_path)

    assert con(3, 11) == con(3, 13) == "python-3.11/3.13"
    assert con(3, 12) == "python-3.12"
