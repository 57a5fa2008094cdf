"""Publicar: el destino pasa de una edición entera a otra, en carpeta, gh-pages o zip, y lo
publicado queda anotado.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import apoyo_publicacion
from apoyo_publicacion import otra, reponer, vueltas
from observatorio.base.candado import candado
from observatorio.base.huellas import suma_de
from observatorio.cli import principal
from observatorio.construir import construir
from observatorio.edicion import ediciones
from observatorio.errores import ErrorDeEjecucion, ErrorDeUso
from observatorio.publicacion import publicada
from observatorio.publicacion.destinos import carpeta as en_carpeta
from observatorio.publicacion.publicar import exigir_publica, publicar, volver
from observatorio.rutas import Proyecto

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos


def esta_publicada(destino: Path, carpeta: Path) -> bool:
    return ediciones.manifiesto(destino) == ediciones.manifiesto(
        carpeta
    ) and not ediciones.defectos_publicados(destino)


def test_carpeta_gh_pages_y_zip_publican_la_misma_edicion(
    construido: Proyecto, tmp_path: Path
) -> None:
    remoto = tmp_path / "remoto.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remoto)], check=True)
    hecha = publicar(construido, str(tmp_path / "web"), "embebido")
    carpeta = construido.ediciones / hecha.identificador
    assert hecha.anotada and esta_publicada(tmp_path / "web", carpeta)
    assert construido.correcciones_publicadas.read_bytes() == construido.correcciones.read_bytes()
    otra_vez = publicar(construido, "gh-pages", "embebido", str(remoto))
    assert otra_vez.identificador == hecha.identificador and not otra_vez.anotada, (
        "anotar lo publicado no cambia la edición"
    )
    subprocess.run(
        ["git", "clone", "-q", "-b", "gh-pages", str(remoto), str(tmp_path / "clon")], check=True
    )
    assert esta_publicada(tmp_path / "clon", carpeta) and (tmp_path / "clon/.nojekyll").is_file()
    publicar(construido, str(tmp_path / "a.zip"), "embebido")
    publicar(construido, str(tmp_path / "b.zip"), "embebido")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archivo:
        archivo.extractall(tmp_path / "usb")
    assert esta_publicada(tmp_path / "usb" / f"observatorio-{hecha.identificador}", carpeta)


def test_gh_pages_un_commit_por_edicion_con_los_activos_y_las_ediciones_de_antes(
    dos, tmp_path: Path
) -> None:
    proyecto, (primera, segunda) = dos
    remoto = tmp_path / "remoto.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remoto)], check=True)
    for carpeta in (primera, primera, segunda):
        reponer(proyecto, carpeta.name, "gh-pages", str(remoto))
    commits = subprocess.run(
        ["git", "-C", str(remoto), "log", "--format=%s", "gh-pages"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [c.split()[1].rstrip(":") for c in commits] == [segunda.name, primera.name]
    subprocess.run(
        ["git", "clone", "-q", "-b", "gh-pages", str(remoto), str(tmp_path / "clon")], check=True
    )
    assert esta_publicada(tmp_path / "clon", segunda)
    assert not ediciones.defectos(tmp_path / "clon/ediciones" / primera.name), (
        "la edición anterior sigue entera en su dirección"
    )
    activos = {r for r in ediciones.manifiesto(primera) if r.startswith("activos/")}
    assert activos and all((tmp_path / "clon" / r).is_file() for r in activos)


def test_gh_pages_no_fuerza_ni_pisa_lo_que_otro_publico(dos, tmp_path: Path) -> None:
    proyecto, (primera, segunda) = dos
    remoto = tmp_path / "remoto.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remoto)], check=True)
    reponer(proyecto, primera.name, "gh-pages", str(remoto))
    gancho = remoto / "hooks/pre-receive"
    gancho.write_text("#!/bin/sh\necho rechazado >&2\nexit 1\n")
    gancho.chmod(0o755)
    with pytest.raises(ErrorDeEjecucion, match="nunca se fuerza"):
        reponer(proyecto, segunda.name, "gh-pages", str(remoto))
    publicado = subprocess.run(
        ["git", "-C", str(remoto), "show", "gh-pages:MANIFEST.sha256"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert publicado == (primera / ediciones.MANIFIESTO).read_text()
    with pytest.raises(ErrorDeUso, match="no se llega al remoto"):
        reponer(proyecto, primera.name, "gh-pages", str(tmp_path / "no-existe.git"))


@pytest.mark.largo
def test_volver_y_conservar_cinco(construido: Proyecto, tmp_path: Path) -> None:
    destino, hechas = tmp_path / "web", []
    for i in range(6):
        with (construido.raiz / "index.qmd").open("a", encoding="utf-8") as archivo:
            archivo.write(f"\nVersión {i}.\n")
        hechas.append(publicar(construido, str(destino), "embebido").identificador)
    assert len(ediciones.conservadas(construido)) == ediciones.CONSERVADAS
    assert len(en_carpeta.publicadas(tmp_path / ".web.ediciones")) == ediciones.CONSERVADAS
    assert {p.name for p in (destino / "ediciones").iterdir() if p.is_dir()} == set(hechas[-5:-1])
    assert [e["edicion"] for e in publicada.ultima(construido)["historia"]] == hechas[::-1]
    assert (
        principal(
            ["--raiz", str(construido.raiz), "publicar", "--a", str(destino), "--volver", hechas[2]]
        )
        == 0
    )
    assert ediciones.identificador_de(destino) == hechas[2] and not ediciones.defectos_publicados(
        destino
    )
    shutil.rmtree(construido.ediciones / hechas[3])
    volver(construido, hechas[3], str(destino))
    assert ediciones.identificador_de(destino) == hechas[3], (
        "también desde lo que conserva el destino"
    )
    volver(construido, hechas[5], None)
    assert ediciones.actual(construido) == hechas[5]
    with pytest.raises(ErrorDeUso, match="no hay ninguna edición sana"):
        volver(construido, hechas[0], str(destino))


def test_lo_que_nunca_se_publico_no_vuelve(
    dos, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lo que muestra no está en la memoria de lo publicado, que protege a la edición siguiente."""
    proyecto, (primera, segunda) = dos
    destino = tmp_path / "web"
    with pytest.raises(ErrorDeUso, match="nunca se publicó"):
        volver(proyecto, primera.name, str(destino))
    assert not destino.exists()
    orden = ["--raiz", str(proyecto.raiz), "publicar", "--a", str(destino)]
    assert principal([*orden, "--edicion", segunda.name]) == 0
    with pytest.raises(ErrorDeUso, match=f"vuelva a una publicada \\({segunda.name}\\)"):
        volver(proyecto, primera.name, str(destino))
    volver(proyecto, segunda.name, str(tmp_path / "otra"))
    volver(proyecto, primera.name, None)
    assert ediciones.actual(proyecto) == primera.name


