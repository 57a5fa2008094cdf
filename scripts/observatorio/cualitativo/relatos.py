"""Lectura y revisión de ``data/cualitativo/``: todos los defectos a la vez, y ningún texto que
señale a alguien.

Ningún mensaje repite el relato que rechaza.

La carpeta es opcional: un territorio que todavía no recogió narraciones no la tiene. Las dos tablas
son de demostración, y van las dos o ninguna: quien solo recoge de verdad tiene ahí su libro de
códigos, y lo que se publica cuando se junta la primera tanda.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from ..base import lecturas
from ..base.periodos import FECHA
from ..base.tablas import nombres
from ..base.texto import defectos_de_texto
from ..catalogo import Catalogo
from ..catalogo.lectura import leer_yaml
from ..catalogo.naturalezas import NATURALEZAS
from ..catalogo.territorio import Territorio
from ..datos.csv_estricto import leer_csv
from ..datos.personas import SENAS, expr_sena
from ..datos.reglas.regla import Regla, regla
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from .columnas import CODIFICACION, NARRACION
from .modelos import CITA, CONSENTIMIENTOS, MEDIOS, Libro, Relatos
from .nombres import nombra_a_alguien, nombra_un_anexo

CODIGOS, NARRACIONES, CODIFICACIONES = "codigos.yml", "narraciones.csv", "codificaciones.csv"
DEMOSTRACION = "demostracion"
COLUMNAS_NARRACION = nombres(NARRACION)
LARGO_DE_NARRACION = 20_000
NOMBRE = "nombre-de-persona"
COLUMNAS_CODIFICACION = nombres(CODIFICACION)


def leer(proyecto: Proyecto, catalogo: Catalogo, errores: list[ErrorDeDatos]) -> Relatos | None:
    """Las narraciones con su libro y sus codificaciones; nada si no hay carpeta o algo falla. Los
    defectos van a ``errores``.
    """
    if not proyecto.cualitativo.exists():
        return None
    hay_tablas = any((proyecto.cualitativo / n).exists() for n in (NARRACIONES, CODIFICACIONES))
    hay_narraciones = (proyecto.cualitativo / NARRACIONES).exists()
    if not hay_tablas or (not hay_narraciones and proyecto.tanda.is_file()):
        leer_libro(proyecto, catalogo, errores)
        return None
    antes = len(errores)
    rutas = {n: proyecto.cualitativo / n for n in (CODIGOS, NARRACIONES, CODIFICACIONES)}
    archivos = {n: proyecto.relativa(r) for n, r in rutas.items()}
    libro = leer_libro(proyecto, catalogo, errores)
    narraciones = leer_csv(proyecto, rutas[NARRACIONES], COLUMNAS_NARRACION, errores)
    codificaciones = leer_csv(proyecto, rutas[CODIFICACIONES], COLUMNAS_CODIFICACION, errores)
    if libro is None or narraciones is None or codificaciones is None:
        return None
    relatos = Relatos(libro, narraciones, codificaciones)
    errores += revisar(relatos, catalogo, archivos[NARRACIONES], archivos[CODIFICACIONES])
    errores += _en_claro(narraciones, archivos[NARRACIONES])
    return relatos if len(errores) == antes else None


def leer_libro(proyecto: Proyecto, catalogo: Catalogo, errores: list[ErrorDeDatos]) -> Libro | None:
    """El libro de códigos; nada si no se pudo leer. Sus defectos van a ``errores``."""
    ruta = proyecto.cualitativo / CODIGOS
    libro: Libro | None = leer_yaml(proyecto, ruta, TypeAdapter(Libro), errores)
    if libro is not None:
        lineas = lecturas.texto(ruta).splitlines()
        errores += _libro(libro, catalogo, proyecto.relativa(ruta), lineas)
    return libro


def leer_relatos(proyecto: Proyecto, catalogo: Catalogo, carpeta: Path) -> Relatos:
    """Las dos tablas de una carpeta cualquiera, con el libro del proyecto y las mismas reglas.

    Lanza ``DatosInvalidos`` con todos los defectos.
    """
    errores: list[ErrorDeDatos] = []
    libro = leer_libro(proyecto, catalogo, errores)
    aparte = Proyecto(carpeta.resolve())
    narraciones, codificaciones = (
        leer_csv(aparte, aparte.raiz / n, columnas, errores)
        for n, columnas in (
            (NARRACIONES, COLUMNAS_NARRACION),
            (CODIFICACIONES, COLUMNAS_CODIFICACION),
        )
    )
    if libro is None or narraciones is None or codificaciones is None:
        raise DatosInvalidos(errores)
    relatos = Relatos(libro, narraciones, codificaciones)
    errores += revisar(relatos, catalogo, NARRACIONES, CODIFICACIONES)
    if errores:
        raise DatosInvalidos(errores)
    return relatos


def revisar(
    relatos: Relatos, catalogo: Catalogo, de_narraciones: str, de_codificaciones: str
) -> Iterator[ErrorDeDatos]:
    """Los defectos de las dos tablas; los nombres son los de sus archivos, para decirlos."""
    narraciones, codificaciones, libro = relatos.narraciones, relatos.codificaciones, relatos.libro
    yield from defectos_de_texto(
        narraciones, COLUMNAS_NARRACION, de_narraciones, LARGO_DE_NARRACION
    )
    yield from defectos_de_texto(codificaciones, COLUMNAS_CODIFICACION, de_codificaciones)
    yield from _narraciones(narraciones, libro, catalogo, de_narraciones)
    yield from _codificaciones(codificaciones, narraciones, libro, de_codificaciones)
    yield from _sin_codificar(codificaciones, narraciones, libro, de_narraciones)


def _en_claro(narraciones: pl.DataFrame, archivo: str) -> Iterator[ErrorDeDatos]:
    """Las narraciones de verdad no van en git, aunque el repositorio sea privado."""
    reales = narraciones.filter(~pl.col("naturaleza").is_in([DEMOSTRACION, ""]))
    for fila, naturaleza in reales.select("fila", "naturaleza").iter_rows():
        if naturaleza in NATURALEZAS:
            yield ErrorDeDatos(
                archivo,
                fila,
                "naturaleza",
                naturaleza,
                "narracion-en-claro",
                "lleve las narraciones de verdad, con su lectura, a una carpeta de fuera del"
                " proyecto y guárdelas cifradas: observatorio voces guardar CARPETA --para age1…",
            )


def _libro(
    libro: Libro, catalogo: Catalogo, archivo: str, lineas: list[str]
) -> Iterator[ErrorDeDatos]:
    hay = [m.slug for m in catalogo.misiones]
    for c in libro.codigos:
        if c.mision not in hay:
            inicio = next(
                (i for i, x in enumerate(lineas) if re.search(rf"\bcodigo:\s*{c.codigo}\b", x)), 0
            )
            fila = next(
                (i for i, x in enumerate(lineas[inicio:], inicio + 1) if c.mision in x), None
            )
            yield ErrorDeDatos(
                archivo,
                fila,
                f"{c.codigo}.mision",
                c.mision,
                "mision-desconocida",
                f"use una de: {', '.join(hay)}",
            )


def _narraciones(
    tabla: pl.DataFrame, libro: Libro, catalogo: Catalogo, archivo: str
) -> Iterator[ErrorDeDatos]:
    reglas = [
        *_lo_que_falta(),
        *_palabras_fuera_de_su_lista(libro, catalogo),
        *_de_fecha(catalogo.territorio.fecha_corte),
        *_lo_que_dice(catalogo.territorio),
    ]
    fallas = tabla.select(r.falla.any().alias(str(i)) for i, r in enumerate(reglas)).row(0)
    for r in [r for r, falla in zip(reglas, fallas, strict=True) if falla]:
        malas = tabla.filter(r.falla).select("fila", r.columna, r.remedio.alias("remedio"))
        for fila, valor, remedio in malas.iter_rows():
            # Lo que alguien contó no se repite en un mensaje.
            dicho = None if r.columna == "texto" else valor
            yield ErrorDeDatos(archivo, fila, r.columna, dicho, r.id, remedio)


def _lo_que_falta() -> Iterator[Regla]:
    c = pl.col
    for columna in COLUMNAS_NARRACION:
        if columna != "consentimiento":
            yield regla(
                "campo-vacio",
                columna,
                c(columna).str.strip_chars() == "",
                "complete el campo: ninguna columna puede faltar",
            )
    yield regla(
        "clave-duplicada", "id", c("id").is_duplicated(), "dé a cada narración su propio número"
    )
    yield regla(
        "sin-consentimiento",
        "consentimiento",
        ~c("consentimiento").is_in(CONSENTIMIENTOS),
        "escriba «cita» (permitió citarla) o «analisis» (solo contarla); si no lo dio, borre la"
        " narración",
    )


def _palabras_fuera_de_su_lista(libro: Libro, catalogo: Catalogo) -> Iterator[Regla]:
    actores = [a.id for a in libro.actores]
    listas: list[tuple[str, list[str], str]] = [
        (
            "lugar",
            list(catalogo.lugares),
            f"use el código INEI de {catalogo.territorio.anexos_se_llaman.un} o del territorio, de"
            " data/territorio.yml",
        ),
        ("actor", actores, f"use un tipo de actor del libro de códigos: {', '.join(actores)}"),
        ("medio", list(MEDIOS), f"use una de: {', '.join(MEDIOS)}"),
        ("naturaleza", list(NATURALEZAS), f"use una de: {', '.join(NATURALEZAS)}"),
    ]
    for columna, palabras, remedio in listas:
        escrita = pl.col(columna)
        yield regla(
            f"{columna}-{'desconocida' if columna == 'naturaleza' else 'desconocido'}",
            columna,
            (escrita != "") & ~escrita.is_in(palabras),
            remedio,
        )


def _de_fecha(corte: date) -> Iterator[Regla]:
    escrita = pl.col("fecha")
    fecha = pl.when(escrita.str.contains(FECHA)).then(escrita).str.to_date("%Y-%m-%d", strict=False)
    yield regla(
        "fecha-imposible",
        "fecha",
        (escrita != "") & fecha.is_null(),
        "escriba una fecha real como 2025-07-31",
    )
    yield regla(
        "fecha-futura",
        "fecha",
        fecha > pl.lit(corte, dtype=pl.Date),
        f"la fecha es posterior a la fecha de corte ({date.isoformat(corte)})",
    )


def _lo_que_dice(territorio: Territorio) -> Iterator[Regla]:
    """Nada de lo contado señala a una persona, ni dice junto a una cita de dónde es."""

    def dice(que: Callable[[str], bool]) -> pl.Expr:
        return pl.col("texto").map_elements(que, return_dtype=pl.Boolean)

    yield regla(
        "cita-con-lugar",
        "texto",
        (pl.col("consentimiento") == CITA) & dice(nombra_un_anexo(territorio)),
        f"cambie el nombre {territorio.anexos_se_llaman.del_lugar} por «mi pueblo», o ponga"
        " consentimiento «analisis»: junto a una cita no se dice de dónde es",
    )
    yield regla(
        NOMBRE,
        "texto",
        expr_sena("texto", NOMBRE) | dice(nombra_a_alguien(territorio)),
        "quite el nombre: «don Fulano» pasa a «un señor»; si no es una persona, escríbalo con"
        " minúscula",
    )
    for sena in SENAS:
        if sena != NOMBRE:
            yield regla(sena, "texto", expr_sena("texto", sena), SENAS[sena][1])


def _codificaciones(
    tabla: pl.DataFrame, narraciones: pl.DataFrame, libro: Libro, archivo: str
) -> Iterator[ErrorDeDatos]:
    codigos = [x.codigo for x in libro.codigos]
    palabras = (
        (
            "narracion",
            narraciones["id"].to_list(),
            "narracion-desconocida",
            "use el id de una narración de narraciones.csv",
        ),
        (
            "codificador",
            list(libro.codificadores),
            "codificador-desconocido",
            f"use uno de: {', '.join(libro.codificadores)}",
        ),
        (
            "codigo",
            codigos,
            "codigo-desconocido",
            "añada el código al libro (codigos.yml) o use uno de los que hay",
        ),
    )
    for columna, valores, nombre, remedio in palabras:
        for fila, valor in (
            tabla.filter(~pl.col(columna).is_in(valores)).select("fila", columna).iter_rows()
        ):
            yield ErrorDeDatos(archivo, fila, columna, valor, nombre, remedio)
    for fila, valor in (
        tabla.filter(pl.struct(COLUMNAS_CODIFICACION).is_duplicated())
        .select("fila", "codigo")
        .iter_rows()
    ):
        yield ErrorDeDatos(
            archivo,
            fila,
            "codigo",
            valor,
            "clave-duplicada",
            "borre la fila repetida: un codificador pone cada código una vez",
        )


def _sin_codificar(
    tabla: pl.DataFrame, narraciones: pl.DataFrame, libro: Libro, archivo: str
) -> Iterator[ErrorDeDatos]:
    for codificador in libro.codificadores:
        hechas = tabla.filter(pl.col("codificador") == codificador)["narracion"].unique().to_list()
        for fila, valor in (
            narraciones.filter((pl.col("id") != "") & ~pl.col("id").is_in(hechas))
            .select("fila", "id")
            .iter_rows()
        ):
            yield ErrorDeDatos(
                archivo,
                fila,
                "id",
                valor,
                "narracion-sin-codificar",
                f"falta lo que puso {codificador}: cada narración la codifican los dos, por"
                " separado",
            )
