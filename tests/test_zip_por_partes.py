"""Un zip hecho con lo ya comprimido en otro es el mismo, byte por byte, que el hecho de cero."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from observatorio.base.empaquetar import Comprimidos, agregar

AZAR = random.Random(7)
CONTENIDOS = {
    "index.html": b"<p>hola</p>" * 900,
    "misiones/niñez.html": "niñez y agua ".encode() * 700,
    "vacio.txt": b"",
    "imagen.png": AZAR.randbytes(3000),
    "azar.csv": AZAR.randbytes(3000),
}


def de_cero(ruta: Path, contenidos: Mapping[str, bytes], raiz: str) -> bytes:
    with zipfile.ZipFile(ruta, "w") as archivo:
        for nombre, contenido in contenidos.items():
            agregar(archivo, f"{raiz}/{nombre}", contenido)
    return ruta.read_bytes()


def por_partes(ruta: Path, otro: Path, contenidos: Mapping[str, bytes], raiz: str) -> bytes:
    """Todo se pide al otro zip, menos lo primero y lo último."""
    nombres = list(contenidos)
    with Comprimidos(otro) as hechos, zipfile.ZipFile(ruta, "w") as archivo:
        for nombre, contenido in contenidos.items():
            if nombre in (nombres[0], nombres[-1]):
                agregar(archivo, f"{raiz}/{nombre}", contenido)
            else:
                hechos.llevar(archivo, f"antes/{nombre}", f"{raiz}/{nombre}", contenido)
    return ruta.read_bytes()


def test_por_partes_da_los_mismos_bytes(tmp_path: Path) -> None:
    otro, raiz = tmp_path / "otro.zip", "una-carpeta-más-larga"
    de_cero(otro, dict(reversed(CONTENIDOS.items())), "antes")
    entero = de_cero(tmp_path / "entero.zip", CONTENIDOS, raiz)
    assert por_partes(tmp_path / "hecho.zip", otro, CONTENIDOS, raiz) == entero
    with zipfile.ZipFile(tmp_path / "hecho.zip") as archivo:
        assert archivo.testzip() is None
        assert [archivo.read(f) for f in archivo.infolist()] == list(CONTENIDOS.values())


def test_lo_ya_comprimido_se_lleva_sin_comprimirlo(tmp_path: Path) -> None:
    """Si no, no habría nada que ganar: con otro contenido del mismo largo se ve de dónde salió."""
    otro = tmp_path / "otro.zip"
    de_cero(otro, CONTENIDOS, "antes")
    ajeno = CONTENIDOS | {"azar.csv": bytes(3000), "fin": b""}
    por_partes(tmp_path / "hecho.zip", otro, ajeno, "r")
    with zipfile.ZipFile(tmp_path / "hecho.zip") as archivo:
        assert archivo.read("r/azar.csv") == CONTENIDOS["azar.csv"]


@pytest.mark.parametrize("hay", [True, False])
def test_lo_comprimido_de_otra_manera_se_comprime_de_nuevo(tmp_path: Path, hay: bool) -> None:
    otro = tmp_path / "otro.zip"
    if hay:
        with zipfile.ZipFile(otro, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archivo:
            for nombre, contenido in CONTENIDOS.items():
                archivo.writestr(f"antes/{nombre}", contenido)
    entero = de_cero(tmp_path / "entero.zip", CONTENIDOS, "r")
    assert por_partes(tmp_path / "hecho.zip", otro, CONTENIDOS, "r") == entero
