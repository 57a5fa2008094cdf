"""La tabla de observaciones: leer, corregir, validar, advertir y dar tipo, en ese orden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from ..base.periodos import FECHA, MESES, expr_meses_fin, mes_de
from ..base.texto import con_textos
from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi
from ..errores import DatosInvalidos, ErrorDeDatos
from ..rutas import Proyecto
from .advertencias import FIABILIDAD_DEBIL, Contexto
from .calidad import Calidad, advertir
from .columnas import OBSERVACIONES
from .control_de_regla import CONTROLES, control_de
from .correcciones import Correcciones
from .correcciones_publicadas import retiradas
from .csv_estricto import COLUMNAS, leer_bloques
from .desmentidos import desmentidos
from .evidencia import mas_firmes_que_su_fuente
from .justificaciones import justificar, leer_justificaciones, sin_justificar
from .por_texto import por_texto
from .reglas import NUMERICAS, NUMERO, Regla, aplicar, reglas, reglas_sin_catalogo
from .serie import demostracion_superada, ordenar, repetidas, sin_filas
from .tablas import cuadros_de, leer_tablas

FILAS_POR_LOTE = 400_000
CATEGORIAS = {c: pl.Categorical for c in COLUMNAS if c not in NUMERICAS}


@dataclass(frozen=True)
class Validacion:
    """Resultado de validar: observaciones con tipo, correcciones aplicadas, unidades informantes y
    calidad.

    ``compacta``: una fila por medida, columnas de ``COLUMNAS`` con tipo más ``mision``, ``fin``
    (mes absoluto), ``archivo`` y ``fila``; los textos que se repiten van como ``pl.Categorical``,
    para que quepan millones.
    ``cuadros``: los de ``data/`` que no son observaciones, por su nombre (``tablas.cuadros_de``).
    """

    compacta: pl.DataFrame
    correcciones: pl.DataFrame
    unidades: pl.DataFrame
    calidad: Calidad = field(default_factory=Calidad)
    cuadros: dict[str, pl.DataFrame] = field(default_factory=dict)

    @cached_property
    def observaciones(self) -> pl.DataFrame:
        """``compacta`` con sus textos escritos."""
        return con_textos(self.compacta).with_columns(pl.col("fila").cast(pl.Int64))


def validar(
    proyecto: Proyecto,
    catalogo: Catalogo,
    siempre_ocultos: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> Validacion:
    """Valida todo ``data/``; lanza ``DatosInvalidos`` con todos los defectos de todos los archivos.

    Las advertencias se buscan cuando ya no quedan errores; la que nadie justificó también impide
    publicar.
    ``siempre_ocultos``: véase ``Contexto``; sin él no se miran los cortes.
    """
    errores: list[ErrorDeDatos] = []
    corte = catalogo.territorio.fecha_corte
    tablas = leer_tablas(proyecto, catalogo, errores)
    correcciones = Correcciones(proyecto, corte, errores)
    justificaciones = leer_justificaciones(proyecto, catalogo, errores)
    fichas = fichas_de_control(catalogo)
    unidades_rotas = any(e.archivo == proyecto.relativa(proyecto.unidades) for e in errores)
    declaradas = [
        r
        for r in reglas_del_proyecto(catalogo, tablas["unidades"])
        if not (unidades_rotas and r.id == "unidad-desconocida")
    ]
    ordenada = ordenar(
        _unidas(_revisadas(proyecto, fichas, declaradas, correcciones, errores), fichas)
    )
    correcciones.cerrar()
    superada = demostracion_superada(ordenada)
    compacta = sin_filas(ordenada, superada)
    errores += repetidas(compacta)
    errores += desmentidos(compacta, catalogo)
    errores += mas_firmes_que_su_fuente(proyecto, catalogo, compacta, tablas)
    if not any(e.archivo == correcciones.archivo for e in errores):
        errores += retiradas(proyecto, correcciones.tabla, compacta)
    if errores or catalogo.ilegible:
        raise DatosInvalidos(errores)
    if not catalogo.territorio.incluir_demostracion:
        compacta = compacta.filter(pl.col("naturaleza") != "demostracion")
        superada = superada.clear()
    marcada = justificar(
        advertir(compacta, contexto_de(catalogo, fichas, siempre_ocultos), superada),
        justificaciones,
        compacta,
        superada,
        errores,
    )
    errores += sin_justificar(marcada, proyecto.relativa(proyecto.justificaciones))
    if errores:
        raise DatosInvalidos(errores)
    calidad = _calidad(compacta, marcada, declaradas)
    return Validacion(
        compacta.select(OBSERVACIONES.nombres),
        correcciones.tabla,
        tablas["unidades"],
        calidad,
        cuadros_de(tablas),
    )


def revisar_sin_catalogo(proyecto: Proyecto) -> list[ErrorDeDatos]:
    """Los defectos de forma, de texto y de cifra de las observaciones cuando no hay territorio con
    que comparar.
    """
    errores: list[ErrorDeDatos] = []
    fichas, declaradas = fichas_de_control(None), reglas_sin_catalogo()
    for ruta in proyecto.archivos_de_observaciones():
        for bloque in leer_bloques(proyecto, ruta, COLUMNAS, errores, CATEGORIAS):
            lote = bloque.with_columns(
                pl.lit(proyecto.relativa(ruta), dtype=pl.Categorical).alias("archivo")
            )
            errores += aplicar(_unir(con_numeros(lote), fichas), declaradas)
    return errores


def revisar_filas(
    tabla: pl.DataFrame, catalogo: Catalogo, unidades: pl.DataFrame, archivo: str
) -> Iterator[tuple[ErrorDeDatos, frozenset[str]]]:
    """Lo que las reglas dicen de unas filas sueltas, y las columnas que cada regla mira.

    ``tabla``: ``COLUMNAS`` de texto, o ``CATEGORIAS``; la ``fila`` de un error es su posición en
    ella, desde 0.
    """
    declaradas = reglas_del_proyecto(catalogo, unidades)
    miradas: dict[str, set[str]] = {}
    for regla in declaradas:
        miradas.setdefault(regla.id, set()).update(regla.falla.meta.root_names())
    numerada = tabla.with_columns(
        pl.lit(archivo, dtype=pl.Categorical).alias("archivo"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("fila"),
    )
    for e in aplicar(_unir(con_numeros(numerada), fichas_de_control(catalogo)), declaradas):
        yield e, frozenset(miradas.get(e.regla, ()))


def reglas_del_proyecto(catalogo: Catalogo, unidades: pl.DataFrame) -> list[Regla]:
    lugar_de = {
        codigo: lugar if lugar in catalogo.lugares else None
        for codigo, lugar in unidades.select("codigo", "lugar").iter_rows()
    }
    return reglas(
        list(catalogo.fuentes),
        list(catalogo.lugares),
        lugar_de,
        catalogo.territorio.fecha_corte,
        catalogo.territorio.categorias,
        f"{catalogo.territorio.del_territorio} o de {catalogo.territorio.anexos_se_llaman.un}",
    )


def _revisadas(
    proyecto: Proyecto,
    fichas: pl.DataFrame,
    declaradas: list[Regla],
    correcciones: Correcciones,
    errores: list[ErrorDeDatos],
) -> Iterator[pl.DataFrame]:
    """Cada lote, ya corregido y revisado con las reglas, en su forma compacta."""
    for lote in _lotes(
        b
        for r in proyecto.archivos_de_observaciones()
        for b in _leer_archivo(proyecto, r, correcciones, errores)
    ):
        tabla = _unir(con_numeros(lote), fichas)
        errores += aplicar(tabla, declaradas)
        yield _compacta(tabla)


def _unidas(partes: Iterable[pl.DataFrame], fichas: pl.DataFrame) -> pl.DataFrame:
    lista = list(partes)
    return pl.concat(lista) if lista else _vacia(fichas)


def _leer_archivo(
    proyecto: Proyecto, ruta: Path, correcciones: Correcciones, errores: list[ErrorDeDatos]
) -> Iterator[pl.DataFrame]:
    """Los bloques de un archivo, ya corregidos y con su nombre."""
    archivo, antes, filas = proyecto.relativa(ruta), len(errores), 0
    for bloque in leer_bloques(proyecto, ruta, COLUMNAS, errores, CATEGORIAS):
        filas += bloque.height
        yield correcciones.aplicar(bloque, archivo).with_columns(
            pl.lit(archivo, dtype=pl.Categorical).alias("archivo")
        )
    if not filas and len(errores) == antes:
        errores.append(
            ErrorDeDatos(
                archivo,
                None,
                None,
                None,
                "archivo-sin-filas",
                "borre el archivo o escriba sus observaciones bajo la cabecera",
            )
        )


def _lotes(bloques: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Junta bloques hasta ``FILAS_POR_LOTE``: las reglas cuestan casi lo mismo con más filas, y la
    memoria queda acotada.
    """
    juntos: list[pl.DataFrame] = []
    for bloque in bloques:
        juntos.append(bloque)
        if sum(b.height for b in juntos) >= FILAS_POR_LOTE:
            yield pl.concat(juntos)
            juntos = []
    if juntos:
        yield pl.concat(juntos)


