"""La compuerta: nada entra sin pasar por aquí, y lo que no pasa se dice entero.

De todos los archivos a la vez; lo que pasa se entrega leído, y nadie vuelve a abrir ``data/``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TypeVar

import polars as pl

from .actas.libro import Libro, leer_libro
from .catalogo import Catalogo, leer
from .catalogo.adjuntos import revisar_adjuntos
from .catalogo.cuadernos.analisis import Analisis
from .catalogo.cuadernos.analisis import revisar as revisar_cuadernos
from .catalogo.lectura import sin_consecuencias
from .catalogo.mapeo import leer_mapeos
from .catalogo.modelos import CIUDADANO
from .catalogo.plan_de_recojo import Plan, leer_plan
from .cualitativo import Relatos, Voces, leer_voces_de_tanda
from .cualitativo import leer as leer_relatos
from .datos.carpeta import revisar_carpeta
from .datos.custodia import Visibilidad, revisar_custodia
from .datos.evidencia import suben_sin_evidencia
from .datos.letras import signos_sin_letra, signos_sin_letra_en
from .datos.observaciones import Validacion, revisar_sin_catalogo, validar
from .datos.solapes import solapadas
from .datos.sugerencias import con_sugerencias
from .datos.tarjetas_de_recibo import Tarjeta, leer_tarjetas, revisar_recibos
from .datos.textos_libres import senas_en_textos
from .edicion import memoria
from .errores import DatosInvalidos, ErrorDeDatos
from .esqueleto.por_completar import por_completar
from .metodo.fichas import fichas
from .paginas.citas import citas_rotas
from .paginas.encabezados import defectos_de_paginas
from .paginas.revision import lo_muerto, lo_no_admitido, renglones_impresos
from .privacidad import (
    Reglas,
    Sucesiones,
    baja_el_umbral,
    dejan_de_protegerse,
    desaparecidos,
    desgloses,
    heredada,
    leer_historial,
    miden_otra_cosa,
    se_abren,
)
from .rutas import Proyecto

Leido = TypeVar("Leido")


@dataclass(frozen=True)
class Validado(Validacion):
    """Todo lo que la compuerta leyó y dejó pasar; ninguna etapa posterior vuelve a ``data/``.

    ``plan``: el de recojo, completado con el catálogo. ``recibos``: la tarjeta de cada uno.
    """

    plan: Plan = field(kw_only=True)
    recibos: dict[str, Tarjeta] = field(default_factory=dict)
    analisis: tuple[Analisis, ...] = ()
    relatos: Relatos | None = None
    libro: Libro = field(default_factory=Libro)
    tanda: Voces | None = None


def pasar(proyecto: Proyecto, alojado: Visibilidad | None = None) -> tuple[Catalogo, Validado]:
    """El catálogo y las observaciones validadas; lanza ``DatosInvalidos`` con los defectos de
    catálogo y de datos.

    Con un catálogo a medias se revisa todo lo que lo leído permite, y no se culpa a los datos de lo
    que le falta.
    ``alojado``: quién puede leer el repositorio, según quien lo aloja.
    """
    errores: list[ErrorDeDatos] = [
        *por_completar(proyecto),
        *senas_en_textos(proyecto),
        *signos_sin_letra(proyecto),
        *signos_sin_letra_en(renglones_impresos(proyecto)),
        *defectos_de_paginas(proyecto),
        *lo_no_admitido(proyecto),
    ]
    analisis = tuple(revisar_cuadernos(proyecto, errores))
    catalogo = leer(proyecto, errores)
    errores.extend(revisar_carpeta(proyecto))
    errores.extend(memoria.defectos(proyecto.raiz))
    if catalogo is None:
        raise DatosInvalidos([*errores, *revisar_sin_catalogo(proyecto)])
    errores.extend(_nivel_sin_taller(proyecto, catalogo))
    errores.extend(citas_rotas(proyecto, catalogo))
    errores.extend(lo_muerto(proyecto, catalogo, analisis))
    errores.extend(revisar_adjuntos(proyecto, catalogo))
    recibos = leer_tarjetas(proyecto, errores)
    errores.extend(revisar_recibos(proyecto, recibos))
    errores.extend(revisar_custodia(proyecto, catalogo, alojado))
    libro = leer_libro(proyecto, catalogo, errores)
    relatos = leer_relatos(proyecto, catalogo, errores)
    tanda = leer_voces_de_tanda(proyecto, catalogo, errores)
    plan = _o_nada(lambda: leer_plan(proyecto, catalogo), errores)
    _o_nada(lambda: leer_mapeos(proyecto), errores)
    ocultos = None if errores else _siempre_ocultos(catalogo)
    validacion = _o_nada(lambda: validar(proyecto, catalogo, ocultos), errores)
    if errores or plan is None or validacion is None:
        raise DatosInvalidos(con_sugerencias(sin_consecuencias(errores, catalogo), catalogo))
    errores.extend(_cambios_de_lo_publicado(proyecto, catalogo, validacion))
    if errores:
        raise DatosInvalidos(errores)
    leido = {c.name: getattr(validacion, c.name) for c in fields(Validacion)}
    return catalogo, Validado(
        **leido,
        plan=plan,
        recibos=recibos,
        analisis=tuple(a.dicho(catalogo.territorio.anexos_se_llaman) for a in analisis),
        relatos=relatos,
        libro=libro,
        tanda=tanda,
    )


def _nivel_sin_taller(proyecto: Proyecto, catalogo: Catalogo) -> list[ErrorDeDatos]:
    """Una edición restringida se hace aparte: aquí no está lo que vio el público."""
    nivel = catalogo.territorio.nivel
    if nivel == CIUDADANO or (proyecto.memoria_publica / memoria.CARPETA).is_dir():
        return []
    return [
        ErrorDeDatos(
            proyecto.relativa(proyecto.territorio),
            None,
            "nivel",
            nivel,
            "nivel-fuera-de-su-taller",
            "borre la línea y haga la edición restringida con «observatorio construir --nivel"
            f" {nivel} --en CARPETA», que la hace en otra carpeta",
        )
    ]


def con_otro_recibo(proyecto: Proyecto, catalogo: Catalogo) -> None:
    """La parte de la compuerta que un recibo más puede mover, cuando la entera acaba de dejar pasar
    ``catalogo``; lanza ``DatosInvalidos`` con los defectos de los datos.

    De páginas, cuadernos, fichas, relatos y mapeos, que un recibo no toca, no se vuelve a leer
    nada.
    """
    errores: list[ErrorDeDatos] = [*senas_en_textos(proyecto), *signos_sin_letra(proyecto)]
    errores.extend(revisar_carpeta(proyecto))
    recibos = leer_tarjetas(proyecto, errores)
    errores.extend(revisar_recibos(proyecto, recibos))
    errores.extend(revisar_custodia(proyecto, catalogo))
    leer_libro(proyecto, catalogo, errores)
    ocultos = None if errores else _siempre_ocultos(catalogo)
    validacion = _o_nada(lambda: validar(proyecto, catalogo, ocultos), errores)
    if errores or validacion is None:
        raise DatosInvalidos(con_sugerencias(sin_consecuencias(errores, catalogo), catalogo))
    if de_lo_publicado := _cambios_de_lo_publicado(proyecto, catalogo, validacion):
        raise DatosInvalidos(de_lo_publicado)


def _cambios_de_lo_publicado(
    proyecto: Proyecto, catalogo: Catalogo, validacion: Validacion
) -> list[ErrorDeDatos]:
    """Lo que se publicó y hoy desapareció, no se protege, mide otra cosa, se resta con otras
    categorías o dice ser más firme sin evidencia.
    """
    anterior = leer_historial(proyecto, memoria.ruta_de(proyecto.raiz, memoria.CELDAS))
    territorio = proyecto.relativa(proyecto.territorio)
    archivos = {
        "kpi": "misiones",
        "lugar": territorio,
        "grupo": territorio,
        "unidad": proyecto.relativa(proyecto.unidades),
        "fuente": proyecto.relativa(proyecto.fuentes),
    }
    hojas = {k.codigo: f"misiones/{m.slug}/hoja-de-ruta.yml" for m, _, k in catalogo.recorrer()}
    accesos = _accesos_publicados(proyecto)
    reservados = frozenset(c for c, a in accesos.items() if a != CIUDADANO)
    unidades = frozenset(validacion.unidades["codigo"])
    hoy = heredada(anterior, Sucesiones.de(catalogo))
    return [
        *solapadas(validacion.compacta, hoy.filter(pl.col("agrupado") == 0)),
        *desaparecidos(anterior, catalogo, unidades, archivos, reservados),
        *dejan_de_protegerse(anterior, catalogo, archivos),
        *miden_otra_cosa(anterior, catalogo, validacion.compacta, hojas),
        *baja_el_umbral(anterior, catalogo, territorio),
        *se_abren(accesos, catalogo, hojas),
        *suben_sin_evidencia(
            proyecto,
            catalogo,
            validacion.compacta,
            validacion.cuadros,
            memoria.leer_publicada(proyecto.raiz)["ultima"],
        ),
    ]


def _accesos_publicados(proyecto: Proyecto) -> dict[str, str]:
    """El acceso de cada KPI en la última edición publicada."""
    ultima = memoria.leer_publicada(proyecto.raiz)["ultima"]
    kpis = ultima["resumen"].get("kpis", {}) if ultima else {}
    return {c: k["acceso"] for c, k in kpis.items() if isinstance(k, dict) and k.get("acceso")}


def _siempre_ocultos(catalogo: Catalogo) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Qué cortes no publicarían nada, con las fichas de un catálogo sin defectos."""
    return partial(
        desgloses.siempre_ocultos, fichas=fichas(catalogo), reglas=Reglas.de(catalogo.territorio)
    )


def _o_nada(leer_uno: Callable[[], Leido], errores: list[ErrorDeDatos]) -> Leido | None:
    """Lo leído, o nada: sus defectos van a ``errores``."""
    try:
        return leer_uno()
    except DatosInvalidos as e:
        errores.extend(e.errores)
        return None
