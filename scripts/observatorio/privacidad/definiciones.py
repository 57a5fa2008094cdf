"""Qué mide cada celda: lo que se ocultó midiendo de un modo no se destapa midiendo de otro.

La memoria guarda con cada celda la ``forma`` en que medía su KPI y la huella del ``texto`` de su
fórmula. Con el mismo código la forma no cambia mientras algo se oculte, y el texto solo si las
cifras que se vieron son las mismas (``validar``). Quien de verdad mide otra cosa lleva otro código
y declara ``codigo_anterior``: hereda lo que se vio, y los periodos en que algo se ocultó entonces u
hoy se ocultan enteros, porque restar dos medidas de la misma gente diría lo oculto. Los periodos
que vienen después no se tocan.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import polars as pl

from ..base.periodos import expr_meses_fin
from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi
from .frecuencia import meses_de

OTRA = "otra"
"""La forma de lo que un KPI heredó de otro que medía distinto."""
CELDA = ("kpi", "periodo", "lugar", "grupo", "unidad")
IGUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Forma:
    """Lo que una máquina puede leer de una definición; cada campo, como se escribe en la ficha."""

    unidad: str
    factor: str
    denominador: str
    medida: str
    agregacion: str
    ventana: str
    sensible: str

    @classmethod
    def de(cls, kpi: Kpi) -> Forma:
        """La de un KPI."""
        return cls(
            kpi.unidad,
            f"{kpi.formula.factor:g}",
            "no" if kpi.formula.denominador is None else "sí",
            kpi.formula.medida,
            kpi.agregacion,
            str(kpi.ventana or "no"),
            kpi.sensible or "no",
        )

    @classmethod
    def leida(cls, escrita: str) -> Forma | None:
        """La que se guardó; nada si no se sabe."""
        partes = escrita.split("|")
        return cls(*partes) if len(partes) == len(fields(cls)) else None

    @property
    def escrita(self) -> str:
        """Como se guarda."""
        return "|".join(getattr(self, c.name).replace("|", "/") for c in fields(self))

    def cambios(self, hoy: Forma) -> list[tuple[str, str, str]]:
        """``(campo, antes, hoy)`` de lo que ya no es lo mismo."""
        return [
            (c.name, getattr(self, c.name), getattr(hoy, c.name))
            for c in fields(self)
            if getattr(self, c.name) != getattr(hoy, c.name)
        ]


@dataclass(frozen=True, slots=True)
class Definicion:
    """Cómo mide hoy un KPI y con qué umbral se protege; 0 si no es sobre personas."""

    forma: str
    texto: str
    k: int


Definiciones = Mapping[str, Definicion]


def definiciones(catalogo: Catalogo) -> dict[str, Definicion]:
    """La de cada KPI del catálogo."""
    k = catalogo.territorio.metodo.k
    return {
        c: Definicion(Forma.de(x).escrita, huella_del_texto(x), k if x.sobre_personas else 0)
        for c, x in catalogo.kpis.items()
    }


def huella_del_texto(kpi: Kpi) -> str:
    """La misma aunque cambien mayúsculas, tildes, espacios o puntuación."""
    escrito = f"{kpi.formula.numerador}/{kpi.formula.denominador or ''}"
    llano = unicodedata.normalize("NFKD", escrito.casefold())
    return hashlib.sha256(re.sub(r"[^a-z0-9/]", "", llano).encode()).hexdigest()[:8]


def como_tabla(de: Definiciones) -> pl.DataFrame:
    """``kpi, hoy_forma, hoy_texto, hoy_k``, una fila por KPI."""
    return pl.DataFrame(
        [(c, d.forma, d.texto, d.k) for c, d in de.items()],
        schema={
            "kpi": pl.String,
            "hoy_forma": pl.String,
            "hoy_texto": pl.String,
            "hoy_k": pl.Int32,
        },
        orient="row",
    )


def separar(anterior: pl.DataFrame, formas: Mapping[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """La memoria de lo que se medía como hoy, y la de lo que se medía de otro modo.

    ``formas``: la de hoy de cada KPI; lo que no se sabe cómo se medía cuenta como hoy.
    """
    hoy = pl.col("kpi").replace_strict(dict(formas), default=None, return_dtype=pl.String)
    ajena = (
        (pl.col("forma") == OTRA) | ((pl.col("forma") != "") & (pl.col("forma") != hoy))
    ).fill_null(False)
    return anterior.filter(~ajena), anterior.filter(ajena)


def medidas_de_otro_modo(tabla: pl.DataFrame, ajena: pl.DataFrame) -> set[int]:
    """Números de las ``celda`` de los periodos que se publicaron midiendo otra cosa, si algo de
    ellos se ocultó entonces o se oculta hoy.

    ``tabla``: ``columnas.DECIDIDA``; ``ajena``: lo que se midió de otro modo (``separar``).
    """
    if ajena.is_empty():
        return set()
    c = pl.col
    cerrados = (
        ajena.select(
            "kpi",
            expr_meses_fin(c("periodo")).cast(pl.Int32).alias("cierre"),
            pl.when(c("agrupado") > 0)
            .then("agrupado")
            .otherwise(meses_de(c("periodo")))
            .alias("duracion"),
            (c("vista") == 0).alias("con_oculta"),
        )
        .group_by("kpi", "cierre", "duracion")
        .agg(c("con_oculta").any())
    )
    dentro = (
        tabla.filter(~c("virtual"))
        .select(
            "celda",
            "kpi",
            "oculta",
            "fin",
            (c("fin") - pl.when(c("agrupado") > 0).then("agrupado").otherwise("meses")).alias(
                "inicio"
            ),
        )
        .join(cerrados, on="kpi")
        .filter(c("fin") > c("cierre") - c("duracion"), c("inicio") < c("cierre"))
        .with_columns(
            (c("con_oculta") | c("oculta")).any().over("kpi", "fin", "inicio").alias("sucio")
        )
    )
    return set(dentro.filter("sucio", ~c("oculta"))["celda"].to_list())


def cifras_distintas(vistas: pl.DataFrame, hoy: pl.DataFrame) -> bool:
    """Si alguna celda que se vio dice hoy otra cosa.

    ``vistas``: ``columnas.HISTORIAL``; ``hoy``: las observaciones.
    """
    cifras = ("valor", "numerador", "denominador")
    juntas = vistas.filter(pl.col("agrupado") == 0, pl.col("vista") > 0).join(
        hoy.select(
            *(pl.col(c).cast(pl.String) for c in CELDA),
            *(pl.col(c).alias(f"hoy_{c}") for c in cifras),
        ),
        on=CELDA,
    )
    return not juntas.filter(
        pl.any_horizontal(
            ((pl.col(c) - pl.col(f"hoy_{c}")).abs() > IGUAL * pl.col(c).abs().clip(1)).fill_null(
                False
            )
            for c in cifras
        )
    ).is_empty()


def cambiadas(
    anterior: pl.DataFrame, hoy: Definiciones, observaciones: pl.DataFrame
) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Por KPI que mide de otro modo con el mismo código y tiene algo oculto: qué cambió.

    ``anterior``: ``columnas.HISTORIAL`` con los códigos con que se publicó.
    """
    c = pl.col
    guardadas = (
        anterior.filter(c("k") > 0, ~c("forma").is_in(["", OTRA]))
        .group_by("kpi", "forma", "texto")
        .agg((c("vista") == 0).any().alias("con_oculta"))
        .with_columns(c("con_oculta").any().over("kpi"))
        .sort("kpi", "forma", "texto")
    )
    for kpi, forma, texto, con_oculta in guardadas.iter_rows():
        de_hoy, antes = hoy.get(kpi), Forma.leida(forma)
        ahora = Forma.leida(de_hoy.forma) if de_hoy else None
        if de_hoy is None or antes is None or ahora is None:
            continue
        cambios = [x for x in antes.cambios(ahora) if con_oculta or x[0] == "sensible"]
        # Volverse sensible protege más; dejar de serlo abre lo que se callaba.
        cambios = [x for x in cambios if x[0] != "sensible" or x[1] != "no"]
        suyas = anterior.filter(c("kpi") == kpi)
        if (
            not cambios
            and con_oculta
            and texto != de_hoy.texto
            and cifras_distintas(suyas, observaciones.filter(c("kpi") == kpi))
        ):
            cambios = [("formula", "otra redacción", "otras cifras")]
        if cambios:
            yield kpi, cambios
