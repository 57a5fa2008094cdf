"""La compuerta: nada entra sin pasar por aquí, y lo que no pasa se dice entero, de todos los archivos a la vez."""

from __future__ import annotations

from dataclasses import dataclass

from .catalogo import Catalogo, leer
from .catalogo.adjuntos import revisar_adjuntos
from .catalogo.cuadernos_de_analisis import revisar as revisar_cuadernos
from .catalogo.lectura import sin_consecuencias
from .catalogo.mapeo import leer_mapeos
from .catalogo.plan_de_recojo import leer_plan
from .cualitativo import Relatos
from .cualitativo import leer as leer_relatos
from .datos.carpeta import revisar_carpeta
from .datos.custodia import Visibilidad, revisar_custodia
from .datos.observaciones import Validacion, revisar_sin_catalogo, validar
from .datos.sugerencias import con_sugerencias
from .datos.tarjetas_de_recibo import revisar_recibos
from .datos.textos_libres import senas_en_textos
from .edicion import memoria
from .edicion.citas import citas_rotas
from .errores import DatosInvalidos, ErrorDeDatos
from .esqueleto.por_completar import por_completar
from .rutas import Proyecto


@dataclass(frozen=True)
class Validado(Validacion):
    """Todo lo que la compuerta leyó y dejó pasar: las observaciones y los relatos, si los hay."""

    relatos: Relatos | None = None


def pasar(proyecto: Proyecto, alojado: Visibilidad | None = None) -> tuple[Catalogo, Validado]:
    """El catálogo y las observaciones validadas; lanza ``DatosInvalidos`` con los defectos de catálogo y de datos.

    Con un catálogo a medias se revisa todo lo que lo leído permite, y no se culpa a los datos de lo que le falta.
    ``alojado``: quién puede leer el repositorio, según quien lo aloja.
    """
    errores: list[ErrorDeDatos] = [*por_completar(proyecto), *senas_en_textos(proyecto)]
    revisar_cuadernos(proyecto, errores)
    catalogo = leer(proyecto, errores)
    errores.extend(revisar_carpeta(proyecto))
    errores.extend(memoria.defectos(proyecto.raiz))
    if catalogo is None:
        raise DatosInvalidos([*errores, *revisar_sin_catalogo(proyecto)])
    errores.extend(citas_rotas(proyecto, catalogo))
    errores.extend(revisar_adjuntos(proyecto, catalogo))
    errores.extend(revisar_recibos(proyecto))
    errores.extend(revisar_custodia(proyecto, catalogo, alojado))
    relatos = leer_relatos(proyecto, catalogo, errores)
    for leer_uno in (lambda: leer_plan(proyecto, catalogo), lambda: leer_mapeos(proyecto)):
        try:
            leer_uno()
        except DatosInvalidos as e:
            errores.extend(e.errores)
    try:
        validacion = validar(proyecto, catalogo)
    except DatosInvalidos as e:
        errores.extend(e.errores)
    if errores:
        raise DatosInvalidos(con_sugerencias(sin_consecuencias(errores, catalogo), catalogo))
    return catalogo, Validado(
        validacion.compacta,
        validacion.correcciones,
        validacion.unidades,
        validacion.calidad,
        relatos,
    )
