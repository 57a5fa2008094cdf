"""Las tablas del método, declaradas: lo que pide del catálogo, las series y lo que calcula.

Los meses son absolutos (``año × 12 + mes``; un periodo se nombra por el último que cuenta). Las
proporciones van de 0 a 1 en el camino de la línea de base a la meta, y pueden salirse.
"""

from __future__ import annotations

import polars as pl

from ..base.tablas import Columna, Tabla, marca, texto
from ..datos.columnas import (
    DENOMINADOR,
    FECHA,
    FIN,
    FUENTE,
    KPI,
    LUGAR,
    MEDIDA,
    MISION,
    NATURALEZA,
    NUMERADOR,
    PERIODO,
    VALOR,
    cifra,
    por_anio,
    proporcion,
)


def _meses(nombre: str, significado: str) -> Columna:
    return Columna(nombre, pl.Int32, "meses", significado)


def _mes(nombre: str, significado: str) -> Columna:
    return Columna(nombre, pl.Int32, "mes absoluto", significado)


def _cuantos(nombre: str, que: str, significado: str) -> Columna:
    return Columna(nombre, pl.UInt32, que, significado)


OKR = texto("okr", "código del OKR")
NIVEL_OKR = Columna("nivel_okr", pl.Int8, "nivel", "nivel de contribución del OKR; 1, el más alto")
AGREGACION = texto("agregacion", "cómo se juntan periodos: razon, suma, promedio, ultimo…")
FACTOR = Columna("factor", pl.Float64, "1", "por cuánto se multiplica la razón (100 en un %)")
MESES = _meses("meses", "los que dura un periodo del KPI")
MESES_MEDIDA = _meses("meses_medida", "los que abarca la medida que se compara")
SOBRE_PERSONAS = marca("sobre_personas", "la cifra es sobre personas: se protege")
RECUENTO = marca("recuento", "el valor cuenta casos, y no soles ni litros")
PROPORCION = marca("proporcion", "porcentaje: también identifica el complemento")
ACCESO = texto("acceso", "ciudadano, decisor o técnico")
AGRUPABLE = marca("agrupable", "sus periodos cuentan a otros, y pueden sumarse")
QUIEBRES = Columna(
    "quiebres", pl.List(pl.Float64), "mes absoluto", "instantes en que cambió el método"
)
FIN_BASE = _mes("fin_base", "último mes que cuenta la base")
BASE = cifra("b", "línea de base; nula si no tiene")
NUM_BASE = cifra("num_base", "casos de la base que su ficha declara")
DEN_BASE = cifra("den_base", "denominador que su ficha declara")
AGRUPADO = _meses("agrupado", "los que reúne la cifra; 0, ninguno: es suelta")
PROTEGIDO = marca("protegido", "suprimida: sus cifras son nulas")
MOTIVO = texto("motivo", "por qué no hay número, o por qué ese estado; nulo si no hace falta")

VALIDACION = texto("validacion", "el estado de su último dato: preliminar, corregido o validado")
AVANCE = proporcion("avance", "(y − b) / (m − b)")
ESPERADO = proporcion("esperado", "(e(t) − b) / (m − b)")
RITMO = proporcion("ritmo", "avance / esperado; nulo si nada se esperaba")
PENDIENTE = por_anio("pendiente", "Theil–Sen: la mediana de las pendientes entre puntos")
NATURALEZA_TENDENCIA = texto("naturaleza_tendencia", "la menos firme de los puntos de la recta")

TRAMO = Columna("tramo", pl.Int32, "", "0, 1…: un cambio de método empieza otro")
MIXTA = marca("mixta", "un cambio de método cae dentro de su periodo")

