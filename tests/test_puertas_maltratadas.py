"""Por ninguna puerta llega a una persona una excepción ajena: hojas de cálculo, CSV, YAML, páginas,
cuadernos y paquetes, golpeados al azar y en los casos que ya ocurrieron.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from apoyo_maltrato import golpeado
from apoyo_reportes import MUESTRAS, filas_de, leer, libro, texto_csv
from conftest import copiar_entradas, reducir
from observatorio.cli import principal
from observatorio.datos.letras import sin_letra
from observatorio.errores import DatosInvalidos
from observatorio.recojo.devolver import marcar
from observatorio.recojo.fuera_de_celdas import senas_fuera_de_celdas
from observatorio.recojo.hojas.cuadricula import Celda, leer_hojas
from observatorio.recojo.hojas.limites import MEGAS_ABIERTOS
from observatorio.recojo.lote import Defecto, Lote
from observatorio.rutas import Proyecto

LECTURAS, LECTURAS_LARGAS = 120, 2_000
ORDENES, ORDENES_LARGAS = 6, 300
SEGUNDOS = 20
INESPERADO = "Algo inesperado"
Correr = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def mesa(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """Un proyecto pequeño que cada golpe deja como estaba."""
    proyecto = reducir(copiar_entradas(tmp_path_factory.mktemp("mesa") / "p"))
    (proyecto.raiz / "plan.qmd").write_text(
        '---\ntitle: "Plan"\n---\n\n::: {.pieza nombre="demostracion"}\n:::\n', encoding="utf-8"
    )
    (proyecto.cuadernos / "analisis").mkdir(exist_ok=True)
    (proyecto.cuadernos / "analisis" / "a.ipynb").write_text(CUADERNO, encoding="utf-8")
    return proyecto


CUADERNO = (
    '{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {"tags":'
    ' ["parameters"]}, "outputs": [], "source": ["titulo = \\"Uno\\"\\n", "resumen = \\"Dos\\"\\n",'
    ' "entradas = [\\"publica\\"]"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'
)


@pytest.fixture
def correr(
    mesa: Proyecto, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Correr:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def hacer(*orden: object) -> tuple[int, str]:
        codigo = principal(["--raiz", str(mesa.raiz), *map(str, orden)])
        dicho = capsys.readouterr()
        return codigo, dicho.out + dicho.err

    return hacer


def paquete(**archivos: bytes) -> bytes:
    memoria = io.BytesIO()
    with zipfile.ZipFile(memoria, "w", zipfile.ZIP_DEFLATED) as z:
        for nombre, contenido in archivos.items():
            z.writestr(f"{nombre}.csv", contenido)
    return memoria.getvalue()


def archivos() -> list[tuple[str, bytes]]:
    """``(sufijo, bytes)`` de archivos sanos de cada puerta."""
    muestras = [
        (p.suffix, p.read_bytes())
        for p in sorted(MUESTRAS.iterdir())
        if p.suffix in (".xlsx", ".csv")
    ]
    hogares = texto_csv(filas_de("kobo-hogares.xlsx"), ",").encode()
    return [*muestras, (".zip", paquete(hogares=hogares, otra=b"a,b\n1,2\n")), (".tsv", hogares)]


# — golpes al azar —


def golpear_lectores(semillas: range, carpeta: Path) -> None:
    sanos = archivos()
    for semilla in semillas:
        azar = random.Random(semilla)
        sufijo, crudo = azar.choice(sanos)
        ruta = carpeta / f"golpeado{sufijo}"
        ruta.write_bytes(golpeado(crudo, azar))
        antes = time.perf_counter()
        try:
            leer_hojas(ruta)
            list(senas_fuera_de_celdas(ruta))
        except DatosInvalidos as e:
            assert all(x.regla and x.remedio for x in e.errores), semilla
        except Exception as e:
            raise AssertionError(f"semilla {semilla}, {sufijo}") from e
        assert time.perf_counter() - antes < SEGUNDOS, semilla


def test_un_archivo_golpeado_se_lee_o_se_rechaza(tmp_path: Path) -> None:
    golpear_lectores(range(LECTURAS), tmp_path)


@pytest.mark.largo
def test_dos_mil_archivos_golpeados_se_leen_o_se_rechazan(tmp_path: Path) -> None:
    golpear_lectores(range(10_000, 10_000 + LECTURAS_LARGAS), tmp_path)


def golpear_ordenes(semillas: range, mesa: Proyecto, correr: Correr) -> None:
    """Un archivo del proyecto y otro que llega, golpeados, y su orden de principio a fin."""
    propios = [
        p
        for p in sorted(mesa.raiz.rglob("*"))
        if p.suffix in (".yml", ".csv", ".qmd", ".ipynb", ".json")
        and p.is_file()
        and p.relative_to(mesa.raiz).parts[0] in ("data", "misiones", "notebooks", p.name)
    ]
    sufijos = sorted({p.suffix for p in propios})
    llegan = archivos()
    for semilla in semillas:
        azar = random.Random(semilla)
        sufijo = azar.choice(sufijos)
        ruta = azar.choice([p for p in propios if p.suffix == sufijo])
        sano = ruta.read_bytes()
        ruta.write_bytes(golpeado(sano, azar))
        try:
            codigo, dicho = correr("validar")
        finally:
            ruta.write_bytes(sano)
        assert codigo in (0, 1, 2) and INESPERADO not in dicho, (semilla, ruta.name, dicho)
        sufijo, crudo = azar.choice(llegan)
        llegado = mesa.raiz / f"llegado{sufijo}"
        llegado.write_bytes(golpeado(crudo, azar))
        codigo, dicho = correr("importar", llegado, "--fecha-dato", "2025-08-10")
        assert codigo in (0, 1, 2) and INESPERADO not in dicho, (semilla, sufijo, dicho)


def test_ninguna_orden_dice_algo_inesperado(mesa: Proyecto, correr: Correr) -> None:
    golpear_ordenes(range(ORDENES), mesa, correr)


@pytest.mark.largo
def test_trescientas_ordenes_no_dicen_nada_inesperado(mesa: Proyecto, correr: Correr) -> None:
    golpear_ordenes(range(5_000, 5_000 + ORDENES_LARGAS), mesa, correr)


# — páginas, cuadernos y configuración —

ROTOS: dict[str, tuple[str, bytes, str]] = {
    "encabezado sin cerrar": ("plan.qmd", b"---\ntitle: a\n", "encabezado-sin-cerrar"),
    "comilla abierta": ("plan.qmd", b'---\ntitle: "a\n---\nhola\n', "yaml-roto"),
    "encabezado que es una lista": ("plan.qmd", b"---\n- a\n---\n", "encabezado-sin-claves"),
    "formato ajeno": ("plan.qmd", b"---\nformat: html\n---\n", "formato-de-pagina"),
    "encabezado sin fondo": ("plan.qmd", b"---\na: " + b"[" * 9_999 + b"\n---\n", "yaml-roto"),
    "pagina en Windows-1252": ("plan.qmd", b"---\ntitle: a\n---\n\xe1\n", "no-es-utf8"),
    "quarto roto": ("_quarto.yml", b"project: [\n", "yaml-roto"),
    "quarto sin paginas": ("_quarto.yml", b"lang: es\n", "paginas-sin-declarar"),
    "cuaderno sin fondo": ("notebooks/analisis/a.ipynb", b"[" * 100_000, "cuaderno-ilegible"),
    "cuaderno que es una lista": ("notebooks/analisis/a.ipynb", b"[]", "cuaderno-ilegible"),
    "cuaderno sin celdas": ("notebooks/mision.ipynb", b'{"cells":[1]}', "cuaderno-ilegible"),
    "cuaderno en conflicto": (
        "notebooks/analisis/a.ipynb",
        CUADERNO.replace("{", "{\n<<<<<<< HEAD\n", 1).encode(),
        "cuaderno-ilegible",
    ),
}


@pytest.mark.parametrize("caso", ROTOS)
def test_lo_roto_de_una_pagina_o_de_un_cuaderno_se_dice_en_validar(
    caso: str, mesa: Proyecto, correr: Correr
) -> None:
    nombre, crudo, regla = ROTOS[caso]
    sano = (mesa.raiz / nombre).read_bytes()
    (mesa.raiz / nombre).write_bytes(crudo)
    try:
        codigo, dicho = correr("validar")
    finally:
        (mesa.raiz / nombre).write_bytes(sano)
    assert codigo == 1 and nombre in dicho and f"regla: {regla}" in dicho
    assert INESPERADO not in dicho


def test_la_mesa_sana_pasa(correr: Correr) -> None:
    assert correr("validar")[0] == 0


# — signos que el boletín no puede imprimir —


def test_lo_que_el_boletin_imprime_no_se_rechaza() -> None:
    assert sin_letra("Ñandú CO₂ µg/m³ ½ ✓ → ʼ עברית Ω «a» – 12 %") == frozenset()


@pytest.mark.parametrize("signo", ["📡", "漢", "👶", "🏽"])
def test_un_signo_sin_letra_se_rechaza_con_su_lugar(
    signo: str, mesa: Proyecto, correr: Correr
) -> None:
    assert sin_letra(f"a{signo}") == {signo}
    ruta = mesa.misiones / "m7-institucionalidad" / "hoja-de-ruta.yml"
    sano = ruta.read_text(encoding="utf-8")
    fila = sano[: sano.index("problema:")].count("\n") + 1
    ruta.write_text(sano.replace("problema: >-\n  ", f"problema: >-\n  {signo} ", 1), "utf-8")
    try:
        codigo, dicho = correr("validar")
    finally:
        ruta.write_text(sano, encoding="utf-8")
    assert codigo == 1 and "regla: signo-sin-letra" in dicho
    assert f"hoja-de-ruta.yml, fila {fila}, columna «problema»: «{signo}»" in dicho


# — la salida, el destino y la ruta —


@pytest.mark.parametrize("orden", [["validar"], ["validar", "--help"]])
def test_una_tuberia_cerrada_no_es_un_error(proyecto_real: Proyecto, orden: list[str]) -> None:
    lee, escribe = os.pipe()
    os.close(lee)
    try:
        hecho = subprocess.run(
            [sys.executable, "-m", "observatorio", "--raiz", str(proyecto_real.raiz), *orden],
            stdout=escribe,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(escribe)
    assert (hecho.returncode, hecho.stderr) == (0, b"")


@pytest.mark.parametrize(
    "orden",
    [
        ["publicar", "--a", "/"],
        ["planilla", "--responsable", "a", "--periodo", "2026-T4", "--a", "/"],
        ["comparar", "--html", "/"],
        ["nuevo", "/"],
        ["importar", "/"],
        ["importar-catalogo", "/"],
        ["publicar", "--a", "gh-pages"],
    ],
    ids=" ".join,
)
def test_un_destino_imposible_se_dice(orden: list[str], correr: Correr) -> None:
    codigo, dicho = correr(*orden)
    assert codigo in (1, 2) and dicho.strip() and INESPERADO not in dicho


def test_sin_git_se_dice_que_falta(
    correr: Correr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    codigo, dicho = correr("publicar", "--a", "gh-pages")
    assert codigo == 2 and "falta el programa «git»" in dicho and INESPERADO not in dicho


def test_una_terminal_sin_tildes_no_es_un_error(proyecto_real: Proyecto) -> None:
    hecho = subprocess.run(
        [sys.executable, "-m", "observatorio", "--raiz", str(proyecto_real.raiz), "explicar", "X"],
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert hecho.returncode == 2 and b"ning\\xfan KPI" in hecho.stderr


def test_con_tildes_en_la_ruta_y_sin_idioma_el_programa_arranca(tmp_path: Path) -> None:
    """El enlace al programa es relativo: Python lo lee antes de saber en qué idioma está."""
    lugar = tmp_path / "Ñandú"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", "--symlinks", lugar / ".venv"], check=True
    )
    (enlace,) = Path(sys.prefix).glob("lib/python*/site-packages/__editable__.observatorio*.pth")
    (destino,) = (lugar / ".venv").glob("lib/python*/site-packages")
    shutil.copy(enlace, destino)
    (lugar / "scripts").symlink_to(Path(__file__).resolve().parent.parent / "scripts")
    entorno = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    hecho = subprocess.run(
        [lugar / ".venv" / "bin" / "python", "-c", "import observatorio"],
        env=entorno | {"LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    assert hecho.returncode == 0, hecho.stderr


# — la copia marcada —


def _relleno_vacio(crudo: bytes) -> bytes:
    """Un <fill/> sin nada, que openpyxl no abre."""
    salida = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(crudo)) as z,
        zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as s,
    ):
        for parte in z.namelist():
            contenido = z.read(parte)
            if parte == "xl/styles.xml":
                i, j = contenido.index(b"<fills"), contenido.index(b"</fills>")
                contenido = contenido[:i] + b'<fills count="1"><fill/>' + contenido[j:]
            s.writestr(parte, contenido)
    return salida.getvalue()


def _marcables(carpeta: Path) -> Iterator[Path]:
    ruta = libro(carpeta / "relleno.xlsx", {"h": filas_de("siagie-inclusion.xlsx")})
    ruta.write_bytes(_relleno_vacio(ruta.read_bytes()))
    yield ruta
    for nombre in ("CRED [T4 2025].csv", "a*b?c.csv", f"{'largo' * 20}.csv", "'.csv"):
        ruta = carpeta / nombre
        ruta.write_bytes("a;b\u000b\n1;dos\x0btres\n".encode())
        yield ruta


def test_la_copia_marcada_se_hace_aunque_openpyxl_no_abra_el_original(tmp_path: Path) -> None:
    for ruta in _marcables(tmp_path):
        hojas = leer_hojas(ruta)
        defecto = Defecto(Celda(hojas[0].nombre, 2, 2), "dos", "no-es-numero", "escriba \x0b 2")
        marcado = marcar(Lote(ruta, "mapeo", hojas), [defecto])
        assert marcado is not None
        (hoja,) = load_workbook(marcado).worksheets
        assert "no-es-numero" in hoja["B2"].comment.text, ruta.name


# — el paquete .zip —


def test_un_paquete_pasa_por_los_limites_de_un_libro(tmp_path: Path) -> None:
    muchos = paquete(**{f"a{i}": b"a,b\n1,2\n" for i in range(5_001)})
    (tmp_path / "muchos.zip").write_bytes(muchos)
    with (
        zipfile.ZipFile(tmp_path / "bomba.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z,
        z.open("a.csv", "w", force_zip64=True) as f,
    ):
        for _ in range(MEGAS_ABIERTOS + 1):
            f.write(bytes(2**20))
    for nombre in ("muchos.zip", "bomba.zip"):
        antes = time.perf_counter()
        assert leer(tmp_path / nombre).reglas == {"archivo-desmedido"}
        assert time.perf_counter() - antes < 3
