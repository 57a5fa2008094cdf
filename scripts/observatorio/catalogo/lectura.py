"""Lectura del catálogo y del territorio, con la línea de cada defecto."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from ..base import lecturas
from ..base.acceso import defecto_de_acceso
from ..base.lineas import escrito_en, linea_de, linea_del_codigo
from ..base.yaml_estricto import NUMERO_AJENO, arbol, cargar_yaml
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from .catalogo import Catalogo
from .coherencia import revisar
from .defectos import INCOHERENTE, NO_ES_TEXTO, SIN_SU_FORMA, DefectoDeFicha, defectos_de_ficha
from .formas import Identificador
from .fuentes import Fuente
from .gobernanza import CambioDelCatalogo, Gobernanza
from .modelos import Mision
from .nombres import NombreOficial
from .territorio import Territorio
from .textos import defectos_de_textos

FUENTES = "fuentes"
DE_FUENTE = ("fuente-desconocida", "fuente-fuera-de-vocabulario")
DE_KPI = ("kpi-desconocido", "kpi-fuera-de-vocabulario", "quiebre-de-kpi-desconocido")
DE_ENTRADA_DEL_PLAN = ("plan-frecuencia",)
DE_MISION = ("mision-desconocida",)


def cargar(proyecto: Proyecto) -> Catalogo:
    """Lee territorio, fuentes y hojas de ruta; lanza ``DatosInvalidos`` con *todos* los
    defectos.
    """
    errores: list[ErrorDeDatos] = []
    catalogo = leer(proyecto, errores)
    if catalogo is None or errores:
        raise DatosInvalidos(errores)
    return catalogo


def leer(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> Catalogo | None:
    """El catálogo con todo lo que se pudo leer, o nada si falla el territorio. Los defectos van a
    ``errores``.

    Lo que no se pudo leer queda en ``ilegible``: sirve para no culpar a los datos de lo que le
    falta al catálogo.
    """
    territorio = leer_yaml(proyecto, proyecto.territorio, TypeAdapter(Territorio), errores)
    fuentes = leer_fuentes(proyecto, errores)
    gobernanza = leer_yaml(proyecto, proyecto.comites, TypeAdapter(Gobernanza), errores)
    cambios = _lista(
        proyecto, proyecto.cambios_del_catalogo, TypeAdapter(tuple[CambioDelCatalogo, ...]), errores
    )
    nombres = _lista(
        proyecto, proyecto.nombres_oficiales, TypeAdapter(tuple[NombreOficial, ...]), errores
    )
    if territorio is None:
        for ruta in sorted(proyecto.misiones.glob("*/hoja-de-ruta.yml")):
            leer_yaml(proyecto, ruta, TypeAdapter(Mision), errores)
        return None
    leidas = {
        e: leer_yaml(
            proyecto, proyecto.misiones / e.slug / "hoja-de-ruta.yml", TypeAdapter(Mision), errores
        )
        for e in territorio.misiones
    }
    hay = {e: m for e, m in leidas.items() if m is not None}
    ilegible = {e.slug for e in leidas.keys() - hay.keys()} | (
        {FUENTES} if fuentes is None else set()
    )
    catalogo = Catalogo(
        territorio.model_copy(update={"misiones": tuple(hay)}),
        fuentes or {},
        tuple(hay.values()),
        frozenset(ilegible),
        gobernanza,
        cambios,
        nombres,
    )
    hallados = sin_consecuencias(_con_linea(proyecto, revisar(catalogo)), catalogo)
    errores.extend(hallados)
    repetidos = {
        e.archivo.split("/")[1]
        for e in hallados
        if e.regla in ("codigo-repetido", "codigo-de-otra-mision")
    }
    return replace(catalogo, ilegible=catalogo.ilegible | repetidos)


def leer_fuentes(proyecto: Proyecto, errores: list[ErrorDeDatos]) -> dict[str, Fuente] | None:
    """Las tarjetas de ``data/fuentes.yml`` por su código; nada si no se pueden leer."""
    tarjetas = TypeAdapter(dict[Identificador, Fuente])
    return leer_yaml(proyecto, proyecto.fuentes, tarjetas, errores)


def _lista(proyecto: Proyecto, ruta: Path, tipo: TypeAdapter, errores: list[ErrorDeDatos]) -> tuple:
    """La lista de un archivo que el proyecto puede no llevar todavía: entonces, ninguna."""
    return (leer_yaml(proyecto, ruta, tipo, errores) if ruta.is_file() else None) or ()


def sin_consecuencias(errores: Iterable[ErrorDeDatos], catalogo: Catalogo) -> list[ErrorDeDatos]:
    """Los errores, menos los que solo dicen que falta lo que del catálogo no se pudo leer."""
    slugs = catalogo.ilegible - {FUENTES}
    codigos = tuple(f"{slug.split('-')[0].upper()}-" for slug in slugs)

    def es_consecuencia(e: ErrorDeDatos) -> bool:
        valor = e.valor or ""
        if e.regla in DE_FUENTE:
            return FUENTES in catalogo.ilegible
        if e.regla in DE_KPI and valor in catalogo.kpis:
            return True  # existe dos veces: no se sabe cuál ficha vale
        kpi = (
            (e.columna or "")
            if e.regla in DE_ENTRADA_DEL_PLAN
            else valor
            if e.regla in DE_KPI
            else ""
        )
        return kpi.startswith(codigos) or (e.regla in DE_MISION and valor in slugs)

    return [e for e in errores if not es_consecuencia(e)]


def leer_yaml(
    proyecto: Proyecto,
    ruta: Path,
    tipo: TypeAdapter,
    errores: list[ErrorDeDatos],
    de_fuera: frozenset[str] = frozenset(),
):
    """El YAML validado por ``tipo``, o nada: sus defectos, con línea y remedio, se añaden a
    ``errores``.

    ``de_fuera``: los campos que citan lo que otro escribió (véase ``textos``).
    """
    inaccesible = defecto_de_acceso(proyecto, ruta)
    if inaccesible:
        errores.append(inaccesible)
        return None
    archivo = proyecto.relativa(ruta)
    try:
        texto = lecturas.texto(ruta)
    except UnicodeDecodeError as e:
        errores.append(
            ErrorDeDatos(
                archivo,
                None,
                None,
                f"byte {e.start}",
                "no-es-utf8",
                "guarde el archivo con codificación UTF-8",
            )
        )
        return None
    crudo, leido, de_escritura, de_textos = _cargado(archivo, texto, de_fuera)
    if not leido:
        errores.extend(de_escritura)
        return None
    ficha, defectos = None, []
    try:
        ficha = tipo.validate_python(crudo)
    except ValidationError as e:
        defectos = [_de_la_raiz(d, crudo) for d in defectos_de_ficha(e, crudo, tipo)]
    sin_forma = {d.camino for d in defectos if d.regla == SIN_SU_FORMA}
    defectos += (d for d in de_textos if d.camino not in sin_forma)
    de_ficha = list(_con_lugar(archivo, texto, defectos))
    # Donde se pide un texto, su ficha ya dice cómo escribirlo.
    dichas = {e.fila for e in de_ficha if e.regla == NO_ES_TEXTO}
    errores.extend(e for e in de_escritura if e.regla != NUMERO_AJENO or e.fila not in dichas)
    errores.extend(de_ficha)
    return ficha


def _de_la_raiz(d: DefectoDeFicha, crudo: object) -> DefectoDeFicha:
    """Si lo que falla es el archivo entero, el remedio dice además qué es lo que hay en él."""
    if d.camino or (d.regla == INCOHERENTE and isinstance(crudo, dict)):
        return d
    if crudo is None:
        return replace(
            d,
            regla="yaml-vacio",
            remedio=f"el archivo está vacío, o solo lleva comentarios: {d.remedio}",
        )
    return replace(d, remedio=f"el archivo entero es {_que_es(crudo)}: {d.remedio}")


def _que_es(crudo: object) -> str:
    if isinstance(crudo, dict):
        return "un bloque de campos"
    return "una lista" if isinstance(crudo, list) else "un valor suelto"


@lru_cache(maxsize=64)
def _cargado(
    archivo: str, texto: str, de_fuera: frozenset[str]
) -> tuple[object, bool, tuple[ErrorDeDatos, ...], tuple[DefectoDeFicha, ...]]:
    """``(contenido, si se pudo leer, sus defectos de escritura, los de sus textos)``, de solo
    lectura: quien vigila un proyecto vuelve a pedir los mismos textos a cada guardado.
    """
    errores: list[ErrorDeDatos] = []
    crudo, leido = cargar_yaml(archivo, texto, errores, con_mezclas=False)
    de_textos = tuple(defectos_de_textos(crudo, de_fuera)) if leido else ()
    return crudo, leido, tuple(errores), de_textos


def _con_lugar(
    archivo: str, texto: str, defectos: Iterable[DefectoDeFicha]
) -> Iterator[ErrorDeDatos]:
    """Los defectos de una ficha, con la línea del texto en que están."""
    raiz = arbol(texto)
    for d in defectos:
        columna, valor = ".".join(map(str, d.camino)) or None, d.valor
        # Lo que se pide entre comillas se dice como está escrito: YAML ya lo entendió de otro modo.
        if d.regla == NO_ES_TEXTO and (escrito := escrito_en(raiz, d.camino)):
            de_la_clave = d.valor == str(d.camino[-1])
            columna, valor = (
                escrito[0],
                escrito[0].rsplit(".", 1)[-1] if de_la_clave else escrito[1],
            )
        yield ErrorDeDatos(
            archivo,
            linea_de(raiz, d.camino),
            columna,
            valor,
            d.regla,
            d.remedio,
        )


def _con_linea(
    proyecto: Proyecto, hallazgos: Iterable[tuple[str, str, str | None, str | None, str, str]]
) -> Iterator[ErrorDeDatos]:
    """Completa la línea de los hallazgos de coherencia, que conocen el código y no el texto."""
    textos: dict[str, tuple[str, yaml.Node | None]] = {}
    for archivo, codigo, columna, valor, regla, remedio in hallazgos:
        if archivo not in textos:
            texto = lecturas.texto(proyecto.raiz / archivo)
            textos[archivo] = texto, arbol(texto)
        texto, raiz = textos[archivo]
        fila = linea_del_codigo(raiz, codigo, columna or "") or next(
            (i for i, linea in enumerate(texto.splitlines(), 1) if codigo and codigo in linea), None
        )
        yield ErrorDeDatos(archivo, fila, columna, valor, regla, remedio)
