"""La guardia que acompaña a un cuaderno mientras corre: lo que no declaró no se abre, y no lanza
programas ni sale a la red.

Dos vallas. Un gancho de auditoría de Python ve cuanto abre Python (``open``, ``pathlib``, ``os``,
``sqlite3``, lo que lanza otro programa). polars, pyarrow y calamine leen en código nativo, que el
gancho no ve: sus lectores se envuelven. Es una guardia contra el descuido. Un cuaderno es un
programa, y quien quiera saltarla podrá: por eso alguien los revisa.

Deja pasar, a sabiendas: la propia máquina (``localhost``, por donde habla el kernel de JupyterLab,
y con ella cualquier servicio que escuche ahí) y los zócalos que no son de red; lo que se haga con
``ctypes`` o con otro módulo en código nativo, que ni el gancho ni los envoltorios ven; y lo que lea
de fuera de las carpetas protegidas, como ``/etc`` o la carpeta del usuario.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import importlib.abc
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

PROTEGIDAS = ("data", "misiones", ".git")
"""Carpetas de la raíz que guardan lo que aún no pasó por la privacidad, también en su historia."""
SIEMPRE = ("data/fuentes.yml",)
PROGRAMAS = re.compile(
    r"subprocess\.Popen|pty\.spawn|os\.(system|exec|fork|forkpty|posix_spawn|spawn|startfile\S*)"
)
RED = ("socket.connect", "socket.getaddrinfo")
LOCALES = ("127.0.0.1", "::1", "localhost", None)
ARCHIVOS = frozenset({"open", "sqlite3.connect", "os.link", "os.rename", "os.symlink"})
"""Sucesos de auditoría cuyo primer argumento es un archivo que se lee."""
NATIVOS = {
    "polars": r"(read|scan)_\w+|sql",
    "pandas": r"read_\w+",
    "pyarrow": r"memory_map|input_stream",
    "pyarrow.csv": r"(read|open)_\w+",
    "pyarrow.json": r"(read|open)_\w+",
    "pyarrow.parquet": r"read_\w+|Parquet(File|Dataset)",
    "pyarrow.feather": r"read_\w+",
    "pyarrow.orc": r"read_\w+|ORCFile",
    "pyarrow.dataset": r"dataset|parquet_dataset",
    "python_calamine": r"load_workbook",
}
"""Módulo → sus funciones que leen archivos fuera de la vista de Python."""
METODOS = {
    "polars": (
        ("SQLContext", "execute"),
        ("DataFrame", "sql"),
        ("LazyFrame", "sql"),
        ("DataFrame", "deserialize"),
        ("LazyFrame", "deserialize"),
    )
}
COMILLAS = re.compile(r"""'([^']+)'|"([^"]+)\"""")
REMOTA = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+://", re.IGNORECASE)
COMODIN = re.compile(r"[*?\[{]")
REMEDIO_DE_RED = (
    "traiga el dato a data/ con su tarjeta en data/fuentes.yml, declárelo en «entradas» y léalo con"
    " a.tabla(…)"
)


class LecturaNoDeclarada(PermissionError):
    """El cuaderno quiso leer lo que no declaró, lanzar un programa o salir a la red."""


@dataclass(frozen=True, slots=True)
class Permiso:
    """Lo que un cuaderno puede abrir de las carpetas protegidas de ``raiz``: sus entradas
    declaradas, relativas a ella.
    """

    raiz: Path | None
    entradas: tuple[str, ...] = ()

    def revisar(self, ruta: object) -> None:
        """Lanza ``LecturaNoDeclarada`` si ``ruta`` (texto, bytes o ``Path``; admite comodines) toca
        algo protegido.
        """
        texto = _como_texto(ruta)
        if texto is None or self.raiz is None:
            return
        for posible in _resueltas(texto):
            relativa = self._relativa(posible)
            if relativa is not None and self._vedada(relativa):
                raise LecturaNoDeclarada(
                    f"el cuaderno lee «{relativa}», que no declaró; declárelo en «entradas» y léalo"
                    " con a.tabla(…); lo que aún no pasó por la privacidad no se declara: use"
                    ' a.tabla("publica")'
                )

    def _relativa(self, ruta: str) -> str | None:
        """La ruta desde la raíz si cae en una carpeta protegida, o en la raíz misma, que las
        contiene; si no, nada.
        """
        real = os.path.normcase(os.path.realpath(ruta))
        for nombre, carpeta in _carpetas(str(self.raiz)).items():
            if real == carpeta or (nombre and real.startswith(carpeta + os.sep)):
                return "/".join(
                    filter(None, (nombre, real[len(carpeta) + 1 :].replace(os.sep, "/")))
                )
        return None

    def _vedada(self, relativa: str) -> bool:
        return relativa not in {
            os.path.normcase(e).replace(os.sep, "/") for e in (*SIEMPRE, *self.entradas)
        }


@functools.lru_cache(maxsize=4)
def _carpetas(raiz: str) -> dict[str, str]:
    """Nombre → dónde está de verdad, de la raíz («») y de cada carpeta protegida: alguna puede ser
    un enlace.
    """
    return {n: os.path.normcase(os.path.realpath(os.path.join(raiz, n))) for n in ("", *PROTEGIDAS)}


_vigente: Permiso | None = None


