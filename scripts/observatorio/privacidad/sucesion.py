"""Lo que identifica una celda en el tiempo no cambia en silencio.

La memoria de lo publicado va por códigos (de KPI, de lugar, de grupo, de unidad, de fuente). Con
uno renombrado se olvidaría qué se vio y qué se ocultó, y bastaría restar las dos ediciones. Por eso
un código que se publicó no desaparece: o sigue, o quien lo sucede declara ``codigo_anterior``, y
hereda su memoria. Tampoco cambian en silencio la definición de un KPI (``definiciones``), el umbral
con que se ocultó ni el acceso con que se publicó.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from ..catalogo import Catalogo
from ..catalogo.modelos import CIUDADANO
from ..errores import ErrorDeDatos
from .definiciones import OTRA, Definicion, Definiciones, cambiadas, definiciones
from .historial import CLAVE

NINGUNA: Mapping[str, str] = MappingProxyType({})
SIN_DEFINIR: Mapping[str, Definicion] = MappingProxyType({})
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Sucesiones:
    """De cada código que ya no se usa, el que lo sucede: ``{anterior: de hoy}``."""

    kpis: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    lugares: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    grupos: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    unidades: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    fuentes: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    miden: Definiciones = field(default_factory=lambda: SIN_DEFINIR)
    """Cómo mide hoy cada KPI."""

    @classmethod
    def de(cls, catalogo: Catalogo) -> Sucesiones:
        """Las que el catálogo y el territorio declaran."""
        territorio = catalogo.territorio
        return cls(
            {k.codigo_anterior: c for c, k in catalogo.kpis.items() if k.codigo_anterior},
            {a.codigo_anterior: a.codigo for a in territorio.anexos if a.codigo_anterior},
            territorio.codigos_anteriores.grupos,
            territorio.codigos_anteriores.unidades,
            {f.codigo_anterior: c for c, f in catalogo.fuentes.items() if f.codigo_anterior},
            definiciones(catalogo),
        )

    @property
    def por_columna(self) -> dict[str, Mapping[str, str]]:
        """Las de cada columna de la memoria."""
        return {
            "kpi": self.kpis,
            "lugar": self.lugares,
            "grupo": self.grupos,
            "unidad": self.unidades,
            "fuente": self.fuentes,
        }


def heredada(anterior: pl.DataFrame, sucesiones: Sucesiones) -> pl.DataFrame:
    """``columnas.HISTORIAL`` con los códigos de hoy: cada sucesor hereda lo que se vio de otro.

    Si un código y el que lo sucede se publicaron los dos, de la misma celda vale lo último visto y
    la primera vez que apareció: nada de lo que se supo se olvida. El KPI que sucede a otro y mide
    de otro modo hereda su memoria como ``OTRA``.
    """
    cambios = {c: dict(s) for c, s in sucesiones.por_columna.items() if s}
    if anterior.is_empty() or not cambios:
        return anterior
    return (
        _con_otra_forma(anterior, sucesiones)
        .with_columns(pl.col(c).replace(s) for c, s in cambios.items())
        .sort(*CLAVE, "vista")
        .group_by(CLAVE, maintain_order=True)
        .agg(
            pl.col("desde").min(),
            pl.all().exclude(*CLAVE, "desde").last(),
        )
        .select(anterior.columns)
        .sort(CLAVE)
    )


def _con_otra_forma(anterior: pl.DataFrame, sucesiones: Sucesiones) -> pl.DataFrame:
    c = pl.col
    for viejo, nuevo in sucesiones.kpis.items():
        if nuevo in sucesiones.miden:
            hoy = sucesiones.miden[nuevo]
            distinta = (c("forma") != hoy.forma) | (c("texto") != hoy.texto)
            anterior = anterior.with_columns(
                pl.when((c("kpi") == viejo) & (c("forma") != "") & distinta)
                .then(pl.lit(OTRA))
                .otherwise("forma")
                .alias("forma")
            )
    return anterior


def desaparecidos(
    anterior: pl.DataFrame,
    catalogo: Catalogo,
    unidades: frozenset[str],
    archivos: Mapping[str, str],
    reservados: frozenset[str] = frozenset(),
) -> Iterator[ErrorDeDatos]:
    """Un error por código publicado que hoy no existe y que nadie sucede.

    ``anterior``: ``columnas.HISTORIAL``; ``unidades``: los códigos declarados; ``archivos``: dónde
    se declara cada columna; ``reservados``: los KPI que se publicaron sin sus cifras.
    """
    anterior = anterior.filter(pl.col("k") > 0)
    territorio = catalogo.territorio
    existen = {
        "kpi": frozenset(catalogo.kpis),
        "lugar": frozenset({territorio.ubigeo, *(a.codigo for a in territorio.anexos)}),
        "grupo": frozenset(
            {TOTAL, *(f"{d}:{x}" for d, todas in territorio.categorias.items() for x in todas)}
        ),
        "unidad": unidades | {""},
        "fuente": frozenset(catalogo.fuentes) | {""},
    }
    for columna, sucesores in Sucesiones.de(catalogo).por_columna.items():
        publicados = anterior[columna].unique().to_list()
        publicados = sorted({*publicados, *(reservados if columna == "kpi" else ())})
        for codigo in publicados:
            if codigo not in existen[columna] and codigo not in sucesores:
                yield ErrorDeDatos(
                    archivos[columna],
                    None,
                    columna,
                    codigo,
                    "codigo-publicado-desaparece",
                    "ya se publicó: devuélvalo o, si hoy se llama de otro modo,"
                    f" {territorio.anexos_se_llaman.lleno(DECLARE[columna])} «{codigo}»",
                )
        for viejo, nuevo in sucesores.items():
            if viejo in existen[columna]:
                yield ErrorDeDatos(
                    archivos[columna],
                    None,
                    "codigo_anterior",
                    viejo,
                    "codigo-anterior-en-uso",
                    f"«{viejo}» sigue en uso: «{nuevo}» no puede sucederlo; quite uno de los dos",
                )
            elif nuevo not in existen[columna]:
                yield ErrorDeDatos(
                    archivos[columna],
                    None,
                    "codigo_anterior",
                    nuevo,
                    "sucesor-desconocido",
                    f"«{nuevo}» sucede a «{viejo}» y no existe: corrija el código",
                )


DECLARE = {
    "kpi": "escriba en la ficha de quien lo sucede «codigo_anterior»:",
    "lugar": "escriba en {{el-anexo}} que lo sucede «codigo_anterior»:",
    "grupo": "declare en «codigos_anteriores», «grupos», quién sucede a",
    "unidad": "declare en «codigos_anteriores», «unidades», quién sucede a",
    "fuente": "escriba en la tarjeta de quien la sucede «codigo_anterior»:",
}


def dejan_de_protegerse(
    anterior: pl.DataFrame, catalogo: Catalogo, archivos: Mapping[str, str]
) -> Iterator[ErrorDeDatos]:
    """Un error por KPI que se publicó como de personas y ya no lo es: se vería lo que se ocultó."""
    ocultos = heredada(anterior, Sucesiones.de(catalogo)).filter(pl.col("vista") == 0)
    for codigo in ocultos["kpi"].unique().sort().to_list():
        kpi = catalogo.kpis.get(codigo)
        if kpi is not None and not kpi.sobre_personas:
            yield ErrorDeDatos(
                archivos["kpi"],
                None,
                "sobre_personas",
                codigo,
                "deja-de-protegerse",
                f"{codigo} se publicó con celdas protegidas: con «sobre_personas: false» se verían;"
                " devuelva «true», o dé otro código a lo que ahora mide",
            )


def miden_otra_cosa(
    anterior: pl.DataFrame,
    catalogo: Catalogo,
    observaciones: pl.DataFrame,
    hojas: Mapping[str, str],
) -> Iterator[ErrorDeDatos]:
    """Un error por campo que cambió en un KPI con celdas ocultas y el mismo código.

    ``anterior``: ``columnas.HISTORIAL``, con los códigos con que se publicó; ``hojas``: el archivo
    de la ficha de cada KPI.
    """
    for kpi, cambios in cambiadas(anterior, definiciones(catalogo), observaciones):
        for campo, antes, hoy in cambios:
            devuelva = (
                "publique la nueva redacción sin cambiar cifras ya publicadas"
                if campo == "formula"
                else f"devuelva «{antes}»"
            )
            yield ErrorDeDatos(
                hojas[kpi],
                None,
                CAMPOS.get(campo, campo),
                hoy,
                "definicion-publicada-cambia",
                f"{kpi} se publicó con celdas protegidas y otra definición ({antes}): restando las"
                f" dos se verían; {devuelva} o, si de verdad mide otra cosa, dele otro código y"
                f" escriba en su ficha «codigo_anterior: {kpi}»",
            )


CAMPOS = {
    "factor": "formula.factor",
    "denominador": "formula.denominador",
    "medida": "formula.medida",
}


def baja_el_umbral(
    anterior: pl.DataFrame, catalogo: Catalogo, archivo: str
) -> Iterator[ErrorDeDatos]:
    """Un error si el ``k`` de hoy es menor que aquel con que se ocultó algo, y nadie lo declara."""
    metodo = catalogo.territorio.metodo
    antes = max(anterior.filter(pl.col("vista") == 0)["k"].to_list(), default=0)
    if antes > max(metodo.k, metodo.k_anterior or 0):
        yield ErrorDeDatos(
            archivo,
            None,
            "metodo.k",
            str(metodo.k),
            "baja-el-umbral",
            f"se publicó con k: {antes}, y con {metodo.k} se vería lo que se ocultó; devuelva"
            f" {antes} o, si el comité lo decidió, declare «k_anterior: {antes}» junto a «k»",
        )


def se_abren(
    accesos: Mapping[str, str], catalogo: Catalogo, hojas: Mapping[str, str]
) -> Iterator[ErrorDeDatos]:
    """Un error por KPI que se publicó reservado y hoy es público sin que nadie lo declare.

    ``accesos``: el de cada KPI en la última edición publicada.
    """
    for codigo, kpi in catalogo.kpis.items():
        antes = accesos.get(codigo, accesos.get(kpi.codigo_anterior or "", CIUDADANO))
        if kpi.publico and antes not in (CIUDADANO, kpi.acceso_anterior):
            yield ErrorDeDatos(
                hojas[codigo],
                None,
                "acceso",
                kpi.acceso,
                "se-abre-lo-reservado",
                f"{codigo} se publicó como reservado ({antes}); devuelva «acceso: {antes}» o, si el"
                f" comité decidió abrirlo, escriba en su ficha «acceso_anterior: {antes}»",
            )
