"""Verificar: rehacer una edición desde el commit del que salió y comparar archivo por archivo.

Cualquiera con el repositorio puede probar qué se publicó. Se reconstruye con el programa de ese
commit, en una copia pasajera que no deja nada apuntado en el repositorio aunque la orden muera a
medias.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..actas.cadena import Cabeza, reescrito
from ..actas.libro import leer_libro
from ..base import dichos_ajenos
from ..base.avisos import Avisar, callar
from ..catalogo import leer
from ..edicion import claves, ediciones
from ..edicion.ficha import ficha_de
from ..errores import DatosInvalidos, ErrorDeDatos, ErrorDeEjecucion, ErrorDeUso
from ..rutas import Proyecto

COMMITS = 200
DE_CADENA = (
    "sello-roto",
    "cadena-rota",
    "acta-salteada",
    "version-alterada",
    "boletin-alterado",
)
"""Los defectos del libro de actas que son una historia cambiada, y no un descuido."""


@dataclass(frozen=True, slots=True)
class Veredicto:
    """De qué commit salió la edición y en qué archivos difiere lo rehecho; vacío si son los mismos
    bytes.

    ``sin_comparar``: los PDF de una edición hecha con Quarto, que no da dos veces los mismos bytes.
    """

    identificador: str
    commit: str
    diferencias: tuple[str, ...]
    sin_comparar: tuple[str, ...] = ()


def verificar(
    proyecto: Proyecto,
    carpeta: Path,
    commit: str | None = None,
    avisar: Avisar = callar,
) -> Veredicto:
    """Rehace la edición de ``carpeta`` desde ``commit`` o, sin él, desde el último commit con sus
    mismas entradas.

    Lanza ``ErrorDeUso`` si no hay git o ningún commit tiene esas entradas.
    """
    identificador = ediciones.identificador_de(carpeta)
    ficha = ficha_de(carpeta)
    danos = [*ediciones.defectos_publicados(carpeta), *libros_reescritos(proyecto, carpeta)]
    with _arbol(proyecto) as arbol:
        hallado = _buscar(arbol, proyecto, ficha, commit)
        avisar(f"se rehace desde el commit {hallado[:12]}")
        _construir(arbol, ficha)
        rehecha = Proyecto(arbol).ediciones / identificador
        if not rehecha.is_dir():
            raise ErrorDeEjecucion(_otra_edicion(Proyecto(arbol), ficha, hallado))
        distintos, sin_comparar = _diferencias(
            ediciones.manifiesto(carpeta), ediciones.manifiesto(rehecha), ficha["motor"]
        )
    return Veredicto(identificador, hallado, (*danos, *distintos), sin_comparar)


def libros_reescritos(proyecto: Proyecto, carpeta: Path) -> list[str]:
    """Los libros de actas que ya no siguen al que publicó la edición de ``carpeta``, o alguna de
    las que aquí se conservan.
    """
    catalogo = leer(proyecto, [])
    if catalogo is None:
        return []
    errores: list[ErrorDeDatos] = []
    libro = leer_libro(proyecto, catalogo, errores)
    de_cadena = [str(e) for e in errores if e.regla in DE_CADENA]
    vistas = [carpeta, *ediciones.conservadas(proyecto)]
    halladas = [h for c in vistas for h in reescrito(_cabezas(c), libro.sesiones)]
    return list(dict.fromkeys([*de_cadena, *halladas]))


def _cabezas(carpeta: Path) -> dict[str, Cabeza]:
    """Las que publicó una edición; ninguna, si es anterior al libro de actas."""
    try:
        publicado = json.loads((carpeta / "datos" / "gobernanza.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {c: Cabeza(dicha["acta"], dicha["huella"]) for c, dicha in publicado["cabezas"].items()}


def _diferencias(
    publicada: Mapping[str, str], rehecha: Mapping[str, str], motor: str
) -> tuple[list[str], tuple[str, ...]]:
    """En qué archivos difieren dos manifiestos, y cuáles no se comparan por venir de un motor sin
    bytes iguales.
    """
    sin_comparar = tuple(
        r
        for r in sorted(publicada.keys() & rehecha.keys())
        if motor.startswith("quarto") and r.endswith(".pdf")
    )
    rutas = sorted((publicada.keys() | rehecha.keys()) - set(sin_comparar))
    return [
        f"{r}: no es lo que sale de los datos" for r in rutas if publicada.get(r) != rehecha.get(r)
    ], sin_comparar


def _otra_edicion(rehecho: Proyecto, ficha: Mapping, commit: str) -> str:
    hecha = ediciones.actual(rehecho)
    dicho = f"desde el commit {commit[:12]} sale la edición {hecha}, no la {ficha['edicion']}"
    con = ficha_de(rehecho.ediciones / str(hecha))
    distintas = [
        f"{n}: la edición dice «{c}» y aquí es «{con['entradas'].get(n)}»"
        for n, c in ficha["entradas"].items()
        if n != "edición" and con["entradas"].get(n) != c
    ]
    return "\n    ".join([dicho, *distintas])


@contextmanager
def _arbol(proyecto: Proyecto) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="verificar-") as temporal:
        arbol = Path(temporal) / "arbol"
        try:
            _git(proyecto.raiz, "rev-parse", "--git-dir")
        except ErrorDeUso as e:
            raise ErrorDeUso(
                f"«{proyecto.raiz}» no tiene la historia de git, y una edición se rehace desde el"
                " commit del que salió\n    remedio: repita la orden en un clon del repositorio, o"
                " en lo restaurado de un respaldo que la lleve («respaldo crear» lo dice)"
            ) from e
        _git(
            proyecto.raiz,
            "clone",
            "-q",
            "--shared",
            "--no-checkout",
            str(proyecto.raiz),
            str(arbol),
        )
        yield arbol


def _buscar(arbol: Path, proyecto: Proyecto, ficha: dict, commit: str | None) -> str:
    """El commit cuyas entradas son las de la ficha."""
    esperadas = {
        n: c
        for n, c in ficha["entradas"].items()
        if n in claves.FAMILIAS or n == "edición anterior"
    }
    candidatos = (
        [_git(proyecto.raiz, "rev-parse", "--verify", f"{commit}^{{commit}}")]
        if commit
        else _git(proyecto.raiz, "log", "--format=%H", f"-{COMMITS}").split()
    )
    for candidato in candidatos:
        _git(arbol, "checkout", "-q", "--detach", candidato)
        hay = _entradas(arbol)
        if all(hay.get(n) == c for n, c in esperadas.items()):
            return _git(arbol, "rev-parse", "HEAD")
    if commit:
        distintas = ", ".join(n for n, c in esperadas.items() if hay.get(n) != c)
        raise ErrorDeUso(f"la edición no salió del commit {commit}: difieren {distintas}")
    raise ErrorDeUso(
        f"ningún commit de los que se miraron ({len(candidatos)}) tiene las entradas de la edición"
        f" {ficha['edicion']}: ¿se construyó con cambios sin guardar? Si conoce el commit, dígalo"
        " con --commit"
    )


def _entradas(arbol: Path) -> dict[str, str]:
    """Las entradas de un commit; el que guarda una memoria dañada no es de ninguna edición."""
    try:
        return claves.entradas(arbol)
    except DatosInvalidos:
        return claves.de_contenido(arbol)


def _construir(arbol: Path, ficha: Mapping) -> None:
    """Con el programa del propio commit, no con el de aquí, y los motores que dice la ficha."""
    entorno = os.environ | {"PYTHONPATH": str(arbol / "scripts")}
    motores = [
        "--motor",
        "quarto" if ficha["motor"].startswith("quarto") else "embebido",
        "--cuadernos",
        ficha["entradas"]["motor de cuadernos"],
    ]
    r = subprocess.run(
        [sys.executable, "-m", "observatorio", "--raiz", str(arbol), "construir", *motores],
        env=entorno,
        capture_output=True,
        text=True,
        check=False,
    )
    if r.returncode:
        raise ErrorDeEjecucion(
            f"no se pudo rehacer la edición:\n{r.stderr.strip() or r.stdout.strip()}"
        )


def _git(carpeta: Path, *argumentos: str) -> str:
    try:
        r = subprocess.run(
            ["git", *argumentos],
            cwd=carpeta,
            env=os.environ | dichos_ajenos.EN_INGLES,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as e:
        raise ErrorDeUso("para verificar hace falta git") from e
    if r.returncode:
        dicho = dichos_ajenos.en_espanol(r.stderr, dichos_ajenos.DE_GIT)
        raise ErrorDeUso(f"git {argumentos[0]}: {dicho}")
    return r.stdout.strip()
