"""De una tabla con las columnas del observatorio (CSV o libro) a un lote, tolerante con el orden y
con lo que se puede deducir.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ...base.plegado import plegado
from ...catalogo import Catalogo
from ...datos.csv_estricto import COLUMNAS
from ...datos.reglas import NUMERICAS
from ...errores import DatosInvalidos, ErrorDeDatos
from ..defectos_de_celda import muestra_de_porcentaje
from ..hojas.cuadricula import Celda, Hoja
from ..lote import Defecto, Lectura, Lote, Medida
from ..no_leido import no_leido
from .codigos import con_sus_ceros
from .envios import cuantas_filas
from .horas import SinZona, dia_local
from .totales import es_total

DE_UNA_MEDIDA = ("lugar", "fecha_dato", *NUMERICAS)
RECONOCIBLES = {"kpi", "periodo", "lugar"}
FILAS_DE_TITULOS = 20
SOBRANTE = "columna-sobrante"
DE_CABECERA_ROTA = ("columna-repetida", "columna-ausente")
"""Con ellas no se sabe qué dice cada fila. Con una que sobra tampoco, si falta una de cifras: puede
ser esa con otro nombre.
"""


@dataclass(frozen=True, slots=True)
class Tabla:
    """Una hoja con las columnas del observatorio, y la fila en que están sus títulos."""

    hoja: Hoja
    fila: int


def tabla_de(archivo: str, hojas: list[Hoja], pedida: str | None = None) -> Tabla | None:
    """La hoja que tiene las columnas del observatorio, y la fila de sus títulos; nulo si ninguna.
    Lanza ``DatosInvalidos`` si son varias.
    """
    caben = [
        Tabla(h, f)
        for h in hojas
        if (f := _fila_de_titulos(h)) and (pedida is None or plegado(pedida) == plegado(h.nombre))
    ]
    caben = [t for t in caben if not t.hoja.oculta] or caben
    if len(caben) > 1:
        nombres = ", ".join(f"«{t.hoja.nombre}»" for t in caben)
        remedio = (
            f"{len(caben)} hojas tienen las columnas del observatorio: elija una con --hoja, y"
            " repita la orden con cada una que deba entrar"
        )
        raise DatosInvalidos([ErrorDeDatos(archivo, None, None, nombres, "varias-hojas", remedio)])
    return caben[0] if caben else None


def _fila_de_titulos(hoja: Hoja) -> int | None:
    return next(
        (
            f
            for f in range(1, min(len(hoja.filas), FILAS_DE_TITULOS) + 1)
            if set(_titulos(hoja, f)) >= RECONOCIBLES
        ),
        None,
    )


def _titulos(hoja: Hoja, fila: int) -> list[str]:
    """Los títulos sin tildes ni mayúsculas: «Período» y «Fecha dato» son ``periodo`` y
    ``fecha_dato``.
    """
    return (
        [
            plegado(hoja.texto(fila, c)).replace(" ", "_")
            for c in range(1, len(hoja.filas[fila - 1]) + 1)
        ]
        if len(hoja.filas) >= fila
        else []
    )


def leer_tabla(
    ruta: Path, hojas: list[Hoja], tabla: Tabla, catalogo: Catalogo, unidades: pl.DataFrame
) -> Lote:
    """Una medida por fila; ``grupo``, ``fuente``, ``estado`` y ``naturaleza`` ausentes toman su
    valor corriente.

    Lo demás que ``validar`` no admite tampoco entra por aquí: va a ``defectos``.
    """
    hoja, titulos = tabla.hoja, _titulos(tabla.hoja, tabla.fila)
    lote = Lote(ruta, "tabla", hojas, hoja=hoja.nombre)
    declaradas = frozenset(c for c, t in enumerate(titulos, 1) if t in COLUMNAS)
    lote.lecturas = [
        Lectura(
            hoja.nombre,
            tabla.fila,
            declaradas,
            frozenset(c for c, t in enumerate(titulos, 1) if t in NUMERICAS),
        )
    ]
    lote.avisos += no_leido(lote)
    lote.defectos += _de_cabecera(tabla, titulos)
    con_sus_cifras = set(titulos) >= set(NUMERICAS)
    cabecera_rota = any(
        d.regla in DE_CABECERA_ROTA or (d.regla == SOBRANTE and not con_sus_cifras)
        for d in lote.defectos
    )
    corridas = list(_de_filas(tabla, titulos))
    lote.defectos += corridas
    if cabecera_rota:
        return lote
    sin_leer = {d.celda.fila for d in corridas if d.celda}
    codigos = {"unidad": set(unidades["codigo"]), "lugar": set(catalogo.lugares)}
    for fila in range(tabla.fila + 1, len(hoja.filas) + 1):
        if fila in sin_leer:
            continue
        celdas = {
            t: Celda(hoja.nombre, fila, c, t) for c, t in enumerate(titulos, 1) if t in COLUMNAS
        }
        campos = {t: _texto(hoja, fila, c.columna, t) for t, c in celdas.items()}
        if "valor" in celdas and (fila, celdas["valor"].columna) in hoja.porcentajes:
            campos["valor"] = muestra_de_porcentaje(hoja, fila, celdas["valor"].columna)
        if not any(campos.values()):
            continue
        if all(plegado(v).replace(" ", "_") in (t, "") for t, v in campos.items()):
            continue
        if defectos := list(_de_la_fila(celdas, campos, codigos)):
            lote.defectos += defectos
            continue
        if not any(campos.get(c) for c in DE_UNA_MEDIDA):
            lote.defectos.append(_nota(celdas, campos))
            continue
        try:
            campos["fecha_dato"] = dia_local(campos["fecha_dato"], catalogo.territorio.zona_horaria)
        except SinZona:
            lote.defectos.append(
                Defecto(
                    celdas["fecha_dato"],
                    campos["fecha_dato"],
                    "hora-sin-zona-del-territorio",
                    "escriba el día, como 2026-10-31",
                )
            )
            continue
        kpi = catalogo.kpis.get(campos["kpi"])
        corrientes = {
            "grupo": "total",
            "unidad": "",
            "fuente": kpi.fuente if kpi else "",
            "estado": "preliminar",
            "naturaleza": "documentado",
        }
        faltan = {c: v for c, v in corrientes.items() if c not in campos}
        vacias = dict.fromkeys((c for c in COLUMNAS if c not in campos), "")
        lote.medidas.append(Medida(vacias | faltan | campos, celdas | {"medida": celdas["kpi"]}))
    if not (lote.medidas or lote.defectos):
        lote.defectos.append(
            Defecto(None, None, "archivo-sin-filas", "escriba las medidas bajo los títulos")
        )
    return lote


def _de_la_fila(
    celdas: Mapping[str, Celda], campos: Mapping[str, str], codigos: Mapping[str, Collection[str]]
) -> Iterator[Defecto]:
    """Una fila que es un total, y los códigos a los que la hoja de cálculo quitó los ceros."""
    totales = [t for t in ("kpi", "periodo", "lugar") if es_total(campos[t])]
    if not totales and not any(v for t, v in campos.items() if t not in NUMERICAS):
        # Solo cifras: la fila de sumas que nadie rotuló.
        totales = [t for t in NUMERICAS if campos.get(t)][:1]
    if totales:
        yield Defecto(
            celdas[totales[0]],
            campos[totales[0]],
            "fila-de-total",
            "es una fila de total, y aquí cada fila es una medida: bórrela y vuelva a enviar el"
            " archivo",
        )
        return
    for columna, suyos in codigos.items():
        if entero := con_sus_ceros(campos.get(columna, ""), suyos):
            yield Defecto(
                celdas[columna],
                campos[columna],
                "ceros-perdidos",
                f"la hoja de cálculo quitó los ceros de delante: escriba {entero}, con la columna"
                " en formato de texto",
            )


def _nota(celdas: Mapping[str, Celda], campos: Mapping[str, str]) -> Defecto:
    """Una fila de la tabla que no dice ni dónde, ni cuándo, ni cuánto: casi siempre, una nota."""
    return Defecto(
        next(celdas[t] for t, v in campos.items() if v),
        None,
        "fila-que-no-es-medida",
        "la fila no trae lugar, fecha ni cifras: si es una nota, bórrela o llévela a otra hoja; si"
        " es una medida, complétela",
    )


def _texto(hoja: Hoja, fila: int, columna: int, titulo: str) -> str:
    """El campo en una sola línea: un salto dentro de una celda (Alt+Intro) es forma y no
    contenido.
    """
    return (
        hoja.cifra(fila, columna)
        if titulo in NUMERICAS
        else " ".join(hoja.texto(fila, columna).split())
    )


def _de_cabecera(tabla: Tabla, titulos: Sequence[str]) -> Iterator[Defecto]:
    hoja, fila = tabla.hoja, tabla.fila
    libre = len(titulos) + 1
    for c, titulo in enumerate(titulos, 1):
        if titulo and titulo not in COLUMNAS:
            yield Defecto(
                Celda(hoja.nombre, fila, c, titulo),
                None,
                SOBRANTE,
                f"bórrela, o póngale uno de estos títulos: {', '.join(COLUMNAS)}",
            )
        elif titulo and titulo in titulos[: c - 1]:
            yield Defecto(
                Celda(hoja.nombre, fila, c, titulo),
                None,
                "columna-repetida",
                "deje una sola vez la columna",
            )
    yield from _sin_titulo(tabla, titulos)
    cifras = "valor" in titulos or {"numerador", "denominador"} <= set(titulos)
    for titulo in ([] if "fecha_dato" in titulos else ["fecha_dato"]) + (
        [] if cifras else ["valor"]
    ):
        yield Defecto(
            Celda(hoja.nombre, fila, libre, titulo),
            None,
            "columna-ausente",
            f"añada la columna {titulo}"
            + (
                ", o numerador y denominador"
                if titulo == "valor"
                else ", con la fecha de los datos"
            ),
        )


def _ultimo_titulo(titulos: Sequence[str]) -> int:
    return max((c for c, t in enumerate(titulos, 1) if t), default=0)


def _sin_titulo(tabla: Tabla, titulos: Sequence[str]) -> Iterator[Defecto]:
    """Una columna con algo escrito y sin título entre las que lo tienen: los números de fila que
    ponen R y pandas.
    """
    hoja = tabla.hoja
    for c in range(1, _ultimo_titulo(titulos)):
        debajo = range(tabla.fila + 1, len(hoja.filas) + 1)
        if not titulos[c - 1] and (llenas := sum(bool(hoja.texto(f, c)) for f in debajo)):
            yield Defecto(
                Celda(hoja.nombre, tabla.fila, c),
                None,
                "columna-sin-titulo",
                f"la columna no tiene título y hay algo en {cuantas_filas(llenas)}: bórrela, o"
                f" póngale uno de estos: {', '.join(COLUMNAS)}",
            )


def _de_filas(tabla: Tabla, titulos: Sequence[str]) -> Iterator[Defecto]:
    """Lo escrito más allá del último título no tiene dónde entrar."""
    hoja, ultimo = tabla.hoja, _ultimo_titulo(titulos)
    for i, fila in enumerate(hoja.filas[tabla.fila :], tabla.fila + 1):
        for c, valor in enumerate(fila, 1):
            if valor not in (None, "") and c > ultimo:
                yield Defecto(
                    Celda(hoja.nombre, i, c),
                    None,
                    "fila-irregular",
                    "esa columna no tiene título; si un texto lleva coma, escríbalo entre comillas",
                )
