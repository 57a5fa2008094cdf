"""De una tabla con las columnas del observatorio (CSV o libro) a un lote, tolerante con el orden y con lo que se puede deducir."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..base.plegado import plegado
from ..catalogo import Catalogo
from ..datos.lectura import COLUMNAS
from ..datos.reglas import NUMERICAS
from .hojas.cuadricula import Celda, Hoja
from .lote import Defecto, Lote, Medida

RECONOCIBLES = {"kpi", "periodo", "lugar"}


def tabla_de(hojas: list[Hoja]) -> Hoja | None:
    """La primera hoja cuya fila 1 tiene las columnas del observatorio, o nada."""
    return next((h for h in hojas if set(_titulos(h)) >= RECONOCIBLES), None)


def _titulos(hoja: Hoja) -> list[str]:
    """Los títulos sin tildes ni mayúsculas: «Período» y «Fecha dato» son ``periodo`` y ``fecha_dato``."""
    return (
        [plegado(hoja.texto(1, c)).replace(" ", "_") for c in range(1, len(hoja.filas[0]) + 1)]
        if hoja.filas
        else []
    )


def leer_tabla(ruta: Path, hojas: list[Hoja], hoja: Hoja, catalogo: Catalogo) -> Lote:
    """Una medida por fila; ``grupo``, ``fuente``, ``estado`` y ``naturaleza`` ausentes toman su valor corriente.

    Lo demás que ``validar`` no admite tampoco entra por aquí: va a ``defectos``.
    """
    lote = Lote(ruta, "tabla", hojas, hoja=hoja.nombre)
    titulos = _titulos(hoja)
    lote.defectos += [*_de_cabecera(hoja, titulos), *_de_filas(hoja, titulos)]
    if lote.defectos:
        return lote
    for fila in range(2, len(hoja.filas) + 1):
        celdas = {
            t: Celda(hoja.nombre, fila, c, t) for c, t in enumerate(titulos, 1) if t in COLUMNAS
        }
        campos = {t: _texto(hoja, fila, c.columna, t) for t, c in celdas.items()}
        if not any(campos.values()):
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
    if not lote.medidas:
        lote.defectos.append(
            Defecto(None, None, "archivo-sin-filas", "escriba las medidas bajo los títulos")
        )
    return lote


def _texto(hoja: Hoja, fila: int, columna: int, titulo: str) -> str:
    """El campo en una sola línea: un salto dentro de una celda (Alt+Intro) es forma y no contenido."""
    return (
        hoja.cifra(fila, columna)
        if titulo in NUMERICAS
        else " ".join(hoja.texto(fila, columna).split())
    )


def _de_cabecera(hoja: Hoja, titulos: Sequence[str]) -> Iterator[Defecto]:
    libre = len(titulos) + 1
    for c, titulo in enumerate(titulos, 1):
        if titulo and titulo not in COLUMNAS:
            yield Defecto(
                Celda(hoja.nombre, 1, c, titulo),
                None,
                "columna-sobrante",
                f"bórrela, o póngale uno de estos títulos: {', '.join(COLUMNAS)}",
            )
        elif titulo in titulos[: c - 1]:
            yield Defecto(
                Celda(hoja.nombre, 1, c, titulo),
                None,
                "columna-repetida",
                "deje una sola vez la columna",
            )
    cifras = "valor" in titulos or {"numerador", "denominador"} <= set(titulos)
    for titulo in ([] if "fecha_dato" in titulos else ["fecha_dato"]) + (
        [] if cifras else ["valor"]
    ):
        yield Defecto(
            Celda(hoja.nombre, 1, libre, titulo),
            None,
            "columna-ausente",
            f"añada la columna {titulo}"
            + (
                ", o numerador y denominador"
                if titulo == "valor"
                else ", con la fecha de los datos"
            ),
        )


def _de_filas(hoja: Hoja, titulos: Sequence[str]) -> Iterator[Defecto]:
    """Lo escrito más allá del último título, o bajo una columna sin título, no tiene dónde entrar."""
    for i, fila in enumerate(hoja.filas[1:], 2):
        for c, valor in enumerate(fila, 1):
            if valor not in (None, "") and (c > len(titulos) or not titulos[c - 1]):
                yield Defecto(
                    Celda(hoja.nombre, i, c),
                    None,
                    "fila-irregular",
                    "esa columna no tiene título; si un texto lleva coma, escríbalo entre comillas",
                )
