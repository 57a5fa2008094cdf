"""Las demás tablas de ``data/``: unidades informantes, provincia, contexto y diagnóstico, con la
misma vara.

Cada tabla declara sus columnas, cuáles son obligatorias, su clave y de qué vocabulario sale cada
una.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from ..base.cifras import DE_CIFRAS, defecto_de_cifra
from ..base.tablas import nombres
from ..base.texto import reglas_de_forma
from ..catalogo import Catalogo
from ..catalogo.naturalezas import NATURALEZAS
from ..errores import ErrorDeDatos
from ..rutas import Proyecto
from .columnas import CUADROS as CUADROS_DECLARADOS
from .columnas import UNIDAD_INFORMANTE
from .csv_estricto import leer_csv
from .reglas import NUMERO
from .repetida import repetida

PERIODO = r"^[0-9]{4}(-(S[12]|T[1-4]|0[1-9]|1[0-2]))?$"


@dataclass(frozen=True, slots=True)
class TablaDeApoyo:
    """Una tabla de apoyo. ``formas``: expresión que cumple cada columna no vacía, y su remedio.
    ``vocabularios``: de dónde sale.
    """

    nombre: str
    columnas: tuple[str, ...]
    obligatorias: tuple[str, ...]
    clave: tuple[str, ...]
    formas: dict[str, tuple[str, str]]
    vocabularios: dict[str, str]


CUADROS = tuple(CUADROS_DECLARADOS)
"""Las tablas de cifras copiadas de su fuente, que se publican enteras."""
CIFRA = {
    "valor": (NUMERO, "escriba un número con punto decimal"),
    "periodo": (PERIODO, "escriba el periodo como 2024, 2024-S1, 2024-T3 o 2024-05"),
}
DEL_VOCABULARIO = {
    "fuentes": "use un identificador de data/fuentes.yml, o añada allí su tarjeta",
    "kpis": "use un código del catálogo (misiones/*/hoja-de-ruta.yml)",
    "anexos": "use el código INEI de {{un-anexo}} de data/territorio.yml",
    "naturalezas": f"use {', '.join(NATURALEZAS[:-1])} o {NATURALEZAS[-1]}",
    "lugares": "use el código INEI del territorio o de {{un-anexo}}, de data/territorio.yml",
}
COMUN = {"fuente": "fuentes", "naturaleza": "naturalezas"}
TABLAS = (
    TablaDeApoyo(
        "unidades",
        nombres(UNIDAD_INFORMANTE),
        ("codigo", "tipo", "nombre", "lugar", "demostracion"),
        ("codigo",),
        {
            "codigo": (r"^[A-Z0-9-]{3,20}$", "use el código RENIPRESS o modular"),
            "demostracion": (r"^(true|false)$", "escriba true o false"),
            "captacion": (
                r"^[0-9]{6}([0-9]{4})?(\|[0-9]{6}([0-9]{4})?)*$",
                "escriba los códigos de {{anexo}} separados por |",
            ),
        },
        {"lugar": "anexos", "captacion": "anexos"},
    ),
    TablaDeApoyo(
        "provincia",
        CUADROS_DECLARADOS["provincia"].nombres,
        ("ubigeo", "distrito", "indicador", "valor", "unidad", "fuente", "naturaleza"),
        ("ubigeo", "indicador"),
        CIFRA | {"ubigeo": (r"^[0-9]{6}$", "use el código INEI de seis cifras")},
        COMUN,
    ),
    TablaDeApoyo(
        "contexto",
        CUADROS_DECLARADOS["contexto"].nombres,
        ("ambito", "indicador", "valor", "unidad", "fuente", "naturaleza"),
        ("ambito", "indicador", "periodo"),
        CIFRA,
        COMUN,
    ),
    TablaDeApoyo(
        "diagnostico",
        CUADROS_DECLARADOS["diagnostico"].nombres,
        ("clave", "problema", "valor", "unidad", "fuente", "naturaleza"),
        ("clave",),
        CIFRA | {"cota": (r"^(>|<|≥|≤)$", "use >, <, ≥ o ≤")},
        COMUN | {"kpi": "kpis"},
    ),
)


def leer_tablas(
    proyecto: Proyecto, catalogo: Catalogo, errores: list[ErrorDeDatos]
) -> dict[str, pl.DataFrame]:
    """Cada tabla por su nombre, como textos; sus defectos van a ``errores``. La que falla sale
    vacía.
    """
    vocabularios: dict[str, set[str]] = {
        "fuentes": set(catalogo.fuentes),
        "naturalezas": set(NATURALEZAS),
        "kpis": set(catalogo.kpis),
        "anexos": {a.codigo for a in catalogo.territorio.anexos},
    }
    salida = {}
    for tabla in TABLAS:
        leida = leer_csv(
            proyecto, ruta_de(proyecto, tabla.nombre), tabla.columnas, errores, parcial=True
        )
        if leida is not None:
            errores.extend(
                replace(e, remedio=catalogo.territorio.anexos_se_llaman.lleno(e.remedio))
                for e in _defectos(tabla, leida, vocabularios)
            )
        salida[tabla.nombre] = (
            leida
            if leida is not None
            else pl.DataFrame(schema=dict.fromkeys(tabla.columnas, pl.String))
        )
    return salida


def cuadros_de(tablas: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Los cuadros de ``CUADROS``, ya revisados: textos, lo vacío nulo y ``valor`` con su
    escritura.
    """
    return {
        t.nombre: (
            tablas[t.nombre].select(
                pl.when(pl.col(c) != "").then(pl.col(c)).alias(c) for c in t.columnas
            )
        )
        for t in TABLAS
        if t.nombre in CUADROS
    }