def con_numeros(cruda: pl.DataFrame) -> pl.DataFrame:
    """Añade ``n_valor, n_numerador, n_denominador`` (f64), ``n_fecha`` y ``n_meses_fin``."""
    numeros = (
        pl.when(pl.col(c).str.contains(NUMERO))
        .then(pl.col(c))
        .cast(pl.Float64, strict=False)
        .alias(f"n_{c}")
        for c in NUMERICAS
    )
    fecha, periodo = pl.col("fecha_dato").cast(pl.String), pl.col("periodo").cast(pl.String)
    return cruda.with_columns(
        *numeros,
        por_texto(
            cruda["fecha_dato"],
            pl.when(fecha.str.contains(FECHA)).then(fecha).str.to_date("%Y-%m-%d", strict=False),
        ).alias("n_fecha"),
        por_texto(cruda["periodo"], expr_meses_fin(periodo)).alias("n_meses_fin"),
    )


def fichas_de_control(catalogo: Catalogo | None) -> pl.DataFrame:
    """Una fila por KPI con lo que las reglas y las advertencias miran (columnas ``f_…``); ninguna
    sin catálogo.
    """
    filas = [
        (
            k.codigo,
            m.slug,
            k.unidad,
            k.frecuencia,
            k.formula.factor,
            f"|{'|'.join(k.desagregaciones)}|",
            k.unidad == "%",
            k.formula.denominador is not None,
            k.admite_negativos,
            k.entero,
            k.partes_enteras,
            k.decimales,
            MESES[k.frecuencia],
            k.gracia,
            k.formula.denominador is not None
            or (k.tipo_agregacion == "agregable" and k.agregacion in ("suma", "ultimo")),
            *_rango_declarado(k),
        )
        for m, _, k in (catalogo.recorrer() if catalogo else ())
    ]
    esquema = {
        "kpi": pl.Categorical,
        "f_mision": pl.Categorical,
        "f_unidad": pl.Categorical,
        "f_frecuencia": pl.Categorical,
        "f_factor": pl.Float64,
        "f_desagregaciones": pl.Categorical,
        "f_porcentaje": pl.Boolean,
        "f_razon": pl.Boolean,
        "f_negativos": pl.Boolean,
        "f_entero": pl.Boolean,
        "f_partes_enteras": pl.Boolean,
        "f_decimales": pl.Int8,
        "f_meses": pl.Int8,
        "f_gracia": pl.Int8,
        "f_sumable": pl.Boolean,
        "f_desde": pl.Float64,
        "f_hasta": pl.Float64,
    }
    # De un código repetido no se sabe cuál ficha vale: ninguna.
    return pl.DataFrame(filas, schema=esquema, orient="row").unique(
        "kpi", keep="none", maintain_order=True
    )


