"""Una edición firmada lleva su firma a cualquier destino y la conserva cuando ya no es la viva."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from apoyo_publicacion import edicion_de_juguete
from conftest import RAIZ
from observatorio.edicion import ediciones
from observatorio.errores import ErrorDeUso
from observatorio.publicacion.destinos import carpeta as en_carpeta
from observatorio.publicacion.destinos import gh_pages
from observatorio.publicacion.destinos import zip as en_zip
from observatorio.publicacion.firma import firmar
from observatorio.rutas import Proyecto
from test_publicar_gh_pages import IDS, bajar, clon, subir

__all__ = ["clon"]
GUIAS = [RAIZ / "README.md", *sorted((RAIZ / "guias").glob("*.md"))]


@pytest.fixture(scope="module")
def llave(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ruta = tmp_path_factory.mktemp("llaves") / "llave"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "observatorio", "-f", str(ruta)],
        check=True,
    )
    return ruta


def vale(carpeta: Path, llave: Path, espacio: str = "observatorio") -> bool:
    firmantes = carpeta.parent / "firmantes"
    firmantes.write_text(
        "observatorio " + llave.with_suffix(".pub").read_text(encoding="utf-8"), encoding="utf-8"
    )
    comprobar = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        str(firmantes),
        "-I",
        "observatorio",
        "-n",
        espacio,
        "-s",
        str(carpeta / ediciones.FIRMA),
    ]
    return (
        subprocess.run(
            comprobar,
            input=(carpeta / ediciones.MANIFIESTO).read_bytes(),
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )


def test_la_firma_viaja_con_la_edicion(clon: Proyecto, tmp_path: Path, llave: Path) -> None:
    primera, segunda = (edicion_de_juguete(clon, i) for i in IDS[:2])
    subir(clon, primera)
    assert (
        firmar(primera, llave) == primera / ediciones.FIRMA
        and ediciones.sana(primera)
        and vale(primera, llave)
        and not vale(primera, llave, "git")
    )
    subir(clon, primera)
    assert gh_pages.bajar(clon.raiz, "origin", IDS[0], tmp_path) and vale(
        tmp_path / IDS[0], llave
    ), "firmar lo ya publicado también llega"
    en_carpeta.copiar(primera, tmp_path / "web", lambda _: None)
    for edicion in (primera, segunda):
        en_carpeta.copiar(edicion, tmp_path / "web", lambda _: None)
        subir(clon, edicion)
    for sitio in (tmp_path / "web", bajar(clon, tmp_path / "clonado")):
        assert not (sitio / ediciones.FIRMA).exists(), "la segunda no se firmó"
        assert vale(sitio / "ediciones" / IDS[0], llave)
    with zipfile.ZipFile(en_zip.empaquetar(primera, tmp_path / "edicion.zip")) as archivo:
        assert (
            archivo.read(f"observatorio-{IDS[0]}/{ediciones.FIRMA}")
            == (primera / ediciones.FIRMA).read_bytes()
        )


def test_una_llave_que_no_sirve_se_dice_y_no_deja_firma(clon: Proyecto, tmp_path: Path) -> None:
    edicion = edicion_de_juguete(clon, IDS[0])
    mala = tmp_path / "mala"
    with pytest.raises(ErrorDeUso, match="ssh-keygen -t ed25519"):
        firmar(edicion, mala)
    mala.write_text("no es una llave\n", encoding="utf-8")
    mala.chmod(0o600)
    with pytest.raises(ErrorDeUso, match="remedio: "):
        firmar(edicion, mala)
    assert not (edicion / ediciones.FIRMA).exists()


def test_las_guias_no_hacen_ni_usan_una_llave_dentro_del_proyecto() -> None:
    llave = re.compile(r"(?:\s-f|--firmar|--llave|respaldo llave|\bcat) (\S*llave[\w.-]*)")
    dichas = {g.name: llave.findall(g.read_text(encoding="utf-8")) for g in GUIAS}
    assert len(dichas["despliegue.md"]) >= 7
    assert [x for suyas in dichas.values() for x in suyas if not x.startswith("../")] == []