@contextlib.contextmanager
def puesta(permiso: Permiso) -> Iterator[None]:
    """La guardia dentro del bloque: en el proceso que ejecuta las celdas."""
    poner(permiso)
    try:
        yield
    finally:
        _cambiar(None)


def poner(permiso: Permiso) -> None:
    """La guardia hasta que el proceso acabe, o hasta el final de ``puesta``."""
    _instalar()
    _cambiar(permiso)


def poner_en(raiz: str | None, entradas: tuple[str, ...]) -> None:
    """Lo mismo desde la línea de órdenes de un kernel."""
    poner(Permiso(None if raiz is None else Path(raiz), entradas))


def _cambiar(permiso: Permiso | None) -> None:
    global _vigente
    _vigente = permiso


@functools.cache
def _instalar() -> None:
    """Una vez por proceso: un gancho de auditoría no se quita, solo se duerme."""
    sys.addaudithook(_al_suceder)
    sys.meta_path.insert(0, _AlImportar())
    for nombre in NATIVOS:
        if nombre in sys.modules:
            _envolver(sys.modules[nombre])


def _al_suceder(suceso: str, datos: tuple) -> None:
    if _vigente is None:
        return
    if suceso in ARCHIVOS:
        _vigente.revisar(datos[0])
    elif PROGRAMAS.fullmatch(suceso):
        raise LecturaNoDeclarada(
            f"el cuaderno lanza otro programa, que no pasa por la privacidad; {REMEDIO_DE_RED}"
        )
    elif suceso in RED and not _local(suceso, datos):
        raise LecturaNoDeclarada(f"el cuaderno sale a la red; {REMEDIO_DE_RED}")


def _local(suceso: str, datos: tuple) -> bool:
    """La propia máquina: con ella habla el kernel de JupyterLab."""
    destino = datos[1] if suceso == "socket.connect" else datos
    return not isinstance(destino, tuple) or destino[0] in LOCALES


class _AlImportar(importlib.abc.MetaPathFinder):
    """Envuelve los lectores de un módulo en cuanto se importa."""

    def find_spec(
        self,
        nombre: str,
        ruta: Sequence[str] | None = None,
        destino: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if nombre not in NATIVOS:
            return None
        spec = next(
            (
                s
                for b in sys.meta_path
                if b is not self and (s := b.find_spec(nombre, ruta, destino))
            ),
            None,
        )
        if spec is not None and spec.loader is not None:
            ejecutar = spec.loader.exec_module

            def y_envolver(modulo: ModuleType) -> None:
                ejecutar(modulo)
                _envolver(modulo)

            # El cargador es de este módulo solo: envolverlo no toca a ningún otro.
            spec.loader.exec_module = y_envolver  # type: ignore[assignment,method-assign]  # se envuelve
        return spec


def _envolver(modulo: ModuleType) -> None:
    """Los lectores del módulo, revisando antes sus argumentos."""
    for nombre in [n for n in dir(modulo) if re.fullmatch(NATIVOS[modulo.__name__], n)]:
        original = getattr(modulo, nombre)
        if callable(original):
            setattr(modulo, nombre, _revisada(original))
    for clase, metodo in METODOS.get(modulo.__name__, ()):
        dueno = getattr(modulo, clase)
        crudo = dueno.__dict__[metodo]
        setattr(
            dueno,
            metodo,
            (
                classmethod(_revisada(crudo.__func__))
                if isinstance(crudo, classmethod)
                else _revisada(crudo)
            ),
        )


def _revisada(original: Callable) -> Callable:
    @functools.wraps(original)
    def lector(*args: object, **kwargs: object) -> object:
        if _vigente is not None:
            for ruta in _rutas((*args, *kwargs.values())):
                if REMOTA.match(ruta):
                    raise LecturaNoDeclarada(
                        f"el cuaderno lee «{ruta}» de la red; {REMEDIO_DE_RED}"
                    )
                _vigente.revisar(ruta)
        return original(*args, **kwargs)

    return lector


def _rutas(argumentos: Iterable[object]) -> Iterator[str]:
    """Lo que entre los argumentos puede nombrar un archivo: textos, rutas, listas de ellos y lo
    citado en un SQL.
    """
    for argumento in argumentos:
        if isinstance(argumento, list | tuple | set):
            yield from _rutas(argumento)
        elif (texto := _como_texto(argumento)) is not None:
            yield texto
            yield from (a or b for a, b in COMILLAS.findall(texto))


def _como_texto(ruta: object) -> str | None:
    try:
        return os.fsdecode(ruta) if isinstance(ruta, str | bytes | os.PathLike) else None
    except (UnicodeDecodeError, ValueError):
        return None


def _resueltas(texto: str) -> Iterator[str]:
    """El archivo que se nombra; con comodines, los que hay y la carpeta donde se buscan."""
    ruta = os.path.expanduser(texto)
    if ruta.startswith("file:"):
        ruta = re.sub(r"^file:(//(localhost)?(?=/))?", "", ruta).partition("?")[0]
    if "\0" in ruta or not ruta:
        return
    yield ruta
    if COMODIN.search(ruta) and not os.path.exists(ruta):
        yield from glob.iglob(re.sub(r"\{[^}]*\}", "*", ruta), recursive=True, include_hidden=True)
