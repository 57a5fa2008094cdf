"""El control XmR de un KPI: un dibujo pequeño y sus palabras."""

from __future__ import annotations

from collections.abc import Callable

from ...base.escapes import xml
from ...base.numeros import con_unidad
from ...base.periodos import legible
from ...catalogo.modelos import Kpi
from ...metodo.registros import Control
from ...metodo.xmr import COMUN, MEJORA, PREOCUPA
from ..pieza import esc

ANCHO, ALTO, MARGEN = 440, 120, 8
ICONO = {COMUN: "≈", MEJORA: "△", PREOCUPA: "!"}
TINTA, LIMITE, SENAL, LOGRO = "#334155", "#8a94a3", "#b45309", "#2e7d4f"


def control_html(kpi: Kpi, control: Control | str, marca: str) -> str:
    """La serie con su media, sus límites y el logro del año, o por qué no la lleva.

    ``marca``: la de demostración, si alguna de sus medidas lo es.
    """
    if not control:
        return ""
    if isinstance(control, str):
        return f'<div class="control"><p><b>Control de la serie (XmR)</b> {esc(control)}.</p></div>'

    def cifra(v: float) -> str:
        return con_unidad(v, kpi.unidad, kpi.decimales)

    ultimo = control.puntos[-1]
    porque = f" ({', '.join(ultimo.reglas)})" if ultimo.reglas else ""
    cumple = (
        f" Con esa variación, al logro de {cifra(control.logro)} de fin de año {control.seguridad}."
        if control.seguridad and control.logro is not None
        else ""
    )
    dicho = (
        f"{legible(ultimo.periodo)}, {cifra(ultimo.valor)}: {control.variacion}{porque}. Lo de"
        f" siempre va de {cifra(control.inferior)} a {cifra(control.superior)}, con media"
        f" {cifra(control.media)} en las primeras medidas, que los fijan.{cumple}"
    )
    icono = ICONO.get(control.variacion, "≠")
    return (
        '<div class="control"><p><b>Control de la serie (XmR)</b>'
        f' <span aria-hidden="true">{icono}</span> {esc(dicho)}{marca}</p>'
        f"{_dibujo(control, dicho)}</div>"
    )


def _dibujo(control: Control, dicho: str) -> str:
    valores = [p.valor for p in control.puntos]
    extremos = [*valores, control.inferior, control.superior]
    if control.logro is not None:
        extremos.append(control.logro)
    bajo, alto = min(extremos), max(extremos)

    def y(v: float) -> float:
        return ALTO - MARGEN - (v - bajo) / ((alto - bajo) or 1) * (ALTO - 2 * MARGEN)

    def x(i: int) -> float:
        return MARGEN + i / max(len(valores) - 1, 1) * (ANCHO - 2 * MARGEN)

    rayas = _raya(y(control.media), TINTA, "") + "".join(
        _raya(y(v), LIMITE, "4 3") for v in (control.inferior, control.superior)
    )
    if control.logro is not None:
        rayas += _raya(y(control.logro), LOGRO, "1 3")
    linea = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(valores))
    return (
        f'<svg class="xmr" viewBox="0 0 {ANCHO} {ALTO}" width="{ANCHO}" height="{ALTO}" role="img"'
        f' aria-label="{xml(dicho)}">{rayas}<polyline points="{linea}" fill="none"'
        f' stroke="{TINTA}"/>{_puntos(control, x, y)}</svg>'
        '<p class="leyendas"><span class="leyenda">raya llena: media</span><span class="leyenda">'
        'discontinua: límites</span><span class="leyenda">en puntos: logro del año</span>'
        '<span class="leyenda">rombo: medida señalada</span></p>'
    )


def _puntos(control: Control, x: Callable[[int], float], y: Callable[[float], float]) -> str:
    """Un círculo por medida; las señaladas, un rombo."""
    partes = []
    for i, p in enumerate(control.puntos):
        cx, cy = x(i), y(p.valor)
        partes.append(
            f'<path d="M{cx:.1f} {cy - 4:.1f}l4 4-4 4-4-4z" fill="{SENAL}"/>'
            if p.reglas
            else f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="2" fill="{TINTA}"/>'
        )
    return "".join(partes)


def _raya(y: float, color: str, trazo: str) -> str:
    discontinua = f' stroke-dasharray="{trazo}"' if trazo else ""
    return f'<path d="M0 {y:.1f}H{ANCHO}" stroke="{color}"{discontinua}/>'
