"""YAML sin sorpresas: las claves repetidas se dicen, y también los números que YAML leería como
otros; una fecha que no existe llega como texto, para que la ficha la rechace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import yaml

from ..errores import ErrorDeDatos

try:
    from yaml import CSafeLoader as CargadorYaml
except ImportError:  # PyYAML sin libyaml: más lento, igual resultado
    from yaml import SafeLoader as CargadorYaml

REMEDIO = "revise sangrías, comillas y dos puntos en esa línea o en la anterior"
REMEDIO_DE_MEZCLA = (
    "no se admite copiar una ficha dentro de otra con «<<»: quite esa línea y escriba en su lugar"
    " cada clave con su valor"
)
NUMERO_AJENO = "numero-que-se-lee-otro"
NIVELES_MAXIMOS, NODOS_MAXIMOS, LETRAS_MAXIMAS = 100, 500_000, 5_000_000
MEZCLA = "tag:yaml.org,2002:merge"
CIFRAS = re.compile(r"[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+|\.(?:inf|nan))", re.I)
"""Los números que se leen como se escriben: ni octales (010), ni horas (18:30), ni 1_028."""
LISTA_VACIA = re.compile(r"\s*([\w-]+: \[\])\s*(?:#.*)?$")
CORCHETES = re.compile(r"[\[\]{}]")
MUCHOS_GUIONES = re.compile(rf"(?m)^[ ]*(?:[-?] +){{{NIVELES_MAXIMOS}}}")
DEMASIADOS_NIVELES, CRECE, DESMEDIDO = (
    "tiene demasiados niveles, unos dentro de otros",
    "sus marcas (&, *) se citan unas a otras y crecen sin medida",
    f"pasa de {LETRAS_MAXIMAS // 10**6} millones de letras",
)
PROBLEMAS = (
    (DEMASIADOS_NIVELES, DEMASIADOS_NIVELES),
    (CRECE, CRECE),
    (DESMEDIDO, DESMEDIDO),
    (
        "mapping values are not allowed",
        "hay dos puntos donde no van: un texto que los lleva se escribe entre comillas",
    ),
    ("did not find expected ',' or", "falta una coma o el corchete que cierra"),
    ("did not find expected key", "la sangría no corresponde, o falta una clave"),
    ("did not find expected", "falta algo que cierre o una sangría igual"),
    ("could not find expected ':'", "faltan los dos puntos tras la clave"),
    ("found a tab", "hay un tabulador: la sangría se hace con espacios"),
    ("found character", "hay un tabulador o un carácter que no puede empezar un valor"),
    (
        "found unexpected end of stream",
        "el archivo termina con una comilla o un corchete sin cerrar",
    ),
    ("found unexpected", "hay algo que no va ahí"),
    ("found undefined alias", "se cita una marca (*) que no está definida"),
    ("found duplicate anchor", "la misma marca (&) está dos veces"),
    ("block sequence entries are not allowed", "hay un guion donde no va una lista"),
    ("expected a single document", "hay más de un documento: quite la línea ---"),
    ("could not determine a constructor", "hay una etiqueta (!) que no se admite"),
    ("control characters are not allowed", "hay un carácter invisible"),
    ("special characters are not allowed", "hay un carácter invisible"),
)


class _Estricto(CargadorYaml):
    """Carga como ``SafeLoader`` y anota en ``repetidas`` la línea y el nombre de cada clave que ya
    estaba, en ``mezclas`` la línea de cada ``<<`` y en ``ajenos`` la línea, lo escrito y lo leído
    de cada número que no es el que parece.
    """

    def __init__(self, texto: str) -> None:
        super().__init__(texto)
        self.repetidas: list[tuple[int, str]] = []
        self.ajenos: list[tuple[int, str, object]] = []
        self.mezclas: list[int] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        vistas = set()
        for clave, _ in node.value:
            if isinstance(clave, yaml.ScalarNode):
                if clave.tag == MEZCLA:
                    self.mezclas.append(clave.start_mark.line + 1)
                elif clave.value in vistas:
                    self.repetidas.append((clave.start_mark.line + 1, clave.value))
                vistas.add(clave.value)
        return super().construct_mapping(node, deep=deep)

    def construir_fecha(self, node: yaml.ScalarNode) -> object:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value

    def construir_entero(self, node: yaml.ScalarNode) -> object:
        return self._como_se_lee(node, self.construct_yaml_int)

    def construir_decimal(self, node: yaml.ScalarNode) -> object:
        return self._como_se_lee(node, self.construct_yaml_float)

    def _como_se_lee(
        self, node: yaml.ScalarNode, construir: Callable[[yaml.ScalarNode], object]
    ) -> object:
        leido = construir(node)
        if not CIFRAS.fullmatch(node.value):
            self.ajenos.append((node.start_mark.line + 1, node.value, leido))
        return leido


_Estricto.add_constructor("tag:yaml.org,2002:timestamp", _Estricto.construir_fecha)
_Estricto.add_constructor("tag:yaml.org,2002:int", _Estricto.construir_entero)
_Estricto.add_constructor("tag:yaml.org,2002:float", _Estricto.construir_decimal)


def arbol(texto: str) -> yaml.Node | None:
    """Los nodos del YAML, con su línea; lanza ``yaml.YAMLError``. El mismo texto da los mismos: son
    de solo lectura.

    Los de un texto con mezclas (``<<``) no se comparten: construir su contenido los cambia.
    """
    return _componer(texto) if "<<" in texto else _compuesto(texto)


def _componer(texto: str) -> yaml.Node | None:
    _sin_hondura(texto)
    lector = _Estricto(texto)
    try:
        raiz = lector.get_single_node()
    finally:
        lector.dispose()
    if raiz is not None and "*" in texto and _nodos(raiz, {}) > NODOS_MAXIMOS:
        raise yaml.MarkedYAMLError(problem=CRECE)
    return raiz


def _sin_hondura(texto: str) -> None:
    """Lanza ``yaml.YAMLError`` si es más largo, o anida más, de lo que nadie escribe: analizarlo
    costaría segundos, o la pila entera.
    """
    if len(texto) > LETRAS_MAXIMAS:
        raise yaml.MarkedYAMLError(problem=DESMEDIDO)
    hondura = 0
    if texto.count("[") + texto.count("{") > NIVELES_MAXIMOS:
        for m in CORCHETES.finditer(texto):
            hondura += 1 if m[0] in "[{" else -1
            if hondura > NIVELES_MAXIMOS:
                raise yaml.MarkedYAMLError(problem=DEMASIADOS_NIVELES)
    if MUCHOS_GUIONES.search(texto):
        raise yaml.MarkedYAMLError(problem=DEMASIADOS_NIVELES)


def _nodos(nodo: yaml.Node, vistos: dict[int, int]) -> int:
    """Cuántos nodos son al desplegar cada cita; el que se contiene a sí mismo no termina nunca."""
    if id(nodo) not in vistos:
        vistos[id(nodo)] = NODOS_MAXIMOS + 1
        hijos = (
            [h for par in nodo.value for h in par]
            if isinstance(nodo, yaml.MappingNode)
            else nodo.value
            if isinstance(nodo, yaml.SequenceNode)
            else []
        )
        vistos[id(nodo)] = 1 + sum(_nodos(h, vistos) for h in hijos)
    return vistos[id(nodo)]


_compuesto = lru_cache(maxsize=64)(_componer)


def leer_ya_revisado(texto: str) -> Any:
    """Contenido de un YAML que ya pasó la compuerta, o que no es de datos (``_quarto.yml``, el
    encabezado de una página).
    """
    _sin_hondura(texto)
    return yaml.load(texto, Loader=CargadorYaml)


def cargar_yaml(
    archivo: str, texto: str, errores: list[ErrorDeDatos], con_mezclas: bool = True
) -> tuple[object, bool]:
    """``(contenido, si se pudo leer)``; sus defectos de escritura van a ``errores``.

    ``con_mezclas``: si se admite ``<<``. En una ficha no: lo que vale ya no estaría escrito en
    ella, y el cambio de una movería otra.
    """
    lector = _Estricto("")
    try:
        raiz = arbol(texto)
        crudo = None if raiz is None else lector.construct_document(raiz)
    except (yaml.YAMLError, ValueError, RecursionError) as e:
        errores.append(_roto(archivo, texto, e))
        return None, False
    finally:
        lector.dispose()
    errores.extend(_repetidas(archivo, lector.repetidas))
    errores.extend(_ajenos(archivo, lector.ajenos))
    if not con_mezclas:
        errores.extend(
            ErrorDeDatos(archivo, linea, "<<", None, "yaml-con-mezcla", REMEDIO_DE_MEZCLA)
            for linea in sorted(set(lector.mezclas))
        )
    return crudo, True


def _repetidas(archivo: str, repetidas: list[tuple[int, str]]) -> Iterator[ErrorDeDatos]:
    for linea, clave in sorted(set(repetidas)):
        yield ErrorDeDatos(
            archivo,
            linea,
            clave,
            None,
            "clave-yaml-repetida",
            "deje una sola vez la clave: de dos, no se sabe cuál vale",
        )


def _ajenos(archivo: str, ajenos: list[tuple[int, str, object]]) -> Iterator[ErrorDeDatos]:
    for linea, escrito, leido in sorted(ajenos, key=lambda x: x[0]):
        remedio = (
            f"YAML lo lee {leido}: si es un número, escríbalo solo con cifras y punto decimal; si"
            f' es una hora, un código u otro texto, entre comillas: "{escrito}"'
        )
        yield ErrorDeDatos(archivo, linea, None, escrito, NUMERO_AJENO, remedio)


def _roto(archivo: str, texto: str, e: Exception) -> ErrorDeDatos:
    marca = getattr(e, "problem_mark", None)
    dicho = getattr(e, "problem", None) or str(e)
    problema = next(
        (en_espanol for ingles, en_espanol in PROBLEMAS if ingles in dicho),
        "no se entiende la escritura",
    )
    if isinstance(e, RecursionError):
        problema = "tiene demasiados niveles, unos dentro de otros"
    linea = marca.line + 1 if marca else None
    remedio = REMEDIO
    if linea and (vacia := _vacia_y_con_elementos(texto.splitlines()[:linea])):
        remedio = f"quite los corchetes de «{vacia}»: dicen que la lista está vacía, y no lo está"
    return ErrorDeDatos(archivo, linea, None, problema, "yaml-roto", remedio)


def _vacia_y_con_elementos(lineas: list[str]) -> str | None:
    """«clave: []», si la última línea es un elemento que alguien escribió debajo sin quitarlos."""
    escritas = [x for x in lineas if x.strip() and not x.lstrip().startswith("#")]
    if len(escritas) < 2 or not escritas[-1].lstrip().startswith("- "):
        return None
    vacia = LISTA_VACIA.match(escritas[-2])
    return vacia[1] if vacia else None
