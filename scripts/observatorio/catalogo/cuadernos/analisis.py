"""Los análisis propios de ``notebooks/analisis/``: cada cuaderno que se deje ahí es una página más.

El cuaderno declara en su celda de parámetros ``titulo``, ``resumen`` y ``entradas``. Una entrada es
un archivo de ``data/`` o una tabla pública ya calculada; los datos crudos no se admiten: pasarían
por fuera de la privacidad. La plantilla de las misiones puede declarar ``entradas`` también.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...base import lecturas
from ...base.acceso import defecto_de_acceso
from ...base.huellas import huella
from ...errores import DatosInvalidos, ErrorDeDatos
from ...rutas import Proyecto
from ..nombre_de_lugar import NombreDeLugar
from .codigo import celdas_de, con_su_forma, lecturas_sin_declarar
from .defectos import COMO_MARCAR, MAGIA, MARCA_DE_PARAMETROS, defectos
from .texto import BORRE_EL_MEDIO, MEDIO_SIGNO

FICHAS = "fichas"
TABLAS = ("publica", "series", "evaluacion", "okrs", "brechas", FICHAS)
CON_TRAMOS = ("publica", "series")
"""Las que llevan el ``tramo`` de cada medida, que sale de los cambios de método de las fichas."""
RESERVADOS = (
    "data/observaciones/",
    "data/cualitativo/",
    "data/procedencia/",
    "data/publicada/",
    "data/correcciones.csv",
    "data/justificaciones.csv",
)
DE_ANTES = re.compile(r'"nbformat"\s*:\s*[123]\b')
CONFLICTO = re.compile(r"(?m)^\s*\"?(?:<{7}|>{7}) ")
DECLARADO = {"titulo": str, "resumen": str, "entradas": list}


@dataclass(frozen=True, slots=True)
class Analisis:
    """Un análisis declarado; ``nombre`` sirve de clave entre los demás cuadernos."""

    slug: str
    cuaderno: Path
    titulo: str
    resumen: str
    entradas: tuple[str, ...]

    @property
    def nombre(self) -> str:
        return f"analisis-{self.slug}"

    def dicho(self, lugar: NombreDeLugar) -> Analisis:
        """Con los lugares llamados en su título y su resumen como los llama el territorio."""
        return replace(self, titulo=lugar.lleno(self.titulo), resumen=lugar.lleno(self.resumen))


def descubrir(proyecto: Proyecto) -> list[Analisis]:
    """Los análisis de la carpeta, por nombre; lanza ``DatosInvalidos`` si alguno, o una plantilla,
    no se declara bien.
    """
    errores: list[ErrorDeDatos] = []
    hallados = revisar(proyecto, errores)
    if errores:
        raise DatosInvalidos(errores)
    return hallados


def revisar(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> list[Analisis]:
    """Los análisis bien declarados; los defectos de los demás y de las plantillas van a
    ``errores``.
    """
    hallados = []
    for ruta in sorted(proyecto.cuadernos.glob("*.ipynb")):
        if (ilegible := _ilegible(proyecto, ruta)) is not None:
            errores.append(ilegible)
            continue
        celdas = celdas_de(ruta)
        errores += _de_antemano(proyecto, ruta, celdas)
        errores += _de_lecturas(proyecto, ruta, celdas, _declaracion(celdas).get("entradas"))
    for ruta in sorted((proyecto.cuadernos / "analisis").glob("*.ipynb")):
        if (ilegible := _ilegible(proyecto, ruta)) is not None:
            errores.append(ilegible)
            continue
        celdas = celdas_de(ruta)
        declarado = _declaracion(celdas)
        propios = [
            *_de_antemano(proyecto, ruta, celdas),
            *_sin_declarar(proyecto.relativa(ruta), celdas, declarado),
            *_de_lecturas(proyecto, ruta, celdas, declarado.get("entradas")),
        ]
        errores += propios
        if not propios:
            hallados.append(
                Analisis(
                    ruta.stem,
                    ruta,
                    declarado["titulo"],
                    declarado["resumen"],
                    tuple(declarado["entradas"]),
                )
            )
    return hallados


def entradas_de(cuaderno: Path) -> tuple[str, ...]:
    """Las entradas que declara un cuaderno ya revisado; la plantilla de las misiones puede no tener
    ninguna.
    """
    declaradas = _declaracion(celdas_de(cuaderno)).get("entradas", [])
    return tuple(declaradas) if isinstance(declaradas, list) else ()


def claves_de_entradas(proyecto: Proyecto, entradas: tuple[str, ...]) -> Mapping[str, str]:
    """Huella de cada entrada declarada y del territorio, que todo análisis abre: el cuaderno solo
    se rehace si cambia alguna.
    """
    territorio = sorted((proyecto.trabajo / "misiones").glob("*/territorio.json"))[:1]
    return {"el territorio": huella(*map(lecturas.leer, territorio))} | {
        f"entrada {e}": huella(
            *(
                lecturas.leer(p)
                for p in (
                    *archivos_de(proyecto, e),
                    *procedencia_de(proyecto, e),
                    *metodo_de(proyecto, e),
                )
            )
        )
        for e in entradas
    }


def archivos_de(proyecto: Proyecto, entrada: str) -> list[Path]:
    """Los archivos que hay detrás de una entrada; una tabla pública está repartida por misión."""
    if entrada in TABLAS:
        return sorted(
            (proyecto.trabajo / "misiones").glob(
                "*/hoja.json" if entrada == FICHAS else f"*/{entrada}.arrow"
            )
        )
    return [proyecto.raiz / entrada]


def procedencia_de(proyecto: Proyecto, entrada: str) -> list[Path]:
    """Los archivos que dicen de dónde viene una entrada: la procedencia de cada misión, o las
    tarjetas de las fuentes.
    """
    if entrada in TABLAS:
        return sorted((proyecto.trabajo / "misiones").glob("*/procedencia.json"))
    return [proyecto.fuentes] if entrada.endswith(".csv") else []


def metodo_de(proyecto: Proyecto, entrada: str) -> list[Path]:
    """Los archivos que dicen dónde cambió el método de lo que trae una entrada."""
    if entrada not in CON_TRAMOS:
        return []
    return sorted((proyecto.trabajo / "misiones").glob("*/evaluacion.arrow"))


def reservada(entrada: str) -> bool:
    """¿Es un archivo que no ha pasado por la puerta de la privacidad, se escriba como se
    escriba?
    """
    return posixpath.normpath(entrada.replace("\\", "/")).casefold().startswith(RESERVADOS)


def _de_antemano(proyecto: Proyecto, ruta: Path, celdas: list[dict]) -> list[ErrorDeDatos]:
    """Lo que detendría la construcción, visto sin ejecutar nada."""
    return list(defectos(proyecto.relativa(ruta), lecturas.texto(ruta), celdas, ruta.parent))


def _ilegible(proyecto: Proyecto, ruta: Path) -> ErrorDeDatos | None:
    """Por qué no se puede leer un cuaderno; nada si se puede."""
    if (inaccesible := defecto_de_acceso(proyecto, ruta)) is not None:
        return inaccesible
    archivo = proyecto.relativa(ruta)
    try:
        texto = lecturas.texto(ruta)
    except UnicodeDecodeError:
        return ErrorDeDatos(
            archivo, None, None, None, "no-es-utf8", "guarde el cuaderno con codificación UTF-8"
        )
    try:
        if not con_su_forma(texto):
            raise ValueError("le falta algo que Jupyter siempre pone")
    except ValueError as e:
        fila = getattr(e, "lineno", None)
        if (conflicto := CONFLICTO.search(texto)) is not None:
            fila = texto[: conflicto.start()].count("\n") + 1
            remedio = (
                "tiene marcas de un conflicto de git: elija una de las dos versiones y quítelas"
            )
        elif DE_ANTES.search(texto):
            remedio = (
                "es un cuaderno de antes de 2015, con otra forma: ábralo en JupyterLab y guárdelo,"
                " que lo pasa a la de hoy"
            )
        else:
            remedio = (
                "no es un cuaderno de Jupyter que se pueda leer: recupérelo con git, o vuelva a"
                " guardarlo desde JupyterLab"
            )
        return ErrorDeDatos(archivo, fila, None, None, "cuaderno-ilegible", remedio)
    return None


def _declaracion(celdas: list[dict]) -> dict[str, Any]:
    """Los valores escritos en la celda de parámetros, con o sin su tipo."""
    try:
        marcada = next(c for c in celdas if MARCA_DE_PARAMETROS in c["metadata"].get("tags", []))
        lineas = "".join(marcada["source"]).splitlines()
        arbol = ast.parse("\n".join("" if MAGIA.match(x) else x for x in lineas))
    except (ValueError, KeyError, StopIteration, SyntaxError, RecursionError, MemoryError):
        return {}
    hallado: dict[str, object] = {}
    for orden in arbol.body:
        match orden:
            case ast.Assign(targets=[ast.Name(id=nombre)], value=valor):
                pass
            case ast.AnnAssign(target=ast.Name(id=nombre), value=ast.expr() as valor):
                pass
            case _:
                continue
        try:
            hallado[nombre] = ast.literal_eval(valor)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
    return hallado


def _sin_declarar(
    archivo: str, celdas: list[dict], declarado: Mapping[str, object]
) -> Iterator[ErrorDeDatos]:
    if not any(MARCA_DE_PARAMETROS in c["metadata"].get("tags", []) for c in celdas):
        yield ErrorDeDatos(archivo, None, None, None, "analisis-sin-declarar", COMO_MARCAR)
        return
    for campo, tipo in DECLARADO.items():
        valor = declarado.get(campo)
        if not isinstance(valor, tipo) or not (valor.strip() if isinstance(valor, str) else valor):
            yield ErrorDeDatos(
                archivo,
                None,
                campo,
                None if valor is None else str(valor),
                "analisis-sin-declarar",
                'escriba en la celda con la etiqueta «parameters»: titulo = "…", resumen = "…",'
                ' entradas = ["publica"]',
            )
        elif isinstance(valor, str) and MEDIO_SIGNO.search(valor):
            yield ErrorDeDatos(archivo, None, campo, ascii(valor), "signo-a-medias", BORRE_EL_MEDIO)


def _de_lecturas(
    proyecto: Proyecto, ruta: Path, celdas: list[dict], declaradas: object
) -> Iterator[ErrorDeDatos]:
    """Los defectos de lo que el cuaderno declara leer y de lo que lee sin declararlo."""
    entradas, archivo = (
        tuple(map(str, declaradas)) if isinstance(declaradas, list) else (),
        proyecto.relativa(ruta),
    )
    for entrada in entradas:
        if reservada(entrada):
            yield ErrorDeDatos(
                archivo,
                None,
                "entradas",
                entrada,
                "entrada-sin-privacidad",
                'use la tabla pública: entradas = ["publica"]',
            )
        elif entrada not in TABLAS and not _en_data(proyecto, entrada):
            yield ErrorDeDatos(
                archivo,
                None,
                "entradas",
                entrada,
                "entrada-desconocida",
                f"use un archivo de data/ o una de: {', '.join(TABLAS)}",
            )
    yield from lecturas_sin_declarar(celdas, archivo, entradas)


def _en_data(proyecto: Proyecto, entrada: str) -> bool:
    """¿Es un archivo de ``data/``, escrito tal cual y sin enlaces que lleven a otro?"""
    ruta = proyecto.raiz / entrada
    return (
        entrada.startswith("data/")
        and ruta.is_file()
        and ruta.resolve() == proyecto.raiz.resolve() / entrada
    )
