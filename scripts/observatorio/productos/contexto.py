"""Los cuadros de diagnóstico, provincia y contexto como datos públicos, cada fila con su procedencia."""

from __future__ import annotations

import polars as pl

from ..calculo import Resultados
from ..datos.advertencias import FIABILIDAD_DEBIL
from ..datos.reglas import CONTROLES
from ..metodo.comparacion import frente_a_distritos
from ..presentacion.numeros import canonico
from ..presentacion.sello_conjunto import linea_html
from ..rutas import Proyecto
from .procedencia import PENDIENTE

TRANSCRITO, SIN_REPAROS = "preliminar", f"{len(CONTROLES)} de {len(CONTROLES)} sin reparos"
"""Cifras copiadas de su fuente: nadie las ha vuelto a contrastar. Un defecto no pasa la validación; un reparo se dice."""
CUADROS = {
    "diagnostico": "Los problemas de partida, según el artículo del observatorio", "provincia": "Los distritos de la provincia: cifras de años distintos",
    "contexto": "Contexto provincial, regional y nacional",
}


def cuadros(proyecto: Proyecto, r: Resultados) -> dict[str, pl.DataFrame]:
    """``nombre → tabla`` de los cuadros que el proyecto tiene, con ``valor`` numérico y las columnas de su fuente."""
    fuentes = pl.DataFrame(
        [(i, f.institucion, f.fecha_acceso, f.fiabilidad) for i, f in r.catalogo.fuentes.items()],
        schema=["fuente", "fuente_institucion", "fuente_acceso", "fiabilidad"], orient="row",
    )
    salida = {}
    for nombre in CUADROS:
        ruta = proyecto.data / f"{nombre}.csv"
        if ruta.is_file():
            tabla = pl.read_csv(ruta, infer_schema=False).with_columns(pl.col("valor").cast(pl.Float64))
            salida[nombre] = tabla.join(fuentes, on="fuente", how="left", maintain_order="left").with_columns(
                pl.lit(TRANSCRITO).alias("validacion"), _controles(tabla.columns), pl.lit(PENDIENTE).alias("aprobacion")
            )
    return salida


def _controles(columnas: list[str]) -> pl.Expr:
    """«4 de 4 sin reparos», o cuántos y qué se repara: lo que la fuente no dice y lo débil que es."""
    c = pl.col
    falta = [pl.when(c(x).fill_null("") == "").then(pl.lit(dice)) for x, dice in (("periodo", "no consta el año"), ("institucion", "no consta la institución")) if x in columnas]
    completitud = pl.concat_str(falta, separator=" y ", ignore_nulls=True).replace("", None)
    reparos = {
        "completitud": completitud, "confiabilidad": pl.when(c("fiabilidad").is_in(FIABILIDAD_DEBIL)).then(pl.format("fuente de fiabilidad {}", "fiabilidad")),
    }
    limpios = len(CONTROLES) - pl.sum_horizontal(x.is_not_null() for x in reparos.values())
    dichos = [pl.format(f"; {control}: {{}}", x) for control, x in reparos.items()]
    return pl.concat_str(pl.format(f"{{}} de {len(CONTROLES)} sin reparos", limpios), *dichos, ignore_nulls=True).alias("controles")


def sello(nombre: str, proyecto: Proyecto, r: Resultados) -> str:
    """La línea al pie de un cuadro: sus fuentes, su año más nuevo, los controles y la aprobación."""
    tabla = cuadros(proyecto, r)[nombre]
    usadas = [r.catalogo.fuentes[i] for i in sorted(tabla["fuente"].unique())]
    return linea_html(
        {
            "fuentes": [{"institucion": f.institucion, "fecha_acceso": f.fecha_acceso} for f in usadas], "fecha_dato": tabla["periodo"].max(), "validacion": TRANSCRITO,
            "cifras": tabla.height, "sin_reparos": tabla.filter(pl.col("controles") == SIN_REPAROS).height, "aprobacion": {"estado": PENDIENTE, "acta": None},
        },
        ("Cada cifra con su procedencia", f"@raiz@/datos/{nombre}.csv"),
    )


def comparacion(provincia: pl.DataFrame, r: Resultados) -> list[dict[str, object]]:
    """``comparacion.json``: el territorio frente a los demás distritos, indicador por indicador y año por año, con su origen."""
    filas = frente_a_distritos(provincia, r.catalogo.territorio.ubigeo).iter_rows(named=True)
    origen = {i: (f, c) for i, f, c in provincia.select("indicador", "fuente", "controles").unique(maintain_order=True).iter_rows()}
    return [
        {c: canonico(v) if isinstance(v, float) else v for c, v in f.items()} | {"procedencia": _origen(r, *origen[f["indicador"]])} for f in filas
    ]


def _origen(r: Resultados, fuente: str, controles: str) -> dict[str, object]:
    tarjeta = r.catalogo.fuentes[fuente]
    return {
        "fuente": {"id": fuente, "institucion": tarjeta.institucion, "titulo": tarjeta.titulo, "fecha_acceso": tarjeta.fecha_acceso.isoformat()},
        "naturaleza": tarjeta.naturaleza, "validacion": TRANSCRITO, "controles": controles, "aprobacion": {"estado": PENDIENTE, "acta": None},
        "datos": "datos/provincia.csv",
    }
