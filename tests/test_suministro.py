"""De dónde viene lo que se instala: cada archivo con su suma escrita, y nada por otro camino."""

from __future__ import annotations

import re
import tomllib

import pytest

from conftest import RAIZ
from observatorio.edicion import claves

LISTAS = sorted(p.name for p in RAIZ.glob("requirements*.txt"))
DONDE_SE_INSTALA = [
    RAIZ / "Makefile",
    *RAIZ.glob("scripts/*.sh"),
    *RAIZ.glob(".ci/*"),
    *RAIZ.glob(".github/workflows/*.yml"),
    *RAIZ.glob("guias/*.md"),
    *RAIZ.glob("*.md"),
]
INSTALA = re.compile(r"^(?!#).*\bpip\b.* install\b.*$", re.MULTILINE)
CON_SUMA = ("--require-hashes", "--no-deps --no-build-isolation -e .", '"$@"')
"""Lo último es una función de ``entorno.sh``, que recibe lo demás."""


@pytest.mark.parametrize("lista", LISTAS)
def test_todo_lo_fijado_lleva_la_suma_de_sus_archivos(lista: str) -> None:
    texto = (RAIZ / lista).read_text(encoding="utf-8")
    sin_comentarios = "\n".join(x for x in texto.splitlines() if not x.startswith("#"))
    entradas = re.split(r"\n(?=\S)", sin_comentarios.strip())
    assert entradas
    for entrada in entradas:
        nombre, *sumas = entrada.split(" \\\n")
        assert re.match(r"[\w.-]+==[\w.+!-]+( ; .+)?$", nombre), nombre
        assert sumas and all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", s) for s in sumas)


def test_el_quarto_que_se_instala_es_el_que_publica() -> None:
    lista = (RAIZ / "requirements-quarto.txt").read_text(encoding="utf-8")
    flujo = (RAIZ / ".github/workflows/publicar.yml").read_text(encoding="utf-8")
    fijada = re.search(r"^quarto-cli==(\S+)", lista, re.MULTILINE)
    publica = re.search(r'^ *QUARTO: "(.+)"$', flujo, re.MULTILINE)
    assert fijada and publica and fijada[1] == publica[1]


def test_el_propio_paquete_se_arma_con_lo_fijado() -> None:
    proyecto = tomllib.loads((RAIZ / "pyproject.toml").read_text(encoding="utf-8"))
    fijadas = (RAIZ / "requirements.txt").read_text(encoding="utf-8")
    for pedido in proyecto["build-system"]["requires"]:
        assert re.search(rf"^{re.escape(pedido)} \\$", fijadas, re.MULTILINE), pedido


@pytest.mark.parametrize("ruta", DONDE_SE_INSTALA, ids=lambda p: p.relative_to(RAIZ).as_posix())
def test_nada_se_instala_sin_suma(ruta) -> None:
    for linea in INSTALA.findall(ruta.read_text(encoding="utf-8")):
        assert any(c in linea for c in CON_SUMA), linea


def test_el_entorno_no_instala_nada_mas_que_lo_fijado_y_lo_propio() -> None:
    guion = (RAIZ / "scripts/entorno.sh").read_text(encoding="utf-8")
    dados = set(re.findall(r"\bcon_(?:pip|uv) ([^&;}]+?) *(?:&&|;)", guion))
    assert dados == {"--require-hashes -r requirements-uv.txt", "$fijado", "$propio"}
    assert 'fijado="--require-hashes ' in guion and 'propio="--no-deps --no-build' in guion


def test_las_sumas_no_cambian_lo_que_se_entiende_por_fijado(tmp_path) -> None:
    con, sin = tmp_path / "con", tmp_path / "sin"
    texto = (RAIZ / "requirements.txt").read_text(encoding="utf-8")
    for carpeta, lista in (
        (con, texto),
        (sin, re.sub(r" \\\n    --hash=\S+", "", texto)),
    ):
        carpeta.mkdir()
        (carpeta / "requirements.txt").write_text(lista, encoding="utf-8")
    assert "--hash" not in (sin / "requirements.txt").read_text(encoding="utf-8")
    assert claves.entorno(con) == claves.entorno(sin)
