"""Una edición con cifras de acceso restringido no sale, venga de donde venga: se mira cada archivo
de datos que las llevaría.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..catalogo.modelos import CIUDADANO
from ..errores import ErrorDeUso
from ..presentacion.nivel import ARCHIVO

CIFRAS = ("ultimo", "avance", "linea_base")
SERIES = ("observaciones", "agrupadas", "brechas")
COLUMNAS = ("ultimo_valor", "avance", "linea_base_valor")
TABLAS = ("observaciones", "agrupadas", "correcciones", "kpis")


def exigir_publica(carpeta: Path) -> None:
    """Lanza ``ErrorDeUso`` si algún archivo de ``datos/`` lleva cifras de un KPI de acceso
    restringido.
    """
    exigir_sin_nivel(carpeta)
    datos = carpeta / "datos"
    kpis = _leer(datos / "kpis.json")
    restringidos = {k["codigo"] for k in kpis if k["acceso"] != CIUDADANO}
    if con_cifra := restringidos & {*_en_json(datos, kpis), *_en_tablas(datos)}:
        raise ErrorDeUso(
            f"esta edición tiene cifras de acceso restringido ({', '.join(sorted(con_cifra))}) y no"
            " se publica; entréguela por el canal de su nivel, o cambie el acceso de esos KPI en"
            " su hoja de ruta con un acta"
        )


def exigir_sin_nivel(carpeta: Path) -> None:
    """Lanza ``ErrorDeUso`` si la edición es de un nivel restringido: lo dicen su aviso y su
    ficha.
    """
    fichas = [_leer(ruta) for ruta in sorted((carpeta / "ediciones").glob("*.json"))]
    niveles = {f.get("nivel", CIUDADANO) for f in fichas if isinstance(f, dict)} - {CIUDADANO}
    if niveles or (carpeta / "datos" / ARCHIVO).exists():
        raise ErrorDeUso(
            f"esta edición es de uso restringido ({', '.join(sorted(niveles)) or ARCHIVO}) y no se"
            " publica: se entrega con «observatorio construir --nivel NIVEL --en CARPETA», en una"
            " carpeta que solo lean los de su nivel"
        )


def exigir_sin_restringidas(destino: Path) -> None:
    """Lanza ``ErrorDeUso`` si en ``destino`` se entregan ediciones restringidas: el sitio público
    las heredaría entre las anteriores.
    """
    if (destino / "datos" / ARCHIVO).exists():
        raise ErrorDeUso(
            f"en «{destino}» hay una edición de uso restringido: publique en otra carpeta"
        )


def _en_json(datos: Path, kpis: list[Mapping]) -> Iterator[str]:
    fichas = [_leer(ruta) for ruta in sorted((datos / "kpi").glob("*.json"))]
    yield from (
        k["codigo"]
        for k in [*kpis, *fichas]
        if any(k.get(n) is not None for n in CIFRAS) or any(k.get(n) for n in SERIES)
    )


def _en_tablas(datos: Path) -> Iterator[str]:
    import polars as pl

    for nombre in TABLAS:
        for ruta in (datos / f"{nombre}.csv", datos / f"{nombre}.parquet"):
            if ruta.is_file():
                tabla = (
                    pl.read_csv(ruta, infer_schema=False)
                    if ruta.suffix == ".csv"
                    else pl.read_parquet(ruta)
                )
                con_cifra = (
                    tabla
                    if "kpi" in tabla.columns
                    else tabla.filter(pl.any_horizontal(pl.col(COLUMNAS).is_not_null()))
                )
                yield from con_cifra[con_cifra.columns[0]].unique().drop_nulls()


def _leer(ruta: Path):
    return json.loads(ruta.read_text(encoding="utf-8"))
