"""El camino de vuelta de una memoria dañada: la última sana que guarda git o, sin git, la de un
respaldo.

No hay vuelta desde la edición publicada, y es a propósito: ``correcciones.csv`` lleva la cifra de
antes y la de después de celdas que ninguna edición mostró, y ``celdas.csv`` incluye las de
indicadores restringidos. Una edición que llevara su memoria los publicaría.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import memoria_en_bytes as memoria

COMMITS = 50
PUNTAS = ("HEAD", "MERGE_HEAD", "@{upstream}")
DE_UN_RESPALDO = (
    "observatorio respaldo restaurar ARCHIVO.zip --en CARPETA, y ponga CARPETA/data/publicada en el"
    " lugar de data/publicada"
)
NUNCA = (
    "si este observatorio nunca publicó, ponga la memoria vacía que da CONTRIBUTING.md, «Empezar"
    " otro distrito»"
)


@dataclass(frozen=True, slots=True)
class Guardada:
    """Una memoria sana en git: su commit, la fecha, cuántas publicaciones recuerda y cuál es la
    última.
    """

    commit: str
    fecha: str
    publicaciones: int
    ultima: str | None


def remedio(raiz: Path) -> str:
    """Cómo recuperar la memoria, con una orden que sirve hoy y aquí."""
    buena = max(_ultimas_sanas(raiz), key=lambda g: g.publicaciones, default=None)
    if buena is None:
        vuelta = f"recupérela de un respaldo: {DE_UN_RESPALDO}"
        return (
            f"{vuelta}; {NUNCA}"
            if not (raiz / memoria.CARPETA / memoria.CELDAS).exists()
            else vuelta
        )
    recuerda = (
        f"{buena.publicaciones} publicaciones, la última {buena.ultima}"
        if buena.ultima
        else "ninguna publicación"
    )
    return (
        f"no la edite; en la carpeta del proyecto: {orden(buena.commit)}\n    es la última sana que"
        f" guarda git ({buena.fecha}: {recuerda}); si después se publicó algo, use un respaldo"
        f" posterior: {DE_UN_RESPALDO}"
    )


def orden(commit: str) -> str:
    """Deja en ``data/publicada`` exactamente lo del commit: también quita lo que sobra y lo que
    ocupa el lugar de un archivo.
    """
    return (
        f"git clean -fdq -- {memoria.CARPETA} && git restore --source={commit} --staged --worktree"
        f" -- {memoria.CARPETA}"
    )


def _ultimas_sanas(raiz: Path) -> Iterator[Guardada]:
    """La última memoria sana en la historia de cada punta: la rama, lo que se estaba mezclando y lo
    que subieron otros.
    """
    for punta in PUNTAS:
        for linea in (
            (
                _git(raiz, "log", f"-{COMMITS}", "--format=%h %cs", punta, "--", memoria.CARPETA)
                or b""
            )
            .decode()
            .splitlines()
        ):
            commit, fecha = linea.split()
            registro = _en(raiz, commit)
            if registro is not None:
                ultima = registro["ultima"]
                yield Guardada(
                    commit, fecha, registro["publicaciones"], ultima and ultima["edicion"]
                )
                break


def _en(raiz: Path, commit: str) -> Mapping[str, Any] | None:
    """El registro de la memoria de ese commit; nada si allí falta o está dañada."""
    contenidos, danos = {}, []
    for linea in (_git(raiz, "ls-tree", "-rz", commit, f"{memoria.CARPETA}/") or b"").split(b"\0")[
        :-1
    ]:
        ficha, _, ruta = linea.partition(b"\t")
        modo, _, objeto = ficha.decode().split()
        nombre = ruta.decode("utf-8", "backslashreplace").removeprefix(f"{memoria.CARPETA}/")
        contenido = _git(raiz, "cat-file", "blob", objeto) if modo.startswith("100") else None
        if contenido is None or nombre not in (memoria.REGISTRO, *memoria.ACOMPANANTES):
            danos.append(memoria.Dano(nombre, None, "no es de la memoria"))
        else:
            contenidos[nombre] = contenido
    return memoria.revisar(contenidos, danos).registro or None


def _git(raiz: Path, *argumentos: str) -> bytes | None:
    try:
        r = subprocess.run(["git", *argumentos], cwd=raiz, capture_output=True, check=False)
    except OSError:
        return None
    return None if r.returncode else r.stdout
