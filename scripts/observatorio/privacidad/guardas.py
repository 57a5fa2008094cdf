"""Guardas para las personas: lo que se calla para no poner en riesgo a quien mide o denuncia.

De un KPI *sensible* (minería, seguridad) solo se publica el distrito entero y con retraso, responde
por él el Comité Impulsor y no tiene calendario. De todos, quien responde se publica por su
institución: un cargo que ocupa una sola persona la nombra. En periodo electoral no se publica
ninguno. Los datos no cambian: son otras filas y otros nombres los que salen.
"""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from ..base.periodos import mes_de
from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi
from ..catalogo.plan_de_recojo import DISTRITO, Plan
from ..catalogo.territorio import Territorio

COMITE_IMPULSOR = "Comité Impulsor"
"""Responde en público por lo sensible, y por todo en periodo electoral."""
DE_UNA_PERSONA = re.compile(
    r"\b(responsable|encargad[oa]|funcionari[oa]|servidora?|analista|especialista|técnic[oa] de"
    r"|coordinaci[óo]n|secretar[íi]a|jef[ea]|gerente|subgerente|alcald(?:e|esa)|regidora?|coordinadora?|directora?"
    r"|secretario|presidente|presidenta|tesorer[oa]|promotora?|asesora?|monitora?)\b",
    re.IGNORECASE,
)
"""En singular: «especialistas de primaria» son varios y no señalan a nadie. Una coordinación o una
secretaría suele ser quien la ocupa.
"""


def sin_lo_sensible(observaciones: pl.DataFrame, catalogo: Catalogo) -> pl.DataFrame:
    """``observaciones`` sin lo que un KPI sensible no publica: anexos, unidades y lo reciente.

    Lo reciente es lo de un periodo que terminó a menos de ``sensibles.retraso_meses`` de la fecha
    de corte; la de lo demás se dice por su mes. Se quita antes de la compuerta, de modo que nada de
    ello entra en ninguna resta.
    """
    c, t = pl.col, catalogo.territorio
    sensibles = [codigo for codigo, k in catalogo.kpis.items() if k.sensible]
    if not sensibles:
        return observaciones
    hasta = mes_de(t.fecha_corte) - t.sensibles.retraso_meses
    sensible = c("kpi").is_in(sensibles)
    del_distrito = (c("lugar") == t.ubigeo) & (c("unidad") == "") & (c("fin") <= hasta)
    return observaciones.filter(~sensible | del_distrito).with_columns(
        pl.when(sensible).then(c("fecha_dato").dt.month_end()).otherwise("fecha_dato")
    )


def con_responsables_publicos(catalogo: Catalogo) -> Catalogo:
    """El catálogo con el responsable de cada KPI como se publica."""
    misiones = tuple(
        m.model_copy(
            update={
                "okrs": tuple(
                    o.model_copy(
                        update={"kpis": tuple(_kpi(k, catalogo.territorio) for k in o.kpis)}
                    )
                    for o in m.okrs
                )
            }
        )
        for m in catalogo.misiones
    )
    return replace(catalogo, misiones=misiones)


def plan_publico(plan: Plan, catalogo: Catalogo) -> Plan:
    """El plan de recojo sin los KPI sensibles a la vista: ni quién, ni desde dónde.

    Los que no se publican siguen en ``datos``, porque el plan los cuenta; quien lo escribe no los
    lista (``se_sigue_en_publico``).
    """
    datos = {
        codigo: dato.model_copy(
            update={
                "responsable": responsable_publico(
                    dato.responsable, catalogo.kpis[codigo], catalogo.territorio
                )
            }
            | ({"informan": (DISTRITO,)} if catalogo.kpis[codigo].sensible else {})
        )
        for codigo, dato in plan.datos.items()
    }
    return plan.model_copy(update={"datos": datos})


def responsable_publico(responsable: str, kpi: Kpi, territorio: Territorio) -> str:
    """Por quién se publica que responde: su institución o su oficina, nunca una sola persona."""
    return COMITE_IMPULSOR if kpi.sensible else sin_cargo(responsable, territorio)


def sin_cargo(quien: str, territorio: Territorio) -> str:
    """La institución o la oficina de un «Cargo, institución»; en periodo electoral, ninguna."""
    if territorio.en_periodo_electoral:
        return COMITE_IMPULSOR
    de_varios = [p.strip() for p in quien.split(",") if not DE_UNA_PERSONA.search(p)]
    return ", ".join(de_varios) or COMITE_IMPULSOR


def correcciones_sin_cargos(correcciones: pl.DataFrame, territorio: Territorio) -> pl.DataFrame:
    """Las correcciones con quien las firma como se publica; ``quien`` es texto."""
    if "quien" not in correcciones.columns:
        return correcciones
    return correcciones.with_columns(
        pl.col("quien").map_elements(lambda q: sin_cargo(q, territorio), return_dtype=pl.String)
    )


def _kpi(kpi: Kpi, territorio: Territorio) -> Kpi:
    publico = responsable_publico(kpi.responsable, kpi, territorio)
    return kpi if publico == kpi.responsable else kpi.model_copy(update={"responsable": publico})
