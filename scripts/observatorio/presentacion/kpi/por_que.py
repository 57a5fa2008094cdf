"""El porqué del estado de un KPI en una frase, con sus cifras: lo que una autoridad lee en diez
segundos.
"""

from __future__ import annotations

from ...base.numeros import con_unidad, porcentaje
from ...base.periodos import con_articulo, de_periodo, en_periodo
from ...catalogo.modelos import Kpi
from ...catalogo.territorio import Metodo
from ...metodo.registros import Evaluacion

BANDAS = {
    "en ruta": "va al paso que pide la meta",
    "requiere acelerar": "avanza, pero más despacio de lo que pide la meta",
    "rezagado": "avanza mucho menos de lo que pide la meta",
}


def por_que(kpi: Kpi, e: Evaluacion, metodo: Metodo) -> str:
    """La frase que sigue a «Estado: …». ``e``: la evaluación del KPI."""
    if e.motivo:
        return str(e.motivo) + _lo_que_hay(kpi, e)
    if e.estado == "sin meta":
        return "el comité aún no fijó su meta" + _lo_que_hay(kpi, e)
    if e.mantener:
        return _mantener(kpi, e)
    cuando = en_periodo(e.periodo or "")
    hoy, base, meta = (_cifra(kpi, v) for v in (e.valor, e.b, e.m))
    if e.estado == "alcanzado":
        return (
            f"llegó a la meta: {hoy} {cuando}, y se pedía {meta} para"
            f" {con_articulo(kpi.meta.periodo if kpi.meta else '')}"
        )
    if e.estado == "en retroceso":
        return (
            f"está peor que en su línea de base: {hoy} {cuando}, y partió de {base}; la meta"
            f" es {meta}"
        )
    return (
        f"{BANDAS[e.estado]}: {hoy} {cuando}, {porcentaje(e.avance)} del camino de {base} a"
        f" {meta}; a esa fecha se esperaba {porcentaje(e.esperado)}{_corte(e, metodo)}"
    )


def _corte(e: Evaluacion, metodo: Metodo) -> str:
    """El ritmo y la banda en que cae; nada si aún no se esperaba ningún avance."""
    if e.ritmo is None:
        return ""
    en_ruta, acelerar = metodo.bandas.en_ruta, metodo.bandas.requiere_acelerar
    banda = {
        "en ruta": f"de {en_ruta:g} o más",
        "requiere acelerar": f"entre {acelerar:g} y {en_ruta:g}",
        "rezagado": f"menor de {acelerar:g}",
    }[e.estado]
    return f" (ritmo {e.ritmo:.2f}, {banda})"


def _mantener(kpi: Kpi, e: Evaluacion) -> str:
    dentro = (
        "se mantiene dentro de sus límites" if e.estado == "alcanzado" else "salió de sus límites"
    )
    unidad = "puntos" if kpi.unidad == "%" else kpi.unidad
    holgura = f", con {_cifra(kpi, e.tolerancia, unidad)} de tolerancia" if e.tolerancia else ""
    return (
        f"{dentro}: {_cifra(kpi, e.valor)} {en_periodo(e.periodo or '')}, y se pide mantener"
        f" {_cifra(kpi, e.m)}{holgura}"
    )


def _lo_que_hay(kpi: Kpi, e: Evaluacion) -> str:
    if e.valor is None:
        return ""
    return f"; su último dato es {_cifra(kpi, e.valor)}, {de_periodo(e.periodo or '')}"


def _cifra(kpi: Kpi, valor: float | None, unidad: str = "") -> str:
    dicha = con_unidad(valor, unidad or kpi.unidad, kpi.decimales)
    return dicha.replace("\u00a0", " ").replace("\u202f", " ")
