"""La casa en orden: estilo y órdenes documentadas."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from observatorio.cli import analizador, principal
from observatorio.ordenes import referencia
from observatorio.rutas import Proyecto


@pytest.mark.parametrize("orden", [["check"], ["format", "--check"]], ids="-".join)
def test_ruff(proyecto_real: Proyecto, orden: list[str]) -> None:
    r = subprocess.run(
        [sys.executable, "-m", "ruff", *orden, "scripts", "tests", "notebooks"],
        cwd=proyecto_real.raiz,
        capture_output=True,
        text=True,
        check=False,
    )
    assert r.returncode == 0, r.stdout


def test_los_tipos_del_programa(proyecto_real: Proyecto) -> None:
    """Con lo que declara ``pyproject.toml``; en frío, 18 s de procesador; después, menos de uno."""
    r = subprocess.run(
        [sys.executable, "-m", "mypy"],
        cwd=proyecto_real.raiz,
        capture_output=True,
        text=True,
        check=False,
    )
    assert r.returncode == 0, r.stdout + r.stderr


def test_lo_que_no_se_revisa_dice_por_que(proyecto_real: Proyecto) -> None:
    ignorado = re.compile(r"# type: ignore(?!\[[\w,-]+\]  # \w)")
    callados = [
        f"{proyecto_real.relativa(ruta)}:{n}: {linea.strip()}"
        for ruta in sorted(proyecto_real.raiz.glob("scripts/observatorio/**/*.py"))
        for n, linea in enumerate(ruta.read_text(encoding="utf-8").splitlines(), 1)
        if ignorado.search(linea)
    ]
    assert not callados, "\n".join(callados)


def ordenes() -> argparse._SubParsersAction:
    return next(a for a in analizador()._actions if isinstance(a, argparse._SubParsersAction))


def todas(
    de: argparse._SubParsersAction, prefijo: str = "observatorio"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Cada orden con su nombre entero, también las de dentro de otra."""
    for nombre, orden in de.choices.items():
        yield f"{prefijo} {nombre}", orden
        for accion in orden._actions:
            if isinstance(accion, argparse._SubParsersAction):
                yield from todas(accion, f"{prefijo} {nombre}")


def test_cada_orden_esta_en_el_readme(proyecto_real: Proyecto) -> None:
    readme = (proyecto_real.raiz / "README.md").read_text(encoding="utf-8")
    tabla = readme.split("## Órdenes", 1)[1].split("\n## ", 1)[0]
    escritas = set(re.findall(r"`(?:observatorio )?([a-z-]+)[^`]*`", tabla))
    assert set(ordenes().choices) <= escritas, set(ordenes().choices) - escritas


def test_la_referencia_dice_lo_que_dice_la_ayuda(proyecto_real: Proyecto) -> None:
    escrita = (proyecto_real.raiz / "guias/ordenes.md").read_text(encoding="utf-8")
    assert escrita == referencia.texto(ordenes()), "ejecute: observatorio referencia"
    for nombre, orden in todas(ordenes()):
        seccion = escrita.split(f"## `{nombre}`\n", 1)[1].split("\n## ", 1)[0]
        ayuda = " ".join(orden.format_help().split())
        opciones = set(re.findall(r"(?<![\w-])--[a-z-]+", ayuda)) - {"--help"}
        assert opciones <= set(re.findall(r"--[a-z-]+", seccion)), nombre
        assert seccion.strip() and nombre in ayuda


def test_la_version_es_una_sola(
    proyecto_real: Proyecto, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as e:
        principal(["--version"])
    dicha = capsys.readouterr().out.split()[-1]
    novedades = (proyecto_real.raiz / "CHANGELOG.md").read_text(encoding="utf-8")
    fechadas = re.findall(r"^## (\S+) — (\d{4}-\d\d-\d\d)$", novedades, re.MULTILINE)
    titulos = re.findall(r"^## (.*)$", novedades, re.MULTILINE)
    assert e.value.code == 0 and dicha == fechadas[0][0]
    assert titulos[0] == "Sin publicar" and len(titulos) == len(fechadas) + 1
    assert fechadas == sorted(fechadas, key=lambda f: [int(n) for n in f[0].split(".")])[::-1]
    assert [f for _, f in fechadas] == sorted((f for _, f in fechadas), reverse=True)
    cita = (proyecto_real.raiz / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {dicha}\ndate-released: {fechadas[0][1]}\n" in cita
