"""Probar qué se publicó y no perderlo: ``verificar`` desde el commit, y el respaldo que nombra cada bit dañado."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

import apoyo_publicacion
from apoyo_publicacion import copia_limpia, otra, vueltas
from conftest import RAIZ
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion import ediciones, respaldo
from observatorio.edicion.publicar import publicar
from observatorio.edicion.verificar import verificar
from observatorio.errores import ErrorDeEjecucion, ErrorDeUso
from observatorio.rutas import Proyecto

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos


def git(proyecto: Proyecto, *argumentos: str) -> str:
    identidad = ["-c", "user.name=P", "-c", "user.email=p@ejemplo", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identidad, *argumentos], cwd=proyecto.raiz, capture_output=True, text=True, check=True).stdout.strip()


def guardar(proyecto: Proyecto, mensaje: str) -> str:
    git(proyecto, "add", "-A")
    git(proyecto, "commit", "-qm", mensaje)
    return git(proyecto, "rev-parse", "HEAD")


def test_verificar_rehace_desde_el_commit_aunque_despues_haya_otros(dos, tmp_path: Path) -> None:
    base, _ = dos
    proyecto = copia_limpia(base, tmp_path / "repo")
    shutil.copy(RAIZ / ".gitignore", proyecto.raiz)
    git(proyecto, "init", "-q")
    commit = guardar(proyecto, "primero")
    hecha = publicar(proyecto, str(tmp_path / "web"), "embebido").identificador
    guardar(proyecto, "lo publicado")
    otra(proyecto, "después")
    guardar(proyecto, "segundo")
    veredicto = verificar(proyecto, proyecto.ediciones / hecha)
    assert veredicto.diferencias == ()
    assert git(proyecto, "show", f"{commit}:index.qmd") == git(proyecto, "show", f"{veredicto.commit}:index.qmd")
    assert not git(proyecto, "worktree", "list").splitlines()[1:]
    with pytest.raises(ErrorDeUso, match="difieren"):
        verificar(proyecto, proyecto.ediciones / hecha, "HEAD")
    publicada = tmp_path / "web" / "index.html"
    publicada.write_text(publicada.read_text(encoding="utf-8") + "<!-- alterada -->", encoding="utf-8")
    assert any(d.startswith("index.html") for d in verificar(proyecto, tmp_path / "web", commit).diferencias)


def test_verificar_sin_git_lo_dice(dos) -> None:
    proyecto, (_, segunda) = dos
    with pytest.raises(ErrorDeUso, match="git"):
        verificar(proyecto, segunda)


def test_respaldo_restaura_la_misma_edicion(dos, tmp_path: Path) -> None:
    proyecto, (primera, segunda) = dos
    construir(proyecto, "embebido")
    for nombre in ("a.zip", "b.zip"):
        assert principal(["--raiz", str(proyecto.raiz), "respaldo", "crear", str(tmp_path / nombre)]) == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert respaldo.comprobar(tmp_path / "a.zip") == []
    restaurado = respaldo.restaurar(tmp_path / "a.zip", tmp_path / "nueva")
    assert ediciones.actual(restaurado) == segunda.name and ediciones.sana(restaurado.ediciones / primera.name)
    antes = ediciones.manifiesto(segunda)
    for carpeta in (restaurado.ediciones / segunda.name).iterdir():
        if carpeta.name == "index.html":
            carpeta.unlink()
    rehecha = construir(restaurado, "embebido")
    assert rehecha.nueva and rehecha.identificador == segunda.name and ediciones.manifiesto(rehecha.carpeta) == antes
    with pytest.raises(ErrorDeUso, match="no está vacía"):
        respaldo.restaurar(tmp_path / "a.zip", tmp_path / "nueva")


def test_un_bit_cambiado_se_nombra(dos, tmp_path: Path) -> None:
    proyecto, _ = dos
    respaldo.crear(proyecto, tmp_path / "r.zip")
    sano, azar = (tmp_path / "r.zip").read_bytes(), random.Random(8)
    with zipfile.ZipFile(tmp_path / "r.zip") as archivo:
        fichas = [f for f in archivo.infolist() if f.compress_size > 64]
    for ficha in azar.sample(fichas, vueltas(12, 150)):
        inicio = ficha.header_offset + 30 + len(ficha.filename.encode())
        donde = inicio + azar.randrange(ficha.compress_size)
        malo = bytearray(sano)
        malo[donde] ^= 1 << azar.randrange(8)
        (tmp_path / "malo.zip").write_bytes(malo)
        danos = respaldo.comprobar(tmp_path / "malo.zip")
        assert any(d.startswith(f"{ficha.filename}:") for d in danos), (ficha.filename, danos)
    with pytest.raises(ErrorDeEjecucion, match="dañado"):
        respaldo.restaurar(tmp_path / "malo.zip", tmp_path / "x")
    assert not (tmp_path / "x").exists()
    assert principal(["--raiz", str(proyecto.raiz), "respaldo", "comprobar", str(tmp_path / "malo.zip")]) == 1


def test_cualquier_bit_del_indice_tambien_se_nota(dos, tmp_path: Path) -> None:
    proyecto, _ = dos
    respaldo.crear(proyecto, tmp_path / "r.zip")
    sano, azar = (tmp_path / "r.zip").read_bytes(), random.Random(9)
    indice = sano.rindex(b"PK\x05\x06")
    inicio = int.from_bytes(sano[indice + 16 : indice + 20], "little")
    # Fecha, atributos y versiones no son contenido: un bit ahí no altera ningún archivo.
    nombre = sano.index(b"data/provincia.csv", inicio)
    for donde in (nombre, nombre + 5, nombre - 46 + 16, nombre - 46 + 24, nombre - 46 + 42):
        malo = bytearray(sano)
        malo[donde] ^= 1 << azar.randrange(8)
        (tmp_path / "malo.zip").write_bytes(malo)
        assert respaldo.comprobar(tmp_path / "malo.zip")


def test_el_respaldo_no_lleva_lo_que_se_vuelve_a_generar(dos, tmp_path: Path) -> None:
    proyecto, (_, segunda) = dos
    respaldo.crear(proyecto, tmp_path / "r.zip")
    with zipfile.ZipFile(tmp_path / "r.zip") as archivo:
        nombres = set(archivo.namelist())
        assert json.loads(archivo.read(respaldo.VIVA))["viva"] == segunda.name
    assert {"data/territorio.yml", "misiones/m4-nutricion/hoja-de-ruta.yml", f"ediciones/{segunda.name}/index.html"} <= nombres
    assert not {n for n in nombres if n.startswith((".trabajo/", ".cache/", "datos/", "_site", "activos/")) or (n.endswith("m4-nutricion/index.ipynb") and n.startswith("misiones/"))}
