"""Los defectos que una celda trae de su hoja de cálculo: no se pudo leer, la tapa una combinada, o
su formato deja la cifra en duda.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from ..base.cifras import SEPARADOR_DE_MILES, miles_o_decimal
from ..base.plegado import plegado
from ..catalogo import Catalogo
from ..catalogo.mapeo import Mapeo
from ..errores import ErrorDeDatos
from .hojas.cuadricula import Celda, Hoja, como_texto, letra
from .hojas.naturaleza import COMBINADA, DE_ERROR, ERROR, Ilegible
from .lote import Defecto, Lote

PORCENTAJE, DIVIDIDA, FECHA, DECIMALES = (
    "celda-en-porcentaje",
    "celda-dividida",
    "fecha-donde-va-un-numero",
    "recuento-con-decimales",
)
UN_DECIMAL_SEGURO = re.compile(r"-?(?:0[.,]\d+|\d+[.,]\d{1,2}|\d+[.,]\d{4,}|\d{4,}[.,]\d+)")


@dataclass(frozen=True, slots=True)
class Zona:
    """Las celdas de una hoja que se leen: filas y columnas desde 1, con el título de cada columna.

    ``cifras``: las columnas donde va un número; ``enteras``, de ellas, las que cuentan personas o
    cosas; ``convertidas``, aquellas cuyo porcentaje ya resuelve quien lee.
    """

    hoja: Hoja
    filas: range
    columnas: Mapping[int, str]
    cifras: Collection[int] = ()
    enteras: Collection[int] = ()
    convertidas: Collection[int] = field(default=())


def defectos_de_lectura(que: Zona) -> Iterator[Defecto]:
    """Un defecto por celda leída que no vale lo que parece, con su hoja, su celda y lo que se ve en
    ella.
    """
    yield from _ilegibles(que)
    yield from _combinadas(que)
    for columna, titulo in que.columnas.items():
        yield from _de_columna(que, columna, titulo)


def _defecto(
    hoja: Hoja, fila: int, columna: int, titulo: str, valor: str, regla: str, remedio: str
) -> Defecto:
    donde = (
        f"celda {letra(columna)}{fila}"
        if hoja.separador
        else f"hoja «{hoja.nombre}», celda {letra(columna)}{fila}"
    )
    return Defecto(Celda(hoja.nombre, fila, columna, titulo), valor, regla, f"{donde}: {remedio}")


def _ilegibles(que: Zona) -> Iterator[Defecto]:
    for (fila, columna), rota in sorted(que.hoja.ilegibles.items()):
        if fila in que.filas and columna in que.columnas:
            yield _defecto(
                que.hoja, fila, columna, que.columnas[columna], rota.dicho, rota.regla, rota.remedio
            )


def _combinadas(que: Zona) -> Iterator[Defecto]:
    """Solo estorba la combinada que guarda algo: las demás celdas de su rango lo muestran y están
    vacías.
    """
    hoja = que.hoja
    for r in hoja.combinadas:
        if not hoja.texto(r.fila, r.columna) and (r.fila, r.columna) not in hoja.ilegibles:
            continue
        rango = f"{letra(r.columna)}{r.fila}:{letra(r.hasta_columna)}{r.hasta_fila}"
        for fila in range(max(r.fila, que.filas.start), min(r.hasta_fila + 1, que.filas.stop)):
            for columna in (
                c
                for c in que.columnas
                if r.columna <= c <= r.hasta_columna and (fila, c) != (r.fila, r.columna)
            ):
                remedio = (
                    f"está combinada con otras ({rango}) y no guarda nada: separe las celdas y"
                    " escriba en cada una lo suyo"
                )
                yield _defecto(
                    hoja,
                    fila,
                    columna,
                    que.columnas[columna],
                    hoja.texto(r.fila, r.columna),
                    COMBINADA,
                    remedio,
                )


def _de_columna(que: Zona, columna: int, titulo: str) -> Iterator[Defecto]:
    hoja, es_cifra, entera = que.hoja, columna in que.cifras, columna in que.enteras
    con_punto_decimal: bool | None = None
    for fila in que.filas:
        valores = hoja.filas[fila - 1] if fila <= len(hoja.filas) else ()
        valor = valores[columna - 1] if columna <= len(valores) else None
        if valor is None or valor == "":
            continue
        texto = hoja.cifra(fila, columna) if es_cifra else hoja.texto(fila, columna)
        if isinstance(valor, str) and DE_ERROR.fullmatch(texto):
            rota = Ilegible(ERROR, texto)
            yield _defecto(hoja, fila, columna, titulo, texto, ERROR, rota.remedio)
        elif es_cifra and (fila, columna) in hoja.porcentajes and columna not in que.convertidas:
            visto = muestra_de_porcentaje(hoja, fila, columna)
            remedio = (
                f"muestra {visto} % y guarda {texto}: escriba el número que vale, con formato de"
                " número y sin %"
            )
            yield _defecto(hoja, fila, columna, titulo, f"{visto} %", PORCENTAJE, remedio)
        elif es_cifra and (entre := hoja.divididas.get((fila, columna))):
            visto = como_texto(float(texto) / entre)
            remedio = (
                f"por su formato muestra {visto} y guarda {texto}: póngale formato de número y, si"
                f" no son {texto}, escriba el que es"
            )
            yield _defecto(hoja, fila, columna, titulo, visto, DIVIDIDA, remedio)
        elif es_cifra and isinstance(valor, date | time | timedelta):
            remedio = (
                "la hoja de cálculo la guardó como fecha u hora: póngale formato de número y"
                " escriba el número de nuevo"
            )
            yield _defecto(hoja, fila, columna, titulo, texto, FECHA, remedio)
        elif (
            es_cifra
            and isinstance(valor, str)
            and hoja.separador != ","
            and (duda := miles_o_decimal(texto))
        ):
            if con_punto_decimal is None:
                con_punto_decimal = not entera and _usa_punto_decimal(que, columna)
            if not con_punto_decimal:
                yield _defecto(
                    hoja,
                    fila,
                    columna,
                    titulo,
                    hoja.texto(fila, columna),
                    SEPARADOR_DE_MILES,
                    duda.partition(";")[0] if entera else duda,
                )
        elif entera and _con_decimales(texto):
            miles = (
                f"escriba {texto.replace('.', '')} si el punto era de miles; "
                if miles_o_decimal(texto)
                else ""
            )
            yield _defecto(
                hoja,
                fila,
                columna,
                titulo,
                texto,
                DECIMALES,
                f"{miles}aquí se cuentan cosas enteras: escriba el número sin decimales",
            )


def _usa_punto_decimal(que: Zona, columna: int) -> bool:
    """Si otra cifra de la columna solo se entiende con punto decimal."""
    return any(UN_DECIMAL_SEGURO.fullmatch(que.hoja.texto(f, columna)) for f in que.filas)


def _con_decimales(texto: str) -> bool:
    try:
        return not float(texto).is_integer()
    except (ValueError, OverflowError):
        return False


def muestra_de_porcentaje(hoja: Hoja, fila: int, columna: int) -> str:
    """El número que muestra una celda con formato de porcentaje: ``0.35 → "35"``."""
    celda: Any = hoja.filas[fila - 1][columna - 1]
    return como_texto(float(celda) * 100)


def zonas_de(lote: Lote, catalogo: Catalogo, mapeo: Mapeo | None) -> Iterator[Zona]:
    """Qué se leyó de cada hoja de una tabla o de un reporte, y qué es cada columna."""
    for leida in lote.lecturas:
        hoja = next(h for h in lote.hojas if h.nombre == leida.hoja)
        titulos = {c: hoja.texto(leida.fila_titulos, c) for c in sorted(leida.declaradas)}
        filas = range(leida.fila_titulos + 1, _hasta(hoja, leida.fila_titulos, mapeo))
        if mapeo is None:
            yield _zona_de_tabla(hoja, filas, titulos, leida.cifras, catalogo)
        else:
            sumadas, enteras = (
                {plegado(t) for t in x} for x in (mapeo.sumadas(), _sumas_enteras(mapeo, catalogo))
            )
            cifras = [c for c, t in titulos.items() if plegado(t) in sumadas]
            yield Zona(
                hoja, filas, titulos, cifras, [c for c in cifras if plegado(titulos[c]) in enteras]
            )


def _hasta(hoja: Hoja, desde: int, mapeo: Mapeo | None) -> int:
    """La fila en que la lectura se detiene, que ya no se lee."""
    fin = len(hoja.filas) + 1
    if mapeo is None or not mapeo.hasta:
        return fin
    return next((f for f in range(desde + 1, fin) if hoja.texto(f, 1).startswith(mapeo.hasta)), fin)


def _zona_de_tabla(
    hoja: Hoja,
    filas: range,
    titulos: Mapping[int, str],
    cifras: Collection[int],
    catalogo: Catalogo,
) -> Zona:
    """Un valor que muestra «35 %», de un KPI que se mide en porcentaje, es 35: lo resuelve quien
    lee la tabla.
    """
    por_titulo = {plegado(t): c for c, t in titulos.items()}
    valor, kpi = por_titulo.get("valor", 0), por_titulo.get("kpi", 0)
    fichas = (
        catalogo.kpis.get(hoja.texto(f, kpi)) for f in filas if (f, valor) in hoja.porcentajes
    )
    return Zona(
        hoja,
        filas,
        titulos,
        cifras,
        convertidas=(valor,) if all(k and k.unidad == "%" for k in fichas) else (),
    )


def _sumas_enteras(mapeo: Mapeo, catalogo: Catalogo) -> Iterator[str]:
    """Las columnas que, en todos los KPI a que suman, cuentan personas o cosas."""
    for m in mapeo.medidas:
        kpi = catalogo.kpis.get(m.kpi)
        for cuenta, entera in (
            (m.numerador, kpi and kpi.partes_enteras),
            (m.denominador, kpi and kpi.partes_enteras),
            (m.valor, kpi and kpi.entero),
        ):
            if cuenta and cuenta.sumar and entera:
                yield cuenta.sumar


def anotar(lote: Lote, catalogo: Catalogo, mapeo: Mapeo | None) -> None:
    """Pone delante los defectos que vienen de las celdas; lo que después se dijo de esas mismas
    celdas era su consecuencia.
    """
    propios = [d for zona in zonas_de(lote, catalogo, mapeo) for d in defectos_de_lectura(zona)]
    rotas = {_lugar(d) for d in propios}
    lote.defectos = [
        *propios,
        *(d for d in lote.defectos if _lugar(d) is None or _lugar(d) not in rotas),
    ]


def _lugar(d: Defecto) -> tuple[str, int, int] | None:
    return (d.celda.hoja, d.celda.fila, d.celda.columna) if d.celda else None


SIN_LEER = ("avance", "cumplimiento", "estado", "naturaleza")
FILAS_DE_TITULOS = 10
DE_CIFRAS_EN_LA_MATRIZ = re.compile(
    r"lb valor|le ?\d{4}|gracia|tolerancia|nivel|decimales|formula\.factor"
    r"|linea_base\.\w*(?:valor|numerador|denominador)|meta\.valor"
)


def defectos_de_matriz(archivo: str, hojas: Sequence[Hoja]) -> list[ErrorDeDatos]:
    """Lo que no se puede leer en las hojas de la matriz de CEPLAN; lo calculado (VO, avance…) no se
    lee.
    """
    salida = []
    for hoja in hojas:
        fila = next(
            (
                f
                for f in range(1, min(len(hoja.filas), FILAS_DE_TITULOS) + 1)
                if {"codigo", "slug"} & set(_titulos(hoja, f).values())
            ),
            None,
        )
        if fila is None:
            continue
        leidas = {
            c: t
            for c, t in _titulos(hoja, fila).items()
            if t and not t.startswith(("vo ", *SIN_LEER))
        }
        cifras = [c for c, t in leidas.items() if DE_CIFRAS_EN_LA_MATRIZ.fullmatch(t)]
        visibles = {c: " ".join(hoja.texto(fila, c).split()) for c in leidas}
        zona = Zona(hoja, range(fila + 1, len(hoja.filas) + 1), visibles, cifras)
        salida += [
            ErrorDeDatos(archivo, d.celda.fila, d.celda.titulo, d.valor, d.regla, d.remedio)
            for d in defectos_de_lectura(zona)
            if d.celda
        ]
    return salida


def _titulos(hoja: Hoja, fila: int) -> dict[int, str]:
    return {c: plegado(hoja.texto(fila, c)) for c in range(1, len(hoja.filas[fila - 1]) + 1)}
