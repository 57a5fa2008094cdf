"""Lo que un cuaderno lee sin haberlo declarado, visto en su código antes de ejecutarlo.

Ve lo que se escribe sin querer saltarse nada; lo que se arma al ejecutar lo detiene la ``guardia``.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator

from ..errores import ErrorDeDatos

LECTORES = re.compile(
    r"open|read_(text|bytes)|(read|scan)_\w+|genfromtxt|fromfile|loadtxt|memmap|load_workbook|Parquet(File|Dataset)|ExcelFile|deserialize|from_path|UrlData"
)
MODULOS = re.compile(
    r"subprocess|socket|urllib\.request|requests|httpx|http\.client|ftplib|sqlite3|duckdb|ctypes|multiprocessing|shutil|pty"
)
DE_PROGRAMAS = re.compile(r"os\.(system|popen|exec\w+|spawn\w+|posix_spawnp?|startfile)")
MAGIA = re.compile(
    r"^\s*(?:[\w.,\s]*=\s*)?(!|%%?(?:run|load|loadpy|sx|sc|system|bash|sh|script|cmd|cat|pycat|less|more|writefile|file|store|sql)\b|%%!)"
)
OTRA_MAGIA = re.compile(r"^\s*%")
PISTA = re.compile(
    rf"\b(?:{LECTORES.pattern}|{MODULOS.pattern}|os)\b|^\s*(?:[\w.,\s]*=\s*)?[!%]", re.MULTILINE
)
"""Sin ninguna no hay nada que mirar: casi ninguna celda lee por su cuenta."""
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


def lecturas_sin_declarar(
    celdas: Iterable[dict], archivo: str, entradas: tuple[str, ...]
) -> Iterator[ErrorDeDatos]:
    """Un error por línea que lee por su cuenta; ``celdas``: las del cuaderno, y ``archivo``, su
    ruta desde la raíz.

    Un literal que nombra una entrada declarada se admite, y lo que se lee de la memoria también.
    """
    for numero, celda in enumerate(celdas, 1):
        if celda["cell_type"] != "code":
            continue
        codigo = "".join(celda["source"])
        if not PISTA.search(codigo):
            continue
        lineas = codigo.splitlines()
        hallados = {
            (n, REGLA_DE_PROGRAMAS) for n, linea in enumerate(lineas, 1) if MAGIA.match(linea)
        }
        hallados |= set(_del_codigo(lineas, posixpath.dirname(archivo), entradas))
        for linea, regla in sorted(hallados):
            remedio = REMEDIO if regla == REGLA else REMEDIO_DE_PROGRAMAS
            yield ErrorDeDatos(
                archivo,
                None,
                f"celda {numero}, línea {linea}",
                lineas[linea - 1].strip(),
                regla,
                remedio,
            )


def _del_codigo(
    lineas: list[str], carpeta: str, entradas: tuple[str, ...]
) -> Iterator[tuple[int, str]]:
    try:
        arbol = ast.parse(
            "\n".join("" if MAGIA.match(x) or OTRA_MAGIA.match(x) else x for x in lineas)
        )
    except SyntaxError:
        return
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
