"""Lo común de las pruebas de publicación: copias limpias, cambios al azar y cuántas vueltas da cada
bucle.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from conftest import compartido, copia_de
from observatorio.catalogo import cargar
from observatorio.construir import construir
from observatorio.datos.observaciones import validar
from observatorio.edicion import ediciones
from observatorio.errores import DatosInvalidos
from observatorio.publicacion import publicar
from observatorio.rutas import PAGINAS_GENERADAS, Proyecto

LARGO = bool(os.environ.get("OBSERVATORIO_LARGO"))
GENERADAS = {
    ".trabajo",
    "datos",
    "activos",
    "indicadores",
    "anexos",
    "cambios",
    "buscar",
    "_sesiones",
    "ediciones",
    "_site",
    "_borrador",
    ".git",
    *PAGINAS_GENERADAS,
}
Cambio = Callable[[Proyecto, random.Random], str]


def vueltas(cortas: int, largas: int) -> int:
    """Tamaño del bucle en ``make pruebas`` y en ``make pruebas-largas``."""
    return largas if LARGO else cortas


def reponer(*dicho: object) -> str:
    """``volver`` con ediciones que solo se construyeron, para mirar cómo llegan a su destino."""
    with mock.patch.object(publicar, "_exigir_vista"):
        return publicar.volver(*dicho)  # type: ignore[arg-type]


def copia_limpia(proyecto: Proyecto, destino: Path) -> Proyecto:
    """Otro proyecto con las mismas entradas y nada generado; comparte solo el paquete de Vega, que
    va por versión.
    """

    def sin(carpeta: str, nombres: list[str]) -> set[str]:
        generados = (
            {"index.ipynb", "indicadores.ipynb"}
            if Path(carpeta).parent.name == "misiones"
            else set()
        )
        return (GENERADAS if Path(carpeta) == proyecto.raiz else generados) & set(nombres)

    shutil.copytree(proyecto.raiz, destino, ignore=sin, symlinks=True)
    return Proyecto(destino)


def _editar(ruta: Path, hacer: Callable[[str], str]) -> None:
    ruta.write_text(hacer(ruta.read_text(encoding="utf-8")), encoding="utf-8")


def _agregar(ruta: Path, texto: str) -> None:
    _editar(ruta, lambda t: t + texto)


def dato(proyecto: Proyecto, azar: random.Random) -> str:
    """Mueve un numerador o quita una fila, siempre que lo que queda pase la compuerta."""
    for _ in range(12):
        ruta = azar.choice(sorted(proyecto.observaciones.glob("*.csv")))
        antes = ruta.read_bytes()
        hecho = _una_fila(ruta, azar)
        try:
            validar(proyecto, cargar(proyecto))
        except DatosInvalidos:
            ruta.write_bytes(antes)
        else:
            return hecho
    return otro_dato(proyecto, azar)


def _una_fila(ruta: Path, azar: random.Random) -> str:
    cabecera, *filas = ruta.read_text(encoding="utf-8").splitlines()
    columnas = cabecera.split(",")
    i, n, d = azar.randrange(len(filas)), columnas.index("numerador"), columnas.index("denominador")
    celdas = filas[i].split(",")
    if (
        celdas[n]
        and celdas[d]
        and not celdas[columnas.index("valor")]
        and float(celdas[n]) + 1 < float(celdas[d])
    ):
        celdas[n] = f"{float(celdas[n]) + 1:g}"
        filas[i] = ",".join(celdas)
    else:
        del filas[i]
    ruta.write_text("\n".join([cabecera, *filas]) + "\n", encoding="utf-8")
    return f"fila {i + 2} de {ruta.name}"


def otro_dato(proyecto: Proyecto, azar: random.Random) -> str:
    """Un texto de una tabla o de un YAML que solo usan las piezas."""
    nombre, viejo = azar.choice(
        [
            ("gobernanza/comites.yml", "papel: "),
            ("fuentes.yml", "titulo: "),
            ("territorio.yml", "  lema: "),
        ]
    )
    _editar(
        proyecto.data / nombre,
        lambda t: t.replace(viejo, f"{viejo}Nuevo {azar.randrange(10**6)} ", 1),
    )
    return f"data/{nombre}"


def metodo(proyecto: Proyecto, azar: random.Random) -> str:
    banda = azar.choice(["0.94", "0.93", "0.92", "0.91"])
    _editar(proyecto.territorio, lambda t: re.sub(r"en_ruta: [\d.]+", f"en_ruta: {banda}", t))
    return f"banda {banda}"


def catalogo(proyecto: Proyecto, azar: random.Random) -> str:
    ruta = azar.choice(sorted(proyecto.misiones.glob("*/hoja-de-ruta.yml")))
    campo = azar.choice(["nombre_corto", "nombre", "responsable"])
    donde = azar.choice(
        list(
            re.finditer(
                rf"^        {campo}: (\w.*)$", ruta.read_text(encoding="utf-8"), re.MULTILINE
            )
        )
    )
    _editar(ruta, lambda t: t[: donde.end()] + f" {azar.randrange(100)}" + t[donde.end() :])
    return f"{ruta.parent.name}: {campo}"


def cuaderno(proyecto: Proyecto, azar: random.Random) -> str:
    titulo = "Avance de cada indicador frente a lo esperado"
    _editar(
        proyecto.cuadernos / "mision.ipynb",
        lambda t: re.sub(rf"{titulo}[ \d]*", f"{titulo} {azar.randrange(10**6)}", t),
    )
    return "título de un gráfico"


def filtro(proyecto: Proyecto, azar: random.Random) -> str:
    _editar(
        proyecto.extension / "observatorio.lua",
        lambda t: re.sub(r'nota = "\w+', f'nota = "Nota{azar.randrange(10**6)}', t),
    )
    return "filtro"


def plantilla(proyecto: Proyecto, azar: random.Random) -> str:
    html = azar.random() < 0.5
    if html:
        _editar(
            proyecto.extension / "pagina.html",
            lambda t: t.replace("<main ", f"<!-- {azar.randrange(10**6)} -->\n<main ", 1),
        )
    else:
        _editar(
            proyecto.extension / "boletin.typ",
            lambda t: t.replace("$body$", f"Texto {azar.randrange(10**6)}.\n\n$body$", 1),
        )
    return "plantilla de " + ("página" if html else "boletín")


def estilo(proyecto: Proyecto, azar: random.Random) -> str:
    nombre = azar.choice(["estilo.css", "sitio.js"])
    _agregar(proyecto.extension / nombre, f"\n/* {azar.randrange(10**6)} */\n")
    return nombre


def pagina(proyecto: Proyecto, azar: random.Random) -> str:
    """Cambia, crea o borra una página de prosa, que puede citar piezas de varias maneras."""
    otra = proyecto.raiz / "otra.qmd"
    suerte = azar.random()
    if otra.is_file() and suerte < 0.3:
        otra.unlink()
        return "se borra otra.qmd"
    ruta = otra if suerte < 0.7 else proyecto.raiz / "index.qmd"
    if not ruta.is_file():
        ruta.write_text('---\ntitle: "Otra"\ndescription: "Otra página."\n---\n', encoding="utf-8")
    cita = azar.choice(
        [
            "[M4-K01]{.kpi}",
            "[M7-K01]{.kpi}",
            "\n\n::: {.pieza nombre=comites}\n:::\n",
            "\n\n:::: {.nota}\nAlgo.\n::::\n",
        ]
    )
    _agregar(ruta, f"\nPárrafo {azar.randrange(10**6)}. {cita}\n")
    return ruta.name


def configuracion(proyecto: Proyecto, azar: random.Random) -> str:
    _editar(
        proyecto.raiz / "_quarto.yml",
        lambda t: re.sub(r"lugar: .*", f"lugar: Lugar {azar.randrange(10**6)}", t),
    )
    return "_quarto.yml"


CAMBIOS: tuple[Cambio, ...] = (
    dato,
    dato,
    otro_dato,
    metodo,
    catalogo,
    cuaderno,
    filtro,
    plantilla,
    estilo,
    pagina,
    pagina,
    configuracion,
)


def otra(proyecto: Proyecto, texto: str) -> None:
    """Cambia el estilo y una página: otra edición, con otros activos."""
    for nombre in ("estilo.css", "sitio.js"):
        with (proyecto.extension / nombre).open("a", encoding="utf-8") as archivo:
            archivo.write(f"\n/* {texto} */\n")
    with (proyecto.raiz / "index.qmd").open("a", encoding="utf-8") as archivo:
        archivo.write(f"\nTexto {texto}.\n")


def edicion_de_juguete(
    proyecto: Proyecto, identificador: str, archivos: dict[str, str] | None = None
) -> Path:
    """Una edición sellada con lo justo para publicarla: nada que construir."""
    temporal = ediciones.carpeta_nueva(proyecto)
    ficha = {
        "contenido": identificador,
        "edicion": identificador,
        "version": "1.0.0",
        "fecha_corte": "2026-10-31",
        "frases": [f"Edición {identificador}."],
    }
    fijos = {
        "index.html": f"<p>{identificador}</p>",
        f"activos/estilo-{identificador}.css": identificador,
        "datos/kpis.json": "[]\n",
        "datos/observaciones.csv": "kpi,periodo,valor\n",
        f"ediciones/{identificador}.json": json.dumps(ficha),
    }
    for ruta, texto in (fijos | (archivos or {})).items():
        (temporal / ruta).parent.mkdir(parents=True, exist_ok=True)
        (temporal / ruta).write_text(texto, encoding="utf-8")
    return ediciones.sellar(proyecto, temporal, identificador)


@pytest.fixture(scope="session")
def dos_base(
    minimo_de_todos: Proyecto, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Proyecto, list[str]]:
    def hacer(carpeta: Path) -> None:
        proyecto = copia_de(minimo_de_todos, carpeta / "minimo")
        otra(proyecto, "segunda")
        construir(proyecto, "embebido")

    proyecto = Proyecto(compartido(tmp_path_factory, "dos-construidas", hacer) / "minimo")
    return proyecto, [ediciones.actual(p) for p in (minimo_de_todos, proyecto)]


@pytest.fixture
def dos(dos_base, tmp_path: Path) -> tuple[Proyecto, list[Path]]:
    """Un proyecto desechable con dos ediciones construidas, de activos distintos."""
    proyecto = copia_de(dos_base[0], tmp_path / "minimo")
    return proyecto, [proyecto.ediciones / i for i in dos_base[1]]
