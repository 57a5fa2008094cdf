"""Reglas sobre las observaciones, declaradas una a una; cada una se evalúa sobre las combinaciones
distintas que mira.

``falla`` es verdadera en las filas que la
incumplen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ..base.cifras import (
    BLANCOS_Y_APOSTROFOS,
    COMA_DECIMAL,
    CON_COMA,
    CON_MILES,
    CON_PALABRAS,
    DUDOSA,
    SEPARADOR_DE_MILES,
    SI_ERA_DECIMAL,
)
from ..base.periodos import EJEMPLO, FORMA, MESES, ultimo_mes_terminado
from ..base.texto import FORMA_DE_TEXTO, FORMULA_EN_CIFRA, LARGO_MAXIMO
from ..catalogo.modelos import DimensionDeGrupo
from ..catalogo.naturalezas import NATURALEZAS
from ..errores import ErrorDeDatos
from .csv_estricto import COLUMNAS
from .personas import SENAS, expr_sena

CLAVE = ("kpi", "periodo", "lugar", "grupo", "unidad")
NUMERICAS = ("valor", "numerador", "denominador")
ESTADOS = ("preliminar", "validado", "corregido")
NUMERO = r"^-?[0-9]+(\.[0-9]+)?$"
MAGNITUD_MAXIMA = 1e15
TOLERANCIA_RAZON = 1e-3
PRIMER_ANIO = 1990
# Qué columnas determinan a cuáles: las reglas de tiempo y de lugar se evalúan sobre estas
# combinaciones.
FAMILIAS = (
    (("kpi", "periodo", "fecha_dato"), ("n_fecha", "n_meses_fin", "f_frecuencia", "f_unidad")),
    (("kpi", "lugar", "grupo", "unidad"), ("f_desagregaciones", "f_unidad")),
)


@dataclass(frozen=True, slots=True)
class Regla:
    """Una regla: en qué columna se ve, cuándo falla y cómo se remedia; a qué control sirve lo dice
    ``control_de_regla``.
    """

    id: str
    columna: str
    falla: pl.Expr
    remedio: pl.Expr


def _regla(id: str, columna: str, falla: pl.Expr, remedio: str | pl.Expr) -> Regla:
    return Regla(id, columna, falla, pl.lit(remedio) if isinstance(remedio, str) else remedio)


def reglas(
    fuentes: Sequence[str],
    lugares: Sequence[str],
    unidades: Mapping[str, str | None] | Sequence[str],
    corte: date,
    categorias: Mapping[DimensionDeGrupo, Sequence[str]],
) -> list[Regla]:
    """Las reglas de una observación, ya unida a su ficha (columnas ``f_…``).

    ``lugares``: códigos admitidos, el territorio entero primero. ``unidades``: código → lugar de
    cada unidad informante, nulo si está mal escrito; solo los códigos, si no se conoce el lugar.
    ``categorias``: las admitidas de cada dimensión de grupo.
    """
    grupos = [
        f"{dimension}:{categoria}" for dimension, suyas in categorias.items() for categoria in suyas
    ]
    return [
        *_de_texto(),
        *_de_vocabulario(list(fuentes), list(lugares)),
        *_de_grupo(grupos),
        *_de_lugar(unidades, lugares[0] if lugares else ""),
        *_de_tiempo(corte),
        *_de_numero(),
    ]


def reglas_sin_catalogo() -> list[Regla]:
    """Las que valen en cualquier territorio: cómo está escrito cada texto y cada cifra. Las
    columnas ``f_…`` pueden ser nulas.
    """
    return [*_de_texto(), *_de_numero()]


def _de_texto() -> list[Regla]:
    c = pl.col
    salida = []
    for columna in COLUMNAS:
        propias = FORMA_DE_TEXTO | (
            {
                "formula-en-celda": (
                    FORMULA_EN_CIFRA,
                    "pegue el valor, no la fórmula (Pegado especial → Valores)",
                )
            }
            if columna in NUMERICAS
            else {}
        )
        salida += [
            _regla(regla, columna, c(columna).str.contains(malo), remedio)
            for regla, (malo, remedio) in propias.items()
        ]
        salida.append(
            _regla(
                "campo-desmedido",
                columna,
                c(columna).str.len_bytes() > LARGO_MAXIMO,
                f"acorte el texto a {LARGO_MAXIMO} bytes",
            )
        )
    for columna in (
        "kpi",
        "periodo",
        "lugar",
        "grupo",
        "fuente",
        "fecha_dato",
        "estado",
        "naturaleza",
    ):
        salida.append(
            _regla(
                "campo-vacio",
                columna,
                c(columna) == "",
                "complete el campo: es obligatorio",
            )
        )
    salida += [
        _regla(s, columna, expr_sena(columna, s), remedio)
        for s, (_, remedio) in SENAS.items()
        for columna in ("grupo", "nota")
    ]
    return salida


def _de_vocabulario(fuentes: list[str], lugares: list[str]) -> list[Regla]:
    c = pl.col
    conocido = c("f_unidad").is_not_null()
    return [
        _regla(
            "kpi-desconocido",
            "kpi",
            ~conocido & (c("kpi") != ""),
            "use un código del catálogo, como M4-K01 (misiones/*/hoja-de-ruta.yml)",
        ),
        _regla(
            "lugar-desconocido",
            "lugar",
            ~c("lugar").is_in(lugares) & (c("lugar") != ""),
            "use el código INEI del distrito o de un anexo de data/territorio.yml",
        ),
        _regla(
            "fuente-desconocida",
            "fuente",
            ~c("fuente").is_in(fuentes) & (c("fuente") != ""),
            "use un identificador de data/fuentes.yml, o añada allí su tarjeta",
        ),
        _regla(
            "estado-desconocido",
            "estado",
            ~c("estado").is_in(ESTADOS) & (c("estado") != ""),
            "use preliminar, validado o corregido",
        ),
        _regla(
            "naturaleza-desconocida",
            "naturaleza",
            ~c("naturaleza").is_in(NATURALEZAS) & (c("naturaleza") != ""),
            "use documentado, declarado o demostracion",
        ),
    ]


def _de_grupo(grupos: list[str]) -> list[Regla]:
    grupo, bien_escrito = (
        pl.col("grupo"),
        pl.col("grupo").str.contains(r"^(total|[a-záéíóúñ ]+:[^:\s]([^:]*[^:\s])?)$"),
    )
    declarada = pl.col("f_desagregaciones").str.contains(
        pl.concat_str(pl.lit("|"), grupo.str.split(":").list.first(), pl.lit("|")), literal=True
    )
    return [
        _regla(
            "grupo-mal-escrito",
            "grupo",
            ~bien_escrito & (grupo != ""),
            "escriba total, o dimensión:categoría, como sexo:mujer",
        ),
        _regla(
            "grupo-no-declarado",
            "grupo",
            pl.col("f_unidad").is_not_null() & grupo.str.contains(":", literal=True) & ~declarada,
            "añada la desagregación a la ficha del KPI, o corrija el grupo",
        ),
        _regla(
            "categoria-desconocida",
            "grupo",
            bien_escrito & (grupo != "total") & ~grupo.is_in(grupos),
            "use una categoría de data/territorio.yml, categorias, o añádala allí",
        ),
    ]


def _de_lugar(unidades: Mapping[str, str | None] | Sequence[str], territorio: str) -> list[Regla]:
    c = pl.col
    desglosado = c("f_desagregaciones")
    salida = [
        _regla(
            "unidad-desconocida",
            "unidad",
            ~c("unidad").is_in(["", *unidades]),
            "use un código de data/unidades.csv, o deje el campo vacío",
        ),
        _regla(
            "unidad-no-declarada",
            "unidad",
            (c("unidad") != "") & ~desglosado.str.contains("|unidad|", literal=True),
            "añada la desagregación «unidad» a la ficha del KPI, o deje el campo vacío",
        ),
        _regla(
            "lugar-no-declarado",
            "lugar",
            (c("unidad") == "")
            & (c("lugar") != territorio)
            & ~desglosado.str.contains("|anexo|", literal=True),
            "añada la desagregación «anexo» a la ficha del KPI, o use el código del territorio"
            " entero",
        ),
    ]
    if isinstance(unidades, Mapping) and unidades:
        suyo = c("unidad").replace_strict(dict(unidades), default=None, return_dtype=pl.String)
        salida.append(
            _regla(
                "unidad-de-otro-lugar",
                "lugar",
                suyo != c("lugar"),
                pl.format(
                    "la unidad {} está en {} (data/unidades.csv): escriba ese lugar",
                    c("unidad"),
                    suyo,
                ),
            )
        )
    return salida


def _de_tiempo(corte: date) -> list[Regla]:
    c = pl.col
    frecuencia = c("f_frecuencia")
    forma_mala = pl.any_horizontal(
        (frecuencia == f) & ~c("periodo").str.contains(forma) for f, forma in FORMA.items()
    ).fill_null(False)
    ejemplo = frecuencia.replace_strict(EJEMPLO, default="2025", return_dtype=pl.String)
    meses = frecuencia.replace_strict(MESES, default=0, return_dtype=pl.Int32)
    mes_del_dato = c("n_fecha").dt.year().cast(pl.Int32) * 12 + c("n_fecha").dt.month()
    return [
        _regla(
            "periodo-sin-forma",
            "periodo",
            forma_mala & (c("periodo") != ""),
            pl.format("el KPI es {}: escriba el periodo como {}", frecuencia, ejemplo),
        ),
        _regla(
            "periodo-futuro",
            "periodo",
            ~forma_mala & (c("n_meses_fin") > ultimo_mes_terminado(corte)),
            f"el periodo no ha terminado en la fecha de corte ({corte.isoformat()}): quite la fila"
            " hasta que termine o, si ya terminó, adelante fecha_corte en data/territorio.yml",
        ),
        _regla(
            "periodo-imposible",
            "periodo",
            ~forma_mala & (c("n_meses_fin") <= PRIMER_ANIO * 12),
            f"revise el año: el observatorio no tiene datos anteriores a {PRIMER_ANIO}",
        ),
        _regla(
            "fecha-imposible",
            "fecha_dato",
            c("n_fecha").is_null() & (c("fecha_dato") != ""),
            "escriba una fecha real como 2025-07-31",
        ),
        _regla(
            "fecha-futura",
            "fecha_dato",
            c("n_fecha") > corte,
            f"la fecha es posterior a la fecha de corte ({corte.isoformat()}): escriba el día en"
            " que se cerró el dato o, si el corte ya pasó, adelante fecha_corte en"
            " data/territorio.yml",
        ),
        _regla(
            "fecha-antes-del-periodo",
            "fecha_dato",
            ~forma_mala & (mes_del_dato <= c("n_meses_fin") - meses),
            "el dato lleva una fecha anterior al comienzo de su periodo: revise cuál de las dos"
            " está mal",
        ),
    ]


def _de_numero() -> list[Regla]:
    c = pl.col
    razon = c("n_numerador") / c("n_denominador") * c("f_factor")
    completa = c("n_numerador").is_not_null() & c("n_denominador").is_not_null()
    salida = []
    for columna in NUMERICAS:
        salida += _de_una_cifra(columna)
    for columna in ("numerador", "denominador"):
        salida.append(
            _regla(
                "recuento-negativo",
                columna,
                c(f"n_{columna}") < 0,
                "un recuento no es negativo: escriba el número sin el signo menos",
            )
        )
        con_decimales = c("f_partes_enteras") & (c(f"n_{columna}") != c(f"n_{columna}").round(0))
        salida.append(
            _regla(
                "recuento-con-decimales",
                columna,
                con_decimales,
                "se cuentan personas o cosas enteras: escriba el número sin decimales (ni punto de"
                " miles)",
            )
        )
    return [
        *salida,
        _regla(
            "recuento-negativo",
            "valor",
            (c("n_valor") < 0) & ~c("f_negativos") & ~c("f_porcentaje"),
            "la medida no puede ser negativa: corrija el signo, o ponga admite_negativos: true en"
            " la ficha del KPI",
        ),
        _regla(
            "recuento-con-decimales",
            "valor",
            c("f_entero") & (c("n_valor") != c("n_valor").round(0)),
            "se cuentan cosas enteras: escriba el número sin decimales",
        ),
        _regla(
            "valor-ausente",
            "valor",
            (c("valor") == "") & ~((c("numerador") != "") & (c("denominador") != "")),
            "escriba el valor, o numerador y denominador; si no se midió, no escriba la fila",
        ),
        _regla(
            "razon-incompleta",
            "denominador",
            (c("numerador") != "") != (c("denominador") != ""),
            "numerador y denominador van juntos: escriba el que falta, o solo el valor",
        ),
        _regla(
            "razon-sin-formula",
            "denominador",
            ~c("f_razon") & (c("denominador") != ""),
            "la ficha del KPI no tiene denominador: escriba la cifra en la columna valor",
        ),
        _regla(
            "denominador-cero",
            "denominador",
            c("n_denominador") == 0,
            "sin casos en el denominador no hay medida: quite la fila",
        ),
        _regla(
            "numerador-mayor",
            "numerador",
            c("f_porcentaje") & (c("n_numerador") > c("n_denominador")),
            "en un porcentaje el numerador no supera al denominador: revise las dos cifras",
        ),
        _regla(
            "porcentaje-fuera-de-rango",
            "valor",
            c("f_porcentaje") & ~c("n_valor").is_between(0, 100),
            "un porcentaje va de 0 a 100: escriba el que es",
        ),
        _regla(
            "valor-distinto-de-la-razon",
            "valor",
            completa
            & (c("n_denominador") > 0)
            & ((c("n_valor") - razon).abs() > TOLERANCIA_RAZON * razon.abs().clip(lower_bound=1)),
            pl.format(
                "numerador / denominador × factor da {}: corrija uno de los tres o borre el valor",
                razon.round(4),
            ),
        ),
    ]


def _de_una_cifra(columna: str) -> list[Regla]:
    texto = pl.col(columna)
    escrito, malo = texto != "", pl.col(f"n_{columna}").is_null()
    numero = texto.str.extract(CON_PALABRAS)
    coma, miles = texto.str.contains(CON_COMA), texto.str.contains(CON_MILES)
    ya_dicho = texto.str.contains(FORMULA_EN_CIFRA) | texto.str.contains(
        FORMA_DE_TEXTO["espacios"][0]
    )
    return [
        _regla(
            COMA_DECIMAL,
            columna,
            coma & ~miles,
            pl.format("escriba {}", texto.str.replace(",", ".")),
        ),
        _regla(
            SEPARADOR_DE_MILES,
            columna,
            miles,
            pl.concat_str(
                pl.format("escriba {}", texto.str.replace_all(f"[,{BLANCOS_Y_APOSTROFOS}]", "")),
                pl.when(coma)
                .then(pl.format(SI_ERA_DECIMAL, texto.str.replace(",", ".")))
                .otherwise(pl.lit("")),
            ),
        ),
        _regla(
            "no-es-numero",
            columna,
            escrito & malo & ~coma & ~miles & ~ya_dicho,
            pl.when(texto.str.contains(CON_PALABRAS) & ~numero.str.contains(DUDOSA))
            .then(pl.format("escriba solo el número: {}", numero.str.replace(",", ".")))
            .otherwise(
                pl.lit("escriba un número con punto decimal; si no se midió, borre la fila")
            ),
        ),
        _regla(
            "numero-desmedido",
            columna,
            pl.col(f"n_{columna}").abs() > MAGNITUD_MAXIMA,
            "revise la cifra: es mayor que cualquier medida posible",
        ),
    ]


def aplicar(tabla: pl.DataFrame, reglas: Sequence[Regla]) -> list[ErrorDeDatos]:
    """Todos los defectos de la tabla, que lleva ``archivo``, ``fila`` y lo que miran las reglas.

    Las reglas que solo miran textos se evalúan una vez por combinación distinta: hay pocas aunque
    haya millones de filas.
    """
    grupos: dict[tuple[str, ...], list[Regla]] = defaultdict(list)
    for regla in reglas:
        grupos[_combinacion(set(regla.falla.meta.root_names()))].append(regla)
    por_fila = grupos.pop((), [])
    salida = [
        e for union, suyas in grupos.items() for e in _por_combinacion(tabla, list(union), suyas)
    ]
    return salida + _fallas(tabla, tabla, por_fila, None)


def _combinacion(miradas: set[str]) -> tuple[str, ...]:
    """Las columnas cuyas combinaciones distintas bastan para evaluar lo que se mira; ninguna si hay
    que ir fila a fila.
    """
    for clave, derivadas in FAMILIAS:
        if miradas <= {*clave, *derivadas}:
            usadas = tuple(c for c in clave if c in miradas)
            return usadas if set(usadas) == miradas and len(usadas) == 1 else clave
    escritas = tuple(miradas - {f"n_{c}" for c in NUMERICAS})
    return escritas if len(escritas) == 1 and miradas <= {*escritas, f"n_{escritas[0]}"} else ()


def _por_combinacion(
    tabla: pl.DataFrame, union: list[str], reglas: list[Regla]
) -> list[ErrorDeDatos]:
    base, columna = tabla, union[0]
    if columna in NUMERICAS:
        no_es_cifra = pl.col(f"n_{columna}").is_null() & (pl.col(columna) != "")
        base = tabla.filter(no_es_cifra | (pl.col(columna).str.len_bytes() > LARGO_MAXIMO))
    miradas = dict.fromkeys([*union, *(c for r in reglas for c in r.falla.meta.root_names())])
    return _fallas(base, base.select(list(miradas)).unique(subset=union), reglas, union)


def _fallas(
    tabla: pl.DataFrame, evaluada: pl.DataFrame, reglas: Sequence[Regla], union: list[str] | None
) -> list[ErrorDeDatos]:
    """Evalúa sobre ``evaluada``; con ``union``, lo que falla se busca en ``tabla`` por esas
    columnas.
    """
    textos = [pl.col(c).cast(pl.String) for c, t in evaluada.schema.items() if t == pl.Categorical]
    legible = evaluada.lazy().with_columns(textos)
    marcas = legible.select(
        r.falla.fill_null(False).alias(str(i)) for i, r in enumerate(reglas)
    ).collect()
    salida: list[ErrorDeDatos] = []
    for i, regla in enumerate(reglas):
        if not marcas[str(i)].any():
            continue
        malas = evaluada.filter(marcas[str(i)])
        filas = tabla.join(malas, on=union, how="semi", nulls_equal=True) if union else malas
        filas = filas.with_columns(
            pl.col(c).cast(pl.String) for c, t in filas.schema.items() if t == pl.Categorical
        ).select(
            "archivo", "fila", pl.col(regla.columna).alias("valor"), regla.remedio.alias("remedio")
        )
        salida += [
            ErrorDeDatos(
                archivo,
                fila,
                regla.columna,
                None if regla.id in SENAS else valor,
                regla.id,
                remedio or "corrija el valor",
            )
            for archivo, fila, valor, remedio in filas.iter_rows()
        ]
    return salida
