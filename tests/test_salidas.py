"""Cada orden que escribe donde se le dice explica, antes de calcular nada, por qué ahí no puede."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from observatorio.base.escritura import escritura_explicada
from observatorio.cli import principal
from observatorio.errores import ErrorDeEjecucion
from observatorio.rutas import Proyecto

ARCHIVOS = {
    "exportar": ["exportar", "ceplan", "--a"],
    "planilla": ["planilla", "--responsable", "padrón nominal", "--periodo", "2026-T3", "--a"],
    "comparar": ["comparar", "--html"],
    "publicar-zip": ["publicar", "--a"],
    "respaldo": ["respaldo", "crear"],
}
CARPETAS = {"publicar": ["publicar", "--a"]}


@pytest.fixture(scope="module")
def cerrada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Una carpeta en la que no se puede escribir, tampoco como administrador."""
    carpeta = tmp_path_factory.mktemp("cerrada")
    if os.name == "nt":
        pytest.skip("los permisos son de POSIX")
    if os.geteuid() != 0:
        carpeta.chmod(0o555)
    elif subprocess.run(
        ["mount", "--bind", "-o", "ro", str(carpeta), str(carpeta)],
        capture_output=True,
        check=False,
    ).returncode:
        pytest.skip("aquí no se puede montar una carpeta de solo lectura")
    yield carpeta
    (
        subprocess.run(["umount", str(carpeta)], check=True)
        if os.geteuid() == 0
        else carpeta.chmod(0o755)
    )


def dicho(
    proyecto: Proyecto, orden: list[str], donde: Path, capsys: pytest.CaptureFixture[str]
) -> str:
    capsys.readouterr()
    assert principal(["--raiz", str(proyecto.raiz), *orden, str(donde)]) in (1, 2)
    error = capsys.readouterr().err
    assert "Algo inesperado" not in error and str(donde) in error
    return error


@pytest.mark.parametrize("orden", [*ARCHIVOS, *CARPETAS])
@pytest.mark.parametrize("debajo", ["x.zip", "a/b/x.zip"])
def test_debajo_de_un_archivo(
    minimo_de_todos: Proyecto,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    orden: str,
    debajo: str,
) -> None:
    archivo = tmp_path / "archivo.zip"
    archivo.write_bytes(b"lo de antes")
    donde = archivo / debajo if orden in ARCHIVOS else (archivo / debajo).with_suffix("")
    error = dicho(minimo_de_todos, (ARCHIVOS | CARPETAS)[orden], donde, capsys)
    assert "archivo" in error and "remedio: " in error and archivo.read_bytes() == b"lo de antes"


@pytest.mark.parametrize("orden", ARCHIVOS)
def test_una_carpeta_donde_va_un_archivo(
    minimo_de_todos: Proyecto, tmp_path: Path, capsys: pytest.CaptureFixture[str], orden: str
) -> None:
    carpeta = tmp_path / "carpeta.zip"
    carpeta.mkdir()
    error = dicho(minimo_de_todos, ARCHIVOS[orden], carpeta, capsys)
    assert (
        ("es una carpeta" in error or "no es un archivo" in error)
        and "diga" in error
        and not list(carpeta.iterdir())
    )


@pytest.mark.parametrize("orden", [*ARCHIVOS, *CARPETAS])
def test_donde_no_hay_permiso(
    minimo_de_todos: Proyecto, cerrada: Path, capsys: pytest.CaptureFixture[str], orden: str
) -> None:
    error = dicho(
        minimo_de_todos,
        (ARCHIVOS | CARPETAS)[orden],
        cerrada / ("x.zip" if orden in ARCHIVOS else "sitio"),
        capsys,
    )
    assert ("no hay permiso" in error or "de solo lectura" in error) and "remedio: " in error


@pytest.mark.parametrize("lugar", ["archivo", "cerrada"])
def test_restaurar_donde_no_se_puede(
    minimo_de_todos: Proyecto,
    tmp_path: Path,
    cerrada: Path,
    capsys: pytest.CaptureFixture[str],
    lugar: str,
) -> None:
    (tmp_path / "archivo").touch()
    donde = (cerrada if lugar == "cerrada" else tmp_path / "archivo") / "aqui"
    assert "remedio: diga otra" in dicho(
        minimo_de_todos, ["respaldo", "restaurar", str(tmp_path / "no.zip"), "--en"], donde, capsys
    )


def test_lo_que_ninguna_orden_previo_tambien_se_dice_en_espanol(tmp_path: Path) -> None:
    (tmp_path / "archivo").touch()
    for camino in ("archivo/a", "archivo/a/b"):
        with (
            pytest.raises(ErrorDeEjecucion, match=r"archivo.*(carpeta|un archivo)(.|\n)*remedio"),
            escritura_explicada(),
        ):
            (tmp_path / camino).mkdir(parents=True)
    with pytest.raises(ErrorDeEjecucion, match="demasiado largo"), escritura_explicada():
        (tmp_path / ("x" * 300)).write_text("")
    with pytest.raises(FileExistsError), escritura_explicada():
        tmp_path.mkdir()
