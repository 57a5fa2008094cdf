"""La historia de git dentro del respaldo: sin ella, lo restaurado se construye y se publica, pero
``verificar`` no tiene de qué commit rehacer una edición.

Viaja como un *bundle*, el archivo con que git lleva un repositorio entero sin red: ni ganchos ni
configuración, de los que un archivo ajeno podría servirse.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

BUNDLE = "HISTORIA.bundle"
CABEZA = re.compile(r"refs/heads/[^\s~^:?*\[\\]+|[0-9a-f]{40}|[0-9a-f]{64}")
"""Dónde estaba el repositorio: en una rama, o suelto en un commit."""


@dataclass(frozen=True, slots=True)
class Historia:
    """El *bundle* de todas las ramas y etiquetas, y dónde estaba ``HEAD``; o ``falta``: por qué no
    lo hay.
    """

    bundle: bytes = b""
    cabeza: str = ""
    falta: str = ""


def reunir(raiz: Path) -> Historia:
    """La historia del repositorio cuya cima es ``raiz``; con el mismo repositorio, los mismos
    bytes.
    """
    cima = _git(raiz, "rev-parse", "--show-toplevel")
    if cima is None or Path(cima).resolve() != raiz.resolve():
        return Historia(falta="la carpeta no es un repositorio de git")
    cabeza = _git(raiz, "symbolic-ref", "-q", "HEAD") or _git(raiz, "rev-parse", "HEAD")
    if _git(raiz, "rev-parse", "-q", "--verify", "HEAD") is None or not cabeza:
        return Historia(falta="el repositorio de git no tiene ningún commit")
    if _git(raiz, "rev-parse", "--is-shallow-repository") == "true":
        return Historia(
            falta="el repositorio de git está recortado; complételo con git fetch --unshallow"
        )
    with tempfile.TemporaryDirectory(prefix="historia-") as aparte:
        bundle = Path(aparte) / BUNDLE
        # Con un solo hilo, git empaqueta siempre igual.
        hecho = _git(raiz, "-c", "pack.threads=1", "bundle", "create", "-q", str(bundle), "--all")
        if hecho is None:
            return Historia(falta="git no pudo reunir la historia; compruébela con git fsck")
        return Historia(bundle.read_bytes(), cabeza)


def reponer(raiz: Path, historia: Historia) -> bool:
    """Rehace ``.git`` en ``raiz`` con todas sus ramas y etiquetas, sin tocar los demás archivos.

    Falso, y sin ``.git``, si no hay git o no puede leerla.
    """
    with tempfile.TemporaryDirectory(prefix="historia-") as aparte:
        bundle = Path(aparte) / BUNDLE
        bundle.write_bytes(historia.bundle)
        en_rama = historia.cabeza.startswith("refs/")
        pasos = (
            ("init", "-q"),
            ("fetch", "-q", "--update-head-ok", str(bundle), "+refs/*:refs/*"),
            ("symbolic-ref", "HEAD", historia.cabeza)
            if en_rama
            else ("update-ref", "--no-deref", "HEAD", historia.cabeza),
            ("read-tree", "HEAD"),
        )
        repuesta = all(_git(raiz, *paso) is not None for paso in pasos)
    if not repuesta:
        shutil.rmtree(raiz / ".git", ignore_errors=True)
    return repuesta


def _git(raiz: Path, *argumentos: str) -> str | None:
    """Lo que contesta git, o nada si falla o no está; un gancho que nos llame no cambia de
    repositorio.
    """
    entorno = {n: v for n, v in os.environ.items() if not n.startswith("GIT_")}
    try:
        r = subprocess.run(
            ["git", *argumentos],
            cwd=raiz,
            env=entorno,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError:
        return None
    return None if r.returncode else r.stdout.strip()
