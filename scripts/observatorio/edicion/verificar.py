"""Verificar: rehacer una edición desde el commit del que salió y comparar archivo por archivo.

Cualquiera con el repositorio puede probar qué se publicó. Se reconstruye con el programa de ese commit, en un
``git worktree`` pasajero.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..preparar import callar
from ..rutas import Proyecto
from . import claves, ediciones

COMMITS = 200


@dataclass(frozen=True, slots=True)
class Veredicto:
    """De qué commit salió la edición y en qué archivos difiere lo rehecho; vacío si son los mismos bytes."""

    identificador: str
    commit: str
    diferencias: tuple[str, ...]


def verificar(proyecto: Proyecto, carpeta: Path, commit: str | None = None, avisar: Callable[[str], None] = callar) -> Veredicto:
    """Rehace la edición de ``carpeta`` desde ``commit`` o, sin él, desde el último commit con sus mismas entradas.

    Lanza ``ErrorDeUso`` si no hay git o ningún commit tiene esas entradas.
    """
    identificador = ediciones.identificador_de(carpeta)
    ficha = json.loads((carpeta / "ediciones" / f"{identificador}.json").read_text(encoding="utf-8"))
    danos = ediciones.defectos_publicados(carpeta)
    with _arbol(proyecto) as arbol:
        hallado = _buscar(arbol, proyecto, ficha, commit)
        avisar(f"se rehace desde el commit {hallado[:12]}")
        _construir(arbol, ficha["motor"])
        rehecha = Proyecto(arbol).ediciones / identificador
        if not rehecha.is_dir():
            hecha = ediciones.actual(Proyecto(arbol))
            raise ErrorDeEjecucion(f"desde el commit {hallado[:12]} sale la edición {hecha}, no la {identificador}")
        a, b = ediciones.manifiesto(carpeta), ediciones.manifiesto(rehecha)
    distintos = [f"{r}: no es lo que sale de los datos" for r in sorted(a.keys() | b.keys()) if a.get(r) != b.get(r)]
    return Veredicto(identificador, hallado, tuple(danos + distintos))


@contextmanager
def _arbol(proyecto: Proyecto) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="verificar-") as temporal:
        arbol = Path(temporal) / "arbol"
        _git(proyecto.raiz, "worktree", "add", "-q", "--detach", str(arbol), "HEAD")
        try:
            yield arbol
        finally:
            _git(proyecto.raiz, "worktree", "remove", "--force", str(arbol))


def _buscar(arbol: Path, proyecto: Proyecto, ficha: dict, commit: str | None) -> str:
    """El commit cuyas entradas son las de la ficha."""
    esperadas = {n: c for n, c in ficha["entradas"].items() if n in claves.FAMILIAS or n == "edición anterior"}
    candidatos = [commit] if commit else _git(proyecto.raiz, "log", "--format=%H", f"-{COMMITS}").split()
    for candidato in candidatos:
        _git(arbol, "checkout", "-q", "--detach", candidato)
        hay = claves.entradas(arbol)
        if all(hay.get(n) == c for n, c in esperadas.items()):
            return _git(arbol, "rev-parse", "HEAD")
    if commit:
        distintas = ", ".join(n for n, c in esperadas.items() if hay.get(n) != c)
        raise ErrorDeUso(f"la edición no salió del commit {commit}: difieren {distintas}")
    raise ErrorDeUso(
        f"ninguno de los últimos {len(candidatos)} commits tiene las entradas de la edición {ficha['edicion']}: "
        "¿se construyó con cambios sin guardar? Si conoce el commit, dígalo con --commit"
    )


def _construir(arbol: Path, motor: str) -> None:
    """Con el programa del propio commit, no con el de aquí."""
    entorno = os.environ | {"PYTHONPATH": str(arbol / "scripts")}
    elegido = "quarto" if motor.startswith("quarto") else "embebido"
    r = subprocess.run(
        [sys.executable, "-m", "observatorio", "--raiz", str(arbol), "construir", "--motor", elegido], env=entorno, capture_output=True, text=True, check=False
    )
    if r.returncode:
        raise ErrorDeEjecucion(f"no se pudo rehacer la edición:\n{r.stderr.strip() or r.stdout.strip()}")


def _git(carpeta: Path, *argumentos: str) -> str:
    try:
        r = subprocess.run(["git", *argumentos], cwd=carpeta, capture_output=True, text=True, check=False)
    except FileNotFoundError as e:
        raise ErrorDeUso("para verificar hace falta git") from e
    if r.returncode:
        raise ErrorDeUso(f"git {argumentos[0]}: {r.stderr.strip()}")
    return r.stdout.strip()
