"""La primera etapa: de ``data/`` a la tabla pública y a los indicadores, con lo que cada misión
necesita.

cargar → validar → inferir totales → publicar (privacidad) → series comparables → evaluar → agregar
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from .catalogo import Catalogo
from .catalogo.modelos import CIUDADANO
from .cualitativo import voces_publicables
from .edicion.claves import celdas_anteriores, publicadas_antes
from .metodo.agregado import agregar
from .metodo.avance import evaluar
from .metodo.comparacion import brechas
from .metodo.fichas import fichas
from .metodo.indicios import analizar
from .metodo.senda import trayectorias
from .metodo.series import callados, comparables, con_frecuencia_publicada, inferir_totales
from .privacidad import (
    Reglas,
    Sucesiones,
    abierto_a,
    bases_protegidas,
    catalogo_publico,
    con_motivo,
    con_responsables_publicos,
    correcciones_publicas,
    correcciones_sin_cargos,
    definiciones,
    heredada,
    historial_de_nivel,
    leer_historial,
    metas_protegidas,
    plan_publico,
    proteger,
    sin_lo_sensible,
    sin_montos_de_pocos,
)
from .recojo.seguimiento import declaradas
from .resultados.resultados import Resultados
from .rutas import Proyecto
from .validar import Validado, pasar


def calcular(proyecto: Proyecto) -> Resultados:
    """Valida y calcula; lanza ``DatosInvalidos`` sin haber escrito nada."""
    catalogo, validacion = pasar(proyecto)
    anterior = leer_historial(proyecto, celdas_anteriores(proyecto.raiz))
    if catalogo.territorio.nivel != CIUDADANO:
        publica = leer_historial(proyecto, celdas_anteriores(proyecto.memoria_publica))
        resultados = calcular_nivel(catalogo, validacion, anterior, publica)
    else:
        resultados = calcular_validado(catalogo, validacion, anterior)
    return replace(resultados, publicadas=publicadas_antes(proyecto.raiz))


def calcular_nivel(
    catalogo: Catalogo, validacion: Validado, propia: pl.DataFrame, publica: pl.DataFrame
) -> Resultados:
    """Los resultados de una edición restringida, la del nivel que dice el territorio.

    La puerta decide primero la tabla pública y después la del nivel, que la toma por ya vista:
    nadie que lea las dos sabe más que quien lee la suya. ``propia`` y ``publica``: lo que se vio en
    las ediciones de cada uno. Lo que los comités aprobaron es lo público: con eso se compara.
    """
    publico = calcular_validado(catalogo, validacion, publica)
    del_nivel = abierto_a(catalogo, catalogo.territorio.nivel)
    sucesiones = Sucesiones.de(catalogo)
    visto = historial_de_nivel(
        heredada(propia, sucesiones),
        heredada(publica, sucesiones),
        publico.publica,
        set(del_nivel.reservados),
        definiciones(catalogo),
    )
    return replace(calcular_validado(del_nivel, validacion, visto), publico=publico.insumos)


def calcular_validado(
    catalogo: Catalogo, validacion: Validado, anterior: pl.DataFrame | None = None
) -> Resultados:
    """Los indicadores a partir de observaciones ya validadas y de las celdas ya publicadas
    (``anterior``).
    """
    territorio, tabla = catalogo.territorio, fichas(catalogo)
    if anterior is not None:
        anterior = heredada(anterior, Sucesiones.de(catalogo))
    anexos = [a.codigo for a in territorio.anexos]
    completas = inferir_totales(validacion.compacta, tabla, territorio.ubigeo, anexos)
    completas = sin_lo_sensible(completas, catalogo)
    enlaces = tuple((c, e) for c, k in catalogo.kpis.items() for e in k.enlaces)
    formas = {c: d.forma for c, d in definiciones(catalogo).items()}
    reglas = Reglas.de(territorio, validacion.unidades, enlaces, formas)
    proteccion = proteger(completas, tabla, reglas, anterior)
    publica = sin_montos_de_pocos(proteccion.tabla, completas, catalogo, reglas)
    sin_base = bases_protegidas(catalogo, tabla, completas, publica, reglas)
    sin_meta = metas_protegidas(catalogo, sin_base)
    catalogo = con_responsables_publicos(catalogo_publico(catalogo, sin_base))
    tabla = fichas(catalogo, sin_base, sin_meta)
    series = comparables(publica, tabla)
    tabla = con_frecuencia_publicada(tabla, series, territorio.ubigeo)
    del_territorio = series.filter(pl.col("lugar") == territorio.ubigeo)
    sin_decir = callados(publica, territorio.ubigeo)
    evaluacion = con_motivo(
        evaluar(
            del_territorio,
            tabla,
            trayectorias(catalogo),
            territorio.metodo,
            territorio.fecha_corte,
            sin_decir,
        ),
        reglas.k,
    )
    analisis = analizar(evaluacion, del_territorio, tabla, territorio.metodo)
    okrs, misiones = agregar(evaluacion, territorio.metodo)
    return Resultados(
        catalogo=catalogo,
        compacta=publica,
        series=series,
        evaluacion=evaluacion,
        analisis=analisis,
        brechas=brechas(publica, tabla, territorio.ubigeo),
        okrs=okrs,
        misiones=misiones,
        correcciones=correcciones_sin_cargos(
            correcciones_publicas(validacion.correcciones, publica), territorio
        ),
        unidades=validacion.unidades,
        calidad=validacion.calidad,
        voces=validacion.tanda
        or voces_publicables(validacion.relatos, territorio.incluir_demostracion),
        costo_privacidad=proteccion.costo,
        plan=plan_publico(validacion.plan, catalogo),
        no_medidas=frozenset(declaradas(validacion.recibos.values())),
        leidos=validacion.cuadros,
        analisis_propios=validacion.analisis,
        libro=validacion.libro,
    )
