"""Advertencias: lo que puede ser cierto, pero pide que alguien lo explique por escrito antes de
publicarse.

Cada función recibe la tabla ordenada por serie y fin (una fila por medida, con ``valor``) y
devuelve las suyas con las columnas de ``ADVERTIDAS``; lo que no identifica a la advertencia queda
vacío.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ..catalogo.modelos import Enlace
from ..catalogo.nombre_de_lugar import ANEXO, NombreDeLugar
from .columnas import ADVERTIDAS
from .reglas import CLAVE

DESVIACIONES, DIFERENCIAS_MINIMAS, A_SIGMA, PARTE_DEL_NIVEL = 5.0, 5, 1.4826, 0.02
FIABILIDAD_DEBIL = ("C", "D")
TOLERANCIA_SUMA = 1e-6
IDENTIDAD = (*CLAVE, "fuente", "cifra")
SERIE = ("kpi", "lugar", "grupo", "unidad")


@dataclass(frozen=True, slots=True)
class Advertencia:
    """Qué dice y qué campos la identifican al justificarla."""

    dice: str
    exige: tuple[str, ...]


ADVERTENCIAS: dict[str, Advertencia] = {
    "salto": Advertencia(
        "cambia más de cinco desviaciones robustas respecto del periodo anterior",
        (*CLAVE[:4], "cifra"),
    ),
    "primera-entrega": Advertencia(
        "es la primera medida real y está lejos de lo que cabe esperar", (*CLAVE[:4], "cifra")
    ),
    "suma-de-partes": Advertencia("el total no es la suma de sus partes", (*CLAVE[:4], "cifra")),
    "hermanos-discordes": Advertencia(
        "contradice a otro KPI que el catálogo enlaza con él", (*CLAVE[:4], "cifra")
    ),
    "valores-sin-enlace": Advertencia(
        "vale siempre lo mismo que la cuenta de otro KPI con el que no se enlaza",
        (*CLAVE[:4], "cifra"),
    ),
    "desglose-protegido": Advertencia(
        "el corte declarado no deja publicar ninguna cifra: retírelo de desagregaciones, con sus"
        " filas, o reúna sus categorías",
        ("kpi", "grupo"),
    ),
    "quiebre-de-metodo": Advertencia(
        "la fuente cambió de método dentro de la serie", ("kpi", "fuente")
    ),
    "dato-tardio": Advertencia(
        "llegó después de vencido el plazo de su indicador", ("kpi", "periodo")
    ),
    "fuente-debil": Advertencia(
        "la fuente es secundaria, o no se conoce bien su método", ("fuente",)
    ),
}


@dataclass(frozen=True, slots=True)
class Contexto:
    """Lo que se sabe además de las observaciones: ``fichas`` por KPI, fuentes débiles, quiebres por
    fuente y enlaces.

    ``siempre_ocultos``: de las observaciones validadas, ``kpi, familia, celdas`` de los cortes que
    la protección de las personas no dejaría publicar nunca (``privacidad.desgloses``). ``hojas``:
    la hoja de ruta de cada KPI. ``se_llaman``: cómo se dicen los anexos.
    """

    ubigeo: str
    anexos: tuple[str, ...]
    fichas: pl.DataFrame
    debiles: dict[str, str]
    quiebres: tuple[tuple[str, date, int, tuple[str, ...]], ...]
    enlaces: tuple[tuple[str, Enlace], ...] = ()
    siempre_ocultos: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    hojas: Mapping[str, str] = field(default_factory=dict)
    se_llaman: NombreDeLugar = ANEXO


def con_esquema(parte: pl.DataFrame) -> pl.DataFrame:
    """Completa las columnas que faltan y fija tipos y orden."""
    tipos = ADVERTIDAS.esquema
    vacias = [
        pl.lit("" if t == pl.String else None, dtype=t).alias(c)
        for c, t in tipos.items()
        if c not in parte.columns
    ]
    return parte.with_columns(vacias).select(pl.col(c).cast(t) for c, t in tipos.items())


def cifra(columna: str = "valor") -> pl.Expr:
    """Texto corto de una cifra, para nombrarla en la justificación: hasta cuatro decimales, sin
    ceros de más.
    """
    texto = pl.col(columna).round(4).cast(pl.String)
    return texto.str.replace(r"\.0$", "")


MEDIDAS = ("medida", "medidas")


def contadas(columna: str, una: str, varias: str) -> pl.Expr:
    """«1 medida», «3 medidas»."""
    n = pl.col(columna)
    return pl.format("{} {}", n, pl.when(n == 1).then(pl.lit(una)).otherwise(pl.lit(varias)))


def por_clase(tabla: pl.DataFrame, superada: pl.DataFrame | None = None) -> list[pl.DataFrame]:
    """Las medidas reales y las de demostración por separado: lo inventado no desmiente a lo medido,
    ni al revés.

    ``superada``: las filas de demostración que una medida real reemplaza. La demostración se mira
    con ellas, entera: lo que llega no la deja coja ni cambia lo que de ella se advierte.
    """
    inventada = tabla["naturaleza"] == "demostracion"
    reemplaza = superada is not None and not superada.is_empty()
    if not reemplaza and (inventada.all() or not inventada.any()):
        return [tabla]
    demostracion = tabla.filter(inventada)
    if superada is not None and reemplaza:
        demostracion = pl.concat([demostracion, superada]).sort("indice")
    return [tabla.filter(~inventada), demostracion]


def saltos(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """``|Δ − mediana(Δ)| > 5 · 1.4826 · MAD(Δ)`` en cada serie de al menos cinco cambios.

    Δ es el cambio entre medidas sucesivas del mismo método. La escala nunca es menor que un caso ni
    que el 2 % del nivel de la serie: en series cortas o casi constantes, la dispersión sola
    llamaría salto a cualquier cosa.
    """
    un_caso = (pl.col("f_factor") / pl.col("denominador")).fill_null(
        pl.lit(10.0) ** -pl.col("f_decimales")
    )
    nuevas = ["serie", *(f"quiebre_{i}" for i in range(len(contexto.quiebres)))]
    misma = pl.all_horizontal(pl.col(c) == pl.col(c).shift(1) for c in nuevas)
    cambios = (
        _con_quiebres(tabla, contexto)
        .lazy()
        .select(
            "serie",
            "valor",
            "indice",
            pl.when(misma).then(pl.col("valor") - pl.col("valor").shift(1)).alias("cambio"),
            un_caso.alias("caso"),
        )
        .filter(pl.col("cambio").is_not_null(), pl.len().over("serie") > DIFERENCIAS_MINIMAS)
    )
    usual = pl.col("cambio").median().over("serie")
    piso = pl.max_horizontal("caso", PARTE_DEL_NIVEL * pl.col("valor").abs().median().over("serie"))
    desvios = cambios.with_columns(usual.alias("usual"), piso.alias("piso")).with_columns(
        (pl.col("cambio") - pl.col("usual")).abs().alias("desvio")
    )
    # Solo puede saltar la serie cuyo mayor desvío supera cinco pisos: así la segunda mediana se
    # calcula en pocas.
    posibles = desvios.filter(
        (pl.col("desvio") > DESVIACIONES * pl.col("piso")).any().over("serie")
    )
    escala = pl.max_horizontal(A_SIGMA * pl.col("desvio").median().over("serie"), "piso")
    malos = posibles.with_columns(escala.alias("escala")).filter(
        pl.col("desvio") > DESVIACIONES * pl.col("escala")
    )
    return tabla.join(
        malos.select("indice", "cambio", "usual", "escala").collect(), on="indice"
    ).with_columns(
        cifra().alias("cifra"),
        pl.format(
            "cambió {} cuando lo habitual es {} ± {}",
            cifra("cambio"),
            cifra("usual"),
            pl.col("escala").round(2),
        ).alias("detalle"),
        pl.lit("salto").alias("regla"),
    )


def _con_quiebres(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    return tabla.with_columns(
        ((pl.col("fin") > mes) & _afectada(fuente, kpis)).alias(f"quiebre_{i}")
        for i, (fuente, _, mes, kpis) in enumerate(contexto.quiebres)
    )


def _afectada(fuente: str, kpis: tuple[str, ...]) -> pl.Expr:
    return (pl.col("fuente") == fuente) & (
        pl.col("kpi").is_in(list(kpis)) if kpis else pl.lit(True)
    )


def quiebres(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """KPI con medidas de antes y de después de que su fuente cambiara de método."""
    partes = []
    for fuente, fecha, mes, kpis in contexto.quiebres:
        suya = (
            tabla.lazy()
            .filter(_afectada(fuente, kpis))
            .group_by("kpi", "fuente", maintain_order=True)
        )
        despues = pl.col("fin") > mes
        partes.append(
            suya.agg(
                pl.col("periodo").filter(despues).sort_by(pl.col("fin").filter(despues)).first(),
                (~despues).any().alias("antes"),
                pl.col("archivo").first(),
            )
            .filter("antes", pl.col("periodo").is_not_null())
            .with_columns(
                pl.lit("quiebre-de-metodo").alias("regla"),
                pl.lit(f"la fuente cambió de método el {fecha.isoformat()}").alias("detalle"),
            )
            .collect()
        )
    return pl.concat([con_esquema(p) for p in partes]) if partes else con_esquema(pl.DataFrame())


def tardios(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """Datos fechados cuando el periodo ya estaba vencido: fin + un periodo + gracia."""
    mes = pl.col("fecha_dato").dt.year().cast(pl.Int32) * 12 + pl.col("fecha_dato").dt.month()
    plazo = pl.col("fin") + pl.col("f_meses") + pl.col("f_gracia")
    return (
        tabla.lazy()
        .filter(mes > plazo)
        .group_by("kpi", "periodo", "fuente", maintain_order=True)
        .agg(pl.len().alias("n"), pl.col("fecha_dato").max(), pl.col("archivo", "fila").first())
        .with_columns(
            pl.lit("dato-tardio").alias("regla"),
            pl.format("{} con fecha de hasta {}", contadas("n", *MEDIDAS), "fecha_dato").alias(
                "detalle"
            ),
        )
        .collect()
    )


def debiles(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """Una advertencia por KPI y fuente de fiabilidad C o D."""
    return (
        tabla.lazy()
        .filter(pl.col("fuente").is_in(list(contexto.debiles)))
        .group_by("kpi", "fuente", maintain_order=True)
        .agg(pl.len().alias("n"), pl.col("archivo").first())
        .with_columns(
            pl.lit("fuente-debil").alias("regla"),
            pl.format(
                "{} de una fuente de fiabilidad {}",
                contadas("n", *MEDIDAS),
                pl.col("fuente").cast(pl.String).replace_strict(contexto.debiles, default=""),
            ).alias("detalle"),
        )
        .collect()
    )


def desgloses(tabla: pl.DataFrame, contexto: Contexto) -> pl.DataFrame:
    """Una advertencia por corte declarado que no dejaría publicar ninguna cifra, con lo que
    cuesta.
    """
    if contexto.siempre_ocultos is None:
        return con_esquema(pl.DataFrame())
    return contexto.siempre_ocultos(tabla).select(
        pl.lit("desglose-protegido").alias("regla"),
        "kpi",
        pl.col("familia").alias("grupo"),
        pl.format(
            "{} por {}: se piden {} celdas y ninguna se publicaría",
            "kpi",
            pl.col("familia").replace("anexos", contexto.se_llaman.plural),
            "celdas",
        ).alias("detalle"),
        pl.col("kpi")
        .replace_strict(contexto.hojas, default="", return_dtype=pl.String)
        .alias("archivo"),
    )
