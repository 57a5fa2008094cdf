"""Las tablas que se publican en ``datos/``, declaradas."""

from __future__ import annotations

import polars as pl

from ..base.tablas import Columna, Tabla, marca, texto
from ..datos.columnas import (
    DENOMINADOR,
    ESTADO,
    FECHA,
    FUENTE,
    GRUPO,
    KPI,
    LUGAR,
    MISION,
    NATURALEZA,
    NUMERADOR,
    PERIODO,
    UNIDAD,
    VALOR,
    cifra,
    por_anio,
    proporcion,
)
from ..metodo.columnas import AVANCE, ESPERADO, NATURALEZA_TENDENCIA, PENDIENTE, RITMO, VALIDACION

ESTADO_PUBLICO = texto("estado_publico", "«publicado» o «dato protegido»")
FUENTE_ACCESO = Columna("fuente_acceso", pl.Date, "día", "cuándo se consultó la fuente")
CONTROLES = texto("controles", "«cumple», o qué controles pidieron una explicación")
APROBACION = texto("aprobacion", "si un comité aprobó la cifra")
CUADERNO = texto("cuaderno", "el cuaderno ejecutado que la calcula")
PRODUCTO = texto("producto", "la clave del producto de su misión")

_COMUNES = (
    LUGAR,
    GRUPO,
    UNIDAD,
    VALOR,
    NUMERADOR,
    DENOMINADOR,
    ESTADO_PUBLICO,
    FUENTE,
    FUENTE_ACCESO,
    FECHA,
    CONTROLES,
    ESTADO,
    NATURALEZA,
    APROBACION,
)
OBSERVACIONES = Tabla("observaciones.csv", (KPI, MISION, PERIODO, *_COMUNES))
"""Una medida por fila; sin cifras, la protegida."""
AGRUPADAS = Tabla(
    "agrupadas.csv",
    (
        KPI,
        MISION,
        PERIODO,
        Columna("agrupado", pl.Int64, "meses", "los que reúne la cifra"),
        *_COMUNES,
        texto("nota", "qué periodos reúne"),
    ),
)
"""Las cifras de periodos agrupados por privacidad."""

DEL_ANALISIS = (
    texto("tendencia", "qué dice la recta, o que faltan puntos"),
    NATURALEZA_TENDENCIA,
    PENDIENTE,
    texto("peor", "¿está peor que la línea de base?: «sí» o «no»"),
    texto("senal_base", "cuánto lo sostienen los casos: señal clara, probable, no se distingue"),
    texto("al_paso", "¿va al paso que pide la meta?: «sí» o «no»"),
    texto("senal_paso", "cuánto lo sostienen los casos: señal clara, probable, no se distingue"),
    por_anio("necesario_por_anio", "lo que falta por año para llegar a la meta"),
    cifra("proyeccion", "adónde llega la recta al cierre de la meta"),
    proporcion("ceplan_i", "cumplimiento de tipo I de CEPLAN"),
    proporcion("ceplan_ii", "cumplimiento de tipo II de CEPLAN"),
)
"""Lo que acompaña al estado de un KPI, con los nombres del método."""
KPIS = Tabla(
    "kpis.csv",
    (
        texto("codigo", "código del KPI"),
        texto("nombre", "el de la ficha"),
        MISION,
        texto("okr", "código de su OKR"),
        Columna("nivel", pl.Int64, "nivel", "nivel de contribución; 1, el más alto"),
        texto("unidad", "en qué se mide"),
        texto("sentido", "ascendente, descendente o no definido"),
        texto("frecuencia", "cada cuánto se informa"),
        texto("fuente", "fuente que la informa"),
        texto("responsable", "quién responde de la cifra"),
        texto("linea_base_periodo", "el de la línea de base"),
        cifra("linea_base_valor", "línea de base"),
        texto("meta_periodo", "el de la meta"),
        cifra("meta_valor", "meta"),
        texto("ultimo_periodo", "el del último dato"),
        cifra("ultimo_valor", "último dato"),
        texto("protegidos", "cuáles de esas cifras no se publican"),
        AVANCE,
        ESPERADO,
        RITMO,
        texto("estado", "uno de los estados del método"),
        texto("motivo", "por qué ese estado; nulo si no hace falta"),
        NATURALEZA,
        VALIDACION,
        APROBACION,
        *DEL_ANALISIS,
        texto("fecha_dato", "cuándo se obtuvo el último dato"),
        texto("fuente_institucion", "quién produce la fuente"),
        texto("fuente_acceso", "cuándo se consultó la fuente"),
        texto("controles", "cuántos pasan sin reparos"),
        texto("acta", "el acta en que se aprobó"),
        CUADERNO,
        PRODUCTO,
    ),
)
"""Un KPI por fila."""