FICHAS = Tabla(
    "fichas",
    (
        KPI,
        MISION,
        OKR,
        Columna("nivel", pl.Int8, "nivel", "nivel de contribución del KPI; 1, el más alto"),
        NIVEL_OKR,
        texto("sentido", "ascendente, descendente o no definido"),
        AGREGACION,
        FACTOR,
        MESES,
        MESES_MEDIDA,
        _meses("meses_plazo", "cada cuánto se debe una medida nueva"),
        texto("tipo_agregacion", "la que CEPLAN dice: agregable o no"),
        _meses("gracia", "los que un dato sigue vigente pasado su plazo"),
        cifra("tolerancia", "cuánto puede alejarse de la meta quien solo debe mantenerse"),
        SOBRE_PERSONAS,
        RECUENTO,
        PROPORCION,
        marca("casos", "porcentaje de casos contados: tiene intervalo"),
        marca("tasa", "sucesos por población o por tiempo: su intervalo es el de una tasa"),
        marca("comparable", "tiene sentido dividir la cifra de un lugar entre la de otro"),
        _meses("ventana", "los que acumula cada medida, si son más que su frecuencia"),
        texto("conteo", "qué cuenta su fuente: muestra, atendidos o completo"),
        Columna("efecto_de_diseno", pl.Float64, "1", "cuánto ensancha el diseño de la muestra"),
        texto("base_conteo", "qué cuenta la fuente de la línea de base"),
        Columna("base_efecto", pl.Float64, "1", "el efecto de diseño de la línea de base"),
        marca("base_asumida", "la fuente no declara el año de la línea de base"),
        ACCESO,
        AGRUPABLE,
        _mes("inicio_base", "en que empieza el periodo que midió la base"),
        FIN_BASE,
        BASE,
        NUM_BASE,
        DEN_BASE,
        texto("naturaleza_base", "la de la línea de base"),
        _mes("fin_meta", "último mes del periodo de la meta"),
        cifra("m", "meta; nula si no se fijó"),
        QUIEBRES,
        marca("base_protegida", "hay línea de base y no se publica"),
        marca("meta_protegida", "hay meta y no se publica"),
        marca("cobertura_distrital", "su fuente puede dar la cifra de un distrito"),
    ),
)
"""Lo que el método necesita de cada KPI, en el orden del catálogo."""

TRAYECTORIAS = Tabla("trayectorias", (KPI, FIN, cifra("valor", "lo esperado al cierre de ese mes")))
"""Los puntos de la senda de cada KPI: línea de base, logros esperados y meta."""

SERIES = Tabla("series", (*MEDIDA, AGRUPADO, PROTEGIDO))
"""La serie de cada KPI y lugar en la misma medida que su línea de base; todo es «total»."""

MEDIDAS = Tabla(
    "medidas con su tramo",
    (
        *SERIES.columnas,
        TRAMO,
        MIXTA,
    ),
)
"""Una serie, con los cambios de método que la parten."""

EVALUACION = Tabla(
    "evaluación",
    (
        *FICHAS.columnas,
        LUGAR,
        FIN,
        PERIODO,
        VALOR,
        PROTEGIDO,
        FUENTE,
        FECHA,
        NUMERADOR,
        DENOMINADOR,
        VALIDACION,
        NATURALEZA,
        cifra("valor_esperado", "e(t): lo que la senda pide al cierre del último dato"),
        marca("quebrada", "el método cambió entre la línea de base y el último dato"),
        marca("mantener", "no hay camino que recorrer: basta con mantenerse"),
        AVANCE,
        ESPERADO,
        RITMO,
        marca("vencido", "el último dato es más antiguo que su plazo y su gracia"),
        texto("naturaleza_resultado", "la menos firme de sus insumos"),
        texto("estado", "uno de los estados del método"),
        MOTIVO,
    ),
)
"""Un KPI evaluado por fila; nulas las columnas del último dato donde no hay ninguno."""

RECTA = (
    PENDIENTE,
    por_anio("pendiente_min", "límite inferior de la pendiente, al 95 %"),
    por_anio("pendiente_max", "límite superior de la pendiente, al 95 %"),
    Columna("p", pl.Float64, "probabilidad", "Mann–Kendall: la de verlo si nada cambiara"),
    Columna("pivote_t", pl.Float64, "años", "el instante mediano, por donde pasa la recta"),
    cifra("pivote_valor", "el valor mediano, por donde pasa la recta"),
)
"""Lo que ``theil_sen`` da de cada serie, en su orden."""

