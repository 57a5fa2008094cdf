"""Motor Quarto: el binario instalado.

Quarto escribe las páginas una tras otra, y casi todo lo que tarda en cada una es arrancar pandoc
con los filtros de él: aquí se reparten entre los procesadores. Dos procesos en un mismo proyecto se
estorban, así que cada uno trabaja en una copia que lleva solo sus páginas y lo que leen.

Quarto da a Typst como raíz esa copia, que no lleva ``data/``: un ``#read`` que se colara en un
boletín no hallaría ningún dato. Además, ningún texto de datos o del catálogo llega a Typst como
marcado (``escapes``), un cuaderno no publica Markdown con bloques crudos (``cuadernos.normalizar``)
y la plantilla del boletín no lee archivos.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from ..errores import ErrorDeEjecucion, ErrorDeUso
from ..paginas.fuentes import (
    Pagina,
    configuracion,
    imagenes_citadas,
    incluidos,
    obras_declaradas,
    paginas,
)
from ..rutas import CARPETA_DE_QUARTO, Proyecto
from .comun import PUBLICA, fecha_de_los_datos, repartir
from .versiones import ruta_de_quarto

MINIMA = (1, 7)
HERRAMIENTAS = ("pandoc", "typst")
PROCESOS = 4
"""Cuántos Quarto a la vez, a lo más: cada uno ocupa medio giga."""
POR_PROCESO = 12
"""Con menos páginas que estas, arrancar otro Quarto no compensa."""
POR_PAGINA = 150_000
"""Lo que cuesta una página por serlo, en signos de texto."""
SALIDA, DIBUJOS = "_borrador", "dibujos"
APARTE = "OBSERVATORIO_APARTE"
"""La carpeta donde el filtro deja los SVG de una página, que así no pasan por el analizador de HTML
de Quarto: los reescribe de otra forma, más larga.
"""
APARTADO = re.compile(r"<!--aparte:([0-9a-f]{40})-->")
SIN_VERAPDF = "verapdf is not installed"
"""Quarto avisa, boletín por boletín, de que no repasa con veraPDF lo que Typst ya le hizo cumplir:
con ``pdf-standard``, Typst no escribe un PDF que no lo cumpla.
"""


def version() -> str:
    """Versión del Quarto instalado; lanza ``ErrorDeUso`` si no hay o es anterior a la mínima."""
    quarto = ruta_de_quarto()
    if quarto is None:
        raise ErrorDeUso(
            "Quarto no está instalado; use --motor embebido, que da el mismo sitio, o instálelo"
            " como dice requirements-quarto.txt"
        )
    texto = subprocess.run(
        [quarto, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if tuple(int(p) for p in texto.split(".")[:2]) < MINIMA:
        raise ErrorDeUso(
            f"Quarto {texto} es anterior a {'.'.join(map(str, MINIMA))}; actualícelo o use --motor"
            " embebido"
        )
    return texto


def motor() -> str:
    """Su nombre con las versiones de lo que usa: el pandoc y el Typst que trae, o los que su
    entorno le ponga en lugar de ellos.
    """
    quarto = f"quarto-{version()}"
    return " ".join([quarto, *_herramientas(str(ruta_de_quarto()))])


@cache
def _herramientas(quarto: str) -> tuple[str, ...]:
    """``("pandoc-3.8.3", "typst-0.14.2")``; se preguntan a la vez, que arrancar Quarto tarda."""
    preguntas = {
        nombre: subprocess.Popen(
            [quarto, nombre, "--version"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        for nombre in HERRAMIENTAS
    }
    dichas = []
    for nombre, pregunta in preguntas.items():
        dicho = pregunta.communicate()[0]
        hallada = re.search(rf"(?m)^{nombre}\S* (\d[\w.]*)", dicho)
        if pregunta.returncode or hallada is None:
            raise ErrorDeUso(
                f"a este Quarto le falta su {nombre}: {dicho.strip()}\n    remedio: vuelva a"
                " instalarlo, o use --motor embebido"
            )
        dichas.append(f"{nombre}-{hallada[1]}")
    return tuple(dichas)


def renderizar(proyecto: Proyecto, destino: Path) -> str:
    """Renderiza en ``destino`` todas las páginas, y nada más; devuelve lo que dijo Quarto.

    Lanza ``ErrorDeEjecucion`` si Quarto falla.
    """
    hay, conf = paginas(proyecto), configuracion(proyecto)
    por_fuente: dict[Path, list[Pagina]] = {}
    for pagina in hay:
        por_fuente.setdefault(pagina.fuente, []).append(pagina)
    procesos = min(os.cpu_count() or 2, PROCESOS, len(por_fuente) // POR_PROCESO + 1)
    grupos = repartir(list(por_fuente.values()), _trabajo, procesos)
    with TemporaryDirectory(prefix=CARPETA_DE_QUARTO, dir=proyecto.trabajo) as aparte:
        partes = [
            copiar(proyecto, Path(aparte).resolve() / str(n), [p for g in grupo for p in g], conf)
            for n, grupo in enumerate(grupos)
        ]
        with ThreadPoolExecutor(len(partes)) as hilos:
            hechos = list(hilos.map(lambda parte: _quarto(proyecto, parte), partes))
        motivos = [_motivo(dicho) for codigo, dicho in hechos if codigo]
        if motivos:
            raise ErrorDeEjecucion("Quarto no terminó:\n" + "\n".join(dict.fromkeys(motivos)))
        for parte, grupo in zip(partes, grupos, strict=True):
            for pagina in (p for g in grupo for p in g):
                _recoger(parte, pagina.salida, destino)
    return "\n".join(dicho for _, dicho in hechos)


def _trabajo(de_una_fuente: Sequence[Pagina]) -> int:
    """Lo que cuesta una fuente; su boletín es una página más."""
    return sum(POR_PAGINA + len(p.cuerpo) for p in de_una_fuente)


def copiar(
    proyecto: Proyecto, parte: Path, suyas: Sequence[Pagina], conf: Mapping[str, object]
) -> Proyecto:
    """Un proyecto en ``parte`` con estas páginas y con lo que leen: la extensión, las piezas, las
    imágenes que muestran, lo que incluyen y las obras que citan.
    """
    fuentes = dict.fromkeys(p.fuente for p in suyas)
    leidos = [*fuentes, *(proyecto.raiz / n for n in obras_declaradas(conf))]
    for pagina in suyas:
        carpeta = pagina.fuente.parent
        leidos += [carpeta / n for n in obras_declaradas(pagina.metadatos)]
        if pagina.fuente.suffix == ".qmd":
            leidos += incluidos(pagina.fuente.read_text(encoding="utf-8"), carpeta)
    archivos = imagenes_citadas(proyecto, suyas)
    archivos |= {os.path.relpath(archivo, proyecto.raiz): archivo for archivo in leidos}
    for relativa, archivo in archivos.items():
        (parte / relativa).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(archivo, parte / relativa)
    for carpeta in (proyecto.extension, proyecto.trabajo / "piezas", proyecto.trabajo / "cabezas"):
        if carpeta.is_dir():
            shutil.copytree(carpeta, parte / proyecto.relativa(carpeta), dirs_exist_ok=True)
    render = [f"/{proyecto.relativa(fuente)}" for fuente in fuentes]
    de_quarto = {"type": "default", "output-dir": SALIDA, "render": render}
    (parte / "_quarto.yml").write_text(
        yaml.safe_dump({**conf, "project": de_quarto}, allow_unicode=True, sort_keys=False),
        encoding="utf-8",
    )
    return Proyecto(parte)


def _quarto(proyecto: Proyecto, parte: Proyecto) -> tuple[int, str]:
    """``(código de salida, lo que dijo)`` de renderizar una parte, con las rutas del proyecto."""
    entorno = {
        **os.environ,
        "TYPST_FONT_PATHS": str(proyecto.trabajo / "fuentes"),
        "QUARTO_PYTHON": _python(),
        "SOURCE_DATE_EPOCH": str(fecha_de_los_datos(proyecto)),
        "NO_COLOR": "1",
        PUBLICA: "1",
        APARTE: str(parte.raiz / DIBUJOS),
    }
    (parte.raiz / DIBUJOS).mkdir()
    r = subprocess.run(
        [str(ruta_de_quarto()), "render", str(parte.raiz)],
        cwd=parte.raiz,
        env=entorno,
        capture_output=True,
        text=True,
        check=False,
    )
    dicho = f"{r.stdout}{r.stderr}".strip()
    return r.returncode, dicho.replace(str(parte.raiz), str(proyecto.raiz))


def _recoger(parte: Proyecto, salida: str, destino: Path) -> None:
    """Lleva una página a ``destino``, con sus dibujos de vuelta en su sitio."""
    hecha, final = parte.raiz / SALIDA / salida, destino / salida
    if not hecha.is_file():
        raise ErrorDeEjecucion(f"Quarto no terminó:\nno escribió {salida}, y no dijo por qué")
    final.parent.mkdir(parents=True, exist_ok=True)
    if hecha.suffix != ".html":
        shutil.move(hecha, final)
        return
    html = APARTADO.sub(
        lambda m: (parte.raiz / DIBUJOS / m[1]).read_text(encoding="utf-8"),
        hecha.read_text(encoding="utf-8"),
    )
    # Como texto, en Windows saldría con otros saltos de línea, y la edición con otras huellas.
    final.write_bytes(html.encode("utf-8"))


def avisos(dicho: str) -> Iterator[str]:
    """De lo que Quarto dijo, lo que avisa, una vez cada cosa."""
    lineas = (linea.strip() for linea in dicho.splitlines() if "WARN" in linea)
    yield from dict.fromkeys(linea for linea in lineas if SIN_VERAPDF not in linea)


def _motivo(dicho: str) -> str:
    """Lo que dijeron los filtros del proyecto; si no fueron ellos, desde el error de Quarto; si
    nada de eso hay, todo: lo de antes son las opciones de cada página.
    """
    propias = [linea for linea in dicho.splitlines() if linea.startswith("[observatorio]")]
    return "\n".join(propias) or dicho[max(dicho.find("ERROR"), 0) :]


def _python() -> str:
    import sys

    return sys.executable
