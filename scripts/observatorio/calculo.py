"""La primera etapa: de ``data/`` a la tabla pública y a los indicadores, con lo que cada misión necesita.

cargar → validar → inferir totales → publicar (privacidad) → series comparables → evaluar → agregar
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter

from .catalogo import Catalogo
from .cualitativo import Voces
from .cualitativo import publicar as publicar_voces
from .datos.calidad import Calidad
from .datos.compuerta import pasar
from .datos.observaciones import Validacion
from .datos.texto import con_textos
from .metodo.agregado import agregar
from .metodo.analisis import analizar
from .metodo.avance import evaluar
from .metodo.comparacion import brechas
from .metodo.fichas import fichas, trayectorias
from .metodo.series import callados, comparables, con_frecuencia_publicada, inferir_totales
from .privacidad import (
    Reglas,
    bases_protegidas,
    catalogo_publico,
    con_motivo,
    correcciones_publicas,
    leer,
    metas_protegidas,
    publicar,
)
from .productos.archivos import escribir_bytes, quitar_sobrantes
from .rutas import Proyecto


@dataclass(frozen=True)
class Resultados:
    """Todo lo público que se sabe: ninguna etapa posterior vuelve a ``data/observaciones``.

    ``compacta``: la tabla pública, con los textos como ``pl.Categorical``.
    """

    catalogo: Catalogo
    compacta: pl.DataFrame
    series: pl.DataFrame
    evaluacion: pl.DataFrame
    analisis: pl.DataFrame
    brechas: pl.DataFrame
    okrs: pl.DataFrame
    misiones: pl.DataFrame
    correcciones: pl.DataFrame
    unidades: pl.DataFrame
    calidad: Calidad
    voces: Voces
    costo_privacidad: pl.DataFrame

    @cached_property
    def publica(self) -> pl.DataFrame:
        """``compacta`` con sus textos escritos."""
        return con_textos(self.compacta)


def calcular(proyecto: Proyecto) -> Resultados:
    """Valida y calcula; lanza ``DatosInvalidos`` sin haber escrito nada."""
    catalogo, validacion = pasar(proyecto)
    return calcular_validado(catalogo, validacion, leer(proyecto))


def calcular_validado(
    catalogo: Catalogo, validacion: Validacion, anterior: pl.DataFrame | None = None
) -> Resultados:
    """Los indicadores a partir de observaciones ya validadas y de las celdas ya publicadas (``anterior``)."""
    territorio, tabla = catalogo.territorio, fichas(catalogo)
    anexos = [a.codigo for a in territorio.anexos]
    completas = inferir_totales(validacion.compacta, tabla, territorio.ubigeo, anexos)
    reglas = Reglas.de(territorio)
    puerta = publicar(completas, tabla, reglas, anterior)
    publica = puerta.tabla
    sin_base = bases_protegidas(catalogo, tabla, completas, publica, reglas)
    sin_meta = metas_protegidas(catalogo, sin_base)
    catalogo = catalogo_publico(catalogo, sin_base)
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
    analisis = analizar(evaluacion, del_territorio, tabla)
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
        correcciones=correcciones_publicas(validacion.correcciones, publica),
        unidades=validacion.unidades,
        calidad=validacion.calidad,
        voces=publicar_voces(validacion.relatos, territorio.incluir_demostracion),
        costo_privacidad=puerta.costo,
    )


def escribir_por_mision(resultados: Resultados, carpeta: Path) -> list[Path]:
    """Escribe en ``carpeta/<slug>/`` lo que necesita el cuaderno de cada misión, y nada de las demás.

    Su contenido es la dependencia de datos de la misión: mismos bytes, mismo cuaderno ejecutado.
    """
    from .productos.procedencia import procedencias

    carpetas, origen = [], procedencias(resultados)
    for mision in resultados.catalogo.misiones:
        usadas = {k.fuente for k in mision.kpis} | {
            k.linea_base.fuente for k in mision.kpis if k.linea_base
        }
        textos = {
            "hoja.json": mision.model_dump_json(indent=1),
            "territorio.json": resultados.catalogo.territorio.model_dump_json(indent=1),
            "procedencia.json": json.dumps(
                {k.codigo: origen[k.codigo] for k in mision.kpis}, ensure_ascii=False, indent=1
            ),
            "voces.json": TypeAdapter(Voces)
            .dump_json(resultados.voces.de(mision.slug), indent=1)
            .decode(),
            "fuentes.json": _json_fuentes(resultados.catalogo, usadas),
        }
        contenidos = {nombre: texto.encode() for nombre, texto in textos.items()}
        for nombre in (
            "publica",
            "series",
            "evaluacion",
            "analisis",
            "brechas",
            "okrs",
            "misiones",
        ):
            tabla: pl.DataFrame = getattr(resultados, nombre)
            memoria = io.BytesIO()
            tabla.filter(pl.col("mision") == mision.slug).write_ipc(memoria)
            contenidos[f"{nombre}.arrow"] = memoria.getvalue()
        destino = carpeta / mision.slug
        for nombre, contenido in contenidos.items():
            escribir_bytes(destino / nombre, contenido)
        quitar_sobrantes(destino, {destino / nombre for nombre in contenidos})
        carpetas.append(destino)
    return carpetas


def _json_fuentes(catalogo: Catalogo, usadas: set[str]) -> str:
    return json.dumps(
        {i: catalogo.fuentes[i].model_dump(mode="json") for i in sorted(usadas)},
        ensure_ascii=False,
        indent=1,
    )
