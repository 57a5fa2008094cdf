"""Lo que identifica una celda en el tiempo no cambia en silencio.

La memoria de lo publicado va por códigos (de KPI, de lugar, de grupo, de unidad). Con uno
renombrado se olvidaría qué se vio y qué se ocultó, y bastaría restar las dos ediciones. Por eso un
código que se publicó no desaparece: o sigue, o quien lo sucede declara ``codigo_anterior``, y
hereda su memoria.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from ..catalogo import Catalogo
from ..errores import ErrorDeDatos
from .historial import CLAVE

NINGUNA: Mapping[str, str] = MappingProxyType({})
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Sucesiones:
    """De cada código que ya no se usa, el que lo sucede: ``{anterior: de hoy}``."""

    kpis: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    lugares: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    grupos: Mapping[str, str] = field(default_factory=lambda: NINGUNA)
    unidades: Mapping[str, str] = field(default_factory=lambda: NINGUNA)

    @classmethod
    def de(cls, catalogo: Catalogo) -> Sucesiones:
        """Las que el catálogo y el territorio declaran."""
        territorio = catalogo.territorio
        return cls(
            {k.codigo_anterior: c for c, k in catalogo.kpis.items() if k.codigo_anterior},
            {a.codigo_anterior: a.codigo for a in territorio.anexos if a.codigo_anterior},
            territorio.codigos_anteriores.grupos,
            territorio.codigos_anteriores.unidades,
        )

    @property
    def por_columna(self) -> dict[str, Mapping[str, str]]:
        """Las de cada columna de la memoria."""
        return {
            "kpi": self.kpis,
            "lugar": self.lugares,
            "grupo": self.grupos,
            "unidad": self.unidades,
        }


def heredada(anterior: pl.DataFrame, sucesiones: Sucesiones) -> pl.DataFrame:
    """``columnas.HISTORIAL`` con los códigos de hoy: cada sucesor hereda lo que se vio de otro.

    Si un código y el que lo sucede se publicaron los dos, de la misma celda vale lo último visto y
    la primera vez que apareció: nada de lo que se supo se olvida.
    """
    cambios = {c: dict(s) for c, s in sucesiones.por_columna.items() if s}
    if anterior.is_empty() or not cambios:
        return anterior
    return (
        anterior.with_columns(pl.col(c).replace(s) for c, s in cambios.items())
        .sort(*CLAVE, "vista")
        .group_by(CLAVE, maintain_order=True)
        .agg(
            pl.col("desde").min(),
            pl.all().exclude(*CLAVE, "desde").last(),
        )
        .select(anterior.columns)
        .sort(CLAVE)
    )


def desaparecidos(
    anterior: pl.DataFrame,
    catalogo: Catalogo,
    unidades: frozenset[str],
    archivos: Mapping[str, str],
) -> Iterator[ErrorDeDatos]:
    """Un error por código publicado que hoy no existe y que nadie sucede.

    ``anterior``: ``columnas.HISTORIAL``; ``unidades``: los códigos declarados; ``archivos``: dónde
    se declara cada columna.
    """
    territorio = catalogo.territorio
    existen = {
        "kpi": frozenset(catalogo.kpis),
        "lugar": frozenset({territorio.ubigeo, *(a.codigo for a in territorio.anexos)}),
        "grupo": frozenset(
            {TOTAL, *(f"{d}:{x}" for d, todas in territorio.categorias.items() for x in todas)}
        ),
        "unidad": unidades | {""},
    }
    for columna, sucesores in Sucesiones.de(catalogo).por_columna.items():
        publicados = anterior[columna].unique().sort().to_list()
        for codigo in publicados:
            if codigo not in existen[columna] and codigo not in sucesores:
                yield ErrorDeDatos(
                    archivos[columna],
                    None,
                    columna,
                    codigo,
                    "codigo-publicado-desaparece",
                    f"ya se publicó: devuélvalo o, si hoy se llama de otro modo, {DECLARE[columna]}"
                    f" «{codigo}»",
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
    "lugar": "escriba en el anexo que lo sucede «codigo_anterior»:",
    "grupo": "declare en «codigos_anteriores», «grupos», quién sucede a",
    "unidad": "declare en «codigos_anteriores», «unidades», quién sucede a",
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
