"""Publicar en gh-pages desde un clon de verdad hacia un remoto de verdad: lo que llega, lo que se conserva y lo que se rechaza."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from apoyo_publicacion import edicion_de_juguete
from observatorio.edicion import ediciones
from observatorio.edicion.destinos import gh_pages
from observatorio.rutas import Proyecto

IDS = [f"{i:016x}" for i in range(1, 9)]
NO_ASCII = {"misiones/niñez/página «uno».html": "¿Qué tal?"}


def git(carpeta: Path, *argumentos: str) -> str:
    identidad = ("-c", "user.name=Prueba", "-c", "user.email=prueba@localhost")
    return subprocess.run(["git", *identidad, *argumentos], cwd=carpeta, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.fixture
def clon(tmp_path: Path) -> Proyecto:
    """Un proyecto que es un repositorio, con su remoto ``origin``; el proyecto no está en la cima del repositorio."""
    git(tmp_path, "init", "-q", "--bare", "remoto.git")
    raiz = tmp_path / "clon" / "proyecto"
    raiz.mkdir(parents=True)
    git(raiz.parent, "init", "-q")
    git(raiz.parent, "remote", "add", "origin", str(tmp_path / "remoto.git"))
    return Proyecto(raiz)


def subir(clon: Proyecto, carpeta: Path) -> str:
    return gh_pages.publicar(carpeta, clon.raiz, "origin", f"Edición {carpeta.name}", lambda _: None)


def bajar(clon: Proyecto, destino: Path) -> Path:
    remoto = git(clon.raiz, "remote", "get-url", "origin").strip()
    git(clon.raiz, "clone", "-q", "-b", "gh-pages", remoto, str(destino))
    return destino


def test_desde_un_clon_llega_entera_y_no_toca_el_clon(clon: Proyecto, tmp_path: Path) -> None:
    (clon.raiz / "leame.txt").write_text("del proyecto")
    git(clon.raiz, "add", "leame.txt")
    antes = git(clon.raiz, "status", "--porcelain", "--untracked-files=no")
    commit = subir(clon, edicion_de_juguete(clon, IDS[0], NO_ASCII))
    web = bajar(clon, tmp_path / "web")
    assert git(web, "rev-parse", "HEAD").strip() == commit
    assert not ediciones.defectos_publicados(web) and (web / "misiones/niñez/página «uno».html").read_text(encoding="utf-8") == "¿Qué tal?"
    assert git(clon.raiz, "status", "--porcelain", "--untracked-files=no") == antes


def test_las_ediciones_anteriores_se_conservan_con_todos_sus_nombres(clon: Proyecto, tmp_path: Path) -> None:
    for identificador in IDS[:3]:
        subir(clon, edicion_de_juguete(clon, identificador, NO_ASCII))
    web = bajar(clon, tmp_path / "web")
    assert ediciones.identificador_de(web) == IDS[2]
    for identificador in IDS[:2]:
        assert not ediciones.defectos_publicados(web / "ediciones" / identificador)