def _rango_declarado(kpi: Kpi) -> tuple[float | None, float | None]:
    """Entre qué tamaños van la línea de base, los logros y la meta; nulos si la ficha no declara
    ninguno distinto de cero.
    """
    declarados = [
        *(x.valor for x in (kpi.linea_base, kpi.meta) if x is not None),
        *kpi.logros_esperados.values(),
    ]
    tamanos = [abs(v) for v in declarados if v]
    return (min(tamanos), max(tamanos)) if tamanos else (None, None)


def contexto_de(
    catalogo: Catalogo,
    fichas: pl.DataFrame,
    siempre_ocultos: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> Contexto:
    territorio = catalogo.territorio
    return Contexto(
        territorio.ubigeo,
        tuple(a.codigo for a in territorio.anexos),
        fichas,
        {i: f.fiabilidad for i, f in catalogo.fuentes.items() if f.fiabilidad in FIABILIDAD_DEBIL},
        tuple(
            (i, q.fecha, mes_de(q.fecha), q.kpis)
            for i, f in catalogo.fuentes.items()
            for q in f.quiebres
        ),
        tuple((k.codigo, e) for k in catalogo.kpis.values() for e in k.enlaces),
        siempre_ocultos,
        {k.codigo: f"misiones/{m.slug}/hoja-de-ruta.yml" for m, _, k in catalogo.recorrer()},
        territorio.anexos_se_llaman,
    )


def _unir(tabla: pl.DataFrame, fichas: pl.DataFrame) -> pl.DataFrame:
    return tabla.join(fichas, on="kpi", how="left", maintain_order="left")


def _compacta(tabla: pl.DataFrame) -> pl.DataFrame:
    """Lo que queda de cada fila tras las reglas: tipos pequeños, para que quepan millones."""
    razon = pl.col("n_numerador") / pl.col("n_denominador") * pl.col("f_factor")
    return tabla.select(
        "kpi",
        "periodo",
        "lugar",
        "grupo",
        "unidad",
        pl.coalesce("n_valor", razon).alias("valor"),
        pl.col("n_numerador").alias("numerador"),
        pl.col("n_denominador").alias("denominador"),
        "fuente",
        pl.col("n_fecha").alias("fecha_dato"),
        "estado",
        "naturaleza",
        "nota",
        pl.col("f_mision").alias("mision"),
        pl.col("n_meses_fin").cast(pl.Int32).alias("fin"),
        pl.col("archivo").cast(pl.Categorical),
        pl.col("fila").cast(pl.UInt32),
        "f_factor",
        "f_razon",
        "f_decimales",
        "f_meses",
        "f_gracia",
        "f_sumable",
    )


def _vacia(fichas: pl.DataFrame) -> pl.DataFrame:
    textos = {c: CATEGORIAS.get(c, pl.String) for c in COLUMNAS} | {"archivo": pl.Categorical}
    return _compacta(_unir(con_numeros(pl.DataFrame(schema=textos | {"fila": pl.UInt32})), fichas))


def _calidad(compacta: pl.DataFrame, marcada: pl.DataFrame, declaradas: list[Regla]) -> Calidad:
    recuento = compacta.group_by("mision", "kpi", "fuente").agg(pl.len().alias("observaciones"))
    textos = recuento.with_columns(pl.col("mision", "kpi", "fuente").cast(pl.String)).sort(
        "mision", "kpi", "fuente"
    )
    ids: dict[str, int] = {
        c: len({r.id for r in declaradas if control_de(r.id) == c}) for c in CONTROLES
    }
    return Calidad(marcada, textos, ids | {"duplicidad": ids["duplicidad"] + 1})