ACOMPANAN = (
    cifra("base_numerador", "casos de la base: los que declara la ficha o los que se midieron"),
    cifra("base_denominador", "denominador de la base: el declarado o el que se midió"),
    cifra("minimo_95", "límite inferior del último dato (Wilson)"),
    cifra("maximo_95", "límite superior del último dato (Wilson)"),
    cifra("base_minimo_95", "límite inferior de la línea de base (Wilson)"),
    cifra("base_maximo_95", "límite superior de la línea de base (Wilson)"),
    texto("peor", "¿está peor que la línea de base?: «sí» o «no»; nulo sin evaluar"),
    texto("senal_base", "cuánto lo sostienen los casos; nulo donde nada se puede decir"),
    texto("al_paso", "¿va al paso que pide la meta?: «sí» o «no»; nulo sin evaluar"),
    texto("senal_paso", "cuánto lo sostienen los casos; nulo donde nada se puede decir"),
    cifra("cambio_min_95", "límite inferior del cambio desde la línea de base"),
    cifra("cambio_max_95", "límite superior del cambio desde la línea de base"),
    proporcion("ceplan_i", "cumplimiento de tipo I de CEPLAN"),
    texto("ceplan_i_luz", "su semáforo"),
    proporcion("ceplan_ii", "cumplimiento de tipo II de CEPLAN"),
    texto("ceplan_ii_luz", "su semáforo"),
    por_anio("necesario_por_anio", "(m − y) / (T − t)"),
    _cuantos("puntos", "puntos", "los de la serie que entran en la recta"),
    texto("desde", "periodo del primer punto"),
    texto("hasta", "periodo del último punto"),
    NATURALEZA_TENDENCIA,
    texto("naturaleza_analisis", "la de todo lo demás con ella"),
    *RECTA,
    texto("tendencia", "qué dice la recta, o que faltan puntos"),
    cifra("proyeccion", "adónde llega la recta al cierre de la meta"),
    cifra("proyeccion_min", "con el límite inferior de la pendiente"),
    cifra("proyeccion_max", "con el límite superior de la pendiente"),
)
"""Lo que acompaña al estado de un KPI."""
ANALISIS = Tabla("análisis", (KPI, LUGAR, MISION, *ACOMPANAN))

BRECHAS = Tabla(
    "brechas",
    (
        KPI,
        MISION,
        texto("ambito", "«anexo», o la dimensión de los grupos que se comparan"),
        PERIODO,
        _cuantos("cuantos", "partes", "las que tienen cifra ese periodo"),
        _cuantos("protegidas", "partes", "las protegidas ese periodo"),
        texto("menor", "la parte de la cifra más baja"),
        cifra("menor_valor", "su cifra"),
        texto("mayor", "la parte de la cifra más alta"),
        cifra("mayor_valor", "su cifra"),
        cifra("brecha", "mayor − menor"),
        Columna("razon", pl.Float64, "1", "mayor / menor; nula donde no se comparan dividiendo"),
        marca("distinguible", "la p de Holm queda bajo el nivel; nulo donde no cabe probar"),
        texto("prueba", "con qué se probó, o por qué no cabe probar"),
        Columna("comparaciones", pl.Int64, "pares", "entre cuántos se eligió el par"),
        cifra("brecha_min_95", "límite inferior de la brecha, sin ajustar"),
        cifra("brecha_max_95", "límite superior de la brecha, sin ajustar"),
        *(
            cifra(f"{extremo}_{limite}", f"límite al 95 % de esa cifra: {limite}")
            for extremo in ("menor", "mayor")
            for limite in ("minimo", "maximo")
        ),
        NATURALEZA,
        Columna(
            "partes",
            pl.List(pl.Struct({"parte": pl.String, "valor": pl.Float64})),
            "la del KPI",
            "cada parte de ese periodo con su valor; nulo lo protegido",
        ),
    ),
)
"""Los extremos del último periodo con dos o más cifras, por KPI y ámbito."""

_AGREGADAS = (
    _cuantos("kpis", "KPI", "los que tiene"),
    _cuantos("evaluados", "KPI", "los que se pudieron evaluar"),
    _cuantos("en_retroceso", "KPI", "los que están peor que su línea de base"),
    marca("demostracion", "alguno de los evaluados usa una cifra de demostración"),
    proporcion("minimo", "la media si cada KPI sin evaluar valiera 0"),
    proporcion("maximo", "la media si cada KPI sin evaluar valiera 1"),
)
AVANCE_MEDIO = proporcion("avance", "media pesada de los evaluados; nula bajo la cobertura mínima")

OKRS = Tabla(
    "OKR",
    (
        MISION,
        OKR,
        NIVEL_OKR,
        *_AGREGADAS,
        Columna("peso", pl.Float64, "1", "el de su nivel en la media de la misión"),
        AVANCE_MEDIO,
        MOTIVO,
    ),
)
MISIONES = Tabla(
    "misiones",
    (
        MISION,
        *_AGREGADAS,
        _cuantos("okrs_con_numero", "OKR", "los que tienen avance"),
        _cuantos("okrs", "OKR", "los que tiene"),
        AVANCE_MEDIO,
        MOTIVO,
    ),
)