TEMAS = Tabla(
    "temas.csv",
    (
        MISION,
        texto("codigo", "código del tema"),
        texto("tema", "cómo se llama"),
        Columna("narraciones", pl.Int64, "narraciones", "cuántas lo tocan; nulo lo protegido"),
        Columna("de", pl.Int64, "narraciones", "cuántas hay en total"),
        ESTADO_PUBLICO,
        Columna("kappa_mision", pl.Float64, "1", "acuerdo entre quienes codifican, de −1 a 1"),
        NATURALEZA,
        FUENTE,
        texto("hasta", "el mes de la narración más reciente"),
        APROBACION,
        CUADERNO,
        PRODUCTO,
    ),
)
"""Un tema por fila, sin textos, lugares ni actores."""

PLAN = Tabla(
    "plan/plan.csv",
    (
        KPI,
        texto("dato", "qué se recoge"),
        PERIODO,
        Columna("vence", pl.Date, "día", "hasta cuándo se espera"),
        texto("situacion", "recibido, por llegar, atrasado, incompleto, no puede llegar, retirado"),
        Columna("recibidas", pl.Int64, "entregas", "cuántas llegaron"),
        Columna("esperadas", pl.Int64, "entregas", "cuántas se esperan"),
        texto("frecuencia", "cada cuánto se informa"),
        FUENTE,
        texto("origen", "primaria o secundaria"),
        texto("medio", "cómo se recoge"),
        texto("responsable", "quién lo entrega: una institución"),
        marca("demostracion", "lo recibido es de demostración"),
        texto("motivo", "por qué no puede llegar o se retiró"),
        texto("descargo", "lo que responde la oficina"),
    ),
)
"""Una entrega que vence por fila."""

FUENTES = Tabla(
    "fuentes.csv",
    (
        texto("codigo", "con que la nombran las demás tablas"),
        texto("institucion", "quién la produce"),
        texto("titulo", "cómo se llama"),
        texto("tipo", "primaria o secundaria"),
        texto("direccion", "dónde está"),
        Columna("fecha_acceso", pl.Date, "día", "cuándo se consultó"),
        texto("frecuencia", "cada cuánto se actualiza"),
        texto("fiabilidad", "de A, la mayor, a D"),
        texto("conteo", "qué son sus cuentas: muestra, atendidos o completo"),
        texto("licencia", "con qué licencia se usa"),
    ),
)
"""Una fuente por fila, como su tarjeta."""

LUGARES = Tabla(
    "lugares.csv",
    (
        texto(
            "codigo", "el del INEI: el del territorio, el de un distrito o el de un centro poblado"
        ),
        texto("nombre", "cómo se llama"),
        texto("tipo", "qué es: {{tipos-de-lugar}}"),
        Columna("lat", pl.Float64, "grados", "latitud; nula la del territorio entero"),
        Columna("lon", pl.Float64, "grados", "longitud; nula la del territorio entero"),
    ),
)
"""Un lugar por fila."""

CIFRAS_DE_SESION = Tabla(
    "cifras.csv",
    (
        KPI,
        PERIODO,
        VALOR,
        texto("escrito", "la cifra como la vio el comité, con su unidad"),
        texto("estado", "el del KPI: en ruta, rezagado, sin datos…"),
        texto("senal", "cuán seguro es ese estado"),
        NATURALEZA,
    ),
)
"""Un KPI por fila: lo que un comité vio de él en una sesión. Va en la carpeta de la sesión."""
