"""Del catálogo a tablas de polars: una fila por KPI, y los puntos de su trayectoria esperada."""

from __future__ import annotations

from collections.abc import Set

import polars as pl

from ..base.periodos import MESES, MESES_DEL_ANIO, duracion, mes_exacto, meses_fin
from ..catalogo import Catalogo
from ..catalogo.modelos import Kpi
from .columnas import FICHAS


def fichas(
    catalogo: Catalogo, sin_base: Set[str] = frozenset(), sin_meta: Set[str] = frozenset()
) -> pl.DataFrame:
    """Una fila por KPI con lo que el método necesita: la tabla ``FICHAS``.

    ``fin_base`` y ``fin_meta`` son meses absolutos; ``meses_medida`` es lo que abarca la medida que
    se compara (un flujo por partes se compara por años) y ``meses_plazo``, cada cuánto se debe una
    nueva: difieren donde la privacidad agrupa periodos. ``inicio_base`` es el comienzo del periodo
    que midió la línea de base y ``num_base``, ``den_base``, los casos que su ficha declara;
    ``quiebres``, los instantes, en meses absolutos, en que cambió el método; ``recuento``, si
    cuenta personas o cosas: mil soles no son mil personas; ``base_protegida`` y ``meta_protegida``,
    si esa cifra existe y no se publica (``sin_base``, ``sin_meta``). ``conteo`` y
    ``efecto_de_diseno`` son los de su fuente y, con ``base_``, los de la fuente de la línea de
    base. Orden del catálogo.
    """
    filas = []
    for mision, okr, kpi in catalogo.recorrer():
        base, meta, meses = kpi.linea_base, kpi.meta, MESES[kpi.frecuencia]
        fuente = catalogo.fuentes[kpi.fuente]
        de_base = catalogo.fuentes[base.fuente] if base else None
        medida = max(meses, MESES_DEL_ANIO) if kpi.agregacion == "suma" else meses
        filas.append(
            {
                "kpi": kpi.codigo,
                "mision": mision.slug,
                "okr": okr.codigo,
                "nivel": kpi.nivel,
                "nivel_okr": okr.nivel,
                "sentido": kpi.sentido,
                "agregacion": kpi.agregacion,
                "factor": kpi.formula.factor,
                "meses": meses,
                "meses_medida": medida,
                "meses_plazo": medida,
                "tipo_agregacion": kpi.tipo_agregacion,
                "gracia": kpi.gracia,
                "tolerancia": kpi.tolerancia,
                "sobre_personas": kpi.sobre_personas,
                "recuento": kpi.formula.denominador is None and kpi.formula.medida == "casos",
                "proporcion": kpi.unidad == "%",
                "casos": kpi.unidad == "%" and kpi.formula.medida == "casos",
                "tasa": de_sucesos(kpi),
                "comparable": comparable(kpi),
                "ventana": kpi.ventana,
                "conteo": fuente.conteo,
                "efecto_de_diseno": fuente.efecto,
                "base_conteo": de_base.conteo if de_base else None,
                "base_efecto": de_base.efecto if de_base else None,
                "base_asumida": base.periodo is None if base else None,
                "acceso": kpi.acceso,
                "agrupable": kpi.agrupable and kpi.agregacion in ("razon", "suma"),
                "inicio_base": (
                    meses_fin(base.periodo_efectivo) - max(meses, duracion(base.periodo_efectivo))
                    if base
                    else None
                ),
                "fin_base": meses_fin(base.periodo_efectivo) if base else None,
                "b": base.valor if base else None,
                "num_base": base.numerador if base else None,
                "den_base": base.denominador if base else None,
                "naturaleza_base": base.naturaleza if base else None,
                "fin_meta": meses_fin(meta.periodo) if meta else None,
                "m": meta.valor if meta else None,
                "quiebres": quiebres_de(catalogo, kpi),
                "base_protegida": kpi.codigo in sin_base,
                "meta_protegida": kpi.codigo in sin_meta,
                "cobertura_distrital": fuente.cobertura_distrital,
            }
        )
    return pl.DataFrame(filas, schema=FICHAS.esquema)


def comparable(kpi: Kpi) -> bool:
    """¿Tiene sentido dividir la cifra de un lugar entre la de otro?

    No la de un total, que crece con el tamaño del lugar, ni la de una escala sin cero propio, como
    el pH.
    """
    intensiva = kpi.formula.denominador is not None or kpi.agregacion == "promedio"
    return intensiva and kpi.formula.medida != "intervalo"


def de_sucesos(kpi: Kpi) -> bool:
    """¿Es una tasa de sucesos, como los nacidos por cada mil? Un sol por habitante no lo es, y un
    porcentaje lleva su propio intervalo.
    """
    return (
        kpi.formula.denominador is not None
        and kpi.formula.medida == "casos"
        and kpi.formula.factor > 1
        and kpi.unidad != "%"
    )


def quiebres_de(catalogo: Catalogo, kpi: Kpi) -> list[float]:
    """Instantes, en orden, en que cambió el método de un KPI: los de su fuente y los que lo nombran
    en cualquier otra.
    """
    return sorted(
        {
            mes_exacto(q.fecha)
            for nombre, fuente in catalogo.fuentes.items()
            for q in fuente.quiebres
            if kpi.codigo in q.kpis or (nombre == kpi.fuente and not q.kpis)
        }
    )