def ruta_de(proyecto: Proyecto, nombre: str) -> Path:
    return proyecto.data / f"{nombre}.csv"


def _defectos(
    tabla: TablaDeApoyo, leida: pl.DataFrame, vocabularios: dict[str, set[str]]
) -> Iterator[ErrorDeDatos]:
    vistas: dict[tuple[str, ...], int] = {}
    for f in leida.iter_rows(named=True):

        def falta(columna: str, regla: str, remedio: str, f: dict = f) -> ErrorDeDatos:
            return ErrorDeDatos(f["archivo"], f["fila"], columna, f[columna], regla, remedio)

        for columna in tabla.columnas:
            texto = f[columna]
            if not texto:
                if columna in tabla.obligatorias:
                    yield falta(columna, "campo-vacio", "complete el campo: es obligatorio")
                continue
            for regla, remedio in reglas_de_forma(texto):
                yield falta(columna, regla, remedio)
            forma, remedio = tabla.formas.get(columna, ("", ""))
            if forma and not re.search(forma, texto):
                yield falta(
                    columna,
                    *(
                        (columna in DE_CIFRAS and defecto_de_cifra(texto))
                        or (f"{columna}-sin-forma", remedio)
                    ),
                )
                continue
            if (
                columna == "valor"
                and f.get("unidad") == "%"
                and re.search(NUMERO, texto)
                and not 0 <= float(texto) <= 100
            ):
                yield falta(
                    columna,
                    "porcentaje-fuera-de-rango",
                    "un porcentaje va de 0 a 100; si es un crecimiento, escriba la unidad como «%"
                    " anual»",
                )
            vocabulario = tabla.vocabularios.get(columna, "")
            if vocabulario and not set(texto.split("|")) <= vocabularios[vocabulario]:
                yield falta(
                    columna, f"{columna}-fuera-de-vocabulario", DEL_VOCABULARIO[vocabulario]
                )
        clave = tuple(f[c] for c in tabla.clave)
        if clave in vistas:
            primera = (f["archivo"], vistas[clave])
            columna = tabla.clave[0]
            yield repetida(f["archivo"], f["fila"], columna, f[columna], primera)
        vistas.setdefault(clave, f["fila"])
