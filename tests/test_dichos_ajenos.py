"""Lo que dicen git, ssh-keygen y los zip llega en español y con lo que hay que hacer."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from observatorio.base.dichos_ajenos import DE_GIT, en_espanol
from observatorio.edicion import ediciones
from observatorio.errores import ErrorDeUso
from observatorio.publicacion.destinos import gh_pages
from observatorio.publicacion.firma import firmar
from observatorio.publicacion.zip_estricto import leer

DE_FUERA = re.compile(
    r"fatal:|error:|\b(?:not|file|repository|could|does|remote repository|bad|invalid|is)\b"
)


@pytest.fixture
def repositorio(tmp_path: Path) -> Path:
    raiz = tmp_path / "proyecto"
    subprocess.run(["git", "init", "-q", str(raiz)], check=True)
    return raiz


@pytest.mark.parametrize("remoto", ["origin", "no-existe.git", "https://no-existe.invalid/x.git"])
def test_sin_remoto_se_dice_en_espanol_y_el_remedio_sirve(
    repositorio: Path, tmp_path: Path, remoto: str
) -> None:
    with pytest.raises(ErrorDeUso, match="no se llega al remoto") as e:
        gh_pages.exigir_propia(repositorio, remoto)
    dicho = str(e.value).replace(remoto, "").replace("git ls-remote", "").replace("remote", "")
    assert not DE_FUERA.search(dicho), dicho
    if "git remote add origin DIRECCIÓN" not in str(e.value):
        assert "git remote -v" in str(e.value)
        return
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "r.git")], check=True)
    anotar = ["git", "remote", "add", "origin", str(tmp_path / "r.git")]
    subprocess.run(anotar, cwd=repositorio, check=True)
    gh_pages.exigir_propia(repositorio, "origin")


def test_lo_que_no_se_conoce_se_cita() -> None:
    assert en_espanol("hint: x\nfatal: algo nuevo\n", DE_GIT) == "dijo «fatal: algo nuevo»"
    assert en_espanol("", DE_GIT) == "no dijo por qué"


def zip_de(ruta: Path) -> bytes:
    with zipfile.ZipFile(ruta, "w") as z:
        z.writestr("data/a.csv", "kpi,valor\n" * 50)
    return ruta.read_bytes()


@pytest.mark.parametrize(
    ("romper", "dice"),
    [
        (lambda _: b"no es un zip", "no es un zip, o se cortó al copiarlo"),
        (lambda b: b[: len(b) // 2], "no es un zip, o se cortó al copiarlo"),
        (lambda b: b.replace(b"kpi", b"kpx", 1), "dañado; su contenido cambió"),
        (
            lambda b: (
                b[:6]
                + b"\x01"
                + b[7:].replace(
                    b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
                )
            ),
            "contraseña",
        ),
    ],
    ids=["otra cosa", "cortado", "cambiado", "con contraseña"],
)
def test_un_respaldo_roto_se_dice_en_espanol(tmp_path: Path, romper, dice: str) -> None:
    ruta = tmp_path / "respaldo.zip"
    ruta.write_bytes(romper(zip_de(ruta)))
    (dano, *_) = leer(ruta)[1]
    assert dice in dano and not DE_FUERA.search(dano.replace("a.csv", "")), dano


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no hay ssh-keygen")
def test_una_llave_que_no_firma_se_dice_en_espanol(tmp_path: Path) -> None:
    (tmp_path / ediciones.MANIFIESTO).write_text("x", encoding="utf-8")
    mala, con_frase = tmp_path / "mala", tmp_path / "con-frase"
    mala.write_text("esto no es una llave\n", encoding="utf-8")
    mala.chmod(0o600)
    crear = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "una frase", "-f", str(con_frase)]
    subprocess.run(crear, check=True)
    for llave, dice in ((mala, "no es una llave privada"), (con_frase, "pide su frase")):
        with pytest.raises(ErrorDeUso, match=dice) as e:
            firmar(tmp_path, llave)
        assert not DE_FUERA.search(str(e.value)), e.value
