"""De una tabla con las columnas del observatorio (CSV o libro) a un lote, tolerante con el orden y con lo que se puede deducir."""

from __future__ import annotations

from pathlib import Path

from ..catalogo import Catalogo
from ..datos.lectura import COLUMNAS
from .cuadricula import Celda, Hoja
from .lote import Lote, Medida

NECESARIAS = {"kpi", "periodo", "lugar"}


def tabla_de(hojas: list[Hoja]) -> Hoja | None:
    """La primera hoja cuya fila 1 tiene las columnas del observatorio, o nada."""
    return next((h for h in hojas if set(_titulos(h)) >= NECESARIAS), None)


def _titulos(hoja: Hoja) -> list[str]:
    return [hoja.texto(1, c).lower() for c in range(1, len(hoja.filas[0]) + 1)] if hoja.filas else []


def leer_tabla(ruta: Path, hojas: list[Hoja], hoja: Hoja, catalogo: Catalogo) -> Lote:
    """Una medida por fila; ``grupo``, ``fuente``, ``estado`` y ``naturaleza`` ausentes toman su valor corriente."""
    lote = Lote(ruta, "tabla", hojas)
    titulos = _titulos(hoja)
    for fila in range(2, len(hoja.filas) + 1):
        celdas = {t: Celda(hoja.nombre, fila, c, t) for c, t in enumerate(titulos, 1) if t in COLUMNAS}
        campos = {t: hoja.texto(fila, celda.columna) for t, celda in celdas.items()}
        if not any(campos.values()):
            continue
        kpi = catalogo.kpis.get(campos["kpi"])
        corrientes = {"grupo": "total", "unidad": "", "fuente": kpi.fuente if kpi else "", "estado": "preliminar", "naturaleza": "documentado"}
        faltan = {c: v for c, v in corrientes.items() if c not in campos}
        vacias = dict.fromkeys((c for c in COLUMNAS if c not in campos), "")
        lote.medidas.append(Medida(vacias | faltan | campos, celdas | {"medida": celdas["kpi"]}))
    return lote
