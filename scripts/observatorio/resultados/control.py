"""El control XmR y el embudo de cada KPI, de la tabla pública: los mismos para la página y los
datos.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

import polars as pl

from ..base.periodos import MESES, meses_fin
from ..base.por_clave import PorClave
from ..catalogo.fuentes import Fuente
from ..catalogo.modelos import Kpi
from ..datos.columnas import entera
from ..metodo import embudo as de_embudo
from ..metodo.fichas import de_sucesos
from ..metodo.quiebres import con_tramos
from ..metodo.registros import Control, Embudo, Evaluacion
from ..metodo.xmr import FIJAN, control

MESES_DEL_ANIO = 12


def controles(
    publica: pl.DataFrame, kpis: Collection[Kpi], evaluados: Mapping[str, Evaluacion], lugar: str
) -> dict[str, Control | str]:
    """``código →`` su XmR o por qué no lo lleva; vacío si no es mensual ni trimestral.

    ``publica``: las filas públicas de todos.
    """
    motivos = {k.codigo: _sin_control(k) for k in kpis}
    admiten = {k.codigo: k for k in kpis if motivos[k.codigo] is None}
    hechos = _de_los_que_admiten(publica, admiten, evaluados, lugar) if admiten else {}
    return {c: hechos[c] if motivo is None else motivo for c, motivo in motivos.items()}


def _sin_control(kpi: Kpi) -> str | None:
    """Por qué su ficha no admite control; nada si lo admite."""
    if kpi.frecuencia not in ("mensual", "trimestral") or not kpi.publico:
        return ""
    if kpi.estacional:
        return "sin control: la serie sube y baja con la época del año"
    if kpi.ventana is not None and kpi.ventana > MESES[kpi.frecuencia]:
        return f"sin control: cada medida acumula {kpi.ventana} meses"
    return None


def _de_los_que_admiten(
    publica: pl.DataFrame,
    kpis: Mapping[str, Kpi],
    evaluados: Mapping[str, Evaluacion],
    lugar: str,
) -> dict[str, Control | str]:
    c = pl.col
    propias = publica.filter(
        c("kpi").is_in(list(kpis)),
        c("lugar") == lugar,
        entera(),
        c("agrupado") == 0,
        c("valor").is_not_null(),
    )
    fichas = pl.DataFrame(
        {
            "kpi": list(kpis),
            "meses_medida": [MESES[k.frecuencia] for k in kpis.values()],
            "quiebres": [evaluados[codigo].quiebres for codigo in kpis],
        },
        schema_overrides={"quiebres": pl.List(pl.Float64)},
    )
    medidas = PorClave(con_tramos(propias, fichas), "kpi")
    return {codigo: _control(medidas.de(codigo), k) for codigo, k in kpis.items()}


def _control(medidas: pl.DataFrame, kpi: Kpi) -> Control | str:
    """El de las medidas públicas de un KPI en el territorio, con su ``tramo``, en orden."""
    if medidas.is_empty():
        return "sin control: no hay medidas públicas"
    filas = medidas.select("mixta", "tramo", "periodo", "valor").iter_rows()
    puras = [resto for mixta, *resto in filas if not mixta]
    comparables = [(periodo, valor) for tramo, periodo, valor in puras if tramo == puras[-1][0]]
    cuantas = len(comparables)
    hecho = control(comparables, kpi.sentido, _logro(kpi, comparables[-1][0])) if cuantas else None
    if hecho is None and cuantas >= FIJAN:
        return f"sin control: las {FIJAN} primeras medidas son iguales"
    return hecho or f"sin control: hacen falta {FIJAN} medidas comparables y hay {cuantas}"


def _logro(kpi: Kpi, periodo: str) -> float | None:
    """El logro esperado al cierre del año de ``periodo``; entre dos conocidos, en línea recta."""
    if not (kpi.linea_base and kpi.meta):
        return None
    cierre = ((meses_fin(periodo) - 1) // MESES_DEL_ANIO + 1) * MESES_DEL_ANIO
    puntos = [
        (meses_fin(kpi.linea_base.periodo_efectivo), kpi.linea_base.valor),
        *((meses_fin(str(a)), v) for a, v in sorted(kpi.logros_esperados.items())),
        (meses_fin(kpi.meta.periodo), kpi.meta.valor),
    ]
    if cierre >= puntos[-1][0]:
        return kpi.meta.valor
    for (t1, v1), (t2, v2) in pairwise(puntos):
        if t1 <= cierre < t2:
            return v1 + (v2 - v1) * (cierre - t1) / (t2 - t1)
    return None


def embudo_de(
    publica: pl.DataFrame, kpi: Kpi, fuente: Fuente, lugar: str, nombres: Mapping[str, str]
) -> Embudo | None:
    """El embudo de los anexos de un KPI, o nulo; ``publica``: sus filas públicas."""
    ficha = {
        "factor": kpi.formula.factor,
        "casos": kpi.unidad == "%" and kpi.formula.medida == "casos",
        "tasa": de_sucesos(kpi),
        "conteo": fuente.conteo,
        "efecto_de_diseno": fuente.efecto,
    }
    return de_embudo.embudo(publica, ficha, lugar, nombres)
