"""Trayectorias: por qué valores pasa un KPI desde su línea de base hasta el estado que le toca
mostrar.

Las fórmulas de avance, esperado y ritmo son las del método del observatorio; aquí se usan al revés,
para hallar el último valor que da un ritmo elegido.
"""

from __future__ import annotations

from dataclasses import dataclass

from observatorio.base.periodos import MESES_DEL_ANIO
from observatorio.catalogo.modelos import Kpi
from observatorio.metodo import senda

from .azar import Azar
from .calendario import Tramo, tramo

RITMOS = {
    "en ruta": (0.99, 1.12),
    "requiere acelerar": (0.66, 0.88),
    "rezagado": (0.12, 0.50),
    "dato vencido": (0.40, 0.90),
    "dato protegido": (0.40, 0.90),
    "sin datos": (0.40, 0.90),
}


@dataclass(frozen=True, slots=True)
class Ruta:
    """Línea de base ``(t0, b)``, meta ``m``, último punto de la serie y forma del camino entre
    ambos.

    ``curva``: exponente del avance en el tiempo; ``vaiven``: escala del ruido, en unidades del KPI.
    """

    t0: float
    b: float
    m: float
    t_ultimo: float
    y_ultimo: float
    curva: float
    vaiven: float
    minimo: float
    maximo: float


def esperado_en(kpi: Kpi, t: float) -> float:
    """``e(t)`` del método, con ``t`` en años: la del observatorio lo mide en meses."""
    return senda.esperado(senda.puntos(kpi), t * MESES_DEL_ANIO)


def es_banda(kpi: Kpi) -> bool:
    """KPI que se mantiene (meta igual a la base) o sin sentido definido: se juzga por su
    tolerancia.
    """
    base, meta = kpi.linea_base, kpi.meta
    return meta is not None and (
        kpi.sentido == "no definido" or (base is not None and base.valor == meta.valor)
    )


def trazar(kpi: Kpi, estado: str, t_ultimo: float, azar: Azar) -> Ruta:
    """Ruta de un KPI cuyo último dato, en ``t_ultimo``, debe caer en ``estado``."""
    t0, b, m = _extremos(kpi)
    minimo, maximo = dominio(kpi)
    y = _valor_final(kpi, estado, (b, m), t_ultimo, azar)
    y = min(max(y, minimo), maximo)
    vaiven = max(0.12 * abs(y - b), 0.015 * abs(b))
    if es_banda(kpi) and kpi.tolerancia:
        vaiven = min(vaiven, 0.5 * kpi.tolerancia)
    return Ruta(t0, b, m, t_ultimo, y, azar.uniforme(0.8, 1.35), vaiven, minimo, maximo)


def dominio(kpi: Kpi) -> tuple[float, float]:
    return 0.0, 100.0 if kpi.unidad == "%" else float("inf")


def valor_en(ruta: Ruta, periodo: Tramo, azar: Azar) -> float:
    """Valor de la serie al cierre de un periodo, con un ruido que se apaga hacia el último."""
    recorrido = ruta.t_ultimo - ruta.t0
    fraccion = min(max((periodo.fin - ruta.t0) / recorrido, 0.0), 1.0) if recorrido > 0 else 1.0
    tendencia = ruta.b + (ruta.y_ultimo - ruta.b) * float(fraccion**ruta.curva)
    antes = max(ruta.t0 - periodo.fin, 0.0)
    tendencia += (ruta.b - ruta.m) * 0.03 * antes
    falta = max(ruta.t_ultimo - periodo.fin, 0.0)
    ruido = azar.ruido() * ruta.vaiven * min(falta, 1.0)
    return min(max(tendencia + ruido, ruta.minimo), ruta.maximo)


def _extremos(kpi: Kpi) -> tuple[float, float, float]:
    """``(t0, b, m)``; lo que el catálogo no da se supone solo para dibujar la serie."""
    base, meta = kpi.linea_base, kpi.meta
    if base is not None:
        m = meta.valor if meta else base.valor * (0.8 if kpi.sentido == "descendente" else 1.2)
        return tramo(base.periodo_efectivo).fin, base.valor, m
    m = meta.valor if meta else 50.0
    return 2022.0, m * (1.6 if kpi.sentido == "descendente" else 0.55), m


def _valor_final(
    kpi: Kpi, estado: str, extremos: tuple[float, float], t: float, azar: Azar
) -> float:
    b, m = extremos
    if es_banda(kpi):
        return _valor_de_banda(kpi, estado, m, azar)
    if estado == "en retroceso":
        return b - min(azar.uniforme(0.08, 0.25) * abs(m - b), 0.4 * abs(b)) * (1 if m > b else -1)
    if estado == "alcanzado":
        return b + azar.uniforme(1.01, 1.06) * (m - b)
    esperado = 0.5
    if kpi.linea_base is not None and kpi.meta is not None:
        esperado = (esperado_en(kpi, t) - b) / (m - b)
    ritmo = azar.uniforme(*RITMOS[estado])
    return b + min(ritmo * esperado, 0.97) * (m - b)


def _valor_de_banda(kpi: Kpi, estado: str, m: float, azar: Azar) -> float:
    holgura = kpi.tolerancia or 0.05 * abs(m)
    if estado != "en retroceso":
        return m + azar.uniforme(-0.55, 0.55) * holgura
    lado = 1 if kpi.sentido == "descendente" else -1
    return m + lado * azar.uniforme(1.4, 1.9) * holgura
