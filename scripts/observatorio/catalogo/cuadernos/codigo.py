"""Qué lee un cuaderno, visto en su código antes de ejecutarlo.

De la misma lectura salen dos respuestas. ``lecturas_sin_declarar`` rechaza lo que se ve leer: lo
que se arma al ejecutar lo detiene la ``guardia``. ``lee_por_su_cuenta`` pregunta si podría leer
algo que nadie le dio (una ruta por partes, un ``glob``, un módulo de al lado): entonces todo el
proyecto es su entrada, y ante la duda se rehace de más.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...base import lecturas
from ...errores import ErrorDeDatos

DE_MAS = ("datos", "hojas de ruta", "cuadernos", "páginas")
"""Familias de entradas de las que depende un cuaderno que lee por su cuenta."""

LECTORES = re.compile(
    r"open|read_(text|bytes)|(read|scan)_\w+|genfromtxt|fromfile|loadtxt|memmap|load_workbook|Parquet(File|Dataset)|ExcelFile|deserialize|from_path|UrlData"
)
MODULOS = re.compile(
    r"subprocess|socket|urllib\.request|requests|httpx|http\.client|ftplib|sqlite3|duckdb|ctypes|multiprocessing|shutil|pty"
)
QUIZA_LECTORES = re.compile(
    rf"{LECTORES.pattern}|i?r?glob|iterdir|listdir|scandir|walk|eval|exec|__import__|import_module"
    r"|get_ipython|(read|scan|load)(_?\w+)?|\w*Path"
)
QUIZA_MODULOS = re.compile(rf"{MODULOS.pattern}|builtins|glob|importlib|io|os|pathlib|runpy|sys")
"""Con ellos se puede leer, o no: por nombrarlos solo se rehace de más."""
DE_PROGRAMAS = re.compile(r"os\.(system|popen|exec\w+|spawn\w+|posix_spawnp?|startfile)")
MAGIA = re.compile(
    r"^\s*(?:[\w.,\s]*=\s*)?(!|%%?(?:run|load|loadpy|sx|sc|system|bash|sh|script|cmd|cat|pycat|less|more|writefile|file|store|sql)\b|%%!)"
)
OTRA_MAGIA = re.compile(r"^\s*%")
PISTA = re.compile(
    rf"\b(?:{LECTORES.pattern}|{MODULOS.pattern}|os)\b|^\s*(?:[\w.,\s]*=\s*)?[!%]", re.MULTILINE
)
"""Sin ninguna no hay nada que mirar: casi ninguna celda lee por su cuenta."""
CUALQUIERA = re.compile("")
FORMATO = 4
"""El de los cuadernos que Jupyter guarda desde 2015."""
EN_MEMORIA = ("StringIO", "BytesIO", "encode")
REGLA, REGLA_DE_PROGRAMAS = "lectura-sin-declarar", "programa-en-cuaderno"
REMEDIO = (
    'declárelo en «entradas» y léalo con a.tabla("…"), donde a = obs.abrir_analisis(entradas); de'
    ' lo que aún no pasó por la privacidad use a.tabla("publica")'
)
REMEDIO_DE_PROGRAMAS = (
    "un cuaderno no lanza otros programas ni sale a la red: traiga el dato a data/ con su tarjeta,"
    " declárelo en «entradas» y léalo con a.tabla(…)"
)


@dataclass(frozen=True, slots=True)
class Codigo:
    """El código de una celda (``numero``, desde 1): sus líneas y su árbol con las magias en blanco;
    sin árbol si no es Python.
    """

    numero: int
    lineas: tuple[str, ...]
    con_magia: bool
    arbol: ast.Module | None


def celdas_de(cuaderno: Path) -> list[dict]:
    """Las celdas del cuaderno, de solo lectura; ninguna si el archivo no lo es: entonces tampoco
    declara nada.
    """
    try:
        return celdas_en(lecturas.texto(cuaderno))
    except (ValueError, OSError):
        return []


@lru_cache(maxsize=64)
def celdas_en(texto: str) -> list[dict]:
    """De solo lectura: quien pregunta por el mismo texto recibe las mismas celdas. Lanza
    ``ValueError`` si no es un cuaderno.
    """
    try:
        celdas: list[dict] = json.loads(texto)["cells"]
        bien = all(
            isinstance(c["cell_type"], str)
            and isinstance(c["metadata"], dict)
            and isinstance("".join(c["source"]), str)
            for c in celdas
        )
    except (KeyError, TypeError, RecursionError) as e:
        raise ValueError("no tiene la forma de un cuaderno") from e
    if not (bien and isinstance(celdas, list)):
        raise ValueError("no tiene la forma de un cuaderno")
    return celdas


def con_su_forma(texto: str) -> bool:
    """¿Tiene todo lo que hace falta para ejecutarlo, además de sus celdas? A los que escribe un
    programa, o una mano, puede faltarles algo que Jupyter siempre pone. Lanza ``ValueError`` como
    ``celdas_en``.
    """
    celdas, cuaderno = celdas_en(texto), json.loads(texto)
    return (
        cuaderno.get("nbformat") == FORMATO
        and isinstance(cuaderno.get("nbformat_minor"), int)
        and isinstance(cuaderno.get("metadata"), dict)
        and all(
            isinstance(c["metadata"].get("tags", []), list)
            and isinstance(c.get("attachments", {}), dict)
            and (c["cell_type"] != "code" or isinstance(c.get("outputs"), list))
            for c in celdas
        )
    )


def codigos_de(celdas: Iterable[dict]) -> Iterator[Codigo]:
    """El código de todas las celdas que lo tienen."""
    return _codigos(celdas, CUALQUIERA)


def _codigos(celdas: Iterable[dict], pista: re.Pattern[str]) -> Iterator[Codigo]:
    """El código de las celdas en las que hay alguna ``pista``."""
    for numero, celda in enumerate(celdas, 1):
        texto = "".join(celda["source"])
        if celda["cell_type"] == "code" and pista.search(texto):
            yield _codigo(numero, texto)


@lru_cache(maxsize=256)
def _codigo(numero: int, texto: str) -> Codigo:
    lineas = tuple(texto.splitlines())
    python = ["" if MAGIA.match(x) or OTRA_MAGIA.match(x) else x for x in lineas]
    try:
        arbol = ast.parse("\n".join(python))
    except (SyntaxError, ValueError):
        arbol = None
    return Codigo(numero, lineas, python != list(lineas), arbol)


def lee_por_su_cuenta(cuaderno: Path) -> bool:
    """¿Nombra el cuaderno algo con que se leen archivos, o importa un módulo que no viene de un
    paquete? Lo que no es Python puro cuenta como lector.
    """
    vecinos = {p.stem for p in cuaderno.parent.rglob("*.py")} | {
        p.name for p in cuaderno.parent.iterdir() if p.is_dir()
    }
    for codigo in _codigos(celdas_de(cuaderno), CUALQUIERA):
        if codigo.con_magia or codigo.arbol is None:
            return True
        for nombre, es_modulo in _nombrados(codigo.arbol):
            if QUIZA_LECTORES.fullmatch(nombre) or (es_modulo and _puede_leer(nombre, vecinos)):
                return True
    return False


def _puede_leer(modulo: str, vecinos: set[str]) -> bool:
    raiz = modulo.partition(".")[0]
    return (
        raiz in vecinos
        or any(QUIZA_MODULOS.fullmatch(m) for m in (modulo, raiz))
        or importlib.util.find_spec(raiz) is None
    )


def _nombrados(arbol: ast.Module) -> Iterator[tuple[str, bool]]:
    """``(nombre, ¿es un módulo que se importa?)`` de todo el código."""
    for nodo in ast.walk(arbol):
        match nodo:
            case ast.Import(names=alias):
                yield from ((a.name, True) for a in alias)
            case ast.ImportFrom(module=modulo, names=alias):
                yield modulo or "builtins", True
                yield from ((a.name, False) for a in alias)
            case ast.Attribute(attr=nombre) | ast.Name(id=nombre):
                yield nombre, False


def lecturas_sin_declarar(
    celdas: Iterable[dict], archivo: str, entradas: tuple[str, ...]
) -> Iterator[ErrorDeDatos]:
    """Un error por línea que lee por su cuenta; ``celdas``: las del cuaderno, y ``archivo``, su
    ruta desde la raíz.

    Un literal que nombra una entrada declarada se admite, y lo que se lee de la memoria también.
    """
    for codigo in _codigos(celdas, PISTA):
        hallados = {
            (n, REGLA_DE_PROGRAMAS)
            for n, linea in enumerate(codigo.lineas, 1)
            if MAGIA.match(linea)
        }
        if codigo.arbol is not None:
            hallados |= set(_del_arbol(codigo.arbol, posixpath.dirname(archivo), entradas))
        for linea, regla in sorted(hallados):
            remedio = REMEDIO if regla == REGLA else REMEDIO_DE_PROGRAMAS
            yield ErrorDeDatos(
                archivo,
                None,
                f"celda {codigo.numero}, línea {linea}",
                codigo.lineas[linea - 1].strip(),
                regla,
                remedio,
            )


def _del_arbol(
    arbol: ast.Module, carpeta: str, entradas: tuple[str, ...]
) -> Iterator[tuple[int, str]]:
    admitidos = {
        id(n.func)
        for n in ast.walk(arbol)
        if isinstance(n, ast.Call) and _admitido(n, carpeta, entradas)
    }
    for nodo in ast.walk(arbol):
        match nodo:
            case ast.Import(names=alias) if any(_de_fuera(a.name) for a in alias):
                yield nodo.lineno, REGLA_DE_PROGRAMAS
            case ast.ImportFrom(module=str(modulo), names=alias) if _de_fuera(modulo) or any(
                _de_fuera(f"{modulo}.{a.name}") or DE_PROGRAMAS.fullmatch(f"{modulo}.{a.name}")
                for a in alias
            ):
                yield nodo.lineno, REGLA_DE_PROGRAMAS
            case ast.ImportFrom(names=alias) if any(
                a.asname and LECTORES.fullmatch(a.name) for a in alias
            ):
                yield nodo.lineno, REGLA
            case ast.Attribute() if DE_PROGRAMAS.fullmatch(ast.unparse(nodo)):
                yield nodo.lineno, REGLA_DE_PROGRAMAS
            case ast.Attribute(attr=nombre) | ast.Name(id=nombre) if (
                LECTORES.fullmatch(nombre) and id(nodo) not in admitidos
            ):
                yield (nodo.end_lineno or nodo.lineno), REGLA


def _de_fuera(modulo: str) -> bool:
    return any(MODULOS.fullmatch(modulo.rsplit(".", n)[0]) for n in range(modulo.count(".") + 1))


def _admitido(llamada: ast.Call, carpeta: str, entradas: tuple[str, ...]) -> bool:
    """¿Lee algo declarado, o algo que ya está en la memoria?"""
    match llamada.args[:1]:
        case [ast.Constant(value=str(ruta))]:
            return bool({ruta, posixpath.normpath(posixpath.join(carpeta, ruta))} & set(entradas))
        case [ast.Call(func=ast.Name(id=nombre) | ast.Attribute(attr=nombre))]:
            return nombre in EN_MEMORIA
        case [ast.Constant(value=bytes())]:
            return True
    return False
