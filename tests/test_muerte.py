"""Un corte de golpe (kill -9) en cualquier momento: lo vivo es exactamente lo de antes o lo nuevo,
y la siguiente vez se recupera sola.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import apoyo_publicacion
from apoyo_publicacion import copia_limpia, otra, vueltas
from observatorio.construir import construir
from observatorio.edicion import ediciones
from observatorio.rutas import Proyecto

dos_base, dos = apoyo_publicacion.dos_base, apoyo_publicacion.dos
pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 es de POSIX")

VICTIMA = """
import os, signal, sys
from pathlib import Path

def correr():
    from observatorio.publicacion import publicar as puerta
    from observatorio.publicacion.publicar import publicar, volver
    puerta._exigir_vista = lambda *_: None
    from observatorio.rutas import Proyecto
    raiz, destino, paso, edicion = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    pasos = [0]
    def avisar(texto):
        pasos[0] += 1
        print(texto, flush=True)
        if pasos[0] == paso:
            os.kill(os.getpid(), signal.SIGKILL)
    print("listo", flush=True)
    if edicion == "-":
        publicar(Proyecto(raiz), destino, "embebido", avisar=avisar)
    else:
        volver(Proyecto(raiz), edicion, destino, avisar=avisar)

if __name__ == "__main__":
    from observatorio.arranque import aligerar
    from observatorio.base import temporales
    aligerar()
    temporales.mudar(Path(sys.argv[1]) / ".trabajo")
    correr()
