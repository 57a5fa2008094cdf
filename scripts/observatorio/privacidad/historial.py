"""Lo ya publicado, que quien ataca conserva: ``data/publicada/celdas.csv``.

Solo publicar lo cambia, y se guarda con los datos. Acumula, por celda, la última
cifra que se vio (``vista``: en qué publicación; 0, nunca), la publicación en que la celda
apareció (``desde``) y cómo se medía (``definiciones``). Con eso una edición nueva no descubre por
diferencia lo que ocultaba otra. Sin archivo no hay nada publicado.

De ahí salen también las celdas que ya no se informan.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import polars as pl

from ..base.periodos import expr_meses_fin
from ..datos.csv_estricto import leer_csv
from ..datos.forma import REMEDIO_PUBLICADA
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from .columnas import HISTORIAL
from .definiciones import Definiciones, como_tabla
from .primaria import con_familia, cuentas

DEL_MODO = ("fuente", "forma", "texto", "k")
CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad", "agrupado")
CIFRAS = ("valor", "numerador", "denominador")
COLUMNAS = HISTORIAL.nombres
ENTERAS = ("agrupado", "desde", "vista", "k")
SIN_SABER = {"fuente": "", "forma": "", "texto": "", "k": "1"}
"""Lo que se pone a la celda que se publicó antes de que la memoria dijera cómo se medía."""
IGUAL = 1e-9
DEL_KPI = ("recuento", "proporcion", "cruzado")


def vacia() -> pl.DataFrame:
    """Tabla anterior de un observatorio que nunca publicó."""
    return HISTORIAL.vacia()


def leer_historial(proyecto: Proyecto, ruta: Path) -> pl.DataFrame:
    """La tabla anterior (``columnas.HISTORIAL``), del archivo ``ruta``; vacía si no existe.

    Lanza ``DatosInvalidos`` si está estropeado, con todos sus defectos.
    """
    if not ruta.exists():
        return vacia()
    errores: list[ErrorDeDatos] = []
    escritas = _escritas(ruta)
    tabla = leer_csv(proyecto, ruta, escritas, errores)
    if tabla is not None:
        tabla = tabla.with_columns(
            pl.lit(x).alias(c) for c, x in SIN_SABER.items() if c not in escritas
        )
        errores += _defectos(tabla)
    if errores or tabla is None:
        raise DatosInvalidos(errores)
    return tabla.select(
        pl.col(c) if t == pl.String else pl.col(c).replace("", None).cast(t)
        for c, t in HISTORIAL.esquema.items()
    )


def _escritas(ruta: Path) -> tuple[str, ...]:
    """Las columnas que el archivo debe tener: las de antes, si su cabecera es la de antes."""
    previas = tuple(c for c in COLUMNAS if c not in SIN_SABER)
    with ruta.open(encoding="utf-8", errors="replace") as f:
        return previas if f.readline().rstrip("\r\n") == ",".join(previas) else COLUMNAS


def _defectos(tabla: pl.DataFrame) -> list[ErrorDeDatos]:
    salida = []
    for columna in (*CIFRAS, *ENTERAS):
        vacio = (pl.col(columna) == "") if columna in CIFRAS else pl.lit(False)
        forma = r"^-?\d+(\.\d+)?(e-?\d+)?$" if columna in CIFRAS else r"^\d+$"
        for archivo, fila, valor in (
            tabla.filter(~vacio & ~pl.col(columna).str.contains(forma))
            .select("archivo", "fila", columna)
            .iter_rows()
        ):
            salida.append(
                ErrorDeDatos(
                    archivo, fila, columna, valor, "publicada-no-es-numero", REMEDIO_PUBLICADA
                )
            )
    repetidas = tabla.filter(
        pl.struct(CLAVE).is_duplicated() & ~pl.struct(CLAVE).is_first_distinct()
    )
    salida += [
        ErrorDeDatos(archivo, fila, "kpi", kpi, "publicada-repetida", REMEDIO_PUBLICADA)
        for archivo, fila, kpi in repetidas.select("archivo", "fila", "kpi").iter_rows()
    ]
    return salida


def ultima_publicacion(celdas: pl.DataFrame) -> int:
    """El número de la última publicación que añadió o mostró alguna de esas celdas; 0, ninguna."""
    return int(celdas.select(pl.max_horizontal("desde", "vista").max()).item() or 0)


def acumular(
    anterior: pl.DataFrame,
    publica: pl.DataFrame,
    kpis: set[str],
    hoy: Definiciones = MappingProxyType({}),
) -> pl.DataFrame:
    """El historial que queda tras publicar: lo de antes, con lo visto ahora y las celdas nuevas.

    ``anterior``: ``columnas.HISTORIAL``, como lo que devuelve; ``publica``: ``columnas.PUBLICA``;
    ``kpis``: los que se recuerdan; ``hoy``: cómo mide cada uno. La celda que se midió de otro modo
    y no se muestra sigue diciéndolo.
    """
    c = pl.col
    turno = ultima_publicacion(anterior) + 1
    ahora = publica.filter(c("kpi").is_in(sorted(kpis))).select(
        *CLAVE,
        *(c(x).alias(f"hoy_{x}") for x in CIFRAS),
        c("fuente").cast(pl.String).alias("hoy_fuente"),
        c("protegido"),
    )
    unida = anterior.join(ahora, on=list(CLAVE), how="full", coalesce=True).join(
        como_tabla(hoy).with_columns(c("kpi").cast(ahora.schema["kpi"])), on="kpi", how="left"
    )
    visible = (~c("protegido")).fill_null(False)
    presente = c("protegido").is_not_null()
    de_otro_modo = ~visible & c("forma").is_not_null() & (c("forma") != c("hoy_forma"))
    de_otro_modo &= c("forma") != ""
    modo = {
        "fuente": (presente, "", "hoy_fuente"),
        "forma": (presente & ~de_otro_modo.fill_null(False), "", "hoy_forma"),
        "texto": (presente & ~de_otro_modo.fill_null(False), "", "hoy_texto"),
        "k": (presente, 1, "hoy_k"),
    }
    return unida.select(
        *CLAVE,
        *(pl.when(visible).then(c(f"hoy_{x}")).otherwise(c(x)).alias(x) for x in CIFRAS),
        c("desde").fill_null(turno).cast(pl.Int32),
        pl.when(visible)
        .then(turno)
        .otherwise(c("vista").fill_null(0))
        .cast(pl.Int32)
        .alias("vista"),
        *(
            pl.when(cuando).then(pl.coalesce(de_hoy, x)).otherwise(x).fill_null(falta).alias(x)
            for x, (cuando, falta, de_hoy) in modo.items()
        ),
    ).sort(CLAVE)


def historial_de_nivel(
    propio: pl.DataFrame,
    publico: pl.DataFrame,
    hoy: pl.DataFrame,
    reservados: set[str],
    definiciones: Definiciones = MappingProxyType({}),
) -> pl.DataFrame:
    """Lo que ya vio quien lee una edición restringida: lo de su nivel y todo lo del público, porque
    también es público.

    ``propio`` y ``publico``: lo que se vio en las ediciones de cada uno; ``hoy``: la tabla pública
    de estos mismos datos, ya decidida, que cuenta como la última: lo que ella oculta no sale por
    aquí. ``reservados``: los KPI que solo ve el nivel.
    """
    c = pl.col
    antes = publico.select(*CLAVE, *CIFRAS, "fuente", (c("vista") == 0).alias("protegido"))
    ultima_propia = ultima_publicacion(propio)
    junto = propio
    for visto in (antes, hoy):
        junto = acumular(junto, visto, set(visto["kpi"].cast(pl.String)), definiciones)
    # De lo reservado, la última edición es la última de su nivel.
    vigente = c("kpi").is_in(sorted(reservados)) & (c("vista") == ultima_propia) & (c("vista") > 0)
    ultima = ultima_publicacion(junto)
    return junto.with_columns(pl.when(vigente).then(ultima).otherwise("vista").alias("vista"))


def como_csv(tabla: pl.DataFrame) -> bytes:
    """La tabla como se guarda: una celda por línea, en el orden de su clave."""
    return tabla.select(COLUMNAS).sort(CLAVE).write_csv().encode()


def con_historial(celdas: pl.DataFrame, anterior: pl.DataFrame) -> pl.DataFrame:
    """Añade lo que ``anterior`` dice de cada celda.

    ``conocida`` (ya se vio esta misma cifra), ``cambiada`` (se vio otra), ``antes_oculta`` (la
    última publicación ya la tenía y no la mostró), ``desde``, ``vista``, y ``p_a`` y ``p_b``, las
    cuentas de la cifra que se vio.
    """
    c = pl.col
    previa = anterior.drop(DEL_MODO).rename({x: f"p_{x}" for x in CIFRAS})
    ultima = ultima_publicacion(anterior)
    unida = celdas.join(previa, on=list(CLAVE), how="left", maintain_order="left")
    iguales = (
        pl.when(c("numerador").is_null())
        .then((c("valor") - c("p_valor")).abs() <= IGUAL * c("valor").abs().clip(lower_bound=1))
        .otherwise((c("numerador") == c("p_numerador")) & (c("denominador") == c("p_denominador")))
    )
    vista = (c("vista") > 0).fill_null(False)
    de_antes = cuentas(*(f"p_{x}" for x in CIFRAS))
    return (
        unida.with_columns(
            (vista & iguales.fill_null(False)).alias("conocida"),
            *(x.alias(f"p_{q}") for q, x in de_antes.items()),
        )
        .with_columns(
            (vista & ~c("conocida")).alias("cambiada"),
            ((c("desde") > 0) & (c("vista") < ultima) & ~c("conocida"))
            .fill_null(False)
            .alias("antes_oculta"),
        )
        .drop([f"p_{x}" for x in CIFRAS])
    )


def niveles_publicados(anterior: pl.DataFrame, lugar_total: str) -> pl.DataFrame:
    """``kpi, familia, nivel`` de las familias con alguna cifra ya vista: su nivel no cambia."""
    vistas = anterior.filter(pl.col("vista") > 0)
    return (
        con_familia(vistas, lugar_total)
        .group_by("kpi", "familia")
        .agg(pl.col("agrupado").max().alias("nivel"))
        .sort("kpi", "familia")
    )


def con_retiradas(
    tabla: pl.DataFrame, anterior: pl.DataFrame, niveles: pl.DataFrame, lugar_total: str
) -> pl.DataFrame:
    """Añade las celdas que una edición mostró y ninguna fila trae ya, y marca ``virtual``.

    Entran como virtuales ya conocidas: una cifra que se vio no se olvida porque su fila falte, y el
    total que se retiró sigue sirviendo para restar las partes que llegan después. La que solo decía
    una tasa entra sin cuentas, y se le suponen.
    """
    c = pl.col
    marcada = tabla.with_columns(pl.lit(False).alias("virtual"))
    retiradas = anterior.filter(c("vista") > 0).join(tabla, on=CLAVE, how="anti")
    if retiradas.is_empty():
        return marcada
    verdaderas, falsas = ("virtual", "escasa", "conocida"), ("primaria", "cambiada", "antes_oculta")
    completas = (
        con_familia(retiradas, lugar_total)
        .drop("cruzado")
        .join(tabla.group_by("kpi").agg(c(*DEL_KPI).first()), on="kpi")
        .join(niveles, on=["kpi", "familia"], how="left")
        .with_columns(
            c("nivel", "nivel_total").fill_null(0),
            expr_meses_fin(c("periodo")).cast(pl.Int32).alias("fin"),
            *(x.alias(q) for q, x in cuentas("valor", "numerador", "denominador").items()),
            *(pl.lit(x in verdaderas).alias(x) for x in (*verdaderas, *falsas)),
        )
    )
    return pl.concat(
        [marcada, completas.select(x for x in completas.columns if x in marcada.columns)],
        how="diagonal_relaxed",
    )