class _Mudo(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def servidor(tmp_path: Path) -> Iterator[str]:
    s = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Mudo, directory=str(tmp_path / "web")))
    threading.Thread(target=s.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{s.server_port}"
    s.shutdown()
    s.server_close()


def pedir(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as r:
        assert r.status == 200
        return r.read()


def test_quien_lee_durante_los_cambios_nunca_encuentra_un_404(
    dos, tmp_path: Path, servidor: str
) -> None:
    """La página se pide antes de un cambio y sus activos después: están, y son los de esa
    página.
    """
    proyecto, carpetas = dos
    propios = [
        {r: s for r, s in ediciones.manifiesto(c).items() if r.startswith("activos/")}
        for c in carpetas
    ]
    paginas = {(c / "index.html").read_bytes(): i for i, c in enumerate(carpetas)}
    reponer(proyecto, carpetas[0].name, str(tmp_path / "web"))
    pedidos = 0
    for cambio in range(vueltas(6, 50)):
        pagina = pedir(f"{servidor}/index.html")
        edicion = paginas[pagina]
        reponer(proyecto, carpetas[(cambio + 1) % 2].name, str(tmp_path / "web"))
        activos = set(
            re.findall(r'(?:href|src|data-vega)="(?:\./)?(activos/[^"]+)"', pagina.decode())
        )
        assert activos and activos <= propios[edicion].keys()
        for _ in range(vueltas(1, 5)):
            for activo in sorted(activos):
                assert suma_de(pedir(f"{servidor}/{activo}")) == propios[edicion][activo]
                pedidos += 1
    assert pedidos >= vueltas(20, 1000)


def test_dos_a_la_vez_el_segundo_lo_dice_y_no_toca_nada(
    dos, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proyecto, (primera, segunda) = dos
    destino = tmp_path / "web"
    reponer(proyecto, primera.name, str(destino))
    with candado(proyecto.trabajo / "publicacion.candado", ""):
        assert principal(["--raiz", str(proyecto.raiz), "publicar", "--a", str(destino)]) == 2
    assert "otra publicación sigue en curso" in capsys.readouterr().err
    with (
        candado(tmp_path / ".web.ediciones/candado", ""),
        pytest.raises(ErrorDeUso, match="espere a que termine"),
    ):
        reponer(proyecto, segunda.name, str(destino))
    assert esta_publicada(destino, primera)
    reponer(proyecto, segunda.name, str(destino))
    assert esta_publicada(destino, segunda)


def test_no_pisa_una_carpeta_ajena(dos, tmp_path: Path) -> None:
    proyecto, (primera, _) = dos
    (tmp_path / "ajena").mkdir()
    (tmp_path / "ajena/tesis.docx").write_text("no me borres")
    with pytest.raises(ErrorDeUso, match="tiene otras cosas"):
        reponer(proyecto, primera.name, str(tmp_path / "ajena"))
    (tmp_path / "vacia").mkdir()
    reponer(proyecto, primera.name, str(tmp_path / "vacia"))
    shutil.copytree(primera, tmp_path / "copiada")
    reponer(proyecto, primera.name, str(tmp_path / "copiada"))
    assert esta_publicada(tmp_path / "vacia", primera) and esta_publicada(
        tmp_path / "copiada", primera
    )
    assert (tmp_path / "ajena/tesis.docx").read_text() == "no me borres"


def test_una_edicion_con_cifras_restringidas_no_sale(dos, tmp_path: Path) -> None:
    _, (primera, _) = dos
    exigir_publica(primera)
    restringida = tmp_path / "restringida"
    shutil.copytree(primera, restringida)
    kpis = json.loads((restringida / "datos/kpis.json").read_text(encoding="utf-8"))
    codigo = next(k for k in kpis if k["ultimo"])
    codigo["acceso"] = "decisor"
    (restringida / "datos/kpis.json").write_text(json.dumps(kpis), encoding="utf-8")
    with pytest.raises(ErrorDeUso, match=codigo["codigo"]):
        exigir_publica(restringida)


def _tmpfs(carpeta: Path, bytes_: int) -> None:
    carpeta.mkdir()
    r = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={bytes_}", "tmpfs", str(carpeta)],
        capture_output=True,
        check=False,
    )
    if r.returncode:
        pytest.skip(f"no se puede montar un tmpfs aquí: {r.stderr.decode().strip()}")


@pytest.mark.parametrize("parte", [0.3, 0.9] if vueltas(0, 1) == 0 else [i / 10 for i in range(10)])
def test_disco_lleno_se_dice_y_sigue_viva_la_de_antes(dos, tmp_path: Path, parte: float) -> None:
    """Un disco donde cabe la primera edición y ``parte`` de lo que la segunda trae de nuevo."""
    proyecto, (primera, segunda) = dos
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("solo root puede montar un disco pequeño")
    nuevos = ediciones.manifiesto(segunda).items() - ediciones.manifiesto(primera).items()
    pagina = 4096

    def ocupa(carpeta: Path, rutas) -> int:
        return sum(-(-(carpeta / r).stat().st_size // pagina) * pagina for r in rutas)

    base = ocupa(primera, [*ediciones.manifiesto(primera), ediciones.MANIFIESTO])
    faltan = ocupa(segunda, [r for r, _ in nuevos])
    disco = tmp_path / "disco"
    _tmpfs(disco, base + 4 * pagina + int(parte * faltan))
    try:
        reponer(proyecto, primera.name, str(disco / "web"))
        with pytest.raises(ErrorDeEjecucion, match=r"No space left|no queda espacio"):
            reponer(proyecto, segunda.name, str(disco / "web"))
        assert esta_publicada(disco / "web", primera)
        assert not list((disco / ".web.ediciones").glob(".tmp-*"))
    finally:
        subprocess.run(["umount", str(disco)], check=True)


def test_destino_de_solo_lectura_se_dice(dos, tmp_path: Path) -> None:
    proyecto, (primera, segunda) = dos
    disco = tmp_path / "disco"
    if os.geteuid() == 0:
        _tmpfs(disco, 64 << 20)
    else:
        disco.mkdir()
    try:
        reponer(proyecto, primera.name, str(disco / "web"))
        if os.geteuid() == 0:
            subprocess.run(["mount", "-o", "remount,ro", str(disco)], check=True)
        else:
            (disco / ".web.ediciones").chmod(0o555)
        with pytest.raises(ErrorDeEjecucion, match="sigue viva"):
            reponer(proyecto, segunda.name, str(disco / "web"))
        assert esta_publicada(disco / "web", primera)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", str(disco)], check=True)
        else:
            (disco / ".web.ediciones").chmod(0o755)


@pytest.mark.skipif(
    os.name == "nt", reason="el tope de tamaño lo pone el intérprete de órdenes de POSIX"
)
@pytest.mark.largo
@pytest.mark.parametrize("maximo", [1 << i for i in range(10)])
def test_disco_lleno_al_construir_se_dice_y_sigue_viva_la_de_antes(dos, maximo: int) -> None:
    """Ningún archivo puede pasar de ``maximo`` KB: la construcción se detiene en otro punto cada
    vez.
    """
    proyecto, (_, segunda) = dos
    otra(proyecto, "tercera")
    shutil.rmtree(proyecto.trabajo)
    orden = [
        sys.executable,
        "-m",
        "observatorio",
        "--raiz",
        str(proyecto.raiz),
        "construir",
        "--motor",
        "embebido",
    ]
    r = subprocess.run(
        ["bash", "-c", f'ulimit -f {maximo}; exec "$@"', "bash", *orden],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert r.returncode == 1 and "Traceback" not in r.stderr, r.stderr
    assert "remedio" in r.stderr
    assert esta_publicada(proyecto.sitio, segunda)
    assert construir(proyecto, "embebido").nueva
