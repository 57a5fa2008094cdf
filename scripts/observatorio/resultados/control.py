"""El control XmR y el embudo de cada KPI, de la tabla pública: los mismos para la página y los
datos.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import polars as pl

from ..base.periodos import MESES, meses_fin
from ..catalogo.modelos import Kpi
from ..catalogo.territorio import Fuente
from ..metodo import embudo as de_embudo
from ..metodo.fichas import de_sucesos
from ..metodo.quiebres import con_tramos
from ..metodo.registros import Control, Embudo, Evaluacion
from ..metodo.xmr import FIJAN, control

MESES_DEL_ANIO = 12


def control_de(publica: pl.DataFrame, kpi: Kpi, e: Evaluacion, lugar: str) -> Control | str:
    """El XmR de un KPI o por qué no lo lleva; vacío si no es mensual ni trimestral.

    ``publica``: sus filas públicas.
    """
    if kpi.frecuencia not in ("mensual", "trimestral") or kpi.acceso != "ciudadano":
        return ""
    if kpi.estacional:
        return "sin control: la serie sube y baja con la época del año"
    if kpi.ventana is not None and kpi.ventana > MESES[kpi.frecuencia]:
        return f"sin control: cada medida acumula {kpi.ventana} meses"
    c = pl.col
    propias = publica.filter(
        c("lugar") == lugar,
        c("grupo") == "total",
        c("unidad") == "",
        c("agrupado") == 0,
        c("valor").is_not_null(),
    )
    if propias.is_empty():
        return "sin control: no hay medidas públicas"
    ficha = pl.DataFrame(
        {"kpi": [kpi.codigo], "meses_medida": [MESES[kpi.frecuencia]], "quiebres": [e.quiebres]},
        schema_overrides={"quiebres": pl.List(pl.Float64)},
    )
    tramos = con_tramos(propias, ficha).filter(~c("mixta"))
    ultimo = tramos.filter(c("tramo") == c("tramo").max())
    medidas = list(ultimo.select("periodo", "valor").iter_rows())
    hecho = control(medidas, kpi.sentido, _logro(kpi, str(ultimo["periodo"][-1])))
    if hecho is None and len(medidas) >= FIJAN:
        return f"sin control: las {FIJAN} primeras medidas son iguales"
    return hecho or f"sin control: hacen falta {FIJAN} medidas comparables y hay {len(medidas)}"


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
