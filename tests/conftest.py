"""Proyectos de prueba: el real (solo lectura), una copia que se puede estropear y uno mínimo de dos
misiones.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from apoyo_navegador import chromium
from observatorio.arranque import aligerar
from observatorio.calculo import calcular
from observatorio.construir import construir
from observatorio.edicion import claves
from observatorio.productos import activos
from observatorio.resultados.resultados import Resultados
from observatorio.rutas import Proyecto

aligerar()
# Un plazo por ejemplo falla según lo ocupada que esté la máquina, no según el programa.
settings.register_profile(
    "sin-plazo",
    deadline=None,
    max_examples=500 if os.environ.get("OBSERVATORIO_LARGO") else 40,
)
settings.load_profile("sin-plazo")
os.environ.pop("OBSERVATORIO_REDACTAR", None)  # los flujos lo ponen, y las pruebas leen los valores
RAIZ = Path(__file__).resolve().parent.parent
ENTRADAS = (
    "_quarto.yml",
    "_environment",
    "referencias.bib",
    "requirements.txt",
    "pyproject.toml",
    "_extensions",
    "data",
    "notebooks",
)
SIN = shutil.ignore_patterns(
    "__pycache__", "*.egg-info", "index.ipynb", "indicadores.ipynb", ".ipynb_checkpoints"
)
DEL_MINIMO = ("m4-nutricion", "m7-institucionalidad")
ESPERA = 300


@pytest.fixture(scope="session")
def proyecto_real() -> Proyecto:
    return Proyecto(RAIZ)


def compartido(fabrica: pytest.TempPathFactory, nombre: str, hacer: Callable[[Path], None]) -> Path:
    """Carpeta que ``hacer`` llena una sola vez, aunque haya varios procesos de prueba: quien llega
    después espera.
    """
    base = fabrica.getbasetemp()
    carpeta = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / nombre
    listo, fallo = carpeta / "listo", carpeta / "fallo"
    try:
        carpeta.mkdir()
    except FileExistsError:
        limite = time.monotonic() + ESPERA
        while not listo.exists():
            assert not fallo.exists() and time.monotonic() < limite, (
                f"otro proceso de prueba no pudo hacer «{nombre}»"
            )
            time.sleep(0.1)
        return carpeta
    try:
        hacer(carpeta)
    except BaseException:
        fallo.touch()
        raise
    listo.touch()
    return carpeta


@cache
def de_los_paquetes() -> tuple[Path, ...]:
    """Vega y la tipografía del navegador salen de los paquetes y tardan dos segundos: se hacen una
    vez para todos los proyectos de prueba.
    """
    carpeta = RAIZ / ".cache"
    activos.de_paquetes(Proyecto(RAIZ))
    formas = ("vega-*.js", "letra*.woff2", "letras-*.json", "icono-*.png")
    return tuple(sorted(p for forma in formas for p in carpeta.glob(forma)))


def copiar_entradas(destino: Path) -> Proyecto:
    """Copia las entradas del proyecto real, sin nada generado ni el programa: es el mismo, y son
    cuatro de cada cinco archivos (ver ``con_programa``).
    """
    (destino / ".cache").mkdir(parents=True, exist_ok=True)
    for ruta in de_los_paquetes():
        copiada = destino / ".cache" / ruta.relative_to(RAIZ / ".cache")
        copiada.parent.mkdir(exist_ok=True)
        shutil.copy2(ruta, copiada)
    for nombre in (*ENTRADAS, "misiones"):
        origen = RAIZ / nombre
        if origen.is_dir():
            shutil.copytree(origen, destino / nombre, ignore=SIN)
        else:
            shutil.copy2(origen, destino / nombre)
    for pagina in RAIZ.glob("*.qmd"):
        shutil.copy2(pagina, destino / pagina.name)
    # Como el de cualquier distrito: con datos de verdad.
    territorio = destino / "data" / "territorio.yml"
    texto = territorio.read_text(encoding="utf-8").replace(
        "repositorio_de_datos: publico", "repositorio_de_datos: privado"
    )
    territorio.write_text(texto, encoding="utf-8")
    (destino / "data" / "clave-de-huellas.txt").write_text("clave-de-prueba\n", encoding="utf-8")
    return Proyecto(destino)


def con_programa(proyecto: Proyecto) -> Proyecto:
    """Añade el programa, para quien lo cambia o lo corre desde el proyecto, como hace Quarto. Lo
    que ya estaba preparado, con este mismo programa, sigue al día.
    """
    shutil.copytree(RAIZ / "scripts", proyecto.raiz / "scripts", ignore=SIN)
    if claves.leer_sello(proyecto.trabajo):
        claves.escribir_sello(proyecto.trabajo, claves.entradas(proyecto.raiz))
    return proyecto


def con_respaldo(proyecto: Proyecto) -> Proyecto:
    """Da a las fuentes de demostración un documento: sus filas ya pueden ser de verdad."""
    evidencia = (
        f"documentado\n  documento: https://www.gob.pe/informes/2025.pdf\n  sha256: {'a' * 64}"
    )
    texto = proyecto.fuentes.read_text(encoding="utf-8")
    proyecto.fuentes.write_text(
        texto.replace("naturaleza: demostracion", f"naturaleza: {evidencia}"), encoding="utf-8"
    )
    return proyecto


@pytest.fixture
def copia(tmp_path: Path) -> Proyecto:
    """Copia completa y desechable de las entradas."""
    return copiar_entradas(tmp_path / "proyecto")


def reducir(proyecto: Proyecto, misiones: tuple[str, ...] = DEL_MINIMO) -> Proyecto:
    """Deja solo ``misiones`` en el catálogo, los datos y las páginas que las citan."""
    texto = proyecto.territorio.read_text(encoding="utf-8")
    lineas = [
        linea
        for linea in texto.splitlines()
        if not (m := re.search(r"slug: (m\d-[a-z]+)", linea)) or m[1] in misiones
    ]
    if "m4-nutricion" not in misiones:
        lineas = [linea for linea in lineas if "kpi_de_ejemplo: M4-K01" not in linea]
    proyecto.territorio.write_text("\n".join(lineas) + "\n", encoding="utf-8")
    for carpeta in proyecto.misiones.iterdir():
        if carpeta.is_dir() and carpeta.name not in misiones:
            shutil.rmtree(carpeta)
    for ruta in proyecto.observaciones.glob("*.csv"):
        if ruta.stem not in misiones:
            ruta.unlink()
    prefijos = tuple(f"data/observaciones/{m}.csv" for m in misiones)
    correcciones = proyecto.correcciones.read_text(encoding="utf-8").splitlines(keepends=True)
    proyecto.correcciones.write_text(
        correcciones[0] + "".join(c for c in correcciones[1:] if c.startswith(prefijos)),
        encoding="utf-8",
    )
    justificaciones = proyecto.justificaciones.read_text(encoding="utf-8").splitlines(keepends=True)
    fuera = re.compile(rf"^[a-z-]+,M(?!{'|'.join(m[1] for m in misiones)})\d-")
    proyecto.justificaciones.write_text(
        "".join(j for j in justificaciones if not fuera.search(j)), encoding="utf-8"
    )
    diagnostico = proyecto.data / "diagnostico.csv"
    codigos = "|".join(m[:2].upper() for m in misiones)
    diagnostico.write_text(
        re.sub(
            rf",M(?!{codigos[1:].replace('|M', '|')})\d-K\d\d,",
            ",,",
            diagnostico.read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )
    shutil.rmtree(proyecto.cuadernos / "analisis", ignore_errors=True)
    shutil.rmtree(proyecto.cualitativo)
    for pagina in proyecto.raiz.glob("*.qmd"):
        if pagina.name != "index.qmd":
            pagina.unlink()
    sin_enlaces_muertos(proyecto)
    return proyecto


def sin_enlaces_muertos(proyecto: Proyecto) -> None:
    """Quita del menú y de las páginas los enlaces a las que no están: se rechazarían."""
    paginas = list(proyecto.raiz.glob("*.qmd"))
    hay = {p.with_suffix(".html").name for p in paginas}
    quarto = proyecto.raiz / "_quarto.yml"
    lineas = quarto.read_text(encoding="utf-8").splitlines(keepends=True)
    quedan = [x for x in lineas if not (m := re.search(r"href: /(\S+)\}", x)) or m[1] in hay]
    if quedan[-1].strip() == "pie:":
        quedan[-1] = "  pie: []\n"
    quarto.write_text("".join(quedan), encoding="utf-8")
    for pagina in paginas:
        texto = pagina.read_text(encoding="utf-8")
        pagina.write_text(
            re.sub(
                r"\[([^\]]*)\]\(([\w-]+\.html)(?:#[^)]*)?\)",
                lambda m: m[0] if m[2] in hay else m[1],
                texto,
            ),
            encoding="utf-8",
        )


@pytest.fixture
def minimo(tmp_path: Path) -> Proyecto:
    """Proyecto de dos misiones, desechable y rápido de construir."""
    return reducir(copiar_entradas(tmp_path / "minimo"))


def copia_de(construido: Proyecto, destino: Path) -> Proyecto:
    """Copia desechable de un proyecto con todo lo que ya tiene construido."""
    return Proyecto(shutil.copytree(construido.raiz, destino, symlinks=True))


@pytest.fixture(scope="session")
def resultados_reales(proyecto_real: Proyecto) -> Resultados:
    return calcular(proyecto_real)


@pytest.fixture(scope="session")
def minimo_de_todos(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """El proyecto mínimo con su edición construida, de solo lectura."""

    def hacer(carpeta: Path) -> None:
        construir(reducir(copiar_entradas(carpeta / "minimo")), "embebido")

    return Proyecto(compartido(tmp_path_factory, "minimo-construido", hacer) / "minimo")


@pytest.fixture
def construido(minimo_de_todos: Proyecto, tmp_path: Path) -> Proyecto:
    """El proyecto mínimo ya construido, desechable: lo que se cambie se rehace por partes."""
    return copia_de(minimo_de_todos, tmp_path / "minimo")


@pytest.fixture(scope="session")
def sin_demostracion(
    minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory
) -> Proyecto:
    """El proyecto mínimo construido con ``incluir_demostracion: false``, de solo lectura."""

    def hacer(carpeta: Path) -> None:
        proyecto = copia_de(minimo_de_todos, carpeta / "minimo")
        reemplazar(proyecto.territorio, "incluir_demostracion: true", "incluir_demostracion: false")
        construir(proyecto, "embebido")

    return Proyecto(compartido(tmp_path_factory, "sin-demostracion", hacer) / "minimo")


@pytest.fixture(scope="session")
def real_construido(tmp_path_factory: pytest.TempPathFactory) -> Proyecto:
    """El proyecto entero con su edición construida, de solo lectura."""

    def hacer(carpeta: Path) -> None:
        construir(copiar_entradas(carpeta / "proyecto"), "embebido")

    return Proyecto(compartido(tmp_path_factory, "real-construido", hacer) / "proyecto")


@pytest.fixture(scope="module")
def navegador() -> Iterator:
    with chromium() as abierto:
        yield abierto


def reemplazar(ruta: Path, antes: str, despues: str) -> None:
    """Reemplaza la primera aparición; falla si no está."""
    texto = ruta.read_text(encoding="utf-8")
    assert antes in texto, f"{antes!r} no está en {ruta}"
    ruta.write_text(texto.replace(antes, despues, 1), encoding="utf-8")


def con_muestra(casos: Iterable, cuantos: int) -> list:
    """Los casos de una prueba: ``cuantos``, repartidos entre todos, en lo rápido; los demás, solo
    en los bucles largos.
    """
    todos = list(casos)
    rapidos = {i * len(todos) // cuantos for i in range(cuantos)}
    return [
        caso
        if i in rapidos
        else pytest.param(*(caso if isinstance(caso, tuple) else (caso,)), marks=pytest.mark.largo)
        for i, caso in enumerate(todos)
    ]


@pytest.fixture
def cambiar() -> Callable[[Path, str, str], None]:
    return reemplazar
