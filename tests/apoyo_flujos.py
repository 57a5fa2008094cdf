"""Correr los pasos de los flujos de GitHub tal como están escritos, en un clon de verdad con
remotos de verdad.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from conftest import RAIZ, con_programa
from observatorio.rutas import Proyecto

FLUJOS = RAIZ / ".github" / "workflows"
OBSERVATORIO = Path(sys.executable).parent / "observatorio"
MAKEFILE = f"entorno:\n\t@mkdir -p .venv/bin && ln -sf {OBSERVATORIO} .venv/bin/observatorio\n"
# Lo único que no hay aquí es GitHub: se guarda lo que se le diría.
GH = """#!/bin/sh
previo=
for a; do
  [ "$previo" = --body-file ] && cat "$a" >> "$DICHO_A_GITHUB"
  previo=$a
done
echo "$@" >> "$DICHO_A_GITHUB"
"""


def git(carpeta: Path, *argumentos: str) -> str:
    identidad = (
        "-c",
        "user.name=Prueba",
        "-c",
        "user.email=prueba@localhost",
        "-c",
        "commit.gpgsign=false",
    )
    return subprocess.run(
        ["git", *identidad, *argumentos],
        cwd=carpeta,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.strip()


@dataclass
class Nube:
    """Un repositorio de datos con su remoto, el del sitio, y todo lo que los flujos dejan a la
    vista.
    """

    base: Path
    proyecto: Proyecto
    registro: str = ""
    valores: dict[str, str] = field(default_factory=dict)
    """Lo que valen las expresiones ``${{ … }}`` de los flujos."""

    @classmethod
    def con(cls, proyecto: Proyecto, base: Path) -> Nube:
        raiz = proyecto.raiz
        shutil.copy2(RAIZ / ".gitignore", raiz / ".gitignore")
        shutil.copytree(RAIZ / ".github", raiz / ".github")
        con_programa(proyecto)
        (raiz / "Makefile").write_text(MAKEFILE, encoding="utf-8")
        (base / "bin").mkdir()
        (base / "bin" / "gh").write_text(GH, encoding="utf-8")
        (base / "bin" / "gh").chmod(0o755)
        (base / "pasajero").mkdir()
        for nombre in ("datos.git", "sitio.git"):
            git(base, "init", "-q", "--bare", "-b", "main", nombre)
        git(raiz, "init", "-q", "-b", "main")
        git(raiz, "remote", "add", "origin", str(base / "datos.git"))
        nube = cls(base, proyecto)
        nube.guardar("Datos")
        nube.paso("construir", "make entorno")
        return nube

    def guardar(self, mensaje: str) -> str:
        """Lo que hay, a la rama principal; devuelve su commit."""
        git(self.proyecto.raiz, "add", "-A")
        git(self.proyecto.raiz, "commit", "-qm", mensaje)
        git(self.proyecto.raiz, "push", "-q", "origin", "HEAD:main")
        return git(self.proyecto.raiz, "rev-parse", "HEAD")

    def paso(self, tarea: str, contiene: str, flujo: str = "publicar") -> int:
        """Corre el paso de ``tarea`` que contiene ese texto, con el entorno del flujo; añade al
        registro lo que escribió.
        """
        datos = yaml.safe_load((FLUJOS / f"{flujo}.yml").read_text(encoding="utf-8"))
        de_tarea = datos["jobs"][tarea]
        paso = next(p for p in de_tarea["steps"] if contiene in p.get("run", ""))
        entorno = {
            n: self._valor(str(v))
            for n, v in {**datos["env"], **de_tarea.get("env", {}), **paso.get("env", {})}.items()
        }
        del_corredor = {
            "PATH": f"{self.base / 'bin'}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.base / "pasajero"),
            "DICHO_A_GITHUB": str(self.base / "dicho.txt"),
            "GITHUB_OUTPUT": str(self.base / "salidas.txt"),
            "GITHUB_STEP_SUMMARY": str(self.base / "resumen.md"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        orden = paso["run"].replace("--motor quarto", "--motor embebido")
        r = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", orden],
            cwd=self.proyecto.raiz,
            env=os.environ | del_corredor | entorno,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        self.registro += r.stdout
        return r.returncode

    def _valor(self, texto: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda m: self.valores.get(m[1], ""), texto)

    def salida(self, nombre: str) -> str:
        """Lo último que un paso dejó en ``GITHUB_OUTPUT`` con ese nombre."""
        texto = (self.base / "salidas.txt").read_text(encoding="utf-8")
        largas = re.findall(rf"^{nombre}<<(\S+)\n(.*?)\n\1$", texto, re.MULTILINE | re.DOTALL)
        return largas[-1][1] if largas else re.findall(rf"^{nombre}=(.*)$", texto, re.MULTILINE)[-1]

    def a_la_vista(self) -> str:
        """Todo lo que otros leen: el registro, las salidas, el resumen, los avisos y comentarios, y
        los archivos que se adjuntan.
        """
        raiz = self.proyecto.raiz
        archivos = [self.base / n for n in ("salidas.txt", "resumen.md", "dicho.txt")] + [
            raiz / n
            for n in (
                "salida.txt",
                "aviso.md",
                "comentario.md",
                "diferencia.txt",
                "diferencia.html",
            )
        ]
        return self.registro + "".join(
            a.read_text(encoding="utf-8") for a in archivos if a.is_file()
        )