"""


@pytest.fixture
def victima(corta: Path) -> Path:
    ruta = corta / "victima.py"
    ruta.write_text(VICTIMA, encoding="utf-8")
    return ruta


def correr(
    victima: Path, proyecto: Proyecto, destino: Path, paso: int = 0, edicion: str = "-"
) -> subprocess.CompletedProcess[str]:
    orden = [sys.executable, str(victima), str(proyecto.raiz), str(destino), str(paso), edicion]
    return subprocess.run(
        orden, capture_output=True, text=True, check=False, timeout=300, env=con_temporal(victima)
    )


def con_temporal(victima: Path) -> dict[str, str]:
    """El entorno en que la carpeta temporal del sistema es otra, vacía, donde se vería todo
    resto.
    """
    return os.environ | {"TMPDIR": str(temporal_de(victima))}


def temporal_de(victima: Path) -> Path:
    temporal = victima.with_name("t")
    temporal.mkdir(exist_ok=True)
    return temporal


@pytest.fixture
def corta() -> Iterator[Path]:
    """Una carpeta de ruta corta, como la de un proyecto de verdad: en ella cabe un zócalo."""
    with tempfile.TemporaryDirectory(prefix="m-", dir="/tmp") as carpeta:
        yield Path(carpeta)


def entera(carpeta: Path, admitidas: list[dict[str, str]]) -> None:
    """La carpeta es exactamente una de las ediciones admitidas."""
    assert ediciones.manifiesto(carpeta) in admitidas
    assert not ediciones.defectos_publicados(carpeta)


def sin_restos(proyecto: Proyecto, destino: Path) -> None:
    restos = [
        *proyecto.ediciones.glob(".*"),
        *proyecto.raiz.glob("._site-*"),
        *destino.parent.glob(f".{destino.name}.ediciones/.tmp-*"),
    ]
    restos += [p for p in proyecto.misiones.glob("*/.*")]
    restos += list(proyecto.trabajo.glob("t-*"))
    assert not restos


def vivos(grupo: int) -> list[int]:
    """Procesos del grupo que siguen corriendo (los difuntos sin recoger no cuentan)."""
    hay = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            campos = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(campos[2]) == grupo and campos[0] != "Z":
            hay.append(int(stat.parent.name))
    return hay


def test_en_cada_paso_del_cambio(dos, victima: Path, tmp_path: Path) -> None:
    proyecto, (primera, segunda) = dos
    destino = tmp_path / "web"
    a, b = ediciones.manifiesto(primera), ediciones.manifiesto(segunda)
    pasos = correr(victima, proyecto, tmp_path / "prueba", 0, primera.name).stdout.splitlines()[1:]
    assert len(pasos) >= 4
    correr(victima, proyecto, destino, 0, primera.name)
    for paso in range(1, len(pasos) + 1, vueltas(3, 1)):
        antes = ediciones.manifiesto(destino)
        meta = segunda if antes == a else primera
        assert correr(victima, proyecto, destino, paso, meta.name).returncode == -signal.SIGKILL, (
            pasos[paso - 1]
        )
        entera(destino, [a, b])
        assert correr(victima, proyecto, destino, 0, meta.name).returncode == 0
        assert ediciones.manifiesto(destino) == ediciones.manifiesto(meta)
        sin_restos(proyecto, destino)


@pytest.mark.largo
def test_en_cada_paso_de_construir_y_publicar(
    dos, victima: Path, tmp_path: Path, corta: Path
) -> None:
    base, (_, segunda) = dos
    otra(base, "tercera")
    limpia = construir(copia_limpia(base, tmp_path / "limpia"), "embebido").carpeta
    a, b = ediciones.manifiesto(segunda), ediciones.manifiesto(limpia)
    todo = correr(
        victima,
        Proyecto(shutil.copytree(base.raiz, tmp_path / "todo", symlinks=True)),
        tmp_path / "prueba",
    )
    pasos = todo.stdout.splitlines()[1:]
    elegidos = range(1, len(pasos) + 1) if vueltas(0, 1) else [len(pasos) // 2, len(pasos) - 5]
    for paso in elegidos:
        proyecto = Proyecto(shutil.copytree(base.raiz, corta / f"p{paso}", symlinks=True))
        destino = tmp_path / f"web{paso}"
        correr(victima, proyecto, destino, 0, segunda.name)
        assert correr(victima, proyecto, destino, paso).returncode == -signal.SIGKILL, pasos[
            paso - 1
        ]
        assert not list(temporal_de(victima).iterdir()), pasos[paso - 1]
        entera(destino, [a, b])
        entera(proyecto.sitio, [a, b])
        assert correr(victima, proyecto, destino).returncode == 0
        entera(destino, [b])
        entera(proyecto.sitio, [b])
        sin_restos(proyecto, destino)


@pytest.mark.largo
def test_en_momentos_al_azar(dos, victima: Path, tmp_path: Path) -> None:
    proyecto, (_, segunda) = dos
    destino, azar = tmp_path / "web", random.Random(5)
    correr(victima, proyecto, destino, 0, segunda.name)
    inicio = time.monotonic()
    for vez in range(vueltas(4, 200)):
        otra(proyecto, f"azar {vez}")
        duracion = max(2.0, (time.monotonic() - inicio) / max(1, vez))
        orden = [sys.executable, str(victima), str(proyecto.raiz), str(destino), "0", "-"]
        with subprocess.Popen(
            orden,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=con_temporal(victima),
        ) as proceso:
            proceso.stdout.readline()
            try:
                proceso.wait(azar.uniform(0, duracion))
            except subprocess.TimeoutExpired:
                os.kill(proceso.pid, signal.SIGKILL)
            grupo = proceso.pid
        limite = time.monotonic() + 30
        while Path("/proc/self/stat").exists() and vivos(grupo):
            assert time.monotonic() < limite, "quedaron procesos huérfanos"
            time.sleep(0.05)
        assert not ediciones.defectos_publicados(destino) and not ediciones.defectos(
            proyecto.sitio.resolve()
        )
    assert correr(victima, proyecto, destino).returncode == 0
    limpia = construir(copia_limpia(proyecto, tmp_path / "limpia"), "embebido").carpeta
    entera(destino, [ediciones.manifiesto(limpia)])
    sin_restos(proyecto, destino)
    # Aquí la ruta del proyecto es demasiado larga: la orden siguiente borra lo que dejó la muerta.
    assert not list(temporal_de(victima).iterdir())
